"""The way of a file's rows as a picture: file, archive, run with its stages, mart and exceptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.formats import escaped

WIDTH = 1240
BOX, TALL = 164, 104
LANE = 128
_CLIP = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One place on the way.

    Attributes:
        figure: What counts there, large.
        lines: What else is told, small.
        meaning: good, held or bad; empty for the rest.
        href: Where a click leads.
    """

    title: str
    figure: str
    lines: tuple[str, ...] = ()
    meaning: str = ""
    href: str = ""


def lineage(way: Sequence[Box], lanes: Sequence[Sequence[Box]], says: str) -> str:
    """Return the picture.

    Args:
        way: From the source to the place where the rows part, in order.
        lanes: The ways on from there, from top to bottom, each as long as the others.
        says: The same in words, for those who do not see it.
    """
    height = LANE * len(lanes)
    step = (WIDTH - BOX) / (len(way) + len(lanes[0]) - 1)
    placed = [(box, number * step, height / 2) for number, box in enumerate(way)]
    edges = [_edge(a, b) for a, b in pairwise(placed)]
    for number, lane in enumerate(lanes):
        y = LANE * (number + 0.5)
        on = [(box, (len(way) + place) * step, y) for place, box in enumerate(lane)]
        edges += [_edge(a, b) for a, b in pairwise([placed[len(way) - 1], *on])]
        placed += on
    boxes = [_box(box, x, y - TALL / 2) for box, x, y in placed]
    return (
        '<div class="q-scroll" tabindex="0" role="region" aria-label="Way of the rows">'
        f'<svg class="q-lineage" viewBox="-4 -4 {WIDTH + 8} {height + 8}" role="group" aria-label="{escaped(says)}">'
        f"<title>{escaped(says)}</title>{''.join(edges)}{''.join(boxes)}</svg></div>"
    )


def _edge(start: tuple[Box, float, float], end: tuple[Box, float, float]) -> str:
    (_, x1, y1), (box, x2, y2) = start, end
    x1 += BOX
    middle = (x1 + x2) / 2
    colour = f" q-to-{box.meaning}" if box.meaning else ""
    path = f"M{x1:.1f},{y1:.1f} C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    return f'<path class="q-edge{colour}" d="{path}" stroke-width="{5 if box.meaning else 2.5}"/>'


def _box(box: Box, x: float, y: float) -> str:
    colour = f' class="q-box-{box.meaning}"' if box.meaning else ""
    small = "".join(
        f'<text class="q-small" x="{x + 12:.1f}" y="{y + 68 + 16 * number:.1f}">{escaped(_cut(line))}</text>'
        for number, line in enumerate(box.lines[:2])
    )
    drawn = (
        f'<rect{colour} x="{x:.1f}" y="{y:.1f}" width="{BOX}" height="{TALL}" rx="12"/>'
        f'<text class="q-title" x="{x + 12:.1f}" y="{y + 24:.1f}">{escaped(box.title)}</text>'
        f'<text class="q-figure" x="{x + 12:.1f}" y="{y + 47:.1f}">{escaped(_cut(box.figure, 17))}</text>{small}'
    )
    return (
        f'<a href="{escaped(box.href)}" aria-label="{escaped(box.title)}: {escaped(box.figure)}">{drawn}</a>'
        if box.href
        else f"<g>{drawn}</g>"
    )


def _cut(text: str, most: int = _CLIP) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
