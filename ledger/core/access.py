"""Who may do what (design/access.md), as data: the views, the buttons and the tests all read it here.

`check` raises `Hidden` (the page answers 404) so that nobody learns what is there; `can` asks the same for a button.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.core.faults import Hidden


class Role(StrEnum):
    """What an account is. A person who is two of these in one place has two accounts."""

    PARTICIPANT = "participant"
    GUARDIAN = "guardian"
    INSTRUCTOR = "instructor"
    SOCIAL = "social"
    SALES = "sales"
    CASE = "case"
    ACCOUNTANT = "accountant"
    DIRECTOR = "director"
    ADMIN = "admin"
    FUNDER = "funder"


class Reach(StrEnum):
    """How far a permission of a role goes."""

    SELF = "own person"
    WORKSHOP = "own workshops on the date of the record"
    ORGANISATION = "whole organisation"


class May(StrEnum):
    """Everything that a person can do; closed, so that a new thing needs a new line in RULES."""

    SEE_DAY = "see a day: attendance, lots and sales"
    LOG_ATTENDANCE = "log attendance"
    LOG_PRODUCTION = "log what was made"
    LOG_SALE = "log what was sold"
    SELL = "sell at the till, take back what comes back there"
    SEE_TILL = "see what the till sold"
    COUNT_TILL = "count a day's cash"
    SEE_CUSTOMERS = "see customers and what they owe"
    KEEP_CUSTOMERS = "write customers down"
    TAKE_PAYMENT = "write down what customers paid"
    SEE_ENTRIES = "see what a month's calculation reads besides attendance, lots and sales"
    LOG_WORK = "log what a person did on a day: kinds of hours, tasks, points"
    SET_FIGURES = "set a month's figures: costs, budgets"
    DECIDE = "decide about a person's encouragement"
    SET_VALUES = "set a person's own values that pay depends on"
    RATE = "rate what a person manages and plan their days"
    SEE_LOTS = "see lots and stock"
    KEEP_STOCK = "move goods between places, count them, settle what was sold without a lot"
    SEE_SALES = "see sale lines"
    SEE_SUMS = "see what was made and sold, in sums"
    SEE_PRODUCTS = "see products and prices"
    KEEP_PRODUCTS = "add products and change their names and pictures"
    PRICE_PRODUCTS = "set a product's price from a day on and its list of materials"
    KEEP_STEPS = "add, change, order and end the steps of a product"
    TIME_STEPS = "write time studies of steps down"
    SEE_CARDS = "see the work cards of products"
    SEE_JOBS = "see orders of customers"
    KEEP_JOBS = "take, change and end orders of customers"
    SEE_PEOPLE = "see the list of participants and their dates"
    SEE_PERSON = "see a participant's profile"
    KEEP_PEOPLE = "create and change participants"
    SEE_GOALS = "see goals and their observations"
    KEEP_GOALS = "set, change and end goals"
    OBSERVE_GOALS = "write an observation of a goal"
    IMPORT_PEOPLE = "bring in participants"
    IMPORT_PRODUCTS = "bring in products and prices"
    IMPORT_ATTENDANCE = "bring in attendance"
    IMPORT_PRODUCTION = "bring in lots"
    IMPORT_SALES = "bring in sales"
    SEE_MONTH = "see a month's calculation, person by person"
    CALCULATE = "work out and submit a month"
    APPROVE = "approve or send back a month"
    SEE_LATE = "see late rows of approved months and what became of them"
    OFFER_LATE = "say what was wrong in an approved month"
    ACCEPT_LATE = "accept or refuse a late row"
    CORRECT = "work out corrections and write debts off"
    APPROVE_CORRECTION = "approve a correction"
    SEE_SCHEMES = "read the rules of calculation"
    DRAFT_SCHEME = "write a draft of the rules of calculation"
    APPROVE_SCHEME = "approve a scheme"
    SEE_CALCULATION = "open the calculation paper and the pay sheet of others"
    SEE_LEAF = "open the easy leaf of others"
    PRINT_PAPERS = "start the making of papers"
    SEE_CERTIFICATES = "open certificates of stipends received"
    MAKE_CERTIFICATE = "make a certificate of stipends received"
    SEE_YEAR = "see the year's sums per person"
    TAKE_AUDIT_PACK = "take a month's audit pack, with names and papers"
    TAKE_PSEUDONYMISED = "take a month's audit pack without names and papers, for a funder"
    SEE_BATCHES = "see work in the background and what of it failed"
    SEE_OWN = "see one's own month, leaf, calculation and goals"
    SAY_WRONG = "say that something is wrong"
    ANSWER_WRONG = "see and settle what a participant says is wrong"
    MAKE_BADGES = "print and void badges"
    KEEP_DEVICES = "register and void devices"
    SEE_PAYMENTS = "see what is owed, batches of payments and statements of the bank"
    PAY = "make payments, take the bank's file, write down what was paid"
    APPROVE_PAYMENTS = "approve a batch of payments"
    SEE_PAYEES = "see how a person is paid: account, payee, cash, waiting"
    KEEP_PAYEES = "write down another payee, cash by choice, money that waits"
    CONFIRM_ACCOUNT = "confirm a changed account or a payee as the second person"
    SEE_AUDIT = "see the audit trail"
    KEEP_ACCOUNTS = "see, invite and end accounts of staff, give and end their roles"
    SET_UP = "see what a workshop still needs before it can work"
    KEEP_PROVIDER = "change what provider and workshop are called"
    RESTORE = "bring the books back from a backup, together with a second person"
    ALLOW_RESTORE = "be the second person who allows it"
    SEE_JOURNAL = "read the journal, balances and closing sheets"
    KEEP_JOURNAL = "set codes of accounts and the balances with which the books begin"
    CLOSE_MONTH = "begin and finish the closing of a month"
    ASK_REOPEN = "ask that a closed month be opened again"
    REOPEN = "open a closed month again, when another asked for it, or say no"


_W, _O, _S = Reach.WORKSHOP, Reach.ORGANISATION, Reach.SELF
PAR, INS, SOC, SAL, ACC, DIR, ADM = (
    Role.PARTICIPANT, Role.INSTRUCTOR, Role.SOCIAL, Role.SALES, Role.ACCOUNTANT, Role.DIRECTOR, Role.ADMIN)

RULES: Mapping[May, Mapping[Role, Reach]] = {
    May.SEE_DAY: {INS: _W, ACC: _O, DIR: _O},
    May.LOG_ATTENDANCE: {INS: _W},
    May.LOG_PRODUCTION: {INS: _W},
    May.LOG_SALE: {INS: _W, SAL: _W, ACC: _O},
    May.SELL: {INS: _W, SAL: _W},
    May.SEE_TILL: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.COUNT_TILL: {INS: _W, SAL: _W, ACC: _O},
    May.SEE_CUSTOMERS: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.KEEP_CUSTOMERS: {INS: _W, SAL: _W, ACC: _O},
    May.TAKE_PAYMENT: {ACC: _O},
    May.SEE_ENTRIES: {INS: _W, ACC: _O, DIR: _O},
    May.LOG_WORK: {INS: _W, ACC: _O},
    May.SET_FIGURES: {ACC: _O},
    May.DECIDE: {DIR: _O},
    May.SET_VALUES: {ACC: _O, DIR: _O},
    May.RATE: {INS: _W, SOC: _W},
    May.SEE_LOTS: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.KEEP_STOCK: {INS: _W, SAL: _W, ACC: _O},
    May.SEE_SALES: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.SEE_SUMS: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.SEE_PRODUCTS: {INS: _W, SAL: _W, SOC: _W, ACC: _O, DIR: _O},
    May.KEEP_PRODUCTS: {INS: _W, SAL: _W},
    May.PRICE_PRODUCTS: {INS: _W, SAL: _W, ACC: _O},
    May.KEEP_STEPS: {INS: _W, SAL: _W},
    May.TIME_STEPS: {INS: _W},
    May.SEE_CARDS: {PAR: _S, INS: _W, SAL: _W, SOC: _W, ACC: _O, DIR: _O},
    May.SEE_JOBS: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.KEEP_JOBS: {INS: _W, SAL: _W},
    May.SEE_PEOPLE: {INS: _W, SOC: _W, ACC: _O, DIR: _O},
    May.SEE_PERSON: {INS: _W, SOC: _W, ACC: _O, DIR: _O},
    May.KEEP_PEOPLE: {SOC: _W},
    May.SEE_GOALS: {INS: _W, SOC: _W},
    May.KEEP_GOALS: {SOC: _W},
    May.OBSERVE_GOALS: {INS: _W, SOC: _W},
    May.IMPORT_PEOPLE: {SOC: _W, ACC: _O},
    May.IMPORT_PRODUCTS: {INS: _W, SAL: _W, ACC: _O},
    May.IMPORT_ATTENDANCE: {INS: _W, ACC: _O},
    May.IMPORT_PRODUCTION: {INS: _W, ACC: _O},
    May.IMPORT_SALES: {SAL: _W, ACC: _O},
    May.SEE_MONTH: {ACC: _O, DIR: _O},
    May.CALCULATE: {ACC: _O},
    May.APPROVE: {DIR: _O},
    May.SEE_LATE: {INS: _W, SAL: _W, ACC: _O, DIR: _O},
    May.OFFER_LATE: {INS: _W, SAL: _W, ACC: _O},
    May.ACCEPT_LATE: {ACC: _O},
    May.CORRECT: {ACC: _O},
    May.APPROVE_CORRECTION: {DIR: _O},
    May.SEE_SCHEMES: {INS: _W, SAL: _W, SOC: _W, ACC: _O, DIR: _O},
    May.DRAFT_SCHEME: {ACC: _O, DIR: _O},
    May.APPROVE_SCHEME: {DIR: _O},
    May.SEE_CALCULATION: {ACC: _O, DIR: _O},
    May.SEE_LEAF: {SOC: _W},
    May.PRINT_PAPERS: {ACC: _O, DIR: _O},
    May.SEE_CERTIFICATES: {ACC: _O, DIR: _O},
    May.MAKE_CERTIFICATE: {ACC: _O},
    May.SEE_YEAR: {ACC: _O, DIR: _O},
    May.TAKE_AUDIT_PACK: {ACC: _O, DIR: _O},
    May.TAKE_PSEUDONYMISED: {DIR: _O},
    May.SEE_BATCHES: {ACC: _O},
    May.SEE_OWN: {PAR: _S},
    May.SAY_WRONG: {PAR: _S},
    May.ANSWER_WRONG: {INS: _W},
    May.MAKE_BADGES: {INS: _W},
    May.KEEP_DEVICES: {DIR: _O, ADM: _O},
    May.SEE_PAYMENTS: {ACC: _O, DIR: _O},
    May.PAY: {ACC: _O},
    May.APPROVE_PAYMENTS: {DIR: _O},
    May.SEE_PAYEES: {SOC: _W, ACC: _O, DIR: _O},
    May.KEEP_PAYEES: {SOC: _W, ACC: _O},
    May.CONFIRM_ACCOUNT: {SOC: _W, DIR: _O},
    May.SEE_AUDIT: {DIR: _O},
    May.KEEP_ACCOUNTS: {DIR: _O, ADM: _O},
    May.SET_UP: {ACC: _O, DIR: _O, ADM: _O},
    May.KEEP_PROVIDER: {DIR: _O},
    May.RESTORE: {ACC: _O, DIR: _O, ADM: _O},  # a small provider has no other second person than its accountant
    May.ALLOW_RESTORE: {DIR: _O},
    May.SEE_JOURNAL: {ACC: _O, DIR: _O},
    May.KEEP_JOURNAL: {ACC: _O},
    May.CLOSE_MONTH: {ACC: _O},
    May.ASK_REOPEN: {ACC: _O, DIR: _O},
    May.REOPEN: {DIR: _O},
}

NEVER_TOGETHER = frozenset({Role.ACCOUNTANT, Role.DIRECTOR})
"""Who calculates does not approve: one account never has both."""


@dataclass(frozen=True)
class Grant:
    """A role in a workshop (None: the whole organisation) from a day to a day, both inclusive."""

    role: Role
    workshop: int | None
    from_day: date
    until_day: date | None = None

    def holds(self, workshop: int, day: date) -> bool:
        """Whether it counts in this workshop on this day."""
        return (self.workshop in (None, workshop) and self.from_day <= day
                and (self.until_day is None or day <= self.until_day))


@dataclass(frozen=True)
class Who:
    """Somebody signed in, as the rules see them; `person` is the books' reference of a participant."""

    account: str
    name: str
    organisation: int
    person: str | None
    grants: tuple[Grant, ...]

    def roles(self, workshop: int, day: date) -> tuple[Role, ...]:
        """The roles held in a workshop on a day."""
        return tuple(grant.role for grant in self.grants if grant.holds(workshop, day))


@dataclass(frozen=True)
class Place:
    """Where and when: the workshop, today (a role must be live), and the day of the record if it has one."""

    organisation: int
    workshop: int
    today: date
    day: date | None = None


def can(who: Who, may: May, place: Place, person: str | None = None) -> bool:
    """Whether this is allowed here; `person` is the books' reference of the participant concerned, if one is."""
    if who.organisation != place.organisation:
        return False
    rule = RULES[may]
    return any(_reaches(who, grant, rule.get(grant.role), may, place, person) for grant in who.grants)


def _reaches(who: Who, grant: Grant, reach: Reach | None, may: May, place: Place, person: str | None) -> bool:
    if reach is Reach.SELF:
        return person is not None and person == who.person and grant.holds(place.workshop, place.today)
    if reach is Reach.WORKSHOP:
        # a record is judged by the role of its own day: who left on the 10th still reads the 10th, and writes nothing
        live = grant.holds(place.workshop, place.today)
        return grant.holds(place.workshop, place.day or place.today) and (live or may.name.startswith("SEE_"))
    return reach is Reach.ORGANISATION and grant.holds(place.workshop, place.today)


def check(who: Who, may: May, place: Place, person: str | None = None) -> None:
    """Raise Hidden unless `can`."""
    if not can(who, may, place, person):
        raise Hidden
