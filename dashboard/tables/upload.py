"""The upload page: what became of a person's files, and objects that belong to no dataset."""

from collections.abc import Callable, Sequence

import param

from dashboard.store import upload as store
from dashboard.store.upload import Row
from dashboard.tables.asked import Asked, Make
from flows.services.accounts import Role
from flows.services.exporting import Send
from flows.services.tables import Table

FILE = ("created_at", "batch", "dataset", "base_name", "size_bytes", "upload_state", "upload_reason", "file_state",
        "file_reason", "run_id", "rows_read", "rows_loaded", "rows_held", "rows_loaded_already")  # fmt: skip
OBJECT = ("object_key", "reason", "size_bytes", "seen_at")


def _files(asked: Asked) -> Sequence[Row]:
    return store.landed_lately(asked.parts.warehouse, asked.actor.account, limit=None)


def _objects(asked: Asked) -> Sequence[Row]:
    return store.unclaimed(asked.parts.warehouse, limit=None)


def _table(name: str, columns: Sequence[str], find: Callable[[Asked], Sequence[Row]]) -> Make:
    def make(asked: Asked, to: Send) -> int:
        asked.state(param.Parameterized, ())
        table = Table(
            name=name,
            columns=columns,
            rows=lambda _: ([row[one] for one in columns] for row in find(asked)),
            needed=Role.EDITOR,
        )
        return asked.send(table, to)

    return make


TABLES: dict[tuple[str, str], Make] = {
    ("upload", "files"): _table("own files of a day", FILE, _files),
    ("upload", "objects"): _table("objects of no dataset", OBJECT, _objects),
}
