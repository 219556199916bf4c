"""The journal's pages: entries, one entry, balances at a day, one account, one participant; codes, opening balances, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from ledger import i18n
from ledger.actions import account_codes, exports
from ledger.actions import months as actions
from ledger.actions import opening as opening_debts
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.journal import Account, Leg
from ledger.core.money import natural
from ledger.core.periods import Month
from ledger.documents.postings import account_word, kind_word
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import journal as records
from ledger.records import months, organisation, people, postings, said
from ledger.records.journal import Chosen, JournalEntry
from ledger.records.people import Named
from ledger.records.postings import Row, Source
from ledger.web.forms import CentsField, Form
from ledger.web.papers import file, month_in_path
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("journal")

A_PAGE = 50


class CodesForm(Form):
    """A code for each account; the fields carry the accounts' own names."""


for _one in Account:
    setattr(CodesForm, _one.value, StringField(_one.value))


class OpeningForm(Form):
    """What there was when the books began."""

    cash = CentsField(lazy_text("Money in the cash box"))
    bank = CentsField(lazy_text("Money at the bank"))
    reserve = CentsField(lazy_text("Reserve"), description=lazy_text("What was kept back for later before these books began."))


@dataclass(frozen=True)
class LegShown:
    """A leg in words; `person` a participant's name with `person_url`, both "" for none."""

    account: str
    account_url: str
    detail: str
    person: str
    person_url: str
    cents: int


@dataclass(frozen=True)
class EntryShown:
    """An entry in words with its legs, where it comes from, and its own page."""

    row: JournalEntry
    word: str
    document: str
    source_url: str
    url: str
    legs: list[LegShown]
    source: Source

    @property
    def sum(self) -> int:
        """What is moved, in cents: the sum of the debits."""
        return sum(leg.cents for leg in self.legs if leg.cents > 0)


def _accounts() -> list[tuple[str, str]]:
    return sorted(((one.value, account_word(one)) for one in Account), key=lambda pair: natural(pair[1]))


def _account_of(text: str) -> Account:
    try:
        return Account(text)
    except ValueError:
        raise Hidden from None


def _named(turn: Turn) -> dict[str, Named]:
    """The workshop's people by the books' reference."""
    return {one.person.ref: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}


# ---------- entries ----------


@dataclass(frozen=True)
class Wanted:
    """What a list of entries is asked for; empty texts ask for everything."""

    month: str
    account: str
    person: str
    kind: str

    def chosen(self, named: Mapping[str, Named]) -> Chosen:
        """As the records understand it; raises Hidden for what there is not."""
        person = next((ref for ref, one in named.items() if one.ref == self.person), None) if self.person else None
        if self.person and person is None:
            raise Hidden
        account = _account_of(self.account) if self.account else None
        return Chosen(month_in_path(self.month) if self.month else None, person, account, self.kind or None)

    def address(self, page: int) -> str:
        """The address of a page of this list."""
        return url_for("journal.entries", month=self.month or None, account=self.account or None, person=self.person or None,
                       kind=self.kind or None, page=page)


@room.get("/journal", May.SEE_JOURNAL)
def entries(turn: Turn) -> ResponseReturnValue:
    """The entries, newest first: of a month, an account, a person, a kind."""
    session, scope, named = turn.session, turn.doing.scope, _named(turn)
    wanted = Wanted(*(request.args.get(name, "")[:60] for name in ("month", "account", "person", "kind")))
    chosen = wanted.chosen(named)
    count = postings.count_of(session, scope, chosen)
    last = max(1, -(-count // A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), last)
    rows = postings.page_of(session, scope, chosen, skip=(page - 1) * A_PAGE, limit=A_PAGE)
    return render_template(
        "journal/entries.html", wanted=wanted, entries=_shown(turn, rows, named), count=count, page=page, last=last,
        accounts=_accounts(), kinds=[(kind, kind_word(kind)) for kind in postings.kinds(session, scope)],
        people=list(named.values()), months=_months(turn), formats=list(exports.FORMATS),
        file_month=wanted.month or str(postings.newest_month(session, scope) or ""), may_open=turn.doing.can(May.KEEP_JOURNAL))


def _months(turn: Turn) -> list[Month]:
    """The months of the books, the newest first."""
    begins, today = turn.doing.workshop().begins, Month.of(turn.doing.today)
    return [begins.plus(n) for n in range(max(0, today.index - begins.index), -1, -1)]


def _shown(turn: Turn, rows: list[JournalEntry], named: Mapping[str, Named]) -> list[EntryShown]:
    session, scope = turn.session, turn.doing.scope
    legs = records.legs_of(session, scope, [row.sequence for row in rows])
    sources = postings.sources(session, scope, [(row.subject, row.subject_ref) for row in rows])
    turn.saw(leg.person for own in legs.values() for leg in own if leg.person in named)
    shown = []
    for row in rows:
        source = sources.get((row.subject, row.subject_ref), Source(""))
        shown.append(EntryShown(row, kind_word(row.kind), source.number, source_url(turn, row.subject, source),
                                url_for("journal.entry", ref=row.ref),
                                [_leg(leg, named) for leg in legs.get(row.sequence, [])], source))
    return shown


def _leg(leg: Leg, named: Mapping[str, Named]) -> LegShown:
    one = named.get(leg.person)
    name = f"{one.person.number} {one.name}" if one else leg.person[:8]
    return LegShown(account_word(leg.account), url_for("journal.account", account=leg.account.value), leg.detail, name,
                    url_for("journal.person", ref=one.ref) if one else "", leg.cents)


def source_url(turn: Turn, subject: str, source: Source) -> str:
    """The page of what an entry comes from; "" when it has none or this account may not open it."""
    if not source.number:
        return ""
    if subject == "payment_event":
        return url_for("payments.batch", ref=source.ref) if turn.doing.can(May.SEE_PAYMENTS) else ""
    if subject == "till_count":
        return url_for("till_count.page", day=source.ref) if turn.doing.can(May.SEE_TILL) else ""
    if subject in ("sale_document", "customer_payment", "customer_payment_back"):
        return url_for("invoices.one", ref=source.ref) if turn.doing.can(May.SEE_CUSTOMERS) else ""
    if not turn.doing.can(May.SEE_MONTH):
        return ""
    if subject == "correction":
        return url_for("corrections.one", ref=source.ref)
    return url_for("closing.page" if subject == "closing" else "month.page", month=source.month)


@room.get("/journal/entries/<ref>", May.SEE_JOURNAL)
def entry(turn: Turn, ref: str) -> ResponseReturnValue:
    """One entry: its legs, its place in the chain, what it comes from."""
    row = records.get_entry(turn.session, turn.doing.scope, ref)
    staff = {account.ref: account.name for account, _grant in organisation.grants_of(turn.session, turn.doing.scope)}
    groups = {name: [text[start:start + 4] for start in range(0, 64, 4)]
              for name, text in (("previous", row.previous), ("hash", row.hash))}
    one = _shown(turn, [row], _named(turn))[0]
    why = said.texts(turn.session, turn.doing.scope, [one.source.said_ref]) if one.source.said_ref else {}
    return render_template(
        "journal/entry.html", one=one, who=staff.get(row.actor, ""), groups=groups, why=why.get(one.source.said_ref, ""),
        booked=i18n.month_title(Month.parse(row.booked_in)))


# ---------- balances ----------


@dataclass(frozen=True)
class Balance:
    """A line of the trial balance: an account and its sum in cents, or a part of it (a person, a detail)."""

    word: str
    code: str
    url: str
    cents: int
    parts: tuple[tuple[str, str, int], ...] = ()


@room.get("/journal/balances", May.SEE_JOURNAL)
def balances(turn: Turn) -> ResponseReturnValue:
    """Every balance at the end of a day."""
    day = _day(turn)
    held = records.balances(turn.session, turn.doing.scope, until=day)
    named = _named(turn)
    turn.saw(person for _account, person, _detail in held if person in named)
    codes = months.codes(turn.session, turn.doing.scope)
    lines = [_balance(account, held, named, codes.get(account.value, "")) for account in Account
             if any(own is account for own, _person, _detail in held)]
    return render_template("journal/balances.html", day=day, lines=lines, debit=sum(max(0, one.cents) for one in lines),
                           credit=sum(max(0, -one.cents) for one in lines), today=turn.doing.today)


def _day(turn: Turn) -> date:
    """The day asked for, or today."""
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text) if text else turn.doing.today
    except ValueError:
        raise Hidden from None


def _balance(account: Account, held: Mapping[tuple[Account, str, str], int], named: Mapping[str, Named], code: str) -> Balance:
    parts = []
    for (own, person, detail), cents in held.items():
        if own is account and (person or detail):
            one = named.get(person)
            word = f"{one.person.number} {one.name}" if one else person[:8]
            parts.append((" ".join(filter(None, (word, detail))), url_for("journal.person", ref=one.ref) if one else "", cents))
    parts.sort(key=lambda part: natural(part[0]))
    total = sum(cents for (own, _person, _detail), cents in held.items() if own is account)
    return Balance(account_word(account), code, url_for("journal.account", account=account.value), total, tuple(parts))


@dataclass(frozen=True)
class Line:
    """A line of an account's page: the leg, what the account then held, the entry's page."""

    row: Row
    word: str
    account: str
    person: str
    person_url: str
    document: str
    url: str
    held: int


@room.get("/journal/accounts/<account>", May.SEE_JOURNAL)
def account(turn: Turn, account: str) -> ResponseReturnValue:
    """One account, line by line, with what it then held."""
    own = _account_of(account)
    page, last, count = _paged(turn, own, None)
    sides = postings.sides_of(turn.session, turn.doing.scope, own)
    rows = postings.rows_of_account(turn.session, turn.doing.scope, own, skip=(page - 1) * A_PAGE, limit=A_PAGE)
    before = postings.sum_before(turn.session, turn.doing.scope, own, (page - 1) * A_PAGE)
    named = _named(turn)
    turn.saw(row.person for row in rows if row.person in named)
    return render_template(
        "journal/account.html", account=own, word=account_word(own), lines=_lines(turn, rows, before, named), page=page, last=last,
        count=count, debit=sides.get("debit", 0), credit=sides.get("credit", 0), before=before,
        code=months.codes(turn.session, turn.doing.scope).get(own.value, ""),
        address=lambda number: url_for("journal.account", account=own.value, page=number))


@room.get("/journal/people/<ref>", May.SEE_JOURNAL)
def person(turn: Turn, ref: str) -> ResponseReturnValue:
    """One participant's account: everything booked on them, and what is owed to them at each line."""
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    whose = named.person.ref
    turn.saw([whose])
    page, last, count = _paged(turn, None, whose)
    rows = postings.rows_of_person(turn.session, turn.doing.scope, whose, skip=(page - 1) * A_PAGE, limit=A_PAGE)
    before = postings.sum_before(turn.session, turn.doing.scope, None, (page - 1) * A_PAGE, person=whose)
    held = {one: records.balance(turn.session, turn.doing.scope, one, person=whose)
            for one in (Account.PAYABLE, Account.ADVANCES, Account.DEBTS)}
    return render_template(
        "journal/person.html", named=named, lines=_lines(turn, rows, before, {whose: named}), page=page, last=last, count=count,
        before=before, owed=-held[Account.PAYABLE], advances=held[Account.ADVANCES], debts=held[Account.DEBTS],
        address=lambda number: url_for("journal.person", ref=ref, page=number))


def _paged(turn: Turn, own: Account | None, whose: str | None) -> tuple[int, int, int]:
    """The page asked for, the last one, and how many lines there are."""
    count = postings.count_legs(turn.session, turn.doing.scope, own, person=whose)
    last = max(1, -(-count // A_PAGE))
    return min(max(1, request.args.get("page", 1, int)), last), last, count


def _lines(turn: Turn, rows: Iterable[Row], before: int, named: Mapping[str, Named]) -> list[Line]:
    rows = list(rows)
    sources = postings.sources(turn.session, turn.doing.scope, [(row.subject, row.subject_ref) for row in rows])
    refs = postings.refs_of(turn.session, turn.doing.scope, [row.sequence for row in rows])
    lines, held = [], before
    for row in rows:
        held += row.cents
        one = named.get(row.person)
        name = f"{one.person.number} {one.name}" if one else row.person[:8]
        lines.append(Line(
            row, kind_word(row.kind), account_word(Account(row.account)), name,
            url_for("journal.person", ref=one.ref) if one else "", sources.get((row.subject, row.subject_ref), Source("")).number,
            url_for("journal.entry", ref=refs[row.sequence]), held))
    return lines


# ---------- codes, opening balances ----------


@room.get("/journal/codes", May.KEEP_JOURNAL)
def codes(turn: Turn) -> ResponseReturnValue:
    """The codes of accounts."""
    return _codes_page(CodesForm(data=months.codes(turn.session, turn.doing.scope)))


@room.post("/journal/codes", May.KEEP_JOURNAL)
def set_codes(turn: Turn) -> ResponseReturnValue:
    """Keep the codes."""
    form = CodesForm.sent()
    return turn.submit(
        form, act=lambda: account_codes.set_codes(turn.doing, {one.value: form[one.value].data or "" for one in Account}),
        then=lambda: url_for("journal.codes"), again=lambda: _codes_page(form), said=_("The codes are saved."))


def _codes_page(form: CodesForm) -> str:
    for one in Account:
        form[one.value].label.text = account_word(one)
    fields = sorted((form[one.value] for one in Account), key=lambda field: natural(str(field.label.text)))
    return render_template("journal/codes.html", form=form, fields=fields, longest=account_codes.LONGEST)


@room.get("/journal/opening", May.KEEP_JOURNAL)
def opening(turn: Turn) -> ResponseReturnValue:
    """The balances with which the books begin."""
    return _opening_page(turn, OpeningForm())


@room.post("/journal/opening", May.KEEP_JOURNAL)
def open_books(turn: Turn) -> ResponseReturnValue:
    """Book them, once."""
    form = OpeningForm.sent()
    return turn.submit(
        form, act=lambda: actions.open_books(turn.doing, form.cash.data or 0, form.bank.data or 0, form.reserve.data or 0),
        then=lambda: url_for("journal.opening"), again=lambda: _opening_page(turn, form), said=_("The balances are booked."))


def _opening_page(turn: Turn, form: OpeningForm) -> str:
    workshop = turn.doing.workshop()
    row = records.find_entry(turn.session, turn.doing.scope, "opening", workshop.ref)
    return render_template("journal/opening.html", form=form, begins=workshop.begins,
                           shut=workshop.begins in months.closed(turn.session, turn.doing.scope),
                           booked=_shown(turn, [row], {})[0] if row is not None else None)


class DebtForm(Form):
    """What one participant was owed, or had been paid ahead, when the books began."""

    person = SelectField(lazy_text("Participant"), validate_choice=False, default="", choices=())
    owed = CentsField(lazy_text("Still owed to the person"), description=lazy_text(
        "Stipends of earlier months that are not paid yet."))
    ahead = CentsField(lazy_text("Paid to the person ahead"), description=lazy_text(
        "It is set off against the first money that the person gets."))


@room.get("/journal/opening/people", May.KEEP_JOURNAL)
def opening_people(turn: Turn) -> ResponseReturnValue:
    """What people and the workshop owed each other when the books began."""
    return _debts_page(turn, DebtForm())


@room.post("/journal/opening/people", May.KEEP_JOURNAL)
def open_person(turn: Turn) -> ResponseReturnValue:
    """Book it for one person, once."""
    form = DebtForm.sent()
    return turn.submit(
        form, act=lambda: opening_debts.open_person(turn.doing, form.person.data or "", form.owed.data or 0, form.ahead.data or 0),
        then=lambda: url_for("journal.opening_people"), again=lambda: _debts_page(turn, form), said=_("It is booked."))


def _debts_page(turn: Turn, form: Any) -> str:
    found, named, begins = records.opening_of_people(turn.session, turn.doing.scope), _named(turn), turn.doing.workshop().begins
    form.person.choices = [("", _("Choose a person.")), *((one.ref, f"{one.person.number} {one.name}") for ref, one in named.items()
                                                       if ref not in found)]
    booked = [(one, found[ref]) for ref, one in named.items() if ref in found]
    last = max(1, -(-len(booked) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), last)
    turn.saw(named)
    return render_template(
        "journal/opening_people.html", form=form, begins=begins, shut=begins in months.closed(turn.session, turn.doing.scope),
        booked=booked[(page - 1) * A_PAGE:page * A_PAGE], total=sum(found.values()), page=page, last=last,
        page_url=lambda number: url_for("journal.opening_people", page=number))


# ---------- files ----------


@room.get("/journal/file", May.SEE_JOURNAL)
def download(turn: Turn) -> ResponseReturnValue:
    """The journal of months as a file for a program of others."""
    kind = request.args.get("format", "csv")
    if kind not in exports.FORMATS:
        raise Hidden
    whole = {"first": turn.doing.workshop().begins, "last": Month.of(turn.doing.today)}
    first, last = (month_in_path(request.args.get(name, str(month))) for name, month in whole.items())
    try:
        name, content = exports.file_of(turn.doing, first, last, kind)
    except Refused as refused:
        return Response(refused_sentence(refused), 422, mimetype="text/plain")
    turn.saw(people.numbers(turn.session, turn.doing.scope))
    return file(content, name, exports.FORMATS[kind].media)
