"""Signs of life of a flow run, so that a run whose process died is known as dead, and how far a load is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from functools import partial
from uuid import UUID

from prefect import get_run_logger

from flows.adapters import liveness
from flows.adapters.transient import is_transient
from flows.pickup_name import worker_name
from flows.resources import Resources
from flows.services.loading import Load, Progress
from flows.tasks import in_thread

SIGN_EVERY_S = 3
TELL_EVERY_S = 1


@asynccontextmanager
async def signs_of_life(parts: Resources, run_id: UUID, flow: str) -> AsyncIterator[None]:
    """Give signs of life while the body runs, also while it waits for a scan or a load."""
    giver = asyncio.create_task(_give(parts, run_id, flow))
    try:
        yield
    finally:
        giver.cancel()
        await asyncio.gather(giver, return_exceptions=True)


async def _give(parts: Resources, run_id: UUID, flow: str) -> None:
    while True:
        await _if_reachable(in_thread(liveness.watch, parts.warehouse, run_id, worker_name(), flow))
        await asyncio.sleep(SIGN_EVERY_S)


@asynccontextmanager
async def progress_told(parts: Resources, load: Load) -> AsyncIterator[None]:
    """Tell people who watch how far a load is while the body runs."""
    teller = asyncio.create_task(_tell(parts, load))
    try:
        yield
    finally:
        teller.cancel()
        await asyncio.gather(teller, return_exceptions=True)
        await _if_reachable(in_thread(liveness.forget_progress, parts.warehouse, load.run_id))


async def _tell(parts: Resources, load: Load) -> None:
    told = Progress()
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        if load.progress != told:
            told = replace(load.progress)
            await _if_reachable(
                in_thread(partial(liveness.tell_progress, parts.warehouse, load.run_id, **asdict(told)))
            )


async def _if_reachable(writing: Awaitable[None]) -> None:
    """Wait for a write that nobody needs; a database that is away is no reason to stop."""
    try:
        await writing
    except Exception as error:
        if not is_transient(error):
            raise
        get_run_logger().warning("the database is away: %s", error)
