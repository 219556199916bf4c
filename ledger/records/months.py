"""Months of the books: open, closing, closed, reopened. A month's state is its newest event; events are sealed.

A closed month takes no rows and no journal entries (triggers in `ledger.records.guards`). The closing sheet stands sealed with what
was counted, what the books said, and the heads of the chains at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Select, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.core.months import CLOSED, Event, State, state_of
from ledger.core.periods import Month
from ledger.records.among import within_scope
from ledger.records.base import Books, Scoped
from ledger.records.organisation import Scope
from ledger.records.stipends import SealedMatch, SealedRun, SealedSale
from ledger.records.stock_moves import StockMove
from ledger.records.types import Cents, Flag, Instant, Whole


class MonthEvent(Books, Scoped):
    """Something that happened to a month; `position` counts from 1 in each month. A reason stands in `said` by its reference."""

    __tablename__ = "month_event"
    month: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Whole)
    kind: Mapped[str] = mapped_column(Text)
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    closing_ref: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        UniqueConstraint("workshop_id", "month", "position"),
        CheckConstraint("kind IN ('closing', 'closed', 'reopen_asked', 'reopen_refused', 'reopened')", name="kind"),
        CheckConstraint("(kind = 'closed') = (closing_ref <> '')", name="closed_has_its_sheet"),
        CheckConstraint("kind NOT IN ('reopen_asked', 'reopen_refused') OR said_ref <> ''", name="says_why"),
        {"sqlite_strict": True})


class Closing(Books, Scoped):
    """A closing sheet: cents counted in the cash box and read off the bank's statement, cents by the books on the month's last day,
    why they differ (`said`), whether the difference was posted, what was missing, and the heads of the journal and of the seal."""

    __tablename__ = "closing"
    number: Mapped[str] = mapped_column(Text)
    month: Mapped[str] = mapped_column(Text)
    counted_cash_cents: Mapped[int] = mapped_column(Cents)
    counted_bank_cents: Mapped[int] = mapped_column(Cents)
    book_cash_cents: Mapped[int] = mapped_column(Cents)
    book_bank_cents: Mapped[int] = mapped_column(Cents)
    posted: Mapped[bool] = mapped_column(Flag)
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    missing: Mapped[str] = mapped_column(Text)
    run_number: Mapped[str] = mapped_column(Text)
    journal_sequence: Mapped[int] = mapped_column(Whole)
    journal_hash: Mapped[str] = mapped_column(Text)
    seal_sequence: Mapped[int] = mapped_column(Whole)
    seal_hash: Mapped[str] = mapped_column(Text)
    closed_by: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("(counted_cash_cents = book_cash_cents AND counted_bank_cents = book_bank_cents) OR said_ref <> ''",
                        name="difference_says_why"),
        {"sqlite_strict": True})


class AccountCode(Books, Scoped):
    """The code under which the accountant's own program knows an account of the journal."""

    __tablename__ = "account_code"
    account: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (UniqueConstraint("workshop_id", "account"), {"sqlite_strict": True})


def _events(scope: Scope) -> Select[MonthEvent]:
    return select(MonthEvent).where(MonthEvent.organisation_id == scope.organisation, MonthEvent.workshop_id == scope.workshop)


def closed(session: Session, scope: Scope) -> frozenset[Month]:
    """The months into which nothing is booked any more: closed, also while somebody asks to reopen them."""
    return frozenset(month for month, state in states(session, scope).items() if state in CLOSED)


def states(session: Session, scope: Scope) -> dict[Month, State]:
    """The state of every month that something happened to; all others are open. One query."""
    rows = session.connection().execute(_STATES, {"organisation": scope.organisation, "workshop": scope.workshop})
    return {Month.parse(month): state_of(Event(kind)) for month, kind in rows}


def _state_query() -> Select[Any]:  # Any: columns of two tables
    """Built once, for every entry of the journal asks."""
    table = Books.metadata.tables["month_event"].c
    own = (table.organisation_id == bindparam("organisation"), table.workshop_id == bindparam("workshop"))
    newest = select(table.month, func.max(table.position).label("position")).where(*own).group_by(table.month).subquery()
    return select(table.month, table.kind).join(
        newest, (newest.c.month == table.month) & (newest.c.position == table.position)).where(*own)


_STATES = _state_query()


def events(session: Session, scope: Scope, month: Month) -> list[MonthEvent]:
    """What happened to a month, oldest first."""
    return list(session.scalars(_events(scope).where(MonthEvent.month == str(month)).order_by(MonthEvent.position)))


def newest(session: Session, scope: Scope, month: Month) -> MonthEvent | None:
    """The last thing that happened to a month; None for one that nothing happened to."""
    return session.scalar(_events(scope).where(MonthEvent.month == str(month)).order_by(MonthEvent.position.desc()).limit(1))


def _closings(scope: Scope) -> Select[Closing]:
    return select(Closing).where(Closing.organisation_id == scope.organisation, Closing.workshop_id == scope.workshop)


def closings(session: Session, scope: Scope, month: Month | None = None) -> list[Closing]:
    """The closing sheets (of one month, or all), oldest first; a month that was reopened has more than one."""
    query = _closings(scope).order_by(Closing.id)
    return list(session.scalars(query if month is None else query.where(Closing.month == str(month))))


def get_closing(session: Session, scope: Scope, ref: str) -> Closing:
    """The closing sheet with this reference; raises Hidden outside the scope."""
    found = session.scalar(_closings(scope).where(Closing.ref == ref))
    if found is None:
        raise Hidden
    return found


def codes(session: Session, scope: Scope) -> dict[str, str]:
    """The codes that were set, by the journal's account."""
    rows = session.execute(select(AccountCode.account, AccountCode.code).where(
        AccountCode.organisation_id == scope.organisation, AccountCode.workshop_id == scope.workshop))
    return {row.account: row.code for row in rows}


def code_rows(session: Session, scope: Scope, accounts: Iterable[str]) -> dict[str, AccountCode]:
    """The rows of these accounts' codes, to change them."""
    rows = session.scalars(select(AccountCode).where(
        AccountCode.organisation_id == scope.organisation, AccountCode.workshop_id == scope.workshop,
        AccountCode.account.in_(list(accounts))))
    return {row.account: row for row in rows}


def uncovered(session: Session, scope: Scope, month: Month) -> int:
    """How many sale lines of an approved month no lot covers, not even one that a later month found, and nobody has explained."""
    later = select(SealedMatch.sale_ref, func.sum(SealedMatch.quantity).label("found")).join(
        SealedRun, SealedRun.run_ref == SealedMatch.run_ref).where(
        SealedMatch.organisation_id == scope.organisation, SealedMatch.workshop_id == scope.workshop,
        SealedMatch.lot_ref != "", SealedRun.month > str(month)).group_by(SealedMatch.sale_ref).subquery()
    told = select(StockMove.sale_ref, func.sum(StockMove.store + StockMove.shop).label("told")).where(
        StockMove.sale_ref != "", within_scope(StockMove, scope)).group_by(StockMove.sale_ref).subquery()
    query = (select(func.count()).select_from(SealedSale).join(SealedRun, SealedRun.run_ref == SealedSale.run_ref)
             .outerjoin(later, later.c.sale_ref == SealedSale.sale_ref).outerjoin(told, told.c.sale_ref == SealedSale.sale_ref)
             .where(SealedSale.organisation_id == scope.organisation, SealedSale.workshop_id == scope.workshop,
                    SealedRun.month == str(month),
                    SealedSale.uncovered > func.coalesce(later.c.found, 0) + func.coalesce(told.c.told, 0)))
    return int(session.scalar(query) or 0)
