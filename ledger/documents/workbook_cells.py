"""A spreadsheet's cell as the text that the same table would have as CSV: decimal comma, days as 2026-10-05, nothing rounded off.

A spreadsheet keeps numbers as binary fractions and shows 15 digits of them; so 8.050000000000001 is 8,05 here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from enum import Enum

from ledger.core.csvfile import Raw, Unreadable
from ledger.core.faults import Refused
from ledger.core.numbers import shown
from ledger.documents.workbook_parts import Bounds, too_large

MOST_COLUMNS = 256
MOST_ROWS = 300_000
MOST_CELLS = 4_000_000
LONGEST_TEXT = 32_767
"""Letters of a cell, as spreadsheets have it."""
DIGITS = 15
_LAST_SERIAL = 2_958_465  # 9999-12-31
_NUMBER = re.compile(r"\s*([-+]?[0-9]{1,400}(?:\.[0-9]{0,400})?(?:[eE][-+]?[0-9]{1,3})?)\s*")
_EXACT = Context(prec=DIGITS)
_DAY_SECONDS = 86_400


class Look(Enum):
    """How a number is shown, as far as it says what the number is."""

    PLAIN = "plain"
    PERCENT = "percent"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True)
class Style:
    """How a number is shown; `zeros` is the least number of its digits (007)."""

    look: Look = Look.PLAIN
    zeros: int = 0


@dataclass(frozen=True)
class Cell:
    """A cell's text; `wrong` says why it cannot be taken."""

    text: str
    wrong: Refused | None = None


EMPTY = Cell("")


@dataclass
class Rows:
    """The rows of a sheet that hold something, in their order. Raises Unreadable when they are more than any real table."""

    bounds: Bounds
    raws: list[Raw] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    cells: int = 0

    def add(self, line: int, found: dict[int, Cell], times: int = 1) -> None:
        """A row by its number (from 1) with its cells by column (from 0, in order, without empty ones), so many times one below
        another."""
        if not found:
            return
        width = next(reversed(found)) + 1
        if width > MOST_COLUMNS:
            raise Unreadable("sheet_too_wide", line, most=MOST_COLUMNS)
        self.cells += width * times
        if len(self.raws) + times > MOST_ROWS or self.cells > MOST_CELLS:
            raise Unreadable("sheet_too_long", line, most=MOST_ROWS)
        whole = found if len(found) == width else {place: found.get(place, EMPTY) for place in range(width)}
        texts = tuple([cell.text for cell in whole.values()])
        wrong = {place: cell.wrong for place, cell in found.items() if cell.wrong}
        for n in range(times):
            self.raws.append(Raw(line + n, texts, wrong) if wrong else Raw(line + n, texts))

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Cells that are one; rows count from 1, columns from 0, all inclusive."""
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))
            if len(self.merged) > MOST_ROWS:
                too_large()

    def done(self) -> tuple[Raw, ...]:
        """The rows; the cells that a merged one hides are wrong, for nobody can tell what stands in them."""
        if self.merged:
            self._mark_merged()
        return tuple(self.raws)

    def _mark_merged(self) -> None:
        places = {raw.line: place for place, raw in enumerate(self.raws)}
        width = len(self.raws[0].cells) if self.raws else 0
        left_to_do = MOST_CELLS
        for top, left, bottom, right in self.merged:
            lines = range(top, bottom + 1) if bottom - top < len(self.raws) else [line for line in places if top <= line <= bottom]
            for line in lines:
                hidden = {column: Refused("merged_cell") for column in range(left, min(right + 1, width))
                          if (line, column) != (top, left)}
                left_to_do -= 1 + len(hidden)
                if left_to_do < 0:
                    too_large()
                if line in places and hidden and places[line]:
                    raw = self.raws[places[line]]
                    self.raws[places[line]] = Raw(raw.line, raw.cells, {**hidden, **raw.wrong})


def text_cell(text: str) -> Cell:
    """A text as it stands; EMPTY when it is only spaces."""
    if not text or text.isspace():
        return EMPTY
    return Cell(text) if len(text) <= LONGEST_TEXT else Cell(text[:50], Refused("too_long", most=LONGEST_TEXT))


def truth_cell(true: bool) -> Cell:
    """Yes or no, as the files write it."""
    return Cell("taip" if true else "ne")


def error_cell(text: str) -> Cell:
    """What a formula says that cannot be worked out."""
    return Cell(text[:50], Refused("formula_error", text=shown(text)))


def number_cell(text: str, style: Style, *, from_1904: bool = False) -> Cell:
    """A number as its file writes it (a point, perhaps an exponent)."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return Cell(text[:50])
    value = Decimal(found[1])
    if value and not -30 < value.adjusted() < 30:
        return Cell(text.strip()[:50])
    if style.look is Look.DAY and 0 <= value <= _LAST_SERIAL:
        return Cell(_day_text(value, from_1904=from_1904))
    if style.look is Look.TIME and value >= 0:
        return Cell(_clock(int((value * _DAY_SECONDS).to_integral_value())))
    if style.look is Look.PERCENT:
        return Cell(plain(value * 100) + "%")
    if value.adjusted() >= DIGITS and value == value.to_integral_value():
        return Cell(plain(value), Refused("digits_lost", text=shown(text.strip())))
    return Cell(plain(value).zfill(style.zeros) if value == value.to_integral_value() and value >= 0 else plain(value))


def plain(value: Decimal) -> str:
    """A number of 15 digits with a decimal comma, without zeros at its end."""
    text = f"{_EXACT.plus(value):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace(".", ",")


def _day_text(serial: Decimal, *, from_1904: bool) -> str:
    """The day, with the time when there is one. The first system has a 29th of February 1900, which no calendar has."""
    seconds = int((serial * _DAY_SECONDS).to_integral_value())
    days, rest = divmod(seconds, _DAY_SECONDS)
    if not from_1904 and days == 0:
        return _clock(rest)
    if not from_1904 and days == 60:
        return "1900-02-29"
    first = date(1904, 1, 1) if from_1904 else date(1899, 12, 31 if days < 60 else 30)
    try:
        day = (first + timedelta(days=days)).isoformat()
    except OverflowError:
        return plain(serial)
    return f"{day} {_clock(rest)}" if rest else day


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02d}" + (f":{second:02d}" if second else "")
