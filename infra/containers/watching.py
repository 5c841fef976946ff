"""Health check of a worker's container: whether its resident pickup gave a sign of life.

It runs again and again beside the loads, so it imports as little as it can.
"""

import os
import socket
import sys

import psycopg

SILENCE_S = 60
_QUERY = """
    select 1 from platform.watcher
    where split_part(worker, '-', 1) = %(host)s and flow = 'pickup'
        and seen_at > now() - make_interval(secs => %(s)s)
    limit 1
"""


def main() -> int:
    """Return 0 where a pickup run of this container watches the bucket, else 1."""
    with psycopg.connect(os.environ["QUAYSIDE_DATABASE_URL"], connect_timeout=10) as connection:
        found = connection.execute(_QUERY, {"host": socket.gethostname(), "s": SILENCE_S}).fetchone()
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
