"""What lands: files that a person or a program puts into the bucket, and the scan that tells the ledger of them."""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.adapters import audit, ledger
from flows.adapters.ledger import NewObject
from flows.adapters.object_store import ACTOR_TAG, BATCH_TAG, LandedObject, ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import FileRejectedError, MistakeError
from flows.core.reading import MAX_HEADER_BYTES, read_layout, utf16_encoding
from flows.services.accounts import Role, SignedIn, authorized
from flows.settings import Settings

LOG = logging.getLogger(__name__)
MAX_NAME_BYTES = 200


@dataclass(slots=True)
class Scanner:
    """Tells the ledger what a bucket holds; remembers what it told, so that a scan costs one listing."""

    settings: Settings
    warehouse: Warehouse
    store: ObjectStore
    datasets: dict[str, Dataset]
    _told: set[LandedObject] = field(default_factory=set)

    def scan(self) -> int:
        """List the bucket once and write what is new to the ledger; return the number of new files."""
        seen = [landed for landed in self.store.landed() if landed not in self._told]
        claimed = []
        for landed in seen:
            reason = unclaimed_reason(landed.key, self.datasets)
            if reason is None:
                claimed.append(landed)
            else:
                ledger.add_unclaimed(self.warehouse, landed, reason)
                LOG.warning("an object is no file of a dataset: %s", reason, extra={"facts": {"key": landed.key}})
        new = [self._described(landed) for landed in ledger.unknown_objects(self.warehouse, claimed)]
        added = ledger.add_objects(self.warehouse, new, self.settings.business_time_zone)
        self._told.update(seen)
        for one in new:
            LOG.info("a file landed", extra={"facts": {"dataset": one.dataset, "key": one.landed.key}})
        return added

    def _described(self, landed: LandedObject) -> NewObject:
        tags = self.store.tags(landed)
        batch = tags.get(BATCH_TAG, "")
        known = (
            self.warehouse.rows("select 1 from platform.batch where batch = %(batch)s", batch=batch) if batch else []
        )
        return NewObject(
            landed=landed,
            dataset=landed.key.split("/", 1)[0],
            batch=batch if known else "",
            landed_by=tags.get(ACTOR_TAG, "object store"),
        )


def unclaimed_reason(key: str, datasets: dict[str, Dataset]) -> str | None:
    """Return why an object of that key belongs to no dataset; None where it belongs to one."""
    prefix, _, rest = key.partition("/")
    if prefix not in datasets or not rest:
        return (
            f"its key starts with no dataset; put it under one of {', '.join(f'{name}/' for name in sorted(datasets))}"
        )
    if not key.lower().endswith(".csv"):
        return "its name does not end in .csv"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What one upload brought."""

    batch: str
    keys: tuple[str, ...]


def upload(
    settings: Settings,
    warehouse: Warehouse,
    store: ObjectStore,
    actor: SignedIn,
    files: list[tuple[Path, Dataset]],
) -> Landed:
    """Put a person's files into the bucket as one batch.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: A file's name is none that is picked up, or two are the same.
    """
    with authorized(warehouse, actor, Role.EDITOR, "upload files") as connection:
        audit.record(connection, "upload", actor=actor.account, files=[path.name for path, _ in files])
    return land(settings, warehouse, store, files, by_whom=actor.account)


def land(
    settings: Settings, warehouse: Warehouse, store: ObjectStore, files: list[tuple[Path, Dataset]], *, by_whom: str
) -> Landed:
    """Put local files into the bucket as one batch.

    Raises:
        MistakeError: A file's name is none that is picked up, or two are the same.
    """
    check_names([(path.name, dataset) for path, dataset in files])
    day = ledger.business_day(datetime.now(UTC), settings.business_time_zone)
    batch = ledger.allocate_batch(warehouse, day, by_whom)
    keys = []
    for path, dataset in files:
        key = landing_key(dataset, batch, path.name)
        store.land(path, key, landing_tags(batch, by_whom))
        keys.append(key)
    with warehouse.transaction() as connection:
        connection.execute(f"notify {ledger.CHANNEL}".encode())
    return Landed(batch=batch, keys=tuple(keys))


def check_names(files: Sequence[tuple[str, Dataset]]) -> None:
    """Make sure that files of one batch can stand beside each other in the bucket, and will be picked up.

    Raises:
        MistakeError: One has a name that can't be a key, or that another one has.
    """
    taken: set[tuple[str, str]] = set()
    for name, dataset in files:
        if not is_base_name(name):
            raise MistakeError(
                f"{_printable(name)!r} can't be the name of a file here: it has 1 to {MAX_NAME_BYTES} bytes, without "
                "slashes and control characters, and does not begin with a dot"
            )
        if reason := unclaimed_reason(f"{dataset.name}/{name}", {dataset.name: dataset}):
            raise MistakeError(f"{name} would not be picked up: {reason}")
        if (dataset.name, name) in taken:
            raise MistakeError(f"two files of this upload are named {name}: rename one, or upload it for itself")
        taken.add((dataset.name, name))


def is_base_name(name: str) -> bool:
    """Return whether a text can be the last part of a key."""
    is_short = 0 < len(name.encode(errors="replace")) <= MAX_NAME_BYTES
    return is_short and not name.startswith(".") and not any(one in "/\\" or not _is_graphic(one) for one in name)


def _is_graphic(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _printable(name: str) -> str:
    return "".join(one if _is_graphic(one) else "\N{REPLACEMENT CHARACTER}" for one in name[:80])


def landing_key(dataset: Dataset, batch: str, name: str) -> str:
    """Return where a file of an upload lands."""
    return f"{dataset.name}/{batch}/{name}"


def landing_tags(batch: str, by_whom: str) -> dict[str, str]:
    """Return what tells the pickup who sent an object, and with which others."""
    return {BATCH_TAG: batch, ACTOR_TAG: by_whom}


def guess_dataset(path: Path, datasets: dict[str, Dataset]) -> Dataset:
    """Return the one dataset whose header a file has.

    Raises:
        MistakeError: None or several fit.
    """
    with path.open("rb") as source:
        head = source.read(MAX_HEADER_BYTES)
    encoding = utf16_encoding(head)
    text = head[2:].decode(encoding, "replace").encode() if encoding else head
    fitting = []
    for dataset in datasets.values():
        try:
            read_layout(text, encoding or "utf-8", dataset)
        except FileRejectedError:
            continue
        fitting.append(dataset)
    if len(fitting) != 1:
        told = ", ".join(sorted(datasets))
        raise MistakeError(
            f"{path.name}: its header fits {len(fitting) or 'no'} datasets; name one of {told} with --dataset"
        )
    return fitting[0]
