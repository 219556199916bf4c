"""Saying what was wrong in an approved month: one short form for each kind of fact, each filled with what the month says now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from ledger import i18n
from ledger.actions import late as actions
from ledger.core import late
from ledger.core.access import May
from ledger.core.entries import read_decimal, read_value
from ledger.core.faults import Hidden, Refused
from ledger.core.late import DatesFact, DayFact, FigureFact, LateFact, PriceFact, SchemeFact, SharesFact, ValueFact
from ledger.core.periods import Month
from ledger.core.production import Mark, Share
from ledger.core.stipends import Inputs
from ledger.explained import corrections as told
from ledger.explained.corrections import FactTold, Names
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import people, production, sales
from ledger.records import stipends as runs
from ledger.records.corrections import Late
from ledger.records.people import Named
from ledger.web.forms import CentsField, DayField, Form, HoursField, PercentField, QuantityField, needed
from ledger.web.papers import month_in_path
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("late")

BASE = "/corrections/<month>/late"
NEW_MAKERS = 3
"""So many makers can be added to a lot at once."""


# ---------- late rows in words ----------


@dataclass(frozen=True)
class LateShown:
    """A late row as lists show it: `tag` is its state's sign, `told` None for a row of a file that cannot be read."""

    ref: str
    month: str
    kind: str
    told: FactTold | None
    reason: str
    tag: str
    state: str
    correction: str


def named_of(turn: Turn, person_refs: Sequence[str]) -> dict[str, Named]:
    """People by the books' reference, when this account may see names; then they are noted as seen."""
    if not person_refs or not turn.doing.can(May.SEE_PEOPLE):
        return {}
    wanted = set(person_refs)
    found = {one.person.ref: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)
             if one.person.ref in wanted}
    turn.saw(found)
    return found


def names_of(turn: Turn, person_refs: Sequence[str], lots: Sequence[str] = (), lines: Sequence[str] = ()) -> Names:
    """What people, lots and sale lines are called."""
    session, scope = turn.session, turn.doing.scope
    named = {ref: f"{one.person.number} {one.name}" for ref, one in named_of(turn, person_refs).items()}
    if set(person_refs) - set(named):
        named = people.numbers(session, scope) | named
    things: dict[str, str] = {}
    if lots or lines:
        goods = {one.id: one.name for one in production.products(session, scope)}
        for ref, lot in production.lots_by_ref(session, scope, list(lots)).items():
            things[ref] = f"{lot.number or i18n.day(lot.happened_on)}, {goods[lot.product_id]}"
        for ref, line in sales.lines_by_ref(session, scope, list(lines)).items():
            where = f"{line.document}/{line.number}" if line.document else i18n.day(line.happened_on)
            things[ref] = f"{where}, {goods[line.product_id]}"
    return Names(named, things)


def late_shown(turn: Turn, found: Sequence[Late], inputs: Inputs | None = None) -> list[LateShown]:
    """Late rows in words; with the inputs of their month what it said is told too."""
    facts: dict[str, LateFact | None] = {one.row.ref: _typed(turn, one, alone=len(found) == 1) for one in found}
    known = [fact for fact in facts.values() if fact is not None]
    wanted = {ref for fact in known for ref in _people_in(fact, inputs)}
    names = names_of(turn, sorted(wanted), [fact.lot for fact in known if isinstance(fact, SharesFact)],
                     [fact.line for fact in known if isinstance(fact, PriceFact)])
    return [_shown(one, facts[one.row.ref], names, inputs) for one in found]


def _typed(turn: Turn, one: Late, *, alone: bool) -> LateFact | None:
    """The fact of a row; one that an import could not turn into a fact is looked at again only on its own page."""
    if not alone and one.row.kind not in late.KINDS:
        return None
    try:
        return actions.typed(turn.doing, one.row)
    except (Refused, Hidden):
        return None


def _people_in(fact: LateFact, inputs: Inputs | None) -> frozenset[str]:
    empty = inputs or Inputs(Month(2000, 1), (), (), (), ())
    return late.people_of(fact, empty)


STATES = {
    "offered": ("wait", lazy_text("waits for the accountant")),
    "accepted": ("ok", lazy_text("accepted, waits for a correction")),
    "refused": ("stop", lazy_text("not taken")),
    "corrected": ("done", lazy_text("corrected"))}


def _shown(one: Late, fact: LateFact | None, names: Names, inputs: Inputs | None) -> LateShown:
    tag, word = STATES[one.state]
    return LateShown(one.row.ref, i18n.month_title(Month.parse(one.row.month)), _(told.KINDS[one.row.kind]),
                     told.fact_told(fact, names, inputs) if fact else None, one.row.reason, tag, str(word), one.correction_ref)


# ---------- the forms ----------


class WhyForm(Form):
    """Every form asks why."""

    reason = TextAreaField(lazy_text("What was wrong, and how was it found?"), [needed])


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
    "day": DayLateForm, "price": PriceLateForm, "dates": DatesLateForm, "value": ValueLateForm, "figure": FigureLateForm,
    "scheme": SchemeLateForm, "shares": SharesLateForm}
FREELY = ("day", "dates", "value", "figure", "scheme")
"""Kinds that are begun from the month; a lot's makers and a line's price are begun from the lot and the line."""


@room.get(BASE, May.OFFER_LATE)
def kinds(turn: Turn, month: str) -> ResponseReturnValue:
    """Which kind of fact was wrong."""
    shown = _approved(turn, month)
    own = [kind for kind in FREELY if _may(turn, kind)]
    return render_template("corrections/kinds.html", month=shown, title=i18n.month_title(shown),
                           kinds=[(kind, _(told.KINDS[kind])) for kind in own])


@room.get(BASE + "/<kind>", May.OFFER_LATE)
def offering(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """The form of one kind, filled with what is asked about."""
    shown = _approved(turn, month)
    if kind not in FORMS or not _may(turn, kind):
        raise Hidden
    form = _form(turn, shown, kind, dict(request.args))
    return _page(turn, shown, kind, form)


@room.post(BASE + "/<kind>", May.OFFER_LATE)
def offer(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """Say what is true; the accountant looks at it."""
    shown = _approved(turn, month)
    if kind not in FORMS or not _may(turn, kind):
        raise Hidden
    form = _sent(turn, shown, kind)
    done: list[Any] = []
    return turn.submit(
        form, act=lambda: done.extend(actions.offer(turn.doing, shown, _fact(turn, kind, form), form.reason.data)),
        then=lambda: url_for("corrections.late", ref=done[0].ref), again=lambda: _page(turn, shown, kind, form),
        said=_("It is written down. The accountant looks at it."))


def _approved(turn: Turn, text: str) -> Month:
    month = month_in_path(text)
    if month not in runs.approved_months(turn.session, turn.doing.scope):
        raise Hidden
    return month


def _may(turn: Turn, kind: str) -> bool:
    return turn.doing.can(May.CALCULATE) or turn.doing.can(actions.MAY_OFFER.get(kind, May.CALCULATE))


def _page(turn: Turn, month: Month, kind: str, form: WhyForm) -> str:
    thing = next((form[name].data or "" for name in ("lot", "line") if name in form), "")
    about = names_of(turn, (), [thing], [thing]).thing(thing) if thing else ""
    fields = [one for one in form if one.name not in ("reason", "lot", "line")]
    return render_template("corrections/offer.html", month=month, title=i18n.month_title(month), kind=kind, form=form,
                           fields=fields, word=_(told.KINDS[kind]), about=about)


# ---------- filled forms ----------


def _people(turn: Turn, month: Month) -> list[SelectChoice]:
    """Participants as choices: those here in the month."""
    every = people.participants(turn.session, turn.doing.vault, turn.doing.scope)
    turn.saw(one.person.ref for one in every)
    return [SelectChoice("", ""), *(SelectChoice(one.ref, f"{one.person.number} {one.name}") for one in every
                                    if one.person.started <= month.last)]


def _choices(turn: Turn, month: Month, form: Any) -> None:  # Any: one of the forms above
    """The choices of a form's lists."""
    if hasattr(form, "person"):
        form.person.choices = _people(turn, month)
    if hasattr(form, "mark"):
        form.mark.choices = [*(SelectChoice(kind.value, told.mark_word(kind)) for kind in Mark), SelectChoice("", told.nothing())]
    if hasattr(form, "scheme"):
        form.scheme.choices = [SelectChoice("", ""), *(SelectChoice(row.ref, _("Rules No. %(number)s", number=row.number))
                                                       for row in runs.schemes(turn.session, turn.doing.scope))]


def _form(turn: Turn, month: Month, kind: str, asked: Mapping[str, str]) -> WhyForm:
    """A form that nobody has sent: what it is about comes with the address."""
    given: dict[str, Any] = {}
    if kind == "price":
        line = sales.get_line(turn.session, turn.doing.scope, asked.get("line", ""))
        given = {"line": line.ref, "price": line.price_cents, "discount": line.discount}
    elif kind == "shares":
        return _shares_class(turn, month, asked.get("lot", ""))(lot=asked.get("lot", ""))
    elif kind in ("day", "dates", "value"):
        given = {"person": asked.get("person", "")}
        if kind == "dates" and asked.get("person"):
            person = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, asked["person"]).person
            given |= {"started": person.started, "ended": person.ended}
        if kind == "day":
            given |= {"day": _asked_day(asked.get("day", "")), "mark": Mark.ATTENDED.value}
    form = FORMS[kind](**given)
    _choices(turn, month, form)
    return form


def _asked_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _sent(turn: Turn, month: Month, kind: str) -> Any:  # Any: one of the forms above
    cls = _shares_class(turn, month, request.form.get("lot", "")) if kind == "shares" else FORMS[kind]
    form = cls.sent()
    _choices(turn, month, form)
    return form


def _shares_class(turn: Turn, month: Month, ref: str) -> type[WhyForm]:
    """The form of a lot's makers: a share for each of them (0 takes one off), some places for others."""
    lot = production.get_lot(turn.session, turn.doing.scope, ref)
    named = {one.id: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}
    turn.saw(one.person.ref for one in named.values())
    fields: dict[str, Any] = {}
    for maker in lot.makers:
        one = named[maker.participant_id]
        fields[f"share_{one.ref}"] = QuantityField(
            _("%(name)s, share", name=f"{one.person.number} {one.name}"), least=0, default=maker.weight)
    own = {maker.participant_id for maker in lot.makers}
    others = [SelectChoice("", ""), *(SelectChoice(one.ref, f"{one.person.number} {one.name}") for one in named.values()
                                      if one.id not in own and one.person.started <= month.last)]
    for place in range(1, NEW_MAKERS + 1):
        fields[f"other_{place}"] = SelectField(_("Another maker"), choices=others, validate_choice=False)
        fields[f"other_share_{place}"] = QuantityField(_("Their share"), least=0)
    return type("LotSharesForm", (SharesLateForm,), fields)


# ---------- from the form to the fact (Any: the form of that kind) ----------


def _ref(turn: Turn, public: str) -> Named:
    return people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, public)


def _fact(turn: Turn, kind: str, form: Any) -> LateFact:  # Any: the form of that kind
    make: Mapping[str, Callable[[Turn, Any], LateFact]] = {
        "day": _day_fact, "price": _price_fact, "dates": _dates_fact, "value": _value_fact, "figure": _figure_fact,
        "scheme": _scheme_fact, "shares": _shares_fact}
    return make[kind](turn, form)


def _day_fact(turn: Turn, form: Any) -> LateFact:
    if form.mark.data not in ("", *(kind.value for kind in Mark)):
        raise Hidden
    kind = Mark(form.mark.data) if form.mark.data else None
    minutes = form.hours.data or 0 if kind is not None else 0
    return DayFact(_ref(turn, form.person.data).person.ref, form.day.data, minutes, kind)


def _price_fact(turn: Turn, form: Any) -> LateFact:
    line = sales.get_line(turn.session, turn.doing.scope, form.line.data or "")
    return PriceFact(line.ref, form.price.data, form.discount.data or 0)


def _dates_fact(turn: Turn, form: Any) -> LateFact:
    person = _ref(turn, form.person.data).person
    return DatesFact(person.ref, person.number, form.started.data, form.ended.data)


def _value_fact(turn: Turn, form: Any) -> LateFact:
    text = read_value(form.text.data) if (form.text.data or "").strip() else ""
    return ValueFact(_ref(turn, form.person.data).person.ref, form.name.data.strip(), form.since.data, text)


def _figure_fact(_turn: Turn, form: Any) -> LateFact:
    text = (form.number.data or "").strip()
    return FigureFact(form.name.data.strip(), Fraction(read_decimal(text)) if text else None)


def _scheme_fact(turn: Turn, form: Any) -> LateFact:
    row = runs.get_scheme(turn.session, turn.doing.scope, form.scheme.data)
    return SchemeFact(row.ref, row.number)


def _shares_fact(turn: Turn, form: Any) -> LateFact:  # Any: the form made for the lot
    makers = []
    for field in form:
        if field.name.startswith("share_") and field.data:
            makers.append(Share(_ref(turn, field.name.removeprefix("share_")).person.ref, field.data))
    for place in range(1, NEW_MAKERS + 1):
        public, weight = form[f"other_{place}"].data, form[f"other_share_{place}"].data
        if public and weight:
            makers.append(Share(_ref(turn, public).person.ref, weight))
    return SharesFact(form.lot.data or "", tuple(makers))
