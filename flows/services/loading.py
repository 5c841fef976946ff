"""Loads one claimed file, stage by stage: register, validate, exceptions, transform; `publishing` is the last.

Each stage leaves numbered parts in the run's scratch folder and can be run again. From validate on the stages follow
each other part by part, at the same time, so that the database writes while the next rows are judged.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import polars as pl

from flows.adapters import audit, ledger, liveness, logs, marts
from flows.adapters.ledger import ClaimedFile
from flows.adapters.marts import to_csv
from flows.adapters.object_store import LandedBytes, ObjectStore
from flows.adapters.scratch import Scratch
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Context, Dataset
from flows.core.errors import FileRejectedError, StoreFullError
from flows.core.judging import FINDING_SCHEMA, Tally, add_up
from flows.core.reading import MAX_HEADER_BYTES, Layout, read_layout, transcode, utf16_encoding
from flows.core.rules import Rule
from flows.services.parts import Parts
from flows.services.repeats import SeenKeys
from flows.services.spreading import Machines, judged

LOG = logging.getLogger(__name__)
KEYS_AT_ONCE = 2_000_000
"""How many row hashes are compared at once when repeated rows of a file are looked for (24 MB)."""


@dataclass(slots=True)
class Progress:
    """How far a run is, for people who watch; its stages count here, `liveness.tell_progress` tells it."""

    bytes_total: int = 0
    bytes_judged: int = 0
    rows_judged: int = 0
    rows_held: int = 0
    rows_written: int = 0


class Load:
    """One run over one claimed file, and where its parts are."""

    def __init__(
        self,
        *,
        run_id: UUID,
        claimed: ClaimedFile,
        dataset: Dataset,
        warehouse: Warehouse,
        store: ObjectStore,
        scratch: Scratch,
    ) -> None:
        self.run_id = run_id
        self.claimed = claimed
        self.dataset = dataset
        self.warehouse = warehouse
        self.store = store
        self.scratch = scratch
        self.judged, self.held, self.transformed = Parts(), Parts(), Parts()
        self.validated: Validated | None = None
        self.progress = Progress()
        self._digest = ""
        self._kept: Future[None] | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What each line of the log tells of this run."""
        return {
            "run_id": self.run_id,
            "dataset": self.dataset.name,
            "file_id": self.claimed.file_id,
            "file": self.claimed.base_name,
            "batch": self.claimed.batch,
        }

    def stop(self) -> None:
        """Tell the stages that follow others that nothing more will come."""
        for parts in (self.judged, self.held, self.transformed):
            parts.stop()

    def begin_keeping(self, digest: str) -> None:
        """Begin to copy the file to the archive while it is being judged."""
        self._digest = digest
        thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._kept = thread.submit(self._keep)
        thread.shutdown(wait=False)

    def finish_keeping(self) -> None:
        """Wait until the archive has the file, if it was read; a copy that failed is tried once more."""
        kept, self._kept = self._kept, None
        if kept is not None and isinstance(refused := kept.exception(), StoreFullError):
            raise refused
        if self._digest and (kept is None or kept.exception() is not None):
            self._keep()

    def _keep(self) -> None:
        claimed = self.claimed
        landed = LandedBytes(bucket=claimed.bucket, key=claimed.object_key, etag=claimed.etag)
        self.store.keep(landed, self.scratch.original, self._digest)

    @cached_property
    def context(self) -> Context:
        """What the file's rows are judged against, as it was when the run began."""
        with self.warehouse.transaction() as connection:
            return marts.context(
                connection,
                self.dataset,
                landed_on=self.claimed.landed_on,
                base_name=self.claimed.base_name,
                as_of=ledger.started_at(connection, self.run_id),
            )

    @cached_property
    def layout(self) -> Layout:
        """How the run's file is laid out, once it is registered.

        Raises:
            FileRejectedError: It has no layout that can serve.
        """
        with self.scratch.original.open("rb") as source:
            encoding = utf16_encoding(source.read(2)) or "utf-8"
        with self.scratch.text.open("rb") as source:
            return read_layout(source.read(MAX_HEADER_BYTES), encoding, self.dataset)

    @contextmanager
    def stage(self, name: str) -> Iterator[dict[str, int]]:
        """Tell the audit trail that a stage started and ended; the caller fills in the counts."""
        counts: dict[str, int] = {}
        began = time.monotonic()
        with logs.about(**self.facts, stage=name):
            with self.warehouse.transaction() as connection:
                self.tell(connection, "stage_started", stage=name)
            LOG.info("stage started")
            yield counts
            with self.warehouse.transaction() as connection:
                self.tell(connection, "stage_ended", counts=counts, stage=name)
            LOG.info("stage ended", extra={"facts": {**counts, "seconds": round(time.monotonic() - began, 3)}})

    def tell(self, connection: Connection, event: str, *, counts: dict[str, int] | None = None, **details: Any) -> None:
        """Write an audit event of this run."""
        audit.record(connection, event, run_id=self.run_id, file_id=self.claimed.file_id, counts=counts, **details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """What the rules said of a file; the rows are in the scratch folder."""

    rows_read: int
    rows_held: int
    empty_lines: int
    warnings: tuple[str, ...]
    tallies: dict[str, Tally] = field(default_factory=dict)
    missing: dict[str, Tally] = field(default_factory=dict)


def register(load: Load) -> str | None:
    """Copy the file to the scratch folder and, going on meanwhile, to the archive.

    Returns:
        A sentence if the file is the same as one in force; None where it is to be loaded.
    """
    with load.stage("register") as counts:
        with load.scratch.original.open("wb") as target:
            digest = _download(load, target)
        load.begin_keeping(digest)
        encoding = _to_utf8(load.scratch)
        identity = identity_of(load.dataset, digest, load.claimed.base_name)
        ledger.set_content(
            load.warehouse, load.claimed, load.run_id, sha256=digest, encoding=encoding, identity=identity
        )
        counts["bytes"] = load.scratch.original.stat().st_size
    with load.warehouse.transaction() as connection:
        return duplicate_of(connection, load.dataset, identity)


def _download(load: Load, target: BinaryIO) -> str:
    """Write the file's bytes and return their SHA-256; one that a person let go on is read from the archive."""
    claimed = load.claimed
    if claimed.let_go_on_by and claimed.sha256:
        return load.store.download(load.store.archive, claimed.sha256, "", target)
    return load.store.download(claimed.bucket, claimed.object_key, claimed.etag, target)


def identity_of(dataset: Dataset, digest: str, base_name: str) -> str:
    """Return what makes a file the same as another one of its dataset."""
    return digest if dataset.identity == "bytes" else f"{digest} {base_name}"


def duplicate_of(connection: Connection, dataset: Dataset, identity: str) -> str | None:
    """Return a sentence that names the file in force that is the same; None where there is none."""
    same = ledger.in_force(connection, dataset.name, identity)
    if same is None:
        return None
    return f"the same as file {same['file_id']} ({same['base_name']}, {same['batch']}), loaded by run {same['run_id']}"


def validate(load: Load, machines: Machines | None = None) -> Validated:
    """Read and judge the whole file; keep its judged batches.

    Args:
        machines: What a cluster lends for a large file.

    Raises:
        FileRejectedError: The file as a whole can't be read.
    """
    with load.stage("validate") as counts:
        layout = load.layout
        rows_read = rows_held = stretches_lent = 0
        empty_lines = layout.empty_lines
        tallies = {rule.code: Tally() for rule in load.dataset.all_rules}
        missing: dict[str, Tally] = {}
        progress = Progress(bytes_total=load.scratch.text.stat().st_size)
        load.progress = progress
        with load.scratch.text.open("rb") as source:
            for number, stretch in enumerate(judged(source, layout, load.dataset, load.context, machines)):
                verdict = stretch.verdict
                load.scratch.write("passed", number, verdict.passed)
                load.scratch.write("held", number, verdict.held)
                load.scratch.write("findings", number, verdict.findings)
                load.judged.add(number)
                rows_read += verdict.rows_read
                rows_held += verdict.held.height
                empty_lines += stretch.empty_lines
                stretches_lent += stretch.is_lent
                progress.bytes_judged, progress.rows_judged, progress.rows_held = stretch.read_to, rows_read, rows_held
                add_up(tallies, verdict.tallies)
                add_up(missing, verdict.missing)
        if rows_read == 0:
            raise FileRejectedError("the file has a header but no data row; drop it again with its rows")
        if load.dataset.repeat_rule is not None:
            repeated = repeated_lines(load.scratch, rows_read)
            load.scratch.write("repeated", 0, repeated.to_frame())
            tallies[load.dataset.repeat_rule.code] = Tally(tested=rows_read - rows_held, failed=len(repeated))
        counts |= {"rows_read": rows_read, "rows_passed": rows_read - rows_held, "rows_held": rows_held}
        if machines is not None:
            counts["stretches_lent"] = stretches_lent
    load.validated = Validated(
        rows_read=rows_read,
        rows_held=rows_held,
        empty_lines=empty_lines,
        warnings=layout.warnings + load.dataset.file_warnings(load.claimed.base_name),
        tallies=tallies,
        missing=missing,
    )
    load.judged.complete()
    return load.validated


def repeated_lines(scratch: Scratch, rows: int) -> pl.Series:
    """Return the lines of passed rows that repeat an earlier row of the file; memory does not grow with the file."""
    parts = rows // KEYS_AT_ONCE + 1
    found = [pl.Series("line", [], pl.Int64)]
    for part in range(parts):
        keys = pl.concat(
            frame.filter(pl.col("row_hash") % parts == part) for frame in scratch.frames("passed", ["line", "row_hash"])
        )
        found.append(keys.filter(~pl.col("row_hash").is_first_distinct())["line"])
    return pl.concat(found).sort()


def exceptions(load: Load) -> int:
    """Make the held rows and the findings ready for the database, following validate; return the number of held rows.

    Raises:
        StoppedError: Validate gave up.
    """
    with load.stage("exceptions") as counts:
        held = 0
        parts = 0
        for number in load.judged.follow():
            frame = load.scratch.read("held", number)
            load.scratch.write_csv("exceptions", number, to_csv(exception_rows(load, frame)))
            findings = load.scratch.read("findings", number)
            load.scratch.write_csv("findings_ready", number, to_csv(finding_rows(load, findings)))
            load.held.add(number)
            held += frame.height
            parts = number + 1
        if load.dataset.repeat_rule is not None:
            repeats = pl.concat(_repeats(load, load.dataset.repeat_rule))
            load.scratch.write_csv("exceptions", parts, b"")
            load.scratch.write_csv("findings_ready", parts, to_csv(finding_rows(load, repeats)))
            load.held.add(parts)
        counts["rows_held"] = held
    load.held.complete()
    return held


def exception_rows(load: Load, held: pl.DataFrame) -> pl.DataFrame:
    """Return held rows as rows of `platform.exception`."""
    return held.with_columns(
        dataset=pl.lit(load.dataset.name),
        run_id=pl.lit(str(load.run_id)),
        file_id=pl.lit(load.claimed.file_id, pl.Int64),
    )


def finding_rows(load: Load, findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings as rows of `platform.finding`."""
    return findings.rename({"column": "column_name"}).with_columns(
        run_id=pl.lit(str(load.run_id)), rule_fingerprint=pl.lit(load.dataset.rule_fingerprint)
    )


def transform(load: Load) -> int:
    """Compute the derived columns and the aggregates of the rows that passed, following validate.

    Rows whose key may stand in an earlier row of the file are set aside.

    Returns:
        The number of rows.

    Raises:
        StoppedError: Validate gave up.
    """
    with load.stage("transform") as counts:
        rows = 0
        seen = SeenKeys() if load.dataset.key else None
        for number in load.judged.follow():
            passed = load.scratch.read("passed", number)
            rows += passed.height
            if seen is not None:
                is_suspect = seen.suspects(passed["key_hash"])
                load.scratch.write("suspects", number, passed.filter(is_suspect))
                passed = passed.filter(~is_suspect)
            ready = mart_rows(load, passed)
            load.scratch.write_csv("rows", number, to_csv(ready))
            for position, change in enumerate(changes_of(load.dataset, ready)):
                load.scratch.write(f"changes-{position}", number, change)
            load.transformed.add(number)
        counts["rows"] = rows
    load.transformed.complete()
    return rows


def mart_rows(load: Load, passed: pl.DataFrame) -> pl.DataFrame:
    """Return passed rows as rows of the mart."""
    return load.dataset.derive(passed, load.context).select(
        pl.lit(str(load.run_id)).alias("run_id") if name == "run_id" else pl.col(name)
        for name in load.dataset.mart_columns
    )


def changes_of(dataset: Dataset, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return what rows add to each aggregate of the dataset."""
    return [
        rows.group_by(aggregate.group_by).agg(measure.alias(name) for name, measure in aggregate.measures.items())
        for aggregate in dataset.aggregates
    ]


def _to_utf8(scratch: Scratch) -> str:
    with scratch.original.open("rb") as source:
        encoding = utf16_encoding(source.read(2))
        if encoding is None:
            return "utf-8"
        with scratch.transcoded.open("wb") as target:
            transcode(source, target, encoding)
    return encoding


def _repeats(load: Load, rule: Rule) -> Iterator[pl.DataFrame]:
    """Yield, for each batch, the warnings for the rows that repeat an earlier row."""
    repeated = load.scratch.read("repeated", 0)["line"]
    for passed in load.scratch.frames("passed", ["line"]):
        yield repeats_of(passed, repeated, rule)


def repeats_of(passed: pl.DataFrame, repeated: pl.Series, rule: Rule) -> pl.DataFrame:
    """Return the warnings for the rows whose lines repeat an earlier row."""
    return (
        passed.filter(pl.col("line").is_in(repeated.implode()))
        .select(
            "line",
            rule=pl.lit(rule.code),
            category=pl.lit(str(rule.category)),
            severity=pl.lit(str(rule.severity)),
            column=pl.lit(rule.column),
            value=pl.lit(None, pl.String),
            message=pl.lit(rule.message),
        )
        .select(FINDING_SCHEMA.keys())
    )


def _is_run(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def remove_leftovers(root: Path, warehouse: Warehouse) -> int:
    """Remove the scratch folders of runs that are no longer under way; return their number."""
    folders = [folder for folder in root.glob("*") if folder.is_dir() and _is_run(folder.name)]
    running = liveness.runs_under_way(warehouse)
    left = [folder for folder in folders if folder.name not in running]
    for folder in left:
        Scratch(folder).remove()
    return len(left)
