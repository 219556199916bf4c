"""XLSX (and XLSM, whose macros make it refused) -> the sheets' names and, when asked, the rows of one."""

from __future__ import annotations

import posixpath
import re

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
    text_cell,
    truth_cell,
)
from ledger.documents.workbook_parts import Parts, attribute, broken, whole

MOST_SHEETS = 200
MOST_LINES = 1_048_576
_DAYS = {14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
_PERCENTS = {9, 10}
_SAID = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_REF = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


class Xlsx:
    """An opened workbook. Raises Unreadable for what is no workbook or is refused whole."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        names = list(parts.infos)
        if any(name.casefold().endswith("vbaproject.bin") for name in names):
            raise Unreadable("workbook_macros", 0)
        if any(name.startswith("xl/externalLinks/") for name in names):
            raise Unreadable("workbook_links", 0)
        self.main = _main_part(parts)
        self.from_1904 = self.stale = False
        self.sheets: list[tuple[str, bool, str]] = []
        """Name, whether it is hidden, and the part it stands in."""
        self._read_main()
        self._shared: list[Cell] | None = None
        self._styles: list[Style] | None = None

    def _read_main(self) -> None:
        targets = _targets(self.parts, self.main)
        for tag, given in self.parts.elements(self.main):
            if tag == "workbookPr":
                self.from_1904 = _true(given.get("date1904", ""))
            elif tag == "calcPr":  # what wrote the file did not work its formulas out
                self.stale = _true(given.get("fullCalcOnLoad", ""))
            elif tag == "sheet":
                kind, target = targets.get(attribute(given, "id"), ("", ""))
                if kind == "worksheet":
                    self.sheets.append((given.get("name", ""), given.get("state", "visible") != "visible", target))
        if len(self.sheets) > MOST_SHEETS:
            raise Unreadable("workbook_sheets", 0, most=MOST_SHEETS)

    def rows(self, place: int) -> tuple[Raw, ...]:
        """The rows of a sheet by its place."""
        if self._shared is None:
            self._shared = _shared_texts(self.parts, _beside(self.parts, self.main, "sharedStrings"))
        if self._styles is None:
            self._styles = _styles(self.parts, _beside(self.parts, self.main, "styles"))
        return _Sheet(self, self._shared, self._styles).read(self.sheets[place][2])


def _main_part(parts: Parts) -> str:
    for tag, given in parts.elements("_rels/.rels"):
        if tag == "Relationship" and given.get("Type", "").endswith("/officeDocument"):
            return _target("", given.get("Target", ""))
    return "xl/workbook.xml"


def _targets(parts: Parts, name: str) -> dict[str, tuple[str, str]]:
    """What a part points to inside the file: kind and part by id."""
    folder, own = posixpath.split(name)
    return {given.get("Id", ""): (given.get("Type", "").rpartition("/")[2], _target(folder, given.get("Target", "")))
            for tag, given in parts.elements(f"{folder}/_rels/{own}.rels".lstrip("/"))
            if tag == "Relationship" and given.get("TargetMode") != "External"}


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _beside(parts: Parts, name: str, kind: str) -> str:
    return next((target for own, target in _targets(parts, name).values() if own == kind), "")


def _true(text: str) -> bool:
    return text in ("1", "true", "on")


# ---------- texts and styles ----------


class _Shared:
    """The texts that cells name by number; how a text is to be spoken is no part of it."""

    def __init__(self, parts: Parts) -> None:
        self.bounds, self.texts = parts.bounds, list[Cell]()
        self.pieces: list[str] = []
        self.length = 0
        self.in_text = self.spoken = False

    def start(self, tag: str, _given: dict[str, str]) -> None:
        if tag == "si":
            self.pieces, self.length = [], 0
        elif tag == "rPh":
            self.spoken = True
        elif tag == "t":
            self.in_text = not self.spoken

    def end(self, tag: str) -> None:
        if tag == "t":
            self.in_text = False
        elif tag == "rPh":
            self.spoken = False
        elif tag == "si":
            text = "".join(self.pieces)
            self.bounds.take_letters(len(text) + 10)
            self.texts.append(text_cell(text))

    def letters(self, text: str) -> None:
        if self.in_text and self.length <= LONGEST_TEXT:
            self.length += len(text)
            self.pieces.append(text[:LONGEST_TEXT + 1])


def _shared_texts(parts: Parts, name: str) -> list[Cell]:
    reader = _Shared(parts)
    if name in parts:
        parts.read(name, reader.start, reader.end, reader.letters)
    return reader.texts


def _styles(parts: Parts, name: str) -> list[Style]:
    """The style of each number that a cell may name as its own."""
    codes: dict[str, str] = {}
    found: list[Style] = []
    inside = False
    for tag, given in parts.elements(name):
        if tag == "numFmt":
            codes[given.get("numFmtId", "")] = given.get("formatCode", "")[:400]
        elif tag in ("cellXfs", "cellStyles", "cellStyleXfs", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = given.get("numFmtId", "0")
            found.append(style_of(codes[number]) if number in codes else _built_in(number))
    return found


def _built_in(number: str) -> Style:
    place = int(number) if re.fullmatch(r"[0-9]{1,4}", number) else 0
    look = (Look.DAY if place in _DAYS else Look.TIME if place in _TIMES else Look.PERCENT if place in _PERCENTS else Look.PLAIN)
    return Style(look)


def style_of(code: str) -> Style:
    """What a number format says, such as yyyy-mm-dd, 0%, 000."""
    first = _SAID.sub("", code.split(";")[0])
    if re.fullmatch(r"0{2,20}", first):
        return Style(zeros=len(first))
    letters = first.lower()
    if letters.startswith(("general", "standard", "@")):
        return Style()
    clock = bool(re.search("[hs]", letters))
    if re.search("[yd]", letters) or ("m" in letters and not clock):
        return Style(Look.DAY)
    return Style(Look.TIME if clock else Look.PERCENT if "%" in letters else Look.PLAIN)


# ---------- a sheet ----------


class _Sheet:
    """The rows of one sheet while they are read."""

    def __init__(self, book: Xlsx, shared: list[Cell], styles: list[Style]) -> None:
        self.book, self.shared, self.styles = book, shared, styles
        self.rows = Rows(book.parts.bounds)
        self.line = 0
        self.column = -1
        self.cells: dict[int, Cell] = {}
        self.kind = self.style = ""
        self.pieces: list[str] = []
        self.length = 0
        self.collecting = self.in_rows = self.formula = self.valued = self.spoken = False
        self.known: dict[tuple[str, str], Cell] = {}
        self.columns: dict[str, int] = {}

    def read(self, name: str) -> tuple[Raw, ...]:
        self.book.parts.read(name, self.start, self.end, self.letters)
        return self.rows.done()

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "c":
            if self.in_rows:
                self._cell(given)
        elif tag == "v" or (tag == "t" and not self.spoken):
            self.collecting = self.valued = True
        elif tag == "row":
            self._row(given)
        elif tag == "f":
            self.formula = True
        elif tag in ("sheetData", "mergeCell", "rPh"):
            self.in_rows = self.in_rows or tag == "sheetData"
            self.spoken = tag == "rPh"
            if tag == "mergeCell":
                self._merge(given.get("ref", ""))

    def letters(self, text: str) -> None:
        if self.collecting and self.length <= LONGEST_TEXT:  # one letter more than a cell may have says that it is too long
            self.length += len(text)
            self.pieces.append(text[:LONGEST_TEXT + 1])

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.collecting = False
        elif tag == "c":
            if self.in_rows:
                cell = self._value("".join(self.pieces))
                if cell is not EMPTY:
                    self.cells[self.column] = cell
        elif tag == "row":
            self.rows.add(self.line, self.cells)
        elif tag == "rPh":
            self.spoken = False
        elif tag == "sheetData":
            self.in_rows = False

    def _row(self, given: dict[str, str]) -> None:
        line = whole(given["r"], MOST_LINES) if "r" in given else self.line + 1
        if line <= self.line:
            broken()
        self.line, self.column, self.cells = line, -1, {}

    def _cell(self, given: dict[str, str]) -> None:
        column = self._column(given["r"]) if "r" in given else self.column + 1
        if column <= self.column:
            broken()
        self.column, self.kind, self.style = column, given.get("t", "n"), given.get("s", "")
        self.pieces, self.length, self.formula, self.valued = [], 0, False, False

    def _column(self, ref: str) -> int:
        letters = ref.rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = _place(letters)
        return self.columns[letters]

    def _value(self, text: str) -> Cell:
        if self.formula and (self.book.stale or not self.valued or (not text and self.kind != "str")):
            return Cell(text[:50] or "=", Refused("formula_not_worked_out"))
        if self.kind == "s":
            return self._shared_text(text)
        if self.kind == "n":
            return self._number(text) if text.strip() else EMPTY
        if self.kind == "b":
            return truth_cell(_true(text.strip()))
        if self.kind == "e":
            return error_cell(text)
        if self.kind == "d":
            return text_cell(re.sub(r"T00:00(:00(\.0+)?)?Z?$", "", text.strip()).replace("T", " "))
        self.book.parts.bounds.take_letters(len(text))
        return text_cell(text)

    def _shared_text(self, text: str) -> Cell:
        try:
            return self.shared[int(text)] if text.isdecimal() else EMPTY if not text.strip() else broken()
        except (IndexError, ValueError):
            broken()

    def _number(self, text: str) -> Cell:
        known = self.known.get((text, self.style))
        if known is None:
            place = whole(self.style, 65_535) if self.style else 0
            style = self.styles[place] if place < len(self.styles) else Style()
            known = number_cell(text, style, from_1904=self.book.from_1904)
            if len(self.known) < 200_000:
                self.known[text, self.style] = known
        return known

    def _merge(self, ref: str) -> None:
        found = [_REF.fullmatch(one) for one in (ref if ":" in ref else f"{ref}:{ref}").split(":")]
        if len(found) != 2 or found[0] is None or found[1] is None:
            broken()
        else:
            self.rows.merge(int(found[0][2]), _place(found[0][1]), int(found[1][2]), _place(found[1][1]))


def _place(letters: str) -> int:
    """A column's place from 0; far right for one that no sheet has."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters):
        broken()
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return min(place - 1, 64 * MOST_COLUMNS)
