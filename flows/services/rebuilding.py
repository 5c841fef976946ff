"""A run written anew as today's code computes it, under the corrections of people; they stay as they are."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import polars as pl

from flows.adapters import audit, marts, past, stored
from flows.adapters.missing import write_missing
from flows.adapters.object_store import ObjectStore
from flows.adapters.scratch import Scratch
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.core.judging import Tally, judge
from flows.core.written import WrittenRow, batch_of, texts_of
from flows.resources import code_version
from flows.services.accounts import Role, SignedIn, authorized
from flows.services.replaying import REPLAYS, Replay, Replayed, Stretch, replayable


def rebuild(
    warehouse: Warehouse,
    store: ObjectStore,
    actor: SignedIn,
    datasets: Mapping[str, Dataset],
    run_id: UUID,
    scratch_root: Path,
    *,
    reason: str = "",
) -> Replayed:
    """Compute a run again and write what differs, in one transaction.

    A row that passes now is loaded, unless a person or the system closed it; a row that breaks a rule now is held.

    Returns:
        What was different before.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: The run published nothing.
    """
    with authorized(warehouse, actor, Role.STEWARD, "write a replay over what is stored") as connection:
        run = replayable(connection, run_id)
        if run["state"] != "COMPLETED":
            raise MistakeError(f"run {run_id} is {run['state']}: only a completed run can be written anew")
        dataset = datasets[run["dataset"]]
        marts.lock_dataset(connection, dataset)
        scratch = Scratch.of_run(scratch_root / REPLAYS, uuid4())
        writer = _Writer(connection, dataset, run, actor.account)
        try:
            result = Replay(connection, store, dataset, run, scratch, writer).compare()
        finally:
            scratch.remove()
        if not writer.is_finished:
            raise MistakeError(f"nothing was written: {'; '.join(one.what for one in result.differences)} differs")
        audit.record(
            connection,
            "replay_applied",
            actor=actor.account,
            run_id=run_id,
            file_id=run["file_id"],
            counts={"differences": result.different, **writer.counts},
            rule_fingerprint=dataset.rule_fingerprint,
            reason=reason,
        )
        return result


class _Writer:
    """Writes the batches of one run."""

    def __init__(self, connection: Connection, dataset: Dataset, run: Mapping[str, Any], account: str) -> None:
        self._connection = connection
        self._dataset = dataset
        self._run = run
        self._account = account
        self._loaded = 0
        self._held = 0
        self.is_finished = False
        self.counts: Counter[str] = Counter()

    def write(self, stretch: Stretch) -> None:
        """Write one batch."""
        closed = [
            line
            for line, row in stretch.exceptions.items()
            if row["state"] in ("DISCARDED", "SUPERSEDED") and not row["was_loaded"]
        ]
        kept_held = stretch.verdict.passed.filter(pl.col("line").is_in(closed)).height
        self._loaded += stretch.verdict.passed.height - kept_held
        self._held += stretch.verdict.held.height + kept_held
        self._count_as_first_pass(stretch)
        self._change(stretch)
        self._hold(stretch)
        self._load(stretch)
        self._write_findings(stretch)

    def finish(self, tallies: Mapping[str, Tally], missing: Mapping[str, Tally]) -> None:
        """Write the tallies and the counts of the run, and make the figures what the rows add up to."""
        run_id = self._run["run_id"]
        self._connection.execute("delete from platform.run_rule where run_id = %s", (run_id,))
        with self._connection.cursor() as cursor:
            cursor.executemany(
                """
                insert into platform.run_rule (run_id, rule, category, severity, tested, failed, not_evaluated)
                values (%s, %s, %s, %s, %s, %s, %s)
                """,
                [
                    (
                        run_id,
                        rule.code,
                        rule.category,
                        rule.severity,
                        tallies[rule.code].tested,
                        tallies[rule.code].failed,
                        self._run["rows_read"] - tallies[rule.code].tested,
                    )
                    for rule in self._dataset.all_rules
                ],
            )
        self._connection.execute(
            """
            update platform.run set rows_loaded_at_first_pass = %s, rows_held_at_first_pass = %s, rule_fingerprint = %s,
                code_version = %s
            where run_id = %s
            """,
            (self._loaded, self._held, self._dataset.rule_fingerprint, code_version(), run_id),
        )
        write_missing(self._connection, run_id, missing)
        marts.mend_figures(self._connection, self._dataset, run_id)
        marts.settle(self._connection, self._dataset, run_id)
        self.is_finished = True

    def _count_as_first_pass(self, stretch: Stretch) -> None:
        """Let rows that people released, and that pass by themselves today, count as loaded at first pass."""
        passing = set(stretch.verdict.passed["line"])
        lines = [
            line
            for line, row in stretch.exceptions.items()
            if line in passing and row["state"] in ("RELEASED", "WAIVED") and not row["was_loaded"]
        ]
        if lines:
            self._connection.execute(
                "update platform.exception set was_loaded = true where run_id = %s and line = any(%s)",
                (self._run["run_id"], lines),
            )

    def _change(self, stretch: Stretch) -> None:
        """Write the values of rows that are loaded, before and after."""
        both = pl.DataFrame({"line": stretch.loaded["line"]}).join(stretch.expected.select("line"), on="line")["line"]
        old = stretch.loaded.filter(pl.col("line").is_in(both.implode())).sort("line")
        new = stretch.expected.filter(pl.col("line").is_in(both.implode())).sort("line")
        if old.height:
            self.counts["rows_changed"] += stored.change_rows(self._connection, self._dataset, old, new)

    def _hold(self, stretch: Stretch) -> None:
        """Hold rows that were loaded at first pass and break a rule today."""
        wrong = stretch.verdict.held.join(stretch.loaded.select("line"), on="line", how="semi")
        wrong = wrong.filter(~pl.col("line").is_in([*stretch.exceptions, *self._repaired(stretch, wrong)]))
        if wrong.is_empty():
            return
        leaving = stretch.loaded.filter(pl.col("line").is_in(wrong["line"].implode()))
        stored.delete_rows(self._connection, self._dataset, leaving)
        marts.copy_frame(
            self._connection,
            "platform",
            "exception",
            wrong.with_columns(
                dataset=pl.lit(self._dataset.name),
                run_id=pl.lit(str(self._run["run_id"])),
                file_id=pl.lit(self._run["file_id"], pl.Int64),
                state=pl.lit("SUPERSEDED" if self._run["replaced_by_run"] else "OPEN"),
            ),
        )
        self.counts["rows_held"] += wrong.height

    def _repaired(self, stretch: Stretch, wrong: pl.DataFrame) -> list[int]:
        """Return the lines that break a rule in the file, but not as people corrected them."""
        rows = stretch.loaded.filter(pl.col("line").is_in(wrong["line"].implode()))
        written = [
            WrittenRow(
                line=row["line"],
                byte_start=row["byte_start"],
                byte_length=row["byte_length"],
                cells=texts_of(row, self._dataset),
                extra=row["extra"],
            )
            for row in rows.iter_rows(named=True)
            if row["line"] in stretch.corrected
        ]
        passed = judge(batch_of(written, self._dataset), self._dataset, stretch.today).passed
        return passed["line"].to_list()

    def _load(self, stretch: Stretch) -> None:
        """Load rows that were held, are still open, and pass today."""
        passing = set(stretch.verdict.passed["line"])
        lines = [
            line
            for line, row in stretch.exceptions.items()
            if line in passing and row["state"] == "OPEN" and not row["was_loaded"]
        ]
        rows = stretch.expected.filter(pl.col("line").is_in(lines))
        if rows.is_empty():
            return
        if self._dataset.key:
            standing, _ = past.standing_at(self._connection, self._dataset, rows, None)
            rows = rows.join(standing, on=self._dataset.key, how="anti", maintain_order="left")
        stored.insert_rows(self._connection, self._dataset, rows)
        self._connection.execute(
            """
            update platform.exception
            set state = 'RELEASED', was_loaded = true, closed_at = clock_timestamp(), closed_by = %s,
                reason = 'passes the rules of today'
            where run_id = %s and line = any(%s)
            """,
            (self._account, self._run["run_id"], rows["line"].to_list()),
        )
        self.counts["rows_loaded"] += rows.height

    def _write_findings(self, stretch: Stretch) -> None:
        lines = sorted(stretch.changed_findings)
        if not lines:
            return
        self._connection.execute(
            "delete from platform.finding where run_id = %s and line = any(%s) and attempt = 0",
            (self._run["run_id"], lines),
        )
        findings = stretch.verdict.findings.filter(pl.col("line").is_in(lines))
        marts.copy_frame(
            self._connection,
            "platform",
            "finding",
            findings.rename({"column": "column_name"}).with_columns(
                run_id=pl.lit(str(self._run["run_id"])), rule_fingerprint=pl.lit(self._dataset.rule_fingerprint)
            ),
        )
        categories = dict(stretch.verdict.held.select("line", "category").iter_rows())
        with self._connection.cursor() as cursor:
            cursor.executemany(
                """
                update platform.exception set category = %s
                where run_id = %s and line = %s and state = 'OPEN' and attempts = 0
                """,
                [(categories[line], self._run["run_id"], line) for line in lines if line in categories],
            )
