"""Late rows and corrections: what waits, a month's correction old and new side by side, approving it, and debts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField

from ledger import i18n
from ledger.actions import batches as work
from ledger.actions import correction_papers as papers
from ledger.actions import corrections as actions
from ledger.actions import late as late_actions
from ledger.core import corrections as rules
from ledger.core.access import May
from ledger.core.canonical import inputs_from_canonical, result_from_canonical
from ledger.core.corrections import Split
from ledger.core.faults import Hidden, Refused
from ledger.core.late import kind_of
from ledger.core.periods import Month
from ledger.core.stipends import Inputs
from ledger.explained import corrections as told
from ledger.explained.corrections import LineTold
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import batches, organisation, people, said
from ledger.records import corrections as rows
from ledger.records import stipends as runs
from ledger.records.batches import CORRECTION_PAPERS
from ledger.records.corrections import Correction, Late
from ledger.records.people import Named
from ledger.web.batches import Shown
from ledger.web.batches import shown as batch_shown
from ledger.web.forms import DayField, Form, needed
from ledger.web.late_words import asked_again, late_shown, named_of, typed
from ledger.web.papers import month_in_path
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("corrections")

BASE = "/corrections/<month>"
MOST_PEOPLE = 60
"""So many people of a correction stand open on its page, the rest behind one step."""


class ApproveCorrectionForm(Form):
    """The order that approves, whose minus becomes a debt, and which draft was on the page."""

    seen = HiddenField()
    order_number = StringField(lazy_text("Number of the order"), [needed])
    order_date = DayField(lazy_text("Date of the order"), [needed])
    debts = SelectMultipleField(lazy_text("Whose minus becomes a debt"), validate_choice=False)


class RefuseForm(Form):
    """Why a late row is not taken."""

    why = TextAreaField(lazy_text("Why it is not taken"), [needed])


class WriteOffForm(Form):
    """Why a debt is kept back no more."""

    reason = TextAreaField(lazy_text("Why nothing more is kept back"), [needed],
                           description=lazy_text("For example the person left, died, or cannot pay."))


# ---------- what waits ----------


@dataclass(frozen=True)
class MonthRow:
    """An approved month in the list: rows that wait for the accountant, rows that wait for a correction, its draft."""

    month: Month
    offered: int
    accepted: int
    draft: bool


@room.get("/corrections", May.SEE_LATE)
def page(turn: Turn) -> ResponseReturnValue:
    """Late rows that wait, drafts, approved corrections."""
    session, scope = turn.session, turn.doing.scope
    every = rows.late_rows(session, scope)
    waiting = [one for one in every if one.state in ("offered", "accepted")]
    sums = turn.doing.can(May.SEE_MONTH)
    shown = late_shown(turn, list(reversed(waiting))[:200])
    done = list(reversed(rows.corrections(session, scope))) if sums else []
    counts = _people_counts(turn, done)
    return render_template(
        "corrections/page.html", waiting=shown, more=max(0, len(waiting) - 200), months=_months(turn, waiting) if sums else [],
        done=[(one, i18n.month_title(Month.parse(one.month)), Month.parse(one.booked_in), counts.get(one.correction_ref, (0, 0)))
              for one in done[:60]],
        approved=sorted(runs.approved_months(session, scope), reverse=True)[:24], sums=sums,
        debts=len(actions.debts_now(turn.doing)) if sums else 0)


def _months(turn: Turn, waiting: Sequence[Late]) -> list[MonthRow]:
    drafted = {one.month for one in rows.drafts(turn.session, turn.doing.scope)}
    months = sorted({one.row.month for one in waiting} | drafted, reverse=True)
    counts = Counter((one.row.month, one.state) for one in waiting)
    return [MonthRow(Month.parse(month), counts[month, "offered"], counts[month, "accepted"], month in drafted) for month in months]


def _people_counts(turn: Turn, done: Sequence[Correction]) -> dict[str, tuple[int, int]]:
    """How many people each correction is about, and what it pays in all."""
    counts: dict[str, tuple[int, int]] = {}
    for one in rows.people_of(turn.session, turn.doing.scope, [row.correction_ref for row in done]):
        people_count, plus = counts.get(one.correction_ref, (0, 0))
        counts[one.correction_ref] = people_count + 1, plus + one.plus_cents
    return counts


# ---------- one late row ----------


@room.get("/corrections/late/<ref>", May.SEE_LATE)
def late(turn: Turn, ref: str) -> ResponseReturnValue:
    """A late row: what the month said, what is true, why, and what became of it."""
    return _late_page(turn, ref, RefuseForm())


def _late_page(turn: Turn, ref: str, form: RefuseForm, note: str = "") -> str:
    found = rows.get_late(turn.session, turn.doing.scope, ref)
    turn.doing.check(May.SEE_LATE, day=found.row.happened_on)
    [shown] = late_shown(turn, [found], inputs=_inputs(turn, found))
    fact = typed(turn, found, alone=True)
    again = {"kind": kind_of(fact), **asked_again(turn, fact)} if fact and turn.doing.can(May.CALCULATE) else None
    why = said.texts(turn.session, turn.doing.scope, [found.said_ref]).get(found.said_ref, "") if found.said_ref else ""
    account = organisation.find_account_by_ref(turn.session, found.row.offered_by)
    return render_template("corrections/late.html", one=shown, late=found, form=form, note=note, why=why, again=again,
                           month=Month.parse(found.row.month), by=account.name if account else "")


def _inputs(turn: Turn, found: Late) -> Inputs | None:
    """The month as it was known before this row; None when rows do not fit each other any more."""
    try:
        return late_actions.known(turn.doing, Month.parse(found.row.month), before=found.row.ref)[0]
    except Refused:
        return None


def _to_late(ref: str) -> Callable[[], str]:
    return lambda: url_for("corrections.late", ref=ref)


@room.post("/corrections/late/<ref>/accept", May.ACCEPT_LATE)
def accept(turn: Turn, ref: str) -> ResponseReturnValue:
    """The row is true."""
    return turn.attempt(lambda: late_actions.accept(turn.doing, ref), _to_late(ref),
                        lambda refused: _late_page(turn, ref, RefuseForm(), refused_sentence(refused)), _("The row is accepted."))


@room.post("/corrections/late/<ref>/refuse", May.ACCEPT_LATE)
def refuse(turn: Turn, ref: str) -> ResponseReturnValue:
    """The row is not true."""
    form = RefuseForm.sent()
    return turn.submit(form, act=lambda: late_actions.refuse(turn.doing, ref, form.why.data), then=_to_late(ref),
                       again=lambda: _late_page(turn, ref, form), said=_("The row is not taken."))


# ---------- a month's correction ----------


@dataclass(frozen=True)
class PersonShown:
    """One person in a correction: then and now, what becomes of it, the lines."""

    ref: str
    number: str
    name: str
    before: int
    after: int
    split: Split
    becomes: str
    lines: tuple[LineTold, ...]
    may_owe: bool = False
    statement: str = ""
    public: str = ""


@room.get(BASE, May.SEE_MONTH)
def month(turn: Turn, month: str) -> ResponseReturnValue:
    """The correction that is worked on, with all rows of the month, and those approved before."""
    return _month_page(turn, month_in_path(month))


def _month_page(turn: Turn, month: Month, note: str = "", form: ApproveCorrectionForm | None = None) -> str:
    session, doing = turn.session, turn.doing
    if runs.find_sealed(session, doing.scope, month) is None:
        raise Hidden
    found = rows.late_rows(session, doing.scope, month)
    draft = rows.find_draft(session, doing.scope, month)
    worked, fresh = None, False
    if draft is not None:
        try:
            worked = actions.work_out(doing, month)
            fresh = worked.seen == draft.seen
        except Refused:
            worked = None
    shown = _people(turn, worked) if worked else []
    turn.saw(one.ref for one in shown)
    form = form or ApproveCorrectionForm(seen=worked.shown if worked else "", order_date=doing.today)
    chain = rows.corrections(session, doing.scope, month)
    return render_template(
        "corrections/month.html", month=month, title=i18n.month_title(month), lates=late_shown(turn, found), draft=draft, note=note,
        worked=worked, fresh=fresh, people=shown, form=form, chain=chain, booked=actions.first_open(doing),
        own=draft is not None and draft.made_by == doing.who.account, waiting=sum(one.state == "accepted" for one in found),
        plus=sum(one.split.plus for one in shown), borne=sum(one.split.borne for one in shown), most=MOST_PEOPLE)


def _people(turn: Turn, worked: actions.Worked) -> list[PersonShown]:
    named = named_of(turn, [one.person for one in worked.changes])
    return [PersonShown(
        one.person, one.number, named[one.person].name, one.before, one.after, one.split(), told.becomes(one.split()),
        tuple(told.lines_told(one.lines, worked.base.scheme, worked.scheme)), rules.may_be_debt(one, worked.own),
        public=named[one.person].ref)
        for one in worked.changes]


def _to_month(month: Month) -> Callable[[], str]:
    return lambda: url_for("corrections.month", month=str(month))


@room.post(BASE + "/make", May.CORRECT)
def make(turn: Turn, month: str) -> ResponseReturnValue:
    """Work the correction out, or again."""
    shown = month_in_path(month)
    return turn.attempt(lambda: actions.make(turn.doing, shown), _to_month(shown),
                        lambda refused: _month_page(turn, shown, refused_sentence(refused)), _("The correction is worked out."))


@room.post(BASE + "/discard", May.CORRECT)
def discard(turn: Turn, month: str) -> ResponseReturnValue:
    """Throw the draft away."""
    shown = month_in_path(month)
    return turn.attempt(lambda: actions.discard(turn.doing, shown), _to_month(shown),
                        lambda refused: _month_page(turn, shown, refused_sentence(refused)), _("The draft is thrown away."))


@room.post(BASE + "/approve", May.APPROVE_CORRECTION)
def approve(turn: Turn, month: str) -> ResponseReturnValue:
    """Seal the correction that was seen."""
    shown, form = month_in_path(month), ApproveCorrectionForm.sent()
    done: list[Correction] = []
    return turn.submit(
        form, act=lambda: done.append(_approve(turn, shown, form)),
        then=lambda: url_for("corrections.one", ref=done[0].correction_ref), again=lambda: _month_page(turn, shown, form=form),
        said=_("The correction of %(month)s is approved and sealed.", month=i18n.month_title(shown, "genitive")))


def _approve(turn: Turn, month: Month, form: ApproveCorrectionForm) -> Correction:
    """Seal the correction and ask for its papers, both or neither."""
    assert form.order_date.data is not None  # the form was looked through
    debts = [_person(turn, public) for public in form.debts.data or ()]
    header = actions.approve(turn.doing, month, form.seen.data or "", form.order_number.data, form.order_date.data, debts)
    if papers.items_of(header.correction_ref, turn.session, turn.doing.scope):
        work.start_correction(turn.doing, header.correction_ref)
    return header


# ---------- an approved correction ----------


@room.get("/corrections/done/<ref>", May.SEE_MONTH)
def one(turn: Turn, ref: str) -> ResponseReturnValue:
    """An approved correction: everybody old and new side by side, and the rows it worked in."""
    session, scope = turn.session, turn.doing.scope
    header = rows.get_correction(session, scope, ref, texts=True)
    found = rows.late_rows(session, scope, refs=[event.late_ref for event in rows.events_of(session, scope, ref)])
    shown = _sealed(turn, header)
    turn.saw(person.ref for person in shown)
    staff = {account.ref: account.name for account, _grant in organisation.grants_of(session, scope)}
    return render_template(
        "corrections/one.html", header=header, people=shown, title=i18n.month_title(Month.parse(header.month)),
        lates=late_shown(turn, found), booked=i18n.month_title(Month.parse(header.booked_in), "accusative"),
        made=staff.get(header.made_by, ""), approved=staff.get(header.approved_by, ""), kept=papers.kept(turn.doing, ref),
        batch=_batch(turn, ref), most=MOST_PEOPLE)


def _sealed(turn: Turn, header: Correction) -> list[PersonShown]:
    """The people of a sealed correction with their lines, from the texts."""
    _inputs_before, before_scheme, before = papers.texts_before(turn.doing, header)
    _inputs_after, scheme = inputs_from_canonical(header.inputs)
    after = result_from_canonical(header.result)
    lines = {change.person: change.lines for change in rules.changes(before, after, {})}
    sealed = rows.people_of(turn.session, turn.doing.scope, [header.correction_ref])
    named, set_off = named_of(turn, [row.person_ref for row in sealed]), papers.set_off_of(turn.doing, header.correction_ref)
    shown = []
    for row in sealed:
        split = papers.split_of(row, set_off)
        shown.append(PersonShown(
            row.person_ref, row.person_number, named[row.person_ref].name, row.before_cents, row.after_cents, split,
            told.becomes(split), tuple(told.lines_told(lines.get(row.person_ref, ()), before_scheme, scheme)),
            statement=row.statement_number, public=named[row.person_ref].ref))
    return shown


@room.post("/corrections/done/<ref>/papers", May.PRINT_PAPERS)
def make_papers(turn: Turn, ref: str) -> ResponseReturnValue:
    """Ask for the papers of everybody in a correction that are not made yet: a worker makes them."""
    batch = work.start_correction(turn.doing, ref)
    seen = turn.doing.can(May.SEE_BATCHES)
    return turn.go(url_for("batches.page", ref=batch.ref) if seen else url_for("corrections.one", ref=ref))


def _batch(turn: Turn, ref: str) -> Shown | None:
    """How far the work on the papers is, for who may start it; None when it was not asked for."""
    found = batches.find_batch(turn.session, turn.doing.scope, ref, CORRECTION_PAPERS) if turn.doing.can(May.PRINT_PAPERS) else None
    return batch_shown(turn, found) if found else None


# ---------- debts ----------


@dataclass(frozen=True)
class DebtRow:
    """A debt in the list."""

    ref: str
    name: str
    since: Month
    whole: int
    kept: int
    left: int


@room.get("/corrections/debts", May.SEE_MONTH)
def debts(turn: Turn) -> ResponseReturnValue:
    """Who owes what since when, what was kept back, and what is left."""
    found = actions.debts_now(turn.doing)
    named = named_of(turn, [one.person for one in found])
    shown = [DebtRow(named[one.person].ref, _numbered(named[one.person]), one.since, one.whole, one.kept, one.left)
             for one in found]
    return render_template("corrections/debts.html", debts=shown)


def _numbered(named: Named) -> str:
    return f"{named.person.number} {named.name}"


@room.get("/corrections/debts/<ref>/<month>", May.CORRECT)
def writing_off(turn: Turn, ref: str, month: str) -> ResponseReturnValue:
    """Ask why a debt is kept back no more."""
    return _write_off_page(turn, ref, month_in_path(month), WriteOffForm())


def _write_off_page(turn: Turn, ref: str, since: Month, form: WriteOffForm) -> str:
    found = [one for one in actions.debts_now(turn.doing, _person(turn, ref)) if one.since == since]
    if not found:
        raise Hidden
    named = named_of(turn, [found[0].person])[found[0].person]
    return render_template("corrections/write_off.html", form=form, debt=found[0], name=_numbered(named), ref=ref)


@room.post("/corrections/debts/<ref>/<month>", May.CORRECT)
def write_off(turn: Turn, ref: str, month: str) -> ResponseReturnValue:
    """Keep the debt back no more."""
    since, form = month_in_path(month), WriteOffForm.sent()
    return turn.submit(
        form, act=lambda: actions.write_off(turn.doing, _person(turn, ref), since, form.reason.data),
        then=lambda: url_for("corrections.debts"), again=lambda: _write_off_page(turn, ref, since, form),
        said=_("The debt is written off."))


def _person(turn: Turn, ref: str) -> str:
    """The books' reference of the person behind an address."""
    return people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref).person.ref
