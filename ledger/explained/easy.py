"""What a participant is told of a sum: a short sentence, a label and a picture each; one wording for screen, paper and ear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger import i18n
from ledger.core.explanation import About, Fact
from ledger.i18n import gettext as _
from ledger.i18n import ngettext, pgettext

MOST = 5
"""How many thoughts a page tells; smaller ones are told together."""
BIG = 999
"""Larger numbers are not easy."""

_PICTURES = {
    About.DAYS: "dienos", About.HOURS: "laikrodis", About.PIECES: "darbas", About.TASKS: "darbas", About.RATED: "darbas",
    About.FLAT: "viso", About.SHARE: "dalijames", About.GOODS: "nupirko", About.TOP_UP: "priedas", About.DECISION: "priedas",
    About.GIFT: "aciu", About.ABSENCE: "nebuvo", About.AWAY: "nebuvo", About.WITHHELD: "maziau", About.LIMIT: "riba",
    About.FLOOR: "priedas", About.AGAIN: "dalijames", About.SHORTFALL: "maziau", About.ROUNDING: "viso", About.LIFTED: "priedas",
    About.KEPT: "laikrodis", About.OTHER: "kitas"}


@dataclass(frozen=True)
class Told:
    """One thought: a picture of `static/img`, what happened, what the sum is called and the sum (cents; below zero: so much less).
    Without `label` there is no sum to tell."""

    picture: str
    said: str
    spoken: str
    label: str
    cents: int


def few(facts: Sequence[Fact], most: int = MOST) -> list[Fact]:
    """What is worth telling, at most so many: the largest stay in their order, the others are told as one."""
    worth = [fact for fact in facts if fact.cents or (fact.about is About.DAYS and fact.count) or fact.about is About.GIFT]
    if len(worth) <= most:
        return worth
    kept = sorted(worth, key=lambda fact: (fact.about is not About.OTHER, abs(fact.cents)), reverse=True)[:most - 1]
    rest = sum(fact.cents for fact in worth if fact not in kept)
    return [fact for fact in worth if fact in kept] + ([Fact(About.OTHER, rest)] if rest else [])


def tell(fact: Fact) -> Told:
    """The words of a fact."""
    said = _said(fact)
    picture = "maziau" if fact.about in (About.DECISION, About.OTHER) and fact.cents < 0 else _PICTURES[fact.about]
    return Told(picture, said, _spoken(fact) or said, _label(fact), fact.cents)


def _said(fact: Fact) -> str:
    less = fact.cents < 0
    counting = {About.DAYS: _days, About.HOURS: _hours, About.PIECES: _pieces, About.TASKS: _tasks, About.LIMIT: _limit}
    counted = counting.get(fact.about)
    if counted:
        return counted(fact.count)
    return {
        About.RATED: pgettext("participant", "We looked at how you work."),
        About.FLAT: pgettext("participant", "This is your sum for the month."),
        About.SHARE: pgettext("participant", "We share the money among all."),
        About.GOODS: _goods(fact.cents),
        About.TOP_UP: pgettext("participant", "You get an extra sum."),
        About.DECISION: pgettext("participant", "The workshop decided to give less.") if less
        else pgettext("participant", "The workshop decided to give more."),
        About.GIFT: pgettext("participant", "The workshop says thank you."),
        About.ABSENCE: pgettext("participant", "On some days you were not here."),
        About.AWAY: pgettext("participant", "This month you were not here."),
        About.WITHHELD: pgettext("participant", "We pay a part for you."),
        About.FLOOR: pgettext("participant", "There is a smallest sum for a month."),
        About.AGAIN: pgettext("participant", "Money was left, we shared it."),
        About.SHORTFALL: pgettext("participant", "This month there was less money."),
        About.ROUNDING: pgettext("participant", "We made the sum even."),
        About.LIFTED: pgettext("participant", "The workshop covers the rest."),
        About.KEPT: pgettext("participant", "You got too much before."),
        About.OTHER: pgettext("participant", "There is something else too."),
    }[fact.about]


def _label(fact: Fact) -> str:
    if fact.about is About.GIFT:
        return ""
    if fact.cents < 0:
        return pgettext("participant", "So this much less")
    return {
        About.DAYS: pgettext("participant", "For the days"), About.HOURS: pgettext("participant", "For the hours"),
        About.PIECES: pgettext("participant", "For the work"), About.TASKS: pgettext("participant", "For the work"),
        About.RATED: pgettext("participant", "For the work"), About.FLAT: pgettext("participant", "For the month"),
        About.SHARE: pgettext("participant", "Your part"), About.GOODS: pgettext("participant", "For what you made"),
        About.TOP_UP: pgettext("participant", "Extra"), About.OTHER: pgettext("participant", "Other"),
    }.get(fact.about, pgettext("participant", "So this much more"))


def _days(count: int) -> str:
    return ngettext("You worked %(num)s day.", "You worked %(num)s days.", count)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    told = [ngettext("for %(num)s hour", "for %(num)s hours", hours)] if hours else []
    if rest and hours:
        told.append(ngettext("and %(num)s minute", "and %(num)s minutes", rest))
    elif not hours:
        told.append(ngettext("for %(num)s minute", "for %(num)s minutes", rest))
    return pgettext("participant", "You worked %(time)s.", time=" ".join(told))


def _pieces(thousandths: int) -> str:
    count, part = divmod(thousandths, 1000)
    if part:
        return pgettext("participant", "You made things with others.")
    if count > BIG:
        return pgettext("participant", "You made very many things.")
    return ngettext("You made %(num)s thing.", "You made %(num)s things.", count)


def _tasks(thousandths: int) -> str:
    count, part = divmod(thousandths, 1000)
    if part or count > BIG:
        return pgettext("participant", "You did your work.")
    return ngettext("You did the work %(num)s time.", "You did the work %(num)s times.", count)


def _limit(cents: int) -> str:
    if cents <= 0 or cents > BIG * 100:
        return _("There is a highest sum for a month.")
    return pgettext("participant", "The most you can get: %(sum)s.", sum=i18n.euros(cents))


def _goods(cents: int) -> str:
    if cents > 0:
        return _("People bought what you made.")
    return _("People brought goods back.") if cents < 0 else _("What you made is still waiting for buyers.")


def _spoken(fact: Fact) -> str:
    """Sentences with a number, said in words; "" for the others."""
    words = i18n.number_in_words
    if fact.about is About.DAYS:
        return pgettext("participant", "Days of work: %(days)s.", days=words(fact.count))
    if fact.about is About.HOURS:
        return pgettext("participant", "Hours of work: %(hours)s.", hours=words(fact.count // 60))
    whole = fact.count % 1000 == 0 and fact.count <= BIG * 1000
    if fact.about in (About.PIECES, About.TASKS) and whole:
        return pgettext("participant", "You made this many: %(count)s.", count=words(fact.count // 1000))
    if fact.about is About.LIMIT and 0 < fact.count <= BIG * 100:
        return pgettext("participant", "The most you can get: %(sum)s.", sum=i18n.in_words(fact.count))
    return ""
