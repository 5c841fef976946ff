"""Values as people read them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dashboard import formats


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (formats.rupees(Decimal("105366.57")), "₹1,05,366.57"),
        (formats.rupees(Decimal("28786763.77")), "₹2,87,86,763.77"),
        (formats.rupees(Decimal("-0.005")), "−₹0.01"),
        (formats.rupees(999, decimals=0), "₹999"),
        (formats.rupees(None), "—"),
        (formats.short_rupees(Decimal("28786763.77")), "₹2.88 Cr"),
        (formats.short_rupees(Decimal("429978.26")), "₹4.30 L"),
        (formats.rupiah(62700), "Rp 62.700"),
        (formats.rupiah(Decimal("1234.5"), decimals=2), "Rp 1.234,50"),
        (formats.share(Decimal("0.8752")), "87.5 %"),
        (formats.share(None), "—"),
        (formats.change(Decimal(110), Decimal(100)), "+10.0 %"),
        (formats.change(Decimal(90), Decimal(100)), "−10.0 %"),
        (formats.change(Decimal(90), Decimal(0)), "—"),
        (formats.duration(timedelta(seconds=125)), "2 min 5 s"),
        (formats.size(3 << 20), "3.0 MB"),
        (formats.escaped('<script>"'), "&lt;script&gt;&quot;"),
    ],
)
def test_a_value_is_told(told: str, expected: str) -> None:
    assert told == expected
