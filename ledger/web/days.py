"""What is done to a whole day or with one tap: who is here, everybody at once, training, a day of trying, the day closed."""

from __future__ import annotations

from datetime import date

from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectMultipleField, StringField

from ledger.actions import board as group
from ledger.actions import days as actions
from ledger.actions import production as making
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.production import Mark
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, ngettext
from ledger.records import entries, people
from ledger.records.entries import WorkRow
from ledger.web.board import read_day
from ledger.web.day import address, day_page, mark_person
from ledger.web.forms import Form, HoursField, needed
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("days")


class TapForm(Form):
    """One tap on one person: came, was not marked after all, or is away."""

    came = HiddenField()
    back = HiddenField()
    away = HiddenField()


@room.post("/day/<day>/tap", May.LOG_ATTENDANCE)
def tap(turn: Turn, day: str) -> ResponseReturnValue:
    """Mark one person. Who is away is asked for the reason next."""
    on, form = read_day(day, turn.doing.today), TapForm.sent()
    who = {"who": form.away.data} if form.away.data else {}
    return turn.submit(
        form, act=lambda: _tap(turn, on, form), then=lambda: address(on, "people", **who),
        again=lambda: day_page(turn, on, said=" ".join(form.form_errors)))


def _tap(turn: Turn, day: date, form: TapForm) -> None:
    doing = turn.doing
    if form.back.data:
        making.take_back_attendance(doing, form.back.data, day)
        return
    ref = form.came.data or form.away.data
    if not ref:
        raise Hidden
    one = people.get_participant(turn.session, doing.vault, doing.scope, ref)
    if form.away.data:
        mark_person(turn, ref, day, 0, Mark.EXCUSED)
    else:
        mark_person(turn, ref, day, group.proposed(doing, day).of(one.id), Mark.ATTENDED)


@room.post("/day/<day>/everybody", May.LOG_ATTENDANCE)
def everybody(turn: Turn, day: str) -> ResponseReturnValue:
    """Everybody who is expected came, with the hours of their plan."""
    on = read_day(day, turn.doing.today)
    return turn.attempt(
        lambda: group.everybody(turn.doing, on), then=lambda: address(on, "people"),
        again=lambda refused: day_page(turn, on, said=refused_sentence(refused)))


# ---------- training, a trip ----------


class GroupForm(Form):
    """A day, or a part of it, without anything made; whom and how long, unless it is everybody's whole day."""

    kind = StringField(lazy_text("What it was"), [needed])
    hours = HoursField(lazy_text("Hours"), description=lazy_text("Empty: each person's whole day."))
    people = SelectMultipleField(lazy_text("Who took part"), validate_choice=False)
    some = HiddenField()


@room.post("/day/<day>/group", May.LOG_WORK)
def log_group(turn: Turn, day: str) -> ResponseReturnValue:
    """Training or a trip, for everybody here at one tap, or for some."""
    on, form, made = read_day(day, turn.doing.today), GroupForm.sent(), list[WorkRow]()

    def act() -> None:
        chosen = form.people.data or [] if form.some.data else None
        made.extend(group.log_group(turn.doing, on, form.kind.data, form.hours.data, chosen))
    return turn.submit(
        form, act=act, then=lambda: address(on, "made", last=f"work-{made[0].ref}"),
        again=lambda: day_page(turn, on, activity=form))


@room.post("/day/work/<ref>/back", May.LOG_WORK)
def take_back_group(turn: Turn, ref: str) -> ResponseReturnValue:
    """Take back what was written down in one go."""
    on = entries.get_work(turn.session, turn.doing.scope, ref).happened_on
    return turn.attempt(
        lambda: group.take_back_group(turn.doing, ref), then=lambda: address(on, "made"),
        again=lambda refused: day_page(turn, on, said=refused_sentence(refused)),
        said=_("It is taken back; who was here stays marked."))


# ---------- a day of trying ----------


class TrialForm(Form):
    """Who came to try, and for how long."""

    participant = HiddenField(lazy_text("Participant"), [needed])
    hours = HoursField(lazy_text("Hours"), [needed], id="trial-hours")


@room.post("/day/<day>/trial", May.LOG_ATTENDANCE)
def log_trial(turn: Turn, day: str) -> ResponseReturnValue:
    """Somebody came to try before their contract."""
    on, form = read_day(day, turn.doing.today), TrialForm.sent()
    return turn.submit(
        form, act=lambda: actions.log_trial(turn.doing, form.participant.data, on, form.hours.data),
        then=lambda: address(on, "trial"), again=lambda: day_page(turn, on, trial=form),
        said=_("The day of trying is written down. No stipend is counted for it."))


@room.post("/day/<day>/trial/back", May.LOG_ATTENDANCE)
def take_back_trial(turn: Turn, day: str) -> ResponseReturnValue:
    """It was a mistake."""
    on, form = read_day(day, turn.doing.today), TapForm.sent()
    return turn.submit(
        form, act=lambda: actions.take_back_trial(turn.doing, form.back.data, on), then=lambda: address(on, "trial"),
        again=lambda: day_page(turn, on, said=" ".join(form.form_errors)), said=_("The day of trying is taken back."))


# ---------- the day closed ----------


@room.post("/day/<day>/close", May.LOG_ATTENDANCE)
def close(turn: Turn, day: str) -> ResponseReturnValue:
    """Say that everything of the day is written down."""
    on = read_day(day, turn.doing.today)
    left = len(group.expected(turn.doing, on))
    said = _("The day is closed.")
    if left:
        said += " " + ngettext("%(num)s person is not marked.", "%(num)s people are not marked.", left)
    return turn.attempt(
        lambda: actions.close_day(turn.doing, on), then=lambda: address(on),
        again=lambda refused: day_page(turn, on, said=refused_sentence(refused)), said=said)


@room.post("/day/<day>/reopen", May.LOG_ATTENDANCE)
def reopen(turn: Turn, day: str) -> ResponseReturnValue:
    """Open the day again."""
    on = read_day(day, turn.doing.today)
    return turn.attempt(
        lambda: actions.reopen_day(turn.doing, on), then=lambda: address(on),
        again=lambda refused: day_page(turn, on, said=refused_sentence(refused)), said=_("The day is open again."))
