"""The figures of the telco page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard import formats
from dashboard.pages.telco.links import NOT_PRICED, PRICED, rows_link
from dashboard.parts.layout import tiles
from dashboard.parts.tile import show, tile, tile_markup
from dashboard.store import telco as store
from dashboard.store.remembered import remembered
from dashboard.store.telco import Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Tiles:
    """Packages, their mean price, what a gigabyte costs, how many say nothing about it.

    Attributes:
        view: The tiles.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._tiles = [tile("", "") for _ in range(4)]
        self.view: Viewable = tiles(*self._tiles)

    def refresh(self, chosen: Filter) -> None:
        """Show the figures of what is chosen."""
        for one, html in zip(self._tiles, self._figures(chosen), strict=True):
            show(one, html)

    def _figures(self, chosen: Filter) -> list[str]:
        warehouse = self._visit.parts.warehouse
        whole, operators = remembered(store.spread, warehouse, chosen)
        packages, left_out = whole["packages"], whole["packages_without_quota"]
        whose = operators[0]["operator"] if len(operators) == 1 else formats.many(len(operators), "operator")
        href = rows_link(self._visit, chosen)
        of_what = formats.day(chosen.file_date) if chosen.file_date else "the latest snapshots"
        spread = formats.NOTHING
        if whole["median_price_per_gb_idr"] is not None:
            first, third = whole["quartile_1_price_per_gb_idr"], whole["quartile_3_price_per_gb_idr"]
            spread = f"half of them from {formats.rupiah(first)} to {formats.rupiah(third)}"
        return [
            tile_markup("Packages", formats.count(packages), note=f"of {whose}, in {of_what}", href=href),
            tile_markup("Mean price", formats.rupiah(whole["mean_price_idr"]), note="of one package", href=href),
            tile_markup(
                "Median price per GB",
                formats.rupiah(whole["median_price_per_gb_idr"]),
                note=spread,
                href=rows_link(self._visit, chosen, PRICED),
            ),
            tile_markup(
                "Left out of price per GB",
                formats.count(left_out),
                note="unlimited, per day, or without an amount",
                change=(f"{formats.share(left_out / packages)} of packages", "neutral") if packages else None,
                href=rows_link(self._visit, chosen, NOT_PRICED),
            ),
        ]
