"""Writing down what a month's calculation reads besides attendance, lots and sales: work of a day, people's own dated values,
decisions about one person, figures of the month. Nothing of it changes what an approved month read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ledger.actions import days
from ledger.actions.doing import Doing, check_day, check_version
from ledger.core import schemes
from ledger.core.access import May
from ledger.core.entries import (
    LONGEST_REASON,
    Decided,
    Needs,
    Worked,
    check_day_minutes,
    check_decision,
    check_name,
    check_since,
    check_word,
    check_work,
    judged_values,
    needs,
    read_decimal,
    read_value,
)
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.core.schemes import Scheme
from ledger.records import entries, people, production
from ledger.records import stipends as runs
from ledger.records.entries import DecisionRow, FigureRow, PersonValueRow, WorkRow
from ledger.records.people import Named


def rules_of(doing: Doing, month: Month) -> tuple[Scheme, ...]:
    """The approved rules that are in force on some day of the month, the earliest first."""
    found = runs.schemes(doing.session, doing.scope)
    texts = [row.text for row in found if month.first < row.in_force_from <= month.last]
    first = next((row.text for row in found if row.in_force_from <= month.first), None)
    return tuple(schemes.parse(text) for text in reversed(texts if first is None else [*texts, first]))


def needs_of(rules: tuple[Scheme, ...]) -> Needs:
    """What these rules read besides attendance, lots and sales."""
    names: set[str] = set()
    for one in rules:
        names |= set(getattr(one, "names", ()))
    return needs(names, _adjustments(rules))


def judged_of(rules: tuple[Scheme, ...]) -> frozenset[str]:
    """Names of own values that these rules read as ratings and plans only."""
    return judged_values([one.canonical() for one in rules])


def _adjustments(rules: tuple[Scheme, ...]) -> Mapping[str, str]:
    return {part.key: part.label for one in rules for part in one.parts if part.kind == "adjustment"}


def _check_books(doing: Doing, month: Month, at: str = "day") -> None:
    """Raises Refused or Conflict unless what happens in the month can still be written down for it."""
    begins = doing.workshop().begins
    if month < begins:
        raise Refused("before_books", at=at, month=str(month), begins=str(begins))
    doing.check_open(month)
    if month in runs.empty_months(doing.session, doing.scope):
        raise Refused("declared_empty", at=at, month=str(month))


# ---------- work of a day ----------


def log_work(doing: Doing, participant_ref: str, worked: Worked) -> WorkRow:
    """Write down what a person did on a day. Raises Conflict when the day's month is approved."""
    doing.check(May.LOG_WORK, day=worked.day)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    worked = _checked_work(doing, named, worked)
    row = WorkRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id,
                  logged_at=doing.at, version=1)
    _fill(row, worked)
    doing.session.add(row)
    doing.session.flush()
    doing.note("log_work", "work", row.ref, after=_work_values(row), person=named.person.ref)
    days.touched(doing, row.happened_on)
    return row


def change_work(doing: Doing, ref: str, version: int, worked: Worked) -> WorkRow:
    """Correct an entry of an open month. Raises Conflict when the month is approved or somebody was faster."""
    row, named = _open_work(doing, ref)
    check_version(row, version)
    worked = _checked_work(doing, named, worked, besides=row.id)
    before = _work_values(row)
    _fill(row, worked)
    row.version += 1
    doing.session.flush()
    doing.note("change_work", "work", row.ref, before=before, after=_work_values(row), person=named.person.ref)
    days.touched(doing, row.happened_on)
    return row


def take_back_work(doing: Doing, ref: str) -> None:
    """Remove an entry of an open month; its audit entry keeps what it held."""
    row, named = _open_work(doing, ref)
    doing.note("take_back_work", "work", row.ref, before=_work_values(row), person=named.person.ref)
    doing.session.delete(row)
    doing.session.flush()
    days.touched(doing, row.happened_on)


def _open_work(doing: Doing, ref: str) -> tuple[WorkRow, Named]:
    doing.gate()
    row = entries.get_work(doing.session, doing.scope, ref)
    doing.check(May.LOG_WORK, day=row.happened_on)
    doing.check_open(Month.parse(row.booked_in))
    return row, people.get_participant_by_id(doing.session, doing.vault, doing.scope, row.participant_id)


def _checked_work(doing: Doing, named: Named, worked: Worked, besides: int = 0) -> Worked:
    doing.check(May.LOG_WORK, day=worked.day)
    check_day(doing, worked.day)
    tidy = Worked(worked.day, check_word(worked.kind, at="kind"), check_word(worked.task, at="task"), worked.minutes,
                  worked.good, worked.made, worked.points)
    check_work(named.person, tidy)
    _check_books(doing, Month.of(worked.day))
    mark = production.find_attendance(doing.session, doing.scope, named.id, worked.day)
    if mark is not None and mark.mark != Mark.ATTENDED.value:
        raise Refused("worked_while_absent", at="day", name=named.name, day=worked.day.isoformat())
    check_day_minutes(tidy.minutes, entries.worked_minutes(doing.session, doing.scope, named.id, worked.day, besides))
    return tidy


def _fill(row: WorkRow, worked: Worked) -> None:
    row.happened_on, row.booked_in = worked.day, str(Month.of(worked.day))
    row.kind, row.task, row.minutes = worked.kind, worked.task, worked.minutes
    row.good, row.made, row.points = worked.good, worked.made, worked.points


def _work_values(row: WorkRow) -> dict[str, object]:
    return {"day": row.happened_on, "kind": row.kind, "task": row.task, "minutes": row.minutes, "good": row.good,
            "made": row.made, "points": row.points, "booked_in": row.booked_in}


# ---------- people's own values ----------


def set_value(doing: Doing, participant_ref: str, name: str, since: date, text: str) -> PersonValueRow:
    """A person's own value from a day on, new or other than it was. Pay hangs on most of them, so the accountant and the
    director set them; what the rules read as a rating or a plan only, instructor and social worker set too.

    Raises Refused when an approved month has read the values of that day.
    """
    _check_sets(doing)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    name = check_name(name)
    check_since(since, max(runs.approved_months(doing.session, doing.scope), default=None))
    _check_kind_of_value(doing, name, since)
    try:
        text = read_value(text)
    except Refused as refused:
        raise Refused(refused.code, at="text", **refused.values) from None
    row = entries.find_value(doing.session, doing.scope, named.id, name, since)
    before = _value_values(row) if row else None
    if row is None:
        row = PersonValueRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop,
                             participant_id=named.id, name=name, since=since)
        doing.session.add(row)
    row.text, row.set_by, row.set_at = text, doing.who.account, doing.at
    doing.session.flush()
    doing.note("set_value", "person_value", row.ref, before=before, after=_value_values(row), person=named.person.ref)
    return row


def take_back_value(doing: Doing, ref: str) -> None:
    """Remove a value that no approved month has read."""
    _check_sets(doing)
    doing.gate()
    row = entries.get_value(doing.session, doing.scope, ref)
    check_since(row.since, max(runs.approved_months(doing.session, doing.scope), default=None))
    _check_kind_of_value(doing, row.name, row.since)
    named = people.get_participant_by_id(doing.session, doing.vault, doing.scope, row.participant_id)
    doing.note("take_back_value", "person_value", row.ref, before=_value_values(row), person=named.person.ref)
    doing.session.delete(row)
    doing.session.flush()


def _check_sets(doing: Doing) -> None:
    if not doing.can(May.SET_VALUES):
        doing.check(May.RATE)


def _check_kind_of_value(doing: Doing, name: str, since: date) -> None:
    if not doing.can(May.SET_VALUES) and name not in judged_of(rules_of(doing, Month.of(since))):
        raise Refused("value_sets_pay", at="name", name=name)


def _value_values(row: PersonValueRow) -> dict[str, object]:
    return {"name": row.name, "since": row.since, "text": row.text}


# ---------- decisions ----------


def decide(doing: Doing, participant_ref: str, decided: Decided) -> DecisionRow:
    """A decision about one person: a sum for an adjustment of the rules, or an encouragement without money (0)."""
    doing.check(May.DECIDE)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    check_day(doing, decided.day)
    month = Month.of(decided.day)
    _check_books(doing, month)
    check_decision(named.person, decided, _adjustments(rules_of(doing, month)))
    row = DecisionRow(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id,
        happened_on=decided.day, booked_in=str(month), part=decided.part, cents=decided.cents,
        reason=check_word(decided.reason, at="reason", longest=LONGEST_REASON),
        document=check_word(decided.document, at="document"),
        decided_by=doing.who.account, decided_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("decide", "decision", row.ref, after=_decision_values(row), person=named.person.ref, secret={"reason": row.reason})
    return row


def take_back_decision(doing: Doing, ref: str) -> None:
    """Remove a decision of an open month; its audit entry keeps what it held."""
    doing.check(May.DECIDE)
    doing.gate()
    row = entries.get_decision(doing.session, doing.scope, ref)
    doing.check_open(Month.parse(row.booked_in))
    named = people.get_participant_by_id(doing.session, doing.vault, doing.scope, row.participant_id)
    doing.note("take_back_decision", "decision", row.ref, before=_decision_values(row), person=named.person.ref,
               secret={"reason": row.reason})
    doing.session.delete(row)
    doing.session.flush()


def _decision_values(row: DecisionRow) -> dict[str, object]:
    return {"day": row.happened_on, "part": row.part, "cents": row.cents, "document": row.document, "booked_in": row.booked_in}


# ---------- figures of the month ----------


def set_figure(doing: Doing, month: Month, name: str, text: str) -> FigureRow:
    """A figure of the month, new or other than it was; `text` is a number not below zero as it is typed."""
    doing.check(May.SET_FIGURES)
    doing.gate()
    _check_books(doing, month, at="name")
    name = check_name(name)
    try:
        number = read_decimal(text)
    except Refused as refused:
        raise Refused(refused.code, at="number", **refused.values) from None
    row = entries.find_figure(doing.session, doing.scope, month, name)
    before = _figure_values(row) if row else None
    if row is None:
        row = FigureRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, booked_in=str(month), name=name)
        doing.session.add(row)
    row.number, row.set_by, row.set_at = number, doing.who.account, doing.at
    doing.session.flush()
    doing.note("set_figure", "month_figure", row.ref, before=before, after=_figure_values(row))
    return row


def take_back_figure(doing: Doing, ref: str) -> None:
    """Remove a figure of an open month."""
    doing.check(May.SET_FIGURES)
    doing.gate()
    row = entries.get_figure(doing.session, doing.scope, ref)
    doing.check_open(Month.parse(row.booked_in))
    doing.note("take_back_figure", "month_figure", row.ref, before=_figure_values(row))
    doing.session.delete(row)
    doing.session.flush()


def _figure_values(row: FigureRow) -> dict[str, object]:
    return {"month": row.booked_in, "name": row.name, "number": row.number}
