"""`python -m flows.cli` is `quayside`."""

from flows.cli import main

main()
