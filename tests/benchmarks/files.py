"""The files that the benchmarks load."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from flows.core.sampling import ROWS_AT_ONCE, Sample, sample_lines
from flows.datasets.sales_orders import DATASET
from flows.datasets.sales_orders.samples import good_rows

TODAY = date(2026, 11, 1)
SHARES = {
    "record_has_every_field": 0.002,
    "record_is_utf8": 0.001,
    "order_date_present": 0.003,
    "order_date_readable": 0.003,
    "region_present": 0.003,
    "quantity_above_zero": 0.003,
    "revenue_not_negative": 0.003,
    "order_id_is_unique": 0.002,
}
"""Two percent of the rows are bad, by every category."""


def write_orders(
    path: Path, rows: int, *, is_random: bool, seed: int = 1, shares: dict[str, float] | None = None
) -> Path:
    """Write sales orders with date-times as the published pipeline writes them, ids ascending or in random order."""
    if path.exists():
        return path
    sample = Sample(rows=rows, seed=seed, shares=SHARES if shares is None else shares)
    with path.with_suffix(".part").open("wb") as target:
        for piece in sample_lines(DATASET, sample, _rows(rows, seed, is_random=is_random)):
            target.write(piece)
    path.with_suffix(".part").rename(path)
    return path


def _rows(rows: int, seed: int, *, is_random: bool) -> Iterator[pl.DataFrame]:
    numbers = np.random.default_rng(seed).permutation(rows) if is_random else np.arange(rows)
    start = 0
    for frame in good_rows(rows, seed, TODAY, ROWS_AT_ONCE):
        chosen = numbers[start : start + frame.height]
        start += frame.height
        yield frame.with_columns(
            order_id=pl.format("S{}-{}", pl.lit(str(seed)), pl.Series(chosen).cast(pl.String).str.zfill(8)),
            order_date=pl.col("order_date") + " 23:59:45.645053",
        )
