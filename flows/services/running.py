"""One file from its claim to its end in one call, without Prefect, for tests and benchmarks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from flows.adapters import ledger
from flows.adapters.ledger import ClaimedFile
from flows.adapters.scratch import Scratch
from flows.core.errors import FenceLostError, FileRejectedError, ObjectChangedError
from flows.pickup_name import worker_name
from flows.resources import Resources, code_version
from flows.services import loading, publishing
from flows.services.loading import Load
from flows.services.publishing import Outcome
from flows.services.spreading import Machines


def begin(parts: Resources, claimed: ClaimedFile, run_id: UUID, name: str = "") -> Load:
    """Start a run over a claimed file.

    Raises:
        FenceLostError: Another run owns the file.
    """
    dataset = parts.datasets[claimed.dataset]
    ledger.start_run(
        parts.warehouse,
        claimed,
        dataset,
        run_id,
        name=name or claimed.base_name,
        code_version=code_version(),
        worker=worker_name(),
    )
    return Load(
        run_id=run_id,
        claimed=claimed,
        dataset=dataset,
        warehouse=parts.warehouse,
        store=parts.store,
        scratch=Scratch.of_run(parts.settings.scratch_folder, run_id),
    )


def run_file(load: Load, max_attempts: int = 1, machines: Machines | None = None) -> Outcome:
    """Run every stage of a load, with what a cluster lends, and remove its scratch folder."""
    try:
        return _run_stages(load, machines)
    except FenceLostError:
        raise
    except Exception as error:
        publishing.end_broken(load, error, max_attempts)
        raise
    finally:
        load.scratch.remove()


def _run_stages(load: Load, machines: Machines | None) -> Outcome:
    try:
        same = loading.register(load)
        if same is not None:
            return publishing.end_same(load, same)
        validate = partial(loading.validate, machines=machines)
        stages: tuple[Callable[[Load], object], ...] = (validate, loading.exceptions, loading.transform)
        with ThreadPoolExecutor(4, thread_name_prefix="stage") as threads:
            running = [threads.submit(_or_stop, stage, load) for stage in stages]
            published = threads.submit(publishing.publish, load)
        for stage in running:
            stage.result()
        return published.result()
    except (FileRejectedError, ObjectChangedError) as error:
        return publishing.end_rejected(load, str(error))


def _or_stop(stage: Callable[[Load], object], load: Load) -> None:
    """Run a stage; if it fails, let those who follow it end too."""
    try:
        stage(load)
    except BaseException:
        load.stop()
        raise
