"""Health check of a worker's container: whether its resident pickup gave a sign of life."""

import socket
import sys

from flows.adapters.warehouse import Warehouse
from flows.settings import read_settings

SILENCE_S = 60


def main() -> int:
    """Return 0 where a pickup run of this container watches the bucket, else 1."""
    warehouse = Warehouse(read_settings())
    found = warehouse.rows(
        """
        select 1 from platform.watcher
        where split_part(worker, '-', 1) = %(host)s and flow = 'pickup'
            and seen_at > now() - make_interval(secs => %(s)s)
        """,
        host=socket.gethostname(),
        s=SILENCE_S,
    )
    warehouse.close()
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
