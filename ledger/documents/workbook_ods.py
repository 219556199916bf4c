"""ODS -> the sheets' names and the rows of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ledger.core.csvfile import Raw, Unreadable
from ledger.core.faults import Refused
from ledger.documents.workbook_cells import (
    EMPTY,
    LONGEST_TEXT,
    MOST_COLUMNS,
    Cell,
    Look,
    Rows,
    Style,
    error_cell,
    number_cell,
    plain,
    text_cell,
    truth_cell,
)
from ledger.documents.workbook_parts import Parts, attribute, broken, whole

MOST_SHEETS = 200
MOST_LINES = 1_048_576
_MODULE = re.compile(r"(?:Basic/[^/]+/(?!script-l[bc]\.xml$|dialog-l[bc]\.xml$).+|Scripts/.+[^/])", re.IGNORECASE)
_CLOCK = re.compile(r"(-?)PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{_SPACE}{name}:1.0 " for name in ("office", "table", "text"))
_KIND, _FORMULA = _OFFICE + "value-type", _TABLE + "formula"
_NEW_KIND = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_REPEATED, _ROWS_REPEATED = _TABLE + "number-columns-repeated", _TABLE + "number-rows-repeated"
_DOWN, _RIGHT = _TABLE + "number-rows-spanned", _TABLE + "number-columns-spanned"
_ASIDE = ("annotation", "tracked-changes", "shapes", "forms", "frame", "custom-shape", "ruby-text")
"""What stands beside a cell's own text: notes, what was changed, drawings, how a word is spoken."""


@dataclass
class Page:
    """A sheet with its rows."""

    name: str
    hidden: bool
    rows: tuple[Raw, ...] = ()


class Ods:
    """An opened workbook. Raises Unreadable for what is no workbook or is refused whole."""

    def __init__(self, parts: Parts) -> None:
        if any(tag == "encryption-data" for tag, _given in parts.elements("META-INF/manifest.xml")) or "encrypted-package" in parts:
            raise Unreadable("workbook_password", 0)
        if any(_MODULE.fullmatch(name) for name in parts.infos):
            raise Unreadable("workbook_macros", 0)
        reader = _Content(parts)
        parts.read("content.xml", reader.start, reader.end, reader.letters)
        if not reader.spreadsheet:
            raise Unreadable("workbook_other", 0)
        self.pages = reader.pages


class _Content:
    """The body of the file while it is read."""

    def __init__(self, parts: Parts) -> None:
        self.bounds = parts.bounds
        self.pages: list[Page] = []
        self.spreadsheet = False
        self.hiding: set[str] = set()
        self.style = ""
        self.aside = 0
        self.rows: Rows | None = None
        self.line, self.times, self.column = 1, 1, 0
        self.cells: dict[int, Cell] = {}
        self.known: dict[tuple[str, str, int], Cell] = {}
        self.given: dict[str, str] | None = None
        self.texts: list[str] = []
        self.length = 0
        self.in_text = 0

    # ---------- elements ----------

    def start(self, tag: str, given: dict[str, str]) -> None:
        if self.aside or tag in _ASIDE:
            self.aside += 1
        elif self.given is not None:
            self._inside(tag, given)
        elif tag in ("table-cell", "covered-table-cell"):
            if self.rows is not None:
                self.given, self.texts, self.length, self.in_text = given, [], 0, 0
        elif tag == "table-row":
            self.times = _count(given, _ROWS_REPEATED, MOST_LINES)
            self.column, self.cells = 0, {}
        else:
            self._around(tag, given)

    def end(self, tag: str) -> None:
        if self.aside:
            self.aside -= 1
        elif self.given is not None:
            if tag == "p":
                self.in_text = 0
            elif tag in ("table-cell", "covered-table-cell"):
                self._cell(self.given, covered=tag == "covered-table-cell")
                self.given = None
        elif tag == "table-row" and self.rows is not None:
            self.rows.add(self.line, self.cells, self.times)
            self.line += self.times
            if self.line > MOST_LINES + 1:
                broken()
        elif tag == "table" and self.rows is not None:
            self.pages[-1].rows = self.rows.done()
            self.rows = None

    def letters(self, text: str) -> None:
        if self.in_text and not self.aside:
            self._say(text)

    def _around(self, tag: str, given: dict[str, str]) -> None:
        if tag == "spreadsheet":
            self.spreadsheet = True
        elif tag == "table":
            if self.rows is not None or not self.spreadsheet or len(self.pages) >= MOST_SHEETS:
                raise Unreadable("workbook_sheets" if len(self.pages) >= MOST_SHEETS else "workbook_broken", 0, most=MOST_SHEETS)
            hidden = attribute(given, "style-name") in self.hiding
            self.pages.append(Page(attribute(given, "name"), hidden))
            self.rows, self.line = Rows(self.bounds), 1
        elif tag == "table-source":
            raise Unreadable("workbook_links", 0)
        elif tag == "style":
            self.style = attribute(given, "name")
        elif tag == "table-properties" and attribute(given, "display") == "false":
            self.hiding.add(self.style)

    def _inside(self, tag: str, given: dict[str, str]) -> None:
        """What stands inside a cell: its paragraphs, spaces and line ends. A table in a cell is none of ours."""
        if tag == "p":
            self._say("\n" if self.texts else "")
            self.in_text = 1
        elif tag == "s":
            self._say(" " * _count(given, _TEXT + "c", LONGEST_TEXT))
        elif tag in ("tab", "line-break"):
            self._say("\t" if tag == "tab" else "\n")
        elif tag in ("table", "table-cell", "table-row"):
            broken()

    def _say(self, text: str) -> None:
        if text and self.length <= LONGEST_TEXT:  # one letter more than a cell may have says that it is too long
            self.length += len(text)
            self.texts.append(text[:LONGEST_TEXT + 1])

    # ---------- cells ----------

    def _cell(self, given: dict[str, str], *, covered: bool) -> None:
        times = _count(given, _REPEATED, 1 << 24) if _REPEATED in given else 1
        cell = EMPTY if covered or not given else self._value(given, "".join(self.texts))
        if cell is not EMPTY:
            self.bounds.take_letters(len(cell.text) + 1)
            if self.column + times > MOST_COLUMNS:
                raise Unreadable("sheet_too_wide", self.line, most=MOST_COLUMNS)
            for place in range(self.column, self.column + times):
                self.cells[place] = cell
        if self.rows is not None and (_DOWN in given or _RIGHT in given):
            down, right = _count(given, _DOWN, MOST_LINES), _count(given, _RIGHT, MOST_LINES)
            self.rows.merge(self.line, self.column, self.line + down - 1, self.column + right - 1)
        self.column = min(self.column + times, 1 << 24)

    def _value(self, given: dict[str, str], text: str) -> Cell:
        kind, formula = given.get(_KIND, ""), given.get(_FORMULA, "")
        if given.get(_NEW_KIND) == "error" or (formula and re.match(r"#|Err:\d", text)):
            return error_cell(text)
        if formula and not kind:
            return Cell(text[:50] or "=", Refused("formula_not_worked_out"))
        if kind in ("float", "currency", "percentage"):
            return self._number(given.get(_OFFICE + "value", ""), kind, text)
        if kind == "date":
            return text_cell(re.sub(r"T00:00(:00([.,]0+)?)?$", "", given.get(_OFFICE + "date-value", "")).replace("T", " "))
        if kind == "time":
            return _clock_cell(given.get(_OFFICE + "time-value", ""))
        if kind == "boolean":
            return truth_cell(given.get(_OFFICE + "boolean-value") == "true")
        return text_cell(text or given.get(_OFFICE + "string-value", ""))

    def _number(self, number: str, kind: str, text: str) -> Cell:
        zeros = len(text) if text[:1] == "0" and text.isdecimal() and len(text) < 20 else 0
        known = self.known.get((number, kind, zeros))
        if known is None:
            known = number_cell(number, Style(Look.PERCENT if kind == "percentage" else Look.PLAIN, zeros))
            if len(self.known) < 200_000:
                self.known[number, kind, zeros] = known
        return known


def _clock_cell(text: str) -> Cell:
    found = _CLOCK.fullmatch(text)
    if not found:
        return Cell(text[:50])
    hours, minutes, seconds = int(found[2]), int(found[3]), int(found[4])
    return Cell(f"{found[1]}{plain(Decimal(hours))}:{minutes:02d}" + (f":{seconds:02d}" if seconds else ""))


def _count(given: dict[str, str], name: str, most: int) -> int:
    text = given.get(name, "")
    return max(1, whole(text, most)) if text else 1
