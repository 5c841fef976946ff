"""The final state of an installation, table by table, without ids and times: they differ between equal histories."""

from typing import Any

import psycopg
from psycopg.rows import tuple_row

_RUNS = """
    with last as (
        select r.*, f.base_name, f.sha256 from platform.run as r
        inner join platform.file as f on f.run_id = r.run_id where f.base_name like %(names)s
    )
"""
_WITHOUT_RUN = "regexp_replace({}, '[0-9a-f]{{8}}-[0-9a-f-]{{27}}', 'RUN', 'g')"
TABLES = {
    "file": f"""
        select f.dataset, f.base_name, f.sha256, f.state, {_WITHOUT_RUN.format("f.reason")},
            f.replaced_by_run is null as is_in_force
        from platform.file as f where f.base_name like %(names)s
    """,
    "run": _RUNS
    + f"""
        select base_name, sha256, state, rows_read, rows_loaded_at_first_pass, rows_held_at_first_pass,
            rows_loaded_already, empty_lines, warnings, rule_fingerprint, replaced_by_run is null,
            {_WITHOUT_RUN.format("reason")}
        from last
    """,
    "run_rule": _RUNS
    + """
        select l.base_name, l.sha256, t.rule, t.tested, t.failed, t.not_evaluated, t.control
        from platform.run_rule as t inner join last as l on l.run_id = t.run_id
    """,
    "exception": _RUNS
    + f"""
        select l.base_name, l.sha256, e.line, e.byte_start, e.byte_length, e.raw_text, e.cells::text, e.extra::text,
            e.typed::text, e.stage, e.category, e.state, e.attempts, {_WITHOUT_RUN.format("e.reason")}, e.standing_line
        from platform.exception as e inner join last as l on l.run_id = e.run_id
    """,
    "finding": _RUNS
    + f"""
        select l.base_name, l.sha256, t.line, t.rule, t.severity, t.value, {_WITHOUT_RUN.format("t.message")}
        from platform.finding as t inner join last as l on l.run_id = t.run_id
    """,
    "missing": _RUNS
    + """
        select l.base_name, l.sha256, c.column_name, c.tested, c.missing
        from platform.run_column as c inner join last as l on l.run_id = c.run_id
    """,
    "orders": _RUNS
    + """
        select l.base_name, o.line, o.byte_start, o.byte_length, o.order_id, o.ordered_on, o.region, o.product,
            o.quantity, o.revenue_inr, o.unit_revenue_inr, o.extra::text
        from sales_orders.orders as o inner join last as l on l.run_id = o.run_id
    """,
    "packages": _RUNS
    + """
        select l.base_name, l.sha256, p.line, p.commercial_name, p.package_name, p.price_idr, p.operator, p.city,
            p.file_date, p.area, p.description::text, p.price_tier, p.validity_days, p.quota_gb, p.headline_quota_gb,
            p.quota_category, p.package_type, p.replaced_by_run is null
        from telco_packages.packages as p inner join last as l on l.run_id = p.run_id
    """,
    "package_counts": _RUNS
    + """
        select l.base_name, l.sha256, c.price_tier, c.validity_group, c.package_type, sum(c.packages),
            sum(c.price_sum_idr)
        from telco_packages.package_counts as c inner join last as l on l.run_id = c.run_id
        group by l.base_name, l.sha256, c.price_tier, c.validity_group, c.package_type
    """,
}
"""One query for each table, over the files whose base names are like a pattern."""
WHOLE = {
    "revenue_by_group": "select * from sales_orders.revenue_by_group",
    "price_per_gb": "select * from telco_packages.operator_price_per_gb",
    "open_runs": "select run_id from platform.run where state = 'RUNNING'",
    "broken_chain": "select * from platform.verify_audit()",
    "unpaired": """
        select r.run_id from platform.run as r
        left join platform.audit_event as e on e.run_id = r.run_id and e.event = 'run_ended'
        where r.state = 'COMPLETED' group by r.run_id having count(e.event_id) <> 1
    """,
    "rows_of_no_completed_run": """
        select o.run_id from sales_orders.orders as o inner join platform.run as r on r.run_id = o.run_id
        where r.state <> 'COMPLETED'
        union all
        select e.run_id from platform.exception as e inner join platform.run as r on r.run_id = e.run_id
        where r.state <> 'COMPLETED'
    """,
}
"""Queries over the whole installation."""


def final_state(url: str, names: str = "%", *, is_whole: bool = True) -> dict[str, list[Any]]:
    """Return every table that a load writes, rows in a fixed order."""
    queries = {**TABLES, **(WHOLE if is_whole else {})}
    with psycopg.connect(url, row_factory=tuple_row) as connection:
        return {
            table: sorted(connection.execute(query.encode(), {"names": names}).fetchall(), key=repr)
            if "%(names)s" in query
            else sorted(connection.execute(query.encode()).fetchall(), key=repr)
            for table, query in queries.items()
        }


def differences(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> dict[str, tuple[list[Any], list[Any]]]:
    """Return, for each table that differs, some rows that only one side has."""
    found = {}
    for table, rows in one.items():
        mine, theirs = set(map(repr, rows)), set(map(repr, other[table]))
        if rows != other[table]:
            found[table] = (sorted(mine - theirs)[:3], sorted(theirs - mine)[:3])
    return found
