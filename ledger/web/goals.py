"""Goals as staff see them: everybody's own path, one goal with what was seen, and the social worker's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from ledger.actions import goals as actions
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.goals import STEPS, Seen, path, score_of
from ledger.core.periods import Month
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import goals as rows
from ledger.records import people as persons
from ledger.records import photos as photo_rows
from ledger.records import production, work_steps
from ledger.records.goals import GoalRow
from ledger.records.people import Named, here_between
from ledger.records.work_steps import StepRow
from ledger.web.forms import DayField, Form, needed
from ledger.web.photos import shown
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("goals")

MOST_PEOPLE = 30
MONTHS_BACK = 6
MOST_PHOTOS = 6


@dataclass(frozen=True)
class Shown:
    """A goal in the list: steps done (None: nothing seen yet) and whether its day has passed."""

    row: GoalRow
    steps: int | None
    due: bool


@dataclass(frozen=True)
class PersonGoals:
    """A person with their open goals."""

    named: Named
    goals: tuple[Shown, ...]


@room.get("/goals", May.SEE_GOALS)
def people(turn: Turn) -> ResponseReturnValue:
    """People who are here, by number, each with their own path; never in the order of progress."""
    today = turn.doing.today
    everyone = here_between(persons.participants(turn.session, turn.doing.vault, turn.doing.scope), today, today)
    last = max(1, -(-len(everyone) // MOST_PEOPLE))
    current = min(max(1, request.args.get("page", 1, type=int)), last)
    shown = everyone[(current - 1) * MOST_PEOPLE:current * MOST_PEOPLE]
    turn.saw(one.person.ref for one in shown)
    found: dict[int, list[Shown]] = {}
    for row in rows.goals(turn.session, turn.doing.scope, [one.id for one in shown]):
        if row.ended_on is None:
            found.setdefault(row.participant_id, []).append(Shown(row, score_of(Month.of(today), _seen(row)), row.due_on < today))
    return render_template(
        "goals/people.html", people=[PersonGoals(one, tuple(found.get(one.id, ()))) for one in shown], steps=STEPS,
        current=current, last=last, page_url=lambda number: url_for("goals.people", page=number))


def _seen(row: GoalRow) -> list[Seen]:
    return [Seen(one.seen_on, one.score) for one in row.observations]


# ---------- one goal ----------


class ObservationForm(Form):
    """What somebody saw."""

    day = DayField(lazy_text("Day"), [needed])
    score = RadioField(lazy_text("Steps"), [needed], choices=[str(step) for step in range(STEPS + 1)])
    note = TextAreaField(lazy_text("What you saw"), description=lazy_text("Not required. Write no diagnoses."))


@room.get("/goals/<ref>", May.SEE_GOALS)
def goal(turn: Turn, ref: str) -> ResponseReturnValue:
    """One goal: its path over the months and every observation."""
    return _goal(turn, ref, ObservationForm(None, data={"day": turn.doing.today}))


def _goal(turn: Turn, ref: str, form: Any) -> str:
    row = rows.get_goal(turn.session, turn.doing.scope, ref)
    named = _person_of(turn, row)
    month = Month.of(min(turn.doing.today, row.ended_on or turn.doing.today))
    months = path(month, _seen(row), MONTHS_BACK)
    first = Month.of(row.set_on)
    photos = photo_rows.goal_photos(turn.session, turn.doing.scope, row.id, skip=0, limit=MOST_PHOTOS)
    photo_count = photo_rows.counts(turn.session, turn.doing.scope, [row.id]).get(row.id, 0)
    return render_template(
        "goals/goal.html", goal=row, named=named, steps=STEPS, now=score_of(month, _seen(row)), photos=shown(turn, photos),
        photo_count=photo_count, trained=_trained(turn, row), months=[(one, score) for one, score in months if one >= first],
        seen=list(reversed(row.observations)), form=form)


def _trained(turn: Turn, row: GoalRow) -> list[tuple[StepRow, str]]:
    """Steps of products that train the skill that the goal names, each with its product's name."""
    if not row.skill:
        return []
    names = {one.id: one.name for one in production.products(turn.session, turn.doing.scope)}
    return [(one, names[one.product_id]) for one in work_steps.steps(turn.session, turn.doing.scope)
            if one.skill == row.skill and one.ended_on is None]


def _person_of(turn: Turn, row: GoalRow) -> Named:
    named = persons.get_participant_by_id(turn.session, turn.doing.vault, turn.doing.scope, row.participant_id)
    turn.saw([named.person.ref])
    return named


@room.post("/goals/<ref>/observe", May.OBSERVE_GOALS)
def observe(turn: Turn, ref: str) -> ResponseReturnValue:
    """Write down what was seen on a day."""
    form = ObservationForm.sent()
    return turn.submit(
        form, act=lambda: actions.observe(turn.doing, ref, form.day.data, int(form.score.data), form.note.data or ""),
        then=lambda: url_for("goals.goal", ref=ref), again=lambda: _goal(turn, ref, form), said=_("The observation is saved."))


# ---------- the social worker's form ----------


class GoalForm(Form):
    """A goal as it is set with the person."""

    title = StringField(lazy_text("Goal in the person's words"), [needed],
                        description=lazy_text("Short and easy, for example: I come on time."))
    picture = SelectField(lazy_text("Picture"), [needed], choices=lambda: picture_words())
    kind = RadioField(lazy_text("Kind of skill"), [needed], choices=lambda: kind_words())
    baseline = TextAreaField(lazy_text("Where the person starts"), [needed])
    target = TextAreaField(lazy_text("What the person wants to reach"), [needed])
    skill = SelectField(lazy_text("Skill of steps"), validate_choice=False, default="", choices=(), description=lazy_text(
        "Steps of products that train it are shown beside the goal."))
    set_on = DayField(lazy_text("Set on"), [needed])
    due_on = DayField(lazy_text("Review by"), [needed])
    version = HiddenField()


def kind_words() -> dict[str, str]:
    """The two kinds of skill."""
    return {"general": _("general skill"), "special": _("work skill")}


def picture_words() -> dict[str, str]:
    """The signs that a goal may have."""
    words = {"laikrodis": _("Clock"), "svarstykles": _("Scales"), "dienos": _("Calendar"), "zvake": _("Candle"),
             "muilas": _("Soap bar"), "sasiuvinis": _("Notebook"), "atvirukas": _("Card"), "vainikas": _("Wreath"),
             "dubenelis": _("Bowl"), "maiselis": _("Bag"), "obuoliai": _("Apples"), "dezute": _("Box"), "kitas": _("Other")}
    return {sign: words[sign] for sign in words if sign in actions.PICTURES}


@room.get("/people/<ref>/goals/new", May.KEEP_GOALS)
def new(turn: Turn, ref: str) -> ResponseReturnValue:
    """An empty form for a person's goal."""
    today = turn.doing.today
    due = Month.of(today).plus(6).last
    return _form(turn, GoalForm(None, data={"set_on": today, "due_on": due, "kind": "general", "picture": "kitas"}), ref, None)


def _form(turn: Turn, form: Any, person_ref: str, row: GoalRow | None) -> str:
    named = persons.get_participant(turn.session, turn.doing.vault, turn.doing.scope, person_ref)
    turn.saw([named.person.ref])
    trained = {one.skill for one in work_steps.steps(turn.session, turn.doing.scope) if one.skill and one.ended_on is None}
    named_now = {row.skill} if row is not None and row.skill else set()
    form.skill.choices = [("", _("no skill of steps")), *((one, one) for one in sorted(trained | named_now))]
    return render_template("goals/form.html", form=form, named=named, goal=row)


@room.post("/people/<ref>/goals/new", May.KEEP_GOALS)
def create(turn: Turn, ref: str) -> ResponseReturnValue:
    """Set the goal."""
    form, made = GoalForm.sent(), list[str]()
    return turn.submit(
        form, act=lambda: made.append(actions.set_goal(turn.doing, ref, _typed(form)).ref),
        then=lambda: url_for("goals.goal", ref=made[0]), again=lambda: _form(turn, form, ref, None), said=_("The goal is set."))


def _typed(form: Any) -> actions.Goal:
    return actions.Goal(form.kind.data, form.title.data, form.picture.data, form.baseline.data, form.target.data,
                        form.set_on.data, form.due_on.data, form.skill.data or "")


@room.get("/goals/<ref>/edit", May.KEEP_GOALS)
def edit(turn: Turn, ref: str) -> ResponseReturnValue:
    """The form of a goal that is open."""
    row = rows.get_goal(turn.session, turn.doing.scope, ref)
    form = GoalForm(None, data={name: getattr(row, name) for name in
                                ("title", "picture", "kind", "baseline", "target", "skill", "set_on", "due_on", "version")})
    return _form(turn, form, _person_of(turn, row).ref, row)


@room.post("/goals/<ref>/edit", May.KEEP_GOALS)
def change(turn: Turn, ref: str) -> ResponseReturnValue:
    """Other words or another day."""
    form = GoalForm.sent()

    def again() -> str:
        row = rows.get_goal(turn.session, turn.doing.scope, ref)
        return _form(turn, form, _person_of(turn, row).ref, row)

    return turn.submit(form, act=lambda: actions.change_goal(turn.doing, ref, _version(form.version.data), _typed(form)),
                       then=lambda: url_for("goals.goal", ref=ref), again=again, said=_("The changes are saved."))


def _version(text: str | None) -> int:
    if not (text or "").isdecimal():
        raise Refused("changed_meanwhile")
    return int(text or "0")


@room.get("/goals/<ref>/end", May.KEEP_GOALS)
def end_question(turn: Turn, ref: str) -> ResponseReturnValue:
    """Asks before a goal is ended."""
    row = rows.get_goal(turn.session, turn.doing.scope, ref)
    named = _person_of(turn, row)
    return render_template(
        "confirm.html", title=_("End the goal “%(title)s”?", title=row.title), action=url_for("goals.end", ref=ref),
        text=_("%(name)s will no longer see this goal. It stays here to be read and takes no more observations.", name=named.name),
        word=_("End the goal"), kind="danger", back=url_for("goals.goal", ref=ref), values={"version": row.version})


@room.post("/goals/<ref>/end", May.KEEP_GOALS)
def end(turn: Turn, ref: str) -> ResponseReturnValue:
    """The goal is reached or laid aside."""
    actions.end_goal(turn.doing, ref, _version(request.form.get("version")))
    return turn.go(url_for("goals.goal", ref=ref), _("The goal is ended."))
