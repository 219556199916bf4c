"""A month of days: which are written down and complete, and who was here when. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger import i18n
from ledger.core.days import DayEvent
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.i18n import pgettext
from ledger.records import days, people, production, sales
from ledger.records.calendar import public_holidays
from ledger.records.people import Named
from ledger.records.production import AttendanceRow
from ledger.web.session import Turn


@dataclass(frozen=True)
class DayHead:
    """A day of the month's grid: `kind` is "" or free (weekend, holiday), future, bare (a working day without attendance);
    `complete` is yes, no (begun and not said to be complete) or "" (nothing happened)."""

    day: date
    kind: str
    attended: int
    lots: int
    sales: int
    complete: str = ""


@dataclass(frozen=True)
class GridRow:
    """A person's month: a cell per day (text, kind) and the minutes attended."""

    number: str
    name: str
    cells: tuple[tuple[str, str], ...]
    minutes: int
    days: int


def month_days(turn: Turn, month: Month) -> list[DayHead]:
    """The days of a month with what is written down for each; four queries."""
    session, scope = turn.session, turn.doing.scope
    attended = production.attendance_days(session, scope, month)
    lots, lines = production.lot_days(session, scope, month), sales.line_days(session, scope, month)
    holidays, states = public_holidays(month.year), days.states(session, scope, month.first, month.last)

    def kind(day: date) -> str:
        if day > turn.doing.today:
            return "future"
        if day.weekday() > 4 or day in holidays:
            return "free"
        return "" if attended.get(day) else "bare"
    return [DayHead(day, kind(day), attended.get(day, 0), lots.get(day, 0), lines.get(day, 0),
                    "" if day not in states else "yes" if states[day] is DayEvent.CLOSED else "no") for day in month.days()]


def month_grid(turn: Turn, month: Month) -> list[GridRow]:
    """People and days of a month; notes whose data is shown."""
    session, scope = turn.session, turn.doing.scope
    rows: dict[tuple[int, date], AttendanceRow] = {
        (row.participant_id, row.happened_on): row
        for row in production.attendance_between(session, scope, month.first, month.last)}
    named = people.here_between(people.participants(session, turn.doing.vault, scope), month.first, month.last)
    turn.saw([one.person.ref for one in named])
    grid = []
    for one in named:
        own = [rows.get((one.id, day)) for day in month.days()]
        minutes = [row.minutes for row in own if row is not None and row.mark == Mark.ATTENDED]
        cells = tuple(_cell(row, one, day) for row, day in zip(own, month.days(), strict=True))
        grid.append(GridRow(one.person.number, one.name, cells, sum(minutes), len(minutes)))
    return grid


def _cell(row: AttendanceRow | None, one: Named, day: date) -> tuple[str, str]:
    if row is None:
        return ("", "") if one.person.here_on(day) else ("", "away")
    if row.mark == Mark.ATTENDED:
        return i18n.hours(row.minutes), "in"
    return pgettext("attendance mark", row.mark), "out"
