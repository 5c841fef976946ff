"""Signs of life of a flow run, so that a run whose process died is known as dead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from prefect import get_run_logger

from flows.adapters import liveness
from flows.adapters.transient import is_transient
from flows.pickup_name import worker_name
from flows.resources import Resources
from flows.tasks import in_thread

SIGN_EVERY_S = 3


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
        try:
            await in_thread(liveness.watch, parts.warehouse, run_id, worker_name(), flow)
        except Exception as error:
            if not is_transient(error):
                raise
            get_run_logger().warning("the database is away: %s", error)
        await asyncio.sleep(SIGN_EVERY_S)
