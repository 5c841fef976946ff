"""The tasks of the flows: one side effect each, with its retry policy; what they do is in `services`."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import ParamSpec, TypeVar

from prefect import get_run_logger, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from flows.adapters import audit
from flows.adapters.transient import is_transient
from flows.core.errors import FileRejectedError
from flows.resources import resources
from flows.scaling import lent_machines
from flows.services import loading, publishing
from flows.services.loading import Load, Validated
from flows.services.parts import StoppedError
from flows.services.publishing import Outcome
from flows.services.summary import fold, summary

P = ParamSpec("P")
R = TypeVar("R")

A = ParamSpec("A")
T = TypeVar("T")

_THREADS = ThreadPoolExecutor(64, thread_name_prefix="stage")
_TIMEOUT = timedelta(hours=2).total_seconds()


async def _can_help(_: Task[P, R], __: TaskRun, state: State[R]) -> bool:
    result = await state.aresult(raise_on_failure=False)
    return is_transient(result if isinstance(result, BaseException) else None)


async def in_thread(act: Callable[A, T], *args: A.args, **kwargs: A.kwargs) -> T:
    """Run what blocks in a thread of ours; the loop's own few threads could wait for each other."""
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    return await loop.run_in_executor(_THREADS, lambda: context.run(act, *args, **kwargs))


def _stage(name: str, description: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Return a decorator for a stage of a load: retried with backoff and jitter where a retry can help."""
    return task(
        name=name,
        description=description,
        retries=5,
        retry_delay_seconds=exponential_backoff(backoff_factor=1),
        retry_jitter_factor=0.5,
        retry_condition_fn=_can_help,
        cache_policy=NO_CACHE,
        timeout_seconds=_TIMEOUT,
        persist_result=False,
    )


@_stage("register", "Takes the SHA-256 of the file, keeps it in the archive, and knows it if it is in force already.")
async def register(load: Load) -> str | None:
    return await in_thread(loading.register, load)


@_stage("validate", "Reads every record and judges it by every rule of its dataset.")
async def validate(load: Load) -> Validated | FileRejectedError:
    try:
        validated = await in_thread(_validate, load)
    except FileRejectedError as error:
        load.stop()
        return error
    get_run_logger().info(
        "%d rows read, %d hold errors, %d empty lines", validated.rows_read, validated.rows_held, validated.empty_lines
    )
    return validated


def _validate(load: Load) -> Validated:
    with lent_machines(resources().settings, load.scratch.text.stat().st_size) as machines:
        return loading.validate(load, machines)


@_stage("exceptions", "Makes the held rows and their findings ready for the inbox, while the file is judged.")
async def exceptions(load: Load) -> int | None:
    with suppress(StoppedError):
        return await in_thread(loading.exceptions, load)
    return None


@_stage(
    "transform", "Computes the derived columns and the aggregates of the rows that passed, while the file is judged."
)
async def transform(load: Load) -> int | None:
    with suppress(StoppedError):
        return await in_thread(loading.transform, load)
    return None


@_stage("publish", "Makes rows, exceptions, tallies and aggregates visible in one transaction.")
async def publish(load: Load) -> Outcome | None:
    with suppress(StoppedError):
        outcome = await in_thread(publishing.publish, load)
        get_run_logger().info(
            "%s: %d loaded, %d held, %d of them loaded already",
            outcome.state,
            outcome.rows_loaded,
            outcome.rows_held,
            outcome.rows_loaded_already,
        )
        return outcome
    return None


@_stage("audit", "Seals the audit chain, publishes its head and writes the summary.")
async def audit_run(load: Load, outcome: Outcome) -> None:
    position = await in_thread(audit.publish_head, load.warehouse, load.store)
    await in_thread(fold, load)
    text = await in_thread(summary, load, outcome, position, resources().settings.prefect_ui_url)
    await acreate_markdown_artifact(
        key=f"file-{load.claimed.file_id}", markdown=text, description=f"{load.claimed.base_name}: {outcome.state}"
    )
