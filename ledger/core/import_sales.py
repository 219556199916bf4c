"""Sale lines of a folder: returns, and what is sold beyond what was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from ledger.core.import_checks import Folder, check_product
from ledger.core.import_sheet import Draft, Sheet
from ledger.core.imported import KnownLine, LineKey
from ledger.core.money import natural

WHOLE = 100_000
THOUSAND = 1000


def check_sales(folder: Folder) -> None:
    """Rows of pardavimai.csv. A new line of an approved month, a return too, is an ordinary one of the first open month."""
    sheet = folder.sales
    sheet.check_once(["Dokumentas", "Eil. Nr."], "Eil. Nr.", "line_twice")
    check_product(folder, sheet, ("Kiekis",))
    for draft in sheet.having("Kiekis", "Grąžinta eil."):
        if draft.cells["Kiekis"] < 0 and not draft.cells["Grąžinta eil."]:
            sheet.refuse(draft, "Grąžinta eil.", "return_of_what")
        elif draft.cells["Kiekis"] > 0 and draft.cells["Grąžinta eil."]:
            sheet.refuse(draft, "Grąžinta eil.", "no_return")
    _Returns(folder).check()
    for draft in sheet.sound():
        key, line = line_key(draft), line_of(draft)
        stored = folder.known.lines.get(key)
        if stored != line and not folder.refuse_shut(sheet, draft, key):
            days = (line.day, stored.day) if stored else ()
            sheet.check_open(draft, "Data", "approved_month", folder.approved(*days))


def line_key(draft: Draft) -> LineKey:
    """The document and the line of a row."""
    return draft.cells["Dokumentas"], draft.cells["Eil. Nr."]


def line_of(draft: Draft) -> KnownLine:
    """A sound row as a line."""
    cells = draft.cells
    return KnownLine(
        cells["Data"], cells["Kanalas"], cells["Gaminys"], cells["Kiekis"], cells["Kaina, €"],
        cells["Nuolaida, %"], cells["PVM, %"], cells["Grąžinta eil."],
    )  # fmt: skip


def gross_cents(line: KnownLine) -> int:
    """Quantity x price x (100 - discount) / 100, half up away from zero (calculation.md section 2)."""
    exact, unit = abs(line.quantity) * line.price_cents * (WHOLE - line.discount), THOUSAND * WHOLE
    cents = (2 * exact + unit) // (2 * unit)
    return -cents if line.quantity < 0 else cents


class _Returns:
    """Each return against the line it returns, in the order of their days."""

    def __init__(self, folder: Folder) -> None:
        self.known = folder.known.lines
        self.sheet: Sheet = folder.sales
        self.sent = {line_key(draft): draft for draft in reversed(self.sheet.having("Dokumentas", "Eil. Nr."))}
        self.returned = defaultdict[LineKey, int](int)
        self.first_return: dict[LineKey, date] = {}
        for key, line in self.known.items():
            if line.returns and key not in self.sent:
                self.returned[line.returns] -= line.quantity
                self.first_return[line.returns] = min(line.day, self.first_return.get(line.returns, line.day))

    def check(self) -> None:
        """Refuse what was not sold so; a return that is refused counts for nothing."""
        for key, draft in self.sent.items():
            self._check_stored_returns(key, draft)
        returns = [draft for draft in self.sheet.having("Grąžinta eil.", "Kiekis") if draft.cells["Grąžinta eil."]]
        for draft in sorted(returns, key=_in_order):
            self._check_return(draft, draft.cells["Grąžinta eil."])

    def _check_stored_returns(self, key: LineKey, draft: Draft) -> None:
        """A line may not shrink below what was returned of it, become another product or move behind its return."""
        if key not in self.first_return:
            return
        returned, product, quantity = self.returned[key], draft.cells.get("Gaminys"), draft.cells.get("Kiekis")
        if quantity is not None and quantity < returned:
            self.sheet.refuse(draft, "Kiekis", "less_than_returned", returned_thousandths=returned)
        if product and key in self.known and product != self.known[key].product:
            self.sheet.refuse(draft, "Gaminys", "returned_as_other", code=self.known[key].product)
        if draft.has("Data") and draft.cells["Data"] > self.first_return[key]:
            self.sheet.refuse(draft, "Data", "returned_earlier", day=str(self.first_return[key]))

    def _check_return(self, draft: Draft, key: LineKey) -> None:
        cells = self._cells(key)
        named = {"document": key[0], "number": key[1]}
        if cells is None:
            if self.sheet.readable:
                self.sheet.refuse(draft, "Grąžinta eil.", "returned_line_missing", **named)
            return
        if cells.get("Kiekis", 1) < 0:
            self.sheet.refuse(draft, "Grąžinta eil.", "returns_a_return", **named)
            return
        product, day = cells.get("Gaminys"), cells.get("Data")
        if product and draft.has("Gaminys") and draft.cells["Gaminys"] != product:
            self.sheet.refuse(draft, "Gaminys", "returns_other_product", code=product, **named)
        if day and draft.has("Data") and draft.cells["Data"] < day:
            self.sheet.refuse(draft, "Data", "returned_before_sold", day=str(day), **named)
        if draft.has("Gaminys", "Data") and "Kiekis" in cells:
            self._check_quantity(draft, key, cells["Kiekis"])

    def _check_quantity(self, draft: Draft, key: LineKey, sold: int) -> None:
        returned = self.returned[key] - draft.cells["Kiekis"]
        if returned > sold:
            values = {"sold_thousandths": sold, "returned_thousandths": self.returned[key]}
            self.sheet.refuse(draft, "Kiekis", "returns_too_much", document=key[0], number=key[1], **values)
        else:
            self.returned[key] = returned

    def _cells(self, key: LineKey) -> dict[str, Any] | None:
        """The sound cells of a line, sent or stored; None when there is no such line."""
        if key in self.sent:
            return self.sent[key].cells
        line = self.known.get(key)
        return {"Gaminys": line.product, "Data": line.day, "Kiekis": line.quantity} if line else None


def _in_order(draft: Draft) -> tuple[object, ...]:
    cells = draft.cells
    line, document = natural(cells.get("Eil. Nr.", "")), natural(cells.get("Dokumentas", ""))
    return cells.get("Data", date.max), line, document, draft.line


# ---------- sold more than made ----------


@dataclass(frozen=True)
class _Move:
    """A sale or a return of one product, in the order of matching."""

    day: date
    key: LineKey
    quantity: int
    returns: LineKey | None
    draft: Draft | None

    @property
    def order(self) -> tuple[object, ...]:
        return self.day, self.quantity < 0, natural(self.key[1]), natural(self.key[0])


def warn_sold_more(folder: Folder) -> None:
    """Lines that the lots of their own day and earlier do not cover, as first in, first out takes them."""
    made = _made(folder)
    moves = defaultdict[str, list[_Move]](list)
    for product, move in chain(_sent_moves(folder.sales), _known_moves(folder)):
        moves[product].append(move)
    for product, of_product in moves.items():
        for move, bare in _uncovered(sorted(of_product, key=lambda move: move.order), made.get(product, [])):
            if move.draft:
                folder.sales.warn(move.draft, "Kiekis", "sold_more_than_made", code=product, bare_thousandths=bare)


def _uncovered(moves: Iterable[_Move], made: list[tuple[date, int]]) -> Iterable[tuple[_Move, int]]:
    """Each sale that is not covered, with the quantity that is not."""
    stock, place, bare = 0, 0, dict[LineKey, int]()
    for move in moves:
        while place < len(made) and made[place][0] <= move.day:
            stock += made[place][1]
            place += 1
        if move.quantity > 0:
            covered = min(stock, move.quantity)
            stock -= covered
            bare[move.key] = move.quantity - covered
        elif move.returns:
            given_back = min(bare.get(move.returns, 0), -move.quantity)
            bare[move.returns] = bare.get(move.returns, 0) - given_back
            stock += -move.quantity - given_back
        if move.quantity > 0 and bare[move.key]:
            yield move, bare[move.key]


def _made(folder: Folder) -> dict[str, list[tuple[date, int]]]:
    """Good quantities by product and day, the folder's lots in the place of the stored ones."""
    lots = {number: (lot.product, lot.day, lot.good) for number, lot in folder.known.lots.items()}
    for draft in reversed(folder.lots.having("Partija", "Gaminys", "Data", "Geri")):
        lots[draft.cells["Partija"]] = (draft.cells["Gaminys"], draft.cells["Data"], draft.cells["Geri"])
    made = defaultdict[str, list[tuple[date, int]]](list)
    for product, day, good in lots.values():
        made[product].append((day, good))
    return {product: sorted(of_product) for product, of_product in made.items()}


def _sent_moves(sheet: Sheet) -> Iterable[tuple[str, _Move]]:
    for draft in sheet.having("Dokumentas", "Eil. Nr.", "Data", "Gaminys", "Kiekis", "Grąžinta eil."):
        cells = draft.cells
        yield cells["Gaminys"], _Move(cells["Data"], line_key(draft), cells["Kiekis"], cells["Grąžinta eil."], draft)


def _known_moves(folder: Folder) -> Iterable[tuple[str, _Move]]:
    sent = {line_key(draft) for draft in folder.sales.having("Dokumentas", "Eil. Nr.")}
    for key, line in folder.known.lines.items():
        if key not in sent:
            yield line.product, _Move(line.day, key, line.quantity, line.returns, None)
