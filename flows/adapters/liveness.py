"""Which runs are alive: signs of life of pickups, leases of loads, and what Prefect wrongly believes to be running."""

from collections.abc import Sequence
from uuid import UUID

from flows.adapters.warehouse import Warehouse

PICKUP_SILENCE_S = 15
"""A pickup that was silent for so long does not watch the bucket."""


def watch(warehouse: Warehouse, run_id: UUID, worker: str, flow: str = "pickup") -> None:
    """Tell that a flow run is alive; a pickup run watches the bucket."""
    with warehouse.transaction() as connection:
        connection.execute(
            """
            insert into platform.watcher (run_id, worker, flow) values (%s, %s, %s)
            on conflict (run_id) do update set seen_at = now()
            """,
            (run_id, worker, flow),
        )
        connection.execute("delete from platform.watcher where seen_at < now() - interval '1 day'")


def tell_progress(
    warehouse: Warehouse,
    run_id: UUID,
    *,
    bytes_total: int,
    bytes_judged: int,
    rows_judged: int,
    rows_held: int,
    rows_written: int,
) -> None:
    """Tell people who watch how far a run is; what dead runs told is removed."""
    with warehouse.transaction() as connection:
        connection.execute(
            """
            insert into platform.run_progress as p (
                run_id, bytes_total, bytes_judged, rows_judged, rows_held, rows_written
            ) values (%s, %s, %s, %s, %s, %s)
            on conflict (run_id) do update set bytes_total = excluded.bytes_total,
                bytes_judged = excluded.bytes_judged, rows_judged = excluded.rows_judged,
                rows_held = excluded.rows_held, rows_written = excluded.rows_written, told_at = now()
            """,
            (run_id, bytes_total, bytes_judged, rows_judged, rows_held, rows_written),
        )
        connection.execute("delete from platform.run_progress where told_at < now() - interval '1 day'")


def forget_progress(warehouse: Warehouse, run_id: UUID) -> None:
    """Remove what a run told; it has ended."""
    with warehouse.transaction() as connection:
        connection.execute("delete from platform.run_progress where run_id = %s", (run_id,))


def is_watched(warehouse: Warehouse, worker: str, silence_s: float) -> bool:
    """Return whether a pickup run of a worker gave a sign of life."""
    return bool(
        warehouse.rows(
            """
            select 1 from platform.watcher
            where worker = %(worker)s and flow = 'pickup' and seen_at > now() - make_interval(secs => %(s)s)
            """,
            worker=worker,
            s=silence_s,
        )
    )


def is_loading(warehouse: Warehouse, worker: str) -> bool:
    """Return whether a file that is not in the marts yet is under way on a worker."""
    return bool(
        warehouse.rows(
            """
            select 1 from platform.file as f inner join platform.run as r using (run_id)
            where f.state = 'RUNNING' and f.lease_expires_at > now() and r.worker = %(worker)s
            """,
            worker=worker,
        )
    )


def is_surplus(warehouse: Warehouse, run_id: UUID, silence_s: float) -> bool:
    """Return whether a pickup run of the same worker that began before this one is alive."""
    return bool(
        warehouse.rows(
            """
            select 1
            from platform.watcher as w
            inner join platform.watcher as o on o.worker = w.worker and o.flow = w.flow
            where w.run_id = %(run_id)s and w.flow = 'pickup'
                and (o.started_at, o.run_id) < (w.started_at, w.run_id)
                and o.seen_at > now() - make_interval(secs => %(s)s)
            """,
            run_id=run_id,
            s=silence_s,
        )
    )


def unknown_runs(warehouse: Warehouse, run_ids: Sequence[str]) -> set[str]:
    """Return which of these runs never gave a sign: they are very young, or died before they could."""
    rows = warehouse.rows(
        """
        select r::text as run_id
        from unnest(%(run_ids)s::uuid[]) as r
        where not exists (select 1 from platform.run as n where n.run_id = r)
            and not exists (select 1 from platform.watcher as w where w.run_id = r)
        """,
        run_ids=list(run_ids),
    )
    return {row["run_id"] for row in rows}


def living_runs(warehouse: Warehouse, run_ids: Sequence[str], silence_s: float) -> set[str]:
    """Return which of these runs are alive: they hold a lease, give signs of life, or have just ended."""
    rows = warehouse.rows(
        """
        select r::text as run_id
        from unnest(%(run_ids)s::uuid[]) as r
        where
            exists (
                select 1 from platform.file as f
                where f.run_id = r and f.state = 'RUNNING' and f.lease_expires_at > now() - make_interval(secs => %(s)s)
            )
            or exists (
                select 1 from platform.watcher as w
                where w.run_id = r and w.seen_at > now() - make_interval(secs => %(s)s)
            )
            or exists (
                select 1 from platform.run as n
                where n.run_id = r and n.ended_at > now() - make_interval(secs => %(s)s)
            )
        """,
        run_ids=list(run_ids),
        s=silence_s,
    )
    return {row["run_id"] for row in rows} | _publishing(warehouse, run_ids)


def _publishing(warehouse: Warehouse, run_ids: Sequence[str]) -> set[str]:
    """Return the runs whose claim is held by their publishing transaction, which keeps its renewal waiting."""
    with warehouse.transaction() as connection:
        told = "select run_id::text as run_id from platform.file where run_id = any(%s::uuid[]) and state = 'RUNNING'"
        believed = {row["run_id"] for row in connection.execute(told.encode(), (list(run_ids),))}
        free = {
            row["run_id"] for row in connection.execute(f"{told} for update skip locked".encode(), (list(run_ids),))
        }
    return believed - free


def runs_under_way(warehouse: Warehouse) -> set[str]:
    """Return the runs whose scratch folders are in use."""
    return {str(row["run_id"]) for row in warehouse.rows("select run_id from platform.file where state = 'RUNNING'")}
