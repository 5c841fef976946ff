"""Good sales rows for samples; the order id carries the seed, so that it never meets a real one."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from flows.datasets.sales_orders.columns import REGIONS

PRODUCTS = {
    "Tomato Ketchup 500g": 118,
    "Chili Sauce 250g": 94,
    "Soy Sauce 200ml": 87,
    "Chicken Biryani Ready Meal": 245,
    "Paneer Curry Ready Meal": 210,
    "Dal Tadka Ready Meal": 165,
    "Paneer 200g": 92,
    "Milk 1L": 66,
    "Yogurt 500g": 58,
    "Cheese Spread 100g": 104,
    "Potato Chips 50g": 22,
    "Namkeen Mix 100g": 48,
    "Biscuits 200g": 36,
    "Mango Juice 1L": 110,
    "Cola 500ml": 40,
    "Water Bottle 1L": 20,
}
"""Usual unit revenue in rupees."""


def good_rows(rows: int, seed: int, today: date, rows_at_once: int) -> Iterator[pl.DataFrame]:
    """Yield frames of texts: orders of the 12 months before `today`, numbered from 1."""
    rng = np.random.default_rng([seed, 1])
    names, prices = list(PRODUCTS), np.array(list(PRODUCTS.values()))
    for start in range(0, rows, rows_at_once):
        count = min(rows_at_once, rows - start)
        product = rng.integers(0, len(names), count)
        quantity = rng.integers(1, 50, count)
        revenue_paise = np.rint(prices[product] * quantity * rng.uniform(80, 120, count)).astype(np.int64)
        days = np.datetime64(today) - rng.integers(1, 366, count).astype("timedelta64[D]")
        yield pl.DataFrame(
            {
                "number": np.arange(start + 1, start + count + 1),
                "order_date": days,
                "region": np.array(REGIONS)[rng.integers(0, len(REGIONS), count)],
                "product": np.array(names)[product],
                "quantity": quantity,
                "paise": revenue_paise,
            }
        ).select(
            order_id=pl.format("S{}-{}", pl.lit(str(seed)), pl.col("number").cast(pl.String).str.zfill(8)),
            order_date=pl.col("order_date").cast(pl.Date).cast(pl.String),
            region="region",
            product="product",
            quantity=pl.col("quantity").cast(pl.String),
            revenue=pl.format("{}.{}", pl.col("paise") // 100, (pl.col("paise") % 100).cast(pl.String).str.zfill(2)),
        )
