"""What was made and sold: by weeks or months, by product, and what an hour of work brings. Reads only, sums only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.core.seeing import WEEK, By, Period, Worked, by_period, by_product, periods_until
from ledger.documents.sheets import Sheet
from ledger.records import production, seeing, stock_moves
from ledger.records.production import Product
from ledger.web import lists, seeing_shown
from ledger.web.board import read_day
from ledger.web.rules import Room
from ledger.web.seeing_shown import HourRow, ProductRow, UnitShown
from ledger.web.session import Turn

room = Room("seeing")

PERIODS = 12


@dataclass(frozen=True)
class Span:
    """Twelve weeks or months in a row; `before` and `after` are days of the spans around it, `after` None when it has not begun."""

    by: By
    until: date
    periods: tuple[Period, ...]
    before: date
    after: date | None

    @property
    def first(self) -> date:
        """The first day."""
        return self.periods[0].first

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return self.periods[-1].last


def _span(turn: Turn) -> Span:
    today = turn.doing.today
    try:
        by = By(request.args.get("by") or By.WEEK.value)
    except ValueError:
        raise Hidden from None
    until = read_day(request.args.get("until") or today.isoformat(), today)
    periods = periods_until(until, by, PERIODS)
    last = periods[-1].last
    after = Month.of(last).plus(PERIODS).last if by is By.MONTH else last + PERIODS * WEEK
    return Span(by, until, periods, periods[0].first - timedelta(days=1), min(after, today) if last < today else None)


def _goods(turn: Turn) -> dict[int, Product]:
    return {one.id: one for one in production.products(turn.session, turn.doing.scope)}


def _file(turn: Turn, span: Span, sheets: Sequence[Sheet], word: str) -> ResponseReturnValue:
    return lists.file_of(turn, sheets, f"{word}-{span.first.isoformat()}--{span.last.isoformat()}")


# ---------- by weeks or months ----------


@room.get("/seeing", May.SEE_SUMS)
def page(turn: Turn) -> ResponseReturnValue:
    """What was made and sold week by week or month by month, of everything or of one product."""
    span, goods, chosen = _span(turn), _goods(turn), lists.asked("product")
    wanted = {key: one for key, one in goods.items() if chosen in ("", one.ref)}
    if chosen and not wanted:
        raise Hidden
    units = _units(turn, span, wanted, goods)
    if lists.wanted_file():
        return _file(turn, span, seeing_shown.period_sheets(span.by, units), "savaites" if span.by is By.WEEK else "menesiai")
    return render_template(
        "seeing/page.html", span=span, today=turn.doing.today, goods=list(goods.values()), chosen=chosen,
        units=units, words=seeing_shown, url=lists.address, name=next(iter(wanted.values())).name if chosen else "")


def _units(turn: Turn, span: Span, wanted: dict[int, Product], goods: dict[int, Product]) -> list[UnitShown]:
    """The sums of each unit in which anything was made or sold, week by week."""
    session, scope = turn.session, turn.doing.scope
    facts = [*seeing.made_between(session, scope, span.first, span.last),
             *seeing.sold_between(session, scope, span.first, span.last, goods)]
    found = []
    for unit in dict.fromkeys(one.unit for one in wanted.values()):
        own = [one for one in facts if one.product in wanted and wanted[one.product].unit == unit]
        if own:
            sums = by_product(own)
            found.append(seeing_shown.unit_shown(unit, span.by, span.periods, by_period(own, span.periods, span.by),
                                                 {wanted[key].name: one for key, one in sums.items()}))
    return found


# ---------- by product ----------


@room.get("/seeing/products", May.SEE_SUMS)
def products(turn: Turn) -> ResponseReturnValue:
    """What sells and what stays: made, rejected, sold, in stock, when it was sold last."""
    span, text, kind, order = _span(turn), lists.asked("text"), lists.asked("kind"), lists.asked("order")
    every = _rows(turn, span)
    found = [one for one in every if lists.fits(text, one.product.code, one.product.name) and (not kind or kind in one.states)]
    found.sort(key=seeing_shown.ORDERS.get(order, seeing_shown.ORDERS[""]))
    if lists.wanted_file():
        return _file(turn, span, [seeing_shown.product_sheet(found)], "gaminiai")
    return render_template(
        "seeing/products.html", span=span, today=turn.doing.today, found=lists.paged(found), any=bool(every), text=text,
        kind=kind, order=order, url=lists.address, sells=seeing_shown.sold_chart(found),
        rejects=seeing_shown.reject_chart(found),
        words=seeing_shown)


def _rows(turn: Turn, span: Span) -> list[ProductRow]:
    """Products of which anything was made or sold in the span or lies in stock."""
    session, scope, goods = turn.session, turn.doing.scope, _goods(turn)
    sums = by_product([*seeing.made_between(session, scope, span.first, span.last, daily=False),
                       *seeing.sold_between(session, scope, span.first, span.last, goods, daily=False)])
    lies, sold = stock_moves.held(session, scope), seeing.last_sold(session, scope)
    rows = [ProductRow.of(one, sums.get(key), lies[key].together if key in lies else 0, sold.get(key), turn.doing.today)
            for key, one in goods.items()]
    return [one for one in rows if one.sums is not None or one.left > 0]


# ---------- what an hour brings ----------


@room.get("/seeing/hours", May.SEE_SUMS)
def hours(turn: Turn) -> ResponseReturnValue:
    """What an hour of work brings of each product, after materials."""
    span, text = _span(turn), lists.asked("text")
    every = _hours(turn, span)
    found = [one for one in every if lists.fits(text, one.product.code, one.product.name)]
    if lists.wanted_file():
        return _file(turn, span, [seeing_shown.hour_sheet(found)], "valandos")
    return render_template(
        "seeing/hours.html", span=span, today=turn.doing.today, found=lists.paged(found), any=bool(every), text=text,
        url=lists.address, chart=seeing_shown.hour_chart(found), words=seeing_shown)


def _hours(turn: Turn, span: Span) -> Sequence[HourRow]:
    session, scope, goods = turn.session, turn.doing.scope, _goods(turn)
    sums = by_product([*seeing.made_between(session, scope, span.first, span.last, daily=False),
                       *seeing.sold_between(session, scope, span.first, span.last, goods, daily=False)])
    worked = seeing.worked_between(session, scope, span.first, span.last)
    rows = [HourRow(one, sums[key], worked.get(key, Worked())) for key, one in goods.items() if key in sums]
    return sorted(rows, key=lambda one: (one.cents is None, -(one.cents or 0)))
