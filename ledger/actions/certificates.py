"""Certificates of stipends received: made once under a number, stored encrypted, handed out as they are; and the year's sums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from ledger import i18n
from ledger.actions.doing import Doing
from ledger.actions.photos import logo_of
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import Month
from ledger.documents.certificate import CertificateData, MonthSums, YearData, YearRow, certificate_pdf
from ledger.documents.statements import Signed, eu_project
from ledger.records import certificates as rows
from ledger.records import organisation, people
from ledger.records.certificates import ByMonth, Certificate, Sums
from ledger.records.people import Named
from ledger.records.types import new_ref
from ledger.records.vault import person_key
from ledger.settings import app_version

MOST_MONTHS, MOST_LETTERS = 120, 200
TRIES = 3
"""How often a paper is made again because somebody else took its number meanwhile."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: whose certificate (public reference), of which months (inclusive), for whom and what for, as people
    write it, or ""."""

    participant: str
    first: Month
    last: Month
    asked_by: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Ready:
    """A certificate as bytes under the number that comes next, not yet stored."""

    number: str
    person: str
    first: Month
    last: Month
    content: bytes


def make(doing: Doing, asked: Asked) -> Ready:
    """The certificate as bytes. Slow; belongs outside a transaction. Raises Refused when the months make no sense or are empty."""
    doing.check(May.MAKE_CERTIFICATE)
    _check(doing, asked)
    named = people.get_participant(doing.session, doing.vault, doing.scope, asked.participant)
    found = rows.sums(doing.session, doing.scope, asked.first, asked.last, named.person.ref).get(named.person.ref, {})
    if not found:
        raise Refused("certificate_empty", at="first")
    year = doing.today.year
    number = _number(year, rows.newest_number(doing.session, doing.scope, year) + 1)
    with i18n.use("lt"):
        content = certificate_pdf(_data(doing, asked, named, number, found))
    return Ready(number, named.person.ref, asked.first, asked.last, content)


def paid_in(doing: Doing, asked: Asked) -> int:
    """What was paid to the person for these months, in cents."""
    named = people.get_participant(doing.session, doing.vault, doing.scope, asked.participant)
    found = rows.sums(doing.session, doing.scope, asked.first, asked.last, named.person.ref).get(named.person.ref, {})
    return sum(one.paid for one in found.values())


def _check(doing: Doing, asked: Asked) -> None:
    if asked.first > asked.last:
        raise Refused("months_order", at="last")
    if asked.last > Month.of(doing.today):
        raise Refused("future_month", at="last", month=str(asked.last))
    if asked.last.index - asked.first.index >= MOST_MONTHS:
        raise Refused("too_many_months", at="first", most=MOST_MONTHS)
    for field, text in (("asked_by", asked.asked_by), ("purpose", asked.purpose)):
        if len(text) > MOST_LETTERS:
            raise Refused("text_too_long", at=field, most=MOST_LETTERS)


def _number(year: int, number: int) -> str:
    return f"{rows.SERIES}-{year}-{number:04d}"


def _data(doing: Doing, asked: Asked, named: Named, number: str, found: ByMonth) -> CertificateData:
    provider, workshop = organisation.get_organisation(doing.session, doing.scope), doing.workshop()
    project = eu_project(workshop.funding, workshop.project_name, workshop.project_number)
    return CertificateData(
        number=number, dated=doing.today, provider=provider.name, provider_code=provider.code, workshop=workshop.name,
        name=named.name, birth=named.identity.birth, first=asked.first, last=asked.last,
        months=tuple(_shown(month, one) for month, one in found.items()), prepared=Signed(doing.who.name, doing.today),
        director=_director(doing), asked_by=asked.asked_by.strip(), purpose=asked.purpose.strip(), project=project,
        logo=logo_of(doing))


def _shown(month: Month, one: Sums) -> MonthSums:
    return MonthSums(month, one.stipend, one.corrections, one.withheld, one.paid)


def _director(doing: Doing) -> str:
    """Who signs: the first director whose role lives today, "" when there is none."""
    for account, grant in organisation.grants_of(doing.session, doing.scope):
        live = grant.until_day is None or grant.until_day >= doing.today
        if grant.role == "director" and account.active and live:
            return account.name
    return ""


def keep(doing: Doing, ready: Ready) -> Certificate:
    """Take the number and store the paper. Raises Conflict when somebody else took the number meanwhile: make it again."""
    doing.check(May.MAKE_CERTIFICATE)
    doing.gate()
    year = int(ready.number.split("-")[1])
    if _number(year, doing.next_numbers(rows.SERIES, year, 1)[0]) != ready.number:
        raise Conflict("somebody_faster")
    ref = new_ref()
    row = Certificate(
        ref=ref, organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, number=ready.number,
        person_ref=ready.person, first_month=str(ready.first), last_month=str(ready.last),
        sha256=hashlib.sha256(ready.content).hexdigest(),
        sealed=doing.vault.seal(doing.session, person_key(ready.person), ready.content, _bound(ref)),
        made_by=doing.who.account, made_at=doing.at, app_version=app_version())
    doing.session.add(row)
    doing.session.flush()
    doing.note("make_certificate", "certificate", ref, person=ready.person,
               after={"number": ready.number, "first": str(ready.first), "last": str(ready.last)})
    return row


def _bound(ref: str) -> str:
    return f"certificate:{ref}"


def open_certificate(doing: Doing, row: Certificate) -> bytes:
    """The stored bytes. Raises Hidden for who may not read them, ValueError when they are not the bytes that were stored."""
    own = row.person_ref == doing.who.person and doing.can(May.SEE_OWN, person=row.person_ref)
    if not own and not doing.can(May.SEE_CERTIFICATES):
        raise Hidden
    content = doing.vault.open(doing.session, person_key(row.person_ref), row.sealed, _bound(row.ref))
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise ValueError(f"certificate {row.number} is not the one that was stored")
    return content


# ---------- the year's sums ----------


def year_of(doing: Doing, year: int, participant: str | None = None) -> YearData:
    """The year's sums of everybody who has any, or of one participant (public reference)."""
    doing.check(May.SEE_YEAR)
    first, last = Month(year, 1), Month(year, 12)
    if participant is None:
        named = people.participants(doing.session, doing.vault, doing.scope)
    else:
        named = [people.get_participant(doing.session, doing.vault, doing.scope, participant)]
    person = None if participant is None else named[0].person.ref
    found = rows.sums(doing.session, doing.scope, first, last, person)
    others = rows.encouragements(doing.session, doing.scope, first, last)
    shown = [one for one in named if participant or found.get(one.person.ref) or others.get(one.person.ref)]
    provider = organisation.get_organisation(doing.session, doing.scope)
    return YearData(year, doing.today, provider.name, doing.workshop().name, tuple(
        YearRow(one.person.number, one.name, _whole_year(year, found.get(one.person.ref, {})),
                _others(others.get(one.person.ref, []))) for one in shown))


def _whole_year(year: int, found: ByMonth) -> tuple[MonthSums, ...]:
    months = [Month(year, number) for number in range(1, 13)]
    return tuple(_shown(month, found.get(month, Sums())) for month in months)


def _others(found: list[rows.Encouraged]) -> tuple[tuple[date, str], ...]:
    return tuple((one.day, one.text) for one in found)
