"""How values look to people: money, counts, shares, moments; "—" where there is no value."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from zoneinfo import ZoneInfo

NOTHING = "—"
_CRORE, _LAKH = Decimal(10_000_000), Decimal(100_000)
_MILLIARD, _MILLION = Decimal(1_000_000_000), Decimal(1_000_000)


def escaped(value: object) -> str:
    """Return a text that a page shows as it stands, whatever it holds."""
    return escape("" if value is None else str(value))


def rupees(amount: Decimal | int | None, *, decimals: int = 2) -> str:
    """Return an amount in Indian digit grouping: ₹1,05,366.57."""
    if amount is None:
        return NOTHING
    return f"{_sign(amount)}₹{_grouped_in_twos(_fixed(abs(Decimal(amount)), decimals))}"


def short_rupees(amount: Decimal | int | None) -> str:
    """Return an amount as people say it: ₹2.88 Cr, ₹4.30 L; below a lakh in full."""
    if amount is None:
        return NOTHING
    size = abs(Decimal(amount))
    for unit, name in ((_CRORE, "Cr"), (_LAKH, "L")):
        if size >= unit:
            return f"{_sign(amount)}₹{_grouped_in_twos(_fixed(size / unit, 2))} {name}"
    return rupees(amount, decimals=0)


def rupiah(amount: Decimal | int | None, *, decimals: int = 0) -> str:
    """Return an amount as it is written in Indonesia: Rp 62.700."""
    if amount is None:
        return NOTHING
    told = f"{_fixed(abs(Decimal(amount)), decimals):,}"
    return f"{_sign(amount)}Rp {told.translate(str.maketrans(',.', '.,'))}"


def short_rupiah(amount: Decimal | int | None) -> str:
    """Return an amount as people say it: Rp 1,2 jt; below a million in full."""
    if amount is None:
        return NOTHING
    size = abs(Decimal(amount))
    for unit, name in ((_MILLIARD, "M"), (_MILLION, "jt")):
        if size >= unit:
            return f"{_sign(amount)}Rp {str(_fixed(size / unit, 1)).replace('.', ',')} {name}"
    return rupiah(amount)


def amount(value: Decimal | int | None, unit: str) -> str:
    """Return an amount in its unit: INR, IDR, IDR/GB, or a word for what is counted."""
    if value is None:
        return NOTHING
    if unit == "INR":
        return rupees(value)
    if unit.startswith("IDR"):
        return rupiah(value) + unit.removeprefix("IDR")
    return number(value)


def short_amount(value: Decimal | int | None, unit: str) -> str:
    """Return an amount in its unit, as people say it."""
    if unit == "INR":
        return short_rupees(value)
    return short_rupiah(value) if unit.startswith("IDR") else number(value)


def number(value: Decimal | float | None) -> str:
    """Return a number with thousands set apart, and up to two decimals where it is no whole one."""
    if value is None:
        return NOTHING
    exact = Decimal(str(value))
    return f"{int(exact):,}" if exact == int(exact) else f"{_fixed(exact, 2):,}"


def count(number: int | Decimal | None) -> str:
    """Return a whole number with thousands set apart."""
    return NOTHING if number is None else f"{int(number):,}"


def many(number: int | Decimal, one: str) -> str:
    """Return a number with its thing: 1 row, 2 rows; of several words the first is the thing: 2 rows of orders."""
    thing, _, rest = one.partition(" of ")
    return f"{count(number)} {thing}{'' if number == 1 else 's'}{rest and f' of {rest}'}"


def share(value: Decimal | float | None, *, decimals: int = 1) -> str:
    """Return a share from 0 to 1 in percent."""
    if value is None:
        return NOTHING
    return f"{_fixed(Decimal(str(value)) * 100, decimals)} %"


def change(now: Decimal | int | None, before: Decimal | int | None) -> str:
    """Return the change against a value before in percent, with its sign; nothing where there was none."""
    if now is None or not before:
        return NOTHING
    part = (Decimal(now) - Decimal(before)) / abs(Decimal(before)) * 100
    return f"{'+' if part > 0 else '−' if part < 0 else '±'}{_fixed(abs(part), 1)} %"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """Return a point in time in the business time zone, to the second."""
    return NOTHING if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """Return how long ago something was, in its largest unit."""
    if at is None:
        return NOTHING
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {name} ago"
    return "just now"


def duration(taken: timedelta | float | None) -> str:
    """Return a time span: 0.8 s, 2 min 5 s, 3 h 2 min."""
    if taken is None:
        return NOTHING
    seconds = taken.total_seconds() if isinstance(taken, timedelta) else taken
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def day(on: date | None) -> str:
    """Return a day as 31 Jan 2026."""
    return NOTHING if on is None else f"{on.day} {on:%b %Y}"


def size(number: int | None) -> str:
    """Return a number of bytes in the unit that fits."""
    if number is None:
        return NOTHING
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number} bytes"


def _sign(amount: Decimal | int) -> str:
    return "−" if amount < 0 else ""


def _fixed(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _grouped_in_twos(amount: Decimal) -> str:
    whole, _, fraction = str(amount).partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [tail]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join(groups) + (f".{fraction}" if fraction else "")
