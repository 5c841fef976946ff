"""A tiny line without axes, as markup for a tile."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT = 160, 34


def spark(values: Sequence[Decimal | int | float | None], says: str) -> str:
    """Return a sparkline; nothing with fewer than two values.

    Args:
        says: What it shows, for those who do not see it; a plain text of ours.
    """
    told = [float(value or 0) for value in values]
    if len(told) < 2:
        return ""
    low, high = min(told), max(told)
    span = (high - low) or 1
    step = WIDTH / (len(told) - 1)
    points = " ".join(
        f"{number * step:.1f},{HEIGHT - 3 - (value - low) / span * (HEIGHT - 6):.1f}"
        for number, value in enumerate(told)
    )
    return (
        f'<svg role="img" aria-label="{says}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" '
        f'style="width:100%;height:{HEIGHT}px;display:block">'
        f'<polygon points="0,{HEIGHT} {points} {WIDTH},{HEIGHT}" fill="var(--q-accent-soft)"/>'
        f'<polyline points="{points}" fill="none" '
        'stroke="var(--q-accent)" stroke-width="1.8" vector-effect="non-scaling-stroke"/></svg>'
    )
