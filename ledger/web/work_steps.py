"""Steps of a product as staff keep them: the form of a step, its place, its end, and the time studies that give its norm."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField

from ledger.actions import work_steps as actions
from ledger.actions.work_steps import Study
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.work_steps import MOST_TIMED, Average, Step, Timed, read_time
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import production, work_steps
from ledger.records.production import Product
from ledger.records.work_steps import StepRow
from ledger.web import step_words
from ledger.web.forms import DayField, Form, QuantityField, ReadField, needed
from ledger.web.goods import PICTURE_WORDS
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("steps")


class StepForm(Form):
    """A step: what its card shows and says, what it trains, what it weighs."""

    name = StringField(lazy_text("What is done"), [needed], description=lazy_text("Short, as one says it: Pour the wax."))
    words = TextAreaField(lazy_text("Words of the card"), description=lazy_text(
        "Not required: up to 3 short sentences for who does the step. Without them the card says what is done."))
    picture = RadioField(lazy_text("Picture"), [needed], validate_choice=False, choices=[])
    weight = QuantityField(lazy_text("Weight for sharing"), [needed], least=0, default=1000, description=lazy_text(
        "How much the step counts beside the others: 2 is twice as much as 1."))
    kind = RadioField(lazy_text("Kind of skill"), default="", choices=[
        SelectChoice("", lazy_text("No skill")), SelectChoice("general", lazy_text("General skill")),
        SelectChoice("special", lazy_text("Work skill"))])
    skill = StringField(lazy_text("Skill it trains"), description=lazy_text("As goals name it, for example: I weigh wax."))
    version = HiddenField()

    def typed(self) -> Step:
        """The step as it is typed."""
        return Step(self.name.data or "", self.picture.data or "", self.words.data or "", self.kind.data or "",
                    self.skill.data or "", self.weight.data or 0)


def _version(text: str | None) -> int:
    if not (text or "").isdecimal():
        raise Refused("changed_meanwhile")
    return int(text or "0")


def _product_of(turn: Turn, row: StepRow) -> Product:
    return next(one for one in production.products(turn.session, turn.doing.scope) if one.id == row.product_id)


def _skills(turn: Turn) -> list[str]:
    """Skills that steps of this workshop train already: they are proposed."""
    return sorted({row.skill for row in work_steps.steps(turn.session, turn.doing.scope) if row.skill})


def _form_page(turn: Turn, product: Product, form: Any, row: StepRow | None = None) -> str:
    return render_template(
        "steps/form.html", product=product, form=form, row=row, skills=_skills(turn),
        pictures=step_words.known_pictures(PICTURE_WORDS))


@room.get("/products/<ref>/steps/new", May.KEEP_STEPS)
def add(turn: Turn, ref: str) -> ResponseReturnValue:
    """The form of a new step."""
    product = production.get_product(turn.session, turn.doing.scope, ref)
    return _form_page(turn, product, StepForm(None, data={"picture": product.picture, "weight": 1000, "kind": ""}))


@room.post("/products/<ref>/steps/new", May.KEEP_STEPS)
def add_now(turn: Turn, ref: str) -> ResponseReturnValue:
    """Add a step; the page of the next one is a tap away."""
    form = StepForm.sent()
    return turn.submit(
        form, lambda: actions.add_step(turn.doing, ref, form.typed()), then=lambda: _to_product(ref),
        again=lambda: _form_page(turn, production.get_product(turn.session, turn.doing.scope, ref), form),
        said=_("The step is added."))


def _to_product(ref: str) -> str:
    return url_for("goods.product", ref=ref, _anchor="steps")


@room.get("/steps/<step>", May.SEE_PRODUCTS)
def page(turn: Turn, step: str) -> ResponseReturnValue:
    """A step: what its card says, its norm, its time studies."""
    return _page(turn, step)


def _page(turn: Turn, ref: str, said: str = "") -> str:
    row = work_steps.get_step(turn.session, turn.doing.scope, ref)
    studies = work_steps.studies_of(turn.session, turn.doing.scope, [row.id])
    norm = next((one for one in studies if one.studied_on <= turn.doing.today), None)
    return render_template("steps/page.html", row=row, product=_product_of(turn, row), studies=studies, norm=norm, words=step_words,
                           said=said)


@room.get("/steps/<step>/edit", May.KEEP_STEPS)
def edit(turn: Turn, step: str) -> ResponseReturnValue:
    """The form of a step that is there."""
    row = work_steps.get_step(turn.session, turn.doing.scope, step)
    form = StepForm(None, data={"name": row.name, "words": row.words, "picture": row.picture, "weight": row.weight,
                                "kind": row.skill_kind, "skill": row.skill, "version": row.version})
    return _form_page(turn, _product_of(turn, row), form, row)


@room.post("/steps/<step>/edit", May.KEEP_STEPS)
def keep(turn: Turn, step: str) -> ResponseReturnValue:
    """Change a step."""
    form = StepForm.sent()

    def again() -> str:
        row = work_steps.get_step(turn.session, turn.doing.scope, step)
        form.version.data = str(row.version)
        return _form_page(turn, _product_of(turn, row), form, row)
    return turn.submit(
        form, lambda: actions.keep_step(turn.doing, step, _version(form.version.data), form.typed()),
        then=lambda: url_for("steps.page", step=step), again=again, said=_("The step is changed."))


@room.post("/steps/<step>/move", May.KEEP_STEPS)
def move(turn: Turn, step: str) -> ResponseReturnValue:
    """One place up or down."""
    row = work_steps.get_step(turn.session, turn.doing.scope, step)
    ref = _product_of(turn, row).ref
    return turn.attempt(
        lambda: actions.move_step(turn.doing, step, up=request.form.get("way") == "up"), then=lambda: _to_product(ref),
        again=lambda refused: _page(turn, step, refused_sentence(refused)))


@room.post("/steps/<step>/end", May.KEEP_STEPS)
def end(turn: Turn, step: str) -> ResponseReturnValue:
    """The step is done no more."""
    return turn.attempt(
        lambda: actions.end_step(turn.doing, step, _version(request.form.get("version"))),
        then=lambda: url_for("steps.page", step=step), again=lambda refused: _page(turn, step, refused_sentence(refused)),
        said=_("The step has ended. Lots of the past still show it."))


@room.post("/steps/<step>/resume", May.KEEP_STEPS)
def resume(turn: Turn, step: str) -> ResponseReturnValue:
    """The step is done again."""
    return turn.attempt(
        lambda: actions.resume_step(turn.doing, step, _version(request.form.get("version"))),
        then=lambda: url_for("steps.page", step=step), again=lambda refused: _page(turn, step, refused_sentence(refused)),
        said=_("The step is done again, as the last one."))


# ---------- time studies ----------


class TimeField(ReadField):
    """A time of one timing; `data` is tenths of a second."""

    def read(self, text: str) -> int:
        """Tenths of a second."""
        return read_time(text)

    def write(self, value: int) -> str:
        """1:25,4."""
        return step_words.time_text(value)


class StudyForm(Form):
    """A time study; the fields of its timings are added below."""

    day = DayField(lazy_text("Day"), [needed])
    units = QuantityField(lazy_text("Units in one timing"), [needed], default=1000, description=lazy_text(
        "Usually 1. If 6 candles are poured in one go, write 6."))
    average = RadioField(lazy_text("The norm is"), [needed], default=Average.MEDIAN.value, choices=[
        SelectChoice(Average.MEDIAN.value, lazy_text("The middle time (median)")),
        SelectChoice(Average.MEAN.value, lazy_text("The mean"))])
    out = SelectMultipleField(lazy_text("Left out"), validate_choice=False)

    def study(self) -> Study:
        """The time study as it is typed; empty times are no timings."""
        left_out = set(self.out.data or [])
        timed = [Timed(self[name].data, name.removeprefix("time_") in left_out) for name in NAMES if self[name].data is not None]
        day, units = self.day.data, self.units.data
        assert day is not None  # the form was checked
        assert units is not None
        return Study(day, Average(self.average.data), units, tuple(timed))


NAMES = tuple(f"time_{number}" for number in range(1, MOST_TIMED + 1))
for _number, _name in enumerate(NAMES, 1):
    setattr(StudyForm, _name, TimeField(lazy_text("Time")))


@room.get("/steps/<step>/time", May.TIME_STEPS)
def time(turn: Turn, step: str) -> ResponseReturnValue:
    """The form of a time study, with a stopwatch where there is script."""
    return _time_page(turn, step, StudyForm(None, data={"day": turn.doing.today, "units": 1000, "average": "median"}))


def _time_page(turn: Turn, ref: str, form: Any) -> str:
    row = work_steps.get_step(turn.session, turn.doing.scope, ref)
    return render_template("steps/time.html", row=row, product=_product_of(turn, row), form=form, names=NAMES)


@room.post("/steps/<step>/time", May.TIME_STEPS)
def time_now(turn: Turn, step: str) -> ResponseReturnValue:
    """Write a time study down."""
    form = StudyForm.sent()
    return turn.submit(
        form, lambda: actions.add_study(turn.doing, step, form.study()), then=lambda: url_for("steps.page", step=step),
        again=lambda: _time_page(turn, step, form), said=_("The time study is written down."))


@room.post("/studies/<study>/back", May.TIME_STEPS)
def take_back_study(turn: Turn, study: str) -> ResponseReturnValue:
    """Take a time study back."""
    row = work_steps.get_study(turn.session, turn.doing.scope, study)
    step = next(one.ref for one in work_steps.steps(turn.session, turn.doing.scope) if one.id == row.step_id)
    return turn.attempt(
        lambda: actions.take_back_study(turn.doing, study), then=lambda: url_for("steps.page", step=step),
        again=lambda refused: _page(turn, step, refused_sentence(refused)), said=_("The time study is taken back."))
