"""Rows of an import written in bulk: attendance, lots, sale lines and the audit entries of them all.

The number of statements does not grow with the rows; what goes to the database at a time is bounded, so memory does not either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select

from ledger.actions.doing import Doing, plain
from ledger.core.faults import Refused
from ledger.core.imported import Kind, KnownDay, KnownLine, KnownLot, LineKey, Taken
from ledger.core.money import natural
from ledger.core.periods import Month
from ledger.core.production import SharedBy
from ledger.records import known, production, sales, seals, selling, work_steps
from ledger.records import stipends as runs
from ledger.records.audit import Audit
from ledger.records.base import Books
from ledger.records.production import AttendanceRow, LotRow, Maker, Product
from ledger.records.sales import SaleRow
from ledger.records.types import new_ref, new_refs
from ledger.settings import app_version

AT_ONCE = 2_000
"""Rows that go to the database at a time."""

Values = dict[str, Any]
DayTaken = Taken[tuple[date, str], KnownDay]
LineTaken = Taken[LineKey, KnownLine]


class Notes:
    """The audit entries of an import, written in bulk and covered by the transaction's seal."""

    def __init__(self, doing: Doing) -> None:
        self.doing, self.refs = doing, new_refs()
        doing.session.flush()
        self.before = doing.session.scalar(select(func.max(Audit.id))) or 0
        self.common = {
            "organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop, "at": doing.at,
            "actor": doing.who.account, "actor_role": doing.role, "person_ref": "", "sealed": None, "app_version": app_version(),
            "request": doing.request}
        self.waiting: list[Values] = []
        self.refs_written: list[tuple[str, str]] = []

    def add(self, action: str, subject: str, ref: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        """One entry."""
        self.waiting.append({**self.common, "ref": next(self.refs), "action": action, "subject": subject, "subject_ref": ref,
                             "before": plain(before), "after": plain(after)})
        if len(self.waiting) >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        first, last = self.waiting[0]["ref"], self.waiting[-1]["ref"]
        write(self.doing, Audit, self.waiting)
        self.refs_written.append((first, last))
        self.waiting = []

    def done(self) -> None:
        """Write what waits, and seal it all: the references of one import lie side by side."""
        if self.waiting:
            self._write()
        if self.refs_written:
            first, last = self.refs_written[0][0], self.refs_written[-1][1]
            ids = self.doing.session.execute(select(Audit.id).where(
                Audit.id > self.before, Audit.ref >= first, Audit.ref <= last, Audit.request == self.doing.request)).scalars()
            seals.cover_rows(self.doing.session, self.doing.scope.organisation, "audit", ids)


def write(doing: Doing, table: type[Books], rows: Iterable[Values]) -> None:
    """Insert rows, so many at a time. Nothing of them stays in the session."""
    doing.session.flush()
    connection, source = doing.session.connection(), iter(rows)
    while chunk := list(islice(source, AT_ONCE)):
        connection.execute(insert(Books.metadata.tables[table.__tablename__]), chunk)


class Rows:
    """The kinds of rows of which there are many. `people` and `products` give row numbers by number and code."""

    def __init__(self, doing: Doing, notes: Notes, people: Mapping[str, int], products: Mapping[str, Product]) -> None:
        self.doing, self.notes, self.people = doing, notes, people
        self.products = {code: row.id for code, row in products.items()}
        self.session, self.scope = doing.session, doing.scope
        self.own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop}
        self.booked = _booking(doing)

    # ---------- attendance ----------

    def attendance(self, rows: Sequence[DayTaken]) -> None:
        """People's days."""
        changed = [row.key[0] for row in rows if row.kind is Kind.CHANGED]
        stored = {(row.happened_on, row.participant_id): row for row in production.attendance_between(
            self.session, self.scope, min(changed), max(changed))} if changed else {}
        write(self.doing, AttendanceRow, (one for row in rows if (one := self._day(row, stored))))
        self.session.flush()

    def _day(self, row: DayTaken, stored: Mapping[tuple[date, int], AttendanceRow]) -> Values | None:
        (day, number), new = row.key, row.new
        after = {"day": day, "minutes": new.minutes, "mark": new.mark.value}
        before = {"minutes": row.old.minutes, "mark": row.old.mark.value} if row.old else None
        if row.kind is Kind.CHANGED:
            old = stored[day, self.people[number]]
            old.minutes, old.mark, old.version = new.minutes, new.mark.value, old.version + 1
            self.notes.add("import", "attendance", old.ref, before, after)
            return None
        ref = new_ref()
        self.notes.add("import", "attendance", ref, before, after)
        return {**self.own, "ref": ref, "participant_id": self.people[number], "happened_on": day, "version": 1,
                "booked_in": self.booked(day), "minutes": new.minutes, "mark": new.mark.value}

    # ---------- lots ----------

    def lots(self, rows: Sequence[Taken[str, KnownLot]]) -> None:
        """Lots with their makers, in the natural order of their numbers."""
        rows = sorted(rows, key=lambda one: natural(one.key))
        changed = [row for row in rows if row.kind is Kind.CHANGED]
        self._change_lots(changed, production.lots_by_number(self.session, self.scope, [row.key for row in changed]))
        fresh = [row for row in rows if row.kind is not Kind.CHANGED]
        if not fresh:
            return
        write(self.doing, LotRow, (self._lot(row) for row in fresh))
        ids = production.lot_ids(self.session, self.scope, [row.key for row in fresh])
        write(self.doing, Maker, ({**self.own, "ref": new_ref(), "lot_id": ids[row.key], "participant_id": self.people[number],
                                   "weight": weight} for row in fresh for number, weight in row.new.makers.items()))

    def _lot(self, row: Taken[str, KnownLot]) -> Values:
        new, ref = row.new, new_ref()
        self.notes.add("import", "lot", ref, None, _lot_values(new))
        return {**self.own, "ref": ref, "number": row.key, "logged_at": self.doing.at, "version": 1, **self._made(new)}

    def _made(self, lot: KnownLot) -> Values:
        return {"product_id": self.products[lot.product], "happened_on": lot.day, "good": lot.good, "rejects": lot.reject,
                "booked_in": self.booked(lot.day), "shared_by": shared_by(lot).value}

    def _change_lots(self, rows: Sequence[Taken[str, KnownLot]], stored: Mapping[str, LotRow]) -> None:
        for row in rows:
            stored[row.key].makers.clear()
            if stored[row.key].shared_by == SharedBy.STEPS:
                work_steps.forget_lot_steps(self.session, stored[row.key].id)
        self.session.flush()  # who made it before is gone before anybody of them comes again
        for row in rows:
            lot = stored[row.key]
            for name, value in self._made(row.new).items():
                setattr(lot, name, value)
            lot.version += 1
            lot.makers.extend(Maker(**self.own, participant_id=self.people[number], weight=weight)
                              for number, weight in row.new.makers.items())
            self.notes.add("import", "lot", lot.ref, _lot_values(row.old) if row.old else None, _lot_values(row.new))
        self.session.flush()

    # ---------- sale lines ----------

    def lines(self, rows: Sequence[LineTaken]) -> None:
        """Sale lines in the natural order of their documents; returns last, for each names the row of its line."""
        rows = sorted(rows, key=lambda one: (one.new.quantity < 0, natural(one.key[0]), natural(one.key[1])))
        documents = {row.key[0] for row in rows} | {row.new.returns[0] for row in rows if row.new.returns}
        for number in sorted(selling.numbers_taken(self.session, self.scope, documents)):
            raise Refused("line_of_document", number=number)
        changed = {row.key[0] for row in rows if row.kind is Kind.CHANGED}
        stored = {known.line_key(row): row for row in sales.lines_by_document(self.session, self.scope, sorted(changed))}
        for back in (False, True):
            part = [row for row in rows if (row.new.quantity < 0) is back]
            asked = {row.new.returns[0] for row in part if row.new.returns}
            ids = sales.line_ids(self.session, self.scope, asked) if asked else {}
            write(self.doing, SaleRow, (one for row in part if (one := self._line(row, stored, ids))))
            self.session.flush()

    def _line(self, row: LineTaken, stored: Mapping[LineKey, SaleRow], ids: Mapping[LineKey, int]) -> Values | None:
        new = row.new
        values = {
            "product_id": self.products[new.product], "happened_on": new.day, "channel": new.channel, "quantity": new.quantity,
            "price_cents": new.price_cents, "discount": new.discount, "vat": new.vat, "booked_in": self.booked(new.day),
            "returns_id": ids[new.returns] if new.returns else None}
        after, before = dict(vars(new)), dict(vars(row.old)) if row.old else None
        if row.kind is Kind.CHANGED:
            line = stored[row.key]
            for name, value in values.items():
                setattr(line, name, value)
            line.version += 1
            self.notes.add("import", "sale_line", line.ref, before, after)
            return None
        ref = new_ref()
        self.notes.add("import", "sale_line", ref, before, after)
        return {**self.own, "ref": ref, "document": row.key[0], "number": row.key[1], "version": 1, "logged_at": self.doing.at,
                **values}


def _booking(doing: Doing) -> Callable[[date], str]:
    """`Doing.open_month` for many days: what it asks the books is asked once."""
    begins = doing.workshop().begins
    settled = runs.approved_months(doing.session, doing.scope) | runs.empty_months(doing.session, doing.scope)
    texts: dict[Month, str] = {}

    def booked(day: date) -> str:
        own = Month.of(day)
        if own not in texts:
            month = max(own, begins)
            while month in settled:
                month = month.plus(1)
            texts[own] = str(month)
        return texts[own]
    return booked


def shared_by(lot: KnownLot) -> SharedBy:
    """What a file's shares mean: equal when all are the same, pieces when they make up the lot, minutes when they are larger."""
    weights = list(lot.makers.values())
    if len(set(weights)) == 1 and weights[0] == 1000:
        return SharedBy.EQUAL
    if sum(weights) == lot.good:
        return SharedBy.UNITS
    return SharedBy.MINUTES if min(weights) >= 5000 and sum(weights) > lot.good else SharedBy.POINTS


def _lot_values(lot: KnownLot) -> Values:
    return {"product": lot.product, "day": lot.day, "good": lot.good, "rejects": lot.reject, "makers": dict(lot.makers)}
