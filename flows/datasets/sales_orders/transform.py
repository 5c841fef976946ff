"""What is computed from a sales row."""

import polars as pl

from flows.core.dataset import Context
from flows.core.kinds import from_hundredths

MEASURES = {
    "orders": pl.len().cast(pl.Int64),
    "units": pl.col("quantity").sum(),
    "revenue_inr": pl.col("revenue_inr").sum(),
}


def enrich(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add `category` from the product table, null for a product that it lacks."""
    products = context.references["products"].select("product", "category")
    return rows.join(products, on="product", how="left", maintain_order="left")


def derive(rows: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Add `unit_revenue_inr`; the rows have quantity > 0 and revenue >= 0."""
    paise = (pl.col("revenue_inr") * 100).cast(pl.Int64)
    quantity = pl.col("quantity").cast(pl.Int64)
    return rows.with_columns(unit_revenue_inr=from_hundredths((2 * paise + quantity) // (2 * quantity)))
