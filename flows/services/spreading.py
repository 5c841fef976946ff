"""Judges a file stretch by stretch, in its order: here, or also on machines that a cluster lends, by the same function.

Where each record starts and ends is decided here, by one scan; a lent machine gets the bytes of a stretch and returns
what the rules say of it. Duplicates are found afterwards, here, among all that passed, in the order of the file.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

from flows.core.dataset import Context, Dataset
from flows.core.judging import Verdict, judge
from flows.core.reading import Layout, batch_of, read_stretches
from flows.core.records import Records
from flows.datasets import datasets

PATIENCE_S = 60
"""A stretch takes about a second; a machine that comes back after its death needs some more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Machines that a cluster lends.

    Attributes:
        at_once: Stretches that are under way at the same time; so many are kept in memory.
        warn: Takes a sentence for the operators.
        patience_s: How long a machine may take for a stretch before it is judged here.
    """

    executor: Executor
    at_once: int
    warn: Callable[[str], None]
    patience_s: float = PATIENCE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say of a stretch.

    Attributes:
        read_to: Offset in bytes to which the file was read when the stretch was found.
        is_lent: Whether another machine judged it.
    """

    verdict: Verdict
    empty_lines: int
    read_to: int
    is_lent: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    records: Records
    read_to: int


@dataclass(frozen=True, slots=True)
class _Answer:
    """A verdict from elsewhere; `mark` says by which rules and by which version of Polars."""

    verdict: Verdict
    mark: str


def judged(
    source: BinaryIO, layout: Layout, dataset: Dataset, context: Context, machines: Machines | None = None
) -> Iterator[Judged]:
    """Yield what the rules say of each stretch of a file, in its order.

    Args:
        source: The file as UTF-8.
        machines: What a cluster lends; without it, and where it fails, everything is judged here.
    """
    stretches = (_Stretch(records, source.tell()) for records in read_stretches(source, layout))
    if machines is not None:
        yield from _lent(stretches, layout, dataset, context, machines)
    for stretch in stretches:
        yield _here(stretch, layout, dataset, context)


def _lent(
    stretches: Iterator[_Stretch], layout: Layout, dataset: Dataset, context: Context, machines: Machines
) -> Iterator[Judged]:
    """Yield verdicts of lent machines until the file or the machines come to their end; none is left out."""
    under_way: deque[tuple[_Stretch, Future[_Answer]]] = deque()
    while _fill(under_way, stretches, layout, dataset, context, machines):
        stretch, answer = under_way.popleft()
        verdict = _verdict(answer, dataset, machines)
        if verdict is None:
            left = [stretch, *(one for one, _ in under_way)]
            for _, future in under_way:
                future.cancel()
            yield from (_here(one, layout, dataset, context) for one in left)
            return
        yield Judged(verdict=verdict, empty_lines=stretch.records.empty_lines, read_to=stretch.read_to, is_lent=True)


def _fill(
    under_way: deque[tuple[_Stretch, Future[_Answer]]],
    stretches: Iterator[_Stretch],
    layout: Layout,
    dataset: Dataset,
    context: Context,
    machines: Machines,
) -> bool:
    """Hand out stretches until enough are under way; return whether any is."""
    while len(under_way) < machines.at_once and (stretch := next(stretches, None)) is not None:
        under_way.append((stretch, _submitted(stretch, layout, dataset, context, machines)))
    return bool(under_way)


def _submitted(
    stretch: _Stretch, layout: Layout, dataset: Dataset, context: Context, machines: Machines
) -> Future[_Answer]:
    try:
        return machines.executor.submit(judge_elsewhere, stretch.records, layout, dataset.name, context)
    except Exception as error:  # noqa: BLE001  # as in `_verdict`
        failed: Future[_Answer] = Future()
        failed.set_exception(error)
        return failed


def _verdict(answer: Future[_Answer], dataset: Dataset, machines: Machines) -> Verdict | None:
    """Return what another machine says; None where it does not answer, or judges by other rules than ours."""
    try:
        told = answer.result(machines.patience_s)
    except (Exception, CancelledError) as error:  # noqa: BLE001  # an error of ours is raised where it is judged here
        machines.warn(f"the cluster failed, the rest of the file is judged here: {type(error).__name__}: {error}")
        return None
    if told.mark != mark_of(dataset):
        machines.warn("the cluster runs another version of the rules or of Polars; the file is judged here")
        return None
    return told.verdict


def judge_elsewhere(records: Records, layout: Layout, dataset_name: str, context: Context) -> _Answer:
    """Judge a stretch on a lent machine."""
    dataset = datasets()[dataset_name]
    return _Answer(judge(batch_of(records, layout, dataset), dataset, context), mark_of(dataset))


def mark_of(dataset: Dataset) -> str:
    """Return what must be equal for two machines to judge alike, and to give a key the same hash."""
    return f"{dataset.rule_fingerprint} polars {pl.__version__}"


def _here(stretch: _Stretch, layout: Layout, dataset: Dataset, context: Context) -> Judged:
    return Judged(
        verdict=judge(batch_of(stretch.records, layout, dataset), dataset, context),
        empty_lines=stretch.records.empty_lines,
        read_to=stretch.read_to,
    )
