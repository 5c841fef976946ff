"""Writes sample files with every defect that the rules know."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.core.sampling import ROWS_AT_ONCE, Sample, default_shares, defects, sample_lines

DEFAULT_DEFECT_SHARE = 0.12


def write_samples(
    dataset: Dataset,
    folder: Path,
    *,
    rows: int | None,
    seed: int,
    today: date,
    share: float = DEFAULT_DEFECT_SHARE,
    shares: dict[str, float] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Write the files of one sample and return them.

    Args:
        rows: Rows of each file; the dataset's own number where it is None.
        share: Share of rows with a defect, spread evenly.
        shares: Shares of named defects, in place of the even ones; where any is given, the others are 0.
        told: Called with the number of rows after each piece.

    Raises:
        MistakeError: A defect is unknown, or the shares come to more than 1.
    """
    chosen = default_shares(dataset, share) if shares is None else shares
    unknown = set(chosen) - set(defects(dataset))
    if unknown:
        raise MistakeError(f"unknown defects {', '.join(sorted(unknown))}; there are {', '.join(defects(dataset))}")
    if not 0 <= sum(chosen.values()) <= 1:
        raise MistakeError("the shares of the defects must come to a number from 0 to 1")
    folder.mkdir(parents=True, exist_ok=True)
    count = dataset.sample_rows if rows is None else rows
    paths = []
    for number, name in enumerate(dataset.sample_names(seed, today)):
        sample = Sample(rows=count, seed=seed + number, shares=chosen)
        path = folder / name
        with path.open("wb") as target:
            for piece in sample_lines(dataset, sample, dataset.good_rows(count, seed + number, today, ROWS_AT_ONCE)):
                target.write(piece)
                told(piece.count(b"\n"))
        paths.append(path)
    return paths
