"""A person's weekly plan, and the same person in another workshop of the provider."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, StringField

from ledger.actions import days as actions
from ledger.actions.days import Other
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import days, organisation, people
from ledger.records.days import WEEKDAYS
from ledger.records.people import Named
from ledger.web.forms import DayField, Form, HoursField, needed
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("plans")


class PlanForm(Form):
    """Hours of each weekday, from a day on."""

    since = DayField(lazy_text("From which day"), [needed])
    day0 = HoursField(lazy_text("Monday"))
    day1 = HoursField(lazy_text("Tuesday"))
    day2 = HoursField(lazy_text("Wednesday"))
    day3 = HoursField(lazy_text("Thursday"))
    day4 = HoursField(lazy_text("Friday"))
    day5 = HoursField(lazy_text("Saturday"))
    day6 = HoursField(lazy_text("Sunday"))

    @property
    def week(self) -> list[HoursField]:
        """The seven fields."""
        return [self[f"day{number}"] for number in range(len(WEEKDAYS))]

    def minutes(self) -> list[int]:
        """Minutes of Monday to Sunday; an empty field is 0."""
        return [field.data or 0 for field in self.week]


def _named(turn: Turn, ref: str) -> Named:
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    return named


@room.get("/people/<ref>/plan", May.RATE)
def plan(turn: Turn, ref: str) -> ResponseReturnValue:
    """A person's weekly plans and the form of a new one."""
    return _plan_page(turn, _named(turn, ref))


def _plan_page(turn: Turn, named: Named, form: PlanForm | None = None, said: str = "") -> str:
    rows = days.plans_of(turn.session, turn.doing.scope, named.id)
    holds = next((row for row in rows if row.since <= turn.doing.today), None)
    if form is None:
        known = holds or (rows[-1] if rows else None)
        minutes = known.minutes if known else (360, 360, 360, 360, 360, 0, 0)
        form = PlanForm(None, since=turn.doing.today, **{f"day{number}": own for number, own in enumerate(minutes)})
    return render_template("people/plan.html", named=named, rows=rows, holds=holds, form=form, said=said)


@room.post("/people/<ref>/plan", May.RATE)
def set_plan(turn: Turn, ref: str) -> ResponseReturnValue:
    """Write a plan down."""
    named, form = _named(turn, ref), PlanForm.sent()
    return turn.submit(
        form, act=lambda: actions.set_plan(turn.doing, ref, form.since.data, form.minutes()),
        then=lambda: url_for("plans.plan", ref=ref), again=lambda: _plan_page(turn, named, form),
        said=_("The plan is written down: the board offers these hours."))


@room.post("/people/<ref>/plan/<plan>/back", May.RATE)
def take_back_plan(turn: Turn, ref: str, plan: str) -> ResponseReturnValue:
    """It was a mistake."""
    named = _named(turn, ref)
    return turn.attempt(
        lambda: actions.take_back_plan(turn.doing, ref, plan), then=lambda: url_for("plans.plan", ref=ref),
        again=lambda refused: _plan_page(turn, named, said=refused_sentence(refused)), said=_("The plan is taken back."))


# ---------- one person in two workshops ----------


class OtherForm(Form):
    """The person's number in another workshop."""

    workshop = SelectField(lazy_text("The other workshop"), [needed], validate_choice=False)
    number = StringField(lazy_text("The person's number there"), [needed], description=lazy_text(
        "Name and date of birth must be the same in both."))


@room.get("/people/<ref>/other", May.KEEP_PEOPLE)
def other(turn: Turn, ref: str) -> ResponseReturnValue:
    """Whether a person attends another workshop too."""
    return _other_page(turn, _named(turn, ref))


def _other_page(turn: Turn, named: Named, form: OtherForm | None = None, said: str = "") -> str:
    scope, form = turn.doing.scope, form or OtherForm()
    places = [one for one in organisation.workshops(turn.session, scope.organisation) if one.id != scope.workshop]
    form.workshop.choices = [SelectChoice("", _("Choose")), *(SelectChoice(one.ref, one.name) for one in places)]
    return render_template("people/other.html", named=named, form=form, places=places, said=said,
                           same=days.find_same(turn.session, scope, named.person.ref))


@room.post("/people/<ref>/other", May.KEEP_PEOPLE)
def join(turn: Turn, ref: str) -> ResponseReturnValue:
    """The person attends the other workshop too."""
    named, form = _named(turn, ref), OtherForm.sent()
    return turn.submit(
        form, act=lambda: actions.join_person(turn.doing, ref, Other(form.workshop.data, form.number.data)),
        then=lambda: url_for("plans.other", ref=ref), again=lambda: _other_page(turn, named, form),
        said=_("Written down: hours of both workshops are looked at together."))


@room.post("/people/<ref>/other/part", May.KEEP_PEOPLE)
def part(turn: Turn, ref: str) -> ResponseReturnValue:
    """It was a mistake."""
    named = _named(turn, ref)
    if days.find_same(turn.session, turn.doing.scope, named.person.ref) is None:
        raise Hidden
    return turn.attempt(
        lambda: actions.part_person(turn.doing, ref), then=lambda: url_for("plans.other", ref=ref),
        again=lambda refused: _other_page(turn, named, said=refused_sentence(refused)), said=_("It is taken back."))
