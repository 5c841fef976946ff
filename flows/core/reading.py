"""A file's bytes as batches of text rows: its encoding, delimiter and header, then one frame per stretch of records."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

from flows.core.dataset import Dataset
from flows.core.errors import FileRejectedError
from flows.core.records import BLOCK_BYTES, BrokenRecord, Records, RecordScanner
from flows.core.rules import raw_name

DELIMITERS = ",;\t|"
MAX_HEADER_BYTES = 1 << 20
MAX_COLUMNS = 1_000
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a file is laid out.

    Attributes:
        header: Column names as they stand in the file.
        positions: Position of each declared column that the file has, by its declared name.
        first_line: Physical line after the header.
        first_byte: Offset of that line in UTF-8 bytes.
        empty_lines: Empty lines before the header.
        warnings: Sentences about extra and absent columns.
    """

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    positions: dict[str, int]
    first_line: int
    first_byte: int
    empty_lines: int
    warnings: tuple[str, ...]

    @property
    def extra(self) -> tuple[int, ...]:
        """Positions of the columns that the dataset does not declare, in the order of their names."""
        others = set(range(len(self.header))) - set(self.positions.values())
        return tuple(sorted(others, key=lambda position: fold(self.header[position])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A stretch of a file as text.

    Attributes:
        rows: One row per well-formed record: `raw_<column>` texts, `extra` (JSON text or null), `line`,
            `byte_start`, `byte_length` (offsets in the file as UTF-8 text).
        broken: The records that can't be read as fields.
    """

    rows: pl.DataFrame
    broken: tuple[BrokenRecord, ...]
    empty_lines: int

    @property
    def rows_read(self) -> int:
        return self.rows.height + len(self.broken)


def utf16_encoding(first_bytes: bytes) -> str | None:
    """Return the UTF-16 encoding that a byte order mark names, None for any other start."""
    return _UTF16.get(first_bytes[:2])


def transcode(source: BinaryIO, target: BinaryIO, encoding: str) -> None:
    """Write UTF-16 text as UTF-8; what is no text becomes bytes that are no UTF-8, so that its record is held."""
    source.seek(2)
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    while block := source.read(BLOCK_BYTES):
        target.write(decoder.decode(block).encode("utf-8", "surrogatepass"))
    if decoder.getstate()[0]:
        target.write(b"\xff")


def read_layout(head: bytes, encoding: str, dataset: Dataset) -> Layout:
    """Return the layout that the first bytes of a file (as UTF-8) show.

    Raises:
        FileRejectedError: The file is empty, is no text, or its header can't serve.
    """
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    if not head[start:].strip(b"\r\n"):
        raise FileRejectedError(f"the file is empty; expected a header with {_names(dataset)} and at least one row")
    empty_lines = 0
    while head[start:].startswith((b"\n", b"\r\n")):
        start = head.index(b"\n", start) + 1
        empty_lines += 1
    end = head.find(b"\n", start)
    if end < 0 and len(head) >= MAX_HEADER_BYTES:
        raise FileRejectedError(f"the first line is longer than 1 MiB; expected a header with {_names(dataset)}")
    end = len(head) if end < 0 else end
    line = _header_text(head[start:end])
    delimiter, header = _split_header(line, dataset)
    positions = _positions(header, dataset)
    absent = [column.name for column in dataset.columns if column.name not in positions]
    extra = [name for i, name in enumerate(header) if i not in positions.values()]
    warnings = [f"the column {name} is absent and read as missing" for name in absent]
    if extra:
        warnings.append(f"columns that are not declared are kept with each row: {', '.join(extra)}")
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        positions=positions,
        first_line=empty_lines + 2,
        first_byte=end + 1,
        empty_lines=empty_lines,
        warnings=tuple(warnings),
    )


def read_batches(stream: BinaryIO, layout: Layout, dataset: Dataset, block_bytes: int = BLOCK_BYTES) -> Iterator[Batch]:
    """Yield the batches of a file in its order.

    Args:
        stream: The file as UTF-8, from any position.
        block_bytes: How much is read at once.
    """
    for records in read_stretches(stream, layout, block_bytes):
        yield batch_of(records, layout, dataset)


def read_stretches(stream: BinaryIO, layout: Layout, block_bytes: int = BLOCK_BYTES) -> Iterator[Records]:
    """Yield the records of a file in its order, stretch by stretch; `batch_of` reads their fields."""
    stream.seek(layout.first_byte)
    yield from RecordScanner(
        stream,
        delimiter=layout.delimiter.encode(),
        fields=len(layout.header),
        first_line=layout.first_line,
        first_byte=layout.first_byte,
        block_bytes=block_bytes,
    )


def batch_of(records: Records, layout: Layout, dataset: Dataset) -> Batch:
    """Return a stretch of records as text."""
    return Batch(rows=_text_rows(records, layout, dataset), broken=records.broken, empty_lines=records.empty_lines)


def reread(stream: BinaryIO, layout: Layout, dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the texts of well-formed records once more, found by their byte ranges.

    Args:
        stream: The file as UTF-8.
        rows: `line`, `byte_start`, `byte_length` of the records, lines ascending.
    """
    contents = []
    for start, length in rows.select("byte_start", "byte_length").iter_rows():
        stream.seek(start)
        contents.append(stream.read(length))
    content = b"\n".join(contents)
    records = Records(
        content=content,
        has_quotes=b'"' in content,
        lines=rows["line"].to_numpy(),
        byte_starts=rows["byte_start"].to_numpy(),
        byte_lengths=rows["byte_length"].to_numpy(),
        broken=(),
        empty_lines=0,
    )
    return _text_rows(records, layout, dataset)


def _header_text(line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or line.startswith(b"%PDF"):
        raise FileRejectedError(
            "the file is no UTF-8 or UTF-16 text; if it is a spreadsheet or a PDF, export it as CSV and drop that"
        )
    return text.rstrip("\r")


def _split_header(line: str, dataset: Dataset) -> tuple[str, tuple[str, ...]]:
    known = {fold(column.name) for column in dataset.columns}

    def split(delimiter: str) -> list[str]:
        try:
            return [name.strip() for name in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])]
        except csv.Error:
            raise FileRejectedError(
                f"the header can't be read; expected {_names(dataset)} on one short line that ends in a line feed"
            ) from None

    if max(line.count(delimiter) for delimiter in DELIMITERS) >= MAX_COLUMNS:
        raise FileRejectedError(f"the header has more than {MAX_COLUMNS:,} columns; expected {_names(dataset)}")
    delimiter = max(DELIMITERS, key=lambda one: (sum(fold(name) in known for name in split(one)), line.count(one)))
    return delimiter, tuple(split(delimiter))


def _positions(header: Sequence[str], dataset: Dataset) -> dict[str, int]:
    folded = [fold(name) for name in header]
    repeated = [name for name, count in Counter(folded).items() if count > 1]
    if repeated:
        raise FileRejectedError(
            f"the header repeats {', '.join(repr(name) if name else 'a blank name' for name in repeated)}; "
            "give each column a name of its own, and remove delimiters at the end of the lines"
        )
    positions = {
        column.name: folded.index(fold(column.name)) for column in dataset.columns if fold(column.name) in folded
    }
    missing = [column.name for column in dataset.columns if column.required and column.name not in positions]
    if missing:
        raise FileRejectedError(
            f"the header lacks {', '.join(missing)}; expected {_names(dataset)}, found {_shortened(header)}"
        )
    return positions


def _text_rows(records: Records, layout: Layout, dataset: Dataset) -> pl.DataFrame:
    fields = [f"field_{i}" for i in range(len(layout.header))]
    if len(records.lines):
        cells = pl.read_csv(
            records.content,
            has_header=False,
            separator=layout.delimiter,
            quote_char='"' if records.has_quotes else None,
            schema=dict.fromkeys(fields, pl.String),
        )
    else:
        cells = pl.DataFrame(schema=dict.fromkeys(fields, pl.String))
    if cells.height != len(records.lines):
        raise AssertionError(f"the scan found {len(records.lines)} records, the parser {cells.height}")
    columns = [
        pl.col(fields[layout.positions[column.name]]).alias(raw_name(column.name))
        if column.name in layout.positions
        else pl.lit(None, pl.String).alias(raw_name(column.name))
        for column in dataset.columns
    ]
    extra = [pl.col(fields[i]).alias(layout.header[i]) for i in layout.extra]
    return cells.select(
        *columns,
        (pl.struct(extra).struct.json_encode() if extra else pl.lit(None, pl.String)).alias("extra"),
        pl.Series("line", records.lines),
        pl.Series("byte_start", records.byte_starts),
        pl.Series("byte_length", records.byte_lengths),
    )


def fold(name: str) -> str:
    """Return a header name without case, outer blanks and the difference between `_` and blank."""
    return " ".join(name.replace("_", " ").split()).lower()


def _names(dataset: Dataset) -> str:
    return ", ".join(column.name for column in dataset.columns if column.required)


def _shortened(header: Sequence[str]) -> str:
    told = ", ".join(name[:40] or "(blank)" for name in header[:12])
    return told if len(header) <= 12 else f"{told} and {len(header) - 12} more"
