"""Repairs of held rows: people correct the raw text, release, waive, discard; the same judging decides.

Every act locks its rows (`held_rows`); `rejudging` judges and loads them, `superseding` lets one take the place of a
row that stands, and `repair_records` writes down what was done.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized, may_still
from flows.services.held_rows import Act, Action, Fix, HeldRow, Result, locked
from flows.services.rejudging import judge_again
from flows.services.repair_records import close_conflicts, keep, remember, tell

__all__ = [
    "Act",
    "Fix",
    "Result",
    "ask_waiver",
    "carry",
    "discard",
    "grant_waiver",
    "release",
    "resubmit_saved",
    "save",
]


def release(
    warehouse: Warehouse,
    actor: SignedIn,
    datasets: Mapping[str, Dataset],
    fixes: Sequence[Fix],
    *,
    reason: str = "",
    is_update: bool = False,
    is_preview: bool = False,
) -> list[Result]:
    """Judge held rows again, with what a person wrote; those that pass are loaded, in one transaction.

    Args:
        is_update: Whether a row whose key stands with other content takes the place of the standing row.
        is_preview: Whether nothing is written, only told.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no such exception or column, or a large file of the dataset is being published.
    """
    with (
        authorized(warehouse, actor, Role.STEWARD, "release exceptions") as connection,
        connection.transaction(force_rollback=is_preview),
    ):
        return _act(connection, datasets, fixes, actor.account, reason=reason, is_update=is_update)


def save(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix], *, reason: str = ""
) -> list[Result]:
    """Write corrections of held rows without trying them; `resubmit` and `release` try them later.

    It counts as an attempt: who saw the row before is told of a conflict, and a waiver is asked for anew.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no such exception or column.
    """
    with authorized(warehouse, actor, Role.STEWARD, "correct exceptions") as connection:
        return _save(connection, datasets, fixes, actor.account, reason, {})


def resubmit_saved(
    warehouse: Warehouse, datasets: Mapping[str, Dataset], *, dataset: str = "", exception_ids: Sequence[int] = ()
) -> list[Result]:
    """Try the saved corrections that wait, each in the name of the account that wrote it.

    An account that lost its role meanwhile changes nothing.
    """
    with warehouse.transaction() as connection:
        waiting = connection.execute(
            """
            select exception_id, corrected_by from platform.exception
            where state = 'OPEN' and corrected_attempt = attempts and (%(dataset)s = '' or dataset = %(dataset)s)
                and (%(ids)s::bigint[] = '{}' or exception_id = any(%(ids)s::bigint[]))
            order by corrected_by, exception_id
            """,
            {"dataset": dataset, "ids": list(exception_ids)},
        ).fetchall()
        results: list[Result] = []
        for account, rows in groupby(waiting, key=lambda row: row["corrected_by"]):
            fixes = [Fix(exception_id=row["exception_id"]) for row in rows]
            if may_still(connection, account, Role.STEWARD):
                results += _act(connection, datasets, fixes, account, reason="saved correction")
            else:
                told = (f"{account}, who wrote the correction, may not release exceptions any more",)
                results += [Result(exception_id=fix.exception_id, act=Act.STILL_OPEN, messages=told) for fix in fixes]
        return results


def ask_waiver(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix], *, reason: str
) -> list[Result]:
    """Ask that held rows are loaded as they are; a second person grants it.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no reason, or no such exception.
    """
    _require(reason)
    with authorized(warehouse, actor, Role.STEWARD, "ask for waivers") as connection:
        results = []
        for row, dataset in locked(connection, datasets, fixes):
            if row.act is not Act.CONFLICT and not _refuse_waiver(connection, dataset, row):
                row.act = Act.ASKED
                connection.execute(
                    """
                    insert into platform.waiver (exception_id, attempt, asked_by, reason) values (%s, %s, %s, %s)
                    on conflict (exception_id, attempt) where granted_by is null do nothing
                    """,
                    (row.fix.exception_id, row.found["attempts"], actor.account, reason),
                )
            results.append(row.result)
        tell(connection, "waiver_asked", actor.account, results, reason)
        return results


def grant_waiver(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix]
) -> list[Result]:
    """Load held rows as they are, for which another person asked; cells of the fixes do not count.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no such exception.
    """
    with authorized(warehouse, actor, Role.STEWARD, "grant waivers") as connection:
        asked = {
            row["exception_id"]: row
            for row in connection.execute(
                """
                select w.exception_id, w.asked_by, w.reason from platform.waiver as w
                inner join platform.exception as e on e.exception_id = w.exception_id and e.attempts = w.attempt
                where w.exception_id = any(%s) and w.granted_by is null for update of w
                """,
                ([fix.exception_id for fix in fixes],),
            )
        }
        refused: list[Result] = []
        granted: list[Fix] = []
        for fix in fixes:
            request = asked.get(fix.exception_id)
            if request is None:
                told = "nobody asked for a waiver of the row as it is now"
            elif request["asked_by"] == actor.account:
                told = "you asked for it: a second person grants it"
            else:
                granted.append(Fix(exception_id=fix.exception_id))
                continue
            refused.append(Result(exception_id=fix.exception_id, act=Act.STILL_OPEN, messages=(told,)))
        results: list[Result] = []
        for reason, same in groupby(granted, key=lambda fix: str(asked[fix.exception_id]["reason"])):
            results += _act(connection, datasets, list(same), actor.account, reason=reason, is_waiver=True)
        done = [result.exception_id for result in results if result.act is Act.WAIVED]
        connection.execute(
            """
            update platform.waiver set granted_by = %s, granted_at = now()
            where exception_id = any(%s) and granted_by is null
            """,
            (actor.account, done),
        )
        return results + refused


def discard(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix], *, reason: str
) -> list[Result]:
    """Close held rows for good; they stay stored and count as held.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no reason, or no such exception.
    """
    _require(reason)
    with authorized(warehouse, actor, Role.STEWARD, "discard exceptions") as connection:
        rows = [row for row, _ in locked(connection, datasets, fixes)]
        mine = [row for row in rows if row.act is not Act.CONFLICT]
        connection.execute(
            """
            update platform.exception set state = 'DISCARDED', closed_at = now(), closed_by = %s, reason = %s
            where exception_id = any(%s)
            """,
            (actor.account, reason, [row.fix.exception_id for row in mine]),
        )
        close_conflicts(connection, mine, actor.account)
        for row in mine:
            row.act = Act.DISCARDED
        keep(connection, mine, actor.account, reason, {})
        results = [row.result for row in rows]
        tell(connection, "discard", actor.account, results, reason)
        return results


def carry(
    connection: Connection,
    dataset: Dataset,
    fixes: Sequence[Fix],
    account: str,
    carried_from: Mapping[int, int],
    *,
    is_released: bool,
) -> list[Result]:
    """Repeat, on the exceptions of a new version, what an account did to those of the old one.

    Args:
        is_released: Whether the old ones were released; else the text is kept and a person goes on with it.
    """
    if not is_released:
        reason = "carried over from the version before"
        return _save(connection, {dataset.name: dataset}, fixes, account, reason, carried_from)
    return _act(
        connection,
        {dataset.name: dataset},
        fixes,
        account,
        reason="carried over from the version before",
        carried_from=carried_from,
    )


def _save(
    connection: Connection,
    datasets: Mapping[str, Dataset],
    fixes: Sequence[Fix],
    account: str,
    reason: str,
    carried_from: Mapping[int, int],
) -> list[Result]:
    results = []
    for row, dataset in locked(connection, datasets, fixes):
        if row.act is not Act.CONFLICT:
            row.act = Act.SAVED
            remember(connection, dataset, row, account)
            keep(connection, [row], account, reason, carried_from)
        results.append(row.result)
    tell(connection, "correction", account, results, reason)
    return results


def _act(
    connection: Connection,
    datasets: Mapping[str, Dataset],
    fixes: Sequence[Fix],
    account: str,
    *,
    reason: str,
    is_update: bool = False,
    is_waiver: bool = False,
    carried_from: Mapping[int, int] | None = None,
) -> list[Result]:
    """Judge exceptions again and write what comes of them."""
    rows: list[HeldRow] = []
    found = sorted(locked(connection, datasets, fixes), key=lambda one: one[1].name)
    for dataset, group in groupby(found, key=lambda one: one[1]):
        mine = [row for row, _ in group]
        rows += mine
        action = Action(
            connection=connection,
            dataset=dataset,
            account=account,
            reason=reason,
            rows=mine,
            is_update=is_update or is_waiver,
            is_waiver=is_waiver,
            carried_from=carried_from or {},
        )
        judge_again(action, [row for row in mine if row.act is not Act.CONFLICT])
    results = [row.result for row in rows]
    tell(connection, "waiver" if is_waiver else "release", account, results, reason)
    return results


def _refuse_waiver(connection: Connection, dataset: Dataset, row: HeldRow) -> bool:
    """Return whether one of the rules that a row breaks may not be waived, and tell it."""
    broken = connection.execute(
        """
        select distinct rule from platform.finding
        where run_id = %s and line = %s and attempt = %s and severity = 'error'
        """,
        (row.found["run_id"], row.line, row.found["attempts"]),
    ).fetchall()
    row.messages = [
        f"{one['rule']} may not be waived: correct the row or discard it"
        for one in broken
        if not dataset.rule(one["rule"]).may_be_waived
    ]
    return bool(row.messages)


def _require(reason: str) -> None:
    if not reason.strip():
        raise MistakeError("say why, in a few words")
