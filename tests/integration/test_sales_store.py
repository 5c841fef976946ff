"""The figures of the sales page are those of the real file."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from dashboard.store import sales
from dashboard.store.sales import Filter
from tests.conftest import Place


def test_every_figure_equals_what_must_come_of_the_real_file(place: Place, shared_data: Path) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())
    place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")
    warehouse = place.parts.warehouse

    figures = sales.figures(warehouse, Filter())
    assert figures["revenue_inr"] == Decimal(expected["revenue_inr"])
    assert figures["orders"] == expected["rows_loaded"]
    assert figures["units"] == expected["quantity"]
    assert figures["average_order_value_inr"] == Decimal(expected["average_order_value_inr"])
    assert figures["active_products"] == len(expected["revenue_inr_and_orders_by_product"])
    by_region = {row["value"]: str(row["revenue_inr"]) for row in sales.sold_by(warehouse, Filter(), "region")}
    assert by_region == expected["revenue_inr_by_region"]
    by_category = {row["value"]: str(row["revenue_inr"]) for row in sales.sold_by(warehouse, Filter(), "category")}
    assert by_category == expected["revenue_inr_by_category"]
    assert len(sales.sold_by(warehouse, Filter(), "day")) == expected["days_with_orders"]
    products = {
        row["value"]: [str(row["revenue_inr"]), row["orders"]] for row in sales.sold_by(warehouse, Filter(), "product")
    }
    assert products == expected["revenue_inr_and_orders_by_product"]
    orders = {row["value"]: row["orders"] for row in sales.sold_by(warehouse, Filter(), "region")}
    assert orders == expected["orders_by_region"]
    assert sales.waiting(warehouse, Filter()) == {
        "revenue_waiting_inr": Decimal(expected["revenue_waiting_inr"]),
        "open_exceptions_with_waiting_revenue": expected["open_exceptions_with_waiting_revenue"],
        "open_exceptions_without": expected["open_exceptions_without"],
        "revenue_perhaps_inr": 0,
        "open_exceptions_perhaps": 0,
    }


def test_every_figure_obeys_the_filter_and_the_period_before_is_as_long(place: Place) -> None:
    place.drop(
        "order_id,order_date,region,product,quantity,revenue\n"
        "1,2026-01-01,North,Milk 1L,1,100\n"
        "2,2026-01-03,North,Milk 1L,2,250\n"
        "3,2026-01-04,North,Biscuits 200g,1,50\n"
        "4,2026-01-04,South,Milk 1L,9,900\n"
    )
    chosen = Filter(first=date(2026, 1, 3), last=date(2026, 1, 4), region="North")
    figures = sales.figures(place.parts.warehouse, chosen)
    assert (figures["revenue_inr"], figures["orders"], figures["units"]) == (Decimal(300), 2, 3)
    assert (figures["revenue_inr_before"], figures["orders_before"]) == (Decimal(100), 1)
    products = sales.sold_by(place.parts.warehouse, chosen, "product")
    assert [(row["value"], row["revenue_inr"]) for row in products] == [
        ("Biscuits 200g", Decimal(50)),
        ("Milk 1L", Decimal(250)),
    ]
