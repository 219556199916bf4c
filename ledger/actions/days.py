"""A day is said to be complete, and opened again; people's weekly plans, days of trying, and one person in two workshops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ledger.actions.doing import Doing, check_day
from ledger.core.access import May
from ledger.core.days import DayEvent, after_entry, check_close, check_plan, check_reopen, check_trial
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.i18n import mark
from ledger.records import days as rows
from ledger.records import organisation, people
from ledger.records.days import WEEKDAYS, DayEventRow, SamePerson, TrialDay, WeekPlan
from ledger.records.organisation import Scope
from ledger.records.people import Named, Participant
from ledger.records.types import new_ref
from ledger.sentences import learn

learn({
    "day_closed_already": mark("Somebody was faster: this day is closed already. Reload the page."),
    "day_open_already": mark("Somebody was faster: this day is open already. Reload the page."),
    "over_day_both": mark("Together with the other workshop this would be more than 24 hours on one day: check the hours."),
    "plan_empty": mark("Write the hours of at least one weekday."),
    "trial_after_start": mark("The contract of %(number)s holds from %(day)s: mark the person as on every day."),
    "trial_too_early": mark("The contract of %(number)s begins more than %(most)s days later: check the day."),
    "same_no_number": mark("There is nobody with the number %(number)s in that workshop: check the number."),
    "same_other": mark("%(number)s of that workshop has another name or date of birth: check the number."),
    "same_already": mark("This person is already written down as attending that workshop too."),
})


# ---------- begun, closed, opened again ----------


def touched(doing: Doing, day: date) -> None:
    """Something was written down by hand for this day: the first entry begins it, one after its closing opens it again. The
    caller holds the gate."""
    event = after_entry(_newest(doing, day))
    if event is not None:
        _happens(doing, day, event)


def _newest(doing: Doing, day: date) -> DayEvent | None:
    found = rows.newest(doing.session, doing.scope, day)
    return DayEvent(found.kind) if found else None


def _happens(doing: Doing, day: date, event: DayEvent) -> None:
    before = rows.newest(doing.session, doing.scope, day)
    row = DayEventRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, day=day,
                      position=before.position + 1 if before else 1, kind=event.value, done_by=doing.who.account, done_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    if event is not DayEvent.BEGUN:
        doing.note("close_day" if event is DayEvent.CLOSED else "reopen_day", "day", row.ref, after={"day": day})


def close_day(doing: Doing, day: date) -> None:
    """Say that everything of this day is written down. Raises Conflict when somebody has said so already."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    check_day(doing, day)
    check_close(_newest(doing, day))
    _happens(doing, day, DayEvent.CLOSED)


def reopen_day(doing: Doing, day: date) -> None:
    """Open a closed day again: something is missing or wrong."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    check_reopen(_newest(doing, day))
    _happens(doing, day, DayEvent.REOPENED)


# ---------- weekly plans ----------


def set_plan(doing: Doing, participant_ref: str, since: date, minutes: Sequence[int]) -> WeekPlan:
    """The minutes of Monday to Sunday agreed with a person from a day on, new or other than they were; the board offers them."""
    doing.check(May.RATE)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    if since.year < 2000:
        raise Refused("long_ago", at="since", day=since.isoformat())
    check_plan(minutes)
    row = rows.find_plan(doing.session, doing.scope, named.id, since)
    before = _plan_values(row) if row else None
    if row is None:
        row = WeekPlan(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id,
                       since=since)
        doing.session.add(row)
    for name, own in zip(WEEKDAYS, minutes, strict=True):
        setattr(row, name, own)
    row.set_by, row.set_at = doing.who.account, doing.at
    doing.session.flush()
    doing.note("set_plan", "week_plan", row.ref, before=before, after=_plan_values(row), person=named.person.ref)
    return row


def take_back_plan(doing: Doing, participant_ref: str, ref: str) -> None:
    """Remove a plan that was a mistake: the one before it holds again."""
    doing.check(May.RATE)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    row = rows.get_plan(doing.session, doing.scope, ref)
    if row.participant_id != named.id:
        raise Hidden
    doing.note("take_back_plan", "week_plan", row.ref, before=_plan_values(row), person=named.person.ref)
    doing.session.delete(row)
    doing.session.flush()


def _plan_values(row: WeekPlan) -> dict[str, object]:
    return {"since": row.since, "minutes": list(row.minutes)}


# ---------- days of trying ----------


def log_trial(doing: Doing, participant_ref: str, day: date, minutes: int) -> TrialDay:
    """Somebody came to try before their contract: time only. No stipend, no share of a lot."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    check_day(doing, day)
    check_trial(named.person, day, minutes)
    row = rows.find_trial(doing.session, doing.scope, named.id, day)
    before = {"day": row.happened_on, "minutes": row.minutes} if row else None
    if row is None:
        row = TrialDay(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id,
                       happened_on=day)
        doing.session.add(row)
    row.minutes, row.logged_by, row.logged_at = minutes, doing.who.account, doing.at
    doing.session.flush()
    doing.note("log_trial", "trial_day", row.ref, before=before, after={"day": day, "minutes": minutes}, person=named.person.ref)
    return row


def take_back_trial(doing: Doing, participant_ref: str, day: date) -> None:
    """Remove a day of trying that was a mistake."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    row = rows.find_trial(doing.session, doing.scope, named.id, day)
    if row is None:
        raise Hidden
    doing.note("take_back_trial", "trial_day", row.ref, before={"day": day, "minutes": row.minutes}, person=named.person.ref)
    doing.session.delete(row)
    doing.session.flush()


# ---------- one person in two workshops ----------


@dataclass(frozen=True)
class Other:
    """The same person in another workshop, as it is typed: the workshop's reference and their number there."""

    workshop: str
    number: str


def join_person(doing: Doing, participant_ref: str, other: Other) -> SamePerson:
    """Write down that a participant attends another workshop of the provider too. Name and date of birth must be the same in both;
    nothing else of the other workshop is read or shown."""
    doing.check(May.KEEP_PEOPLE)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    scope, there = _other(doing, named, other)
    own, theirs = (rows.find_same(doing.session, doing.scope, named.person.ref),
                   rows.find_same(doing.session, scope, there.person.ref))
    if own is not None and theirs is not None:
        if own.joint == theirs.joint:
            raise Conflict("same_already")
        raise Hidden  # two chains of workshops: nobody has three by now
    joint = own.joint if own else theirs.joint if theirs else new_ref()
    for where, one, known in ((doing.scope, named, own), (scope, there, theirs)):
        if known is None:
            doing.session.add(SamePerson(
                organisation_id=where.organisation, workshop_id=where.workshop, person_ref=one.person.ref, joint=joint,
                joined_by=doing.who.account, joined_at=doing.at))
    doing.session.flush()
    found = rows.find_same(doing.session, doing.scope, named.person.ref)
    assert found is not None  # one of the two was just written
    doing.note("join_person", "same_person", found.ref, after={"joint": joint}, person=named.person.ref)
    return found


def _other(doing: Doing, named: Named, other: Other) -> tuple[Scope, Named]:
    place = next((one for one in organisation.workshops(doing.session, doing.scope.organisation)
                  if one.ref == other.workshop and one.id != doing.scope.workshop), None)
    if place is None:
        raise Hidden
    scope = Scope(doing.scope.organisation, place.id)
    number = other.number.strip()
    row = doing.session.scalar(select(Participant).where(
        Participant.organisation_id == scope.organisation, Participant.workshop_id == scope.workshop,
        Participant.number == number))
    if row is None:
        raise Refused("same_no_number", at="number", number=number[:40])
    there = people.get_participant(doing.session, doing.vault, scope, row.ref)
    if _who(named) != _who(there):
        raise Refused("same_other", at="number", number=number[:40])
    return scope, there


def _who(named: Named) -> tuple[str, str]:
    return " ".join(named.name.casefold().split()), named.identity.birth


def part_person(doing: Doing, participant_ref: str) -> None:
    """It was a mistake: the participant attends no other workshop."""
    doing.check(May.KEEP_PEOPLE)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    row = rows.find_same(doing.session, doing.scope, named.person.ref)
    if row is None:
        raise Hidden
    doing.note("part_person", "same_person", row.ref, before={"joint": row.joint}, person=named.person.ref)
    doing.session.delete(row)
    doing.session.flush()
