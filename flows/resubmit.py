"""Flow: corrections that people saved are tried, each in the name of the account that wrote it."""

from collections import Counter
from typing import Annotated
from uuid import UUID

from prefect import flow, get_run_logger, runtime
from prefect.artifacts import acreate_markdown_artifact
from pydantic import Field

from flows.resources import resources
from flows.services import repairs
from flows.services.repairs import Result
from flows.signs import signs_of_life
from flows.tasks import in_thread

MAX_TOLD = 500


@flow(
    name="resubmit",
    flow_run_name="resubmit {dataset}",
    description="Judges held rows again with the corrections that people saved; those that pass are loaded.",
    persist_result=False,
)
async def resubmit(
    dataset: Annotated[
        str, Field(title="Dataset", description="sales_orders or telco_packages; empty for every dataset")
    ] = "",
    exception_ids: Annotated[
        list[int] | None,
        Field(title="Exceptions", description="Numbers as `quayside exceptions` shows them; empty for all that wait"),
    ] = None,
) -> dict[str, int]:
    """Return how many exceptions came to what."""
    parts = resources()
    run_id = UUID(str(runtime.flow_run.id))
    async with signs_of_life(parts, run_id, "resubmit"):
        results = await in_thread(
            repairs.resubmit_saved, parts.warehouse, parts.datasets, dataset=dataset, exception_ids=exception_ids or ()
        )
    counts = dict(Counter(str(result.act) for result in results))
    get_run_logger().info("%s", counts or "no saved correction waits")
    await acreate_markdown_artifact(key="resubmit", markdown=_summary(results), description="What came of each row")
    return counts


def _summary(results: list[Result]) -> str:
    if not results:
        return "No saved correction waits."
    rows = [
        f"| {result.exception_id} | {result.act} | {'; '.join(result.messages).replace('|', '/')} |"
        for result in results[:MAX_TOLD]
    ]
    more = [f"… and {len(results) - MAX_TOLD:,} more"] if len(results) > MAX_TOLD else []
    return "\n".join(["| exception | what | why |", "|---:|---|---|", *rows, *more])
