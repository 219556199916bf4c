"""Certificates of stipends received, and what they and the year's sums are made from: sealed runs, corrections, the journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Select, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from ledger.core.faults import Hidden
from ledger.core.frozen_text import parts_of
from ledger.core.journal import Account
from ledger.core.periods import Month
from ledger.core.schemes import WITHHELD
from ledger.records.base import Books, Scoped
from ledger.records.corrections import Correction, CorrectionPerson
from ledger.records.entries import DecisionRow
from ledger.records.journal import JournalEntry, JournalLeg
from ledger.records.organisation import Scope, Series
from ledger.records.people import Participant
from ledger.records.stipends import SealedLine, SealedPerson, SealedRun
from ledger.records.types import Bytes, Instant

SERIES = "PZ"
"""The kind of the numbers of certificates."""

PAYING = ("payment", "payment_returned", "advance")
"""Kinds of entries by which money goes to people or comes back."""


class Certificate(Books, Scoped):
    """A certificate as it was made: `sha256` is of the plain PDF, `sealed` stands under the person's key. Who asked for it and what
    for is on the paper only."""

    __tablename__ = "certificate"
    number: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    first_month: Mapped[str] = mapped_column(Text)
    last_month: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"), CheckConstraint("first_month <= last_month", name="in_order"),
        {"sqlite_strict": True})


@dataclass(frozen=True)
class Sums:
    """A person's month in cents: the stipend before what is withheld, what corrections of that month added (also before what is
    withheld), what is withheld of both, and what was paid in it, for whichever month."""

    stipend: int = 0
    corrections: int = 0
    withheld: int = 0
    paid: int = 0

    @property
    def whole(self) -> int:
        """Stipend and corrections."""
        return self.stipend + self.corrections

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.stipend + other.stipend, self.corrections + other.corrections, self.withheld + other.withheld,
                    self.paid + other.paid)


ByMonth = dict[Month, Sums]


def _certificates(scope: Scope) -> Select[Certificate]:
    return select(Certificate).where(
        Certificate.organisation_id == scope.organisation, Certificate.workshop_id == scope.workshop)


def certificates_of(session: Session, scope: Scope, person_ref: str) -> list[Certificate]:
    """A person's certificates without their bytes, newest first."""
    return list(session.scalars(_certificates(scope).where(Certificate.person_ref == person_ref)
                                .options(defer(Certificate.sealed, raiseload=True)).order_by(Certificate.id.desc())))


def get_certificate(session: Session, scope: Scope, ref: str) -> Certificate:
    """The certificate with this reference; raises Hidden outside the scope."""
    found = session.scalar(_certificates(scope).where(Certificate.ref == ref))
    if found is None:
        raise Hidden
    return found


def newest_number(session: Session, scope: Scope, year: int) -> int:
    """The last number given in a year's series, 0 for none: what the next paper will most likely be called is one more."""
    return session.scalar(select(Series.last).where(
        Series.organisation_id == scope.organisation, Series.kind == SERIES, Series.year == year)) or 0


def sums(session: Session, scope: Scope, first_month: Month, last_month: Month,
         person_ref: str | None = None) -> dict[str, ByMonth]:
    """What each person has in these months (inclusive), or one person; by reference and month, months of nothing left out.
    Five queries whatever the number of people."""
    found: defaultdict[str, defaultdict[Month, Sums]] = defaultdict(lambda: defaultdict(Sums))
    span = (str(first_month), str(last_month))
    for person, month, cents in session.execute(_stipends(scope, span, person_ref)):
        found[person][Month.parse(month)] += Sums(stipend=int(cents))
    withheld = {(person, month): int(cents) for person, month, cents in session.execute(_withheld(scope, span, person_ref))}
    for (person, month), cents in withheld.items():
        found[person][Month.parse(month)] += Sums(stipend=cents, withheld=cents)
    for (person, month), cents in _withheld_more(session, scope, span, withheld).items():
        if person_ref in (None, person):
            found[person][Month.parse(month)] += Sums(corrections=cents, withheld=cents)
    for person, month, cents in session.execute(_corrections(scope, span, person_ref)):
        found[person][Month.parse(month)] += Sums(corrections=int(cents))
    for person, day, cents in session.execute(_paid(scope, first_month.first, last_month.last, person_ref)):
        found[person][Month.of(day)] += Sums(paid=int(cents))
    return {person: {month: months[month] for month in sorted(months) if months[month] != Sums()}
            for person, months in found.items()}


Rows = Select[str, str, int]
ByPerson = dict[tuple[str, str], int]
"""Cents by person and month."""


def _stipends(scope: Scope, span: tuple[str, str], person_ref: str | None) -> Rows:
    query = (select(SealedPerson.person_ref, SealedRun.month, func.sum(SealedPerson.total_cents))
             .join(SealedRun, SealedRun.run_ref == SealedPerson.run_ref).where(
                 SealedPerson.organisation_id == scope.organisation, SealedPerson.workshop_id == scope.workshop,
                 SealedRun.month.between(*span)).group_by(SealedPerson.person_ref, SealedRun.month))
    return query if person_ref is None else query.where(SealedPerson.person_ref == person_ref)


def _withheld(scope: Scope, span: tuple[str, str], person_ref: str | None) -> Rows:
    """What is withheld, above zero: its lines are below zero and already taken off the total."""
    query = (select(SealedLine.person_ref, SealedRun.month, -func.sum(SealedLine.cents))
             .join(SealedRun, SealedRun.run_ref == SealedLine.run_ref).where(
                 SealedLine.organisation_id == scope.organisation, SealedLine.workshop_id == scope.workshop,
                 SealedLine.payer == WITHHELD, SealedRun.month.between(*span))
             .group_by(SealedLine.person_ref, SealedRun.month))
    return query if person_ref is None else query.where(SealedLine.person_ref == person_ref)


def _withheld_more(session: Session, scope: Scope, span: tuple[str, str], before: ByPerson) -> ByPerson:
    """What corrections found to be withheld more than the runs did (below zero: less), by the texts of each month's newest one.
    It is taken off what corrections add to people, as it is off a run's totals."""
    newest = select(func.max(Correction.id)).where(
        Correction.organisation_id == scope.organisation, Correction.workshop_id == scope.workshop,
        Correction.month.between(*span)).group_by(Correction.month)
    now: defaultdict[tuple[str, str], int] = defaultdict(int)
    months = set()
    for month, result in session.execute(select(Correction.month, Correction.result).where(Correction.id.in_(newest))):
        months.add(month)
        for one in parts_of(result, "result", {"people"})["people"]:
            now[one["person"], month] -= sum(line["cents"] for line in one["lines"] if line["payer"] == WITHHELD)
    keys = {*now, *(key for key in before if key[1] in months)}
    return {key: more for key in keys if (more := now[key] - before.get(key, 0))}


def _corrections(scope: Scope, span: tuple[str, str], person_ref: str | None) -> Rows:
    """What corrections add to what a person gets. What they take is kept back of later stipends, and stands there."""
    query = (select(CorrectionPerson.person_ref, Correction.month, func.sum(CorrectionPerson.plus_cents))
             .join(Correction, Correction.correction_ref == CorrectionPerson.correction_ref).where(
                 CorrectionPerson.organisation_id == scope.organisation, CorrectionPerson.workshop_id == scope.workshop,
                 Correction.month.between(*span)).group_by(CorrectionPerson.person_ref, Correction.month))
    return query if person_ref is None else query.where(CorrectionPerson.person_ref == person_ref)


def _paid(scope: Scope, first: date, last: date, person_ref: str | None) -> Select[str, date, int]:
    """What reached people, by day: what is owed and advanced with what is still on its way taken off."""
    query = (select(JournalLeg.person_ref, JournalLeg.happened_on, func.sum(JournalLeg.cents))
             .join(JournalEntry, (JournalEntry.workshop_id == JournalLeg.workshop_id)
                   & (JournalEntry.sequence == JournalLeg.sequence)).where(
                 JournalLeg.organisation_id == scope.organisation, JournalLeg.workshop_id == scope.workshop,
                 JournalLeg.account.in_([Account.PAYABLE.value, Account.ADVANCES.value, Account.PAID.value]),
                 JournalEntry.kind.in_(PAYING), JournalLeg.happened_on.between(first, last))
             .group_by(JournalLeg.person_ref, JournalLeg.happened_on))
    return query.where(JournalLeg.person_ref != "") if person_ref is None else query.where(JournalLeg.person_ref == person_ref)


@dataclass(frozen=True)
class Encouraged:
    """Another encouragement than money: the day of the decision and what it was."""

    day: date
    text: str


def encouragements(session: Session, scope: Scope, first_month: Month, last_month: Month) -> dict[str, list[Encouraged]]:
    """Other encouragements booked in these months (inclusive), by person, oldest first."""
    found: defaultdict[str, list[Encouraged]] = defaultdict(list)
    rows = session.execute(
        select(Participant.person_ref, DecisionRow.happened_on, DecisionRow.reason)
        .join(DecisionRow, DecisionRow.participant_id == Participant.id).where(
            DecisionRow.organisation_id == scope.organisation, DecisionRow.workshop_id == scope.workshop,
            DecisionRow.part == "", DecisionRow.cents == 0, DecisionRow.booked_in.between(str(first_month), str(last_month)))
        .order_by(DecisionRow.happened_on, DecisionRow.id))
    for person, day, text in rows:
        found[person].append(Encouraged(day, text))
    return dict(found)


def total(months: ByMonth) -> Sums:
    """All months together."""
    whole = Sums()
    for one in months.values():
        whole = whole + one
    return whole


def years(session: Session, scope: Scope) -> list[int]:
    """The years that have an approved month, newest first."""
    months = session.scalars(select(SealedRun.month).where(
        SealedRun.organisation_id == scope.organisation, SealedRun.workshop_id == scope.workshop))
    return sorted({Month.parse(month).year for month in months}, reverse=True)
