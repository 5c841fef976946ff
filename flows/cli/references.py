"""Commands about reference data: thresholds, products. Each shows what a change moves before it asks."""

import sys
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from flows.cli.app import Json, Why, Yes, app, confirm, resources, signed_in, told
from flows.core.errors import MistakeError
from flows.printing import console, print_json, print_table

thresholds_app = typer.Typer(help="Price thresholds of the telco tiers (role steward).", invoke_without_command=True)
products_app = typer.Typer(help="The product table of the sales report (role steward).", invoke_without_command=True)
app.add_typer(thresholds_app, name="thresholds")
app.add_typer(products_app, name="products")
Preview = Annotated[bool, typer.Option("--preview", help="Only tell what would move.")]


@thresholds_app.callback()
def thresholds(context: typer.Context, as_json: Json = False) -> None:
    """List the thresholds; the subcommands change them."""
    if context.invoked_subcommand is None:
        from flows.services.thresholds import thresholds as all_of_them

        told(all_of_them(resources().warehouse), as_json=as_json)


@thresholds_app.command("set")
def set_thresholds(
    medium: Annotated[str, typer.Option(help="Lowest price of the tier Medium, in IDR.")],
    high: Annotated[str, typer.Option(help="Lowest price of the tier High, in IDR.")],
    operator: Annotated[str, typer.Option(help="One operator; all without.")] = "",
    starts: Annotated[str, typer.Option("--from", help="First file date, such as 2026-01-31; always without.")] = "",
    preview: Preview = False,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Enter thresholds; every package concerned gets its new tier at once."""
    from flows.services.thresholds import BEGINNING, set_threshold

    parts, actor = resources(), signed_in()
    chosen: dict[str, Any] = {
        "medium_from_idr": _amount(medium),
        "high_from_idr": _amount(high),
        "operator": operator.strip() or None,
        "starts_on": _day(starts) if starts else BEGINNING,
    }
    dataset = parts.datasets["telco_packages"]
    if not (preview or yes) and sys.stdin.isatty():
        _tell_moved(set_threshold(parts.warehouse, actor, dataset, **chosen, is_preview=True), as_json, False)
        confirm("Change the thresholds?", is_sure=yes)
    moved = set_threshold(parts.warehouse, actor, dataset, **chosen, reason=why, is_preview=preview)
    _tell_moved(moved, as_json, not preview)


@thresholds_app.command("remove")
def remove_thresholds(
    number: Annotated[int, typer.Argument(help="Number of the entry, as `quayside thresholds` shows it.")],
    preview: Preview = False,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take thresholds back."""
    from flows.services.thresholds import remove_threshold

    parts, actor = resources(), signed_in()
    dataset = parts.datasets["telco_packages"]
    if not (preview or yes) and sys.stdin.isatty():
        _tell_moved(remove_threshold(parts.warehouse, actor, dataset, number, is_preview=True), as_json, False)
        confirm("Take the thresholds back?", is_sure=yes)
    moved = remove_threshold(parts.warehouse, actor, dataset, number, reason=why, is_preview=preview)
    _tell_moved(moved, as_json, not preview)


@products_app.callback()
def products(context: typer.Context, as_json: Json = False) -> None:
    """List the products with what was sold of them; the subcommands change the table."""
    if context.invoked_subcommand is None:
        from flows.services.products import products as all_of_them

        told(all_of_them(resources().warehouse), as_json=as_json)


@products_app.command("set")
def set_product(
    product: Annotated[str, typer.Argument(help="Product as written in the files.")],
    category: Annotated[str, typer.Argument(help="Its category.")],
    preview: Preview = False,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give a product a category; the figures by category follow at once."""
    _change_product(product, category, preview=preview, why=why, yes=yes, as_json=as_json)


@products_app.command("remove")
def remove_product(
    product: Annotated[str, typer.Argument(help="Product as written in the files.")],
    preview: Preview = False,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take a product out of the table: it counts as Uncategorised."""
    _change_product(product, None, preview=preview, why=why, yes=yes, as_json=as_json)


def _change_product(product: str, category: str | None, *, preview: bool, why: str, yes: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from flows.services.products import set_product as change

    parts, actor = resources(), signed_in()
    dataset = parts.datasets["sales_orders"]

    def act(is_preview: bool) -> dict[str, Any]:
        moved = change(parts.warehouse, actor, dataset, product, category, reason=why, is_preview=is_preview)
        return asdict(moved)

    if not (preview or yes) and sys.stdin.isatty():
        print_table([act(True)])
        confirm("Change the product table?", is_sure=yes)
    moved = act(preview)
    if as_json:
        print_json(moved | {"is_changed": not preview})
    else:
        print_table([moved], title="would move" if preview else "moved")


def _tell_moved(moved: Any, as_json: bool, is_changed: bool) -> None:  # Any: of a service that is imported late
    rows = [
        {"operator": operator, "tier": tier, "packages": f"{count:+,}"}
        for (operator, tier), count in moved.tiers.items()
    ]
    if as_json:
        print_json({"packages": moved.packages, "tiers": rows, "is_changed": is_changed})
        return
    print_table(rows, title="moved, packages in force" if is_changed else "would move, packages in force")
    console.print(f"{moved.packages:,} packages {'have' if is_changed else 'would get'} another tier.")


def _amount(text: str) -> Decimal:
    """Return an amount, read as the prices of the files are."""
    import polars as pl

    from flows.core.kinds import Money

    value = Money().read(pl.Series([text.strip()]))[0]
    if value is None:
        raise MistakeError(f"{text!r} is no amount; write it as 75000 or Rp 75.000")
    return Decimal(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MistakeError(f"{text!r} is no day; write it as 2026-01-31") from None
