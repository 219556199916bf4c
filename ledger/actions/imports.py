"""Bringing files in: a dry run that keeps nothing, then one all-or-nothing import with an audit entry for every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert

from ledger.actions.doing import Doing, plain
from ledger.actions.late import typed
from ledger.actions.people import Profile, keep_participant
from ledger.core import imports
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.imported import Kind, KnownDay, KnownLine, KnownLot, LineKey, ProductRow, Reading, Taken
from ledger.core.imported import Participant as Brought
from ledger.core.late import kind_of, to_text
from ledger.core.money import natural
from ledger.core.periods import Month
from ledger.core.production import SharedBy
from ledger.records import known, organisation, production, sales, seals
from ledger.records.audit import Audit
from ledger.records.people import Identity, Participant
from ledger.records.production import ALWAYS, AttendanceRow, LotRow, Maker, Price, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import LateRow
from ledger.records.types import new_ref
from ledger.settings import app_version

PERMISSIONS: Mapping[str, May] = {
    "dalyviai.csv": May.IMPORT_PEOPLE, "gaminiai.csv": May.IMPORT_PRODUCTS, "lankomumas.csv": May.IMPORT_ATTENDANCE,
    "gamyba.csv": May.IMPORT_PRODUCTION, "pardavimai.csv": May.IMPORT_SALES,
}
PICTURES = (("žvak", "zvake"), ("muil", "muilas"), ("sąsiuvin", "sasiuvinis"), ("atvir", "atvirukas"), ("vainik", "vainikas"),
            ("dubenėl", "dubenelis"), ("maišel", "maiselis"), ("obuol", "obuoliai"), ("dėžut", "dezute"), ("pakavim", "dezute"))
"""Which of the product's own signs a new product gets by its name."""

Told = Callable[[int], object]


def read(doing: Doing, files: Mapping[str, bytes]) -> Reading:
    """How the files would be taken; nothing is kept. Raises Hidden for a kind of file that this role does not bring in."""
    for name in files:
        may = PERMISSIONS.get(name.casefold())
        if may is not None:
            doing.check(may)
    if not any(doing.can(may) for may in PERMISSIONS.values()):
        raise Hidden
    vat_payer = organisation.get_organisation(doing.session, doing.scope).vat_payer
    return imports.read_folder(files, known.known(doing.session, doing.vault, doing.scope), today=doing.today,
                               vat_payer=vat_payer)


def bring_in(doing: Doing, files: Mapping[str, bytes], late_reason: str = "", told: Told = lambda _rows: None) -> Reading:
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
    """One import under way: rows of each kind, then their audit entries in bulk."""

    def __init__(self, doing: Doing, reading: Reading, late_reason: str, told: Told) -> None:
        self.doing, self.reading, self.late_reason, self.told = doing, reading, late_reason, told
        self.session, self.scope = doing.session, doing.scope
        self.own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop}
        self.notes: list[dict[str, object]] = []
        self.months: dict[object, str] = {}

    def take(self) -> None:
        """All five kinds, people and products first."""
        for row in self._now(self.reading.participants):
            self._participant(row.new)
        for product in self._now(self.reading.products):
            self._product(product)
        people = {row.number: row.id for row in self.session.query(Participant).filter(
            Participant.workshop_id == self.scope.workshop)}
        products = {row.code: row for row in production.products(self.session, self.scope)}
        self._attendance(list(self._now(self.reading.attendance)), people)
        self._lots(list(self._now(self.reading.lots)), people, products)
        self._lines(list(self._now(self.reading.lines)), products)
        if self.notes:
            ids = self.session.execute(insert(Audit).returning(Audit.id), self.notes).scalars()
            seals.cover_rows(self.session, self.scope.organisation, "audit", ids)
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
        self._note("late_row", "late_row", late.ref, None, {"month": late.month, "kind": late.kind})

    def _note(self, action: str, subject: str, ref: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        self.notes.append({
            **self.own, "ref": new_ref(), "at": self.doing.at, "actor": self.doing.who.account, "actor_role": self.doing.role,
            "action": action, "subject": subject, "subject_ref": ref, "person_ref": "", "before": plain(before),
            "after": plain(after), "sealed": None, "app_version": app_version(), "request": self.doing.request})

    def _participant(self, one: Brought) -> None:
        identity = Identity(one.name, one.surname, one.birth.isoformat(), one.iban)
        keep_participant(self.doing, Profile(one.number, identity, one.started, one.ended), may=May.IMPORT_PEOPLE)

    def _product(self, taken: Taken[tuple[str, Any], ProductRow]) -> None:
        new = taken.new
        row = next((one for one in production.products(self.session, self.scope) if one.code == new.code), None)
        if row is None:
            row = Product(**self.own, code=new.code, picture=picture_for(new.name), prices=[])
            self.session.add(row)
        row.name, row.unit, row.service = new.name, new.unit.value, new.service
        since = new.since or ALWAYS
        price = next((one for one in row.prices if one.valid_from == since), None)
        if price is None:
            price = Price(**self.own, valid_from=since)
            row.prices.append(price)
        price.price_cents, price.material_cents = new.terms.price_cents, new.terms.material_cents
        self.session.flush()
        self._note("import", "product", row.ref, None, {"code": new.code, "name": new.name, "since": str(since),
                                                        "price_cents": price.price_cents, "material_cents": price.material_cents})

    def _booked(self, day: Any) -> str:
        if day not in self.months:
            self.months[day] = str(self.doing.open_month(day))
        return self.months[day]

    def _attendance(self, rows: list[Taken[Any, KnownDay]], people: dict[str, int]) -> None:
        fresh = []
        for row in rows:
            day, number = row.key
            after = {"day": day, "minutes": row.new.minutes, "mark": row.new.mark.value}
            if row.kind is Kind.NEW:
                ref = new_ref()
                fresh.append({**self.own, "ref": ref, "participant_id": people[number], "happened_on": day, "version": 1,
                              "booked_in": self._booked(day), "minutes": row.new.minutes, "mark": row.new.mark.value})
            else:
                stored = production.find_attendance(self.session, self.scope, people[number], day)
                assert stored is not None
                ref = stored.ref
                stored.minutes, stored.mark, stored.version = row.new.minutes, row.new.mark.value, stored.version + 1
            before = {"minutes": row.old.minutes, "mark": row.old.mark.value} if row.old else None
            self._note("import", "attendance", ref, before, after)
        if fresh:
            self.session.execute(insert(AttendanceRow), fresh)

    def _lots(self, rows: list[Taken[str, KnownLot]], people: dict[str, int], products: dict[str, Product]) -> None:
        stored = production.lots_by_number(self.session, self.scope, [row.key for row in rows if row.kind is Kind.CHANGED])
        for row in sorted(rows, key=lambda one: natural(one.key)):
            booked = self._booked(row.new.day)
            lot = stored.get(row.key) or LotRow(**self.own, ref=new_ref(), number=row.key, logged_at=self.doing.at, version=0,
                                                makers=[])
            if lot.version:
                lot.makers.clear()
                self.session.flush()
            else:
                self.session.add(lot)
            lot.product_id, lot.happened_on, lot.good, lot.rejects = (
                products[row.new.product].id, row.new.day, row.new.good, row.new.reject)
            lot.booked_in, lot.version = booked, lot.version + 1
            lot.shared_by = shared_by(row.new).value
            lot.makers.extend(Maker(**self.own, participant_id=people[number], weight=weight)
                              for number, weight in row.new.makers.items())
            self._note("import", "lot", lot.ref, _lot_values(row.old) if row.old else None, _lot_values(row.new))
        self.session.flush()

    def _lines(self, rows: list[Taken[LineKey, KnownLine]], products: dict[str, Product]) -> None:
        documents = {row.key[0] for row in rows} | {row.new.returns[0] for row in rows if row.new.returns}
        stored = {known.line_key(row): row for row in sales.lines_by_document(self.session, self.scope, sorted(documents))}
        for row in sorted(rows, key=lambda one: (one.new.quantity < 0, natural(one.key[0]), natural(one.key[1]))):
            line, new, booked = stored.get(row.key), row.new, self._booked(row.new.day)
            returns = None
            if new.returns is not None:
                self.session.flush()
                returns = stored[new.returns].id
            if line is None:
                line = SaleRow(**self.own, ref=new_ref(), document=row.key[0], number=row.key[1], version=0,
                               logged_at=self.doing.at)
                self.session.add(line)
                stored[row.key] = line
            line.returns_id = returns
            line.product_id, line.happened_on, line.channel = products[new.product].id, new.day, new.channel
            line.quantity, line.price_cents, line.discount, line.vat = new.quantity, new.price_cents, new.discount, new.vat
            line.booked_in, line.version = booked, line.version + 1
            self._note("import", "sale_line", line.ref, asdict(row.old) if row.old else None, asdict(new))
        self.session.flush()


def shared_by(lot: KnownLot) -> SharedBy:
    """What a file's shares mean: equal when all are the same, pieces when they make up the lot, minutes when they are larger."""
    weights = list(lot.makers.values())
    if len(set(weights)) == 1 and weights[0] == 1000:
        return SharedBy.EQUAL
    if sum(weights) == lot.good:
        return SharedBy.UNITS
    return SharedBy.MINUTES if min(weights) >= 5000 and sum(weights) > lot.good else SharedBy.POINTS


def _lot_values(lot: KnownLot) -> dict[str, Any]:
    return {"product": lot.product, "day": lot.day, "good": lot.good, "rejects": lot.reject, "makers": dict(lot.makers)}


def picture_for(name: str) -> str:
    """The sign of a product by what its name has in it; `kitas` when nothing fits."""
    return next((sign for part, sign in PICTURES if part in name.lower()), "kitas")
