"""A run once more, from the archive and with today's code, compared with what is stored after the corrections."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import polars as pl

from flows.adapters import marts, stored
from flows.adapters.missing import missing_of
from flows.adapters.object_store import ObjectStore
from flows.adapters.scratch import Scratch
from flows.adapters.warehouse import Connection
from flows.core.dataset import Context, Dataset
from flows.core.errors import FileRejectedError, MistakeError, ObjectChangedError
from flows.core.judging import FINDING_SCHEMA, Tally, Verdict, judge
from flows.core.reading import (
    transcode,
    utf16_encoding,
)
from flows.core.written import WrittenRow, batch_of, texts_of, with_values
from flows.services.loaded_rows import derived
from flows.services.recomputing import Recomputed, context_at

REPLAYS = "replays"
"""Folder of the replays under way, beside those of the runs."""
_OTHER_REASONS = ("the same as file", "let go on by", "rejected by")
"""Why a file was turned away that can be read."""
MAX_TOLD = 1_000
"""Differences that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is stored otherwise than it is computed; `line` 0 is the run as a whole."""

    line: int
    what: str
    stored: str
    computed: str


@dataclass(slots=True)
class Replayed:
    """How a run compares."""

    run_id: UUID
    rows_read: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_identical(self) -> bool:
        return self.different == 0

    def differs(self, line: int, what: str, stored_value: object, computed: object) -> None:
        """Note a difference."""
        self.different += 1
        if len(self.differences) < MAX_TOLD:
            self.differences.append(
                Difference(line=line, what=what, stored=_told(stored_value), computed=_told(computed))
            )


def replayable(connection: Connection, run_id: UUID) -> Mapping[str, Any]:
    """Return a run with its file.

    Raises:
        MistakeError: It published nothing that could be compared.
    """
    run = connection.execute(
        """
        select r.*, f.sha256, f.encoding, f.base_name, f.landed_on, f.state as file_state
        from platform.run as r inner join platform.file as f on f.file_id = r.file_id where r.run_id = %s
        """,
        (run_id,),
    ).fetchone()
    if run is None or run["state"] not in ("COMPLETED", "REJECTED") or run["sha256"] is None:
        state = run["state"] if run else "unknown"
        raise MistakeError(f"run {run_id} is {state}: it published nothing that could be compared")
    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The lines of one batch, as computed and as stored.

    Attributes:
        verdict: What the rules say today, duplicates included.
        expected: Rows that the mart should have, after the corrections.
        loaded: Rows that it has.
        exceptions: Stored exceptions by line.
        changed_findings: Lines whose findings of the first pass differ.
        corrected: Lines whose loaded cells people corrected.
        today: What rows are judged against today.
    """

    verdict: Verdict
    expected: pl.DataFrame
    loaded: pl.DataFrame
    exceptions: Mapping[int, Mapping[str, Any]]
    changed_findings: frozenset[int]
    corrected: frozenset[int]
    today: Context


class Writer(Protocol):
    """Writes what was computed over what is stored."""

    def write(self, stretch: Stretch) -> None:
        """Write one batch."""

    def finish(self, tallies: Mapping[str, Tally], missing: Mapping[str, Tally]) -> None:
        """Write what is about the run as a whole."""


class Replay:
    """One run over again, batch by batch, beside the stored rows of the same lines."""

    def __init__(
        self,
        connection: Connection,
        store: ObjectStore,
        dataset: Dataset,
        run: Mapping[str, Any],
        scratch: Scratch,
        writer: Writer | None = None,
    ) -> None:
        self._connection = connection
        self._store = store
        self._dataset = dataset
        self._run = run
        self._scratch = scratch
        self._writer = writer
        self._loaded = self._held_rows = 0
        self.result = Replayed(run_id=run["run_id"])

    def compare(self) -> Replayed:
        """Return how the run compares."""
        try:
            digest = self._fetch()
        except ObjectChangedError:
            digest = "no such object"
        if digest != self._run["sha256"]:
            self.result.differs(0, "SHA-256 of the archived file", self._run["sha256"], digest)
            return self.result
        try:
            again = Recomputed(self._connection, self._dataset, self._run, self._scratch)
            self._compare_rows(again)
        except FileRejectedError as error:
            if self._run["state"] != "REJECTED" or self._run["reason"] != str(error):
                self.result.differs(0, "the file as a whole", self._run["reason"] or self._run["state"], error)
            return self.result
        if self._run["state"] == "REJECTED":
            if not self._run["reason"].startswith(_OTHER_REASONS):
                self.result.differs(0, "the file as a whole", self._run["reason"], "it can be read")
            return self.result
        self._compare_tallies(again)
        self._compare_counts()
        return self.result

    def _fetch(self) -> str:
        with self._scratch.original.open("wb") as target:
            digest = self._store.download(self._store.archive, self._run["sha256"], "", target)
        with self._scratch.original.open("rb") as source:
            encoding = utf16_encoding(source.read(2))
            if encoding:
                with self._scratch.transcoded.open("wb") as text:
                    transcode(source, text, encoding)
        return digest

    def _compare_rows(self, again: Recomputed) -> None:
        batches = self._counted(again)
        if self._run["state"] != "COMPLETED":
            for _ in batches:
                pass
            return
        rows = stored.rows_of_run(
            self._connection, self._dataset, self._run["run_id"], is_locked=self._writer is not None
        )
        loaded = _Following(rows, pl.DataFrame(schema=self._dataset.mart_schema))
        today = context_at(self._connection, self._dataset, self._run, None)
        last = 0
        for judged in batches:
            verdict = again.settled(judged)
            self._loaded += verdict.passed.height
            self._held_rows += verdict.held.height
            lines = [frame["line"].max() for frame in (verdict.passed, verdict.held) if frame.height]
            end = max((int(str(line)) for line in lines), default=last)
            self._compare_batch(verdict, today, loaded.until(end), last, end)
            last = end
        rest = loaded.until(1 << 62)
        for line in rest["line"]:
            self.result.differs(line, "disposition", "LOADED", "no such row")

    def _counted(self, again: Recomputed) -> Iterator[Verdict]:
        for judged in again.judged():
            self.result.rows_read = again.rows_read
            yield judged

    def _compare_batch(self, verdict: Verdict, today: Context, loaded: pl.DataFrame, after: int, end: int) -> None:
        """Compare what was computed for the lines after one, up to another, with what is stored for them."""
        exceptions = {
            row["line"]: row
            for row in self._rows(
                """
                select line, byte_start, byte_length, raw_text, cells::text as cells, extra::text as extra, state,
                    category, typed::text as typed, attempts, corrected, was_loaded, exception_id, closed_by
                from platform.exception where run_id = %(run_id)s and line > %(after)s and line <= %(end)s
                """,
                after,
                end,
            )
        }
        corrections = pl.DataFrame(
            self._rows(
                """
                select distinct on (line, column_name) run_id::text as run_id, line, column_name, new_value as value
                from platform.correction where run_id = %(run_id)s and line > %(after)s and line <= %(end)s
                order by line, column_name, correction_id desc
                """,
                after,
                end,
            ),
            schema=marts.CELL_SCHEMA,
        )
        computed = derived(self._dataset, today, verdict.passed, self._run["run_id"])
        first = {line: row for line, row in exceptions.items() if row["was_loaded"]}
        superseded = {line: row for line, row in first.items() if row["state"] == "SUPERSEDED"}
        released = {
            line: row
            for line, row in exceptions.items()
            if row["state"] in ("RELEASED", "WAIVED") and line not in first
        }
        self._compare_places(computed, loaded, exceptions, verdict)
        expected = self._corrected(
            pl.concat([computed.filter(~pl.col("line").is_in(list(superseded))), self._released(released, today)]),
            corrections,
            today,
        )
        self._compare_loaded(expected, loaded)
        self._compare_superseded(computed, superseded)
        self._compare_held(verdict.held, {k: v for k, v in exceptions.items() if not v["was_loaded"]})
        changed = self._compare_findings(verdict.findings, after, end)
        if self._writer is not None:
            self._writer.write(
                Stretch(
                    verdict=verdict,
                    expected=expected,
                    loaded=loaded,
                    exceptions=exceptions,
                    changed_findings=changed,
                    corrected=frozenset(corrections["line"]),
                    today=today,
                )
            )

    def _rows(self, query: str, after: int, end: int) -> list[dict[str, Any]]:
        return self._connection.execute(
            query.encode(), {"run_id": self._run["run_id"], "after": after, "end": end}
        ).fetchall()

    def _compare_places(
        self,
        computed: pl.DataFrame,
        loaded: pl.DataFrame,
        exceptions: Mapping[int, Mapping[str, Any]],
        verdict: Verdict,
    ) -> None:
        """Compare where each line was put at first pass."""
        first = {line for line in loaded["line"] if line not in exceptions}
        first |= {line for line, row in exceptions.items() if row["was_loaded"]}
        held = {line for line, row in exceptions.items() if not row["was_loaded"]}
        now_loaded, now_held = set(computed["line"]), set(verdict.held["line"])
        for line in sorted(first ^ now_loaded | held ^ now_held):
            was = "LOADED" if line in first else "HELD" if line in held else "nowhere"
            now = "LOADED" if line in now_loaded else "HELD" if line in now_held else "nowhere"
            self.result.differs(line, "disposition", was, now)

    def _released(self, released: Mapping[int, Mapping[str, Any]], today: Context) -> pl.DataFrame:
        """Return the rows that people released, computed from the text that they wrote."""
        rows = [
            WrittenRow(
                line=line,
                byte_start=row["byte_start"],
                byte_length=row["byte_length"],
                cells=_cells_of(row),
                extra=row["extra"],
            )
            for line, row in released.items()
        ]
        lenient = self._dataset.lenient
        passed = judge(batch_of(rows, lenient), lenient, today).passed
        return derived(self._dataset, today, passed, self._run["run_id"])

    def _corrected(self, rows: pl.DataFrame, corrections: pl.DataFrame, today: Context) -> pl.DataFrame:
        values = with_values(rows, corrections, self._dataset)
        names = [*self._dataset.value_columns, "extra", "line", "byte_start", "byte_length"]
        return derived(self._dataset, today, values.select(names), self._run["run_id"])

    def _compare_loaded(self, expected: pl.DataFrame, loaded: pl.DataFrame) -> None:
        names = [name for name in self._dataset.mart_columns if name not in ("run_id", "line")]
        both = loaded.select("line", *names).join(expected.select("line", *names), on="line", suffix="_computed")
        for name in names:
            for line, was, now in (
                both.filter(pl.col(name).ne_missing(pl.col(f"{name}_computed")))
                .select("line", name, f"{name}_computed")
                .iter_rows()
            ):
                self.result.differs(line, name, was, now)
        for line in expected.join(loaded, on="line", how="anti")["line"]:
            self.result.differs(line, "row in the mart", "missing", "LOADED")
        for line in loaded.join(expected, on="line", how="anti")["line"]:
            self.result.differs(line, "row in the mart", "LOADED", "no such row")

    def _compare_superseded(self, computed: pl.DataFrame, superseded: Mapping[int, Mapping[str, Any]]) -> None:
        for row in computed.filter(pl.col("line").is_in(list(superseded))).iter_rows(named=True):
            texts = texts_of(row, self._dataset)
            cells = _cells_of(superseded[row["line"]])
            for name, text in texts.items():
                if cells.get(name) != text:
                    self.result.differs(row["line"], name, cells.get(name), text)

    def _compare_held(self, held: pl.DataFrame, exceptions: Mapping[int, Mapping[str, Any]]) -> None:
        for row in held.iter_rows(named=True):
            kept = exceptions.get(row["line"])
            if kept is None:
                continue
            for name in ("byte_start", "byte_length", "raw_text", "cells"):
                if kept[name] != row[name]:
                    self.result.differs(row["line"], name, kept[name], row[name])
            if row["raw_text"] is None and kept["extra"] != row["extra"]:
                self.result.differs(row["line"], "extra", kept["extra"], row["extra"])
            if kept["attempts"] == 0 and kept["state"] == "OPEN":
                self._compare_open(row, kept)

    def _compare_open(self, row: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
        """Compare what the inbox and the revenue that waits are made of, where no person touched it."""
        if kept["category"] != row["category"]:
            self.result.differs(row["line"], "category", kept["category"], row["category"])
        typed, now = (json.loads(one) if one else None for one in (kept["typed"], row["typed"]))
        if typed != now:
            self.result.differs(row["line"], "values that could be read", typed, now)

    def _compare_findings(self, findings: pl.DataFrame, after: int, end: int) -> frozenset[int]:
        """Compare the findings of the first pass; return the lines where they differ."""
        columns = ["line", "rule", "severity", "category", "value", "message"]
        kept = pl.DataFrame(
            self._rows(
                """
                select line, rule, severity, category, value, message from platform.finding
                where run_id = %(run_id)s and attempt = 0 and line > %(after)s and line <= %(end)s
                """,
                after,
                end,
            ),
            schema={name: FINDING_SCHEMA[name] for name in columns},
        )
        now = findings.select(columns)
        gone = kept.join(now, on=columns, how="anti", nulls_equal=True)
        new = now.join(kept, on=columns, how="anti", nulls_equal=True)
        for line, rule, message in gone.select("line", "rule", "message").iter_rows():
            self.result.differs(line, f"finding {rule}", message, "no such finding")
        for line, rule, message in new.select("line", "rule", "message").iter_rows():
            self.result.differs(line, f"finding {rule}", "no such finding", message)
        return frozenset(gone["line"]) | frozenset(new["line"])

    def _compare_counts(self) -> None:
        """Compare the counts of the first pass, from which the measures of quality are made."""
        for name, now in (("rows_loaded_at_first_pass", self._loaded), ("rows_held_at_first_pass", self._held_rows)):
            if self._run[name] != now:
                self.result.differs(0, name.replace("_", " "), self._run[name], now)

    def _compare_tallies(self, again: Recomputed) -> None:
        if self._run["rows_read"] != self.result.rows_read:
            self.result.differs(0, "rows read", self._run["rows_read"], self.result.rows_read)
        kept = {
            row["rule"]: (row["tested"], row["failed"])
            for row in self._connection.execute(
                "select rule, tested, failed from platform.run_rule where run_id = %s", (self._run["run_id"],)
            )
        }
        now = {code: (tally.tested, tally.failed) for code, tally in again.tallies.items()}
        for code in sorted(kept.keys() | now.keys()):
            if kept.get(code) != now.get(code):
                self.result.differs(0, f"tested and failed of {code}", kept.get(code), now.get(code))
        self._compare_missing(again.missing)
        if self._writer is not None:
            self._writer.finish(again.tallies, again.missing)

    def _compare_missing(self, missing: Mapping[str, Tally]) -> None:
        """Compare the missing cells of each column, where they were counted."""
        for name, kept in missing_of(self._connection, self._run["run_id"]).items():
            now = missing.get(name, Tally())
            if kept != now:
                self.result.differs(0, f"missing cells of {name}", kept.failed, now.failed)


class _Following:
    """Rows that come ordered by line, taken up to a line at a time."""

    def __init__(self, frames: Iterator[pl.DataFrame], none: pl.DataFrame) -> None:
        self._frames = frames
        self._none = none
        self._left: pl.DataFrame | None = next(frames, None)

    def until(self, line: int) -> pl.DataFrame:
        """Return the rows not taken yet up to a line."""
        taken = [self._none]
        while self._left is not None:
            taken.append(self._left.filter(pl.col("line") <= line))
            self._left = self._left.filter(pl.col("line") > line)
            if self._left.height:
                break
            self._left = next(self._frames, None)
        return pl.concat(taken)


def _cells_of(row: Mapping[str, Any]) -> dict[str, str]:
    return {**(json.loads(row["cells"]) if row["cells"] else {}), **(row["corrected"] or {})}


def _told(value: object) -> str:
    return "(missing)" if value is None else str(value)
