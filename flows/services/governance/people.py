"""Who did what in a period, who may, what was refused, and whether the trail of it is whole."""

from flows.adapters.warehouse import Warehouse
from flows.services.governance.part import Asked, Part
from flows.services.verifying import last_verification
from sql import query

REFUSALS = 50


def corrections(warehouse: Warehouse, asked: Asked) -> Part:
    """Return what people changed and decided."""
    return Part(
        name="corrections",
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
        rows=warehouse.rows(query("platform", "governance_corrections"), **asked.values),
    )


def acts(warehouse: Warehouse, asked: Asked) -> Part:
    """Return the events by account."""
    return Part(
        name="acts",
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
        rows=warehouse.rows(query("platform", "governance_acts"), **asked.values),
    )


def accounts(warehouse: Warehouse, _: Asked) -> Part:
    """Return how many accounts there are now."""
    return Part(
        name="accounts",
        title="Accounts",
        says="Accounts as they are now.",
        nothing="There is no account.",
        columns=(("role", "Role", "text"), ("active", "Active", "count"), ("closed", "Closed", "count")),
        rows=warehouse.rows(query("platform", "governance_access")),
    )


def refused(warehouse: Warehouse, asked: Asked) -> Part:
    """Return what was refused, and the accounts that were changed."""
    rows = warehouse.rows(query("platform", "governance_refused"), limit=REFUSALS, **asked.values)
    for row in rows:
        row["told"] = ", ".join(f"{name}: {value}" for name, value in row["details"].items())
    return Part(
        name="refused",
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


def thresholds(warehouse: Warehouse, asked: Asked) -> Part:
    """Return the thresholds of the price tiers."""
    return Part(
        name="thresholds",
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
        rows=warehouse.rows(query("telco_packages", "thresholds_in_force"), **asked.values),
    )


def audit_trail(warehouse: Warehouse, _: Asked) -> Part:
    """Return the last check of the audit trail."""
    last = last_verification(warehouse)
    rows = [] if last is None else [last["counts"] | {"at": last["occurred_at"], "by": last["actor"]}]
    return Part(
        name="audit_trail",
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
