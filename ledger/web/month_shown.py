"""What the month's page shows, worked out of a run once: table, columns of figures, what is missing, stages; all in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import url_for

from ledger import explained, i18n
from ledger.actions.doing import Doing
from ledger.actions.stipends import Worked, is_stale, stored
from ledger.core import findings as rules
from ledger.core.access import May, Role
from ledger.core.money import half_up, natural
from ledger.core.parts import PerDay, TracedPortion
from ledger.core.payments import State
from ledger.core.periods import Month
from ledger.core.scheme_sections import Limit
from ledger.core.schemes import InsideMonth, parse
from ledger.core.stipends import PersonResult, StatementLine
from ledger.explained import months
from ledger.explained.months import Section
from ledger.i18n import gettext as _
from ledger.i18n import ngettext, pgettext
from ledger.records import calendar, days, organisation, papers, people, production, sales, stock_moves
from ledger.records import schemes as versions
from ledger.records import stipends as runs
from ledger.records.organisation import Account
from ledger.records.people import Named
from ledger.records.stipends import Run, SchemeRow, SealedRun

ALPHABET = "aąbcčdeęėfghiįyjklmnopqrsštuųūvwxzž"
MOST_NAMED = 5
"""How many people, days or sales a finding names one by one."""
SORTS = ("number", "name", "total")
OWN_PARTS = ("shortfall", "rounding", "below_zero", "debt")


@dataclass(frozen=True)
class Column:
    """A column of the table: its head and each person's cents by reference (None: the line is not there)."""

    head: str
    cents: Mapping[str, int | None]

    @property
    def total(self) -> int:
        """The column's sum in cents."""
        return sum(one or 0 for one in self.cents.values())


@dataclass(frozen=True)
class PersonRow:
    """A row of the table; `url` leads to how the sum came about."""

    ref: str
    number: str
    name: str
    url: str
    days: int
    cents: tuple[int | None, ...]
    total: int


Figure = tuple[str, str, str, str]
"""A line of a column of figures: word, note, text, kind ("", "sub" or "grand")."""


@dataclass(frozen=True)
class Missing:
    """One thing that is missing, with the one button that mends it ("" for none)."""

    kind: str
    when: str
    title: str
    text: str
    remedy: str = ""
    url: str = ""
    id: str = ""


@dataclass(frozen=True)
class Books:
    """The month as the books have it: the run that is not discarded, the sealed one, the people, the staff."""

    month: Month
    run: Run | None
    sealed: SealedRun | None
    empty: bool
    settled: frozenset[Month]
    begins: Month
    scheme: SchemeRow | None
    splits: SchemeRow | None
    worked: Worked | None
    named: Mapping[str, Named]
    staff: Sequence[tuple[Account, str]]
    stale: bool
    papers: int

    @property
    def state(self) -> str:
        """none, empty, draft, submitted or approved."""
        if self.sealed is not None:
            return "approved"
        if self.run is not None:
            return self.run.state
        return "empty" if self.empty else "none"

    @property
    def total(self) -> int:
        """What is to be paid in all, in cents."""
        return self.worked.result.identity.stipends if self.worked else 0

    def staff_name(self, ref: str | None) -> str:
        """The name of an account."""
        return next((account.name for account, _role in self.staff if account.ref == ref), "")

    def holder(self, role: str) -> str:
        """The name of the first active account with a role."""
        return next((account.name for account, own in self.staff if own == role and account.active), "")


def read(doing: Doing, month: Month) -> Books:
    """Everything that the page needs, in a number of queries that does not depend on the number of people."""
    session, scope = doing.session, doing.scope
    run, sealed = runs.find_run(session, scope, month), runs.find_sealed(session, scope, month)
    worked = stored(sealed.inputs, sealed.result) if sealed else stored(run.inputs, run.result) if run else None
    empty = runs.empty_months(session, scope)
    first, inside = versions.in_month(session, scope, month)
    return Books(
        month, run, sealed, month in empty, runs.approved_months(session, scope) | empty, doing.workshop().begins,
        first, inside if inside and parse(inside.text).inside_month is InsideMonth.SPLIT else None, worked,
        {one.person.ref: one for one in people.participants(session, doing.vault, scope)},
        [(account, grant.role) for account, grant in organisation.grants_of(session, scope)],
        stale=sealed is None and run is not None and is_stale(doing, run),
        papers=len(papers.papers_of_run(session, scope, sealed.run_ref)) if sealed else 0)


def can_be_empty(doing: Doing, month: Month) -> bool:
    """Whether nothing is booked in a month that is over, so that it may be declared empty."""
    if month >= Month.of(doing.today) or not doing.can(May.CALCULATE):
        return False
    session, scope = doing.session, doing.scope
    return not sales.lines_of(session, scope, month) and not production.attendance_days(session, scope, month)


# ---------- the table ----------


def columns(books: Books) -> list[Column]:
    """A column for every part and limit of the scheme, and for the engine's own lines where there are any."""
    worked = books.worked
    if worked is None:
        return []
    cents = {one.person: _by_part(one.lines) for one in worked.result.people}
    versions = [one for one in (worked.scheme.before, worked.scheme) if one]
    heads = list({part.key: (part.key, part.label, True) for one in versions for part in one.parts}.values())
    heads += [(limit.key, _limit_head(limit), False) for limit in worked.scheme.limits]
    heads += [(key, explained.own_label(key), False) for key in OWN_PARTS if any(key in own for own in cents.values())]
    return [Column(head, {ref: own.get(key, 0 if always else None) for ref, own in cents.items()}) for key, head, always in heads]


def _by_part(lines: Sequence[StatementLine]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.part] += line.cents
    return dict(sums)


def days_head(books: Books) -> str:
    """What the column of days counts; "" when the scheme pays nothing by the day."""
    rules_by_day = [part.rule for part in books.worked.scheme.parts if isinstance(part.rule, PerDay)] if books.worked else []
    if not rules_by_day:
        return ""
    if any(rule.from_pool for rule in rules_by_day):
        return _("Days")
    least = min(band.start for rule in rules_by_day for band in rule.bands)
    return _("Days of %(hours)s h or more", hours=i18n.hours(least))


def days_of(one: PersonResult) -> int:
    """How many days counted for a person: the most that a part counts; a split month's days are added."""
    counted: defaultdict[str, int] = defaultdict(int)
    for line in one.lines:
        if line.kind == "per_day":
            counted[line.part] += int(line.numbers["days"])
    return max(counted.values(), default=0)


def name_of(books: Books, ref: str) -> str:
    """A person's name; their number when the identity is not in the workshop any more."""
    named = books.named.get(ref)
    return named.name if named else "—"


def table(books: Books, found: Sequence[Column], sort: str, *, down: bool) -> list[PersonRow]:
    """The rows in the order wanted."""
    if books.worked is None:
        return []
    rows = [
        PersonRow(one.person, one.number, name_of(books, one.person), _person_url(books, one.person), days_of(one),
                  tuple(column.cents[one.person] for column in found), one.total)
        for one in books.worked.result.people]
    keys: dict[str, Callable[[PersonRow], tuple[object, ...]]] = {
        "name": lambda row: alphabetic(row.name), "total": lambda row: (row.total,), "number": lambda row: natural(row.number)}
    rows.sort(key=lambda row: natural(row.number))
    return sorted(rows, key=keys[sort], reverse=down)


def alphabetic(name: str) -> tuple[object, ...]:
    """Sort key of names in the Lithuanian alphabet; other letters after z."""
    return tuple(ALPHABET.index(letter) if letter in ALPHABET else -1 if letter == " " else 99 + ord(letter)
                 for letter in name.lower())


def _person_url(books: Books, ref: str) -> str:
    named = books.named.get(ref)
    return url_for("month.person", month=str(books.month), ref=named.ref) if named else ""


# ---------- the columns of figures ----------


def shared_sum(books: Books) -> list[Figure]:
    """From what was sold to what is left for the reserve: the month's identity as a column."""
    worked = books.worked
    if worked is None:
        return []
    one, count = worked.result.identity, len(worked.inputs.lines)
    back = sum(line.quantity < 0 for line in worked.inputs.lines)
    lines = ngettext("%(num)s line", "%(num)s lines", count)
    lines += ngettext(", %(num)s of them a return", ", %(num)s of them returns", back) if back else ""
    figures = [
        (_("Sold without VAT"), lines, i18n.money(one.realised_net), ""),
        (_("Materials"), "", i18n.money(-one.deducted), "")]
    if one.carried_in:
        figures.append((_("Carried in from the month before"), "", i18n.money(one.carried_in), ""))
    figures.append((_("Shared sum"), "", i18n.money(one.realised_net - one.deducted + one.carried_in), "sub"))
    if one.unassigned:
        figures.append((_("Sold without a lot"), _("unassigned, waits for a decision"), i18n.money(-one.unassigned), ""))
    figures += _paid_from_pool(books, worked)
    if one.carried_out:
        figures.append((_("Carried to the next month"), "", i18n.money(-one.carried_out), ""))
    word, cents = (_("From the reserve"), -one.from_reserve) if one.from_reserve else (_("To the reserve"), one.to_reserve)
    return [*figures, (word, "", i18n.money(cents), "grand")]


def _paid_from_pool(books: Books, worked: Worked) -> list[Figure]:
    sums: defaultdict[str, int] = defaultdict(int)
    whose: defaultdict[str, list[str]] = defaultdict(list)
    for person in worked.result.people:
        for line in person.lines:
            if line.payer in ("pool", "reserve"):
                sums[line.part] += line.cents
                whose[line.part].append(name_of(books, person.person))
    traced = sum((row.cents for row in worked.result.traced if row.counts), Fraction(0))
    figures = []
    for key, cents in sums.items():
        written, note = worked.scheme.find(key), ""
        part = worked.scheme.part(key)
        if part is None:
            note = names(sorted(set(whose[key]), key=alphabetic))
        elif isinstance(part.rule, TracedPortion):
            percent = i18n.percent(half_up(part.rule.portion * 1000))
            note = _("%(percent)s of %(sum)s", percent=percent, sum=i18n.money(half_up(traced)))
        figures.append((written.label if written else explained.own_label(key), note, i18n.money(-cents), ""))
    return figures


def names(found: Sequence[str], most: int = MOST_NAMED) -> str:
    """Names with commas; the rest as a number."""
    text = ", ".join(found[:most])
    rest = len(found) - most
    return text if rest <= 0 else text + " " + ngettext("and %(num)s more", "and %(num)s more", rest)


def to_pay(books: Books) -> list[Figure]:
    """Who pays the month's stipends."""
    worked = books.worked
    if worked is None:
        return []
    one = worked.result.identity
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in (line for person in worked.result.people for line in person.lines):
        sums[line.payer, str(line.numbers.get("cuts", line.part))] += line.cents
    others = {fund.key: sum(cents for (payer, _part), cents in sums.items() if payer == fund.key) for fund in worked.scheme.funds}
    apart = sum(cents for (payer, _part), cents in sums.items() if payer == "budget" or payer in others)
    shared = one.stipends + one.withheld - apart
    figures = [(_("From the shared sum"), "", i18n.money(shared), "")]
    for part in worked.scheme.parts:
        if part.payer == "budget":
            counted = sum(days_of(person) for person in worked.result.people)
            note = ngettext("%(num)s day", "%(num)s days", counted) if isinstance(part.rule, PerDay) else ""
            word = _("From the budget: %(part)s", part=part.label[:1].lower() + part.label[1:])
            figures.append((word, note, i18n.money(sums["budget", part.key]), ""))
    for fund in worked.scheme.funds:
        if others[fund.key]:
            word = _("From the fund “%(fund)s”", fund=fund.label)
            word = word if others[fund.key] > 0 else _("Into the fund “%(fund)s”", fund=fund.label)
            figures.append((word, "", i18n.money(others[fund.key]), ""))
    if one.withheld:
        figures.append((_("Withheld"), "", i18n.money(-one.withheld), ""))
    return [*figures, (_("To pay in all"), "", i18n.money(one.stipends), "grand")]


def sections(books: Books) -> tuple[Section, ...]:
    """The month's own account: pool, funds, amounts and checks, for rules that have them."""
    worked = books.worked
    return () if worked is None else months.sections(worked.inputs, worked.scheme, worked.result)


# ---------- what is missing ----------


def missing(doing: Doing, books: Books) -> list[Missing]:
    """What the month lacks, what stops it first; each with the remedy that this role has."""
    if books.state in ("approved", "empty"):
        return []
    found = [*_blockers(books), *_days(doing, books), *_open_days(doing, books)]
    if books.worked is not None:
        found += [*_without_lot(doing, books), *_without_account(doing, books)]
    return found


def _blockers(books: Books) -> list[Missing]:
    found = []
    for month in rules.open_before(books.month, books.begins, books.settled)[:1]:
        found.append(Missing(
            "stop", _("Before submitting"), _("An earlier month is open: %(month)s", month=i18n.month_title(month)),
            _("Months are settled in their order: approve it, or declare that it has nothing to pay."),
            _("Open that month"), url_for("month.page", month=str(month)), "earlier"))
    if books.scheme is None:
        found.append(Missing(
            "stop", _("Before calculating"), _("No rules of calculation are in force"),
            _("The director approves rules that hold from the first day of this month or earlier."),
            _("Open the rules"), url_for("schemes.listed"), "rules"))
    return found


def _days(doing: Doing, books: Books) -> list[Missing]:
    written = production.attendance_days(doing.session, doing.scope, books.month)
    bare = rules.days_without(calendar.working_days(books.month), written, doing.today)
    if not bare:
        return []
    title = ngettext("%(num)s working day has no attendance", "%(num)s working days have no attendance", len(bare))
    text = _("Nobody is marked on: %(days)s. If the hours change, the sum for days changes too.",
             days=names([i18n.day_and_month(day) for day in bare]))
    return [Missing("wait", _("Needs a look"), title, text, *_bring_in(doing, _("Bring in attendance")), "days")]


def _open_days(doing: Doing, books: Books) -> list[Missing]:
    found = days.not_closed(doing.session, doing.scope, books.month.first, min(books.month.last, doing.today))
    if not found:
        return []
    title = ngettext("%(num)s day is not closed", "%(num)s days are not closed", len(found))
    text = _("The instructor does not say yet that everything is written down on: %(days)s.",
             days=names([i18n.day_and_month(day) for day in found]))
    return [Missing("wait", _("Needs a look"), title, text, _("Open the day"), url_for("day.page", day=found[0].isoformat()),
                    "open-days")]


def _bring_in(doing: Doing, word: str) -> tuple[str, str]:
    return (word, url_for("imports.page")) if doing.can(May.IMPORT_ATTENDANCE) else ("", "")


def _without_lot(doing: Doing, books: Books) -> list[Missing]:
    assert books.worked is not None
    found = rules.without_lot(books.worked.inputs, books.worked.result)
    told = stock_moves.settled(doing.session, doing.scope, [one.line.key for one in found])
    found = tuple(one for one in found if one.quantity > told.get(one.line.key, 0))
    things = {row.code: row for row in production.products(doing.session, doing.scope)}
    shown = []
    for one in found[:MOST_NAMED]:
        product = things.get(one.line.product)
        name, unit = (product.name, product.unit) if product else (one.line.product, "")
        where = _("%(document)s, line %(line)s", document=one.line.document, line=one.line.number) if one.line.document \
            else _("Written by hand on %(day)s", day=i18n.day(one.line.day))
        text = _("%(where)s: sold %(sold)s, from lots %(lots)s; until this is decided, %(sum)s stays unassigned.",
                 where=where, sold=i18n.quantity(one.line.quantity, unit),
                 lots=i18n.quantity(one.line.quantity - one.quantity, unit), sum=i18n.money(one.cents))
        title = _("Sold without a lot: %(product)s, %(quantity)s", product=name, quantity=i18n.quantity(one.quantity, unit))
        url = url_for("goods.sale", ref=one.line.key)
        shown.append(Missing("wait", _("Needs a decision"), title, text, _("Open the sale line"), url))
    if len(found) > MOST_NAMED:
        rest = found[MOST_NAMED:]
        title = ngettext("%(num)s more line is sold without a lot", "%(num)s more lines are sold without a lot", len(rest))
        text = _("Of them %(sum)s stays unassigned until it is decided.", sum=i18n.money(sum(one.cents for one in rest)))
        shown.append(Missing("wait", _("Needs a decision"), title, text, *_bring_in(doing, _("Bring in lots"))))
    return shown


def _without_account(doing: Doing, books: Books) -> list[Missing]:
    assert books.worked is not None
    known = [ref for ref, one in books.named.items() if one.identity.iban]
    sums = {one.person: one.total for one in books.worked.result.people}
    refs = rules.without_account(books.worked.result, known)
    if not refs:
        return []
    title = ngettext("%(num)s person has no account number", "%(num)s people have no account number", len(refs))
    whose = names([f"{name_of(books, ref)} ({i18n.money(sums[ref])})" for ref in refs])
    text = _("%(people)s. Without an account they will be paid in cash.", people=whose)
    return [Missing("wait", _("Before paying"), title, text, *_bring_in(doing, _("Bring in account numbers")), "accounts")]


# ---------- where the run stands ----------


def stages(books: Books, paid: State = State.PENDING) -> list[tuple[str, str, str]]:
    """Draft, submitted, approved, paid: each with its note and its state (past, now or ""). `paid` says how far the money is."""
    header = books.sealed or books.run
    at = {"draft": 0, "submitted": 1, "approved": 4 if paid is State.SETTLED else 2}.get(books.state, -1)
    notes = ["", "", "", {State.SENT: pgettext("payment", "on the way"), State.SETTLED: ""}.get(
        paid, _("after approval, by the pay sheet"))]
    if header is not None:
        notes[0] = _("calculated %(moment)s", moment=i18n.moment(header.calculated_at))
    accountant, director = books.holder(Role.ACCOUNTANT), books.holder(Role.DIRECTOR)
    notes[1] = _("submits %(name)s", name=accountant) if accountant else ""
    notes[2] = _("approves %(name)s", name=director) if director else ""
    if header is not None and header.submitted_at and at >= 1:
        notes[1] = f"{books.staff_name(header.submitted_by)}, {i18n.moment(header.submitted_at)}"
    if header is not None and header.approved_at and at >= 2:
        notes[2] = f"{books.staff_name(header.approved_by)}, {i18n.moment(header.approved_at)}"
    words = [pgettext("run", "Draft"), pgettext("run", "Submitted"), pgettext("run", "Approved"), pgettext("run", "Paid out")]
    return [(word, note, "past" if place < at else "now" if place == at else "")
            for place, (word, note) in enumerate(zip(words, notes, strict=True))]


def about(books: Books, workshop: str) -> str:
    """The line below the title: workshop, number of the run, rules."""
    told = [workshop]
    if books.sealed is not None:
        told.append(_("stipend run %(number)s", number=books.sealed.number))
    scheme = books.worked.scheme if books.worked else None
    before, held = (scheme.before, scheme) if scheme else (books.scheme if books.splits else None, books.splits or books.scheme)
    if held is not None and before is not None:
        told.append(_("split by date: rules No. %(before)s, from %(day)s rules No. %(number)s",
                      before=before.number, number=held.number, day=i18n.day(held.in_force_from)))
    elif held is not None:
        told.append(_("rules No. %(number)s, in force from %(day)s", number=held.number, day=i18n.day(held.in_force_from)))
    return " · ".join(told)


def months_around(books: Books, today: Month) -> tuple[Month | None, Month | None]:
    """The months that the arrows lead to."""
    before = books.month.plus(-1) if books.month > books.begins else None
    return before, books.month.plus(1) if books.month < today else None


def _limit_head(limit: Limit) -> str:
    """What a limit is called over its column, with its sum when it is the same for all."""
    return limit.label if limit.ceiling is None else f"{limit.label}, {i18n.money(limit.ceiling)}"
