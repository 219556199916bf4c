"""Counting a day's cash: notes and coins, what the till began with, what the documents took, the difference and why."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, TextAreaField

from ledger import i18n
from ledger.actions import till as actions
from ledger.actions.till import FACES, MOST_PIECES, Cash
from ledger.core.access import May
from ledger.core.cash import NOTES
from ledger.core.faults import Refused
from ledger.core.numbers import take
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import said
from ledger.records import selling as rows
from ledger.web.board import read_day
from ledger.web.forms import CentsField, Form, ReadField
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("till_count")


class PiecesField(ReadField):
    """How many notes or coins; empty is none."""

    empty = 0

    def read(self, text: str) -> int:
        """A whole number from 0."""
        written = take(text)
        if written.fraction or written.negative or written.scaled(0) > MOST_PIECES:
            raise Refused("pieces_odd")
        return written.scaled(0)

    def write(self, value: int) -> str:
        """Nothing for none."""
        return str(value) if value else ""


class CountForm(Form):
    """What lies in the till; a field for each face is added by `_count_form`."""

    began = CentsField(lazy_text("What was in the till in the morning"), description=lazy_text("Change to begin with, if any."))
    why = TextAreaField(lazy_text("Why it differs"))
    post = BooleanField(lazy_text("Book the difference"), default=True)


def face_word(face: int) -> str:
    """A note or coin by its value."""
    return i18n.money(face) if face % 100 else f"{face // 100}{i18n.NBSP}€"


def face_picture(face: int) -> str:
    """The sign of a note or coin."""
    if face >= 500:
        return f"eur-{face // 100}"
    return f"eur-{face // 100}c" if face >= 100 else f"ct-{face}"


def _count_form(sent: Any = None, **given: Any) -> Any:
    return type("CountForm", (CountForm,), {f"n_{face}": PiecesField(face_word(face)) for face in FACES})(sent, **given)


@room.get("/till/count/<day>", May.SEE_TILL)
def page(turn: Turn, day: str) -> ResponseReturnValue:
    """A day's cash to count, and its counts."""
    return _page(turn, read_day(day, turn.doing.today))


def _page(turn: Turn, day: date, form: Any = None) -> str:
    turn.doing.check(May.SEE_TILL, day=day)
    session, scope = turn.session, turn.doing.scope
    documents = rows.uncounted(session, scope, day)
    counts = rows.counts_of_day(session, scope, day)
    why = said.texts(session, scope, [one.said_ref for one in counts if one.said_ref])
    return render_template(
        "till/count.html", form=form or _count_form(), day=day, documents=documents, counts=counts, why=why,
        takings=sum(one.payable for one in documents), rounding=sum(one.rounding_cents for one in documents),
        notes=[face for face in FACES if face in NOTES], coins=[face for face in FACES if face not in NOTES],
        face_word=face_word, face_picture=face_picture,
        pieces={one.ref: {int(face): number for face, number in json.loads(one.pieces).items()} for one in counts})


@room.post("/till/count/<day>", May.COUNT_TILL)
def count(turn: Turn, day: str) -> ResponseReturnValue:
    """Keep the count and book what it says."""
    on, form = read_day(day, turn.doing.today), _count_form(request.form)
    return turn.submit(
        form, act=lambda: actions.count(turn.doing, on, Cash(
            {face: form[f"n_{face}"].data for face in FACES}, form.began.data or 0, form.why.data or "", bool(form.post.data))),
        then=lambda: url_for("till_count.page", day=on.isoformat()), again=lambda: _page(turn, on, form),
        said=_("The cash is counted and booked."))
