"""Flow: a run computed again from the archive and compared with what is stored."""

from typing import Annotated, Any
from uuid import UUID

from prefect import flow, runtime
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from flows.resources import resources
from flows.services import comparing, queries
from flows.services.replaying import Replayed
from flows.signs import signs_of_life
from flows.tasks import in_thread

MAX_TOLD = 200


@flow(
    name="replay",
    flow_run_name="replay {run}",
    description="Computes one run again from the archive with today's code and compares; it changes nothing.",
    persist_result=False,
)
async def replay(
    run: Annotated[str, Field(title="Run", description="Run id, or its first characters, as `quayside runs` shows it")],
) -> State[Any]:
    """End as Identical, or fail as Different with the differences in the artifact."""
    parts = resources()
    flow_run_id = UUID(str(runtime.flow_run.id))
    async with signs_of_life(parts, flow_run_id, "replay"):
        run_id = await in_thread(queries.run_id, parts.warehouse, run)
        asked = await in_thread(comparing.ask_in_prefect, parts.warehouse, run_id, flow_run_id)
        folder = parts.settings.scratch_folder
        result = await in_thread(comparing.compare, parts.warehouse, parts.store, parts.datasets, asked, folder)
    await acreate_markdown_artifact(key="replay", markdown=_summary(result), description=f"Replay of run {run_id}")
    if result.is_identical:
        return Completed(name="Identical", message=f"{result.rows_read:,} rows")
    return Failed(name="Different", message=f"{result.different:,} differences in {result.rows_read:,} rows")


def _summary(result: Replayed) -> str:
    if result.is_identical:
        return f"Run `{result.run_id}`: identical, {result.rows_read:,} rows."
    rows = [
        f"| {one.line or ''} | {one.what} | {one.stored} | {one.computed} |" for one in result.differences[:MAX_TOLD]
    ]
    head = f"Run `{result.run_id}`: {result.different:,} differences in {result.rows_read:,} rows."
    return "\n".join([head, "", "| line | what | stored | computed |", "|---:|---|---|---|", *rows])
