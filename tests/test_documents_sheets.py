"""Tables that go out: real numbers and days for a spreadsheet, nothing that it would run, and read back the same."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.csvfile import decode, rows
from ledger.core.journal import Account
from ledger.core.periods import Month
from ledger.documents.postings import Posting, postings_xlsx
from ledger.documents.sheets import Cell, Cents, Sheet, Thousandths, csv_of, xlsx_of
from ledger.documents.workbooks import sheets

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C",), exclude_characters="\ufffe\uffff"), min_size=1, max_size=12)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(), TEXT.filter(lambda text: bool(text.strip())), st.integers(-10**12, 10**12), st.integers(-10**11, 10**11).map(Cents),
    st.integers(-10**12, 10**12).map(Thousandths), st.dates(date(1900, 3, 1), date(9999, 12, 31)))


def comma(value: int, places: int) -> str:
    """A whole number of the smallest unit as it is read back: without zeros at its end."""
    whole, part = divmod(abs(value), 10**places)
    text = f"{whole},{part:0{places}d}".rstrip("0").rstrip(",")
    return f"-{text}" if value < 0 else text


def said(cell: Cell) -> str:
    if isinstance(cell, Cents):
        return comma(cell.cents, 2)
    if isinstance(cell, Thousandths):
        return comma(cell.value, 3)
    return "" if cell is None else str(cell)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5))
def test_what_is_written_as_xlsx_is_read_back_the_same(given_rows: list[tuple[Cell, ...]]) -> None:
    sheet = Sheet("Lapas", ("a", "b", "c"), tuple(given_rows))
    [read] = sheets(xlsx_of([sheet], NOW))
    found = {row.line: (*row.cells, "", "", "")[:3] for row in read.rows()}
    assert {place: tuple(map(said, row)) for place, row in enumerate(given_rows, 2) if any(map(said, row))} == {
        place: cells for place, cells in found.items() if place > 1}
    assert not any(row.wrong for row in read.rows())


@pytest.mark.parametrize("evil", [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "=HYPERLINK(\"http://x\")", "http://x",
    "%1"])
def test_nothing_is_run_by_a_spreadsheet(evil: str) -> None:
    table = Sheet("Lapas", (evil,), ((evil,),))
    with zipfile.ZipFile(io.BytesIO(xlsx_of([table], NOW))) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in archive.namelist() if "external" in name or "vba" in name]
    assert "<f>" not in page
    assert "hyperlink" not in page
    for cell in [cell for raw in rows(decode(csv_of([table]))) for cell in raw.cells][1:]:
        assert cell.strip()[:1] not in tuple("=+-@%") or cell.startswith("'")


def test_days_quantities_and_sums_are_numbers_for_a_spreadsheet() -> None:
    sheet = Sheet("Lapas", ("Diena", "Kiekis", "Suma"), ((date(2026, 10, 5), Thousandths(2500), Cents(805)),))
    with zipfile.ZipFile(io.BytesIO(xlsx_of([sheet], NOW))) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert all(f"<v>{value}</v>" in page for value in ("46300", "2.5", "8.05"))
    assert csv_of([sheet]).decode("utf-8-sig").splitlines()[-1] == "2026-10-05;2,5;8,05"


def test_the_journal_has_real_days() -> None:
    posting = Posting(1, date(2026, 10, 5), Month(2026, 10), "payment", "A", Account.BANK, "", "D1", 805)
    with zipfile.ZipFile(io.BytesIO(postings_xlsx([posting], {}, NOW))) as archive:
        assert "<v>46300</v>" in archive.read("xl/worksheets/sheet1.xml").decode()
