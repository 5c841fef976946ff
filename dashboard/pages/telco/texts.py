"""How values of packages are told."""

from typing import Any

LINES = {"less_than_3_months": "Less than 3 months", "more_than_3_months": "More than 3 months", "Unknown": "Unknown"}
TIERS = ("High", "Medium", "Low")
VALIDITY = ("Daily", "Weekly", "Monthly", ">30Days", "Unknown")
NOTHING = ("No packages here", 'Choose less above, or <a href="/upload">upload the files of an operator</a>.')
AREA = "Area "


def line_of(name: str) -> str:
    """Return a line of service as people say it."""
    return LINES.get(name, name)


def area_of(number: Any) -> str:  # Any: a number or its text
    """Return the name of a sales area."""
    return f"{AREA}{number}"
