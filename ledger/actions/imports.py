"""Bringing files in: a dry run that keeps nothing, then one all-or-nothing import with an audit entry for every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from ledger.actions import import_files
from ledger.actions.doing import Doing
from ledger.actions.import_files import Sent
from ledger.actions.import_rows import Notes, Rows
from ledger.actions.late import typed
from ledger.actions.people import Profile, keep_participant
from ledger.core import imports
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.imported import Kind, ProductRow, Reading, Taken
from ledger.core.imported import Participant as Brought
from ledger.core.late import kind_of, to_text
from ledger.core.periods import Month
from ledger.records import known, organisation, production
from ledger.records.people import Identity, Participant
from ledger.records.production import ALWAYS, Price, Product
from ledger.records.stipends import LateRow
from ledger.records.types import new_ref

PERMISSIONS: Mapping[str, May] = {
    "dalyviai.csv": May.IMPORT_PEOPLE, "gaminiai.csv": May.IMPORT_PRODUCTS, "lankomumas.csv": May.IMPORT_ATTENDANCE,
    "gamyba.csv": May.IMPORT_PRODUCTION, "pardavimai.csv": May.IMPORT_SALES,
}
PICTURES = (("žvak", "zvake"), ("muil", "muilas"), ("sąsiuvin", "sasiuvinis"), ("atvir", "atvirukas"), ("vainik", "vainikas"),
            ("dubenėl", "dubenelis"), ("maišel", "maiselis"), ("obuol", "obuoliai"), ("dėžut", "dezute"), ("pakavim", "dezute"))
"""Which of the product's own signs a new product gets by its name."""

Told = Callable[[int], object]


def read(doing: Doing, files: Mapping[str, Sent]) -> Reading:
    """How the files would be taken; nothing is kept. Raises Hidden for a kind of file that this role does not bring in."""
    if not any(doing.can(may) for may in PERMISSIONS.values()):
        raise Hidden
    tables = sent(doing, files)
    for name, table in tables.items():
        kind = import_files.kind_of(name, table)
        if kind:
            doing.check(PERMISSIONS[kind])
    vat_payer = organisation.get_organisation(doing.session, doing.scope).vat_payer
    return imports.read_folder(tables, known.known(doing.session, doing.vault, doing.scope), today=doing.today,
                               vat_payer=vat_payer)


def sent(doing: Doing, files: Mapping[str, Sent]) -> dict[str, Sent]:
    """The tables in the files; those that this role does not bring in stay closed."""
    return import_files.tables(files, lambda kind: doing.can(PERMISSIONS[kind]))


def bring_in(doing: Doing, files: Mapping[str, Sent], late_reason: str = "", told: Told = lambda _rows: None) -> Reading:
    """Take all rows, or none: raises Refused("import_refused") when a row is refused or reaches into an approved month without
    a reason. `told` hears how many rows are done."""
    doing.gate()
    reading = read(doing, files)
    if reading.refused or (reading.late and not late_reason.strip()):
        raise Refused("import_refused", count=len([one for one in reading.faults if one.severity != "warning"]))
    if not reading.previews:
        raise Refused("nothing_to_import")
    _Import(doing, reading, late_reason.strip(), told).take()
    return reading


class _Import:
    """One import under way: people and products one by one, the kinds with many rows in bulk, an audit entry for every row."""

    def __init__(self, doing: Doing, reading: Reading, late_reason: str, told: Told) -> None:
        self.doing, self.reading, self.late_reason, self.told = doing, reading, late_reason, told
        self.session, self.scope = doing.session, doing.scope
        self.own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop}

    def take(self) -> None:
        """All five kinds, people and products first."""
        for row in self._now(self.reading.participants):
            self._participant(row.new)
        self.notes = Notes(self.doing)
        self.products = {row.code: row for row in production.products(self.session, self.scope)}
        for product in self._now(self.reading.products):
            self._product(product)
        self.session.flush()
        people = {row.number: row.id for row in self.session.query(Participant).filter(
            Participant.workshop_id == self.scope.workshop)}
        rows = Rows(self.doing, self.notes, people, self.products)
        rows.attendance(list(self._now(self.reading.attendance)))
        rows.lots(list(self._now(self.reading.lots)))
        rows.lines(list(self._now(self.reading.lines)))
        self.notes.done()
        self.session.flush()

    def _now(self, rows: Iterable[Taken[Any, Any]]) -> Iterable[Taken[Any, Any]]:
        """The rows to take now; a change of an approved month is set aside as a late row with its reason."""
        for row in rows:
            if row.kind is Kind.SAME:
                continue
            if row.late:
                self._set_aside(row)
            else:
                yield row
                self.told(1)

    def _set_aside(self, row: Taken[Any, Any]) -> None:
        day = getattr(row.new, "day", None) or (row.key[0] if isinstance(row.key, tuple) else None) or self.doing.today
        fact = {"key": row.key, "old": row.old and asdict(row.old), "new": asdict(row.new)}
        late = LateRow(
            **self.own, ref=new_ref(), month=str(Month.of(day)), happened_on=day, kind=type(row.new).__name__,
            fact=json.dumps(fact, ensure_ascii=False, default=str), reason=self.late_reason,
            offered_by=self.doing.who.account, offered_at=self.doing.at)
        with suppress(Refused, Hidden):  # what no correction works in waits as the file said it
            known = typed(self.doing, late)
            late.kind, late.fact = kind_of(known), to_text(known)
        self.session.add(late)
        self.notes.add("late_row", "late_row", late.ref, None, {"month": late.month, "kind": late.kind})

    def _participant(self, one: Brought) -> None:
        identity = Identity(one.name, one.surname, one.birth.isoformat(), one.iban)
        keep_participant(self.doing, Profile(one.number, identity, one.started, one.ended), may=May.IMPORT_PEOPLE)

    def _product(self, taken: Taken[tuple[str, Any], ProductRow]) -> None:
        new = taken.new
        row = self.products.get(new.code)
        if row is None:
            row = self.products[new.code] = Product(
                **self.own, ref=new_ref(), code=new.code, picture=picture_for(new.name), prices=[])
            self.session.add(row)
        row.name, row.unit, row.service = new.name, new.unit.value, new.service
        since = new.since or ALWAYS
        price = next((one for one in row.prices if one.valid_from == since), None)
        if price is None:
            price = Price(**self.own, valid_from=since)
            row.prices.append(price)
        price.price_cents, price.material_cents = new.terms.price_cents, new.terms.material_cents
        self.notes.add("import", "product", row.ref, None, {
            "code": new.code, "name": new.name, "since": str(since), "price_cents": price.price_cents,
            "material_cents": price.material_cents})


def picture_for(name: str) -> str:
    """The sign of a product by what its name has in it; `kitas` when nothing fits."""
    return next((sign for part, sign in PICTURES if part in name.lower()), "kitas")
