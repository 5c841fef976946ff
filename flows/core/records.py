"""One scan decides the records of a CSV: where each starts and ends, and which are broken by themselves.

The scan is vectorised over blocks of bytes; only lines with a quote are looked at one by one. It never decodes and
never guesses: a record that is not well formed is handed out with its bytes and the rule it breaks.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

BLOCK_BYTES = 8 << 20
MAX_RECORD_BYTES = 1 << 20
MAX_RECORD_LINES = 100
MAX_RECORDS = 1 << 17
KEPT_BYTES = 1 << 16
"""How much of a broken record's text is kept with its exception; the archive has all of it."""

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRecord:
    """A record that can't be read as fields; `content` holds at most `KEPT_BYTES` of its bytes."""

    line: int
    byte_start: int
    byte_length: int
    content: bytes
    rule: str
    fields: int = 0
    expected_fields: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A stretch of a file.

    Attributes:
        content: The well-formed records, in file order, without empty lines.
        has_quotes: Whether a quote stands in `content`.
        lines, byte_starts, byte_lengths: One value per well-formed record.
        empty_lines: Lines without a character, which are no rows.
    """

    content: bytes
    has_quotes: bool
    lines: Positions
    byte_starts: Positions
    byte_lengths: Positions
    broken: tuple[BrokenRecord, ...]
    empty_lines: int

    def __len__(self) -> int:
        return len(self.lines) + len(self.broken)


class RecordScanner:
    """Cuts the rest of a stream into records.

    Args:
        stream: Bytes without a byte order mark, from the first byte after the header.
        delimiter: One byte.
        fields: Number of fields in the header.
        first_line: Physical line on which the stream starts.
        first_byte: Byte offset of the stream's start.
        block_bytes: How much is read at once; at least twice `MAX_RECORD_BYTES` for files with quotes.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        delimiter: bytes,
        fields: int,
        first_line: int,
        first_byte: int,
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._fields = fields
        self._line = first_line
        self._offset = first_byte
        self._block_bytes = block_bytes
        self._carry = b""
        plain = rb'[^"%b\n]*+' % re.escape(delimiter)
        field = rb'(?:"[^"]*+(?:""[^"]*+)*+"|%b)' % plain
        self._record = re.compile(rb"%b(?:%b%b)*+(?=\r?\n)" % (field, re.escape(delimiter), field))
        self._quoted = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"')

    def __iter__(self) -> Iterator[Records]:
        at_end = False
        while not at_end:
            block = self._stream.read(self._block_bytes)
            at_end = len(block) < self._block_bytes
            content = self._carry + block
            if not content:
                return
            if not at_end and b"\n" not in content and len(content) > MAX_RECORD_BYTES:
                yield self._overlong(content)
                continue
            if at_end and not content.endswith(b"\n"):
                content += b"\n"
            yield from self._split(content, at_end=at_end)

    def _overlong(self, start: bytes) -> Records:
        """Hold a line that is longer than a block, reading on to its end without keeping it."""
        length, rest = len(start), b""
        while block := self._stream.read(self._block_bytes):
            end = block.find(b"\n")
            if end >= 0:
                length, rest = length + end + 1, block[end + 1 :]
                break
            length += len(block)
        record = BrokenRecord(
            line=self._line,
            byte_start=self._offset,
            byte_length=length,
            content=start[:KEPT_BYTES],
            rule="record_within_1_mib",
        )
        self._line += 1
        self._offset += length
        self._carry = rest
        none = np.empty(0, np.int64)
        return Records(
            content=b"",
            has_quotes=False,
            lines=none,
            byte_starts=none,
            byte_lengths=none,
            broken=(record,),
            empty_lines=0,
        )

    def _split(self, content: bytes, *, at_end: bool) -> Iterator[Records]:
        block = np.frombuffer(content, np.uint8)
        ends = np.flatnonzero(block == 0x0A)
        if not len(ends):
            self._carry = content
            return
        starts = np.concatenate(([0], ends[:-1] + 1))
        text_ends = ends - ((ends > starts) & (block[ends - 1] == 0x0D))
        last, well_quoted, fields = self._join_quoted(content, block, starts, text_ends, ends, at_end=at_end)
        first = np.flatnonzero(last >= 0)
        last = last[first]
        whole = int(ends[last[-1]]) + 1 if len(last) else 0

        start, end = starts[first], text_ends[last]
        is_empty = start == end
        delimiters = np.flatnonzero(block == self._delimiter[0])
        counted = np.searchsorted(delimiters, end) - np.searchsorted(delimiters, start) + 1
        found = np.where(fields[first] > 0, fields[first], counted)
        breaks = {
            "record_is_well_quoted": ~well_quoted[first],
            "record_within_1_mib": end - start > MAX_RECORD_BYTES,
            "record_has_no_nul": _touches(np.flatnonzero(block == 0), start, end),
            "record_is_utf8": _not_utf8(content, block, start, end),
            "record_has_every_field": found != self._fields,
        }
        rule = np.full(len(first), -1)
        for number, mask in reversed(list(enumerate(breaks.values()))):
            rule[mask] = number
        rule[is_empty] = -2
        codes = list(breaks)
        for cut in range(0, len(first), MAX_RECORDS):
            piece = slice(cut, cut + MAX_RECORDS)
            yield self._records(content, first[piece], start[piece], end[piece], rule[piece], found[piece], codes)
        self._line += int(last[-1]) + 1 if len(last) else 0
        self._offset += whole
        self._carry = content[whole:] if not at_end else b""

    def _records(
        self,
        content: bytes,
        first: Positions,
        start: Positions,
        end: Positions,
        rule: Positions,
        found: Positions,
        codes: list[str],
    ) -> Records:
        good = np.flatnonzero(rule == -1)
        runs = np.split(good, np.flatnonzero(np.diff(good) != 1) + 1) if len(good) else []
        kept = b"\n".join(content[start[run[0]] : end[run[-1]]] for run in runs)
        broken = tuple(
            BrokenRecord(
                line=self._line + int(first[i]),
                byte_start=self._offset + int(start[i]),
                byte_length=int(end[i] - start[i]),
                content=content[start[i] : min(end[i], start[i] + KEPT_BYTES)],
                rule=codes[rule[i]],
                fields=int(found[i]),
                expected_fields=self._fields,
            )
            for i in np.flatnonzero(rule >= 0)
        )
        return Records(
            content=kept,
            has_quotes=b'"' in kept,
            lines=self._line + first[good],
            byte_starts=self._offset + start[good],
            byte_lengths=end[good] - start[good],
            broken=broken,
            empty_lines=int((rule == -2).sum()),
        )

    def _join_quoted(
        self,
        content: bytes,
        block: NDArray[np.uint8],
        starts: Positions,
        text_ends: Positions,
        ends: Positions,
        *,
        at_end: bool,
    ) -> tuple[Positions, Flags, Positions]:
        """Decide the lines with a quote.

        Returns:
            Per line: the last line of the record that starts there (-1 where none starts: the line continues
            another one, or waits for the next block), whether it is well quoted, and its number of fields (0 where
            its delimiters say so).
        """
        last = np.arange(len(starts))
        well_quoted = np.ones(len(starts), bool)
        fields = np.zeros(len(starts), np.int64)
        if b'"' not in content:
            return last, well_quoted, fields
        done = -1
        line_starts, line_ends = starts.tolist(), ends.tolist()
        for line in np.flatnonzero(_touches(np.flatnonzero(block == 0x22), starts, text_ends)).tolist():
            if line <= done:
                continue
            limit_line = min(line + MAX_RECORD_LINES, len(line_starts)) - 1
            limit = min(line_ends[limit_line], line_starts[line] + MAX_RECORD_BYTES)
            match = self._record.match(content, line_starts[line], limit + 1)
            if match is not None:
                done = bisect_left(line_ends, match.end(), line)
                last[line] = done
                last[line + 1 : done + 1] = -1
                fields[line] = self._quoted.sub(b"", match[0]).count(self._delimiter) + 1
            elif line_ends[line] - line_starts[line] > MAX_RECORD_BYTES:
                continue
            elif not at_end and limit == line_ends[-1] and len(content) - line_starts[line] <= MAX_RECORD_BYTES:
                last[line:] = -1
                break
            else:
                well_quoted[line] = False
        return last, well_quoted, fields


def _touches(positions: Positions, start: Positions, end: Positions) -> Flags:
    """Return for each stretch whether one of the sorted positions lies in it."""
    touched: Flags = np.searchsorted(positions, end) > np.searchsorted(positions, start)
    return touched


def _not_utf8(content: bytes, block: NDArray[np.uint8], start: Positions, end: Positions) -> Flags:
    broken = np.zeros(len(start), bool)
    try:
        content.decode()
    except UnicodeDecodeError:
        for i in np.flatnonzero(_touches(np.flatnonzero(block > 0x7F), start, end)):
            try:
                content[start[i] : end[i]].decode()
            except UnicodeDecodeError:
                broken[i] = True
    return broken
