"""Workbooks for tests: written whole (XLSX by XlsxWriter, ODS by hand), or part by part where a file must be wrong."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import xlsxwriter

from ledger.core.faults import Refused
from ledger.core.numbers import take

Table = Sequence[Sequence[Any]]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(f'xmlns:{short}="{OFFICE}{name}:1.0"' for short, name in (
    ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("manifest", "manifest")))
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def rows_of(data: bytes) -> list[list[str]]:
    """The cells of a CSV file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1257")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def typed(rows: Table, texts: Collection[str]) -> list[list[Any]]:
    """A CSV file's cells as somebody would type them: days and numbers are real ones, except in these columns."""
    heads, *rest = rows
    return [list(heads), *([cell if heads[place] in texts else _typed(cell) for place, cell in enumerate(row)] for row in rest)]


def _typed(cell: str) -> Any:
    if len(cell) == 10 and cell[4:5] == "-":
        return date.fromisoformat(cell)
    try:
        number = take(cell)
    except Refused:
        return cell
    return float(f"{'-' if number.negative else ''}{number.whole}.{number.fraction or 0}")


def xlsx(sheets: Mapping[str, Table], *, from_1904: bool = False, hidden: Collection[str] = ()) -> bytes:
    """A workbook with real days and numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
                                     "strings_to_urls": False, "date_1904": from_1904})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        if name in hidden:
            page.hide()
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(line, place, cell, day)
                elif isinstance(cell, int | float):
                    page.write_number(line, place, cell)
                elif cell not in (None, ""):
                    page.write_string(line, place, cell)
    book.close()
    return out.getvalue()


def ods(sheets: Mapping[str, Table], *, numbers: Collection[int] = (), body: str = "") -> bytes:
    """A workbook with real days and numbers; what stands in the columns `numbers` as text is a number too."""
    tables = "".join(f'<table:table table:name="{escape(name)}">' + "".join(
        f"<table:table-row>{''.join(_cell(cell, place in numbers) for place, cell in enumerate(row))}</table:table-row>"
        for row in rows) + "</table:table>" for name, rows in sheets.items())
    return ods_of(f"{tables}{body}")


def ods_of(tables: str, *, styles: str = "", more: Mapping[str, str | bytes] | None = None, head: str = "") -> bytes:
    """An ODS file with these tables as XML."""
    content = (f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {SPACES} office:version="1.3">'
               f"<office:automatic-styles>{styles}</office:automatic-styles>"
               f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>")
    manifest = (f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {SPACES}>'
                '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
                "</manifest:manifest>")
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content,
                   "META-INF/manifest.xml": manifest, **(more or {})})


def _cell(cell: Any, number: bool) -> str:
    if cell in (None, ""):
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return (f'<table:table-cell office:value-type="date" office:date-value="{cell}"><text:p>{cell:%d.%m.%y}</text:p>'
                "</table:table-cell>")
    if isinstance(cell, int | float) or number:
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def xlsx_of(rows: str, *, after: str = "", sheets: Sequence[tuple[str, str]] = (), book: str = "", styles: str = "",
            shared: str = "", more: Mapping[str, str | bytes] | None = None, head: str = "") -> bytes:
    """An XLSX file with these rows as XML in its first sheet; `sheets` are more of them, by name."""
    pages = [("Lapas1", rows), *sheets]
    named = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="s{n}"/>' for n, (name, _rows) in enumerate(pages, 1))
    related = "".join(f'<Relationship Id="s{n}" Type="{REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                      for n in range(1, len(pages) + 1))
    related += "".join(f'<Relationship Id="{name}" Type="{REL}/{name}" Target="{name}.xml"/>'
                       for name in ("styles", "sharedStrings"))
    return zipped({
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships><Relationship Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{REL}">{book}<sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>",
        **{f"xl/worksheets/sheet{n}.xml": f'{head if n == 1 else ""}<worksheet {MAIN}><sheetData>{page}</sheetData>'
                                          f'{after if n == 1 else ""}</worksheet>' for n, (_name, page) in enumerate(pages, 1)},
        **(more or {})})


def line(number: int, *cells: str) -> str:
    """A row whose cells are texts; one that begins with < stands as it is."""
    return f'<row r="{number}">' + "".join(
        cell if cell.startswith("<") else f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        for place, cell in enumerate(cells)) + "</row>"
