"""What the code of today says of a file that a run read, batch by batch; nothing is stored."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from flows.adapters import marts, past
from flows.adapters.scratch import Scratch
from flows.adapters.warehouse import Connection
from flows.core.dataset import Context, Dataset
from flows.core.duplicates import judge_duplicates
from flows.core.errors import FileRejectedError
from flows.core.judging import HELD_SCHEMA, Tally, Verdict, add_up, cells_json, judge
from flows.core.reading import MAX_HEADER_BYTES, read_batches, read_layout, reread
from flows.core.rules import Rule
from flows.services.loading import repeated_lines, repeats_of
from flows.services.repeats import SeenKeys


def context_at(connection: Connection, dataset: Dataset, run: Mapping[str, Any], as_of: datetime | None) -> Context:
    """Return what the rows of a run are judged against, as it was at a time; None: as it is today."""
    return marts.context(connection, dataset, landed_on=run["landed_on"], base_name=run["base_name"], as_of=as_of)


class Recomputed:
    """The verdicts of one run over again.

    Attributes:
        rows_read: Rows of the batches so far.
        missing: Missing cells of each column, so far.
    """

    def __init__(self, connection: Connection, dataset: Dataset, run: Mapping[str, Any], scratch: Scratch) -> None:
        """Read the header.

        Raises:
            FileRejectedError: It can't be read.
        """
        self._connection = connection
        self._dataset = dataset
        self._run = run
        self._scratch = scratch
        with scratch.text.open("rb") as source:
            self._layout = read_layout(source.read(MAX_HEADER_BYTES), run["encoding"], dataset)
        self._context = context_at(connection, dataset, run, run["started_at"])
        self._seen = SeenKeys()
        self._accepted = 0
        self._tallies = {rule.code: Tally() for rule in dataset.all_rules}
        self._duplicates = Tally()
        self.rows_read = 0
        self.missing: dict[str, Tally] = {}

    @property
    def tallies(self) -> dict[str, Tally]:
        """Return how often each rule was tested and failed, so far."""
        rule = self._dataset.duplicate_rule
        return self._tallies if rule is None else {**self._tallies, rule.code: self._duplicates}

    def judged(self) -> Iterator[Verdict]:
        """Yield the verdicts of the batches; with the warnings for repeated rows, which need the whole file.

        Raises:
            FileRejectedError: The file has no rows.
        """
        held = 0
        numbers = 0
        with self._scratch.text.open("rb") as source:
            for number, batch in enumerate(read_batches(source, self._layout, self._dataset)):
                verdict = judge(batch, self._dataset, self._context)
                self.rows_read += verdict.rows_read
                held += verdict.held.height
                add_up(self._tallies, verdict.tallies)
                add_up(self.missing, verdict.missing)
                if self._dataset.repeat_rule is None:
                    yield verdict
                    continue
                self._scratch.write("passed", number, verdict.passed)
                self._scratch.write("held", number, verdict.held)
                self._scratch.write("findings", number, verdict.findings)
                numbers = number + 1
        if self.rows_read == 0:
            raise FileRejectedError("the file has a header but no data row; drop it again with its rows")
        rule = self._dataset.repeat_rule
        if rule is None:
            return
        repeated = repeated_lines(self._scratch, self.rows_read)
        self._tallies[rule.code] = Tally(tested=self.rows_read - held, failed=len(repeated))
        for number in range(numbers):
            passed = self._scratch.read("passed", number)
            yield Verdict(
                passed=passed,
                held=self._scratch.read("held", number),
                findings=pl.concat([self._scratch.read("findings", number), repeats_of(passed, repeated, rule)]),
                rows_read=0,
            )

    def settled(self, verdict: Verdict) -> Verdict:
        """Return a verdict with the duplicates among its held rows."""
        rule = self._dataset.duplicate_rule
        if rule is None:
            return verdict
        passed = verdict.passed.with_columns(run_id=pl.lit(str(self._run["run_id"])))
        suspects = self._seen.suspects(passed["key_hash"])
        before: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        fresh = self._accept(passed.filter(~suspects), rule, before, in_file=False)
        late = self._accept(passed.filter(suspects), rule, before, in_file=True)
        held = [verdict.held, *(self._held(duplicates, rule) for duplicates, _ in before)]
        self._duplicates.tested += passed.height
        self._duplicates.failed += sum(findings.height for _, findings in before)
        return Verdict(
            passed=pl.concat([fresh, late]).sort("line").drop("run_id"),
            held=pl.concat(held),
            findings=pl.concat([verdict.findings, *(findings for _, findings in before)]),
            rows_read=verdict.rows_read,
        )

    def _accept(
        self, rows: pl.DataFrame, rule: Rule, before: list[tuple[pl.DataFrame, pl.DataFrame]], *, in_file: bool
    ) -> pl.DataFrame:
        """Return the rows whose key is new; the others are added to `before` as held rows and findings."""
        if rows.is_empty():
            return rows
        dataset = self._dataset
        standing, originals = past.standing_before(
            self._connection, dataset, rows, self._run["run_id"], self._run["duplicates_judged_at"]
        )
        if in_file:
            mine = self._in_file(rows).select(standing.columns)
            standing, originals = pl.concat([standing, mine]), pl.concat([originals.select(standing.columns), mine])
        known = rows.join(standing, on=dataset.key, how="semi", maintain_order="left")
        unknown = rows.join(standing, on=dataset.key, how="anti", maintain_order="left")
        if known.height:
            duplicates = judge_duplicates(known, standing, originals, dataset, rule)
            before.append(
                (duplicates.held.join(known.select("line", "extra"), on="line", how="left"), duplicates.findings)
            )
        is_first = unknown.select(pl.struct(dataset.key).is_first_distinct()).to_series()
        new = unknown.filter(is_first)
        self._scratch.write("accepted", self._accepted, new)
        self._accepted += 1
        rest = unknown.filter(~is_first)
        return pl.concat([new, self._accept(rest, rule, before, in_file=True)]) if rest.height else new

    def _in_file(self, rows: pl.DataFrame) -> pl.DataFrame:
        keys = rows.select(self._dataset.key).unique()
        found = [
            self._scratch.read("accepted", number).join(keys, on=self._dataset.key, how="semi")
            for number in range(self._accepted)
        ]
        return pl.concat([rows.clear(), *found])

    def _held(self, duplicates: pl.DataFrame, rule: Rule) -> pl.DataFrame:
        with self._scratch.text.open("rb") as source:
            texts = reread(source, self._layout, self._dataset, duplicates.sort("line"))
        cells = texts.select("line", cells=cells_json(self._dataset))
        return (
            duplicates.join(cells, on="line", how="left")
            .with_columns(
                raw_text=pl.lit(None, pl.String), stage=pl.lit("duplicates"), category=pl.lit(str(rule.category))
            )
            .select(pl.col(name).cast(dtype) for name, dtype in HELD_SCHEMA.items())
        )
