"""A CSV file as bytes -> its cells with their physical lines. Knows nothing of what the columns mean.

The delimiter (; or ,) is counted in the header or named by `sep=`; the encoding is UTF-8 with or without mark,
else Windows-1257. What cannot be read for sure is refused with its line.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.core.faults import Refused
from ledger.core.numbers import shown

MOST_BYTES = 20_000_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIRST_LINE = re.compile(r"\S[^\r\n]*")
_NOTHING: Mapping[int, Refused] = {}
_OURS = frozenset("ąčęėįšųūžĄČĘĖĮŠŲŪŽ„“”–—€")


class Unreadable(Refused):
    """The file, or its rest, cannot be read; `line` says from where on."""

    def __init__(self, code: str, line: int, **values: str | int) -> None:
        super().__init__(code, at="", **values)
        self.line = line


@dataclass(frozen=True)
class Raw:
    """One row as typed and the physical line on which it starts; `wrong` says why cells cannot be taken, by their place."""

    line: int
    cells: tuple[str, ...]
    wrong: Mapping[int, Refused] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Source:
    """Where a table stands: the file, and the sheet of a workbook ("" in a CSV file)."""

    file: str
    sheet: str = ""


@dataclass(frozen=True)
class Table:
    """A sheet of a workbook as rows of texts, the same that it would be as CSV.

    `kind` names which of the files it stands for, "" for none; `stopped` says why it, or its rest, could not be read.
    """

    kind: str
    source: Source
    rows: Sequence[Raw] = ()
    stopped: Unreadable | None = None

    def each(self) -> Iterator[Raw]:
        """The rows, none shorter than the first: a workbook does not keep empty cells at the end. Raises what stopped it."""
        width = len(self.rows[0].cells) if self.rows else 0
        for raw in self.rows:
            missing = width - len(raw.cells)
            yield Raw(raw.line, raw.cells + ("",) * missing, raw.wrong) if missing > 0 else raw
        if self.stopped is not None:
            raise self.stopped


def decode(data: bytes) -> str:
    """The text of the file without its mark; raises Unreadable with the line."""
    if len(data) > MOST_BYTES:
        raise Unreadable("file_too_large", 1)
    if data.startswith(_UTF16):
        raise Unreadable("utf16", 1)
    if b"\0" in data:
        raise Unreadable("nul", _line_of(data, data.index(b"\0")))
    if data.startswith(_MARK):
        return _utf8(data[len(_MARK) :])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _windows(data)


def rows(text: str) -> Iterator[Raw]:
    """The rows that are not empty, header first; raises Unreadable where quotes or a long cell break the reading."""
    named = re.match(r'"?sep=([^"\r\n]+)"?(?:\r\n|\r|\n)', text, re.IGNORECASE)
    if named and named[1] not in (";", ","):
        raise Unreadable("separator", 1, text=shown(named[1]))
    skipped = 1 if named else 0
    body = text[named.end() :] if named else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=named[1] if named else _delimiter(body), strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable("cell_too_long" if "limit" in str(error) else "broken_quotes", line) from None
        if any(cell.strip() for cell in cells):
            yield Raw(line, tuple(cells))


def heading(text: str) -> str:
    """A column's name as it is compared: spaces, letter case and the way accents are coded do not count."""
    return " ".join(unicodedata.normalize("NFC", text[:200]).split()).casefold()


def header(
    cells: Sequence[str], names: Sequence[str], may_lack: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The columns' own names in the file's order, and what is wrong as (column, code); not all cells are empty."""
    own = {heading(name): name for name in names}
    last = max(place for place, cell in enumerate(cells, 1) if cell.strip())
    found: list[str] = []
    wrong: list[tuple[str, str]] = []
    for cell in cells[:last]:
        name = own.get(heading(cell), "")
        if not name:
            wrong.append((shown(cell.strip()), "unknown_column"))
        elif name in found:
            wrong.append((name, "column_twice"))
        found.append(name)
    wrong += [(name, "missing_column") for name in names if name not in found and name not in may_lack]
    return tuple(found), wrong


def _delimiter(text: str) -> str:
    """The more frequent of ; and , in the first line that is not empty, outside quotes."""
    found = _FIRST_LINE.search(text)
    first = re.sub(r'"[^"]*"', "", found[0] if found else text)
    return "," if first.count(",") > first.count(";") else ";"


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("mixed_encoding", _line_of(data, error.start)) from None


def _windows(data: bytes) -> str:
    """Windows-1257, unless a line is plainly UTF-8: then two encodings are mixed."""
    for number, line in enumerate(_LINE_END.split(data), 1):
        if not line.isascii() and _plainly_utf8(line):
            raise Unreadable("mixed_encoding", number)
    try:
        return data.decode("cp1257")
    except UnicodeDecodeError as error:
        raise Unreadable("unknown_byte", _line_of(data, error.start)) from None


def _plainly_utf8(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(letter.isascii() or letter in _OURS for letter in text)


def _line_of(data: bytes, position: int) -> int:
    return len(_LINE_END.findall(data[:position])) + 1
