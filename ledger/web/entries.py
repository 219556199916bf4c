"""A month's data besides attendance, lots and sales: what the rules ask for, work of each day, figures and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from ledger import i18n
from ledger.actions import entries as actions
from ledger.core.access import May
from ledger.core.entries import Decided, Worked
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import Month
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, pgettext
from ledger.records import entries, organisation, people
from ledger.records import stipends as runs
from ledger.records.entries import DecisionRow, FigureRow, WorkRow
from ledger.records.people import Named
from ledger.web.board import read_month
from ledger.web.entry_words import Need, decision_needs, figure_needs, number_shown, value_needs, work_needs
from ledger.web.forms import CentsField, DayField, Form, HoursField, QuantityField, needed
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("entries")

BASE = "/month/<month>/entries"
A_PAGE = 60


class SumField(CentsField):
    """Money that may be below zero: a deduction."""

    def read(self, text: str) -> int:
        """Cents."""
        below = text.strip()[:1] in ("-", "−")
        cents: int = super().read(text.strip().lstrip("-−") if below else text)
        return -cents if below else cents


class WorkForm(Form):
    """What a person did on a day; kind and task are choices when the rules name some."""

    participant = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    day = DayField(lazy_text("Day"), [needed])
    kind = StringField(lazy_text("Kind of hours"), description=lazy_text("Empty: production."))
    task = StringField(lazy_text("Task or step"))
    hours = HoursField(lazy_text("Hours"))
    made = QuantityField(lazy_text("How many were made"), least=0)
    good = QuantityField(lazy_text("Good of them"), least=0, description=lazy_text("Empty: all of them."))
    points = QuantityField(lazy_text("Points"), least=0)

    def worked(self) -> Worked:
        """The entry as it is typed."""
        made, day = self.made.data or 0, self.day.data
        assert day is not None  # the form was checked
        good = made if self.good.data is None else self.good.data
        return Worked(day, self.kind.data or "", self.task.data or "", self.hours.data or 0, good, made, self.points.data or 0)


class WorkChange(WorkForm):
    """The same for an entry that is corrected: the person stays."""

    participant = None
    version = HiddenField()


class FigureForm(Form):
    """A figure of the month."""

    name = StringField(lazy_text("Name in the rules"), [needed])
    number = StringField(lazy_text("The number"), [needed])


class DecisionForm(Form):
    """A decision about one person."""

    participant = SelectField(lazy_text("Participant"), [needed], validate_choice=False)
    day = DayField(lazy_text("Day of the decision"), [needed])
    part = SelectField(lazy_text("Item of the rules"), validate_choice=False)
    sum = SumField(lazy_text("Sum"), [needed], description=lazy_text("0: an encouragement without money."))
    document = StringField(lazy_text("Number of the order or decision"), [needed])
    reason = TextAreaField(lazy_text("For what"), [needed], description=lazy_text(
        "It stays in the calculation: no names and nothing of health."))


@dataclass
class Sheet:
    """What the page of a month shows; a constant number of queries."""

    turn: Turn
    month: Month

    def __post_init__(self) -> None:
        doing, session, scope = self.turn.doing, self.turn.session, self.turn.doing.scope
        self.everyone = {one.id: one for one in people.participants(session, doing.vault, scope)}
        self.here = people.here_between(list(self.everyone.values()), self.month.first, self.month.last)
        self.rules = actions.rules_of(doing, self.month)
        self.needs = actions.needs_of(self.rules)
        self.work = entries.work_of(session, scope, self.month)
        self.paid = doing.can(May.SEE_MONTH)
        self.figures: list[FigureRow] = entries.figures_of(session, scope, self.month) if self.paid else []
        self.decisions: list[DecisionRow] = entries.decisions_of(session, scope, self.month) if self.paid else []
        self.values = {(row.participant_id, row.name) for row in entries.values_until(session, scope, self.month.last)}
        self.approved = self.month in runs.approved_months(session, scope)
        self.empty = self.month in runs.empty_months(session, scope)
        self.staff = {account.ref: account.name for account, _grant in organisation.grants_of(session, scope)}

    @property
    def open(self) -> bool:
        """Whether anything can still be written down."""
        return not (self.approved or self.empty)

    @property
    def late(self) -> bool:
        """Whether it can be said that something of the month was otherwise."""
        return self.approved and self.turn.doing.can(May.OFFER_LATE)

    def may(self, may: May) -> bool:
        """Whether this can be written down here and now by who is signed in."""
        return self.open and self.turn.doing.can(may)

    def asked(self) -> list[Need]:
        """What the rules ask for, with how far it is; what pay alone hangs on for those who see pay."""
        names = self.needs.values if self.paid else sorted(set(self.needs.values) & actions.judged_of(self.rules))
        found = work_needs(self.needs, self.work) + value_needs(names, self._lacking, len(self.here))
        if self.paid:
            found += figure_needs(self.needs.figures, self.figures) + decision_needs(self.needs, self.decisions)
        return found

    def _lacking(self, name: str) -> list[Named]:
        return [one for one in self.here if (one.id, name) not in self.values]

    def choices(self) -> list[SelectChoice]:
        """The month's people for a form."""
        return [SelectChoice("", _("Choose"))] + [SelectChoice(one.ref, f"{one.person.number} {one.name}") for one in self.here]

    def kinds(self) -> list[str]:
        """Kinds of hours to choose from; none when the rules name none and nobody wrote one."""
        return sorted({*self.needs.kinds, *(row.kind for row in self.work if row.kind)})

    def tasks(self) -> list[str]:
        """Likewise of tasks."""
        return sorted({*self.needs.tasks, *(row.task for row in self.work if row.task)})


def _month(turn: Turn, text: str) -> Month:
    """The month of an address; raises Hidden for one before the books, ahead of today, or outside one's role."""
    month, begins, today = read_month(text), turn.doing.workshop().begins, turn.doing.today
    if month < begins or month > max(begins, Month.of(today)):
        raise Hidden
    turn.doing.check(May.SEE_ENTRIES, day=min(month.last, today))
    return month


def _to(month: Month, **more: Any) -> str:  # Any: what an address may hold
    return url_for("entries.page", month=str(month), **more)


@room.get(BASE, May.SEE_ENTRIES)
def page(turn: Turn, month: str) -> ResponseReturnValue:
    """A month's data."""
    return _page(turn, _month(turn, month))


def _page(turn: Turn, month: Month, *, sheet: Sheet | None = None, work: Form | None = None, figure: Form | None = None,
          decision: Form | None = None, said: str = "") -> str:
    sheet = sheet or Sheet(turn, month)
    who = request.args.get("who", "")
    rows = [row for row in reversed(sheet.work) if not who or sheet.everyone[row.participant_id].ref == who]
    last = max(1, -(-len(rows) // A_PAGE))
    current = min(max(1, request.args.get("page", 1, int)), last)
    shown = rows[(current - 1) * A_PAGE:current * A_PAGE]
    work = work or (_new_work(sheet) if sheet.may(May.LOG_WORK) else None)
    decision = decision or (_new_decision(sheet) if sheet.may(May.DECIDE) else None)
    ids = {row.participant_id for row in shown} | {row.participant_id for row in sheet.decisions}
    turn.saw({one.person.ref for one in sheet.everyone.values() if one.id in ids or one in sheet.here})
    return render_template(
        "entries/page.html", sheet=sheet, month=month, title=i18n.month_title(month), said=said, asked=sheet.asked(), who=who,
        rows=shown, count=len(rows), current=current, last=last, minutes=sum(row.minutes for row in rows),
        points=sum(row.points for row in rows), number_shown=number_shown, work=work, decision=decision,
        late_work=sheet.late and turn.doing.can(May.LOG_WORK), late_paid=sheet.late and turn.doing.can(May.CALCULATE),
        figure=figure or (FigureForm() if sheet.may(May.SET_FIGURES) else None),
        before=month.plus(-1) if month > turn.doing.workshop().begins else None,
        after=month.plus(1) if month < Month.of(turn.doing.today) else None,
        page_url=lambda number: _to(month, who=who or None, page=number, _anchor="work"))


# ---------- work of a day ----------


def worded(names: list[str], label: str, empty: str) -> Field:
    """A choice of the names, or none of them."""
    choices = [SelectChoice("", empty), *(SelectChoice(name, name) for name in names)]
    return SelectField(label, validate_choice=False, choices=choices)


def _work_form(sheet: Sheet, base: type[WorkForm]) -> type[WorkForm]:
    """The form with choices where the month has some."""
    fields: dict[str, Field] = {}
    if sheet.kinds():
        fields["kind"] = worded(sheet.kinds(), _("Kind of hours"), pgettext("kind of hours", "production"))
    if sheet.tasks():
        fields["task"] = worded(sheet.tasks(), _("Task or step"), pgettext("task", "none"))
    return type("ShapedWork", (base,), fields)


def _with_people(form: Any, sheet: Sheet) -> Any:  # Any: a form with a choice of participants
    if form.participant is not None:
        form.participant.choices = sheet.choices()
    return form


def _new_work(sheet: Sheet) -> Any:
    """An empty form; the day and the person of the entry before, when there was one."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = min(sheet.month.last, sheet.turn.doing.today)
    form = _work_form(sheet, WorkForm)(None, day=day, participant=request.args.get("of", ""))
    return _with_people(form, sheet)


@room.post(BASE + "/work", May.LOG_WORK)
def log_work(turn: Turn, month: str) -> ResponseReturnValue:
    """Write work of a day down."""
    shown = _month(turn, month)
    sheet = Sheet(turn, shown)
    form = _with_people(_work_form(sheet, WorkForm).sent(), sheet)
    return turn.submit(
        form, act=lambda: actions.log_work(turn.doing, form.participant.data, form.worked()),
        then=lambda: _to(Month.of(form.day.data), day=form.day.data.isoformat(), _anchor="work"),
        again=lambda: _page(turn, shown, work=form), said=_("The work is written down."))


def _found(turn: Turn, ref: str) -> tuple[WorkRow, Named]:
    row = entries.get_work(turn.session, turn.doing.scope, ref)
    turn.doing.check(May.LOG_WORK, day=row.happened_on)
    named = people.get_participant_by_id(turn.session, turn.doing.vault, turn.doing.scope, row.participant_id)
    turn.saw([named.person.ref])
    return row, named


@room.get(BASE + "/work/<ref>", May.LOG_WORK)
def work(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """An entry of work to correct or take back."""
    return _work_page(turn, _month(turn, month), ref)


def _work_page(turn: Turn, month: Month, ref: str, form: Any = None, said: str = "") -> str:
    row, named = _found(turn, ref)
    sheet = Sheet(turn, month)
    given = form or _work_form(sheet, WorkChange)(
        None, day=row.happened_on, kind=row.kind, task=row.task, hours=row.minutes or None, made=row.made or None,
        good=row.good if row.made else None, points=row.points or None, version=row.version)
    return render_template("entries/work.html", row=row, named=named, month=month, sheet=sheet, form=given, said=said)


@room.post(BASE + "/work/<ref>", May.LOG_WORK)
def change_work(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """Correct an entry of work."""
    shown = _month(turn, month)
    _found(turn, ref)
    form = _work_form(Sheet(turn, shown), WorkChange).sent()
    version = int(form.version.data) if (form.version.data or "").isdecimal() else 0

    def again() -> str:
        now = entries.get_work(turn.session, turn.doing.scope, ref)
        form.version.data = str(now.version)
        return _work_page(turn, shown, ref, form)
    return turn.submit(
        form, act=lambda: actions.change_work(turn.doing, ref, version, form.worked()),
        then=lambda: _to(Month.of(form.day.data), _anchor="work"), again=again, said=_("The work is corrected."))


@room.post(BASE + "/work/<ref>/back", May.LOG_WORK)
def take_back_work(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """Take an entry of work back."""
    shown = _month(turn, month)
    return turn.attempt(
        lambda: actions.take_back_work(turn.doing, ref), then=lambda: _to(shown, _anchor="work"),
        again=lambda refused: _page(turn, shown, said=refused_sentence(refused)), said=_("The entry is taken back."))


# ---------- figures ----------


@room.post(BASE + "/figures", May.SET_FIGURES)
def set_figure(turn: Turn, month: str) -> ResponseReturnValue:
    """Write a figure of the month down, or another number of it."""
    shown, form = _month(turn, month), FigureForm.sent()
    return turn.submit(
        form, act=lambda: actions.set_figure(turn.doing, shown, form.name.data, form.number.data),
        then=lambda: _to(shown, _anchor="figures"), again=lambda: _page(turn, shown, figure=form),
        said=_("The figure is written down."))


@room.post(BASE + "/figures/<ref>/back", May.SET_FIGURES)
def take_back_figure(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """Take a figure back."""
    shown = _month(turn, month)
    return turn.attempt(
        lambda: actions.take_back_figure(turn.doing, ref), then=lambda: _to(shown, _anchor="figures"),
        again=lambda refused: _page(turn, shown, said=refused_sentence(refused)), said=_("The figure is taken back."))


# ---------- decisions ----------


def _shaped(form: Any, sheet: Sheet) -> Any:  # Any: its fields are told by WTForms
    """The choices of a decision, and ids of its own beside the other form of the page."""
    _with_people(form, sheet)
    named = [SelectChoice(key, label) for key, label in (sheet.needs.adjustments or {}).items()]
    form.part.choices = [SelectChoice("", _("none, without money")), *named]
    for name in ("participant", "day"):
        form[name].id = f"decision-{name}"
    return form


def _new_decision(sheet: Sheet) -> Any:
    return _shaped(DecisionForm(None, day=min(sheet.month.last, sheet.turn.doing.today)), sheet)


@room.post(BASE + "/decisions", May.DECIDE)
def decide(turn: Turn, month: str) -> ResponseReturnValue:
    """Write a decision about one person down."""
    shown = _month(turn, month)
    form = _shaped(DecisionForm.sent(), Sheet(turn, shown))

    def act() -> None:
        decided = Decided(form.day.data, form.part.data or "", form.sum.data, form.reason.data, form.document.data)
        if Month.of(decided.day) != shown:
            raise Refused("day_of_another_month", at="day", month=str(shown))
        actions.decide(turn.doing, form.participant.data, decided)
    return turn.submit(form, act, then=lambda: _to(shown, _anchor="decisions"), again=lambda: _page(turn, shown, decision=form),
                       said=_("The decision is written down."))


@room.post(BASE + "/decisions/<ref>/back", May.DECIDE)
def take_back_decision(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """Take a decision back."""
    shown = _month(turn, month)
    return turn.attempt(
        lambda: actions.take_back_decision(turn.doing, ref), then=lambda: _to(shown, _anchor="decisions"),
        again=lambda refused: _page(turn, shown, said=refused_sentence(refused)), said=_("The decision is taken back."))
