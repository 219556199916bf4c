"""Signing in and out: staff with a password, participants with a badge on a registered device; the language; the start page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Response, abort, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from wtforms import PasswordField, StringField

from ledger.actions import organisation as actions
from ledger.core.faults import Hidden
from ledger.i18n import LANGUAGES, lazy_text, pgettext
from ledger.i18n import gettext as _
from ledger.records import organisation, people
from ledger.records.organisation import Badge, Device, Scope
from ledger.records.vault import fingerprint
from ledger.web import identity
from ledger.web.forms import Form, needed
from ledger.web.rules import Open, Room
from ledger.web.session import Turn, note_event, now, opened, outside_work

room = Room("signing")

START = {"participant": "participant.month", "instructor": "day.today", "accountant": "month.newest", "director": "month.newest",
         "social": "goals.people", "sales": "goods.sales", "admin": "settings.devices"}
BADGE_WAITS = timedelta(minutes=2)
COOKIE_LIFE = timedelta(days=400)


class SignInForm(Form):
    """Name and password."""

    login = StringField(lazy_text("Sign-in name"), [needed])
    password = PasswordField(lazy_text("Password"), [needed], description=lazy_text("You may paste it from a password manager."))


@room.get("/", Open.EVERYBODY)
def home(_turn: Turn) -> ResponseReturnValue:
    """The page where this role's work is."""
    if not current_user.is_authenticated:
        return redirect(url_for("signing.sign_in"))
    return redirect(url_for(START.get(current_user.role, "signing.sign_in")))


@room.get("/sign-in", Open.EVERYBODY)
def sign_in(_turn: Turn) -> ResponseReturnValue:
    """Two doors: badge and password."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")) or url_for("signing.home"))
    return _doors(SignInForm())


def _doors(form: SignInForm, badge_fault: str = "") -> str:
    with opened().read() as books:
        device = _device(books)
        place = organisation.get_workshop(books, Scope(device.organisation_id, device.workshop_id)).name if device else ""
    return render_template("sign_in.html", form=form, badge_ready=device is not None, badge_fault=badge_fault, place=place,
                           next=request.args.get("next"))


@room.post_outside("/sign-in", Open.EVERYBODY, keyed=False)
def sign_in_now(_turn: Turn) -> ResponseReturnValue:
    """Check name and password. The same words and the same work for an unknown name as for a wrong password."""
    form = SignInForm.sent()
    if not form.validate():
        return _doors(form), 422
    login, address = identity.about_login(form.login.data), identity.about_address()
    known_device = _knows_login(form.login.data)
    if identity.too_many(address, most=5 * identity.MOST_FAILED) or (identity.too_many(login) and not known_device):
        abort(429)
    with opened().read() as books:
        account = organisation.find_account(books, form.login.data)
        password_hash = account.password_hash if account is not None and account.active else ""
    if not actions.password_fits(password_hash, form.password.data) or account is None:
        identity.note_failure(login, address)
        form.form_errors.append(_("The sign-in name or the password is wrong. Check both and try again."))
        return _doors(form), 422
    identity.forget_failures(login)
    wanted = safe_next(request.args.get("next"))
    identity.begin_session(account, by_badge=False)
    response = make_response(redirect(wanted or url_for("signing.home"), 303))
    _remember_login(response, account.login)
    return response


def _knows_login(login: str) -> bool:
    """Whether somebody signed in with this name on this browser before: a flood of guesses does not lock them out."""
    try:
        known = _signer().loads(request.cookies.get("dirbtuve_known", ""))
    except BadSignature:
        return False
    return bool(known == identity.about_login(login))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known login")


def _remember_login(response: Response, login: str) -> None:
    value = _signer().dumps(identity.about_login(login))
    response.set_cookie("dirbtuve_known", value, max_age=COOKIE_LIFE, httponly=True, samesite="Lax",
                        secure=current_app.config["SESSION_COOKIE_SECURE"])


@room.post_outside("/sign-out", Open.EVERYBODY, keyed=False)
def sign_out(_turn: Turn) -> ResponseReturnValue:
    """End the session on the server."""
    identity.end_session()
    return redirect(url_for("signing.sign_in"), 303)


@room.post_outside("/badge", Open.EVERYBODY, keyed=False)
def badge(_turn: Turn) -> ResponseReturnValue:
    """A badge was shown: ask whether it is the right person."""
    form = SignInForm()
    if identity.too_many(_badge_address(), most=identity.MOST_FAILED_BADGES):
        note_event("badge_flood")
        abort(429)
    with opened().read() as books:
        device = _device(books)
        found = organisation.find_badge(books, fingerprint(request.form.get("badge", "")[:100].strip()))
        if device is None:
            note_event("badge_on_unknown_device")
            return _doors(form, pgettext("participant", "Badges do not work on this device. Call your instructor.")), 403
        if found is None or found.workshop_id != device.workshop_id or found.voided_at is not None:
            note_event("badge_voided" if found else "badge_unknown")
            identity.note_failure(_badge_address())
            return _doors(form, pgettext("participant", "This badge does not work. Call your instructor.")), 422
    session["badge"] = found.ref
    session["badge_at"] = now().isoformat()
    return redirect(url_for("signing.badge_question"), 303)


def _badge_address() -> str:
    return f"badge:{request.remote_addr}"


@room.get("/badge/you", Open.EVERYBODY)
def badge_question(turn: Turn) -> ResponseReturnValue:
    """Is this you? A mix-up ends here."""
    badge_row, _device_row = _shown(turn)
    return render_template("badge_confirm.html", name=_holder(turn, badge_row).name, picture=None)


@room.post_outside("/badge/you", Open.EVERYBODY, keyed=False)
def badge_confirm(turn: Turn) -> ResponseReturnValue:
    """Yes: the participant's own pages open. No: back to the door."""
    badge_row, device = _shown(turn)
    session.pop("badge", None)
    if request.form.get("answer") != "yes":
        return redirect(url_for("signing.sign_in"), 303)
    account = organisation.find_account_of_person(turn.session, _holder(turn, badge_row).person.ref)
    if account is None or not account.active:
        raise Hidden
    identity.begin_session(account, by_badge=True, device=device.ref)
    return redirect(url_for("signing.home"), 303)


def _shown(turn: Turn) -> tuple[Badge, Device]:
    """The badge shown a moment ago on this device; raises Hidden when it was voided since or too long ago."""
    device, at = _device(turn.session), session.get("badge_at")
    if device is None or at is None or identity.moment_passed(datetime.fromisoformat(at), BADGE_WAITS):
        raise Hidden
    scope = Scope(device.organisation_id, device.workshop_id)
    for one in organisation.live_badges(turn.session, scope).values():
        if one.ref == session.get("badge"):
            return one, device
    raise Hidden


def _holder(turn: Turn, badge_row: Badge) -> people.Named:
    scope = Scope(badge_row.organisation_id, badge_row.workshop_id)
    return people.get_participant_by_id(turn.session, turn.doing.vault, scope, badge_row.participant_id)


def _device(books: Session) -> Device | None:
    token = identity.device_token()
    return organisation.find_device(books, fingerprint(token)) if token else None


@room.post_outside("/language", Open.EVERYBODY, keyed=False)
def language(turn: Turn) -> ResponseReturnValue:
    """Another language for this browser and, when somebody is signed in, for their account."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    session["language"] = chosen
    then = safe_next(request.form.get("next")) or url_for("signing.home")
    if not current_user.is_authenticated:
        return redirect(then, 303)
    return outside_work(turn, lambda _doing: None, lambda doing, _nothing: actions.choose_language(doing, chosen), then)


def safe_next(wanted: str | None) -> str | None:
    """The address to go on to, if it is a page of ours: one leading slash, no tricks, and a route that is read."""
    if not wanted or not re.fullmatch(r"/(?![/\\])[^\x00-\x20\x7f\\]*", wanted):
        return None
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        adapter.match(wanted.partition("?")[0], method="GET")
    except HTTPException:
        return None
    return wanted
