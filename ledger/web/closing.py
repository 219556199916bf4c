"""Closing a month: the sheet, what is missing, cash and bank, opening again by two people, the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, TextAreaField

from ledger import i18n
from ledger.actions import closing_papers, papers
from ledger.actions import months as actions
from ledger.actions.doing import Doing
from ledger.actions.months import LONGEST, Counted
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.journal import Account
from ledger.core.months import Lack, State
from ledger.core.periods import Month
from ledger.documents.closing_sheet import Head, lack_words
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, pgettext
from ledger.records import months, organisation, said
from ledger.records import papers as paper_rows
from ledger.records.months import Closing, MonthEvent
from ledger.web import papers as paper_pages
from ledger.web.forms import CentsField, Form, needed
from ledger.web.rules import Room
from ledger.web.session import Turn, outside_work, refused_sentence

room = Room("closing")

BASE = "/month/<month>/closing"


class CloseForm(Form):
    """What is in the cash box and at the bank, and why it differs from the books."""

    cash = CentsField(lazy_text("Money in the cash box"), [needed])
    bank = CentsField(lazy_text("Balance of the bank's statement"), [needed])
    why = TextAreaField(lazy_text("Why it differs from the books"), description=lazy_text("Needed only when a sum differs."))
    post = BooleanField(lazy_text("Book the difference on the last day of the month"))


class WhyForm(Form):
    """A reason."""

    why = TextAreaField(lazy_text("Reason"), [needed])


@dataclass(frozen=True)
class Step:
    """Something that happened to the month, in words."""

    moment: str
    word: str
    name: str
    said: str


@dataclass(frozen=True)
class Missing:
    """One thing that is missing, with the page that mends it ("" for none)."""

    kind: str
    when: str
    title: str
    text: str
    remedy: str = ""
    url: str = ""
    id: str = ""


# ---------- the strip on the month's page ----------


@dataclass(frozen=True)
class Strip:
    """Where the month stands in the books: stages (word, note, state), the state, and the word of the next step."""

    state: State
    stages: list[tuple[str, str, str]]
    step: str
    url: str


def strip(doing: Doing, month: Month) -> Strip | None:
    """The month's way through the books; None for who may not see it."""
    if not doing.can(May.SEE_JOURNAL):
        return None
    state = months.states(doing.session, doing.scope).get(month, State.OPEN)
    over = month.last < doing.today
    step = {State.OPEN: _("Close the month") if over and doing.can(May.CLOSE_MONTH) else _("Closing of the month"),
            State.CLOSING: _("Go on closing") if doing.can(May.CLOSE_MONTH) else _("Closing of the month"),
            State.ASKED: _("Answer the request") if doing.can(May.REOPEN) else _("Closing sheet")}.get(state, _("Closing sheet"))
    return Strip(state, stages(state), step, url_for("closing.page", month=str(month)))


def stages(state: State) -> list[tuple[str, str, str]]:
    """Open, closing, closed: each with its note and its state (past, now or "")."""
    at = {State.OPEN: 0, State.CLOSING: 1}.get(state, 2)
    words = [(pgettext("month", "Open"), _("entries are booked")), (pgettext("month", "Closing"), _("cash and bank are counted")),
             (pgettext("month", "Closed"), _("nothing is booked any more"))]
    if state is State.ASKED:
        words[2] = (words[2][0], _("somebody asks to open it again"))
    return [(word, note, "past" if place < at else "now" if place == at else "") for place, (word, note) in enumerate(words)]


# ---------- the page ----------


@room.get(BASE, May.SEE_JOURNAL)
def page(turn: Turn, month: str) -> ResponseReturnValue:
    """Where the month stands, and its closing sheet."""
    return _page(turn, _month(turn, month))


def _month(turn: Turn, text: str) -> Month:
    """The month of an address; raises Hidden for one before the books or ahead of today."""
    month = paper_pages.month_in_path(text)
    if month < turn.doing.workshop().begins or month > Month.of(turn.doing.today):
        raise Hidden
    return month


def _to(month: Month) -> Callable[[], str]:
    return lambda: url_for("closing.page", month=str(month))


def _page(turn: Turn, month: Month, form: CloseForm | None = None, said: str = "") -> str:
    doing = turn.doing
    stands = actions.standing(doing, month)
    sheets = months.closings(turn.session, doing.scope, month)
    steps, asked = _steps(doing, month)
    newest = sheets[-1] if sheets else None
    shut = stands.state in (State.CLOSED, State.ASKED)
    made = {one.run_ref: one for one in paper_rows.papers_of_month(turn.session, doing.scope, month, closing_papers.KIND)}
    return render_template(
        "closing/page.html", month=month, title=i18n.month_title(month), stands=stands, stages=stages(stands.state),
        over=month.last < doing.today, missing=[_missing(lack, month) for lack in stands.lacks], form=form or CloseForm(),
        said=said, sheet=closing_papers.read(doing, newest) if newest and shut else None, steps=steps, asked=asked,
        own=asked is not None and asked.done_by == doing.who.account, heads=_heads(newest) if newest else (),
        counted=closing_papers.counted(newest) if newest else (), lacked=closing_papers.lacked(newest) if newest else [],
        papers=made, paper=made.get(newest.ref) if newest and shut else None,
        earlier=sheets[:-1] if shut else sheets, longest=LONGEST)


def _heads(sheet: Closing) -> tuple[tuple[str, Head], ...]:
    return ((_("Journal"), Head(sheet.journal_sequence, sheet.journal_hash)),
            (_("Seals"), Head(sheet.seal_sequence, sheet.seal_hash)))


def _steps(doing: Doing, month: Month) -> tuple[list[Step], MonthEvent | None]:
    events = months.events(doing.session, doing.scope, month)
    texts = said.texts(doing.session, doing.scope, [one.said_ref for one in events if one.said_ref])
    staff = {account.ref: account.name for account, _grant in organisation.grants_of(doing.session, doing.scope)}
    words = {"closing": _("Closing was begun"), "closed": _("The month was closed"), "reopen_asked": _("Asked to open it again"),
             "reopen_refused": _("It stays closed"), "reopened": _("The month was opened again")}
    steps = [Step(i18n.moment(one.done_at), words[one.kind], staff.get(one.done_by, ""), texts.get(one.said_ref, ""))
             for one in events]
    return steps, events[-1] if events and events[-1].kind == "reopen_asked" else None


def _missing(lack: Lack, month: Month) -> Missing:
    title, text = lack_words(lack.code, lack.count, lack.cents)
    remedy, url = _remedy(lack, month)
    when = _("Before closing") if lack.stops else _("Needs a look")
    return Missing("stop" if lack.stops else "wait", when, title, text, remedy, url, lack.code)


def _remedy(lack: Lack, month: Month) -> tuple[str, str]:
    """The button that leads to where it is mended."""
    if lack.code == "earlier_month":
        return i18n.month_title(Month.parse(lack.subject)), url_for("closing.page", month=lack.subject)
    if lack.code == "open_days":
        return _("Open the days"), url_for("day.month", month=str(month))
    if lack.code in ("run", "days"):
        return _("Open the month"), url_for("month.page", month=str(month))
    if lack.code == "without_lot":
        return _("Sold without a lot"), url_for("stock.without_lot")
    if lack.code == "till":
        return _("Count the cash"), url_for("till_count.page", day=lack.subject)
    accounts = {"on_the_way": Account.PAID, "advances": Account.ADVANCES, "unassigned": Account.UNASSIGNED,
                "reserve_below": Account.RESERVE}
    if lack.code in accounts:
        return _("Open the account"), url_for("journal.account", account=accounts[lack.code].value)
    if lack.code in ("late", "correction"):
        return _("Open the corrections"), url_for("corrections.month", month=str(month))
    return _("Open the payments"), url_for("payments.listed")


# ---------- closing ----------


@room.post(BASE + "/start", May.CLOSE_MONTH)
def start(turn: Turn, month: str) -> ResponseReturnValue:
    """Begin to close the month."""
    shown = _month(turn, month)
    return turn.attempt(lambda: actions.start_closing(turn.doing, shown), _to(shown),
                        lambda refused: _page(turn, shown, said=refused_sentence(refused)), _("Closing has begun."))


@room.post(BASE, May.CLOSE_MONTH)
def close(turn: Turn, month: str) -> ResponseReturnValue:
    """Close the month with what was counted."""
    shown, form = _month(turn, month), CloseForm.sent()
    return turn.submit(
        form,
        act=lambda: actions.close(turn.doing, shown, Counted(form.cash.data, form.bank.data, form.why.data or "", form.post.data)),
        then=_to(shown), again=lambda: _page(turn, shown, form),
        said=_("%(month)s is closed.", month=i18n.month_title(shown)))


# ---------- opening again ----------


@room.get(BASE + "/ask", May.ASK_REOPEN)
def asking(turn: Turn, month: str) -> ResponseReturnValue:
    """The form of asking that the month be opened again."""
    return _ask_page(_month(turn, month), WhyForm())


@room.post(BASE + "/ask", May.ASK_REOPEN)
def ask(turn: Turn, month: str) -> ResponseReturnValue:
    """Ask that the month be opened again."""
    shown, form = _month(turn, month), WhyForm.sent()
    return turn.submit(form, act=lambda: actions.ask_reopen(turn.doing, shown, form.why.data), then=_to(shown),
                       again=lambda: _ask_page(shown, form), said=_("A director is asked to open the month again."))


def _ask_page(month: Month, form: WhyForm) -> str:
    return render_template(
        "closing/why.html", month=month, form=form, title=_("Ask to open %(month)s again?", month=i18n.month_title(month)),
        text=_("Another person, a director, opens it. The closing sheet stays; closed again, the month gets a new one."),
        action=url_for("closing.ask", month=str(month)), word=_("Ask to open it again"), back=_to(month)(), longest=LONGEST)


@room.post(BASE + "/reopen", May.REOPEN)
def reopen(turn: Turn, month: str) -> ResponseReturnValue:
    """Open the month again."""
    shown = _month(turn, month)
    return turn.attempt(lambda: actions.reopen(turn.doing, shown), _to(shown),
                        lambda refused: _page(turn, shown, said=refused_sentence(refused)),
                        _("%(month)s is open again.", month=i18n.month_title(shown)))


@room.get(BASE + "/keep", May.ASK_REOPEN)
def keeping(turn: Turn, month: str) -> ResponseReturnValue:
    """The form of leaving the month closed."""
    return _keep_page(_month(turn, month), WhyForm())


@room.post(BASE + "/keep", May.ASK_REOPEN)
def keep(turn: Turn, month: str) -> ResponseReturnValue:
    """Leave the month closed, with a reason."""
    shown, form = _month(turn, month), WhyForm.sent()
    return turn.submit(form, act=lambda: actions.refuse_reopen(turn.doing, shown, form.why.data), then=_to(shown),
                       again=lambda: _keep_page(shown, form), said=_("The month stays closed."))


def _keep_page(month: Month, form: WhyForm) -> str:
    return render_template(
        "closing/why.html", month=month, form=form, title=_("Leave %(month)s closed?", month=i18n.month_title(month)),
        text=_("Whoever asked to open it reads the reason."), action=url_for("closing.keep", month=str(month)),
        word=_("Leave it closed"), back=_to(month)(), longest=LONGEST)


# ---------- the paper ----------


@room.post_outside(BASE + "/paper", May.CLOSE_MONTH)
def paper(turn: Turn, month: str) -> ResponseReturnValue:
    """Make the closing sheets that are no papers yet. Slow, so nothing is locked meanwhile; each is kept once."""
    shown = _month(turn, month)

    def slow(doing: Doing) -> list[tuple[str, bytes]]:
        if not months.closings(doing.session, doing.scope, shown):
            raise Hidden
        return [(one.ref, closing_papers.make(closing_papers.read(doing, one))) for one in closing_papers.unprinted(doing, shown)]

    def act(doing: Doing, made: list[tuple[str, bytes]]) -> None:
        for ref, content in made:
            closing_papers.store(doing, ref, content)

    return outside_work(turn, slow=slow, act=act, then=_to(shown)(),
                        said=_("The closing sheet is made."))


@room.get("/closing/<ref>.pdf", May.SEE_JOURNAL)
def pdf(turn: Turn, ref: str) -> ResponseReturnValue:
    """A closing sheet as it was stored."""
    closing = months.get_closing(turn.session, turn.doing.scope, ref)
    found = closing_papers.find(turn.doing, closing)
    if found is None:
        raise Hidden
    whole = paper_rows.get_paper(turn.session, turn.doing.scope, found.ref)
    return paper_pages.file(papers.open_paper(turn.doing, whole), papers.file_name(whole), "application/pdf")
