"""The paper twin: a day's or a week's sheet to print, and a grid in which it is typed in afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from ledger import i18n
from ledger.actions import board as group
from ledger.actions import production as making
from ledger.actions.production import Made
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.numbers import read_minutes_of_hours
from ledger.core.production import Mark, SharedBy
from ledger.documents.day_sheet import DaySheet, day_sheets_pdf
from ledger.i18n import gettext as _
from ledger.i18n import mark
from ledger.records import days, people, production
from ledger.records.people import Named
from ledger.records.production import Product
from ledger.sentences import learn
from ledger.web.board import Board, read_day
from ledger.web.day import address
from ledger.web.forms import Form, QuantityField
from ledger.web.papers import file
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("grid")

WEEK = 5
AHEAD = timedelta(days=31)
"""So far ahead a sheet can be printed."""
LETTERS = {letter: Mark(letter) for letter in "DLKN"}

learn({
    "grid_unknown": mark("There is no number %(number)s among those who are here on this day: write the numbers of the list."),
    "grid_empty": mark("Nothing is written in the grid yet."),
    "grid_left": mark("The number of good ones is missing: write it, or 0."),
})


@room.get("/day/<day>/sheet/<kind>", May.LOG_ATTENDANCE)
def sheet(turn: Turn, day: str, kind: str) -> ResponseReturnValue:
    """The day's sheet (kind `day`), or those of Monday to Friday of its week (`week`), to print. The day may lie ahead."""
    first = read_day(day, turn.doing.today + AHEAD)
    turn.doing.check(May.LOG_ATTENDANCE, day=min(first, turn.doing.today))
    if kind not in ("day", "week"):
        raise Hidden
    monday = first - timedelta(days=first.weekday())
    shown = [monday + timedelta(days=number) for number in range(WEEK)] if kind == "week" else [first]
    named = people.participants(turn.session, turn.doing.vault, turn.doing.scope)
    products = production.products(turn.session, turn.doing.scope)
    plans = {one: days.planned(turn.session, turn.doing.scope, one) for one in shown}
    sheets = tuple(_sheet(one, named, products, plans[one]) for one in shown)
    turn.saw({one.person.ref for one in named for when in shown if one.person.here_on(when)})
    return file(day_sheets_pdf(turn.doing.workshop().name, sheets), f"lapas-{first.isoformat()}.pdf", "application/pdf", "inline")


def _sheet(day: date, named: Sequence[Named], products: Sequence[Product], plan: dict[int, int]) -> DaySheet:
    here = [one for one in named if one.person.here_on(day)]
    return DaySheet(
        day, tuple((one.person.number, one.name, i18n.hours(plan[one.id]) if plan.get(one.id) else "") for one in here),
        tuple((one.code, one.name, i18n.unit_name(one.unit)) for one in products))


# ---------- typing it in ----------


@dataclass(frozen=True)
class Line:
    """A row of products: its three fields."""

    product: Product
    good: Any  # Any: a field of a form made for this day
    rejects: Any
    makers: Any


def _form(board: Board, sent: Any = None) -> Any:  # Any: a form made for this day
    """Fields for everybody here and every product."""
    fields: dict[str, Any] = {
        f"hours_{one.ref}": StringField(_("%(name)s, hours or a letter", name=one.name)) for one in board.here}
    for product in board.products:
        fields |= {f"good_{product.ref}": QuantityField(_("%(product)s, good", product=product.name), least=0),
                   f"rejects_{product.ref}": QuantityField(_("%(product)s, rejects", product=product.name), least=0),
                   f"makers_{product.ref}": StringField(_("%(product)s, who made it", product=product.name))}
    form = type("GridForm", (Form,), fields)(sent)
    if sent is None:
        for one in board.here:
            row = board.marks.get(one.id)
            here = row is not None and row.mark == Mark.ATTENDED
            form[f"hours_{one.ref}"].data = "" if row is None else i18n.hours(row.minutes) if here else row.mark
    return form


@room.get("/day/<day>/grid", May.LOG_ATTENDANCE)
def page(turn: Turn, day: str) -> ResponseReturnValue:
    """The grid of a day."""
    board = Board(turn, read_day(day, turn.doing.today))
    return _page(turn, board, _form(board))


def _page(turn: Turn, board: Board, form: Any) -> str:
    turn.doing.check(May.LOG_ATTENDANCE, day=board.day)
    turn.saw(board.shown())
    lines = [Line(one, form[f"good_{one.ref}"], form[f"rejects_{one.ref}"], form[f"makers_{one.ref}"]) for one in board.products]
    return render_template("day/grid.html", board=board, day=board.day, form=form, lines=lines,
                           rows=[(one, form[f"hours_{one.ref}"]) for one in board.here])


@room.post("/day/<day>/grid", May.LOG_ATTENDANCE)
def save(turn: Turn, day: str) -> ResponseReturnValue:
    """Take all of the grid, or nothing."""
    board = Board(turn, read_day(day, turn.doing.today))
    form = _form(board, request.form)
    return turn.submit(form, act=lambda: _save(turn, board, form), then=lambda: address(board.day),
                       again=lambda: _page(turn, Board(turn, board.day), form), said=_("The sheet is written down."))


def _save(turn: Turn, board: Board, form: Any) -> None:
    changed = sum(_attend(turn, board, one, form[f"hours_{one.ref}"]) for one in board.here)
    made = sum(_make(turn, board, product, form) for product in board.products)
    if not changed and not made:
        raise Refused("grid_empty")


def _at(field: str, act: Callable[[], object]) -> None:
    """Do it; what is refused is told at this field."""
    try:
        act()
    except Conflict:
        raise
    except Refused as refused:
        raise Refused(refused.code, at=field, **refused.values) from None


def _attend(turn: Turn, board: Board, one: Named, field: Any) -> bool:
    typed = (field.data or "").strip().upper()
    row = board.marks.get(one.id)
    if not typed:
        return False
    code, minutes = LETTERS.get(typed, Mark.ATTENDED), group.proposed(turn.doing, board.day).of(one.id) if typed == "D" else 0

    def act() -> None:
        counted = minutes if typed in LETTERS else read_minutes_of_hours(typed, dot_allowed=True)
        if row is None or (row.minutes, row.mark) != (counted, code.value):
            making.log_attendance(turn.doing, one.ref, board.day, counted, code)
    before = (row.minutes, row.mark) if row else None
    _at(field.name, act)
    now = production.find_attendance(turn.session, turn.doing.scope, one.id, board.day)
    return now is not None and (now.minutes, now.mark) != before


def _make(turn: Turn, board: Board, product: Product, form: Any) -> bool:
    good, rejects = form[f"good_{product.ref}"], form[f"rejects_{product.ref}"]
    makers = form[f"makers_{product.ref}"]
    if good.data is None and not rejects.data and not (makers.data or "").strip():
        return False
    if good.data is None and not rejects.data:
        raise Refused("grid_left", at=good.name)
    refs = _makers(turn, board, makers)
    made = Made(product.ref, board.day, good.data or 0, rejects.data or 0, SharedBy.EQUAL, tuple((ref, 1000) for ref in refs))
    try:
        making.log_lot(turn.doing, made)
    except Conflict:
        raise
    except Refused as refused:
        at = {"good": good.name, "rejects": rejects.name}.get(refused.field, makers.name)
        raise Refused(refused.code, at=at, **refused.values) from None
    return True


def _makers(turn: Turn, board: Board, field: Any) -> list[str]:
    """The people of the numbers written; "3" is D3 where only one number ends so. Nothing written: everybody who is here."""
    written = (field.data or "").replace(",", " ").replace(";", " ").upper().split()
    marks = {row.participant_id: row.mark
             for row in production.attendance_between(turn.session, turn.doing.scope, board.day, board.day)}
    if not written:
        return [one.ref for one in board.here if marks.get(one.id) == Mark.ATTENDED]
    found = []
    for number in dict.fromkeys(written):
        fits = [one for one in board.here if one.person.number.upper() == number] or [
            one for one in board.here if number.isdecimal() and one.person.number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == number]
        if len(fits) != 1:
            raise Refused("grid_unknown", at=field.name, number=number[:20])
        found.append(fits[0].ref)
    return found
