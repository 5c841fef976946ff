"""Good telco packages for samples, and the eight files of one snapshot day."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

OPERATORS = ("Telkomsel", "Indosat", "XL", "Tri")
CITIES = ("Medan", "Jakarta")
_QUOTAS_GB = (1, 2, 3, 5, 8, 12, 18, 28, 50, 100)
_DAYS = (1, 3, 7, 14, 28, 30, 60)
_KINDS = ("Internet", "Combo", "Unlimited YouTube", "Game Pass", "Night", "Sosmed")


def file_names(seed: int, today: date) -> tuple[str, ...]:
    """Return the names of eight files: each operator in each city on one day."""
    return tuple(
        f"{operator}_{city}_{'less3' if city == 'Medan' else 'more3'}_{today:%Y%m%d}_sample{seed}.csv"
        for operator in OPERATORS
        for city in CITIES
    )


def good_rows(rows: int, seed: int, _: date, rows_at_once: int) -> Iterator[pl.DataFrame]:
    """Yield frames of texts; the day stands in the file's name only."""
    rng = np.random.default_rng([seed, 2])
    for start in range(0, rows, rows_at_once):
        count = min(rows_at_once, rows - start)
        quota = np.array(_QUOTAS_GB)[rng.integers(0, len(_QUOTAS_GB), count)]
        days = np.array(_DAYS)[rng.integers(0, len(_DAYS), count)]
        price = (quota * 3200 + days * 700 + rng.integers(0, 9000, count)) // 100 * 100
        yield pl.DataFrame(
            {
                "kind": np.array(_KINDS)[rng.integers(0, len(_KINDS), count)],
                "quota": quota,
                "days": days,
                "price": price,
                "number": np.arange(start + 1, start + count + 1),
            }
        ).select(
            commercial_name=pl.lit("Sample"),
            package_name=pl.format("{} {}GB {} Hari #{}", "kind", "quota", "days", "number"),
            main_detail=pl.when(pl.col("number") % 3 == 0).then(pl.format("Kuota {}GB", "quota")).otherwise(pl.lit("")),
            package_description=pl.format("Kuota utama {}GB, masa aktif {} hari", "quota", "days"),
            benefit_detail=pl.lit("Bonus kuota malam"),
            benefit_app=pl.lit(""),
            price=pl.format("Rp {}", pl.col("price").cast(pl.String)),
            validity=pl.col("days").cast(pl.String),
        )
