"""The governance summary of a period: what came in, what became of it, which controls judged it, who did what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.core.targets import CHECK_PASS_TARGET, EXCEPTION_TARGET
from flows.services.verifying import last_verification
from sql import query

Kind = Literal["text", "count", "share", "moment", "money", "bytes", "code", "name"]
Values = Mapping[str, Any]  # Any: parameters of queries
REFUSALS = 50
MONEY = ("_inr", "_idr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of the summary.

    Attributes:
        says: What it counts, in a sentence.
        nothing: What is told where it has no row.
        columns: Name in a row, heading and kind of each column.
    """

    title: str
    says: str
    nothing: str
    columns: tuple[tuple[str, str, Kind], ...]
    rows: Sequence[Mapping[str, Any]]  # Any: values as the database gives them


def governance(
    warehouse: Warehouse, datasets: Mapping[str, Dataset], first: date | None, last: date | None, zone: ZoneInfo
) -> list[Part]:
    """Return the parts of the summary of a period of business days; where an end is left out, it is open."""
    values = {
        "first_at": datetime.combine(first, time.min, zone) if first else None,
        "end_at": datetime.combine(last + timedelta(days=1), time.min, zone) if last else None,
    }
    return [
        _files(warehouse, values),
        _rows(warehouse, values),
        _quality(warehouse, values | {"dataset": "", "zone": str(zone)}),
        _controls(warehouse, values | {"dataset": ""}),
        _open(warehouse, values, datasets),
        _corrections(warehouse, values),
        _acts(warehouse, values),
        _access(warehouse),
        _refused(warehouse, values),
        _thresholds(warehouse, values),
        _chain(warehouse),
    ]


def _files(warehouse: Warehouse, values: Values) -> Part:
    return Part(
        title="Files",
        says="Files that landed in the period, by the state they are in now.",
        nothing="No file landed in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("landed", "Landed", "count"),
            ("bytes", "Size", "bytes"),
            ("completed", "Completed", "count"),
            ("duplicates", "Duplicates", "count"),
            ("rejected", "Rejected", "count"),
            ("failed", "Failed", "count"),
            ("waiting", "Wait for review", "count"),
            ("replaced", "Replaced since", "count"),
        ),
        rows=warehouse.rows(query("platform", "governance_files"), **values),
    )


def _rows(warehouse: Warehouse, values: Values) -> Part:
    rows = warehouse.rows(query("platform", "governance_rows"), **values)
    for row in rows:
        held = row["open"] + row["discarded"] + row["superseded"]
        row["adds_up"] = "yes" if row["rows_read"] == row["loaded"] + held else "NO"
    return Part(
        title="Rows",
        says="Rows of the runs that were completed in the period, where they are now: "
        "read = loaded + open + discarded + superseded.",
        nothing="No run was completed in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("rows_read", "Read", "count"),
            ("first_pass", "Loaded at first pass", "count"),
            ("released", "Released", "count"),
            ("waived", "Waived", "count"),
            ("loaded", "Loaded now", "count"),
            ("open", "Held, open", "count"),
            ("discarded", "Discarded", "count"),
            ("superseded", "Superseded", "count"),
            ("adds_up", "Adds up", "text"),
        ),
        rows=rows,
    )


def _quality(warehouse: Warehouse, values: Values) -> Part:
    rows = [row for row in warehouse.rows(query("platform", "quality_figures"), **values) if row["dataset"] is not None]
    for row in rows:
        row["checks"] = _verdict(row["check_pass_rate"], lambda share: share > CHECK_PASS_TARGET)
        row["exceptions"] = _verdict(row["exception_rate"], lambda share: share < EXCEPTION_TARGET)
    return Part(
        title="Quality against the targets",
        says=f"Check pass rate above {CHECK_PASS_TARGET:.0%}, exception rate under {EXCEPTION_TARGET:.0%}; "
        "the targets stop nothing.",
        nothing="No run was completed in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("first_pass_quality", "First-pass quality", "share"),
            ("final_quality", "Final quality", "share"),
            ("check_pass_rate", "Check pass rate", "share"),
            ("checks", "Target", "text"),
            ("exception_rate", "Exception rate", "share"),
            ("exceptions", "Target", "text"),
            ("warnings", "Warnings", "count"),
        ),
        rows=rows,
    )


def _verdict(share: Any, is_met: Any) -> str:  # Any: a decimal or nothing, and a question about it
    return "" if share is None else "met" if is_met(share) else "missed"


def _controls(warehouse: Warehouse, values: Values) -> Part:
    return Part(
        title="Controls and their effectiveness",
        says="Every declared rule in the runs of the period. Effectiveness: of the findings that a person closed, "
        "the share that was confirmed (corrected or discarded).",
        nothing="No control is declared.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("rule", "Control", "code"),
            ("severity", "Severity", "text"),
            ("control", "Result", "text"),
            ("tested", "Tested", "count"),
            ("failed", "Failed", "count"),
            ("not_evaluated", "Not evaluated", "count"),
            ("closed_by_a_person", "Closed by people", "count"),
            ("effectiveness", "Effectiveness", "share"),
        ),
        rows=warehouse.rows(query("platform", "quality_controls"), **values),
    )


def _open(warehouse: Warehouse, values: Values, datasets: Mapping[str, Dataset]) -> Part:
    return Part(
        title="Open exceptions",
        says="Held rows that were open at the end of the period, by age in days then. The value is what can be read "
        "as money in them, repeated orders included.",
        nothing="No exception was open at the end of the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("category", "Category", "text"),
            ("rows_held", "Rows", "count"),
            ("under_1", "Under 1 d", "count"),
            ("under_7", "1 to 7 d", "count"),
            ("under_30", "7 to 30 d", "count"),
            ("over_30", "Over 30 d", "count"),
            ("oldest_at", "Oldest", "moment"),
            ("amount", "Value", "money"),
            ("without_amount", "Without value", "count"),
        ),
        rows=warehouse.rows(query("platform", "governance_open"), amounts=list(_money(datasets)), **values),
    )


def _money(datasets: Mapping[str, Dataset]) -> Iterator[str]:
    """Yield the columns that are money: their unit is their last word."""
    for dataset in datasets.values():
        yield from (column.mart_name for column in dataset.columns if column.mart_name.endswith(MONEY))


def _corrections(warehouse: Warehouse, values: Values) -> Part:
    return Part(
        title="Corrections and decisions",
        says="What people changed in loaded cells, did to held rows, and decided on runs that waited.",
        nothing="Nobody corrected or decided anything in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("act", "Of what", "text"),
            ("what", "Column or outcome", "text"),
            ("made_by", "By", "text"),
            ("times", "Times", "count"),
        ),
        rows=warehouse.rows(query("platform", "governance_corrections"), **values),
    )


def _acts(warehouse: Warehouse, values: Values) -> Part:
    return Part(
        title="Who did what",
        says="Events of the audit trail by account; the role is today's.",
        nothing="Nothing happened in the period.",
        columns=(
            ("actor", "Account", "text"),
            ("role", "Role", "text"),
            ("event", "Event", "name"),
            ("times", "Times", "count"),
            ("last_at", "Last", "moment"),
        ),
        rows=warehouse.rows(query("platform", "governance_acts"), **values),
    )


def _access(warehouse: Warehouse) -> Part:
    return Part(
        title="Accounts",
        says="Accounts as they are now.",
        nothing="There is no account.",
        columns=(("role", "Role", "text"), ("active", "Active", "count"), ("closed", "Closed", "count")),
        rows=warehouse.rows(query("platform", "governance_access")),
    )


def _refused(warehouse: Warehouse, values: Values) -> Part:
    rows = warehouse.rows(query("platform", "governance_refused"), limit=REFUSALS, **values)
    for row in rows:
        row["told"] = ", ".join(f"{name}: {value}" for name, value in row["details"].items())
    return Part(
        title="Refused attempts and changed accounts",
        says=f"The newest {REFUSALS} at most; names that are no account are not told.",
        nothing="Nothing was refused and no account was changed in the period.",
        columns=(
            ("occurred_at", "When", "moment"),
            ("actor", "Account", "text"),
            ("event", "Event", "name"),
            ("told", "What", "text"),
        ),
        rows=rows,
    )


def _thresholds(warehouse: Warehouse, values: Values) -> Part:
    return Part(
        title="Thresholds in force",
        says="Price tiers of telco packages at the end of the period, in rupiah.",
        nothing="No threshold was in force.",
        columns=(
            ("operator", "Operator", "text"),
            ("starts_on", "From", "text"),
            ("medium_from_idr", "Medium from", "money"),
            ("high_from_idr", "High from", "money"),
            ("created_by", "Entered by", "text"),
        ),
        rows=warehouse.rows(query("telco_packages", "thresholds_in_force"), **values),
    )


def _chain(warehouse: Warehouse) -> Part:
    last = last_verification(warehouse)
    rows = [] if last is None else [last["counts"] | {"at": last["occurred_at"], "by": last["actor"]}]
    return Part(
        title="Audit trail",
        says="The last check of every event, link and published head that was asked for.",
        nothing="Nobody has asked for a check of the audit trail yet: do so on its page.",
        columns=(
            ("at", "Checked", "moment"),
            ("by", "Asked for by", "text"),
            ("events", "Events", "count"),
            ("chained", "Chained", "count"),
            ("heads", "Published heads", "count"),
            ("problems", "Problems", "count"),
        ),
        rows=rows,
    )
