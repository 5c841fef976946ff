"""Sample files with every defect that the rules know: good rows, broken by the rules' own examples."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.core.dataset import Dataset
from flows.core.records import MAX_RECORD_BYTES

ROWS_AT_ONCE = 100_000
REPEATED_EXACTLY = "repeated_exactly"
"""Name of the share of rows that repeat an earlier one, cell by cell."""

_STRUCTURAL: dict[str, Callable[[bytes, bytes], bytes]] = {
    "record_has_every_field": lambda line, delimiter: line.rsplit(delimiter, 1)[0],
    "record_is_well_quoted": lambda line, delimiter: line.replace(delimiter, b' "' + delimiter, 1),
    "record_is_utf8": lambda line, delimiter: line.replace(delimiter, b"\xe9" + delimiter, 1),
    "record_has_no_nul": lambda line, delimiter: line.replace(delimiter, b"\0" + delimiter, 1),
    "record_within_1_mib": lambda line, delimiter: line.replace(delimiter, b"x" * MAX_RECORD_BYTES + delimiter, 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a sample file should hold.

    Attributes:
        shares: Share of rows per defect, by rule code or `REPEATED_EXACTLY`; each named defect stands at least once.
    """

    rows: int
    seed: int
    shares: Mapping[str, float]


def defects(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of every defect that a sample of the dataset can have."""
    cell_rules = tuple(rule.code for rule in dataset.rules if rule.breaks)
    duplicate = (dataset.duplicate_rule.code,) if dataset.duplicate_rule else ()
    return (*_STRUCTURAL, *cell_rules, *duplicate, REPEATED_EXACTLY)


def default_shares(dataset: Dataset, total: float) -> dict[str, float]:
    """Return equal shares that come to `total`; of the records that are too long there is just one."""
    names = defects(dataset)
    return {name: total / len(names) if name != "record_within_1_mib" else 0.0 for name in names}


def sample_lines(dataset: Dataset, sample: Sample, good_rows: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    """Yield a sample file piece by piece: the header, then the rows of each good frame with their defects.

    Args:
        good_rows: Frames of texts by CSV column, together `sample.rows` rows.
    """
    columns = [column.name for column in dataset.columns]
    rng = np.random.default_rng(sample.seed)
    yield ",".join(columns).encode() + b"\n"
    is_first = True
    for rows in good_rows:
        chosen = _chosen(rng, rows.height, sample.shares, at_least_once=is_first)
        broken = rows.select(columns)
        for rule in dataset.rules:
            broken = _break_cells(broken, chosen.get(rule.code), rule.breaks)
        broken = _repeat(broken, chosen, dataset)
        lines = broken.write_csv(include_header=False, quote_style="necessary").encode()
        yield _break_lines(lines, chosen)
        is_first = False


def _chosen(
    rng: np.random.Generator, height: int, shares: Mapping[str, float], *, at_least_once: bool
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return for each defect the rows that get it; no row gets two, and the first rows stay good."""
    order = rng.permutation(np.arange(min(height, 2), height))
    chosen = {}
    for name, share in shares.items():
        count = max(round(share * height), int(at_least_once))
        chosen[name], order = order[:count], order[count:]
    return chosen


def _break_cells(
    rows: pl.DataFrame, chosen: np.ndarray[tuple[int], np.dtype[np.int64]] | None, breaks: Mapping[str, str]
) -> pl.DataFrame:
    if chosen is None or not breaks:
        return rows
    mask = np.zeros(rows.height, bool)
    mask[chosen] = True
    is_chosen = pl.Series(mask)
    return rows.with_columns(
        pl.when(is_chosen).then(pl.lit(text)).otherwise(pl.col(name)).alias(name) for name, text in breaks.items()
    )


def _repeat(
    rows: pl.DataFrame,
    chosen: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]],
    dataset: Dataset,
) -> pl.DataFrame:
    """Let chosen rows repeat one of the first rows: exactly, or by their key alone."""
    source = np.arange(rows.height)
    source[chosen.get(REPEATED_EXACTLY, np.empty(0, np.int64))] = 0
    repeated = rows[source]
    if dataset.duplicate_rule is None:
        return repeated
    same_key = np.arange(rows.height)
    same_key[chosen.get(dataset.duplicate_rule.code, np.empty(0, np.int64))] = 1
    names = [column.name for column in dataset.columns if column.mart_name in dataset.key]
    return repeated.with_columns(rows[same_key][name].alias(name) for name in names)


def _break_lines(lines: bytes, chosen: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]) -> bytes:
    split = lines.split(b"\n")
    for name, break_line in _STRUCTURAL.items():
        for row in chosen.get(name, ()):
            split[row] = break_line(split[row], b",")
    return b"\n".join(split)
