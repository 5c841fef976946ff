"""The price thresholds of the telco tiers: an authorised person changes them, and every package concerned follows."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flows.adapters import audit, marts, stored
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized
from sql import query

BEGINNING = date(1, 1, 1)
"""How people name the beginning of time, which is `-infinity` in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a change of thresholds moves.

    Attributes:
        packages: Packages whose tier changes, those of replaced versions included.
        tiers: Change of the number of packages in force by operator and tier.
    """

    packages: int
    tiers: dict[tuple[str, str], int] = field(default_factory=dict)


def thresholds(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the thresholds that hold, those of an operator after the general ones."""
    return warehouse.rows(
        """
        select threshold_id, coalesce(operator, 'all') as operator,
            case when starts_on = '-infinity' then 'the beginning' else starts_on::text end as starts_on,
            medium_from_idr, high_from_idr, created_by, created_at, reason
        from telco_packages.price_threshold where removed_at is null
        order by operator nulls first, price_threshold.starts_on
        """
    )


def set_threshold(
    warehouse: Warehouse,
    actor: SignedIn,
    dataset: Dataset,
    *,
    medium_from_idr: Decimal,
    high_from_idr: Decimal,
    operator: str | None,
    starts_on: date,
    reason: str = "",
    is_preview: bool = False,
) -> Moved:
    """Enter thresholds from a day on; those of the same operator and day before are taken back.

    Args:
        is_preview: Whether nothing is written, only told.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: The amounts make no sense.
    """
    if not 0 <= medium_from_idr <= high_from_idr:
        raise MistakeError("the amounts are 0 or more, and High begins at or above Medium")
    day: date | str = "-infinity" if starts_on <= BEGINNING else starts_on
    with authorized(warehouse, actor, Role.STEWARD, "change thresholds") as connection:
        marts.lock_dataset(connection, dataset)
        connection.execute("savepoint unchanged")
        connection.execute(
            """
            update telco_packages.price_threshold set removed_by = %s, removed_at = now()
            where lower(coalesce(operator, '')) = lower(coalesce(%s, '')) and starts_on = %s and removed_at is null
            """,
            (actor.account, operator, day),
        )
        connection.execute(
            """
            insert into telco_packages.price_threshold
                (operator, starts_on, medium_from_idr, high_from_idr, created_by, reason)
            values (%s, %s, %s, %s, %s, %s)
            """,
            (operator, day, medium_from_idr, high_from_idr, actor.account, reason),
        )
        told = {"medium_from_idr": str(medium_from_idr), "high_from_idr": str(high_from_idr)}
        return _follow(connection, actor, dataset, operator, day, told, reason, is_preview)


def remove_threshold(
    warehouse: Warehouse,
    actor: SignedIn,
    dataset: Dataset,
    threshold_id: int,
    *,
    reason: str = "",
    is_preview: bool = False,
) -> Moved:
    """Take thresholds back; the general ones since the beginning of time can only be replaced.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There are no such thresholds, or they are the first ones.
    """
    with authorized(warehouse, actor, Role.STEWARD, "change thresholds") as connection:
        marts.lock_dataset(connection, dataset)
        connection.execute("savepoint unchanged")
        row = connection.execute(
            """
            update telco_packages.price_threshold set removed_by = %s, removed_at = now()
            where threshold_id = %s and removed_at is null
                and not (operator is null and starts_on = '-infinity')
            returning operator, starts_on::text as starts_on
            """,
            (actor.account, threshold_id),
        ).fetchone()
        if row is None:
            raise MistakeError(f"there are no thresholds {threshold_id} that can be taken back; the first ones stay")
        return _follow(
            connection, actor, dataset, row["operator"], row["starts_on"], {"removed": threshold_id}, reason, is_preview
        )


def _follow(
    connection: Connection,
    actor: SignedIn,
    dataset: Dataset,
    operator: str | None,
    starts_on: date | str,
    told: dict[str, Any],
    reason: str,
    is_preview: bool,
) -> Moved:
    """Compute the tiers of the packages concerned again, in the transaction of the change."""
    before = _tiers(connection)
    runs = connection.execute(
        query(dataset.name, "threshold_runs").encode(), {"operator": operator, "starts_on": starts_on}
    ).fetchall()
    changed = 0
    for run in runs:
        context = marts.context(connection, dataset, landed_on=run["landed_on"], base_name=run["base_name"])
        changed_here = stored.rederive(connection, dataset, run["run_id"], context)
        if changed_here:
            marts.settle(connection, dataset, run["run_id"])
        changed += changed_here
    after = _tiers(connection)
    moved = Counter(after)
    moved.subtract(before)
    if is_preview:
        connection.execute("rollback to savepoint unchanged")
    else:
        audit.record(
            connection,
            "threshold_change",
            actor=actor.account,
            counts={"packages": changed},
            operator=operator,
            starts_on=str(starts_on),
            reason=reason,
            **told,
        )
    return Moved(packages=changed, tiers={key: count for key, count in sorted(moved.items()) if count})


def _tiers(connection: Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(query("telco_packages", "tiers_in_force").encode()).fetchall()
    return {(row["operator"], row["price_tier"]): row["packages"] for row in rows}
