"""Staff who are invited: an account waits without a password for a link that works once, for a week. Roles given and ended; what
provider and workshop are called."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.actions import organisation
from ledger.actions.doing import Doing
from ledger.core.access import May, Role
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.records import organisation as rows
from ledger.records.organisation import INVITED, Account, RoleGrant
from ledger.records.vault import fingerprint

INVITED_FOR = timedelta(days=7)
FUNDED = ("", "part", "full")
LONGEST_NAME = 200


def invite(doing: Doing, login: str, name: str, role: Role, *, whole: bool, since: date) -> tuple[Account, str]:
    """A new account that waits for its owner. Returns it with the token of its link, which is kept nowhere."""
    token = secrets.token_urlsafe(24)
    return organisation.open_account(doing, login, name, _waiting(doing, token), role, whole=whole, since=since), token


def invite_again(doing: Doing, ref: str) -> tuple[Account, str]:
    """A new link for an account whose owner lost the link or forgot the password: the old ones open nothing from now on. The caller
    ends its sessions."""
    account = _of_another(doing, ref)
    if not account.active:
        raise Conflict("account_ended")
    token = secrets.token_urlsafe(24)
    account.password_hash = _waiting(doing, token)
    doing.session.flush()
    doing.note("invite_again", "account", account.ref, after={"login": account.login})
    return account, token


def accept(doing: Doing, token: str, password_hash: str) -> None:
    """The owner's own password; the link opens nothing more. Raises Conflict when it was used or replaced meanwhile."""
    account = rows.find_invited(doing.session, fingerprint(token), doing.today)
    if account is None or account.ref != doing.who.account:
        raise Conflict("invitation_used")
    account.password_hash = password_hash
    doing.session.flush()
    doing.note("accept_invitation", "account", account.ref)


def give_role(doing: Doing, ref: str, role: Role, *, since: date, until: date | None) -> None:
    """Another role from a day (to a day): here, or in the whole organisation for those who work for all of it."""
    account = _of_another(doing, ref)
    if not account.active:
        raise Conflict("account_ended")
    if until is not None and until < since:
        raise Refused("role_ends_before", at="until")
    organisation.grant_role(doing, account, role, whole=role in rows.OF_ALL, since=since, until=until)


def end_role(doing: Doing, ref: str, grant_id: str) -> RoleGrant:
    """The role's last day is yesterday: it counts no more today. Raises Hidden for no such live role, Refused for the last
    director."""
    account = _of_another(doing, ref)
    grant = next((one for one in rows.grants_of_account(doing.session, doing.scope, account.id) if one.ref == grant_id), None)
    if grant is None or (grant.until_day is not None and grant.until_day < doing.today):
        raise Hidden
    if grant.role == Role.DIRECTOR.value and rows.directors(doing.session, doing.scope, doing.today) <= {account.ref}:
        raise Refused("last_director")
    before, grant.until_day = grant.until_day, doing.today - timedelta(days=1)
    doing.session.flush()
    doing.note("end_role", "account", account.ref, before={"role": grant.role, "until": before},
               after={"role": grant.role, "until": grant.until_day})
    return grant


@dataclass(frozen=True)
class Described:
    """What provider and workshop are called, and whose money the workshop is run with: `funding` is "", part or full."""

    name: str
    code: str
    vat_payer: bool
    workshop: str
    project_name: str
    project_number: str
    funding: str


def describe(doing: Doing, told: Described) -> None:
    """Change what provider and workshop are called. Papers made from now on carry it; those that are there stay."""
    doing.check(May.KEEP_PROVIDER)
    for field in ("name", "code", "workshop"):
        if not getattr(told, field).strip():
            raise Refused("empty_text", at=field)
    for field in ("name", "code", "workshop", "project_name", "project_number"):
        if len(getattr(told, field)) > LONGEST_NAME:
            raise Refused("text_too_long", at=field, most=LONGEST_NAME)
    if told.funding not in FUNDED:
        raise Refused("no_such_funding", at="funding")
    provider, workshop = rows.get_organisation(doing.session, doing.scope), doing.workshop()
    before = described(doing)
    provider.name, provider.code, provider.vat_payer = told.name.strip(), told.code.strip(), told.vat_payer
    workshop.name, workshop.funding = told.workshop.strip(), told.funding
    workshop.project_name, workshop.project_number = told.project_name.strip(), told.project_number.strip()
    doing.session.flush()
    doing.note("describe", "organisation", provider.ref, before=vars(before), after=vars(described(doing)))


def described(doing: Doing) -> Described:
    """What provider and workshop are called now."""
    provider, workshop = rows.get_organisation(doing.session, doing.scope), doing.workshop()
    return Described(provider.name, provider.code, provider.vat_payer, workshop.name, workshop.project_name,
                     workshop.project_number, workshop.funding)


def say_key_kept(doing: Doing) -> None:
    """The director has printed the key sheet and put it where only two people reach it."""
    doing.check(May.KEEP_PROVIDER)
    provider = rows.get_organisation(doing.session, doing.scope)
    doing.note("keep_key", "organisation", provider.ref)


def _waiting(doing: Doing, token: str) -> str:
    return f"{INVITED}{fingerprint(token)}:{(doing.today + INVITED_FOR).isoformat()}"


def _of_another(doing: Doing, ref: str) -> Account:
    doing.check(May.KEEP_ACCOUNTS)
    account = rows.find_account_by_ref(doing.session, ref)
    if account is None or account.organisation_id != doing.scope.organisation or account.person_ref is not None:
        raise Hidden
    if account.ref == doing.who.account:
        raise Refused("own_account")
    return account
