"""What the cells of a folder mean together: keys, references, days, lots. Every check looks at sound cells only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from ledger.core.import_sheet import Draft, Sheet
from ledger.core.imported import Known, KnownLot, Terms, by_start
from ledger.core.periods import Month, months_later
from ledger.core.production import Mark, Unit

ADULT_MONTHS = 18 * 12
PIECE = 1000


@dataclass(frozen=True)
class Folder:
    """What is read and what is in the books already."""

    known: Known
    people: Sheet
    products: Sheet
    days: Sheet
    lots: Sheet
    sales: Sheet

    def approved(self, *days: date) -> list[Month]:
        """The approved months among these days' months."""
        return sorted({Month.of(day) for day in days} & self.known.approved)

    def refuse_shut(self, sheet: Sheet, draft: Draft, key: object, day: date | None = None) -> bool:
        """Refuse the row when a closed month without a run books what it changes, or is that of its day; whether it was."""
        month = self.known.shut.get(key)
        if month is None and day is not None and Month.of(day) in self.known.closed:
            month = Month.of(day)
        if month is not None:
            sheet.refuse(draft, "Data", "closed_month", month=str(month))
        return month is not None


# ---------- participants ----------


def check_people(folder: Folder) -> None:
    """Rows of dalyviai.csv."""
    sheet = folder.people
    sheet.check_once(["Nr."], "Nr.", "participant_twice")
    for draft in sheet.having("Pradėjo", "Baigė"):
        if draft.cells["Baigė"] and draft.cells["Baigė"] < draft.cells["Pradėjo"]:
            sheet.refuse(draft, "Baigė", "left_before_start", started=str(draft.cells["Pradėjo"]))
    for draft in sheet.having("Gimimo data", "Pradėjo"):
        _check_age(sheet, draft)
    _check_stored_days(folder)


def _check_age(sheet: Sheet, draft: Draft) -> None:
    birth, started = draft.cells["Gimimo data"], draft.cells["Pradėjo"]
    if birth > started:
        sheet.refuse(draft, "Gimimo data", "born_after_start", started=str(started))
    elif months_later(birth, ADULT_MONTHS) > started:
        sheet.warn(draft, "Gimimo data", "under_age", started=str(started))


def _check_stored_days(folder: Folder) -> None:
    """A first or last day may not leave a stored day of attendance or work outside."""
    sheet, worked = folder.people, defaultdict[str, set[date]](set)
    for day, number in folder.known.attendance:
        worked[number].add(day)
    for lot in folder.known.lots.values():
        for number in lot.makers:
            worked[number].add(lot.day)
    for draft in sheet.having("Nr."):
        days = worked.get(draft.cells["Nr."])
        if days and draft.has("Pradėjo") and min(days) < draft.cells["Pradėjo"]:
            sheet.refuse(draft, "Pradėjo", "stored_day_before", day=str(min(days)))
        if days and draft.cells.get("Baigė") and max(days) > draft.cells["Baigė"]:
            sheet.refuse(draft, "Baigė", "stored_day_after", day=str(max(days)))


def warn_same_account(folder: Folder) -> None:
    """One account of two people is odd, not wrong; a changed one waits for a second person."""
    sheet = folder.people
    sent = {draft.cells["Nr."] for draft in sheet.having("Nr.")}
    stored = folder.known.participants
    owners = {person.iban: number for number, person in stored.items() if person.iban and number not in sent}
    for draft in sheet.having("Nr.", "Sąskaita (IBAN)"):
        iban = draft.cells["Sąskaita (IBAN)"]
        if iban and owners.setdefault(iban, draft.cells["Nr."]) != draft.cells["Nr."]:
            sheet.warn(draft, "Sąskaita (IBAN)", "account_twice", other=owners[iban])
        person = stored.get(draft.cells["Nr."])
        if iban and person is not None and person.iban not in ("", iban):
            sheet.warn(draft, "Sąskaita (IBAN)", "account_asked")


Bounds = Mapping[str, tuple[date | None, date | None]]


def people_bounds(folder: Folder) -> Bounds:
    """First and last day of everybody who is known once the folder is in; a day that is not sound is None."""
    bounds = {number: (person.started, person.ended) for number, person in folder.known.participants.items()}
    brought: dict[str, tuple[date | None, date | None]] = {
        draft.cells["Nr."]: (draft.cells.get("Pradėjo"), draft.cells.get("Baigė"))
        for draft in folder.people.having("Nr.")
    }
    return {**bounds, **brought}


def _check_person(folder: Folder, sheet: Sheet, drafts: Iterable[Draft]) -> None:
    bounds = people_bounds(folder)
    for draft in drafts:
        number = draft.cells["Dalyvis"]
        if number not in bounds:
            if folder.people.readable:
                sheet.refuse(draft, "Dalyvis", "unknown_participant", number=number)
            continue
        started, ended = bounds[number]
        day = draft.cells.get("Data")
        if day and started and day < started:
            sheet.refuse(draft, "Data", "before_start", number=number, started=str(started))
        elif day and ended and day > ended:
            sheet.refuse(draft, "Data", "after_end", number=number, ended=str(ended))


# ---------- products ----------


def check_products(folder: Folder) -> None:
    """Rows of gaminiai.csv."""
    sheet = folder.products
    sheet.check_once(["Kodas", "Galioja nuo"], "Kodas", "product_twice")
    first: dict[tuple[str, str], Draft] = {}
    for draft in sheet.having("Kodas"):
        code = draft.cells["Kodas"]
        for column in ("Pavadinimas", "Matas", "Paslauga"):
            if draft.has(column):
                same = first.setdefault((code, column), draft)
                if same.cells[column] != draft.cells[column]:
                    sheet.refuse(draft, column, "product_differs", code=code, line=same.line)
        product = folder.known.products.get(code)
        if product and draft.has("Matas") and draft.cells["Matas"] is not product.unit:
            sheet.refuse(draft, "Matas", "unit_fixed", code=code, unit=product.unit.value)
    for draft in sheet.sound():
        sheet.check_open(draft, "Kodas", "product_approved_month", _months_reached(folder.known, draft))


def warn_materials(folder: Folder) -> None:
    """Materials that cost more than the price."""
    for draft in folder.products.having("Kaina, €", "Medžiagos vienetui, €"):
        price, material = draft.cells["Kaina, €"], draft.cells["Medžiagos vienetui, €"]
        if material > price:
            values = {"price_cents": price, "material_cents": material}
            folder.products.warn(draft, "Medžiagos vienetui, €", "materials_above_price", **values)


def _months_reached(known: Known, draft: Draft) -> list[Month]:
    """The approved months in which other terms would now hold."""
    product, since = known.products.get(draft.cells["Kodas"]), draft.cells["Galioja nuo"]
    if product is None:
        return []
    if product.terms.get(since) == Terms(draft.cells["Kaina, €"], draft.cells["Medžiagos vienetui, €"]):
        return []
    later = [by_start(other) for other in product.terms if by_start(other) > by_start(since)]
    end = min(later, default=date.max)
    first = all(by_start(other) >= by_start(since) for other in product.terms)
    return sorted(month for month in known.approved if month.first < end and (first or month.last >= by_start(since)))


def units(folder: Folder) -> dict[str, Unit | None]:
    """The unit of every product that is known once the folder is in; None where it is not sound."""
    brought = {draft.cells["Kodas"]: draft.cells.get("Matas") for draft in reversed(folder.products.having("Kodas"))}
    return {**brought, **{code: product.unit for code, product in folder.known.products.items()}}


def check_product(folder: Folder, sheet: Sheet, counted: tuple[str, ...]) -> None:
    """The product is known, and what is counted in pieces comes in whole ones."""
    known = units(folder)
    for draft in sheet.having("Gaminys"):
        code = draft.cells["Gaminys"]
        if code not in known and folder.products.readable:
            sheet.refuse(draft, "Gaminys", "unknown_product", code=code)
        if known.get(code) is Unit.PIECE:
            for column in counted:
                if draft.has(column) and draft.cells[column] % PIECE:
                    sheet.refuse(draft, column, "part_of_piece", code=code)


# ---------- attendance ----------


def check_days(folder: Folder) -> None:
    """Rows of lankomumas.csv."""
    sheet = folder.days
    sheet.check_once(["Data", "Dalyvis"], "Data", "day_twice")
    _check_person(folder, sheet, sheet.having("Dalyvis"))
    for draft in sheet.sound():
        cells = draft.cells
        key = cells["Data"], cells["Dalyvis"]
        stored = folder.known.attendance.get(key)
        if stored is not None and (stored.minutes, stored.mark) == (cells["Valandos"], cells["Žyma"]):
            continue
        if not folder.refuse_shut(sheet, draft, key, None if stored else cells["Data"]):
            sheet.check_open(draft, "Data", "approved_month", folder.approved(cells["Data"]))


def warn_no_hours(folder: Folder) -> None:
    """Somebody who attended was there for some time."""
    for draft in folder.days.having("Valandos", "Žyma"):
        if draft.cells["Žyma"] is Mark.ATTENDED and not draft.cells["Valandos"]:
            folder.days.warn(draft, "Valandos", "attended_no_hours")


# ---------- lots ----------


def check_lots(folder: Folder) -> None:
    """Rows of gamyba.csv."""
    sheet = folder.lots
    sheet.check_once(["Partija", "Dalyvis"], "Dalyvis", "maker_twice")
    for column in ("Data", "Gaminys", "Geri", "Brokas"):
        _check_agree(sheet, column)
    check_product(folder, sheet, ("Geri", "Brokas"))
    for draft in sheet.having("Geri", "Brokas"):
        if not draft.cells["Geri"] and not draft.cells["Brokas"]:
            sheet.refuse(draft, "Geri", "nothing_made")
    _check_person(folder, sheet, sheet.having("Dalyvis"))
    for number, drafts in lots_sent(sheet).items():
        _check_stored_lot(folder, number, drafts)


def _check_agree(sheet: Sheet, column: str) -> None:
    first: dict[str, Draft] = {}
    for draft in sheet.having("Partija", column):
        lot = draft.cells["Partija"]
        other = first.setdefault(lot, draft)
        if other.cells[column] != draft.cells[column]:
            sheet.refuse(draft, column, "lot_disagrees", lot=lot, column=column, line=other.line)


def lots_sent(sheet: Sheet) -> dict[str, list[Draft]]:
    """The sound rows by lot, in the file's order."""
    lots = defaultdict[str, list[Draft]](list)
    for draft in sheet.sound():
        lots[draft.cells["Partija"]].append(draft)
    return dict(lots)


def lot_after(stored: KnownLot | None, drafts: list[Draft]) -> KnownLot:
    """The lot once these rows are in; makers whose rows are not sent stay."""
    cells = drafts[0].cells
    makers = {**(stored.makers if stored else {}), **{draft.cells["Dalyvis"]: draft.cells["Dalis"] for draft in drafts}}
    return KnownLot(cells["Gaminys"], cells["Data"], cells["Geri"], cells["Brokas"], makers)


def _check_stored_lot(folder: Folder, number: str, drafts: list[Draft]) -> None:
    """A part of a stored lot's rows may change shares only; a change may not reach into an approved month.

    A new lot of an approved month is no change of it: the first open month books it and matches what was sold without a lot."""
    sheet, stored, after = folder.lots, folder.known.lots.get(number), lot_after(folder.known.lots.get(number), drafts)
    if stored == after:
        return
    if stored and not set(stored.makers) <= {draft.cells["Dalyvis"] for draft in drafts}:
        told = _facts("old", stored)
        for draft in drafts:
            if _facts("old", lot_after(stored, [draft])) != told:
                sent = _facts("new", lot_after(None, [draft]))
                sheet.refuse(draft, "Partija", "lot_differs", lot=number, **told, **sent)
    days = (stored.day, after.day) if stored else ()
    for draft in drafts:
        if not draft.refused and not folder.refuse_shut(sheet, draft, number):
            sheet.check_open(draft, "Data", "approved_month", folder.approved(*days))


def _facts(prefix: str, lot: KnownLot) -> dict[str, str | int]:
    return {
        f"{prefix}_day": str(lot.day),
        f"{prefix}_product": lot.product,
        f"{prefix}_good_thousandths": lot.good,
        f"{prefix}_reject_thousandths": lot.reject,
        f"{prefix}_makers": ", ".join(lot.makers),
    }


def warn_absent_makers(folder: Folder) -> None:
    """A maker without D on a day that has accepted attendance rows."""
    present = {key for key, day in folder.known.attendance.items() if day.mark is Mark.ATTENDED}
    sound = folder.days.sound()
    sent = {(draft.cells["Data"], draft.cells["Dalyvis"]) for draft in sound}
    marked = {(draft.cells["Data"], draft.cells["Dalyvis"]) for draft in sound if draft.cells["Žyma"] is Mark.ATTENDED}
    days = {day for day, _ in chain(folder.known.attendance, sent)}
    present = (present - sent) | marked
    for draft in folder.lots.having("Data", "Dalyvis"):
        day, number = draft.cells["Data"], draft.cells["Dalyvis"]
        if day in days and (day, number) not in present:
            folder.lots.warn(draft, "Dalyvis", "maker_absent", number=number, day=str(day))
