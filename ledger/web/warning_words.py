"""What is worth a look before a run is submitted or rules approved, in sentences with the people concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from ledger.actions.doing import Doing
from ledger.core import warnings
from ledger.core.access import May
from ledger.core.schemes import Scheme
from ledger.core.warnings import MONTHS_BEFORE, Warned
from ledger.i18n import gettext as _
from ledger.i18n import mark
from ledger.records.what_if import earlier_totals
from ledger.sentences import learn, sentence
from ledger.web.month_shown import Books, name_of

MOST_SHOWN = 8
"""How many people stand under a warning at once; the others open below them."""

TITLES = {
    "warn_zero": mark("Came, but the stipend is zero"),
    "warn_jump_up": mark("The stipend grew by more than half"),
    "warn_jump_down": mark("The stipend fell by more than half"),
    "warn_above": mark("Above the sum that the rules watch"),
    "warn_value_missing": mark("The rules ask for it, and nobody has written it down"),
    "warn_class_unknown": mark("A class that the rules do not have"),
    "warn_check": mark("A check of the rules does not pass"),
}

learn({
    "warn_zero": mark("days attended: %(days)s"),
    "warn_jump_up": mark("%(total_cents)s; earlier %(mean_cents)s on average (months compared: %(months)s)"),
    "warn_jump_down": mark("%(total_cents)s; earlier %(mean_cents)s on average (months compared: %(months)s)"),
    "warn_above": mark("%(total_cents)s, and the watched sum is %(above_cents)s"),
    "warn_value_missing": mark("“%(name)s” is missing"),
    "warn_class_unknown": mark("“%(name)s” is “%(word)s”"),
    "warn_check": mark("“%(label)s”: %(that_thousandths)s is less than %(least_thousandths)s."),
    "warn_harder_earns_less": mark(
        "“%(label)s”: an hour of “%(harder)s” at the norm earns %(harder_cents)s, an hour of the easier “%(easier)s” "
        "%(easier_cents)s. Whoever moves to the harder task loses."),
    "warn_harder_pays_less": mark(
        "“%(label)s”: an hour of “%(harder)s” at the norm earns less than an hour of the easier “%(easier)s”. "
        "Whoever moves to the harder task loses."),
    "warn_rates_without_norm": mark(
        "“%(label)s” pays by the piece without a norm (%(things)s): nobody can see whether an hour of a slower product "
        "earns as much as one of a quicker product. Write a norm to each rate."),
    "warn_norm_without_floor": mark(
        "“%(label)s” falls with the norm that is met and has no floor: whoever learns a harder task earns less until "
        "they are quick. Add a floor to it."),
    "warn_all_units_alike": mark(
        "“%(label)s” counts all units alike: a slow product counts like a quick one, so moving to it costs money. "
        "Weigh the products."),
    "warn_units_alike": mark(
        "“%(label)s” counts a unit of each of these alike: %(things)s. If one of them takes longer, moving to it costs money. "
        "Weigh them."),
    "warn_one_thing_counts": mark(
        "“%(label)s” counts “%(thing)s” only: whoever moves to another task gets nothing for it here."),
})


@dataclass(frozen=True)
class Line:
    """One person, or the month itself (`name` empty): the link and what is the matter."""

    name: str
    url: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A warning with those it is about; `more` open below."""

    title: str
    lines: Sequence[Line]
    more: Sequence[Line] = ()


def of_scheme(scheme: Scheme) -> list[str]:
    """What in the rules would punish moving to a harder task, a sentence each."""
    return [sentence(one.code, one.values) for one in warnings.warnings_of_scheme(scheme)]


def of_month(doing: Doing, books: Books) -> list[Shown]:
    """What is worth a look in a draft or a submitted run; nothing of an approved month."""
    if books.worked is None or books.state not in ("draft", "submitted"):
        return []
    earlier = earlier_totals(doing.session, doing.scope, books.month, MONTHS_BEFORE)
    worked = books.worked
    found = warnings.warnings_of(worked.inputs, worked.scheme, worked.result, earlier)
    shown = []
    for code, title in TITLES.items():
        lines = _by_person([_line(doing, books, one) for one in found if one.code == code])
        if lines:
            shown.append(Shown(_(title), lines[:MOST_SHOWN], lines[MOST_SHOWN:]))
    return shown


def _by_person(lines: Sequence[Line]) -> list[Line]:
    """One line for each person with all that is said of them; what is about the month stays apart."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for one in lines:
        together.setdefault((one.name, one.url, "" if one.name else one.text), []).append(one.text)
    return [Line(name, url, "; ".join(texts)) for (name, url, _own), texts in together.items()]


def _line(doing: Doing, books: Books, one: Warned) -> Line:
    text = sentence(one.code, one.values)
    if not one.person:
        return Line("", "", text)
    return Line(name_of(books, one.person), _url(doing, books, one), text)


def _url(doing: Doing, books: Books, one: Warned) -> str:
    """Where the person is: how the sum came about, or what is written down about them."""
    named = books.named.get(one.person)
    if named is None:
        return ""
    if one.code in ("warn_value_missing", "warn_class_unknown"):
        return url_for("people.person", ref=named.ref) if doing.can(May.SEE_PERSON) else ""
    return url_for("month.person", month=str(books.month), ref=named.ref)
