"""What a run did, for people: the summary of its Prefect page."""

from flows.services.loading import Load
from flows.services.publishing import Outcome

_TOLD = 60
"""Rules that a summary shows at most."""


def summary(load: Load, outcome: Outcome, audit_position: int, ui_url: str) -> str:
    """Return the summary of a run as Markdown: counts per stage and per rule, and where to look.

    Args:
        ui_url: Address of the Prefect UI.
    """
    claimed = load.claimed
    lines = [
        f"# {claimed.base_name}: {outcome.state}",
        outcome.reason or "Every row read is either loaded or held.",
        "",
        "| | rows |",
        "|---|---:|",
        f"| read | {outcome.rows_read:,} |",
        f"| loaded | {outcome.rows_loaded:,} |",
        f"| held | {outcome.rows_held:,} |",
        f"| of these loaded already | {outcome.rows_loaded_already:,} |",
        f"| of these held already | {outcome.rows_held_already:,} |",
        "",
        *_stages(load),
        *_held(load),
        *_rules(load),
        f"Dataset `{load.dataset.name}`, batch `{claimed.batch}`, file {claimed.file_id}, run `{load.run_id}`, "
        f"rules `{load.dataset.rule_fingerprint}`, audit chain at {audit_position:,}.",
        "",
        f"`quayside show {load.run_id}` tells more, `quayside exceptions --run {load.run_id}` lists what is held; "
        f"in SQL: `select * from platform.run_measures where run_id = '{load.run_id}'`. "
        f"[This run]({ui_url}/runs/flow-run/{load.run_id}), [all runs]({ui_url}/runs).",
    ]
    return "\n".join(lines)


def fold(load: Load) -> None:
    """Fold the committed changes of the dataset's aggregates and keep the run index of its mart fresh."""
    with load.warehouse.transaction() as connection:
        connection.execute("select platform.fold_dataset(%s)", (load.dataset.name,))


def _stages(load: Load) -> list[str]:
    rows = load.warehouse.rows(
        """
        select details ->> 'stage' as stage, min(occurred_at) as started_at,
            extract(epoch from max(occurred_at) - min(occurred_at))::float as seconds,
            (array_agg(counts order by event_id desc))[1] as counts
        from platform.audit_event
        where run_id = %(run_id)s and event in ('stage_started', 'stage_ended')
        group by 1 order by min(event_id)
        """,
        run_id=load.run_id,
    )
    table = [
        f"| {row['stage']} | {row['seconds']:.2f} | "
        + ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in row["counts"].items())
        + " |"
        for row in rows
    ]
    return ["## Stages", "| stage | seconds | counts |", "|---|---:|---|", *table, ""]


def _held(load: Load) -> list[str]:
    rows = load.warehouse.rows(
        """
        select category, state, rows_held from platform.held_by_category
        where run_id = %(run_id)s order by category, state
        """,
        run_id=load.run_id,
    )
    if not rows:
        return []
    table = [f"| {row['category']} | {row['state']} | {row['rows_held']:,} |" for row in rows]
    return ["## Held", "| category | state | rows |", "|---|---|---:|", *table, ""]


def _rules(load: Load) -> list[str]:
    rows = load.warehouse.rows(
        """
        select rule, severity, tested, failed, not_evaluated, control from platform.run_rule
        where run_id = %(run_id)s order by failed desc, rule limit %(limit)s
        """,
        run_id=load.run_id,
        limit=_TOLD,
    )
    if not rows:
        return []
    table = [
        f"| {row['rule']} | {row['severity']} | {row['tested']:,} | {row['failed']:,} | {row['not_evaluated']:,} "
        f"| {row['control']} |"
        for row in rows
    ]
    return [
        "## Controls",
        "| rule | severity | tested | failed | not evaluated | control |",
        "|---|---|---:|---:|---:|---|",
        *table,
        "",
    ]
