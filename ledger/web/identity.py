"""Who is at the other end: sessions that the server can end, and slowing down of guesses."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.orm import Session

from ledger.core.access import Role, Who
from ledger.core.periods import civil_day
from ledger.records import organisation, people, watch
from ledger.records.organisation import Account, Scope, Workshop
from ledger.records.vault import fingerprint
from ledger.records.watch import Attempt, LoginSession
from ledger.web.session import now, opened, reading

TOKEN = "token"  # noqa: S105 - the name of a cookie's value, no secret
DEVICE_COOKIE = "dirbtuve_device"
IDLE = {False: timedelta(minutes=60), True: timedelta(minutes=5)}
LONGEST = {False: timedelta(hours=12), True: timedelta(hours=2)}
WINDOW = timedelta(minutes=15)
MOST_FAILED = 10
MOST_FAILED_BADGES = 20


@dataclass
class User(UserMixin):
    """The account of this request, as Flask-Login and the templates see it."""

    who: Who
    scope: Scope
    role: str
    language: str
    by_badge: bool
    session_hash: str
    places: int = 1
    """In how many workshops there is a role today."""

    @property
    def name(self) -> str:
        """The name in the page's head."""
        return self.who.name

    def get_id(self) -> str:
        """The account's reference."""
        return self.who.account


def install(app: Flask) -> None:
    """Let Flask-Login ask us who a request is."""
    manager = LoginManager(app)
    manager.session_protection = None  # our own session rows are checked at every request

    @manager.request_loader
    def _load(_request: object) -> User | None:
        return _current()

    @manager.user_loader
    def _load_id(_id: str) -> User | None:
        return _current()


def _current() -> User | None:
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    token_hash, at = fingerprint(token), now()
    with opened().watched() as watching:
        row = watch.find_session(watching, token_hash)
    if row is None or at < row.began_at - timedelta(minutes=5):
        return None
    if at - row.seen_at > IDLE[row.by_badge] or at - row.began_at > LONGEST[row.by_badge]:
        return None
    account, by_badge = row.account, row.by_badge
    if at - row.seen_at > timedelta(seconds=30):
        _still_here(token_hash, at)
    books = reading()
    user = _user(books, account, by_badge, token_hash, civil_day(at))
    if request.method != "GET":
        books.rollback()  # what is written before it is asked again is seen
    return user


def _still_here(token_hash: str, at: datetime) -> None:
    """Note that the session is used; the only writing in finding out who asks, and seldom."""
    with opened().watch() as watching:
        row = watch.find_session(watching, token_hash)
        if row is not None:
            row.seen_at = at
            watching.commit()


def _user(books: Session, ref: str, by_badge: bool, token_hash: str, today: date) -> User | None:
    account = organisation.find_account_by_ref(books, ref)
    if account is None or not account.active:
        return None
    who = organisation.who_is(books, account)
    known = organisation.workshops(books, who.organisation)
    scope = _scope(known, who, today)
    if scope is None:
        return None
    roles = who.roles(scope.workshop, today)
    if by_badge and roles != (Role.PARTICIPANT,):
        return None
    role = roles[0].value if roles else who.grants[-1].role.value
    if who.person is not None:
        named = people.get_participant_by_person(books, opened().vault, scope, who.person)
        who = Who(who.account, named.name, who.organisation, who.person, who.grants)
    return User(who, scope, role, account.language, by_badge, token_hash, sum(bool(who.roles(one.id, today)) for one in known))


def _scope(known: Sequence[Workshop], who: Who, today: date) -> Scope | None:
    """The workshop in which the account works today: the one chosen, else the first with a role today; without any the first in
    which it had one, for what it did there can still be read."""
    allowed = [place.id for place in known if who.roles(place.id, today)] or [
        place.id for place in known if any(grant.workshop == place.id for grant in who.grants)]
    if not allowed:
        return None
    chosen = session.get("workshop")
    return Scope(who.organisation, chosen if chosen in allowed else allowed[0])


def begin_session(account: Account, *, by_badge: bool, device: str = "") -> None:
    """Sign the account in: a new session row, and nothing of the old cookie stays; the account's own language counts."""
    token, at = secrets.token_urlsafe(32), now()
    with opened().watch() as watching:
        watching.add(LoginSession(token_hash=fingerprint(token), account=account.ref, by_badge=by_badge, device=device,
                                  began_at=at, seen_at=at))
        watching.commit()
    session.clear()
    session[TOKEN] = token
    g.pop("_login_user", None)
    user = _current()
    if user is not None:
        login_user(user)


def end_session() -> None:
    """Sign out: the row is ended, the cookie emptied."""
    token = session.get(TOKEN)
    if isinstance(token, str):
        with opened().watch() as watching:
            row = watch.find_session(watching, fingerprint(token))
            if row is not None:
                row.ended_at = now()
                watching.commit()
    session.clear()


def end_other_sessions(account: str, keep: str = "") -> None:
    """End an account's sessions (all, or all but the one with this hash)."""
    with opened().watch() as watching:
        watch.end_sessions(watching, account, now(), but=keep)
        watching.commit()


def own_session() -> str:
    """The hash of this request's session, "" when there is none."""
    return current_user.session_hash if current_user.is_authenticated else ""


def about_login(login: str) -> str:
    """What failed attempts of a sign-in name are counted under: a hash, for it may be a mistyped password."""
    return "login:" + hashlib.sha256(login.strip().lower().encode()).hexdigest()


def about_address() -> str:
    """What failed attempts from this address are counted under."""
    return f"address:{request.remote_addr}"


def too_many(*about: str, most: int = MOST_FAILED) -> bool:
    """Whether one of these has failed too often in the last quarter of an hour."""
    with opened().watch() as watching:
        return any(watch.attempts(watching, one, now(), WINDOW) >= most for one in about)


def note_failure(*about: str) -> None:
    """Count a failed attempt."""
    at = now()
    with opened().watch() as watching:
        watching.add_all(Attempt(about=one, at=at) for one in about)
        watching.commit()


def forget_failures(about: str) -> None:
    """After a success the count of the account starts again."""
    with opened().watch() as watching:
        watch.forget_attempts(watching, about)
        watching.commit()


def device_token() -> str:
    """The token of the registered device, from its cookie."""
    return request.cookies.get(DEVICE_COOKIE, "")


def moment_passed(since: datetime, span: timedelta) -> bool:
    """Whether more than the span has gone by."""
    return now() - since > span
