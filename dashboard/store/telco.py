"""What the telco page shows; every answer obeys the same filter."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from psycopg import sql

from flows.adapters.warehouse import Warehouse
from sql import query

Row = dict[str, Any]
By = Literal["operator", "city", "area", "price_tier", "validity_group", "package_type"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a person looks at; an empty text leaves it open.

    Attributes:
        area: Its number, as text.
        file_date: Day of the snapshots; the latest of each operator, city and line of service without one.
    """

    operator: str = ""
    city: str = ""
    line_of_service: str = ""
    area: str = ""
    price_tier: str = ""
    validity_group: str = ""
    package_type: str = ""
    file_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two snapshots of the same operator, city and line of service."""

    operator: str
    city: str
    line_of_service: str
    day_before: date
    day_after: date


def packages_by(warehouse: Warehouse, chosen: Filter, by: By) -> list[Row]:
    """Return packages and mean price by one of the ways to look at them, which is `value`."""
    statement = sql.SQL(query("telco_packages", "packages_by")).format(by=sql.Identifier("c", by))
    with warehouse.transaction() as connection:
        return connection.execute(statement, asdict(chosen)).fetchall()


def spread(warehouse: Warehouse, chosen: Filter) -> tuple[Row, list[Row]]:
    """Return price per GB and its spread, over all packages and by operator, with the number that is left out."""
    whole, *operators = warehouse.rows(query("telco_packages", "spread_by_operator"), **asdict(chosen))
    return whole, operators


def snapshots(warehouse: Warehouse) -> list[Row]:
    """Return the snapshots in force, those of a series together, the newest first."""
    return warehouse.rows(query("telco_packages", "snapshots_in_force"))


def choices(warehouse: Warehouse) -> Row:
    """Return the areas, tiers, validity groups and types there are, and the batches of files in force."""
    return warehouse.rows(query("telco_packages", "package_choices"))[0]


def changes(warehouse: Warehouse, pair: Pair) -> list[Row]:
    """Return the packages that are new, gone, dearer or cheaper in the later of two snapshots."""
    return warehouse.rows(query("telco_packages", "changes_by_kind"), **asdict(pair))
