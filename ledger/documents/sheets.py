"""Tables as files for a spreadsheet: CSV as spreadsheets read it here, and XLSX. What people wrote never becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter


@dataclass(frozen=True)
class Cents:
    """A sum of money in a cell; a spreadsheet gets it as a number of euros."""

    cents: int

    @property
    def euros(self) -> Decimal:
        """The sum in euros, exactly."""
        return Decimal(self.cents).scaleb(-2)


@dataclass(frozen=True)
class Thousandths:
    """A quantity in a cell (percents are one of hundredths); a spreadsheet gets it as a number with what decimals it has."""

    value: int

    @property
    def number(self) -> Decimal:
        """The quantity, exactly, without zeros at its end."""
        found = Decimal(self.value).scaleb(-3).normalize()
        return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


Cell = str | int | Cents | Thousandths | date | None


@dataclass(frozen=True)
class Sheet:
    """A table with its heads; None is an empty cell, a date a real day."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_of(sheets: Sequence[Sheet]) -> bytes:
    """The tables one below another, each under its title, an empty line between: semicolons, decimal comma, UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for place, sheet in enumerate(sheets):
        writer.writerows([()] if place else [])
        writer.writerow([harmless(sheet.title)])
        writer.writerow([harmless(head) for head in sheet.heads])
        writer.writerows([[_csv_cell(cell) for cell in row] for row in sheet.rows])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, Cents | Thousandths):
        return str(cell.euros if isinstance(cell, Cents) else cell.number).replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell) if isinstance(cell, int) else harmless(cell)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what would begin one."""
    return f"'{text}" if re.match(r"[\s\0]*[=+\-@|%]", text) else text


def xlsx_of(sheets: Sequence[Sheet], made_at: datetime) -> bytes:
    """An XLSX file with a page for each table; sums are numbers with two decimals, days are days, texts are texts whatever they
    begin with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    write = _Writer(book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}))
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_page_name(sheet.title, taken))
        for column, text in enumerate(sheet.heads):
            page.write_string(0, column, text, head)
        for number, row in enumerate(sheet.rows, 1):
            for column, cell in enumerate(row):
                write.cell(page, number, column, cell)
        _widths(page, sheet)
    book.close()
    return out.getvalue()


@dataclass(frozen=True)
class _Writer:
    """Cells as what they are; the two are formats of XlsxWriter, which ships no types."""

    money: Any
    day: Any

    def cell(self, page: Any, number: int, column: int, cell: Cell) -> None:
        if isinstance(cell, Cents):
            page.write_number(number, column, cell.euros, self.money)
        elif isinstance(cell, Thousandths):
            page.write_number(number, column, cell.number)
        elif isinstance(cell, date):
            page.write_datetime(number, column, cell, self.day)
        elif isinstance(cell, int):
            page.write_number(number, column, cell)
        elif cell is not None:
            page.write_string(number, column, cell)


def _widths(page: Any, sheet: Sheet) -> None:  # Any: XlsxWriter ships no types
    page.freeze_panes(1, 0)
    for column, text in enumerate(sheet.heads):
        longest = max((len(cell) for cell in (row[column] for row in sheet.rows) if isinstance(cell, str)), default=0)
        page.set_column(column, column, min(40, max(10, longest, *(len(word) for word in text.split()))) + 2)


def _page_name(title: str, taken: set[str]) -> str:
    """A name that a page may have: 31 characters without []:*?/\\, each once."""
    name = re.sub(r"[\[\]:*?/\\]", " ", title).strip().strip("'")[:28] or "-"
    while name.casefold() in taken:
        found = re.fullmatch(r"(.*?)(?: (\d+))?", name)
        assert found is not None
        name = f"{found[1]} {int(found[2] or 1) + 1}"
    taken.add(name.casefold())
    return name
