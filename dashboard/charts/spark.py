"""A tiny line without axes, as markup for a tile."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT = 160, 34


def spark(values: Sequence[Decimal | int | float | None], says: str) -> str:
    """Return a sparkline; nothing with fewer than two values. Where a value is missing, the line runs straight on.

    Args:
        says: What it shows, for those who do not see it; a plain text of ours.
    """
    told = {number: float(value) for number, value in enumerate(values) if value is not None}
    if len(told) < 2:
        return ""
    low, high = min(told.values()), max(told.values())
    span = (high - low) or 1
    step = WIDTH / (len(values) - 1)
    places = {number: f"{number * step:.1f}" for number in told}
    points = " ".join(
        f"{places[number]},{HEIGHT - 3 - (value - low) / span * (HEIGHT - 6):.1f}" for number, value in told.items()
    )
    first, last = places[min(told)], places[max(told)]
    return (
        f'<svg role="img" aria-label="{says}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" '
        f'style="width:100%;height:{HEIGHT}px;display:block">'
        f'<polygon points="{first},{HEIGHT} {points} {last},{HEIGHT}" fill="var(--q-accent-soft)"/>'
        f'<polyline points="{points}" fill="none" '
        'stroke="var(--q-accent)" stroke-width="1.8" vector-effect="non-scaling-stroke"/></svg>'
    )
