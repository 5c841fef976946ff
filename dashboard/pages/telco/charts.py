"""The charts of the telco page; a click on a bar chooses it, a second one takes the choice back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from dashboard import formats
from dashboard.charts.bar import BAR_PX, bars
from dashboard.charts.spread import BOX_PX, spread
from dashboard.formats import escaped
from dashboard.pages.telco.links import NOT_PRICED, PRICED, rows_link
from dashboard.pages.telco.texts import AREA, NOTHING, TIERS, VALIDITY, area_of
from dashboard.parts.charted import Charted
from dashboard.parts.exported import csv_url
from dashboard.parts.layout import side_by_side, stack, tiles
from dashboard.parts.table import Column, Row
from dashboard.state.telco import TelcoState
from dashboard.store import telco as store
from dashboard.store.remembered import remembered
from dashboard.store.telco import By, Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit

TITLES: dict[By, str] = {
    "operator": "How many packages has each operator?",
    "city": "And each city?",
    "area": "And each area?",
    "price_tier": "How are prices spread over tiers?",
    "validity_group": "How long do packages last?",
    "package_type": "What types are sold?",
}
ORDERS: dict[By, Sequence[str]] = {"price_tier": TIERS, "validity_group": VALIDITY}
OF_SPREAD = "price_per_gb_idr"


class Charts:
    """One card per way to look at packages, and one for what a gigabyte costs.

    Attributes:
        view: The cards.
    """

    def __init__(self, visit: Visit, state: TelcoState) -> None:
        self._visit, self._state = visit, state
        cards = {by: Charted(title, nothing=NOTHING, on_click=self._toggling(by)) for by, title in TITLES.items()}
        self._cards = cards
        self._spread = Charted("What does a gigabyte cost?", nothing=NOTHING, on_click=self._toggling("operator"))
        self._shown: dict[str, object] = {}
        self.view: Viewable = stack(
            side_by_side(cards["operator"], self._spread),
            tiles(cards["price_tier"], cards["validity_group"], cards["package_type"], narrowest="20rem"),
            side_by_side(cards["city"], cards["area"]),
        )

    def refresh(self) -> None:
        """Show what is chosen; a chart whose rows and choice are the same stays as it is."""
        warehouse = self._visit.parts.warehouse
        for by in TITLES:
            scope = replace(self._state.chosen(), **{by: ""})  # type: ignore[arg-type]  # one name, one text
            rows = remembered(store.packages_by, warehouse, scope, by)
            chosen = getattr(self._state, by)
            if self._shown.get(by) != (rows, chosen, scope):
                self._shown[by] = (rows, chosen, scope)
                self._draw(by, scope, rows, chosen)
        scope = replace(self._state.chosen(), operator="")
        whole, operators = remembered(store.spread, warehouse, scope)
        if self._shown.get("spread") != (operators, self._state.operator, scope):
            self._shown["spread"] = (operators, self._state.operator, scope)
            self._draw_spread(scope, whole, operators)

    def _draw(self, by: By, scope: Filter, rows: Sequence[Row], chosen: str) -> None:
        told = [{**row, "value": area_of(row["value"])} if by == "area" else row for row in rows]
        name = area_of(chosen) if by == "area" and chosen else chosen
        card = self._cards[by]
        picture = bars(
            told,
            x="value",
            y="packages",
            unit="packages",
            label="Packages",
            chosen=name,
            order=ORDERS.get(by, ()),
            bar_px=BOX_PX if by == "operator" else BAR_PX,
            at_least_px=card.height_px,
        )
        whole = sum(row["packages"] for row in rows)
        columns = (
            Column(title=by.replace("_", " ").capitalize(), markup=lambda row: self._link(scope, by, row["value"])),
            Column(title="Packages", show=lambda row: formats.count(row["packages"]), is_number=True),
            Column(title="Share", show=lambda row: formats.share(row["packages"] / whole), is_number=True),
            Column(title="Mean price", show=lambda row: formats.rupiah(row["mean_price_idr"]), is_number=True),
        )
        card.tell(picture, rows, columns, _says(name), csv_url("telco", by, asdict(scope)))

    def _draw_spread(self, scope: Filter, whole: Row, operators: Sequence[Row]) -> None:
        chosen = self._state.operator
        picture = spread(
            operators,
            x="operator",
            of=OF_SPREAD,
            unit="IDR",
            label="Price per GB",
            chosen=chosen,
            at_least_px=self._spread.height_px,
        )
        left_out = (
            f"{formats.count(whole['packages_without_quota'])} of {formats.count(whole['packages'])} packages are left "
            "out: unlimited, per day, or without an amount. The box holds the middle half, the diamond is the median."
        )
        amounts = (("Lowest", "lowest"), ("First quartile", "quartile_1"), ("Median", "median"),
                   ("Third quartile", "quartile_3"), ("Highest", "highest"))  # fmt: skip
        columns = (
            Column(title="Operator", markup=lambda row: self._link(scope, "operator", row["operator"], PRICED)),
            *(Column(title=title, show=_amount(name), is_number=True) for title, name in amounts),
            Column(title="Left out", markup=lambda row: self._left_out(scope, row), is_number=True),
        )
        export = csv_url("telco", "price_per_gb", asdict(scope))
        self._spread.tell(picture, operators, columns, left_out if operators else "", export)

    def _link(self, scope: Filter, by: By, value: Any, only: str = "") -> str:  # Any: a text or the number of an area
        href = rows_link(self._visit, replace(scope, **{by: str(value)}), only)  # type: ignore[arg-type]  # as above
        return f'<a href="{escaped(href)}">{escaped(area_of(value) if by == "area" else value)}</a>'

    def _left_out(self, scope: Filter, row: Row) -> str:
        href = rows_link(self._visit, replace(scope, operator=row["operator"]), NOT_PRICED)
        return f'<a href="{escaped(href)}">{formats.count(row["packages_without_quota"])}</a>'

    def _toggling(self, by: By) -> Callable[[str], None]:
        def toggle(told: str) -> None:
            value = told.removeprefix(AREA) if by == "area" else told
            self._state.param.update(**{by: "" if getattr(self._state, by) == value else value})

        return toggle


def _says(chosen: str) -> str:
    return f"{escaped(chosen)} is chosen, the others stand beside it. Click it again to take it off." if chosen else ""


def _amount(name: str) -> Callable[[Row], str]:
    return lambda row: formats.rupiah(row[f"{name}_{OF_SPREAD}"])
