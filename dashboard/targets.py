"""The targets of quality, and whether a value meets them, told by a word and not by colour alone."""

from decimal import Decimal

from dashboard import formats
from dashboard.parts.text import chip
from flows.core.targets import CHECK_PASS_TARGET, EXCEPTION_TARGET


def is_check_pass_met(value: Decimal | None) -> bool | None:
    """Return whether enough checks pass; None where there is no value."""
    return None if value is None else value > CHECK_PASS_TARGET


def is_exceptions_met(value: Decimal | None) -> bool | None:
    """Return whether few enough rows are held; None where there is no value."""
    return None if value is None else value < EXCEPTION_TARGET


def check_pass(value: Decimal | None) -> str:
    """Return a check pass rate with its verdict, as markup."""
    return _told(value, is_check_pass_met(value))


def exceptions(value: Decimal | None) -> str:
    """Return an exception rate with its verdict, as markup."""
    return _told(value, is_exceptions_met(value))


def verdict(is_met: bool | None) -> tuple[str, str]:
    """Return word and meaning of a verdict."""
    return {None: ("no rows", "neutral"), True: ("met", "good"), False: ("missed", "bad")}[is_met]


def _told(value: Decimal | None, is_met: bool | None) -> str:
    return formats.NOTHING if is_met is None else f"{formats.share(value)} {chip(*verdict(is_met))}"
