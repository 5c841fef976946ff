"""Flow: one landed file becomes rows, exceptions and marts, or is turned away with a sentence."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar
from uuid import UUID

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows.adapters import ledger, logs
from flows.adapters.ledger import ClaimedFile
from flows.adapters.transient import is_transient
from flows.core.errors import FenceLostError, FileRejectedError, MistakeError, ObjectChangedError
from flows.events import tell_over_target
from flows.resources import Resources, resources
from flows.services import publishing, running
from flows.services.loading import Load
from flows.services.publishing import Outcome
from flows.signs import progress_told
from flows.tasks import audit_run, exceptions, in_thread, publish, register, transform, validate

T = TypeVar("T")

STATE_NAMES = {"REJECTED": "Rejected", "DUPLICATE": "Duplicate", "AWAITING_REVIEW": "AwaitingReview"}


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    return str(parameters.get("name") or f"file {parameters['file_id']}")


@flow(
    name="ingest",
    flow_run_name=_run_name,
    description="Loads one file of the ledger: register, validate, exceptions, transform, publish, audit.",
    persist_result=False,
)
async def ingest(
    file_id: Annotated[int, Field(description="Number of the file, as `quayside status` shows it")],
    fence: Annotated[
        int | None, Field(description="Set by pickup for a file that it claimed; a person leaves it empty")
    ] = None,
    name: Annotated[str, Field(description="Name of the run for people")] = "",
) -> State[Any]:
    """Load one file that waits."""
    parts = resources()
    run_id = UUID(str(runtime.flow_run.id))
    claimed = await in_thread(_claimed, parts, file_id, fence)
    load = await in_thread(running.begin, parts, claimed, run_id, name)
    with logs.about(**load.facts):
        return await _run(parts, load)


async def _run(parts: Resources, load: Load) -> State[Any]:
    try:
        async with _kept_claim(parts, load.claimed), progress_told(parts, load):
            outcome = await _load(load)
    except FenceLostError as error:
        get_run_logger().warning("%s", error)
        return Completed(name="TakenOver", message=str(error))
    except Exception as error:
        await in_thread(publishing.end_broken, load, error, parts.settings.max_attempts)
        raise
    finally:
        await in_thread(load.scratch.remove)
    await audit_run(load, outcome)
    tell_over_target(load, outcome)
    return Completed(name=STATE_NAMES.get(outcome.state, "Completed"), message=outcome.reason)


async def _load(load: Load) -> Outcome:
    try:
        same = await register(load)
    except ObjectChangedError as error:
        return await in_thread(publishing.end_rejected, load, str(error))
    if same is not None:
        return await in_thread(publishing.end_same, load, same)
    stages = (validate(load), exceptions(load), transform(load), publish(load))
    validated, *_, outcome = await asyncio.gather(*(_or_stop(load, stage) for stage in stages))
    if isinstance(validated, FileRejectedError):
        get_run_logger().warning("rejected: %s", validated)
        return await in_thread(publishing.end_rejected, load, str(validated))
    assert isinstance(outcome, Outcome)
    return outcome


async def _or_stop(load: Load, stage: Coroutine[Any, Any, T]) -> T:
    """Wait for a stage; if it fails for good, let those who follow it end too."""
    try:
        return await stage
    except BaseException:
        load.stop()
        raise


def _claimed(parts: Resources, file_id: int, fence: int | None) -> ClaimedFile:
    if fence is not None:
        return ledger.claimed_file(parts.warehouse, file_id, fence)
    claimed = ledger.claim_file(parts.warehouse, file_id, lease_s=parts.settings.lease_s)
    if claimed is None:
        raise MistakeError(
            f"file {file_id} does not wait to be loaded; one that failed or was rejected waits again after "
            f"`quayside retry {file_id}`"
        )
    return claimed


@asynccontextmanager
async def _kept_claim(parts: Resources, claimed: ClaimedFile) -> AsyncIterator[None]:
    """Renew the claim while the body runs."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(parts.settings.lease_s / 3)
            try:
                await in_thread(ledger.renew, parts.warehouse, claimed, parts.settings.lease_s)
            except Exception as error:
                if not is_transient(error):
                    raise
                get_run_logger().warning("the claim could not be renewed: %s", error)

    keeper = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
