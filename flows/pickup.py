"""Flow: what landed goes into the ledger, and every file that waits gets its ingest run."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import psycopg
from prefect import flow, get_run_logger, runtime
from pydantic import Field

from flows.adapters import audit, ledger, liveness
from flows.adapters.ledger import CHANNEL, ClaimedFile
from flows.adapters.transient import is_transient
from flows.ingest import ingest
from flows.pickup_name import is_draining
from flows.resources import Resources, resources
from flows.services import asking
from flows.services.landing import Scanner
from flows.signs import signs_of_life
from flows.tasks import in_thread

SEAL_EVERY_S = 60
PAUSE_S = 2
SETTLED_S = 20
"""After so long a pickup knows whether the one before it, whose place it took, is dead."""


@flow(
    name="pickup",
    flow_run_name="pickup {watch_s} s",
    description="Lists the landing bucket, writes what is new to the ledger and loads every file that waits.",
    persist_result=False,
)
async def pickup(
    watch_s: Annotated[
        float, Field(ge=0, description="Seconds to go on watching; 0 scans once and loads what waits")
    ] = 0,
) -> int:
    """Return the number of files that were handed to an ingest run."""
    parts = resources()
    run_id = UUID(str(runtime.flow_run.id))
    scanner = Scanner(parts.settings, parts.warehouse, parts.store, parts.datasets)
    async with signs_of_life(parts, run_id, "pickup" if watch_s else "scan"), _woken(parts, watch_s) as wake:
        return await _work(parts, scanner, wake, watch_s)


class _Wake(asyncio.Event):
    """Is set when something landed, or when a person asks for a look into the bucket."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: list[str] = []

    def call(self, asked: str) -> None:
        """Wake the pickup; a text that is not empty names who wants to know what was found."""
        if asked:
            self._asked.append(asked)
        self.set()

    def asked(self) -> list[str]:
        """Return who has asked since the last time."""
        asked, self._asked = self._asked, []
        return asked


async def _work(parts: Resources, scanner: Scanner, wake: _Wake, watch_s: float) -> int:
    """Scan, claim and load until the time is over, the worker drains or has another pickup; end what is under way."""
    under_way: set[asyncio.Task[None]] = set()
    begun_at = sealed_at = time.monotonic()
    until = begun_at + watch_s
    is_surplus = False
    handed = 0
    while True:
        claimed: list[ClaimedFile] = []
        try:
            asked = wake.asked()
            found = await in_thread(scanner.scan)
            if asked:
                await in_thread(asking.answer, parts.warehouse, UUID(str(runtime.flow_run.id)), asked, found)
            if watch_s and time.monotonic() > begun_at + SETTLED_S:
                run_id = UUID(str(runtime.flow_run.id))
                is_surplus = await in_thread(liveness.is_surplus, parts.warehouse, run_id, liveness.PICKUP_SILENCE_S)
            claimed = [] if is_draining() or is_surplus else await in_thread(_claim, parts, len(under_way))
            if time.monotonic() > sealed_at + SEAL_EVERY_S:
                await in_thread(audit.publish_head, parts.warehouse, parts.store)
                sealed_at = time.monotonic()
        except Exception as error:
            if not is_transient(error):
                raise
            get_run_logger().warning("the bucket or the database is away, trying again: %s", error)
        for file in claimed:
            under_way.add(asyncio.create_task(_ingest(parts, file)))
        handed += len(claimed)
        is_over = is_draining() or is_surplus or (time.monotonic() >= until and (bool(watch_s) or not claimed))
        if is_over and not under_way:
            return handed
        if is_over and watch_s:
            await asyncio.gather(*under_way)
            return handed
        under_way = await _wait(under_way, wake, parts.settings.scan_interval_s)


@asynccontextmanager
async def _woken(parts: Resources, watch_s: float) -> AsyncIterator[_Wake]:
    """Yield an event that is set when something landed, while the body watches."""
    wake = _Wake()
    listener = asyncio.create_task(_listen(parts, wake)) if watch_s else None
    try:
        yield wake
    finally:
        if listener is not None:
            listener.cancel()


def _claim(parts: Resources, under_way: int) -> list[ClaimedFile]:
    free = parts.settings.max_concurrent_files - under_way
    if free <= 0:
        return []
    return ledger.claim(
        parts.warehouse, limit=free, lease_s=parts.settings.lease_s, max_attempts=parts.settings.max_attempts
    )


async def _ingest(parts: Resources, file: ClaimedFile) -> None:
    """Run one ingest; its failure is written in the ledger and shown on its own page, and stops no other file."""
    name = f"{file.base_name} · {file.batch}"
    try:
        state = await ingest(file_id=file.file_id, fence=file.fence, name=name, return_state=True)
    except Exception:  # noqa: BLE001  # one file must not stop the others
        get_run_logger().exception("%s could not be run", name)
        await _give_back(parts, file)
        return
    get_run_logger().info("%s: %s %s", name, state.name, state.message or "")


async def _give_back(parts: Resources, file: ClaimedFile) -> None:
    """Give a claim back that Prefect could not run, after a pause; where that fails too, the lease ends by itself."""
    await asyncio.sleep(PAUSE_S)
    try:
        await in_thread(ledger.give_back, parts.warehouse, file)
    except Exception as error:
        if not is_transient(error):
            raise
        get_run_logger().warning("the database is away: %s", error)


async def _wait(under_way: set[asyncio.Task[None]], wake: _Wake, timeout_s: float) -> set[asyncio.Task[None]]:
    """Wait until a run ends, something lands, or the next scan is due; return the runs still under way."""
    woken = asyncio.create_task(wake.wait())
    done, _ = await asyncio.wait({woken, *under_way}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    woken.cancel()
    wake.clear()
    for ended in done - {woken}:
        ended.result()
    return {run for run in under_way if not run.done()}


async def _listen(parts: Resources, wake: _Wake) -> None:
    """Wake the pickup when the database is told that something landed; a lost connection is made again."""
    loop = asyncio.get_running_loop()

    def listen() -> None:
        with parts.warehouse.listen(CHANNEL) as connection:
            for told in connection.notifies(timeout=10):
                loop.call_soon_threadsafe(wake.call, told.payload)

    while True:
        try:
            await in_thread(listen)
        except psycopg.OperationalError as error:
            get_run_logger().warning("notifications are away, the timer goes on: %s", error)
            await asyncio.sleep(5)
