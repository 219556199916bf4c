"""Bringing data in: `read_folder` reads the five files, says every fault at once and gives the rows to be taken.

Pure: it gets bytes and what is in the books, and knows no database and no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from ledger.core import import_cells, import_checks, import_sales
from ledger.core.csvfile import Source, Table
from ledger.core.faults import Fault
from ledger.core.import_checks import Folder
from ledger.core.import_sheet import Draft, Sheet
from ledger.core.imported import (
    Counts,
    Item,
    Key,
    Kind,
    Known,
    KnownDay,
    KnownLine,
    KnownLot,
    KnownProduct,
    LineKey,
    Participant,
    Preview,
    PreviewRow,
    ProductRow,
    Reading,
    Taken,
    Terms,
    Totals,
    by_start,
    start_on,
    terms_on,
)
from ledger.core.production import Mark

__all__ = [
    "FILES", "Counts", "Kind", "Known", "KnownDay", "KnownLine", "KnownLot", "KnownProduct", "LineKey", "Participant",
    "Preview", "PreviewRow", "ProductRow", "Reading", "Taken", "Terms", "Totals", "read_folder", "terms_on",
]  # fmt: skip

FILES = ("dalyviai.csv", "gaminiai.csv", "lankomumas.csv", "gamyba.csv", "pardavimai.csv")


def read_folder(files: Mapping[str, bytes | Table], known: Known, *, today: date, vat_payer: bool) -> Reading:
    """Read the files by their names (letter case does not count), and sheets of workbooks by their kinds, against the books; no
    bytes make it crash."""
    columns = import_cells.files(today, vat_payer=vat_payer)
    sheets = [Sheet(name, columns[name]) for name in FILES]
    read = _Read(files, {sheet.file: sheet for sheet in sheets})
    folder = Folder(known, *sheets)
    _check(folder)
    rows = _Rows(folder)
    _warn(folder)
    return Reading(
        faults=(*read.unopened, *(fault for sheet in sheets for fault in sheet.faults())),
        participants=rows.participants,
        products=rows.products,
        attendance=rows.attendance,
        lots=rows.lots,
        lines=rows.lines,
        previews=tuple(sheet.preview() for sheet in sheets if sheet.drafts),
        totals=_totals(rows),
        not_read=tuple(sorted(read.not_read)),
        sources=read.sources,
    )


class _Read:
    """Each file read into its sheet; the names that are none of the five, and the workbooks that could not be opened."""

    def __init__(self, files: Mapping[str, bytes | Table], sheets: Mapping[str, Sheet]) -> None:
        self.not_read: list[str] = []
        self.unopened: list[Fault] = []
        self.sources: dict[str, Source] = {}
        for name, sent in files.items():
            sheet = sheets.get((sent.kind if isinstance(sent, Table) else name).casefold())
            if sheet is not None:
                self._into(sheet, name, sent)
            elif isinstance(sent, Table) and sent.stopped:
                why = sent.stopped
                self.unopened.append(Fault(sent.source.file, why.line, "", why.code, "refused", why.values))
            else:
                self.not_read.append(name)

    def _into(self, sheet: Sheet, name: str, sent: bytes | Table) -> None:
        if sheet.file in self.sources:
            sheet.refuse_file(1, "", "file_twice", file=name)
        else:
            self.sources[sheet.file] = sent.source if isinstance(sent, Table) else Source(name)
            sheet.read(sent)


def _check(folder: Folder) -> None:
    import_checks.check_people(folder)
    import_checks.check_products(folder)
    import_checks.check_days(folder)
    import_checks.check_lots(folder)
    import_sales.check_sales(folder)


def _warn(folder: Folder) -> None:
    """Last of all, so that what is refused comes before what is only odd."""
    import_checks.warn_same_account(folder)
    import_checks.warn_materials(folder)
    import_checks.warn_no_hours(folder)
    import_checks.warn_absent_makers(folder)
    import_sales.warn_sold_more(folder)


class _Rows:
    """The sound rows of each file as they would be taken."""

    def __init__(self, folder: Folder) -> None:
        known = folder.known
        self.participants = _taken(folder.people, _number, _participant, known.participants)
        self.products = tuple(_product(known, draft) for draft in folder.products.sound())
        self.attendance = _taken(folder.days, _day_key, _day, known.attendance)
        lots = import_checks.lots_sent(folder.lots)
        self.lots = tuple(_lot(known, number, drafts) for number, drafts in lots.items())
        self.lines = _taken(folder.sales, import_sales.line_key, import_sales.line_of, known.lines)


def _taken(
    sheet: Sheet,
    key_of: Callable[[Draft], Key],
    item_of: Callable[[Draft], Item],
    stored: Mapping[Key, Item],
) -> tuple[Taken[Key, Item], ...]:
    rows = []
    for draft in sheet.sound():
        key, item = key_of(draft), item_of(draft)
        old = stored.get(key)
        draft.same = item == old
        rows.append(Taken(draft.line, key, _kind(item, old), item, old, draft.late))
    return tuple(rows)


def _kind(new: object, old: object | None) -> Kind:
    if old is None:
        return Kind.NEW
    return Kind.SAME if new == old else Kind.CHANGED


def _number(draft: Draft) -> str:
    number: str = draft.cells["Nr."]
    return number


def _day_key(draft: Draft) -> tuple[date, str]:
    return draft.cells["Data"], draft.cells["Dalyvis"]


def _participant(draft: Draft) -> Participant:
    cells = draft.cells
    return Participant(
        cells["Nr."], cells["Vardas"], cells["Pavardė"], cells["Gimimo data"], cells["Pradėjo"], cells["Baigė"],
        cells["Sąskaita (IBAN)"] or "",
    )  # fmt: skip


def _day(draft: Draft) -> KnownDay:
    return KnownDay(draft.cells["Valandos"], draft.cells["Žyma"])


def _product(known: Known, draft: Draft) -> Taken[tuple[str, date | None], ProductRow]:
    """Terms of a new day change the product: `old` is then what held on that day so far."""
    cells = draft.cells
    code, since = cells["Kodas"], cells["Galioja nuo"]
    terms = Terms(cells["Kaina, €"], cells["Medžiagos vienetui, €"])
    new = ProductRow(code, cells["Pavadinimas"], cells["Matas"], cells["Paslauga"], since, terms)
    product = known.products.get(code)
    old = product.row(code, start_on(product.terms, by_start(since))) if product else None
    draft.same = new == old
    return Taken(draft.line, (code, since), _kind(new, old), new, old, draft.late)


def _lot(known: Known, number: str, drafts: list[Draft]) -> Taken[str, KnownLot]:
    old = known.lots.get(number)
    new = import_checks.lot_after(old, drafts)
    for draft in drafts:
        draft.same = new == old
    return Taken(drafts[0].line, number, _kind(new, old), new, old, any(draft.late for draft in drafts))


def _totals(rows: _Rows) -> Totals:
    made, sold = Counter[str](), Counter[str]()
    for lot in rows.lots:
        made[lot.new.product] += lot.new.good
    for line in rows.lines:
        sold[line.new.product] += line.new.quantity
    return Totals(
        minutes=sum(row.new.minutes for row in rows.attendance if row.new.mark is Mark.ATTENDED),
        made=dict(made),
        sold=dict(sold),
        gross_cents=sum(import_sales.gross_cents(row.new) for row in rows.lines),
    )
