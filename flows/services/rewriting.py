"""A record that could not be read, written anew by a person in the form of its file."""

import io
from collections.abc import Mapping

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.core.reading import MAX_HEADER_BYTES, read_batches, read_layout
from flows.core.rules import raw_name
from flows.services.repairs import Fix


def rewritten(
    warehouse: Warehouse, store: ObjectStore, datasets: Mapping[str, Dataset], exception_id: int, raw: str
) -> Fix:
    """Return a record that a person wrote as a fix, read by the header and the delimiter of the exception's file.

    Raises:
        MistakeError: There is no such exception, or the text is not one record of that form.
    """
    found = warehouse.rows(
        """
        select e.dataset, f.sha256, f.encoding from platform.exception as e
        inner join platform.file as f on f.file_id = e.file_id where e.exception_id = %(exception_id)s
        """,
        exception_id=exception_id,
    )
    if not found:
        raise MistakeError(f"there is no exception {exception_id}; see `quayside exceptions`")
    dataset = datasets[found[0]["dataset"]]
    head = store.archived_range(found[0]["sha256"], 0, MAX_HEADER_BYTES)
    if found[0]["encoding"] != "utf-8":
        head = head[2:].decode(found[0]["encoding"], "replace").encode()
    layout = read_layout(head, found[0]["encoding"], dataset)
    header = layout.delimiter.join(f'"{name}"' for name in layout.header).encode()
    text = header + b"\n" + raw.encode() + b"\n"
    batches = list(read_batches(io.BytesIO(text), read_layout(text, "utf-8", dataset), dataset))
    rows = [row for batch in batches for row in batch.rows.iter_rows(named=True)]
    if len(rows) != 1 or any(batch.broken for batch in batches):
        raise MistakeError(
            f"this is not one record of {len(layout.header)} fields with {layout.delimiter!r} between them: "
            f"{', '.join(layout.header)}"
        )
    cells = {column.name: rows[0][raw_name(column.name)] or "" for column in dataset.columns}
    return Fix(exception_id=exception_id, cells=cells, extra=rows[0]["extra"])
