"""The product table of the sales report: a steward extends it, and the figures by category follow at once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.adapters import audit, marts
from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized

UNCATEGORISED = "Uncategorised"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOrders:
    """What a change of a product's category moves."""

    category_before: str
    category: str
    orders: int
    revenue_inr: Decimal


def products(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return every product with its category and what was sold of it; also those that the table lacks."""
    return warehouse.rows(
        """
        select coalesce(p.product, b.product) as product, coalesce(p.category, 'Uncategorised') as category,
            coalesce(b.orders, 0) as orders, coalesce(b.revenue_inr, 0) as revenue_inr
        from sales_orders.products as p
        full join sales_orders.by_product as b on b.product = p.product
        order by p.category nulls first, 1
        """
    )


def set_product(
    warehouse: Warehouse,
    actor: SignedIn,
    dataset: Dataset,
    product: str,
    category: str | None,
    *,
    reason: str = "",
    is_preview: bool = False,
) -> MovedOrders:
    """Give a product a category, or take it out of the table (`category` None).

    Args:
        is_preview: Whether nothing is written, only told.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: The name is blank, or nothing would change.
    """
    name, wanted = product.strip(), category.strip() if category else None
    if not name or (category is not None and not wanted):
        raise MistakeError("name the product and its category")
    with authorized(warehouse, actor, Role.STEWARD, "change the product table") as connection:
        marts.lock_dataset(connection, dataset)
        row = connection.execute("select category from sales_orders.products where product = %s", (name,)).fetchone()
        before = row["category"] if row else None
        if before == wanted:
            raise MistakeError(f"{name} is {before or UNCATEGORISED} already")
        sold = connection.execute(
            """
            select coalesce(sum(orders), 0)::bigint as orders, coalesce(sum(revenue_inr), 0) as revenue_inr
            from sales_orders.revenue_by_group where product = %s
            """,
            (name,),
        ).fetchone()
        assert sold is not None
        moved = MovedOrders(category_before=before or UNCATEGORISED, category=wanted or UNCATEGORISED, **sold)
        if is_preview:
            return moved
        if wanted is None:
            connection.execute("delete from sales_orders.products where product = %s", (name,))
        else:
            connection.execute(
                """
                insert into sales_orders.products (product, category) values (%s, %s)
                on conflict (product) do update set category = excluded.category
                """,
                (name, wanted),
            )
        connection.execute(
            """
            insert into sales_orders.product_change (product, category_before, category, changed_by, reason)
            values (%s, %s, %s, %s, %s)
            """,
            (name, before, wanted, actor.account, reason),
        )
        audit.record(
            connection,
            "product_change",
            actor=actor.account,
            counts={"orders": moved.orders},
            product=name,
            category_before=before,
            category=wanted,
            reason=reason,
        )
        return moved
