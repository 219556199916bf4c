"""Forms that say what was wrong in an approved month: one for each kind of fact, filled with what the month says now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from flask import request
from wtforms import BooleanField, Field, HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from ledger.actions import late as actions
from ledger.core.decided import Decision
from ledger.core.entries import LONGEST_REASON, check_word, read_decimal, read_value
from ledger.core.faults import Hidden, Refused
from ledger.core.formulas import decimal_text
from ledger.core.late import (
    DatesFact,
    DayFact,
    DecisionFact,
    FigureFact,
    LateFact,
    PriceFact,
    SchemeFact,
    SharesFact,
    ValueFact,
    WorkFact,
    adjustments_of,
)
from ledger.core.periods import Month
from ledger.core.production import Mark, Share, Work
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs
from ledger.explained import corrections as told
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, pgettext
from ledger.records import people, production, sales
from ledger.records import stipends as runs
from ledger.records.people import Named
from ledger.web.entries import Sheet, SumField, worded
from ledger.web.forms import CentsField, DayField, Form, HoursField, PercentField, QuantityField, needed
from ledger.web.session import Turn

NEW_MAKERS = 3
"""So many makers can be added to a lot at once."""


class WhyForm(Form):
    """Every form asks why, and knows where one came from."""

    back = HiddenField()
    reason = TextAreaField(lazy_text("What was wrong, and how was it found?"), [needed])

    def __init__(self, sent: Any = None, **given: Any) -> None:  # Any: as WTForms has it
        super().__init__(sent, **given)
        self._fields["reason"] = self._fields.pop("reason")  # asked last, so its mistake is told last too


class DayLateForm(WhyForm):
    """A person's day on the attendance sheet."""

    person = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    day = DayField(lazy_text("Day"), [needed])
    mark = SelectField(lazy_text("What is true"), validate_choice=False)
    hours = HoursField(lazy_text("Hours, if they attended"))


class PriceLateForm(WhyForm):
    """What a sale line was sold for."""

    line = HiddenField()
    price = CentsField(lazy_text("Price of one"), [needed])
    discount = PercentField(lazy_text("Discount, %"))


class DatesLateForm(WhyForm):
    """A person's first and last day."""

    person = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    started = DayField(lazy_text("First day"), [needed])
    ended = DayField(lazy_text("Last day"), description=lazy_text("Empty when the person has not left."))


class WorkLateForm(WhyForm):
    """An entry of work that was wrong, or was never written down."""

    entry = HiddenField()
    gone = BooleanField(lazy_text("There was no such work: the entry goes"))
    person = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    day = DayField(lazy_text("Day"), [needed])
    kind = StringField(lazy_text("Kind of hours"), description=lazy_text("Empty: production."))
    task = StringField(lazy_text("Task or step"))
    hours = HoursField(lazy_text("Hours"))
    made = QuantityField(lazy_text("How many were made"), least=0)
    good = QuantityField(lazy_text("Good of them"), least=0, description=lazy_text("Empty: all of them."))
    points = QuantityField(lazy_text("Points"), least=0)


class DecisionLateForm(WhyForm):
    """A decision about one person that was wrong, or was never written down."""

    entry = HiddenField()
    gone = BooleanField(lazy_text("There was no such decision: it goes"))
    person = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    day = DayField(lazy_text("Day of the decision"), [needed])
    part = SelectField(lazy_text("Item of the rules"), validate_choice=False)
    sum = SumField(lazy_text("Sum"), [needed], description=lazy_text("0: an encouragement without money."))
    document = StringField(lazy_text("Number of the order or decision"), [needed])
    for_what = StringField(lazy_text("For what"), [needed], description=lazy_text(
        "It stays in the calculation: no names and nothing of health."))


class ValueLateForm(WhyForm):
    """A person's own value."""

    person = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    name = StringField(lazy_text("Name of the value, as the rules write it"), [needed])
    since = DayField(lazy_text("From which day"), [needed])
    text = StringField(lazy_text("Value"), description=lazy_text("Empty when there was none from that day."))


class FigureLateForm(WhyForm):
    """A figure of the month."""

    name = StringField(lazy_text("Name of the figure, as the rules write it"), [needed])
    number = StringField(lazy_text("Number"), description=lazy_text("Empty when there was none."))


class SchemeLateForm(WhyForm):
    """Other rules for the month."""

    scheme = SelectField(lazy_text("Which rules held"), [needed], validate_choice=False)


class SharesLateForm(WhyForm):
    """The makers of a lot; fields for its makers are added for each lot."""

    lot = HiddenField()


FORMS: Mapping[str, type[WhyForm]] = {
    "day": DayLateForm, "work": WorkLateForm, "price": PriceLateForm, "shares": SharesLateForm, "dates": DatesLateForm,
    "value": ValueLateForm, "decision": DecisionLateForm, "figure": FigureLateForm, "scheme": SchemeLateForm}


# ---------- filled forms (Any: the form of a kind) ----------


def filled(turn: Turn, month: Month, kind: str, asked: Mapping[str, str]) -> WhyForm:
    """A form that nobody has sent: what it is about comes with the address. Raises Hidden for what is not there."""
    inputs, scheme = _known(turn, month)
    given: dict[str, Any] = {"back": asked.get("back", "")}
    if kind == "shares":
        ref = asked.get("lot", "")
        return _shares_class(turn, month, ref, inputs)(lot=ref, **given)
    if kind in _GIVEN:
        given |= _GIVEN[kind](turn, inputs, asked)
    form = _class_of(turn, month, kind, inputs)(None, **given)
    _choices(turn, month, form, scheme)
    _about_one(form)
    return form


def sent(turn: Turn, month: Month, kind: str) -> Any:
    """The form with what this request sent. Raises Hidden when it is about what is not there."""
    inputs, scheme = _known(turn, month)
    if kind == "shares":
        return _shares_class(turn, month, request.form.get("lot", ""), inputs).sent()
    form = _class_of(turn, month, kind, inputs).sent()
    if kind in ("work", "decision") and form.entry.data:
        _entry(inputs, kind, form.entry.data)
    _choices(turn, month, form, scheme)
    _about_one(form)
    return form


def _known(turn: Turn, month: Month) -> tuple[Inputs, Scheme]:
    """The month as it is known now; when its late rows do not fit each other any more, as its run read it."""
    try:
        return actions.known(turn.doing, month)
    except Refused:
        base = actions.base_of(turn.doing, month)
        return base.inputs, base.scheme


def _class_of(turn: Turn, month: Month, kind: str, inputs: Inputs) -> type[WhyForm]:
    """The form of a kind; of work with choices where the month has some."""
    if kind != "work":
        return FORMS[kind]
    sheet = Sheet(turn, month)
    kinds = sorted({*sheet.kinds(), *(one.kind for one in inputs.work if one.kind)})
    tasks = sorted({*sheet.tasks(), *(one.task for one in inputs.work if one.task)})
    fields: dict[str, Field] = {}
    if kinds:
        fields["kind"] = worded(kinds, _("Kind of hours"), pgettext("kind of hours", "production"))
    if tasks:
        fields["task"] = worded(tasks, _("Task or step"), pgettext("task", "none"))
    return type("ShapedWork", (WorkLateForm,), fields)


def _about_one(form: Any) -> None:
    """What was never written down cannot be taken away."""
    if "gone" in form and not form.entry.data:
        del form.gone


def _people(turn: Turn, month: Month) -> list[SelectChoice]:
    """Participants as choices: those here in the month."""
    every = people.participants(turn.session, turn.doing.vault, turn.doing.scope)
    turn.saw(one.person.ref for one in every)
    return [SelectChoice("", _("Choose")), *(SelectChoice(one.ref, f"{one.person.number} {one.name}") for one in every
                                             if one.person.started <= month.last)]


def _choices(turn: Turn, month: Month, form: Any, scheme: Scheme) -> None:
    """The choices of a form's lists."""
    if "person" in form:
        form.person.choices = _people(turn, month)
    if "mark" in form:
        form.mark.choices = [*(SelectChoice(kind.value, told.mark_word(kind)) for kind in Mark), SelectChoice("", told.nothing())]
    if "part" in form:
        items = adjustments_of(scheme).items()
        form.part.choices = [SelectChoice("", _("none, without money")), *(SelectChoice(key, label) for key, label in items)]
    if "scheme" in form:
        form.scheme.choices = [SelectChoice("", _("Choose")), *(
            SelectChoice(row.ref, _("Rules No. %(number)s", number=row.number))
            for row in runs.schemes(turn.session, turn.doing.scope))]


def _named(turn: Turn, ref: str) -> Named:
    return people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)


def _public(turn: Turn, ref: str) -> str:
    """What addresses and forms call a person."""
    return people.get_participant_by_person(turn.session, turn.doing.vault, turn.doing.scope, ref).ref


def _asked_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _given_day(turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    day, person = _asked_day(asked.get("day", "")), asked.get("person", "")
    given: dict[str, Any] = {"person": person, "day": day, "mark": Mark.ATTENDED.value}
    if person and day:
        ref = _named(turn, person).person.ref
        row = next((row for row in inputs.attendance if (row.person, row.day) == (ref, day)), None)
        given |= {"mark": row.mark.value if row else "", "hours": row.minutes or None if row else None}
    return given


def _given_price(turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    row = sales.get_line(turn.session, turn.doing.scope, asked.get("line", ""))
    line = next((line for line in inputs.lines if line.key == row.ref), None)
    return {"line": row.ref, "price": line.price_cents if line else row.price_cents,
            "discount": line.discount if line else row.discount}


def _given_dates(turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    if not asked.get("person"):
        return {"person": ""}
    own = _named(turn, asked["person"]).person
    person = next((one for one in inputs.people if one.ref == own.ref), own)
    return {"person": asked["person"], "started": person.started, "ended": person.ended}


def _given_value(turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    person, name, since = asked.get("person", ""), asked.get("name", ""), _asked_day(asked.get("since", ""))
    ref = _named(turn, person).person.ref if person else ""
    text = next((one.text for one in inputs.values if (one.person, one.name, one.since) == (ref, name, since)), "")
    return {"person": person, "name": name, "since": since, "text": text.replace(".", ",")}


def _given_figure(_turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    name = asked.get("name", "")
    number = next((one.number for one in inputs.figures if one.name == name), None)
    return {"name": name, "number": "" if number is None else decimal_text(number).replace(".", ",")}


def _entry(inputs: Inputs, kind: str, key: str) -> Any:
    """The entry or decision with this key; raises Hidden when the month has none."""
    found = next((one for one in (inputs.work if kind == "work" else inputs.decisions) if one.key == key), None)
    if found is None:
        raise Hidden
    return found


def _given_work(turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    if not asked.get("entry"):
        return {"person": asked.get("person", "")}
    one: Work = _entry(inputs, "work", asked["entry"])
    return {"entry": one.key, "person": _public(turn, one.person), "day": one.day, "kind": one.kind, "task": one.task,
            "hours": one.minutes or None, "made": one.made or None, "good": one.good if one.made else None,
            "points": one.points or None}


def _given_decision(turn: Turn, inputs: Inputs, asked: Mapping[str, str]) -> dict[str, Any]:
    if not asked.get("entry"):
        return {"person": asked.get("person", "")}
    one: Decision = _entry(inputs, "decision", asked["entry"])
    return {"entry": one.key, "person": _public(turn, one.person), "day": one.day, "part": one.part, "sum": one.cents,
            "document": one.document, "for_what": one.reason}


_GIVEN: Mapping[str, Callable[[Turn, Inputs, Mapping[str, str]], dict[str, Any]]] = {
    "day": _given_day, "price": _given_price, "dates": _given_dates, "value": _given_value, "figure": _given_figure,
    "work": _given_work, "decision": _given_decision}


def _shares_class(turn: Turn, month: Month, ref: str, inputs: Inputs) -> type[WhyForm]:
    """The form of a lot's makers: a share for each of them (0 takes one off), some places for others."""
    lot = production.get_lot(turn.session, turn.doing.scope, ref)
    named = {one.id: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}
    turn.saw(one.person.ref for one in named.values())
    by_ref = {one.person.ref: one for one in named.values()}
    known = next((one.makers for one in inputs.lots if one.key == ref), None)
    shares = [(by_ref[one.person], one.weight) for one in known] if known is not None else [
        (named[maker.participant_id], maker.weight) for maker in lot.makers]
    fields: dict[str, Any] = {f"share_{one.ref}": QuantityField(
        _("%(name)s, share", name=f"{one.person.number} {one.name}"), least=0, default=weight) for one, weight in shares}
    own = {one.id for one, _weight in shares}
    others = [SelectChoice("", _("none")), *(SelectChoice(one.ref, f"{one.person.number} {one.name}") for one in named.values()
                                             if one.id not in own and one.person.started <= month.last)]
    for place in range(1, NEW_MAKERS + 1):
        fields[f"other_{place}"] = SelectField(_("Another maker"), choices=others, validate_choice=False)
        fields[f"other_share_{place}"] = QuantityField(_("Their share"), least=0)
    return type("LotSharesForm", (SharesLateForm,), fields)


# ---------- from the form to the fact (Any: the form of that kind) ----------


def fact_of(turn: Turn, kind: str, form: Any) -> LateFact:
    """What a checked form says. Raises Refused for what cannot be read, Hidden for somebody or something of others."""
    make: Mapping[str, Callable[[Turn, Any], LateFact]] = {
        "day": _day_fact, "price": _price_fact, "dates": _dates_fact, "value": _value_fact, "figure": _figure_fact,
        "scheme": _scheme_fact, "shares": _shares_fact, "work": _work_fact, "decision": _decision_fact}
    return make[kind](turn, form)


def _day_fact(turn: Turn, form: Any) -> LateFact:
    if form.mark.data not in ("", *(kind.value for kind in Mark)):
        raise Hidden
    kind = Mark(form.mark.data) if form.mark.data else None
    minutes = form.hours.data or 0 if kind is not None else 0
    return DayFact(_named(turn, form.person.data).person.ref, form.day.data, minutes, kind)


def _price_fact(turn: Turn, form: Any) -> LateFact:
    line = sales.get_line(turn.session, turn.doing.scope, form.line.data or "")
    return PriceFact(line.ref, form.price.data, form.discount.data or 0)


def _dates_fact(turn: Turn, form: Any) -> LateFact:
    person = _named(turn, form.person.data).person
    return DatesFact(person.ref, person.number, form.started.data, form.ended.data)


def _gone(form: Any) -> bool:
    return "gone" in form and bool(form.gone.data)


def _work_fact(turn: Turn, form: Any) -> LateFact:
    key = form.entry.data or ""
    if _gone(form):
        return WorkFact(key, None)
    made = form.made.data or 0
    good = made if form.good.data is None else form.good.data
    return WorkFact(key, Work(
        key, _named(turn, form.person.data).person.ref, form.day.data, check_word(form.kind.data or "", at="kind"),
        check_word(form.task.data or "", at="task"), form.hours.data or 0, good, made, form.points.data or 0))


def _decision_fact(turn: Turn, form: Any) -> LateFact:
    key = form.entry.data or ""
    if _gone(form):
        return DecisionFact(key, None)
    what = check_word(form.for_what.data, at="for_what", longest=LONGEST_REASON)
    if not what:
        raise Refused("empty_text", at="for_what")
    return DecisionFact(key, Decision(
        key, _named(turn, form.person.data).person.ref, form.day.data, form.part.data or "", form.sum.data, what,
        check_word(form.document.data, at="document")))


def _value_fact(turn: Turn, form: Any) -> LateFact:
    text = read_value(form.text.data) if (form.text.data or "").strip() else ""
    return ValueFact(_named(turn, form.person.data).person.ref, form.name.data.strip(), form.since.data, text)


def _figure_fact(_turn: Turn, form: Any) -> LateFact:
    text = (form.number.data or "").strip()
    return FigureFact(form.name.data.strip(), Fraction(read_decimal(text)) if text else None)


def _scheme_fact(turn: Turn, form: Any) -> LateFact:
    row = runs.get_scheme(turn.session, turn.doing.scope, form.scheme.data)
    return SchemeFact(row.ref, row.number)


def _shares_fact(turn: Turn, form: Any) -> LateFact:
    makers = []
    for field in form:
        if field.name.startswith("share_") and field.data:
            makers.append(Share(_named(turn, field.name.removeprefix("share_")).person.ref, field.data))
    for place in range(1, NEW_MAKERS + 1):
        public, weight = form[f"other_{place}"].data, form[f"other_share_{place}"].data
        if public and weight:
            makers.append(Share(_named(turn, public).person.ref, weight))
    return SharesFact(form.lot.data or "", tuple(makers))
