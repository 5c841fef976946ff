"""The same file with `pandas.to_sql`, as the published pipelines load it, and with dlt; one process each time.

Neither judges a row, knows a duplicate, or keeps what it can't read: this is what a reader pays for that.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.memory import peak_mb


def with_pandas(path: Path, url: str) -> int:
    """Read the whole file and write it as the published pipelines do."""
    import pandas as pd
    from sqlalchemy import create_engine

    orders = pd.read_csv(path, on_bad_lines="skip", encoding_errors="replace")
    orders["order_date"] = pd.to_datetime(orders["order_date"], errors="coerce")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    orders.to_sql("pandas_orders", engine, if_exists="replace", index=False, chunksize=10_000)
    return len(orders)


def with_dlt(path: Path, url: str) -> int:
    """Load the file as text rows with dlt's Postgres destination."""
    import dlt
    import pandas as pd

    def batches() -> Iterator[Any]:  # Any: frames of pandas
        for frame in pd.read_csv(path, chunksize=50_000, dtype=str, on_bad_lines="skip", encoding_errors="replace"):
            yield frame.fillna("").to_dict("records")

    pipeline = dlt.pipeline("orders", destination=dlt.destinations.postgres(url), dataset_name="dlt_orders")
    pipeline.run(batches, table_name="orders", write_disposition="append")
    trace: Any = pipeline.last_trace  # Any: dlt may be absent where types are checked
    return int(trace.last_normalize_info.row_counts["orders"])


WAYS: dict[str, Callable[[Path, str], int]] = {"pandas": with_pandas, "dlt": with_dlt}


def main() -> None:
    """Print one JSON line: seconds, peak memory in MB, rows."""
    way, path, url = sys.argv[1:]
    begun = time.perf_counter()
    rows = WAYS[way](Path(path), url)
    told = {
        "seconds": time.perf_counter() - begun,
        "peak_mb": peak_mb(),
        "rows": rows,
    }
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
