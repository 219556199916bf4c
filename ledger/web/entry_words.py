"""Words and numbers of what is written down besides attendance, lots and sales: what the rules ask for, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from ledger import i18n
from ledger.core.entries import Needs
from ledger.core.formulas import NUMBER
from ledger.i18n import gettext as _
from ledger.i18n import ngettext
from ledger.records.entries import DecisionRow, FigureRow, WorkRow
from ledger.records.people import Named

NAMED = 3
"""So many people are named who lack something; of the others only how many."""


def number_shown(text: str) -> str:
    """Decimal text with a point as people write numbers; a word stays as it is."""
    if not NUMBER.fullmatch(text):
        return text
    whole, _point, fraction = text.partition(".")
    return i18n.decimal(int(whole + fraction), len(fraction))


@dataclass(frozen=True)
class Need:
    """One thing that the rules ask for, in the form of the list of findings: `kind` is ok or wait, `url` leads to its remedy."""

    kind: str
    when: str
    title: str
    text: str
    id: str = ""
    url: str = ""
    remedy: str = ""


def work_needs(needs: Needs, work: Sequence[WorkRow]) -> list[Need]:
    """Kinds of hours, tasks and points with what is written down of each."""
    found = [_hours(_("Hours: %(name)s", name=name), [row for row in work if row.kind == name]) for name in needs.kinds]
    found += [_hours(_("Task: %(name)s", name=name), [row for row in work if row.task == name]) for name in needs.tasks]
    if needs.points:
        given = sum(row.points > 0 for row in work)
        found.append(_need(given > 0, _("Points"), ngettext("%(num)s entry with points", "%(num)s entries with points", given)))
    return found


def _hours(title: str, rows: Sequence[WorkRow]) -> Need:
    told = ngettext("%(num)s entry", "%(num)s entries", len(rows))
    hours = _("%(hours)s h", hours=i18n.hours(sum(row.minutes for row in rows)))
    return _need(bool(rows), title, f"{told}, {hours}")


def value_needs(names: Sequence[str], lacking: Callable[[str], list[Named]], count: int) -> list[Need]:
    """Own values with how many of the month's people have one; `lacking` are those who do not: the remedy leads to the first."""
    found = []
    for name in names:
        without = lacking(name)
        text = _("%(there)s of %(all)s people have it.", there=count - len(without), all=count)
        if without:
            text += " " + _("Without it: %(names)s.", names=_few([one.name for one in without]))
        need = _need(not without, _("Value of a person: %(name)s", name=name), text)
        url = url_for("people.person", ref=without[0].ref, _anchor="own") if without else ""
        found.append(replace(need, url=url, remedy=_("Write it down") if without else ""))
    return found


def _few(names: list[str]) -> str:
    if len(names) <= NAMED + 1:
        return ", ".join(names)
    rest = len(names) - NAMED
    return _("%(names)s and %(more)s", names=", ".join(names[:NAMED]), more=ngettext("%(num)s more", "%(num)s more", rest))


def figure_needs(names: Sequence[str], figures: Sequence[FigureRow]) -> list[Need]:
    """Figures of the month with their numbers."""
    there = {row.name: row.number for row in figures}
    return [_need(name in there, _("Figure of the month: %(name)s", name=name),
                  number_shown(there[name]) if name in there else _("Until it is written down it counts as 0.")) for name in names]


def decision_needs(needs: Needs, decisions: Sequence[DecisionRow]) -> list[Need]:
    """Items of the rules that decisions are made for, with how many there are."""
    found = []
    for key, label in (needs.adjustments or {}).items():
        count = sum(row.part == key for row in decisions)
        found.append(Need("ok" if count else "", _("written down") if count else _("none"), label,
                          ngettext("%(num)s decision", "%(num)s decisions", count)))
    return found


def _need(there: bool, title: str, text: str) -> Need:
    return Need("ok" if there else "wait", _("written down") if there else _("missing"), title, text)
