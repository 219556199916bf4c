"""What if other rules had been in force: approved versions, drafts, presets or a text tried on past months. Nothing is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, SelectMultipleField, TextAreaField

from ledger import i18n
from ledger.actions import what_if as actions
from ledger.actions.schemes import read_draft
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import Month
from ledger.core.schemes import Scheme
from ledger.core.what_if import MOST_MONTHS, MOST_SCHEMES
from ledger.documents import sheets
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, mark, pgettext
from ledger.records import people
from ledger.records import schemes as drafts
from ledger.records import stipends as rows
from ledger.sentences import learn, sentence
from ledger.web import scheme_presets, what_if_shown
from ledger.web.forms import Form
from ledger.web.papers import file
from ledger.web.rules import Room
from ledger.web.schemes import short_enough
from ledger.web.session import Turn
from ledger.web.what_if_shown import Shown

room = Room("what_if")

MONTHS_BACK = 60
"""How many past months can be chosen from."""

AT_FIRST = 12
"""How many of the last approved months are chosen at first."""

FILES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

learn({
    "what_if_no_month": mark("Choose at least one month."),
    "what_if_many_months": mark("Choose at most %(most)s months."),
    "what_if_no_scheme": mark("Choose rules, or paste their text."),
    "what_if_many_schemes": mark("Choose at most three: each stands in columns of its own."),
    "what_if_no_data": mark("Nothing is written down for %(month)s: take that month out."),
})


class WhatIfForm(Form):
    """Which rules, on which months, and what is shown of it."""

    schemes = SelectMultipleField(lazy_text("Rules to try"), validate_choice=False)
    text = TextAreaField(lazy_text("Or the text of other rules"), [short_enough])
    months = SelectMultipleField(lazy_text("Past months"), validate_choice=False)
    shown = SelectField(lazy_text("Show"), validate_choice=False)
    give = SelectField(validate_choice=False)


@dataclass(frozen=True)
class Choice:
    """Rules that can be tried: `key` tells the kind and which."""

    key: str
    group: str
    name: str
    text: str


@dataclass(frozen=True)
class Faulty:
    """Rules that cannot be tried: their faults as (place, sentence); `draft` is where a draft of them is mended."""

    name: str
    faults: Sequence[tuple[str, str]]
    draft: str = ""


@room.get("/rules/what-if", May.SEE_MONTH)
def page(turn: Turn) -> ResponseReturnValue:
    """Choose rules and months."""
    approved = sorted(rows.approved_months(turn.session, turn.doing.scope))[-AT_FIRST:]
    form = WhatIfForm(schemes=request.args.getlist("rules")[:MOST_SCHEMES], months=[str(month) for month in approved])
    return _page(turn, form, _choices(turn))


@room.post_outside("/rules/what-if", May.SEE_MONTH, keyed=False)
def try_out(turn: Turn) -> ResponseReturnValue:
    """What the chosen rules would have given; as a page or as a file. Nothing is saved."""
    form, choices = WhatIfForm.sent(), _choices(turn)
    if not form.validate():
        return _page(turn, form, choices), 422
    asked = _asked(form, choices)
    faulty, read = _read(turn, asked)
    if faulty:
        return _page(turn, form, choices, faulty=faulty), 422
    try:
        months = _months(turn, form.months.data or [])
        shown = _shown(turn, form, [one.name for one in asked], actions.try_schemes(turn.doing, months, read))
    except Refused as refused:
        form.refuse(_told(refused))
        return _page(turn, form, choices), 422
    turn.saw(one.person for one in shown.people)
    if form.give.data in FILES:
        return _file(turn, shown, form.give.data)
    return _page(turn, form, choices, shown)


def _told(refused: Refused) -> Refused:
    """A month inside a sentence in words."""
    if refused.code != "what_if_no_data":
        return refused
    return Refused(refused.code, at="months", month=i18n.month_title(Month.parse(str(refused.values["month"]))))


def _choices(turn: Turn) -> list[Choice]:
    """Everything that can be tried: versions newest first, drafts, presets."""
    session, scope = turn.session, turn.doing.scope
    versions = [Choice(f"version:{row.ref}", "version", _("Rules No. %(number)s", number=row.number), row.text)
                for row in rows.schemes(session, scope)]
    drafted = [Choice(f"draft:{row.ref}", "draft", row.name, row.text) for row in drafts.drafts(session, scope)]
    return [*versions, *drafted, *_presets()]


def _presets() -> list[Choice]:
    """The rules to start from."""
    return [Choice(f"preset:{one.key}", "preset", one.label, scheme_presets.text(one.key)) for one in scheme_presets.shown()]


def _asked(form: WhatIfForm, choices: Sequence[Choice]) -> list[Choice]:
    """What was chosen, in the order of the page; raises Hidden for what cannot be chosen."""
    wanted = set(form.schemes.data or [])
    if wanted - {one.key for one in choices}:
        raise Hidden
    asked = [one for one in choices if one.key in wanted]
    text = form.text.data or ""
    return [*asked, Choice("text", "text", _("The pasted text"), text)] if text.strip() else asked


def _read(turn: Turn, asked: Sequence[Choice]) -> tuple[list[Faulty], list[Scheme]]:
    """The schemes; what only an approval writes into a text may be missing."""
    faulty, read = [], []
    for one in asked:
        scheme, faults = read_draft(one.text, turn.doing.today)
        if scheme is None or faults:
            ref = one.key.partition(":")[2] if one.group == "draft" and turn.doing.can(May.DRAFT_SCHEME) else ""
            faulty.append(Faulty(one.name, [(fault.place, sentence(fault.code, fault.values)) for fault in faults],
                                 url_for("schemes.draft", ref=ref) if ref else ""))
        else:
            read.append(scheme)
    return faulty, read


def _months(turn: Turn, texts: Sequence[str]) -> list[Month]:
    """The months chosen; raises Hidden for one that the page does not offer."""
    try:
        months = sorted({Month.parse(text) for text in texts})
    except Refused:
        raise Hidden from None
    if set(months) - set(_offered(turn)):
        raise Hidden
    return months


def _offered(turn: Turn) -> list[Month]:
    """Months since the books began that are over, newest first; the first month of the books even when it is not."""
    begins, today = turn.doing.workshop().begins, Month.of(turn.doing.today)
    return [today.plus(-n) for n in range(1, min(MONTHS_BACK, today.index - begins.index) + 1)] or [begins]


def _shown(turn: Turn, form: WhatIfForm, names: Sequence[str], tried: actions.Tried) -> Shown:
    month = next((one for one in tried.months if str(one) == form.shown.data), None)
    named = people.participants(turn.session, turn.doing.vault, turn.doing.scope)
    return Shown(tuple(names), tried, month, {one.person.ref: one.name for one in named})


def _file(turn: Turn, shown: Shown, kind: str) -> Response:
    tables = what_if_shown.sheets(shown)
    content = sheets.xlsx_of(tables, turn.doing.at) if kind == "xlsx" else sheets.csv_of(tables)
    months = shown.picked.months
    word, last = pgettext("file name", "what-if"), "" if len(months) == 1 else f"--{months[-1]}"
    return file(content, f"{word}-{months[0]}{last}.{kind}", FILES[kind])


def _page(turn: Turn, form: WhatIfForm, choices: Sequence[Choice], shown: Shown | None = None,
          faulty: Sequence[Faulty] = ()) -> str:
    settled = rows.approved_months(turn.session, turn.doing.scope)
    years: dict[int, list[tuple[str, str, bool]]] = {}
    for month in _offered(turn):
        years.setdefault(month.year, []).append((str(month), i18n.month_title(month), month in settled))
    found = shown.people if shown else ()
    figures = what_if_shown.figure_rows(shown, found) if shown else []
    form.shown.choices = [("", _("All chosen months together")), *(
        (str(month), i18n.month_title(month)) for month in (shown.tried.months if shown else ()))]
    return render_template(
        "what_if/page.html", form=form, choices=choices, years=years, faulty=faulty, shown=shown, people=found, figures=figures,
        heads=what_if_shown.heads(shown) if shown else [], chart=what_if_shown.chart_rows(figures),
        months=what_if_shown.month_rows(shown) if shown else [], most_months=MOST_MONTHS)
