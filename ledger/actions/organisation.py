"""Setting up: provider, workshop, accounts and their roles, devices, badges. Also how passwords and tokens are made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.actions.doing import Doing
from ledger.core.access import NEVER_TOGETHER, May, Role
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import Month
from ledger.i18n import mark
from ledger.records import organisation as rows
from ledger.records import people
from ledger.records.organisation import Account, Badge, Device, Organisation, RoleGrant, Scope, Workshop
from ledger.records.vault import Vault, fingerprint
from ledger.sentences import learn

_hasher = PasswordHasher()
DUMMY_HASH = _hasher.hash("nobody has this password")
LEAST_PASSWORD = 12
MOST_SUBSTITUTED = 92
LATEST_SUBSTITUTED = 7

learn({
    "until_before_since": mark("The last day is before the first: correct one of them."),
    "substitute_too_early": mark("A substitute's first day may lie at most %(most)s days back."),
    "substitute_too_long": mark("A substitute may work here at most %(most)s days at a time: give a role that lasts instead."),
})


@dataclass(frozen=True)
class Provider:
    """What `init` asks for."""

    name: str
    code: str
    workshop: str
    vat_payer: bool
    books_from: Month
    project_name: str = ""
    project_number: str = ""
    funding: str = ""


def found(session: Session, vault: Vault, at: datetime, today: date, provider: Provider, director: str, name: str,
          password: str) -> Doing:
    """The first act of the books: provider, workshop and first director, who stands in the audit trail as the founder."""
    if session.scalar(select(Organisation.id).limit(1)) is not None:
        raise Refused("already_begun")
    organisation = Organisation(name=provider.name, code=provider.code, vat_payer=provider.vat_payer, created_at=at)
    session.add(organisation)
    session.flush()
    workshop = Workshop(organisation_id=organisation.id, name=provider.workshop, books_from=str(provider.books_from),
                        project_name=provider.project_name, project_number=provider.project_number, funding=provider.funding)
    session.add(workshop)
    session.flush()
    account = _new_account(session, organisation.id, director, name, password, at)
    session.add(RoleGrant(organisation_id=organisation.id, account_id=account.id, workshop_id=None,
                          role=Role.DIRECTOR.value, from_day=min(today, provider.books_from.first)))
    session.flush()
    doing = Doing(session, vault, rows.who_is(session, account), Scope(organisation.id, workshop.id), at, "init")
    doing.note("found", "organisation", organisation.ref, after={"name": provider.name, "workshop": provider.workshop,
                                                               "books_from": str(provider.books_from)})
    return doing


def hash_password(password: str) -> str:
    """An argon2id hash. Raises Refused below LEAST_PASSWORD characters. Slow on purpose: never inside a writing transaction."""
    if len(password) < LEAST_PASSWORD:
        raise Refused("password_short", at="password", least=LEAST_PASSWORD)
    return _hasher.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Whether the password is the one; takes as long when there is no account, or one that waits for its owner (no hash)."""
    own = password_hash if password_hash.startswith("$argon2") else ""
    try:
        return _hasher.verify(own or DUMMY_HASH, password) and bool(own)
    except (VerificationError, InvalidHashError):
        return False


def _new_account(session: Session, organisation: int, login: str, name: str, password_hash: str, at: datetime,
                 person: str | None = None) -> Account:
    account = Account(organisation_id=organisation, login=login.strip().lower(), name=name, password_hash=password_hash,
                      person_ref=person, created_at=at)
    session.add(account)
    session.flush()
    return account


def open_account(doing: Doing, login: str, name: str, password_hash: str, role: Role, *, whole: bool, since: date) -> Account:
    """A staff account with its first role, in this workshop or (`whole`) the whole organisation."""
    doing.check(May.KEEP_ACCOUNTS)
    for field, text in (("login", login), ("name", name)):
        if not text.strip():
            raise Refused("empty_text", at=field)
        if len(text.strip()) > 100:
            raise Refused("text_too_long", at=field, most=100)
    if rows.find_account(doing.session, login) is not None:
        raise Refused("login_taken", at="login")
    account = _new_account(doing.session, doing.scope.organisation, login, name.strip(), password_hash, doing.at)
    doing.note("open_account", "account", account.ref, after={"login": account.login})
    grant_role(doing, account, role, whole=whole, since=since)
    return account


def grant_role(doing: Doing, account: Account, role: Role, *, whole: bool, since: date, until: date | None = None) -> None:
    """Give a role. Nobody gives one to themselves, and nobody is accountant and director at once."""
    doing.check(May.KEEP_ACCOUNTS)
    if account.ref == doing.who.account:
        raise Refused("own_role")
    who = rows.who_is(doing.session, account)
    if who.organisation != doing.scope.organisation:
        raise Hidden
    held = {grant.role for grant in who.grants if grant.until_day is None or grant.until_day >= since}
    if held | {role} >= NEVER_TOGETHER:
        raise Refused("accountant_and_director")
    doing.session.add(RoleGrant(
        organisation_id=doing.scope.organisation, account_id=account.id, workshop_id=None if whole else doing.scope.workshop,
        role=role.value, from_day=since, until_day=until))
    doing.session.flush()
    doing.note("grant_role", "account", account.ref, after={"role": role.value, "since": since, "until": until})


def substitute(doing: Doing, account: Account, role: Role, since: date, until: date) -> None:
    """A role in this workshop for some days, at most MOST_SUBSTITUTED of them and none before a week ago: what was logged on paper
    meanwhile can be typed in. It ends by itself."""
    if until < since:
        raise Refused("until_before_since", at="until")
    if since < doing.today - timedelta(days=LATEST_SUBSTITUTED):
        raise Refused("substitute_too_early", at="since", most=LATEST_SUBSTITUTED)
    if (until - since).days >= MOST_SUBSTITUTED:
        raise Refused("substitute_too_long", at="until", most=MOST_SUBSTITUTED)
    grant_role(doing, account, role, whole=False, since=since, until=until)


def end_account(doing: Doing, ref: str) -> Account:
    """The account no longer signs in; the caller ends its sessions."""
    doing.check(May.KEEP_ACCOUNTS)
    account = rows.find_account_by_ref(doing.session, ref)
    if account is None or account.organisation_id != doing.scope.organisation:
        raise Hidden
    if account.ref == doing.who.account:
        raise Refused("own_account")
    account.active = False
    doing.session.flush()
    doing.note("end_account", "account", account.ref)
    return account


def change_password(doing: Doing, password_hash: str) -> None:
    """One's own new password; the caller ends the other sessions."""
    account = rows.find_account_by_ref(doing.session, doing.who.account)
    if account is None:
        raise Hidden
    account.password_hash = password_hash
    doing.session.flush()
    doing.note("change_password", "account", account.ref)


def choose_language(doing: Doing, language: str) -> None:
    """One's own language of the screen."""
    account = rows.find_account_by_ref(doing.session, doing.who.account)
    if account is None or language not in ("lt", "en"):
        raise Hidden
    before, account.language = account.language, language
    doing.session.flush()
    doing.note("choose_language", "account", account.ref, before={"language": before}, after={"language": language})


def make_badge(doing: Doing, participant_ref: str) -> str:
    """A new badge of a participant; the old one is dead at once. Returns the token for the QR code, which is kept nowhere."""
    doing.check(May.MAKE_BADGES)
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    if rows.find_account_of_person(doing.session, named.person.ref) is None:
        account = _new_account(doing.session, doing.scope.organisation, f"#{named.person.ref}", named.person.number, "",
                               doing.at, named.person.ref)
        doing.session.add(RoleGrant(organisation_id=doing.scope.organisation, account_id=account.id,
                                    workshop_id=doing.scope.workshop, role=Role.PARTICIPANT.value,
                                    from_day=named.person.started))
    _void(doing, named.id)
    token = secrets.token_urlsafe(16)
    badge = Badge(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id,
                  token_hash=fingerprint(token), made_at=doing.at)
    doing.session.add(badge)
    doing.session.flush()
    doing.note("make_badge", "badge", badge.ref, person=named.person.ref)
    return token


def void_badge(doing: Doing, participant_ref: str) -> None:
    """The badge was lost: it opens nothing from now on."""
    doing.check(May.MAKE_BADGES)
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    if not _void(doing, named.id):
        raise Hidden


def _void(doing: Doing, participant_id: int) -> bool:
    badge = rows.live_badges(doing.session, doing.scope).get(participant_id)
    if badge is None:
        return False
    badge.voided_at = doing.at
    doing.session.flush()
    doing.note("void_badge", "badge", badge.ref)
    return True


def register_device(doing: Doing, name: str) -> str:
    """This device may read badges from now on. Returns the token for its cookie, which is kept nowhere."""
    doing.check(May.KEEP_DEVICES)
    if not name.strip():
        raise Refused("empty_text", at="name")
    token = secrets.token_urlsafe(32)
    device = Device(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, name=name.strip()[:60],
                    token_hash=fingerprint(token), registered_at=doing.at)
    doing.session.add(device)
    doing.session.flush()
    doing.note("register_device", "device", device.ref, after={"name": device.name})
    return token


def void_device(doing: Doing, ref: str) -> None:
    """The device was lost or given away: badges open nothing on it any more."""
    doing.check(May.KEEP_DEVICES)
    device = next((one for one in rows.devices(doing.session, doing.scope) if one.ref == ref), None)
    if device is None or device.voided_at is not None:
        raise Hidden
    device.voided_at = doing.at
    doing.session.flush()
    doing.note("void_device", "device", device.ref)

