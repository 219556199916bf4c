"""Accounts of staff: invited by a link that works once, their roles from day to day; and the page on which an invited person
chooses a password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, SelectField, StringField

from ledger.actions import invitations as actions
from ledger.actions import organisation as accounts
from ledger.core.access import May, Role
from ledger.core.faults import Hidden, Refused
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, mark
from ledger.records import organisation as rows
from ledger.records.organisation import OF_ALL, Account, RoleGrant, Scope
from ledger.records.vault import fingerprint
from ledger.sentences import learn
from ledger.web import identity
from ledger.web.forms import DayField, Form, needed
from ledger.web.menu import role_word
from ledger.web.rules import Open, Room
from ledger.web.session import Turn, outside_work

room = Room("staff")

GIVEN = (Role.INSTRUCTOR, Role.SOCIAL, Role.SALES, Role.ACCOUNTANT, Role.DIRECTOR, Role.ADMIN)
"""Roles that have pages of their own; the others come with theirs."""

learn({
    "account_ended": mark("This account is ended: invite the person anew under another sign-in name."),
    "invitation_used": mark("This link has been used or replaced by a newer one."),
    "role_ends_before": mark("The last day lies before the first: check both."),
    "last_director": mark("Nobody else is a director: give somebody else the role first."),
})


class InviteForm(Form):
    """A new account for somebody of the staff."""

    name = StringField(lazy_text("First name and surname"), [needed])
    login = StringField(lazy_text("Sign-in name"), [needed], description=lazy_text(
        "Short, without spaces: for example, vardas.pavarde. It cannot be changed later."))
    role = SelectField(lazy_text("Role"), choices=())


class RoleForm(Form):
    """Another role of somebody who has an account."""

    role = SelectField(lazy_text("Role"), choices=())
    since = DayField(lazy_text("From"), [needed])
    until = DayField(lazy_text("Until"), description=lazy_text("Leave it empty when it lasts."))


class OwnPasswordForm(Form):
    """The password that an invited person chooses."""

    password = PasswordField(lazy_text("New password"), [needed], description=lazy_text(
        "At least 12 characters. A few words that only you put together are good; a password manager is better."))


@dataclass(frozen=True)
class Held:
    """A role of an account as the page shows it; `state` is live, later or past."""

    grant: RoleGrant
    word: str
    state: str


@dataclass(frozen=True)
class Member:
    """Somebody of the staff; `state` is own, active, waiting, late (the link is too old) or ended."""

    account: Account
    state: str
    roles: tuple[Held, ...]


def _member(account: Account, grants: list[RoleGrant], turn: Turn) -> Member:
    today, until = turn.doing.today, account.invited_until
    if account.ref == turn.doing.who.account:
        state = "own"
    elif not account.active:
        state = "ended"
    elif until is not None:
        state = "waiting" if until >= today else "late"
    else:
        state = "active"
    return Member(account, state, tuple(Held(one, role_word(one.role), _state(one, today)) for one in grants))


def _state(grant: RoleGrant, today: date) -> str:
    if grant.from_day > today:
        return "later"
    return "past" if grant.until_day is not None and grant.until_day < today else "live"


@room.get("/staff", May.KEEP_ACCOUNTS)
def listed(turn: Turn) -> ResponseReturnValue:
    """Everybody of the staff, and the form that invites somebody."""
    return _listed(turn, _choosing(InviteForm()))


def _choosing(form: InviteForm | RoleForm) -> InviteForm | RoleForm:
    form.role.choices = [(role.value, role_word(role.value)) for role in GIVEN]
    return form


def _listed(turn: Turn, form: Form) -> str:
    found: dict[str, tuple[Account, list[RoleGrant]]] = {}
    for account, grant in rows.grants_of(turn.session, turn.doing.scope):
        found.setdefault(account.ref, (account, []))[1].append(grant)
    everybody = [_member(account, grants, turn) for account, grants in found.values()]
    return render_template("staff/list.html", form=form, here=[one for one in everybody if one.state != "ended"],
                           gone=[one for one in everybody if one.state == "ended"])


@room.post("/staff", May.KEEP_ACCOUNTS)
def invite(turn: Turn) -> ResponseReturnValue:
    """A new account and its link, which is shown this once: nobody keeps it."""
    form = _choosing(InviteForm.sent())
    made: list[tuple[Account, str]] = []

    def act() -> None:
        role = Role(form.role.data)
        made.append(actions.invite(turn.doing, form.login.data, form.name.data, role, whole=role in OF_ALL, since=turn.doing.today))
    answer = turn.submit(form, act, then=lambda: url_for("staff.listed"), again=lambda: _listed(turn, form))
    return _link(turn, *made[0]) if made and turn.wrote else answer


def _link(turn: Turn, account: Account, token: str) -> str:
    turn.wrote, turn.repeat_location = True, url_for("staff.account", ref=account.ref)
    return render_template("staff/link.html", account=account, link=url_for("staff.invitation", token=token, _external=True))


@room.get("/staff/<ref>", May.KEEP_ACCOUNTS)
def account(turn: Turn, ref: str) -> ResponseReturnValue:
    """One account: its roles, a new link, its end."""
    form = _choosing(RoleForm())
    form["since"].data = turn.doing.today
    return _account(turn, ref, form)


def _account(turn: Turn, ref: str, form: Form) -> str:
    found = rows.find_account_by_ref(turn.session, ref)
    if found is None or found.organisation_id != turn.doing.scope.organisation or found.person_ref is not None:
        raise Hidden
    grants = [one for one in rows.grants_of_account(turn.session, turn.doing.scope, found.id)
              if one.workshop_id in (None, turn.doing.scope.workshop)]
    return render_template("staff/account.html", form=form, one=_member(found, grants, turn))


@room.post("/staff/<ref>/roles", May.KEEP_ACCOUNTS)
def give_role(turn: Turn, ref: str) -> ResponseReturnValue:
    """Another role from a day."""
    form = _choosing(RoleForm.sent())
    return turn.submit(
        form, act=lambda: actions.give_role(
            turn.doing, ref, Role(form.role.data), since=form["since"].data, until=form["until"].data),
        then=lambda: url_for("staff.account", ref=ref), again=lambda: _account(turn, ref, form), said=_("The role is given."))


@room.post("/staff/<ref>/roles/<grant>/end", May.KEEP_ACCOUNTS)
def end_role(turn: Turn, ref: str, grant: str) -> ResponseReturnValue:
    """A role counts no more from today."""
    form = _choosing(RoleForm())

    def again(refused: Refused) -> str:
        form.refuse(refused)
        return _account(turn, ref, form)
    return turn.attempt(
        lambda: actions.end_role(turn.doing, ref, grant), then=lambda: url_for("staff.account", ref=ref), again=again,
        said=_("The role is ended: it counts no more from today."))


@room.get("/staff/<ref>/link", May.KEEP_ACCOUNTS)
def link_question(turn: Turn, ref: str) -> ResponseReturnValue:
    """Asks first: the old password works no more."""
    found = rows.find_account_by_ref(turn.session, ref)
    if found is None or found.organisation_id != turn.doing.scope.organisation or found.person_ref is not None:
        raise Hidden
    return render_template(
        "confirm.html", title=_("A new link for %(name)s?", name=found.name), action=url_for("staff.new_link", ref=ref),
        text=_("The password and the links given before work no more, and the person is signed out everywhere. You will see the "
               "new link once."), word=_("Make a new link"), back=url_for("staff.account", ref=ref))


@room.post("/staff/<ref>/link", May.KEEP_ACCOUNTS)
def new_link(turn: Turn, ref: str) -> ResponseReturnValue:
    """A new link for somebody who lost it or forgot the password."""
    found, token = actions.invite_again(turn.doing, ref)
    identity.end_other_sessions(found.ref)
    return _link(turn, found, token)


# ---------- whoever was invited ----------


@room.get("/invited/<token>", Open.EVERYBODY)
def invitation(turn: Turn, token: str) -> ResponseReturnValue:
    """The page behind the link."""
    found = rows.find_invited(turn.session, fingerprint(token), turn.doing.today)
    if found is None:
        return render_template("staff/no_invitation.html"), 404
    return _invitation(turn, found, token, OwnPasswordForm())


def _invitation(turn: Turn, found: Account, token: str, form: Form) -> str:
    provider = rows.get_organisation(turn.session, Scope(found.organisation_id, 0))
    return render_template("staff/invitation.html", account=found, provider=provider.name, token=token, form=form)


@room.post_outside("/invited/<token>", Open.EVERYBODY)
def accept(turn: Turn, token: str) -> ResponseReturnValue:
    """The chosen password; then the door."""
    found = rows.find_invited(turn.session, fingerprint(token), turn.doing.today)
    if found is None:
        return render_template("staff/no_invitation.html"), 404
    form = OwnPasswordForm.sent()
    if not form.validate():
        return _invitation(turn, found, token, form), 422
    who = rows.who_is(turn.session, found)
    workshop = next((one.workshop for one in who.grants if one.workshop), 0) or rows.workshops(turn.session, who.organisation)[0].id
    turn.doing = replace(turn.doing, who=who, scope=Scope(who.organisation, workshop))
    try:
        return outside_work(
            turn, slow=lambda _doing: accounts.hash_password(form.password.data),
            act=lambda doing, made: actions.accept(doing, token, made), then=url_for("signing.sign_in"),
            said=_("The password is set. Sign in as “%(login)s”.", login=found.login))
    except Refused as refused:
        form.refuse(refused)
        return _invitation(turn, found, token, form), 422
