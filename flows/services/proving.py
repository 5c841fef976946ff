"""Whether the audit trail is whole, and whether the figures are what the rows add up to."""

from dataclasses import dataclass
from typing import Any

from flows.adapters import audit
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from sql import query


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a check of the audit trail found.

    Attributes:
        problems: One sentence per broken place; none where the trail is whole.
    """

    events: int
    chained: int
    heads: int
    problems: tuple[str, ...]


def verify_audit(warehouse: Warehouse, store: ObjectStore) -> Proof:
    """Check every event and link, and every published head against the chain; nothing is written before the check."""
    heads, damaged = audit.published_heads(store)
    problems = [f"the published head {name} can't be read" for name in damaged]
    problems += [
        f"{row['problem']}: position {row['at_position']}, event {row['at_event_id']}"
        for row in warehouse.rows("select * from platform.verify_audit() order by at_position")
    ]
    chain = warehouse.rows("select count(*) as links, coalesce(max(position), 0) as tail from platform.audit_link")[0]
    links = {
        row["position"]: row["hash"]
        for row in warehouse.rows(
            "select position, hash from platform.audit_link where position = any(%(positions)s)",
            positions=[head.position for head in heads],
        )
    }
    if chain["links"] and not heads:
        problems.append("no head of the chain is published: without one, a cut tail can't be found")
    for head in heads:
        found = links.get(head.position)
        if head.position and found is None:
            problems.append(
                f"the tail was cut: the head published at {head.published_at} stands at position {head.position}, "
                f"the chain ends at {chain['tail']}"
            )
        elif head.position and found != head.hash:
            problems.append(f"the chain was written anew: position {head.position} has another hash than was published")
    problems += [
        f"event {row['event_id']} is not chained although it is {row['minutes']} minutes old; is a worker running?"
        for row in warehouse.rows(
            """
            select e.event_id, (extract(epoch from now() - e.occurred_at) / 60)::integer as minutes
            from platform.audit_event as e
            left join platform.audit_link as l on l.event_id = e.event_id
            where l.event_id is null and e.occurred_at < now() - interval '10 minutes' order by e.event_id limit 20
            """
        )
    ]
    events = warehouse.rows("select count(*) as events from platform.audit_event")[0]["events"]
    return Proof(events=events, chained=chain["links"], heads=len(heads), problems=tuple(problems))


def figures_that_differ(warehouse: Warehouse, dataset: Dataset) -> list[dict[str, Any]]:
    """Add up every row of a dataset and return the figures that say something else, a hundred of each at most."""
    if not dataset.aggregates:
        return []
    with warehouse.transaction() as connection:
        connection.execute("set transaction read only")
        return connection.execute(query(dataset.name, "figures_that_differ").encode()).fetchall()
