"""The scan of records against the standard library, and its independence from the size of blocks."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.core.records import RecordScanner

CELLS = st.text(st.sampled_from('ab ,"\n\r;é🦄'), max_size=6)
PIECES = st.lists(
    st.sampled_from(["a", "b,c", ",", '"', '""', "\n", "\r\n", "é", "\0", '",', ',"', "x" * 30]), max_size=60
)


def scanned(
    content: bytes, fields: int, block_bytes: int
) -> tuple[list[tuple[int, bytes]], list[tuple[int, str, bytes]], int]:
    scanner = RecordScanner(
        io.BytesIO(content), delimiter=b",", fields=fields, first_line=1, first_byte=0, block_bytes=block_bytes
    )
    good: list[tuple[int, bytes]] = []
    broken: list[tuple[int, str, bytes]] = []
    empty = 0
    for records in scanner:
        places = zip(records.lines, records.byte_starts, records.byte_lengths, strict=True)
        good += [(int(line), content[start : start + length]) for line, start, length in places]
        broken += [(record.line, record.rule, record.content) for record in records.broken]
        empty += records.empty_lines
    return good, broken, empty


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=30))
def test_every_record_that_the_standard_library_writes_is_read_back(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)

    good, broken, empty = scanned(text.getvalue().encode(), 3, 1 << 22)

    assert (broken, empty) == ([], 0)
    assert [next(csv.reader(io.StringIO(record.decode(), newline=""), strict=True)) for _, record in good] == rows


@given(PIECES, st.integers(1, 40))
@settings(max_examples=300)
def test_the_size_of_a_block_changes_nothing(pieces: list[str], block_bytes: int) -> None:
    content = "".join(pieces).encode()

    assert scanned(content, 2, block_bytes) == scanned(content, 2, 1 << 22)


@given(PIECES)
@settings(max_examples=300)
def test_every_byte_belongs_to_one_record_or_an_empty_line(pieces: list[str]) -> None:
    content = "".join(pieces).encode()
    good, broken, empty = scanned(content, 2, 1 << 22)
    starts = sorted([line for line, _ in good] + [line for line, *_ in broken])

    assert len(starts) == len(set(starts))
    contents = [content for _, content in good] + [content for *_, content in broken]
    lines_of_records = sum(one.count(b"\n") + 1 for one in contents)
    physical = len(content.split(b"\n")) - content.endswith(b"\n") if content else 0
    assert lines_of_records + empty == physical
