"""What is watched, outside the books: sessions, failed sign-ins, who looked at whose data. An own database with its own engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Text, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.records.base import Watch
from ledger.records.types import Flag, Instant, Key


class LoginSession(Watch):
    """A session that the server can end; only the SHA-256 of its token is kept."""

    __tablename__ = "login_session"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    account: Mapped[str] = mapped_column(Text, index=True)
    by_badge: Mapped[bool] = mapped_column(Flag)
    device: Mapped[str] = mapped_column(Text, default="")
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Attempt(Watch):
    """A failed sign-in, counted for the account name (hashed) and for the address."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    about: Mapped[str] = mapped_column(Text, index=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class View(Watch):
    """Who looked at a person's data: role, day and purpose are what the person may be told."""

    __tablename__ = "person_view"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    actor: Mapped[str] = mapped_column(Text, index=True)
    role: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class SecurityEvent(Watch):
    """Something worth an alert: an unknown badge, a flood of wrong passwords, fields that no form has."""

    __tablename__ = "security_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(Text, index=True)
    account: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Instant)


_LIVE = select(LoginSession).where(LoginSession.token_hash == bindparam("token"), LoginSession.ended_at.is_(None))


def find_session(session: Session, token_hash: str) -> LoginSession | None:
    """The session with this token, unless it was ended."""
    return session.scalar(_LIVE, {"token": token_hash})


def end_sessions(session: Session, account: str, at: datetime, *, but: str = "") -> None:
    """End all sessions of an account, except the one with the token hash `but`."""
    session.execute(update(LoginSession).where(
        LoginSession.account == account, LoginSession.ended_at.is_(None), LoginSession.token_hash != but).values(ended_at=at))


def note_views(session: Session, people: Sequence[str], *, actor: str, role: str, page: str, at: datetime) -> None:
    """One row for each of these people (references of the books): who looked, in which role, at which page."""
    session.execute(insert(View), [
        {"person_ref": ref, "actor": actor, "role": role, "page": page, "at": at} for ref in people])


def attempts(session: Session, about: str, at: datetime, window: timedelta) -> int:
    """How many failed attempts there were within the window before `at`."""
    found = session.scalar(select(func.count()).select_from(Attempt).where(Attempt.about == about, Attempt.at > at - window))
    return int(found or 0)


def forget_attempts(session: Session, about: str) -> None:
    """After a success the count starts again."""
    session.execute(delete(Attempt).where(Attempt.about == about))
