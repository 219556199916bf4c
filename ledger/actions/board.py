"""The whole group at once: everybody came as planned; a day of training or a trip, which makes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions import entries as working
from ledger.actions import production as making
from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.entries import Worked
from ledger.core.faults import Hidden, Refused
from ledger.core.production import Mark
from ledger.i18n import mark
from ledger.records import days as rows
from ledger.records import entries, people, production
from ledger.records.entries import WorkRow
from ledger.records.people import Named
from ledger.sentences import learn

USUAL_MINUTES = 360
"""What is offered for a person who has neither a plan nor an attended day."""

learn({
    "nobody_unmarked": mark("Everybody who was expected is marked already."),
    "nobody_here": mark("Nobody is here on this day: mark first who is here."),
    "group_busy": mark("Nobody's hours of this day are free for it: all are written down as something else."),
})


@dataclass(frozen=True)
class Proposed:
    """What the board offers for a day, by participant's row number: `minutes` of everybody, and who is `off` by their plan."""

    minutes: dict[int, int]
    off: frozenset[int]

    def of(self, participant_id: int) -> int:
        """The minutes to offer for one person."""
        return self.minutes.get(participant_id, USUAL_MINUTES)


def proposed(doing: Doing, day: date) -> Proposed:
    """The minutes of the person's plan for that weekday; without one, or off by it, of the last attended day. Two queries."""
    plans = rows.planned(doing.session, doing.scope, day)
    usual = production.usual_minutes(doing.session, doing.scope, day)
    return Proposed(usual | {one: minutes for one, minutes in plans.items() if minutes},
                    frozenset(one for one, minutes in plans.items() if not minutes))


def expected(doing: Doing, day: date) -> list[Named]:
    """Who should come on this day and has no mark yet."""
    offered = proposed(doing, day)
    marked = {row.participant_id for row in production.attendance_between(doing.session, doing.scope, day, day)}
    return [one for one in people.participants(doing.session, doing.vault, doing.scope)
            if one.person.here_on(day) and one.id not in marked and one.id not in offered.off]


def everybody(doing: Doing, day: date) -> list[Named]:
    """Everybody expected came, with the hours of their plan. Raises Refused when nobody is left to be marked."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    offered, found = proposed(doing, day), expected(doing, day)
    if not found:
        raise Refused("nobody_unmarked")
    for one in found:
        making.log_attendance(doing, one.ref, day, offered.of(one.id), Mark.ATTENDED)
    return found


def log_group(doing: Doing, day: date, kind: str, minutes: int | None = None, chosen: Sequence[str] | None = None) -> list[WorkRow]:
    """A day, or a part of it, of training or a trip for everybody who is here (`chosen`: only these), without anything made. Who is
    expected and not marked yet is marked as here. `minutes` None: all their hours of the day that are not something else yet."""
    doing.check(May.LOG_WORK, day=day)
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    if not kind.strip():
        raise Refused("empty_text", at="kind")
    if chosen is None and expected(doing, day):
        everybody(doing, day)
    marks = {row.participant_id: row for row in production.attendance_between(doing.session, doing.scope, day, day)}
    here = [one for one in people.participants(doing.session, doing.vault, doing.scope)
            if one.id in marks and marks[one.id].mark == Mark.ATTENDED]
    if chosen is not None:
        if not set(chosen) <= {one.ref for one in here}:
            raise Hidden
        here = [one for one in here if one.ref in set(chosen)]
    if not here:
        raise Refused("nobody_here", at="people")
    busy = entries.minutes_of_day(doing.session, doing.scope, day)
    free = {one.ref: marks[one.id].minutes - busy.get(one.id, 0) for one in here}
    wanted = [(ref, left if minutes is None else min(minutes, left)) for ref, left in free.items() if left > 0]
    if not wanted:
        raise Refused("group_busy", at="hours")
    return [working.log_work(doing, ref, Worked(day, kind, minutes=own)) for ref, own in wanted]


def take_back_group(doing: Doing, ref: str) -> int:
    """Remove everything that was written down in the same go as this entry; how many there were."""
    first = entries.get_work(doing.session, doing.scope, ref)
    found = [row for row in entries.work_on(doing.session, doing.scope, first.happened_on) if together(row) == together(first)]
    for row in found:
        working.take_back_work(doing, row.ref)
    return len(found)


def together(row: WorkRow) -> tuple[object, ...]:
    """What entries of one go have in common."""
    return row.logged_at, row.kind, row.task
