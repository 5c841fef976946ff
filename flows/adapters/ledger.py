"""The ledger of files and runs: what landed, who works on it, and how it ended. The one truth about both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import sqlalchemy.exc
from psycopg.rows import class_row

from flows.adapters import audit
from flows.adapters.object_store import LandedObject
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import FenceLostError, MistakeError

CHANNEL = "quayside_landed"
_OBJECTS_AT_ONCE = 5_000
UNREACHABLE = (psycopg.OperationalError, sqlalchemy.exc.OperationalError)
"""What the database's driver raises when the server is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObject:
    """An object that the ledger may not know yet; `batch` is empty where its sender named none."""

    landed: LandedObject
    dataset: str
    batch: str
    landed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedFile:
    """A file that this process may work on while its lease lasts and its fence stands."""

    file_id: int
    fence: int
    dataset: str
    bucket: str
    object_key: str
    etag: str
    base_name: str
    size_bytes: int
    batch: str
    landed_on: date
    previous_run_id: UUID | None
    attempts: int
    sha256: str | None
    let_go_on_by: str | None


def business_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the business day of a moment."""
    return moment.astimezone(zone).date()


def add_objects(warehouse: Warehouse, objects: Sequence[NewObject], zone: ZoneInfo) -> int:
    """Write the objects that the ledger does not know; those without a batch share a new one. Return their number."""
    if not objects:
        return 0
    with warehouse.transaction() as connection:
        untagged = [one for one in objects if not one.batch]
        known = _known(connection, untagged)
        fresh = [one for one in untagged if _identity(one.landed) not in known]
        if fresh:
            connection.execute("select pg_advisory_xact_lock(hashtext('quayside.pickup'))")
            known = _known(connection, fresh)
            fresh = [one for one in fresh if _identity(one.landed) not in known]
        day = max((business_day(one.landed.modified_at, zone) for one in fresh), default=None)
        batch = new_batch(connection, day, "pickup", "pickup") if day else ""
        added = 0
        for one in sorted([*(one for one in objects if one.batch), *fresh], key=lambda one: one.landed.key):
            added += _add(connection, one, one.batch or batch, zone)
        if added:
            connection.execute(f"notify {CHANNEL}".encode())
    return added


def unknown_objects(warehouse: Warehouse, found: Sequence[LandedObject]) -> list[LandedObject]:
    """Return the objects that the ledger does not know yet."""
    unknown = []
    for start in range(0, len(found), _OBJECTS_AT_ONCE):
        some = found[start : start + _OBJECTS_AT_ONCE]
        with warehouse.transaction() as connection:
            known = _known_of(connection, [one.key for one in some])
        unknown += [one for one in some if _identity(one) not in known]
    return unknown


def allocate_batch(warehouse: Warehouse, day: date, by_whom: str) -> str:
    """Return a new batch for an upload."""
    with warehouse.transaction() as connection:
        return new_batch(connection, day, "upload", by_whom)


def new_batch(connection: Connection, day: date, source: str, by_whom: str) -> str:
    """Return a new batch within the caller's transaction; other batches of the day wait for its end."""
    row = connection.execute("select platform.allocate_batch(%s, %s, %s) as batch", (day, source, by_whom)).fetchone()
    assert row is not None
    return str(row["batch"])


def add_unclaimed(warehouse: Warehouse, landed: LandedObject, reason: str) -> None:
    """List an object that belongs to no dataset."""
    with warehouse.transaction() as connection:
        connection.execute(
            """
            insert into platform.unclaimed_object (bucket, object_key, etag, size_bytes, reason)
            values (%s, %s, %s, %s, %s) on conflict do nothing
            """,
            (landed.bucket, landed.key, landed.etag, landed.size_bytes, reason),
        )


def claim(warehouse: Warehouse, *, limit: int, lease_s: float, max_attempts: int) -> list[ClaimedFile]:
    """Claim files that wait, and files whose owner let its lease run out; mark those tried too often as FAILED.

    Where a new version replaces an old one, a version waits until the ones before it have ended.
    """
    with warehouse.transaction() as connection:
        _give_up(connection, max_attempts)
        return _claim(
            connection,
            """
            select file_id from platform.file
            where (state = 'LANDED' or (state = 'RUNNING' and lease_expires_at < now()))
                and not exists (
                    select 1 from platform.file as earlier
                    inner join platform.dataset as d on d.name = earlier.dataset and d.new_version = 'replace'
                    where earlier.dataset = file.dataset and earlier.base_name = file.base_name
                        and earlier.file_id < file.file_id and earlier.state in ('LANDED', 'RUNNING')
                )
            order by file_id limit %(limit)s for update skip locked
            """,
            {"limit": limit, "lease_s": lease_s},
        )


def claim_file(warehouse: Warehouse, file_id: int, *, lease_s: float) -> ClaimedFile | None:
    """Claim one file that waits, or whose owner let its lease run out; None where it does neither."""
    with warehouse.transaction() as connection:
        claimed = _claim(
            connection,
            """
            select file_id from platform.file
            where file_id = %(file_id)s
                and (state = 'LANDED' or (state = 'RUNNING' and lease_expires_at < now()))
            for update skip locked
            """,
            {"file_id": file_id, "lease_s": lease_s},
        )
    return claimed[0] if claimed else None


def claimed_file(warehouse: Warehouse, file_id: int, fence: int) -> ClaimedFile:
    """Return a file that was claimed under this fence.

    Raises:
        FenceLostError: Another run owns the file.
    """
    with warehouse.transaction() as connection:
        found = (
            connection.cursor(row_factory=class_row(ClaimedFile))
            .execute(
                """
                select file_id, fence, dataset, bucket, object_key, etag, base_name, size_bytes, batch, landed_on,
                    run_id as previous_run_id, attempts, sha256, let_go_on_by
                from platform.file where file_id = %s and fence = %s and state = 'RUNNING'
                """,
                (file_id, fence),
            )
            .fetchone()
        )
    if found is None:
        raise FenceLostError(file_id)
    return found


def renew(warehouse: Warehouse, claimed: ClaimedFile, lease_s: float) -> None:
    """Keep a claim for another lease.

    Raises:
        FenceLostError: Another run owns the file.
    """
    with warehouse.transaction() as connection:
        done = connection.execute(
            """
            update platform.file set lease_expires_at = now() + make_interval(secs => %s)
            where file_id = %s and fence = %s and state = 'RUNNING'
            """,
            (lease_s, claimed.file_id, claimed.fence),
        )
        if done.rowcount == 0:
            raise FenceLostError(claimed.file_id)


def duplicates_judged_now(connection: Connection, run_id: UUID) -> datetime:
    """Note, and return, from when on a run judges duplicates; the caller keeps other runs from being published."""
    row = connection.execute(
        """
        update platform.run set duplicates_judged_at = clock_timestamp() where run_id = %s
        returning duplicates_judged_at
        """,
        (run_id,),
    ).fetchone()
    assert row is not None
    return cast(datetime, row["duplicates_judged_at"])


def give_back(warehouse: Warehouse, claimed: ClaimedFile) -> None:
    """Let others claim a file at once whose run never started; the attempt does not count."""
    with warehouse.transaction() as connection:
        connection.execute(
            """
            update platform.file as f
            set state = 'LANDED', lease_expires_at = null, attempts = greatest(f.attempts - 1, 0)
            where f.file_id = %s and f.fence = %s and f.state = 'RUNNING'
                and not exists (
                    select 1 from platform.run as r
                    where r.run_id = f.run_id and r.state = 'RUNNING' and f.run_id is distinct from %s
                )
            """,
            (claimed.file_id, claimed.fence, claimed.previous_run_id),
        )


def start_run(
    warehouse: Warehouse,
    claimed: ClaimedFile,
    dataset: Dataset,
    run_id: UUID,
    *,
    name: str,
    code_version: str,
    worker: str,
) -> None:
    """Bind a run on a worker to a claimed file; a run that its process left behind ends as FAILED.

    Raises:
        FenceLostError: Another run owns the file.
    """
    with warehouse.transaction() as connection:
        owned = connection.execute(
            "update platform.file set run_id = %s where file_id = %s and fence = %s and state = 'RUNNING'",
            (run_id, claimed.file_id, claimed.fence),
        )
        if owned.rowcount == 0:
            raise FenceLostError(claimed.file_id)
        left = connection.execute(
            """
            update platform.run set state = 'FAILED', ended_at = now(), reason = %s
            where file_id = %s and state = 'RUNNING' and run_id <> %s returning run_id
            """,
            (f"its process ended without a word; run {run_id} took over", claimed.file_id, run_id),
        ).fetchall()
        for row in left:
            audit.record(connection, "run_abandoned", run_id=row["run_id"], file_id=claimed.file_id, by=str(run_id))
        connection.execute(
            """
            insert into platform.run (run_id, file_id, dataset, name, rule_fingerprint, code_version, worker)
            values (%s, %s, %s, %s, %s, %s, %s) on conflict (run_id) do nothing
            """,
            (run_id, claimed.file_id, dataset.name, name, dataset.rule_fingerprint, code_version, worker),
        )
        audit.record(
            connection,
            "run_started",
            run_id=run_id,
            file_id=claimed.file_id,
            rule_fingerprint=dataset.rule_fingerprint,
            code_version=code_version,
            attempt=claimed.attempts,
        )


def run_starting_with(connection: Connection, told: str) -> UUID:
    """Return the run whose id starts with what a person typed.

    Raises:
        MistakeError: None or several do.
    """
    start = "".join(one for one in told.lower() if one in "0123456789abcdef-")
    found = connection.execute(
        "select run_id from platform.run where run_id::text like %s || '%%' limit 2", (start,)
    ).fetchall()
    if len(found) != 1 or start != told.lower() or not start:
        raise MistakeError(
            f"{'more than one' if len(found) > 1 else 'no'} run starts with {told!r}; see `quayside runs`"
        )
    return UUID(str(found[0]["run_id"]))


def started_at(connection: Connection, run_id: UUID) -> datetime:
    """Return when a run was started."""
    row = connection.execute("select started_at from platform.run where run_id = %s", (run_id,)).fetchone()
    assert row is not None
    return cast(datetime, row["started_at"])


def set_content(
    warehouse: Warehouse, claimed: ClaimedFile, run_id: UUID, *, sha256: str, encoding: str, identity: str
) -> None:
    """Write what the bytes of a file are."""
    with warehouse.transaction() as connection:
        connection.execute(
            "update platform.file set sha256 = %s, encoding = %s, identity = %s where file_id = %s and fence = %s",
            (sha256, encoding, identity, claimed.file_id, claimed.fence),
        )
        audit.record(
            connection,
            "file_registered",
            run_id=run_id,
            file_id=claimed.file_id,
            counts={"bytes": claimed.size_bytes},
            sha256=sha256,
            object_key=claimed.object_key,
            batch=claimed.batch,
        )


def in_force(connection: Connection, dataset: str, identity: str) -> dict[str, Any] | None:
    """Return the file in force that is the same, with its run."""
    return connection.execute(
        """
        select file_id, run_id, base_name, batch from platform.file
        where dataset = %s and identity = %s and state in ('COMPLETED', 'AWAITING_REVIEW') and replaced_by_run is null
        """,
        (dataset, identity),
    ).fetchone()


def hold_fence(connection: Connection, claimed: ClaimedFile) -> None:
    """Keep others from taking the file over until the transaction ends.

    Raises:
        FenceLostError: Another run owns the file.
    """
    held = connection.execute(
        "select 1 from platform.file where file_id = %s and fence = %s and state = 'RUNNING' for update",
        (claimed.file_id, claimed.fence),
    ).fetchone()
    if held is None:
        raise FenceLostError(claimed.file_id)


def ended_run(warehouse: Warehouse, run_id: UUID) -> dict[str, Any] | None:
    """Return the counts of a run that has ended, with the state of its file; None while it is under way."""
    rows = warehouse.rows(
        """
        select r.state, f.state as file_state, r.reason, coalesce(r.rows_read, 0) as rows_read,
            coalesce(r.rows_loaded_at_first_pass, 0) as rows_loaded,
            coalesce(r.rows_held_at_first_pass, 0) as rows_held,
            coalesce(r.rows_loaded_already, 0) as rows_loaded_already
        from platform.run as r inner join platform.file as f on f.file_id = r.file_id
        where r.run_id = %(run_id)s and r.state <> 'RUNNING' and f.run_id = r.run_id
        """,
        run_id=run_id,
    )
    return rows[0] if rows else None


def end_file(
    connection: Connection, claimed: ClaimedFile, run_id: UUID, state: str, run_state: str, reason: str | None
) -> None:
    """Write how a file and its run ended, within the caller's transaction."""
    connection.execute(
        "update platform.file set state = %s, reason = %s, lease_expires_at = null where file_id = %s",
        (state, reason, claimed.file_id),
    )
    connection.execute(
        "update platform.run set state = %s, reason = %s, ended_at = clock_timestamp() where run_id = %s",
        (run_state, reason, run_id),
    )


def _known(connection: Connection, objects: Sequence[NewObject]) -> set[tuple[Any, ...]]:
    return _known_of(connection, [one.landed.key for one in objects])


def _known_of(connection: Connection, keys: list[str]) -> set[tuple[Any, ...]]:
    rows = connection.execute(
        """
        select bucket, object_key, version_id, etag, modified_at from platform.file
        where object_key = any(%s)
        """,
        (keys,),
    )
    return {tuple(row.values()) for row in rows}


def _identity(landed: LandedObject) -> tuple[Any, ...]:
    return (landed.bucket, landed.key, landed.version_id, landed.etag, landed.modified_at)


def _add(connection: Connection, one: NewObject, batch: str, zone: ZoneInfo) -> int:
    landed = one.landed
    return connection.execute(
        """
        insert into platform.file (
            dataset, bucket, object_key, version_id, etag, modified_at, size_bytes, base_name, batch, landed_by,
            landed_at, landed_on
        ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (bucket, object_key, version_id, etag, modified_at) do nothing
        """,
        (
            one.dataset,
            landed.bucket,
            landed.key,
            landed.version_id,
            landed.etag,
            landed.modified_at,
            landed.size_bytes,
            landed.key.rsplit("/", 1)[-1],
            batch,
            one.landed_by,
            landed.modified_at,
            business_day(landed.modified_at, zone),
        ),
    ).rowcount


def _claim(connection: Connection, chosen: str, values: dict[str, object]) -> list[ClaimedFile]:
    cursor = connection.cursor(row_factory=class_row(ClaimedFile))
    return cursor.execute(
        f"""
        with chosen as ({chosen})
        update platform.file as f
        set state = 'RUNNING', reason = null, fence = f.fence + 1, attempts = f.attempts + 1,
            lease_expires_at = now() + make_interval(secs => %(lease_s)s)
        from chosen
        where f.file_id = chosen.file_id
        returning f.file_id, f.fence, f.dataset, f.bucket, f.object_key, f.etag, f.base_name, f.size_bytes, f.batch,
            f.landed_on, f.run_id as previous_run_id, f.attempts, f.sha256, f.let_go_on_by
        """.encode(),
        values,
    ).fetchall()


def _give_up(connection: Connection, max_attempts: int) -> None:
    """Mark files that were tried too often as FAILED, with their runs."""
    reason = f"tried {max_attempts} times without an end; drop it again after the cause is mended"
    rows = connection.execute(
        """
        with tired as (
            select file_id from platform.file
            where state = 'RUNNING' and lease_expires_at < now() and attempts >= %(max_attempts)s
            for update skip locked
        )
        update platform.file as f set state = 'FAILED', reason = %(reason)s, lease_expires_at = null
        from tired where f.file_id = tired.file_id
        returning f.file_id, f.run_id
        """,
        {"max_attempts": max_attempts, "reason": reason},
    ).fetchall()
    for row in rows:
        connection.execute(
            """
            update platform.run set state = 'FAILED', ended_at = now(), reason = %s
            where file_id = %s and state = 'RUNNING'
            """,
            (reason, row["file_id"]),
        )
        audit.record(
            connection, "run_ended", run_id=row["run_id"], file_id=row["file_id"], state="FAILED", reason=reason
        )
