"""The stages of one run as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.drawn import lane, words
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip
from dashboard.store.runs import Stage

if TYPE_CHECKING:
    pass


def timeline(run: Row, stages: Sequence[Stage]) -> str:
    """Return the stages on a line of time, which runs from the start of the run to its end."""
    if not stages:
        return '<p class="q-note">No stage began.</p>'
    begin = run["started_at"]
    whole = max(run["taken"].total_seconds(), 1e-6)

    def bar(stage: Stage) -> str:
        end = (stage.ended_at - begin).total_seconds() if stage.ended_at else whole
        is_bad = stage.ended_at is None and run["state"] != "RUNNING"
        return lane((stage.started_at - begin).total_seconds() / whole, end / whole, is_bad=is_bad)

    columns = (
        Column(
            title="Stage",
            markup=lambda row: (
                escaped(words(row["stage"].name))
                + (
                    ""
                    if row["stage"].ended_at
                    else f" {chip('did not end', 'bad' if run['state'] != 'RUNNING' else 'accent')}"
                )
                + (f"<small>tried {row['stage'].tries} times</small>" if row["stage"].tries > 1 else "")
            ),
        ),
        Column(title="When", markup=lambda row: bar(row["stage"])),
        Column(title="Seconds", show=lambda row: _seconds(row["stage"]), is_number=True),
        Column(title="Counts", markup=lambda row: f'<div class="q-wide">{escaped(_counts_of(row["stage"]))}</div>'),
    )
    return table_markup(
        [{"stage": stage} for stage in stages],
        columns,
        caption=f"{formats.duration(run['taken'])} in all; stages follow each other part by part, so they overlap",
    )


def _counts_of(stage: Stage) -> str:
    return ", ".join(
        formats.size(count) if name == "bytes" else f"{formats.count(count)} {name.replace('_', ' ')}"
        for name, count in stage.counts.items()
    )


def _seconds(stage: Stage) -> str:
    return formats.NOTHING if stage.ended_at is None else f"{(stage.ended_at - stage.started_at).total_seconds():.2f}"
