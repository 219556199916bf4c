"""Devices on which badges work, the staff and their roles, the newest changes in plain words, and one's own password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import abort, current_app, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from ledger import i18n
from ledger.actions import organisation as actions
from ledger.actions import restores
from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import Month
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, mark, ngettext, pgettext
from ledger.records import audit as trail_rows
from ledger.records import backup, organisation, people
from ledger.records.audit import Audit
from ledger.records.organisation import Account, Device, RoleGrant
from ledger.records.vault import fingerprint
from ledger.sentences import learn, sentence
from ledger.web import identity
from ledger.web.forms import Form, needed
from ledger.web.menu import role_word
from ledger.web.rules import Open, Room
from ledger.web.session import Turn, outside_work
from ledger.web.signing import COOKIE_LIFE

room = Room("settings")

learn({"password_wrong": mark("The current password is wrong: type the one with which you signed in.")})

MOST_CHANGES = 200
"""Rows of the trail on a page; the many rows of one request (a file brought in) stand there as one."""


# ---------- devices ----------


class DeviceForm(Form):
    """The device in front of the reader."""

    name = StringField(lazy_text("Name of this device"), [needed], description=lazy_text("For example: tablet by the door."))


@room.get("/devices", May.KEEP_DEVICES)
def devices(turn: Turn) -> ResponseReturnValue:
    """The devices of the workshop and the staff."""
    return _devices(turn, DeviceForm())


def _devices(turn: Turn, form: DeviceForm) -> str:
    found = organisation.devices(turn.session, turn.doing.scope)
    newest = restores.standing(backup.last(current_app.extensions["settings"].data_dir), turn.doing.at)
    return render_template(
        "settings/devices.html", form=form, backup=" ".join(sentence(code, values) for code, values in newest.told),
        backup_due=newest.due, devices=[one for one in found if one.voided_at is None],
        voided=[one for one in found if one.voided_at is not None], this=_this_device(found), staff=_staff(turn))


def _this_device(found: list[Device]) -> Device | None:
    token = identity.device_token()
    known = fingerprint(token) if token else ""
    return next((one for one in found if one.token_hash == known and one.voided_at is None), None)


@room.post("/devices", May.KEEP_DEVICES)
def register(turn: Turn) -> ResponseReturnValue:
    """Badges work on this device from now on: its cookie is set in the answer, and only there."""
    form, tokens = DeviceForm.sent(), list[str]()
    answer = make_response(turn.submit(
        form, act=lambda: tokens.append(actions.register_device(turn.doing, form.name.data)),
        then=lambda: url_for("settings.devices"), again=lambda: _devices(turn, form),
        said=_("The device is registered: badges work here now.")))
    if tokens and answer.status_code == 303:
        answer.set_cookie(identity.DEVICE_COOKIE, tokens[0], max_age=COOKIE_LIFE, httponly=True, samesite="Lax",
                          secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer


@room.post("/devices/<ref>/void", May.KEEP_DEVICES)
def void_device(turn: Turn, ref: str) -> ResponseReturnValue:
    """The device was lost or given away."""
    actions.void_device(turn.doing, ref)
    return turn.go(url_for("settings.devices"), _("Badges no longer work on that device."))


# ---------- staff ----------


@dataclass(frozen=True)
class Member:
    """Somebody of the staff with their roles as words."""

    account: Account
    roles: tuple[tuple[str, date, date | None], ...]
    own: bool


def _staff(turn: Turn) -> list[Member]:
    found: dict[str, tuple[Account, list[RoleGrant]]] = {}
    for account, grant in organisation.grants_of(turn.session, turn.doing.scope):
        found.setdefault(account.ref, (account, []))[1].append(grant)
    return [Member(account, tuple((role_word(grant.role), grant.from_day, grant.until_day) for grant in grants),
                   account.ref == turn.doing.who.account) for account, grants in found.values()]


@room.get("/staff/<ref>/end", May.KEEP_ACCOUNTS)
def end_question(turn: Turn, ref: str) -> ResponseReturnValue:
    """Asks before an account is ended."""
    account = organisation.find_account_by_ref(turn.session, ref)
    if account is None or account.organisation_id != turn.doing.scope.organisation or account.person_ref is not None:
        raise Hidden
    return render_template(
        "confirm.html", title=_("End the account of %(name)s?", name=account.name), action=url_for("settings.end_account", ref=ref),
        text=_("They are signed out everywhere at once and can no longer sign in. What they did stays in the books."),
        word=_("End the account"), kind="danger", back=url_for("settings.devices"))


@room.post("/staff/<ref>/end", May.KEEP_ACCOUNTS)
def end_account(turn: Turn, ref: str) -> ResponseReturnValue:
    """The account no longer signs in, and is signed out wherever it is."""
    account = actions.end_account(turn.doing, ref)
    identity.end_other_sessions(account.ref)
    return turn.go(url_for("settings.devices"), _("The account of %(name)s is ended.", name=account.name))


# ---------- the newest changes ----------

WORDS: dict[str, str] = {
    "found": mark("began the books"),
    "open_account": mark("opened an account"),
    "end_account": mark("ended an account"),
    "grant_role": mark("gave a role"), "end_role": mark("ended a role"),
    "invite_again": mark("made a new link for an account"), "accept_invitation": mark("chose a password by a link"),
    "describe": mark("changed what provider or workshop are called"), "keep_key": mark("put the key sheet away"),
    "change_password": mark("changed their own password"),
    "choose_language": mark("chose the language of the screen"),
    "link_account": mark("gave the participant the account of their number"),
    "make_badge": mark("made a badge"),
    "void_badge": mark("voided a badge"),
    "register_device": mark("registered a device"),
    "void_device": mark("voided a device"),
    "keep_participant": mark("wrote down a participant's data"),
    "say_wrong": mark("said that something is wrong"),
    "settle_concern": mark("settled what was said to be wrong"),
    "set_goal": mark("set a goal"),
    "change_goal": mark("changed a goal"),
    "end_goal": mark("ended a goal"),
    "observe": mark("wrote an observation of a goal"),
    "log_attendance": mark("marked attendance"),
    "take_back_attendance": mark("took a mark of attendance back"),
    "log_lot": mark("logged a lot"),
    "change_lot": mark("changed a lot"),
    "take_back_lot": mark("took a lot back"),
    "close_day": mark("closed a day"), "reopen_day": mark("opened a day again"),
    "log_trial": mark("logged a day of trying"), "take_back_trial": mark("took a day of trying back"),
    "set_plan": mark("set a person's hours of the week"), "take_back_plan": mark("took hours of the week back"),
    "join_person": mark("wrote down that a person attends two workshops"),
    "part_person": mark("took back that a person attends two workshops"),
    "log_sale": mark("logged a sale"),
    "change_sale": mark("changed a sale"),
    "log_return": mark("logged a return"),
    "take_back_sale": mark("took a sale back"),
    "log_work": mark("logged work of a day"),
    "change_work": mark("changed work of a day"),
    "take_back_work": mark("took work of a day back"),
    "set_value": mark("set a person's value"),
    "take_back_value": mark("took a person's value back"),
    "decide": mark("decided about an encouragement"),
    "take_back_decision": mark("took a decision back"),
    "set_figure": mark("set a figure of a month"),
    "take_back_figure": mark("took a figure of a month back"),
    "late_row": mark("handed in a late row"),
    "import": mark("brought data in from a file"),
    "calculate": mark("worked out a month"),
    "submit": mark("submitted a month for approval"),
    "send_back": mark("sent a month back"),
    "withdraw": mark("withdrew a month from approval"),
    "discard": mark("discarded a month's draft"),
    "declare_empty": mark("declared a month empty"),
    "approve": mark("approved a month"),
    "approve_scheme": mark("approved rules of calculation"), "start_draft": mark("began a draft of rules"),
    "change_draft": mark("changed a draft of rules"), "drop_draft": mark("threw a draft of rules away"),
    "end_draft": mark("a draft became approved rules"),
    "send_held": mark("sent what was written down without a network"),
    "store_papers": mark("made papers"),
    "start_batch": mark("asked for the papers of a month"), "retry_batch": mark("had papers that failed tried again"),
}


@dataclass(frozen=True)
class Change:
    """One line of the trail in words; it may stand for many rows of one request."""

    row: Audit
    name: str
    roles: str
    what: str
    about: str


@room.get("/audit", May.SEE_AUDIT)
def audit(turn: Turn) -> ResponseReturnValue:
    """The newest changes, page by page; participants by number only."""
    before = request.args.get("before", type=int)
    found = trail_rows.trail(turn.session, turn.doing.scope, limit=MOST_CHANGES + 1, before_id=before)
    names = {account.ref: account.name for account, _grant in organisation.grants_of(turn.session, turn.doing.scope)}
    numbers = people.numbers(turn.session, turn.doing.scope)
    own = organisation.persons_of_accounts(turn.session, turn.doing.scope)
    shown = found[:MOST_CHANGES]
    loggers = {row.request: names.get(row.after["logged_by"], "") for row in shown if row.action == "send_held" and row.after}
    changes = [_change(rows, names.get(rows[0].actor) or numbers.get(own.get(rows[0].actor, ""), ""), numbers,
                       loggers.get(rows[0].request, "")) for rows in _grouped(shown)]
    older = url_for("settings.audit", before=shown[-1].id) if len(found) > MOST_CHANGES else ""
    return render_template("settings/audit.html", changes=changes, older=older, newest=before is None)


def _grouped(rows: list[Audit]) -> list[list[Audit]]:
    """Neighbours of one request and action together."""
    return [list(group) for _key, group in groupby(rows, key=lambda row: (row.request, row.action))]


def _change(rows: list[Audit], name: str, numbers: dict[str, str], logger: str = "") -> Change:
    """`logger` is who wrote it down on a device without a network; `name` sent it."""
    row = rows[0]
    if logger and logger != name:
        name = _("logged by %(logger)s, sent by %(sender)s", logger=logger, sender=name)
    roles = ", ".join(role_word(role) for role in row.actor_role.split("+") if role_word(role))
    what = _(WORDS[row.action]) if row.action in WORDS else row.action
    about = _about(row, numbers) if len(rows) == 1 else ngettext("%(num)s row", "%(num)s rows", len(rows))
    return Change(row, name or pgettext("audit", "program"), roles, what, about)


def _about(row: Audit, numbers: dict[str, str]) -> str:
    """What the change was about, in a few words: a participant's number, a month, a day, a name of a thing."""
    after = row.after if isinstance(row.after, dict) else {}
    told = [numbers.get(row.person_ref, "")]
    if "month" in after:
        told.append(i18n.month_title(Month.parse(str(after["month"]))))
    told += [str(after[name]) for name in ("day", "number", "name", "login", "order") if isinstance(after.get(name), str)]
    return ", ".join(dict.fromkeys(one for one in told if one))


# ---------- own password ----------


class PasswordForm(Form):
    """One's own new password."""

    current_password = PasswordField(lazy_text("Current password"), [needed])
    password = PasswordField(lazy_text("New password"), [needed], description=lazy_text(
        "At least 12 characters. A few words that only you put together are good; a password manager is better."))


@room.get("/password", Open.SIGNED_IN)
def password(turn: Turn) -> ResponseReturnValue:
    """The form; participants have no password."""
    _staff_only(turn)
    return _password(PasswordForm())


def _staff_only(turn: Turn) -> None:
    if turn.doing.who.person is not None:
        raise Hidden


def _password(form: PasswordForm) -> str:
    return render_template("settings/password.html", form=form)


@room.post_outside("/password", Open.SIGNED_IN)
def change_password(turn: Turn) -> ResponseReturnValue:
    """Change it: the other sessions end, this one stays."""
    _staff_only(turn)
    form, counted = PasswordForm.sent(), f"password:{turn.doing.who.account}"
    if identity.too_many(counted):
        abort(429)
    if not form.validate():
        return _password(form), 422
    try:
        answer = outside_work(
            turn, slow=lambda doing: _new_hash(doing, form), act=actions.change_password,
            then=url_for("signing.home"), said="")
    except Refused as refused:
        if refused.code == "password_wrong":
            identity.note_failure(counted)
        form.refuse(refused)
        return _password(form), 422
    identity.forget_failures(counted)
    identity.end_other_sessions(turn.doing.who.account, keep=identity.own_session())
    flash(_("The password is changed. Your other devices are signed out."), "ok")
    return answer


def _new_hash(doing: Doing, form: PasswordForm) -> str:
    account = organisation.find_account_by_ref(doing.session, doing.who.account)
    if account is None or not actions.password_fits(account.password_hash, form.current_password.data):
        raise Refused("password_wrong", at="current_password")
    return actions.hash_password(form.password.data)
