"""The product table: which category each product is in, changed by stewards after they saw what moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.page import Page
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.field import Field
from dashboard.parts.layout import side_by_side
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import chip, markup
from flows.services import products as service
from flows.services.accounts import Role
from flows.services.products import UNCATEGORISED, MovedOrders

if TYPE_CHECKING:
    from dashboard.visit import Visit

TAKE_OUT = "(take it out of the table)"


class Products:
    """The table, and the form beside it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._table = markup("")
        style: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0, "size": "small"}
        self._product = pmui.AutocompleteInput(label="Product, as the files write it", restrict=False, **style)
        self._category = pmui.AutocompleteInput(label="Category", restrict=False, **style)
        self._reason = Field(label="Why (kept in the audit trail)", **style)
        self._button = pmui.Button(label="See what moves", variant="contained", margin=0)
        self._button.on_click(lambda _: self._ask())
        self.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        table = card("Products", self._table, says="Products that were sold and are in no category come first.")
        if not self._visit.may(Role.STEWARD):
            return table
        form = card(
            "Change a category",
            self._product,
            self._category,
            self._reason,
            self._button,
            says="Nothing is written before you saw what moves. Figures by category follow at once.",
        )
        return side_by_side(table, form, narrowest="22rem")

    def refresh(self) -> None:
        """Show the table as it is now."""
        rows = service.products(self._visit.parts.warehouse)
        columns = (
            Column(title="Product", markup=lambda row: self._link(row["product"])),
            Column(title="Category", markup=lambda row: _category(row["category"])),
            Column(title="Orders", show=lambda row: formats.count(row["orders"]), is_number=True),
            Column(title="Revenue", show=lambda row: formats.rupees(row["revenue_inr"]), is_number=True),
        )
        table = table_markup(rows, columns, caption="Category of each product, and what was sold of it")
        html = f"{table}<p>{csv_link(csv_url('products', 'products', {}), len(rows), 'products')}</p>"
        if self._table.object != html:
            self._table.object = html
        categories = sorted({row["category"] for row in rows} - {UNCATEGORISED})
        self._product.options = [row["product"] for row in rows]
        self._category.options = [*categories, TAKE_OUT]

    def _link(self, product: str) -> str:
        return f'<a href="{escaped(self._visit.link("sales", product=product))}">{escaped(product)}</a>'

    def _wanted(self) -> tuple[str, str | None]:
        product = self._product.value or self._product.value_input or ""
        category = self._category.value or self._category.value_input or ""
        return str(product), None if category == TAKE_OUT else str(category)

    def _change(self, is_preview: bool) -> MovedOrders:
        parts = self._visit.parts
        product, category = self._wanted()
        return service.set_product(
            parts.warehouse, self._visit.actor, parts.datasets["sales_orders"], product, category,
            reason=str(self._reason.value_input or "").strip(), is_preview=is_preview,
        )  # fmt: skip

    def _ask(self) -> None:
        """Tell what moves, and write it when the person agrees."""
        moved = self._visit.attempt(lambda: self._change(True))
        if moved is None:
            return
        product = self._wanted()[0].strip()
        self._visit.confirm(
            f"{product}: {moved.category_before} → {moved.category}",
            f"From {moved.category_before} to {moved.category}: {formats.many(moved.orders, 'order')} with "
            f"{formats.rupees(moved.revenue_inr)} of revenue.",
            lambda _: self._write(product),
            yes="Move them",
        )

    def _write(self, product: str) -> None:
        done = self._visit.attempt(lambda: self._change(False), lambda moved: f"{product} is in {moved.category} now")
        if done is not None:
            self._product.value = self._category.value = self._reason.value = ""


def _category(name: str) -> str:
    return chip(name, "held") if name == UNCATEGORISED else escaped(name)


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    products = Products(visit)
    visit.on_change("products", products.refresh)
    return products.view()


PAGE = Page(
    name="products",
    title="Product table",
    icon="category",
    says="Which category each product is reported in.",
    build=build,
    is_in_menu=False,
)
