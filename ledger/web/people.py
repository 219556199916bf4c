"""Participants as staff see them: the list, a person's page, the social worker's form, badges, and what somebody says is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from unicodedata import normalize

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from ledger.actions import entries as value_actions
from ledger.actions import organisation as accounts
from ledger.actions import payees
from ledger.actions import people as actions
from ledger.actions.people import Profile
from ledger.core.access import May
from ledger.core.periods import Month
from ledger.documents.badges import badge_pdf
from ledger.documents.sheets import Sheet
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, pgettext
from ledger.records import entries, goals, journal, organisation, people, stipends
from ledger.records.people import Concern, Identity, Named
from ledger.sentences import sentence
from ledger.web import lists
from ledger.web.entry_words import number_shown
from ledger.web.forms import DayField, Form, needed
from ledger.web.papers import file
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("people")

MOST_ROWS = 60


@dataclass(frozen=True)
class Row:
    """A person in the list."""

    named: Named
    here: bool
    badge: bool
    concerns: int


@room.get("/people", May.SEE_PEOPLE)
def listed(turn: Turn) -> ResponseReturnValue:
    """Everybody here now; with `left` those too who are not; `q` is a part of the name or number."""
    asked, left = request.args.get("q", "").strip()[:100], bool(request.args.get("left"))
    everyone = people.participants(turn.session, turn.doing.vault, turn.doing.scope)
    found = [one for one in everyone if (left or _here(one, turn.doing.today)) and _fits(one, asked)]
    if lists.wanted_file():
        turn.saw(one.person.ref for one in found)
        return lists.file_of(turn, [_sheet(turn, found)], f"zmones-{turn.doing.today.isoformat()}")
    shown = lists.paged(found, MOST_ROWS)
    turn.saw(one.person.ref for one in shown.rows)
    return render_template(
        "people/list.html", people=_rows(turn, shown.rows), q=asked, left=left, count=shown.count, all=len(everyone),
        account=_sees_account(turn), current=shown.page, last=shown.last, url=lists.address)


def _sheet(turn: Turn, found: list[Named]) -> Sheet:
    """The list for a spreadsheet, with what this account sees on the page."""
    account = _sees_account(turn)
    badges = organisation.live_badges(turn.session, turn.doing.scope)
    heads = (_("No."), _("First name and surname"), _("First day"), _("Last day"),
             *((_("Account"),) if account else ()), _("Badge"))
    return Sheet(_("Participants"), heads, tuple(
        (one.person.number, one.name, one.person.started, one.person.ended,
         *((one.identity.masked_iban or _("paid in cash"),) if account else ()),
         pgettext("badge", "works") if one.id in badges else pgettext("badge", "none yet")) for one in found))


def _here(one: Named, today: date) -> bool:
    return one.person.ended is None or one.person.ended >= today


def _fits(one: Named, asked: str) -> bool:
    return asked.casefold() in f"{one.person.number} {one.name}".casefold()


def _rows(turn: Turn, shown: list[Named]) -> list[Row]:
    badges = organisation.live_badges(turn.session, turn.doing.scope)
    said = [one.participant_id for one in people.open_concerns(turn.session, turn.doing.scope)]
    return [Row(one, _here(one, turn.doing.today), one.id in badges, said.count(one.id)) for one in shown]


def _sees_account(turn: Turn) -> bool:
    """Accounts, masked, are for those who pay or keep them: accountant, director, social worker."""
    return turn.doing.can(May.SEE_MONTH) or turn.doing.can(May.KEEP_PEOPLE)


@room.get("/people/<ref>", May.SEE_PERSON)
def person(turn: Turn, ref: str) -> ResponseReturnValue:
    """One person: dates, account, badge, goals and what they say is wrong."""
    return _person(turn, ref)


def _person(turn: Turn, ref: str, *, value: Form | None = None, said: str = "") -> str:
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    own = goals.goals(turn.session, turn.doing.scope, [named.id]) if turn.doing.can(May.SEE_GOALS) else []
    return render_template(
        "people/person.html", named=named, here=_here(named, turn.doing.today), account=_sees_account(turn),
        badge=organisation.live_badges(turn.session, turn.doing.scope).get(named.id),
        goals=[goal for goal in own if goal.ended_on is None], concerns=_concerns(turn, named),
        owed=journal.owed(turn.session, turn.doing.scope, named.person.ref) if turn.doing.can(May.SEE_PAYMENTS) else None,
        own=OwnValues(turn, named, value), number_shown=number_shown, said=said, year=turn.doing.today.year)


def _concerns(turn: Turn, named: Named) -> list[tuple[Concern, Month, str]]:
    words = about_words()
    return [(one, Month.parse(one.month), words.get(one.about, one.about))
            for one in people.open_concerns(turn.session, turn.doing.scope) if one.participant_id == named.id]


def about_words() -> dict[str, str]:
    """What a participant can say is wrong, in words for staff."""
    return {"days": _("the days"), "made": _("what was made"), "sold": _("what was sold"), "money": _("the money"),
            "goals": _("the goals"), "other": _("something else")}


@room.post("/people/<ref>/concerns/<concern>/settle", May.ANSWER_WRONG)
def settle(turn: Turn, ref: str, concern: str) -> ResponseReturnValue:
    """Somebody talked with the person."""
    actions.settle_concern(turn.doing, concern)
    return turn.go(url_for("people.person", ref=ref), _("Noted: you talked with the person."))


# ---------- the person's own values ----------


class ValueForm(Form):
    """A value from a day on."""

    name = StringField(lazy_text("Name in the rules"), [needed])
    since = DayField(lazy_text("From which day"), [needed])
    text = StringField(lazy_text("The value"), [needed], description=lazy_text("A number or a word, as the rules read it."))


class OwnValues:
    """A person's own values for their page: rows with whether each holds today and may still be taken back, and the form for
    whoever may set some."""

    def __init__(self, turn: Turn, named: Named, form: Form | None) -> None:
        doing = turn.doing
        rules = value_actions.rules_of(doing, Month.of(doing.today))
        judged = value_actions.judged_of(rules)
        newest = max(stipends.approved_months(turn.session, doing.scope), default=None)
        every = doing.can(May.SET_VALUES)
        self.sets = every or (doing.can(May.RATE) and bool(judged))
        self.rates = doing.can(May.RATE)
        self.names = [name for name in value_actions.needs_of(rules).values if every or name in judged]
        self.earliest = newest.end if newest else None
        self.staff = {account.ref: account.name for account, _grant in organisation.grants_of(turn.session, doing.scope)}
        rows = entries.values_of(turn.session, doing.scope, named.id)
        holds = {row.name: row.ref for row in reversed(rows) if row.since <= doing.today}
        self.rows = [(row, holds.get(row.name) == row.ref, self.sets and (every or row.name in judged)
                      and (self.earliest is None or row.since >= self.earliest)) for row in rows]
        first = Month.of(doing.today).first
        self.form = form or (ValueForm(None, since=max(first, self.earliest or first)) if self.sets else None)


@room.post("/people/<ref>/values", May.SEE_PERSON)
def set_value(turn: Turn, ref: str) -> ResponseReturnValue:
    """A value from a day on; the action looks at who may set which."""
    _named(turn, ref)
    form = ValueForm.sent()
    return turn.submit(
        form, lambda: value_actions.set_value(turn.doing, ref, form.name.data, form.since.data, form.text.data),
        then=lambda: url_for("people.person", ref=ref, _anchor="own"), again=lambda: _person(turn, ref, value=form),
        said=_("The value is written down."))


@room.post("/people/<ref>/values/<value>/back", May.SEE_PERSON)
def take_back_value(turn: Turn, ref: str, value: str) -> ResponseReturnValue:
    """Take a value back that no approved month has read."""
    _named(turn, ref)
    return turn.attempt(
        lambda: value_actions.take_back_value(turn.doing, value), then=lambda: url_for("people.person", ref=ref, _anchor="own"),
        again=lambda refused: _person(turn, ref, said=refused_sentence(refused)), said=_("The value is taken back."))


# ---------- the social worker's form ----------


class NewPersonForm(Form):
    """A new participant."""

    number = StringField(lazy_text("Number"), [needed], description=lazy_text("The workshop's own, for example D13."))
    first = StringField(lazy_text("First name"), [needed])
    last = StringField(lazy_text("Surname"), [needed])
    birth = DayField(lazy_text("Date of birth"))
    started = DayField(lazy_text("First day"), [needed])
    ended = DayField(lazy_text("Last day"), description=lazy_text("Leave it empty while the person is here."))
    iban = StringField(lazy_text("Account (IBAN)"), description=lazy_text("Empty: the stipend is paid in cash."))


class PersonForm(NewPersonForm):
    """Changing a participant: the number stays, an empty account field keeps the account."""

    number = None
    iban = StringField(lazy_text("New account (IBAN)"))
    cash = BooleanField(lazy_text("Paid in cash from today"))


@room.get("/people/new", May.KEEP_PEOPLE)
def new(_turn: Turn) -> ResponseReturnValue:
    """An empty form."""
    return _form(NewPersonForm(), None)


def _form(form: Any, named: Named | None) -> str:
    return render_template("people/form.html", form=form, named=named)


@room.post("/people/new", May.KEEP_PEOPLE)
def create(turn: Turn) -> ResponseReturnValue:
    """A new participant; the number must be free."""
    form = NewPersonForm.sent()
    made: list[str] = []

    def act() -> None:
        profile = _profile(form, form.number.data.strip(), _iban(form))
        row = actions.create_participant(turn.doing, profile)
        made.append(row.ref)
        _tell_of_account(turn, row.person_ref, "", profile.identity.iban)

    return turn.submit(form, act, then=lambda: url_for("people.person", ref=made[0]), again=lambda: _form(form, None),
                       said=_("The participant is written down."))


def _name(typed: str) -> str:
    """On one line, its letters in one piece."""
    return normalize("NFC", " ".join(typed.split()))


def _profile(form: Any, number: str, iban: str) -> Profile:
    birth = form.birth.data.isoformat() if form.birth.data else ""
    identity = Identity(_name(form.first.data), _name(form.last.data), birth, iban)
    return Profile(number, identity, form.started.data, form.ended.data)


def _tell_of_account(turn: Turn, person_ref: str, before: str, iban: str) -> None:
    """That an account is somebody else's too, and that a changed or a shared one waits."""
    others = payees.others_with(turn.doing, person_ref, iban) if iban else []
    for other in others[:1]:
        flash(sentence("account_twice", {"other": other}), "wait")
    if before and iban != before:
        flash(_("The new account waits for a second person: the director, or another social worker. "
                "Until then the old one holds."), "wait")
    elif others and not before:
        flash(_("The account waits for a second person: the director, or another social worker. Until then there is none."), "wait")


def _iban(form: Any) -> str:
    return "".join((form.iban.data or "").split()).upper()


@room.get("/people/<ref>/edit", May.KEEP_PEOPLE)
def edit(turn: Turn, ref: str) -> ResponseReturnValue:
    """The form of a person; the account is shown masked and changed by typing the new one."""
    named = _named(turn, ref)
    birth = date.fromisoformat(named.identity.birth) if named.identity.birth else None
    return _form(PersonForm(None, data={
        "first": named.identity.first, "last": named.identity.last, "birth": birth, "started": named.person.started,
        "ended": named.person.ended}), named)


def _named(turn: Turn, ref: str) -> Named:
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    return named


@room.post("/people/<ref>/edit", May.KEEP_PEOPLE)
def change(turn: Turn, ref: str) -> ResponseReturnValue:
    """Other data of a person."""
    named, form = _named(turn, ref), PersonForm.sent()

    def act() -> None:
        profile = _profile(form, named.person.number, _iban(form) or named.identity.iban)
        actions.change_participant(turn.doing, ref, profile)
        if form.cash.data:
            payees.choose_cash(turn.doing, ref, turn.doing.today, None)
        _tell_of_account(turn, named.person.ref, named.identity.iban, profile.identity.iban)

    return turn.submit(form, act, then=lambda: url_for("people.person", ref=ref), again=lambda: _form(form, named),
                       said=_("The changes are saved."))


# ---------- badges ----------


@room.post("/people/<ref>/badge", May.MAKE_BADGES)
def make_badge(turn: Turn, ref: str) -> ResponseReturnValue:
    """A new badge as a PDF, shown this once: its code is kept nowhere. The old badge is dead at once."""
    named = _named(turn, ref)
    token = accounts.make_badge(turn.doing, ref)
    turn.wrote, turn.repeat_location = True, url_for("people.person", ref=ref)
    content = badge_pdf(named.name, token, turn.doing.workshop().name, turn.doing.today)
    return file(content, "zenklelis.pdf", "application/pdf", how="inline")


@room.post("/people/<ref>/badge/void", May.MAKE_BADGES)
def void_badge(turn: Turn, ref: str) -> ResponseReturnValue:
    """The badge was lost."""
    accounts.void_badge(turn.doing, ref)
    return turn.go(url_for("people.person", ref=ref), _("The badge no longer works. Make a new one when it is needed."))
