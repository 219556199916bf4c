"""A request's turn with the books: who is signed in, one transaction, one effect, and the note of whose data was looked at.

The only place in `web` that commits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask import Response, abort, current_app, flash, g, make_response, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.i18n import gettext as _
from ledger.records import audit, organisation, watch
from ledger.records.audit import RequestKey
from ledger.records.base import persistently
from ledger.records.opened import Opened
from ledger.records.watch import SecurityEvent
from ledger.sentences import refusal
from ledger.web import held
from ledger.web.forms import FREE, Form

T = TypeVar("T")


Page = Callable[..., ResponseReturnValue]


def reading() -> Session:
    """This request's session that only reads, let go of at its end (`stop_reading`): who asks and what they are shown are read at
    one moment."""
    if "reading" not in g:
        g.reading = opened().read()
    session: Session = g.reading
    return session


def stop_reading() -> None:
    """Let go of it."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()


def now() -> datetime:
    """The instant of this request in UTC; the only look at the clock in `web`."""
    return datetime.now(UTC)


def opened() -> Opened:
    """The databases and the vault of this application."""
    return cast(Opened, current_app.extensions["opened"])


@dataclass
class Turn:
    """What a view is given: the doing (who, where, session) and the list of people whose data the page shows."""

    doing: Doing
    seen: list[str] = field(default_factory=list)
    wrote: bool = False
    repeat_location: str = ""
    """Where a repeat of this request goes when the answer itself is no redirect (a badge that is shown once)."""

    @property
    def session(self) -> Session:
        """The session of the books."""
        return self.doing.session

    def saw(self, refs: Iterable[str]) -> None:
        """This page shows data of these people (references of the books)."""
        self.seen.extend(refs)

    def submit(self, form: Form, act: Callable[[], object], then: Callable[[], str], again: Callable[[], str],
               said: str = "") -> ResponseReturnValue:
        """Check the form, do the act, go `then`; on a mistake show `again` with what was typed and why it was not taken."""
        extra = form.unknown_fields()
        if extra:
            note_event("unknown_fields")
        status = 422
        if form.validate():
            try:
                act()
            except Refused as refused:
                form.refuse(refused)
                status = 409 if isinstance(refused, Conflict) else 422
            else:
                return self.go(then(), said)
        self.session.rollback()
        return held.answer(status, form.told()) if held.comes_late() else (again(), status)

    def go(self, address: str, said: str = "", kind: str = "ok") -> ResponseReturnValue:
        """The change is made: go to this page, which says so."""
        self.wrote = True
        if said and not held.comes_late():
            flash(said, kind)
        return redirect(address, 303)

    def attempt(self, act: Callable[[], object], then: Callable[[], str], again: Callable[[Refused], str],
                said: str = "") -> ResponseReturnValue:
        """An act without fields: on a refusal show `again` with the reason."""
        try:
            act()
        except Refused as refused:
            self.session.rollback()
            status = 409 if isinstance(refused, Conflict) else 422
            return held.answer(status, [refused_sentence(refused)]) if held.comes_late() else (again(refused), status)
        return self.go(then(), said)


def show(may: May | None, signed_in: bool, view: Page, given: dict[str, Any]) -> ResponseReturnValue:
    """Run a view that only reads."""
    if signed_in and not current_user.is_authenticated:
        return _to_sign_in()
    turn = Turn(_doing(reading()))
    g.turn = turn
    _check(turn, may)
    response = make_response(view(turn, **given))
    stop_reading()
    _note_views(turn)
    return response


def show_keyed(may: May | None, signed_in: bool, view: Page, given: dict[str, Any]) -> ResponseReturnValue:
    """Run a view that gathers by reading and writes in a session of its own (`outside_work`); nothing begins without a key."""
    if signed_in and not current_user.is_authenticated:
        return _to_sign_in()
    _key()
    return show(may, signed_in, view, given)


def change(may: May | None, signed_in: bool, view: Page, given: dict[str, Any]) -> ResponseReturnValue:
    """Run a view that writes, in one transaction with the claim of its key."""
    if signed_in and not current_user.is_authenticated:
        return held.answer(401, [_("Sign in: then what waits is sent.")]) if held.comes_late() else _to_sign_in()
    key = _key()
    answer = make_response(persistently(lambda: _unit(may, view, given, key)))
    return held.answer(204) if held.comes_late() and answer.status_code == 303 else answer


def _unit(may: May | None, view: Page, given: dict[str, Any], key: str) -> ResponseReturnValue:
    """A whole unit of work: a session of its own, the claim of the key, the view, the commit. It may be done again."""
    with _told_only_if_done(), opened().write() as books:
        turn = Turn(_doing(books))
        g.turn = turn
        _check(turn, may)
        claim = RequestKey(actor=_logger(turn.doing), key=key, digest=_digest(), status=0, location="", at=turn.doing.at)
        return _once(books, claim, lambda: _committed(turn, claim, view, given), turn.doing.gate)


def _logger(doing: Doing) -> str:
    """Whose key it is: of who sends it, or of who wrote the entry down on a device, whoever sends it. Raises Hidden for an account
    of another provider; an entry of another workshop waits until somebody works there (403)."""
    entry = held.held()
    if entry is None or (entry.account == doing.who.account and entry.workshop == doing.scope.workshop):
        return doing.who.account
    account = organisation.find_account_by_ref(doing.session, entry.account)
    if account is None or account.organisation_id != doing.scope.organisation:
        raise Hidden
    if entry.workshop != doing.scope.workshop:
        abort(403)
    return account.ref


def _once(books: Session, claim: RequestKey, act: Callable[[], ResponseReturnValue],
          gate: Callable[[], None]) -> ResponseReturnValue:
    """Act, unless this actor's request with this key was answered before; then the answer is the same. Two at the same moment
    meet at the gate or at the key, which is unique."""
    actor, key, digest = claim.actor, claim.key, claim.digest
    earlier = audit.find_request(books, actor, key)
    if earlier is not None:
        return _again(earlier, digest)
    gate()  # so that what the view reads first is what its action finds
    try:
        return act()
    except IntegrityError as wrong:
        books.rollback()
        earlier = audit.find_request(books, actor, key)
        if earlier is not None:
            return _again(earlier, digest)
        raise Conflict("somebody_faster") from wrong


@contextmanager
def _told_only_if_done() -> Iterator[None]:
    """What a change says on the next page is not said when the change did not happen."""
    before = list(cookie.get("_flashes", []))
    try:
        yield
    except Exception:
        cookie.pop("_flashes", None)
        if before:
            cookie["_flashes"] = before
        raise


def _committed(turn: Turn, claim: RequestKey, view: Page, given: dict[str, Any]) -> Response:
    turn.session.add(claim)
    turn.session.flush()
    entry = held.held()
    if entry is not None:
        turn.doing.note("send_held", "request", claim.key, after={"logged_by": entry.account, "logged_at": entry.at})
    response = make_response(view(turn, **given))
    _note_views(turn)  # before the commit: what fails here answers 503, and 503 means that nothing changed
    if turn.wrote and response.status_code < 400:
        claim.status, claim.location = response.status_code, response.headers.get("Location", turn.repeat_location)
        turn.session.commit()
    else:
        turn.session.rollback()
    return response


def outside_work(turn: Turn, slow: Callable[[Doing], T], act: Callable[[Doing, T], object], then: str,
                 said: str = "") -> ResponseReturnValue:
    """For `post_outside`: do the slow part while nothing is locked, then write in one short transaction with the key.

    Refused goes through to the caller; a repeat of the request gets the first answer.
    """
    key, digest = _key(), _digest()
    earlier = audit.find_request(turn.session, turn.doing.who.account, key)
    if earlier is not None:
        return _again(earlier, digest)
    made = slow(turn.doing)
    answer = persistently(lambda: _written(turn.doing, act, made, key, then))
    if said:
        flash(said, "ok")
    return answer


def _written(given: Doing, act: Callable[[Doing, T], object], made: T, key: str, then: str) -> ResponseReturnValue:
    """The short transaction after the slow part; it may be done again."""
    with opened().write() as books:
        doing = replace(given, session=books, at=now())
        claim = RequestKey(actor=doing.who.account, key=key, digest=_digest(), status=303, location=then, at=doing.at)

        def acted() -> ResponseReturnValue:
            books.add(claim)
            books.flush()
            act(doing, made)
            books.commit()
            return redirect(then, 303)
        return _once(books, claim, acted, doing.gate)


def _key() -> str:
    """The key that was made with the form. A request that writes without one is wrong."""
    key = request.form.get("key", "")
    if not 16 <= len(key) <= 64:
        abort(400)
    return key


def _again(earlier: RequestKey, digest: str) -> ResponseReturnValue:
    if earlier.digest != digest:
        raise Conflict("key_used")
    return redirect(earlier.location, 303)


def _digest() -> str:
    for _name, uploads in request.files.lists():  # a unit of work that is done again reads them again
        for upload in uploads:
            upload.stream.seek(0)
    sent = sorted((name, value) for name, values in request.form.lists() if name not in FREE for value in values)
    files = sorted((name, upload.filename or "", hashlib.sha256(upload.stream.read()).hexdigest())
                   for name, uploads in request.files.lists() for upload in uploads)
    for _name, uploads in request.files.lists():
        for upload in uploads:
            upload.stream.seek(0)
    # keyed: a plain hash of a form with a password or an account number could be guessed from a copy of the books
    secret, text = str(current_app.secret_key).encode(), repr((request.path, sent, files)).encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def _doing(books: Session) -> Doing:
    user = current_user
    if not user.is_authenticated:
        return Doing(books, opened().vault, cast(Any, None), cast(Any, None), now(), g.request_id)
    return Doing(books, opened().vault, user.who, user.scope, now(), g.request_id)


def _check(turn: Turn, may: May | None) -> None:
    if may is not None:
        turn.doing.check(may, person=turn.doing.who.person)


def _to_sign_in() -> ResponseReturnValue:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("signing.sign_in", next=wanted))


def _note_views(turn: Turn) -> None:
    """One row per person shown. Raises when it cannot be written: then the page is not sent (503)."""
    own = turn.doing.who.person if turn.doing.who else None
    seen = sorted(set(turn.seen) - {own})
    if not seen:
        return
    with opened().watch() as watching:
        watch.note_views(watching, seen, actor=turn.doing.who.account, role=turn.doing.role, page=request.endpoint or "",
                         at=turn.doing.at)
        watching.commit()


def note_event(kind: str, account: str = "") -> None:
    """Write a security event down, without personal data."""
    with opened().watch() as watching:
        watching.add(SecurityEvent(kind=kind, account=account, address=request.remote_addr or "", request=g.request_id, at=now()))
        watching.commit()


def request_key() -> str:
    """A fresh key for a form that writes."""
    return secrets.token_urlsafe(18)


def refused_sentence(refused: Refused) -> str:
    """Why an act was not done, in the reader's language."""
    return refusal(refused.code, refused.values)


