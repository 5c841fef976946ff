"""Rows whose key is known already: closed as already loaded where they say the same, held where they differ."""

from dataclasses import dataclass

import polars as pl

from flows.core.dataset import Dataset
from flows.core.judging import FINDING_SCHEMA, typed_json
from flows.core.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Later rows of known keys.

    Attributes:
        held: One row per duplicate: `line`, `byte_start`, `byte_length`, `typed` (JSON), `is_loaded_already`,
            `standing_run_id`, `standing_line`.
        findings: One row per duplicate that differs from the standing row, as `judging.FINDING_SCHEMA`.
    """

    held: pl.DataFrame
    findings: pl.DataFrame


def judge_duplicates(
    rows: pl.DataFrame, standing: pl.DataFrame, originals: pl.DataFrame, dataset: Dataset, rule: Rule
) -> Duplicates:
    """Compare rows with the rows that stand under their keys.

    A row that says what the standing row said before people corrected it is loaded already too: a file dropped again
    takes no correction back.

    Args:
        rows: Typed rows with their lineage; each has a standing row.
        standing: Typed rows of the mart with `run_id` and `line`, one per key.
        originals: The same rows with the values that their lines gave.

    Returns:
        Every row of `rows` as a duplicate, in their order.
    """
    compared = (*dataset.value_columns, "extra")
    pairs = (
        rows.drop("run_id", strict=False)
        .join(standing.select(*compared, "run_id", "line"), on=dataset.key, suffix="_standing", maintain_order="left")
        .join(
            originals.select("run_id", line_standing="line", **{f"{name}_original": pl.col(name) for name in compared}),
            on=("run_id", "line_standing"),
            maintain_order="left",
        )
    )
    others = [name for name in compared if name not in dataset.key]
    names = {column.mart_name: column.name for column in dataset.columns}
    differs = {names.get(name, name): pl.col(name).ne_missing(pl.col(f"{name}_standing")) for name in others}
    told = pl.concat_list(
        pl.when(is_different).then(
            pl.format(
                "{} is {} here and {} there",
                pl.lit(name),
                _shown(pl.col(column)),
                _shown(pl.col(f"{column}_standing")),
            )
        )
        for (name, is_different), column in zip(differs.items(), others, strict=True)
    ).list.drop_nulls()
    judged = pairs.with_columns(
        is_loaded_already=~pl.any_horizontal(differs.values())
        | pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_original")) for name in compared),
        differences=told.list.join("; "),
    )
    held = judged.select(
        "line",
        "byte_start",
        "byte_length",
        "is_loaded_already",
        typed=typed_json(dataset),
        standing_run_id="run_id",
        standing_line="line_standing",
    )
    findings = judged.filter(~pl.col("is_loaded_already")).select(
        "line",
        rule=pl.lit(rule.code),
        category=pl.lit(str(rule.category)),
        severity=pl.lit(str(rule.severity)),
        column=pl.lit(rule.column),
        value=pl.concat_str(pl.col(dataset.key).cast(pl.String), separator=", "),
        message=pl.format(
            "the row at line {} of run {} stands under this key: {}",
            "line_standing",
            "run_id",
            "differences",
        ),
    )
    return Duplicates(held=held, findings=findings.select(FINDING_SCHEMA.keys()))


def _shown(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.String).str.head(100).fill_null("(missing)")
