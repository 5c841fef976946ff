"""What a telco file name says: `Indosat_Medan_more3_20260115_jaksel8.csv`."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

UNKNOWN = "Unknown"
_LINES_OF_SERVICE = {"less3": "less_than_3_months", "more3": "more_than_3_months"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """The parts of a telco file name; `file_date` is None where no part is a real date."""

    stem: str
    operator: str
    city: str
    line_of_service: str
    file_date: date | None


def read_file_name(base_name: str) -> FileName:
    """Return what the base name of an object says."""
    stem = re.sub(r"\.csv$", "", PurePosixPath(base_name).name, flags=re.IGNORECASE)
    parts = [part.strip() for part in stem.split("_")]
    named = [part for part in parts if part and part.lower() not in _LINES_OF_SERVICE and not _is_date_like(part)]
    lines = [_LINES_OF_SERVICE[part.lower()] for part in parts if part.lower() in _LINES_OF_SERVICE]
    dates = [day for part in parts if _is_date_like(part) and (day := _real_date(part))]
    return FileName(
        stem=stem,
        operator=named[0] if named else UNKNOWN,
        city=named[1] if len(named) > 1 else UNKNOWN,
        line_of_service=lines[0] if lines else UNKNOWN,
        file_date=dates[0] if dates else None,
    )


def warnings(base_name: str) -> tuple[str, ...]:
    """Return what a person should know about a file name that says less than it should."""
    name = read_file_name(base_name)
    told = []
    if name.file_date is None:
        told.append("the file name has no real date YYYYMMDD; the landing day stands in")
    if UNKNOWN in (name.operator, name.city):
        told.append("the file name lacks an operator or a city; expected Operator_City_less3_YYYYMMDD.csv")
    return tuple(told)


def _is_date_like(part: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{8}", part))


def _real_date(part: str) -> date | None:
    try:
        return date(int(part[:4]), int(part[4:6]), int(part[6:]))
    except ValueError:
        return None
