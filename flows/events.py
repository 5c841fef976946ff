"""Events that the flows send to Prefect beside its own, so that an automation can act on them."""

from prefect.events import emit_event

from flows.core.targets import EXCEPTION_TARGET, exceeds_exception_target
from flows.services.loading import Load
from flows.services.publishing import Outcome

OVER_TARGET = "quayside.exception-rate.over-target"


def tell_over_target(load: Load, outcome: Outcome) -> None:
    """Send an event where a run held more rows than the target allows; it holds counts and names, and no row."""
    if outcome.state != "COMPLETED" or not exceeds_exception_target(outcome.rows_held, outcome.rows_read):
        return
    claimed = load.claimed
    emit_event(
        OVER_TARGET,
        resource={
            "prefect.resource.id": f"quayside.run.{load.run_id}",
            "prefect.resource.name": claimed.base_name,
            "quayside.dataset": load.dataset.name,
        },
        payload={
            "run_id": str(load.run_id),
            "file": claimed.base_name,
            "run": f"{claimed.base_name} · {claimed.batch}",
            "dataset": load.dataset.name,
            "rows_read": outcome.rows_read,
            "rows_held": outcome.rows_held,
            "sentence": (
                f"{outcome.rows_held:,} of {outcome.rows_read:,} rows are held, "
                f"{outcome.rows_held / outcome.rows_read:.1%}; the target is below {EXCEPTION_TARGET:.0%}"
            ),
        },
    )
