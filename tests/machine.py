"""Somebody who does all that can be done to a workshop's books, in any order, well or badly; after each step every promise is
asked of the database."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import promises
from house import DEMO_PASSWORD, House
from sqlalchemy import func, literal, select, union_all

from ledger import backups, jobs
from ledger.actions import corrections, late, months, payments, production, sales, stipends
from ledger.actions.doing import Doing
from ledger.actions.months import Counted
from ledger.actions.payees import standings
from ledger.actions.payments import Line, Plan, Prepared
from ledger.backups import Asked
from ledger.core.access import Who
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.late import DayFact, PriceFact, SharesFact
from ledger.core.payments import Way
from ledger.core.periods import Month
from ledger.core.production import Mark, Share, SharedBy
from ledger.jobs import Tools
from ledger.records import audit, guards, people, said
from ledger.records import corrections as corrected
from ledger.records import payments as paid
from ledger.records import production as made
from ledger.records.audit import RequestKey
from ledger.records.base import Books
from ledger.records.months import Closing
from ledger.records.opened import open_books
from ledger.records.organisation import Scope, Series
from ledger.records.production import LotRow
from ledger.records.restores import Restored, SkippedNumber
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedPerson, SealedRun

BEGINS = Month(2026, 1)
ACCOUNT = "LT601010012345678901"
SCOPE = Scope(1, 1)
LOST = "Diskas sugedo"


@dataclass(frozen=True)
class Kept:
    """A backup, and what the machine knew when it was made."""

    file: Path
    heads: dict[int, str]
    sealed: dict[str, int]
    series: dict[str, int]


@dataclass
class Machine:
    """A workshop whose clock goes on by itself; `counts` says how often each step happened, refused ones apart. `numbers` are all
    that were ever issued, each with what it stands on: a restoring takes none of them back."""

    house: House
    now: datetime = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
    counts: Counter[str] = field(default_factory=Counter)
    heads: dict[int, str] = field(default_factory=dict)
    sealed: dict[str, int] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    who: dict[str, Who] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.house.opened.read() as session:
            self.people = [one.ref for one in people.participants(session, self.house.opened.vault, SCOPE)]
            self.who = {login: jobs.acting(Tools(self.house.opened, lambda: self.now), session, login).who
                        for login in ("meistras", "buhalteris", "vadovas")}

    @property
    def today(self) -> date:
        """The machine's day."""
        return self.now.date()

    def day(self, back: int) -> date:
        """A day so long ago, not before the books begin."""
        return max(BEGINS.first, self.today - timedelta(days=back))

    def month(self, back: int) -> Month:
        """A month so long ago."""
        return max(BEGINS, Month.of(self.today).plus(-back))

    @contextmanager
    def _session(self) -> Any:
        with self.house.opened.write() as session:
            yield session

    def doing(self, session: Any, login: str) -> Doing:
        """Somebody at the machine's own time; roles do not change in these histories, so they are read once."""
        return Doing(session, self.house.opened.vault, self.who[login], SCOPE, self.now, "")

    def act(self, name: str, login: str, action: Callable[[Doing], Any], key: str = "") -> Any:
        """One step in its own transaction, with the claim of its key; a refused one changes nothing. Then all promises."""
        answer = None
        with self._session() as session:
            doing = self.doing(session, login)
            if not key or audit.find_request(session, doing.who.account, key) is None:
                key = key or secrets.token_hex(16)
                try:
                    answer = action(doing)
                except (Refused, Conflict, Hidden) as refused:
                    session.rollback()
                    self.counts[f"{name} refused: {getattr(refused, 'code', 'hidden')}"] += 1
                else:
                    session.add(RequestKey(actor=doing.who.account, key=key, digest=key, status=303, location="/", at=self.now))
                    session.commit()
                    self.counts[name] += 1
            else:
                self.counts["repeated"] += 1
        self.check()
        return answer

    def check(self) -> None:
        """Every promise in SQL; no protected row has gone, what was a head of a chain still is in it, no number is given twice."""
        with self.house.opened.read() as session:
            found = promises.broken(session)
            assert not found, found
            heads = session.execute(HEADS).all()
            counts = {name: int(count) for name, count in session.execute(COUNTS)}
            series = {f"{kind}-{year}": int(last) for kind, year, last in session.execute(SERIES)}
            numbers = session.execute(NUMBERS).all() if series != self.series else []
        for number, hashed in heads:
            assert self.heads.setdefault(number, hashed) == hashed, f"entry {number} is another"
        assert len(self.heads) == counts["journal_entry"], "entries are gone"
        for number, ref in numbers:
            assert self.numbers.setdefault(number, ref) == ref, f"{number} was given twice"
        assert not [name for name in guards.SEALED if counts[name] < self.sealed.get(name, 0)], "protected rows are gone"
        assert not [name for name, last in self.series.items() if series.get(name, 0) < last], "a series went back"
        self.sealed, self.series = counts, series

    # ---------- steps ----------

    def later(self, days: int) -> None:
        """Time goes on."""
        self.now += timedelta(days=days)

    def attend(self, person: int, back: int, hours: int, key: str = "") -> None:
        """Somebody came."""
        self.act("attend", "meistras", lambda doing: production.log_attendance(
            doing, self.people[person], self.day(back), 60 * hours, Mark.ATTENDED), key)

    def make(self, product: int, back: int, pieces: int, makers: list[int], key: str = "") -> None:
        """Something was made."""
        shares = tuple((self.people[maker], 1_000 * (place + 1)) for place, maker in enumerate(makers))
        self.act("make", "meistras", lambda doing: production.log_lot(doing, production.Made(
            _product(doing, product), self.day(back), 1_000 * pieces, 0, SharedBy.POINTS, shares)), key)

    def sell(self, product: int, back: int, pieces: int, cents: int, channel: str, key: str = "") -> None:
        """Something was sold, perhaps more than there is."""
        self.act("sell", "meistras", lambda doing: sales.log_sale(doing, sales.Sold(
            _product(doing, product), self.day(back), channel, 1_000 * pieces, cents)), key)

    def bring_back(self, which: int, pieces: int) -> None:
        """Something came back, perhaps of a month long approved."""
        def act(doing: Doing) -> Any:
            lines = _rows(doing, select(SaleRow).where(SaleRow.quantity > 0))
            return sales.log_return(doing, _one(lines, which).ref, self.today, 1_000 * pieces)
        self.act("return", "meistras", act)

    def take_back(self, which: int) -> None:
        """A lot was logged by mistake."""
        self.act("take back a lot", "meistras",
                 lambda doing: production.take_back_lot(doing, _one(_rows(doing, select(LotRow)), which).ref))

    def run(self, back: int) -> None:
        """The month is worked out."""
        self.act("run", "buhalteris", lambda doing: stipends.calculate_month(doing, self.month(back)))

    def empty(self, back: int) -> None:
        """The month has nothing to pay."""
        self.act("declare empty", "buhalteris", lambda doing: stipends.declare_empty(doing, self.month(back)))

    def submit(self, back: int) -> None:
        """It is handed in."""
        self.act("submit", "buhalteris", lambda doing: stipends.submit(doing, self.month(back)))

    def send_back(self, back: int) -> None:
        """The director wants something mended."""
        self.act("send back", "vadovas", lambda doing: stipends.send_back(doing, self.month(back), "Ne taip"))

    def discard(self, back: int) -> None:
        """The draft is thrown away."""
        self.act("discard", "buhalteris", lambda doing: stipends.discard(doing, self.month(back)))

    def approve(self, back: int, key: str = "") -> None:
        """It is approved."""
        def act(doing: Doing) -> Any:
            month = self.month(back)
            run = stipends.submitted_run(doing, month)
            return stipends.approve(doing, month, run.seen, "V-1", self.today)
        self.act("approve", "vadovas", act, key)

    def whole_month(self, back: int) -> None:
        """From the facts to the sealed books."""
        self.run(back)
        self.submit(back)
        self.approve(back)

    def offer(self, which: int, kind: int, number: int, person: int) -> None:
        """A fact of an approved month was wrong; the accountant finds that it is so."""
        def act(doing: Doing) -> Any:
            run = _one(_rows(doing, select(SealedRun).order_by(SealedRun.month)), which)
            inputs = stipends.stored(run.inputs, run.result).inputs
            refs = [one.ref for one in inputs.people]
            fact: Any
            if kind == 0 or not inputs.lots:
                day = inputs.month.first + timedelta(days=number % 28)
                fact = DayFact(_one(refs, person), day, 60 * (number % 8), Mark.ATTENDED)
            elif kind == 1 or not inputs.lines:
                shares = (Share(_one(refs, person), 1_000), Share(_one(refs, person + 1), 500))
                fact = SharesFact(_one(inputs.lots, number).key, shares)
            else:
                fact = PriceFact(_one(inputs.lines, number).key, 100 * (number + 1), 0)
            return [late.accept(self.doing(doing.session, "buhalteris"), row.ref)
                    for row in late.offer(doing, inputs.month, fact, "Suklydome")]
        self.act("late row", "buhalteris", act)

    def correct(self, which: int, owes: bool, key: str = "") -> None:
        """A month is corrected: made by one, approved by another."""
        def month_of(doing: Doing) -> Month:
            return Month.parse(_one(_rows(doing, select(SealedRun).order_by(SealedRun.month)), which).month)

        def approve(doing: Doing) -> Any:
            month = month_of(doing)
            draft = corrected.find_draft(doing.session, doing.scope, month)
            if draft is None:
                raise Conflict("no_correction_draft", month=str(month))
            worked = corrections.work_out(self.doing(doing.session, "buhalteris"), month)
            debts = [one.person for one in worked.changes if owes and corrections.rules.may_be_debt(one, worked.own)]
            return corrections.approve(doing, month, worked.shown, "V-2", self.today, debts)
        self.act("make a correction", "buhalteris", lambda doing: corrections.make(doing, month_of(doing)))
        self.act("correct", "vadovas", approve, key)

    def close(self, back: int, count_well: bool) -> None:
        """The month is closed, with cash and bank as the books say or not."""
        def act(doing: Doing) -> Any:
            stands = months.standing(doing, self.month(back))
            more = 0 if count_well else 500
            counted = Counted(stands.cash + more, stands.bank, "" if count_well else "Rasta", True)
            return months.close(doing, self.month(back), counted)
        self.act("start closing", "buhalteris", lambda doing: months.start_closing(doing, self.month(back)))
        self.act("close", "buhalteris", act)

    def reopen(self, back: int, alone: bool) -> None:
        """A closed month is opened again; by one person alone it is not."""
        self.act("ask to reopen", "vadovas" if alone else "buhalteris",
                 lambda doing: months.ask_reopen(doing, self.month(back), "Klaida"))
        self.act("reopen", "vadovas", lambda doing: months.reopen(doing, self.month(back)))

    def pay(self, part: int, bank: bool, advance: bool, key: str = "") -> None:
        """A batch for everybody who is owed something, or a part of it; approved by the director."""
        def act(doing: Doing) -> Any:
            lines = [Line(one.named.ref, 500 if advance else max(1, one.free * part // 4)) for one in standings(doing)
                     if (one.way is Way.BANK) == bank and (advance or one.free > 0)]
            return payments.make_batch(doing, Plan(Way.BANK if bank else Way.CASH, self.today, tuple(lines), advance,
                                                   ACCOUNT if bank else ""))
        batch = self.act("make a batch", "buhalteris", act, key)
        if batch is not None:
            self.act("approve a batch", "vadovas", lambda doing: payments.approve(doing, Prepared(
                batch.ref, payments.seen_of(paid.payments_of_batch(doing.session, doing.scope, batch.ref)),
                "sepa" if bank else "sheet", b"file")))

    def payments_go_on(self, which: int, returned: bool, key: str = "") -> None:
        """A batch is sent or signed for, settled, or comes back."""
        def act(doing: Doing) -> Any:
            batch = _one(_rows(doing, select(paid.PaymentBatch)), which)
            own = paid.payments_of_batch(doing.session, doing.scope, batch.ref)
            if returned:
                return payments.give_back(doing, batch.ref, _one(own, which).row.ref, self.today, "Grįžo")
            if batch.way == "bank":
                return payments.mark_sent(doing, batch.ref, self.today)
            return payments.sign(doing, batch.ref, _one(own, which).row.ref, self.today)
        self.act("give back" if returned else "send or sign", "buhalteris", act, key)

    def backup(self) -> None:
        """The books are copied while they are open."""
        file = self.house.settings.data_dir / f"kopija-{len(self.kept)}"
        backups.backup(self.house.settings, file, self.now)
        self.kept.append(Kept(file, dict(self.heads), self.sealed, self.series))
        self.counts["backup"] += 1

    def restore(self, which: int, told: bool) -> None:
        """The disk broke: what was acknowledged after the backup is gone, by decision of two people; untold nothing is lost."""
        kept = self.kept[which % len(self.kept)]
        self.now += timedelta(seconds=1)
        asked = Asked("buhalteris", "vadovas", DEMO_PASSWORD, reason=LOST if told else "")
        self.house.opened.close()
        try:
            done = backups.restore(self.house.settings, kept.file, asked, self.now)
        except Refused as refused:
            assert not told
            self.counts[f"restore refused: {refused.code}"] += 1
        else:
            assert done.troubles == 0
            assert told or self.sealed == kept.sealed, "more was lost than was told"
            assert {f"{kind}-{year}": (first, last) for kind, year, first, last in done.skipped} == {
                name: (kept.series.get(name, 0) + 1, last) for name, last in self.series.items()
                if last > kept.series.get(name, 0)}
            self.heads, self.sealed = dict(kept.heads), kept.sealed
            self.counts["restore"] += 1
        self.house.opened = open_books(self.house.settings)
        self.check()
        self._check_restored(told)

    def _check_restored(self, told: bool) -> None:
        """Each restoring stands in the books with its reason, and so does every number that it skips."""
        with self.house.opened.read() as session:
            newest = session.scalars(select(Restored).order_by(Restored.id.desc())).first()
            if told:
                assert newest is not None
                assert said.texts(session, SCOPE, [newest.said_ref]) == {newest.said_ref: LOST}
            there = {number for number, _ref in session.execute(NUMBERS)}
            gaps = {number for number in self.numbers if number not in there}
            skipped = {f"{row.kind}-{row.year}-{number:04}" for row in session.scalars(select(SkippedNumber))
                       for number in range(row.first, row.last + 1)}
        assert gaps <= skipped, "numbers are gone without a reason"


_ENTRY = Books.metadata.tables["journal_entry"]
HEADS = select(_ENTRY.c.sequence, _ENTRY.c.hash)
SERIES = select(Series.kind, Series.year, Series.last)
NUMBERS = union_all(*(select(number, ref) for number, ref in (
    (SealedRun.number, SealedRun.ref), (SealedRun.paysheet_number, SealedRun.ref),
    (SealedPerson.statement_number, SealedPerson.ref), (corrected.Correction.number, corrected.Correction.ref),
    (corrected.CorrectionPerson.statement_number, corrected.CorrectionPerson.ref),
    (paid.PaymentBatch.number, paid.PaymentBatch.ref), (Closing.number, Closing.ref))))


def _counts() -> Any:
    return union_all(*(select(literal(name), func.count()).select_from(Books.metadata.tables[name]) for name in guards.SEALED))


COUNTS = _counts()


def _rows(doing: Doing, query: Any) -> list[Any]:
    return list(doing.session.scalars(query))


def _one(found: Any, which: int) -> Any:
    """One of these, by a number that may be larger; none there is a refusal."""
    if not found:
        raise Refused("nothing_there")
    return list(found)[which % len(found)]


def _product(doing: Doing, number: int) -> str:
    return str(made.products(doing.session, doing.scope)[number].ref)
