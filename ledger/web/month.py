"""The month: what is missing, the draft, how each sum came about, submitting and approving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from ledger import explained, i18n
from ledger.actions import batches as work
from ledger.actions import stipends as actions
from ledger.actions.papers import things_of
from ledger.core.access import May
from ledger.core.explanation import LineRow, PersonExplanation, person_explanation
from ledger.core.faults import Hidden, Refused
from ledger.core.payments import State
from ledger.core.periods import Month
from ledger.documents.statements import reason_sentences
from ledger.explained import easy
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, ngettext, pgettext
from ledger.records import payments, people
from ledger.records import stipends as rows
from ledger.web import closing, month_shown, warning_words
from ledger.web.forms import DayField, Form, needed
from ledger.web.month_shown import Books
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("month")

BASE = "/month/<month>"


class SubmitForm(Form):
    """Which draft was on the page."""

    seen = HiddenField()


class ApproveForm(Form):
    """The order that approves, and which run was on the page."""

    seen = HiddenField()
    order_number = StringField(lazy_text("Number of the order"), [needed])
    order_date = DayField(lazy_text("Date of the order"), [needed])


class SendBackForm(Form):
    """What the accountant should mend."""

    why = TextAreaField(lazy_text("What needs mending"), [needed],
                        description=lazy_text("The accountant reads this beside the draft."))


def _month(turn: Turn, text: str) -> Month:
    """The month of an address; raises Hidden for one before the books or ahead of today."""
    try:
        month = Month.parse(text)
    except Refused:
        raise Hidden from None
    begins = turn.doing.workshop().begins
    if month < begins or (month > Month.of(turn.doing.today) and month != begins):
        raise Hidden
    return month


def _to(month: Month) -> Callable[[], str]:
    return lambda: url_for("month.page", month=str(month))


# ---------- the month's page ----------


@room.get("/month", May.SEE_MONTH)
def newest(turn: Turn) -> ResponseReturnValue:
    """The first month that is still open, or the newest."""
    begins, today = turn.doing.workshop().begins, Month.of(turn.doing.today)
    settled = rows.approved_months(turn.session, turn.doing.scope) | rows.empty_months(turn.session, turn.doing.scope)
    month = begins
    while month in settled and month < today:
        month = month.plus(1)
    return redirect(url_for("month.page", month=str(month)))


@room.get(BASE, May.SEE_MONTH)
def page(turn: Turn, month: str) -> ResponseReturnValue:
    """Everything about one month."""
    return _page(turn, _month(turn, month))


def _page(turn: Turn, month: Month, said: str = "") -> str:
    doing = turn.doing
    books = month_shown.read(doing, month)
    if books.worked is not None:
        turn.saw(one.person for one in books.worked.result.people)
    sort = request.args.get("sort", "number") if request.args.get("sort") in month_shown.SORTS else "number"
    down = request.args.get("order") == "down"
    found = month_shown.columns(books)
    before, after = month_shown.months_around(books, Month.of(doing.today))
    return render_template(
        "month/page.html", books=books, month=month, said=said, before=before, after=after,
        title=i18n.month_title(month), about=month_shown.about(books, doing.workshop().name),

        stages=month_shown.stages(books, _paid(turn, books)),
        missing=month_shown.missing(doing, books), warned=warning_words.of_month(doing, books), columns=found,
        people=month_shown.table(books, found, sort, down=down),
        days_head=month_shown.days_head(books), sort=sort, down=down, shared=month_shown.shared_sum(books),
        to_pay=month_shown.to_pay(books), sections=month_shown.sections(books),
        may_be_empty=books.state == "none" and month_shown.can_be_empty(doing, month),
        limited=_limited(books), approve_form=ApproveForm(seen=books.run.seen if books.run else "", order_date=doing.today),
        send_back_form=SendBackForm(), payments_waiting=_payments_waiting(turn), closing=closing.strip(doing, month))


def _payments_waiting(turn: Turn) -> int:
    """How many batches of payments wait for this reader's approval."""
    return payments.waiting_for_approval(turn.session, turn.doing.scope) if turn.doing.can(May.APPROVE_PAYMENTS) else 0


def _paid(turn: Turn, books: Books) -> State:
    """How far the money of an approved month is."""
    if books.sealed is None or books.worked is None:
        return State.PENDING
    return payments.month_paid(turn.session, turn.doing.scope, books.month, [one.person for one in books.worked.result.people])


def _limited(books: Books) -> str:
    result = books.worked.result if books.worked else None
    count = sum(any(line.kind == "limit" for line in one.lines) for one in result.people) if result else 0
    people_told = ngettext("%(num)s person", "%(num)s people", len(result.people)) if result else ""
    if not count:
        return people_told
    return people_told + ", " + ngettext("the limit cut %(num)s sum", "the limit cut %(num)s sums", count)


# ---------- how a sum came about ----------


@dataclass(frozen=True)
class PartShown:
    """A column of the explanation: head, sum, arithmetic, sentences, small print."""

    label: str
    sum: str
    arithmetic: str
    says: str
    source: str


@room.get(BASE + "/<ref>", May.SEE_MONTH)
def person(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """One person's sum, down to lots and sale documents."""
    shown = _month(turn, month)
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    run, sealed = rows.find_run(turn.session, turn.doing.scope, shown), rows.find_sealed(turn.session, turn.doing.scope, shown)
    header = sealed or run
    if header is None:
        raise Hidden
    worked = actions.stored(header.inputs, header.result)
    if all(one.person != named.person.ref for one in worked.result.people):
        raise Hidden
    turn.saw([named.person.ref])
    one = person_explanation(worked.inputs, worked.scheme, worked.result, named.person.ref)
    return render_template(
        "month/person.html", month=shown, named=named, one=one, parts=_parts(worked, one), said=_own_words(one),
        title=i18n.month_title(shown), things=things_of(turn.doing), explained=explained, state=run.state if run else "approved")


def _parts(worked: actions.Worked, one: PersonExplanation) -> list[PartShown]:
    shown = [_part(row, one) for row in one.lines]
    for limit in explained.not_applied(worked.scheme, one):
        source = _sentences([explained.paragraph(limit.paragraph)])
        shown.append(PartShown(limit.label, pgettext("limit", "not applied"), limit.says, "", source))
    return shown


def _part(row: LineRow, one: PersonExplanation) -> PartShown:
    says = explained.cent_told(row)
    if row.line.kind == "per_day" and row is next(other for other in one.lines if other.line.kind == "per_day"):
        says = " ".join([*explained.days_told(one), says]).strip()
    if row.line.kind == "traced" and not row.line.quota:
        says = ""
    source = [explained.paragraph(row.paragraph), explained.pays(row), explained.exact_quota(row)]
    return PartShown(explained.line_label(row), i18n.money(row.line.cents), explained.arithmetic(row, one.traced), says,
                     _sentences(source))


def _sentences(found: list[str]) -> str:
    return " ".join(text[:1].upper() + text[1:].rstrip(".") + "." for text in found if text)


def _own_words(one: PersonExplanation) -> list[str]:
    """What the person reads on the leaf."""
    return [text.striptags() for fact in easy.few(one.facts.told) for text in reason_sentences(fact)]


# ---------- from draft to approved ----------


@room.post(BASE + "/calculate", May.CALCULATE)
def calculate(turn: Turn, month: str) -> ResponseReturnValue:
    """Work the month out, or work it out again."""
    shown = _month(turn, month)
    return _attempt(turn, shown, lambda: actions.calculate_month(turn.doing, shown), _("The month is calculated."))


@room.post(BASE + "/submit", May.CALCULATE)
def submit(turn: Turn, month: str) -> ResponseReturnValue:
    """Hand in the draft that was on the page."""
    shown, form = _month(turn, month), SubmitForm.sent()
    return _attempt(turn, shown, lambda: actions.submit(turn.doing, shown, form.seen.data or ""),
                    _("The month is submitted for approval."))


@room.post(BASE + "/withdraw", May.CALCULATE)
def withdraw(turn: Turn, month: str) -> ResponseReturnValue:
    """Take a submitted run back."""
    shown = _month(turn, month)
    return _attempt(turn, shown, lambda: actions.withdraw(turn.doing, shown), _("The run is a draft again."))


@room.get(BASE + "/discard", May.CALCULATE)
def discarding(turn: Turn, month: str) -> ResponseReturnValue:
    """Ask before the run is thrown away."""
    shown = _month(turn, month)
    return render_template(
        "confirm.html", title=_("Throw this calculation away?"), kind="danger", word=_("Throw the calculation away"),
        text=_("Attendance, lots and sales stay. The month can be calculated again at any time."),
        action=url_for("month.discard", month=str(shown)), back=_to(shown)())


@room.post(BASE + "/discard", May.CALCULATE)
def discard(turn: Turn, month: str) -> ResponseReturnValue:
    """Throw a run away that is not approved."""
    shown = _month(turn, month)
    return _attempt(turn, shown, lambda: actions.discard(turn.doing, shown), _("The calculation is thrown away."))


@room.get(BASE + "/empty", May.CALCULATE)
def declaring(turn: Turn, month: str) -> ResponseReturnValue:
    """Ask before a month is declared empty."""
    shown = _month(turn, month)
    return render_template(
        "confirm.html", title=_("Declare that %(month)s has nothing to pay?", month=i18n.month_title(shown)),
        word=_("Declare the month empty"), kind="",
        text=_("Nothing was sold and nobody came. What is written down for this month later goes to the next open month."),
        action=url_for("month.declare_empty", month=str(shown)), back=_to(shown)())


@room.post(BASE + "/empty", May.CALCULATE)
def declare_empty(turn: Turn, month: str) -> ResponseReturnValue:
    """The month has nothing to pay."""
    shown = _month(turn, month)
    return _attempt(turn, shown, lambda: actions.declare_empty(turn.doing, shown), _("The month is declared empty."))


def _attempt(turn: Turn, month: Month, act: Callable[[], object], said: str) -> ResponseReturnValue:
    return turn.attempt(act, _to(month), lambda refused: _page(turn, month, refused_sentence(refused)), said)


@room.get(BASE + "/approve", May.APPROVE)
def approving(turn: Turn, month: str) -> ResponseReturnValue:
    """The form of approval on a page of its own, for a browser without script."""
    shown = _month(turn, month)
    run = actions.submitted_run(turn.doing, shown)
    return _approve_page(turn, shown, ApproveForm(seen=run.seen, order_date=turn.doing.today))


@room.post(BASE + "/approve", May.APPROVE)
def approve(turn: Turn, month: str) -> ResponseReturnValue:
    """Seal the run that was seen."""
    shown, form = _month(turn, month), ApproveForm.sent()
    return turn.submit(
        form,
        act=lambda: _approve(turn, shown, form),
        then=_to(shown), again=lambda: _approve_page(turn, shown, form),
        said=_("%(month)s is approved and sealed.", month=i18n.month_title(shown)))


def _approve(turn: Turn, month: Month, form: ApproveForm) -> None:
    """Seal the run and ask for its papers, both or neither."""
    assert form.order_date.data is not None  # the form was looked through
    actions.approve(turn.doing, month, form.seen.data or "", form.order_number.data, form.order_date.data)
    work.start(turn.doing, month)


def _approve_page(turn: Turn, month: Month, form: ApproveForm) -> str:
    books = month_shown.read(turn.doing, month)
    warned = warning_words.of_month(turn.doing, books)
    if warned and books.worked is not None:
        turn.saw(one.person for one in books.worked.result.people)
    return render_template("month/approve.html", month=month, form=form, books=books, warned=warned, title=i18n.month_title(month))


@room.get(BASE + "/send-back", May.APPROVE)
def sending_back(turn: Turn, month: str) -> ResponseReturnValue:
    """The form of sending back on a page of its own."""
    shown = _month(turn, month)
    actions.submitted_run(turn.doing, shown)
    return render_template("month/send_back.html", month=shown, form=SendBackForm(), title=i18n.month_title(shown))


@room.post(BASE + "/send-back", May.APPROVE)
def send_back(turn: Turn, month: str) -> ResponseReturnValue:
    """The accountant mends something first."""
    shown, form = _month(turn, month), SendBackForm.sent()
    return turn.submit(
        form, act=lambda: actions.send_back(turn.doing, shown, form.why.data), then=_to(shown),
        again=lambda: render_template("month/send_back.html", month=shown, form=form, title=i18n.month_title(shown)),
        said=_("The run is sent back to the accountant."))
