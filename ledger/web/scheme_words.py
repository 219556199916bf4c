"""A scheme in plain words, its faults with their place, and a trial beside what holds now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger import explained, i18n
from ledger.actions import stipends as actions
from ledger.actions.doing import Doing
from ledger.actions.stipends import Worked
from ledger.core import schemes
from ledger.core.faults import Refused
from ledger.core.money import half_up
from ledger.core.parts import Band, PerDay, TracedPortion
from ledger.core.periods import Month
from ledger.core.scheme_sections import Limit
from ledger.core.schemes import AfterLeaving, Part, Payer, Scheme, SchemeRefused
from ledger.i18n import gettext as _
from ledger.i18n import ngettext
from ledger.records import people
from ledger.records import stipends as rows
from ledger.records.stipends import SchemeRow
from ledger.sentences import sentence


@dataclass(frozen=True)
class Told:
    """One rule in words: what it is called, what it says, where the order says so."""

    label: str
    says: tuple[str, ...]
    paragraph: str = ""


@dataclass(frozen=True)
class Shown:
    """A scheme for the page; `state` is now, later or before."""

    row: SchemeRow
    state: str
    approved_by: str
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Compared:
    """A person's sum now (None: no rules are in force) and by the tried rules, in cents."""

    ref: str
    number: str
    name: str
    now: int | None
    tried: int


@dataclass(frozen=True)
class Trial:
    """What a text gives for a month: its faults as (place, sentence), or the sums."""

    month: Month
    text: str
    faults: tuple[tuple[str, str], ...] = ()
    scheme: Scheme | None = None
    told: tuple[Told, ...] = ()
    people: tuple[Compared, ...] = ()
    now: Worked | None = None
    tried: Worked | None = None


def told(scheme: Scheme) -> tuple[Told, ...]:
    """Every rule of a scheme in words."""
    parts = [_part(part) for part in scheme.parts]
    return (*parts, *(_limit(limit) for limit in scheme.limits), _leaving(scheme), _debt(scheme))


def _part(part: Part) -> Told:
    says: list[str] = []
    if isinstance(part.rule, PerDay):
        says = [_band(band) for band in part.rule.bands]
    elif isinstance(part.rule, TracedPortion):
        says = [_("%(percent)s of what was sold of the person's own work, without VAT and materials.",
                  percent=i18n.percent(half_up(part.rule.portion * 1000)))]
    return Told(part.label, (*says, explained.payer(part.payer)), part.paragraph)


def _band(band: Band) -> str:
    exact = (band.amount.constant or Fraction(0)) * 100
    cents = half_up(exact)
    rate = i18n.money(cents) if exact == cents else f"{explained.exact(exact)}{i18n.NBSP}€"
    if band.end is None:
        return _("%(sum)s for each day of %(hours)s h or more.", sum=rate, hours=i18n.hours(band.start))
    return _("%(sum)s for each day of %(hours)s h or more, but less than %(end)s h.", sum=rate, hours=i18n.hours(band.start),
             end=i18n.hours(band.end))


def _limit(limit: Limit) -> Told:
    over = _("What is above goes to the reserve.") if limit.returns == Payer.RESERVE \
        else _("What is above stays with the one who pays that part.")
    return Told(limit.label, (_("A person gets at most %(sum)s a month.", sum=i18n.money(limit.ceiling or 0)), over), limit.paragraph)


def _leaving(scheme: Scheme) -> Told:
    says = {
        AfterLeaving.ALWAYS: _("What is sold later is still theirs."),
        AfterLeaving.RESERVE: _("What is sold later goes to the reserve."),
        AfterLeaving.MONTHS: ngettext("What is sold within %(num)s month is still theirs, later it goes to the reserve.",
                                      "What is sold within %(num)s months is still theirs, later it goes to the reserve.",
                                      scheme.leaving_months)}
    return Told(_("When a person leaves"), (says[scheme.after_leaving],))


def _debt(scheme: Scheme) -> Told:
    share = i18n.percent(half_up(scheme.debt_share * 1000))
    return Told(_("When the sum falls below zero"), (
        _("The reserve bears it for now; of later stipends at most %(percent)s may be kept back.", percent=share),))


def shown(found: Sequence[SchemeRow], names: dict[str, str], today_month: Month) -> list[Shown]:
    """The schemes for the page; the one in force this month is `now`."""
    current = next((row.ref for row in found if row.in_force_from <= today_month.first), "")
    return [Shown(row, "now" if row.ref == current else "later" if row.in_force_from > today_month.first else "before",
                  names.get(row.approved_by, ""), told(schemes.parse(row.text))) for row in found]


def try_text(doing: Doing, month: Month, text: str) -> Trial:
    """Work a month out by a text beside what holds now; nothing is saved. Faults come back inside."""
    try:
        tried = actions.work_out(doing, month, text)
    except SchemeRefused as refused:
        return Trial(month, text, tuple((one.place, sentence(one.code, one.values)) for one in refused.faults))
    except Refused as refused:
        return Trial(month, text, (("", sentence(refused.code, refused.values)),))
    row = rows.find_scheme(doing.session, doing.scope, month)
    now = actions.work_out(doing, month, row.text) if row else None
    named = {one.person.ref: one.name for one in people.participants(doing.session, doing.vault, doing.scope)}
    before = {one.person: one.total for one in now.result.people} if now else {}
    compared = tuple(Compared(one.person, one.number, named.get(one.person, "—"), before.get(one.person), one.total)
                     for one in tried.result.people)
    return Trial(month, text, scheme=tried.scheme, told=told(tried.scheme), people=compared, now=now, tried=tried)
