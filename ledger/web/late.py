"""Saying what was wrong in an approved month: which kind of fact, then the short form of that kind."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from ledger import i18n
from ledger.actions import late as actions
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.late import PriceFact, SharesFact
from ledger.core.periods import Month
from ledger.explained import corrections as told
from ledger.i18n import gettext as _
from ledger.records import stipends as runs
from ledger.web.late_forms import FORMS, WhyForm, fact_of, filled, sent
from ledger.web.late_words import names_of
from ledger.web.papers import month_in_path
from ledger.web.rules import Room
from ledger.web.session import Turn
from ledger.web.signing import safe_next

room = Room("late")

BASE = "/corrections/<month>/late"
FROM_THEIR_PAGES = ("price", "shares")
"""A lot's makers and a line's price are begun from the lot and the line, every other kind from the month."""


@room.get(BASE, May.OFFER_LATE)
def kinds(turn: Turn, month: str) -> ResponseReturnValue:
    """Which kind of fact was wrong."""
    shown = _approved(turn, month)
    own = [kind for kind in FORMS if kind not in FROM_THEIR_PAGES and _may(turn, kind)]
    return render_template("corrections/kinds.html", month=shown, kinds=[(kind, _(told.KINDS[kind])) for kind in own])


@room.get(BASE + "/<kind>", May.OFFER_LATE)
def offering(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """The form of one kind, filled with what is asked about."""
    shown = _approved(turn, month)
    if kind not in FORMS or not _may(turn, kind):
        raise Hidden
    return _page(turn, shown, kind, filled(turn, shown, kind, request.args))


@room.post(BASE + "/<kind>", May.OFFER_LATE)
def offer(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """Say what is true; the accountant looks at it."""
    shown = _approved(turn, month)
    if kind not in FORMS or not _may(turn, kind):
        raise Hidden
    form = sent(turn, shown, kind)
    done: list[Any] = []
    return turn.submit(
        form, act=lambda: done.extend(actions.offer(turn.doing, shown, fact_of(turn, kind, form), form.reason.data)),
        then=lambda: url_for("corrections.late", ref=done[0].ref), again=lambda: _page(turn, shown, kind, form),
        said=_("It is written down. The accountant looks at it."))


def _approved(turn: Turn, text: str) -> Month:
    month = month_in_path(text)
    if month not in runs.approved_months(turn.session, turn.doing.scope):
        raise Hidden
    return month


def _may(turn: Turn, kind: str) -> bool:
    return turn.doing.can(May.CALCULATE) or turn.doing.can(actions.MAY_OFFER.get(kind, May.CALCULATE))


def _page(turn: Turn, month: Month, kind: str, form: WhyForm) -> str:
    fields = [one for one in form if one.type != "HiddenField" and one.name != "reason"]
    back = safe_next(form.back.data) or url_for("late.kinds", month=str(month))
    return render_template("corrections/offer.html", month=month, title=i18n.month_title(month), kind=kind, form=form, back=back,
                           fields=fields, word=_(told.KINDS[kind]), about=_about(turn, form))


def _about(turn: Turn, form: Any) -> str:  # Any: the form of a kind
    """What the lot or the sale line is called."""
    if "lot" in form and form.lot.data:
        return names_of(turn, (), [SharesFact(form.lot.data, ())]).thing(form.lot.data)
    if "line" in form and form.line.data:
        return names_of(turn, (), [PriceFact(form.line.data, 0, 0)]).thing(form.line.data)
    return ""
