"""The access list as addresses: what each route is for each role, with the references of one organisation filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import paying
import photographed
import stepped
from house import OCTOBER, STAFF, House
from sqlalchemy import select

from ledger.actions import (
    bank,
    customer_jobs,
    customers,
    days,
    entries,
    goals,
    invoices,
    materials,
    payees,
    payments,
    photos,
    production,
    sales,
    stock,
    till,
    work_steps,
)
from ledger.actions.doing import Doing
from ledger.core.access import RULES as MAY
from ledger.core.access import May, Role
from ledger.core.entries import Decided, Worked
from ledger.core.payments import Way
from ledger.core.periods import Month
from ledger.core.production import SharedBy
from ledger.core.stock import Moved
from ledger.core.till import Kind
from ledger.core.till import Way as Way_
from ledger.core.work_steps import Job, Material, Step
from ledger.documents import pictures
from ledger.records import papers
from ledger.records import payments as payment_rows
from ledger.records.batches import Batch
from ledger.records.certificates import Certificate
from ledger.records.corrections import CorrectionDraft
from ledger.records.customers import Buyer, Customer
from ledger.records.days import WeekPlan
from ledger.records.entries import DecisionRow, FigureRow, PersonValueRow, WorkRow
from ledger.records.goals import GoalRow
from ledger.records.journal import JournalEntry
from ledger.records.months import Closing
from ledger.records.organisation import Account, Device
from ledger.records.payees import PayDetail
from ledger.records.payments import BankFile, PaymentBatch, PaymentRow
from ledger.records.people import Concern, Participant
from ledger.records.photos import GoalPhoto, ProductPhoto
from ledger.records.production import LotRow, Product
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument
from ledger.records.stipends import LateRow, SchemeDraft, SchemeRow
from ledger.records.stock_moves import StockCount, StockMove
from ledger.records.work_steps import JobRow, MaterialRow, StepRow, TimeStudy
from ledger.web.rules import RULES, Open

ROLES = {"meistras": Role.INSTRUCTOR, "buhalteris": Role.ACCOUNTANT, "vadovas": Role.DIRECTOR, "socialine": Role.SOCIAL,
         "D1": Role.PARTICIPANT}
INSIDE = {
    "imports": {"meistras", "buhalteris", "socialine"},
    "papers.listed": {"buhalteris", "vadovas", "socialine"}, "papers.month": {"buhalteris", "vadovas", "socialine"},
    "papers.bundle_zip": {"buhalteris", "vadovas"}, "papers.bundle_pdf": {"buhalteris", "vadovas"},
    "papers.one": {"buhalteris", "vadovas", "D1"}, "certificates.one": {"buhalteris", "vadovas", "D1"},
    "settings.password": set(STAFF), "settings.change_password": set(STAFF), "workshops.listed": set(STAFF),
    "workshops.choose": set(STAFF),
}
"""Routes open to everybody signed in that look inside at who it is; here with the calculation papers."""


@dataclass(frozen=True)
class Refs:
    """Addresses of one organisation's things, by the name of the route's argument and its room."""

    person: str
    lot: str
    sale: str
    goal: str
    product: str
    concern: str
    device: str
    paper: str
    account: str
    work: str = "b" * 26
    value: str = "b" * 26
    figure: str = "b" * 26
    decision: str = "b" * 26
    scheme: str = "b" * 26
    draft: str = "b" * 26
    batch: str = "b" * 26
    certificate: str = "b" * 26
    late: str = "b" * 26
    correction: str = "b" * 26
    closing: str = "b" * 26
    entry: str = "b" * 26
    payments: str = "b" * 26
    payment: str = "b" * 26
    statement: str = "b" * 26
    detail: str = "b" * 26
    step: str = "b" * 26
    study: str = "b" * 26
    material: str = "b" * 26
    job: str = "b" * 26
    plan: str = "b" * 26
    basket: str = "b" * 26
    order: str = "b" * 26
    customer: str = "b" * 26
    move: str = "b" * 26
    count: str = "b" * 26
    photo: str = "b" * 26
    shown: str = "b" * 26

    def of(self, endpoint: str, argument: str) -> str:
        """What stands in the address for this argument."""
        month = "2026-11" if endpoint.startswith("entries.") else str(OCTOBER)
        plain = {"month": month, "day": "2026-10-15", "kind": "calculation", "concern": self.concern, "year": "2026",
                 "form": "csv", "number": "1", "size": "a4"}
        if endpoint == "grid.sheet" and argument == "kind":
            return "day"
        if endpoint.startswith("late.") and argument == "kind":
            return "day"
        if endpoint.startswith("stock.") and argument == "kind":
            return "given"
        if endpoint == "payments.owed_file":
            return "csv"
        room, _, view = endpoint.partition(".")
        if room == "photos":
            of_product = "product" in view
            return {"size": "small", "photo": self.shown if of_product else self.photo,
                    "ref": self.product if of_product else self.goal}.get(argument, self.goal)
        if argument in plain:
            return plain[argument]
        if room in ("till", "invoices", "customers"):
            return {"till": self.basket, "invoices": self.order, "customers": self.customer}[room]
        if room in ("stock", "stock_count"):
            own = {"product": self.product, "take_back": self.move, "label": self.lot}
            return self.count if room == "stock_count" else own.get(view, self.sale)
        if argument in ("payment", "detail", "step", "study", "material", "job", "plan"):
            return str(getattr(self, argument))
        if endpoint.startswith(("payments.", "bank.")):
            return self.payments if endpoint.startswith("payments.") else self.statement
        if endpoint == "certificates.one":
            return self.certificate
        if room in ("closing", "journal"):
            return {"pdf": self.closing, "entry": self.entry, "account": "cash"}.get(view, self.person)
        if room == "day":
            return self.concern if "concern" in view else self.sale if "sale" in view or "return" in view else self.lot
        if room == "days":
            return self.work
        if room == "entries":
            return {"take_back_figure": self.figure, "take_back_decision": self.decision}.get(view, self.work)
        if argument == "value":
            return self.value
        if room == "schemes":
            return self.scheme if "version" in view else self.draft
        if room in ("steps", "materials", "cards"):
            return self.product
        if room == "goods":
            return {"lot": self.lot, "sale": self.sale}.get(view, self.product)
        if room == "corrections" and "off" not in view:
            return self.late if view in ("late", "accept", "refuse") else self.correction
        if room == "batches":
            return self.batch
        if room == "goals":
            return self.person if view in ("new", "create") else self.goal
        if room == "staff":
            return "b" * 26 if argument == "grant" else self.account
        if room == "settings":
            return self.account if "account" in view or "end" in view else self.device
        return {"papers": self.paper, "participant": self.concern}.get(room, self.person)


def refs_of(house: House, organisation: int) -> Refs:
    with house.opened.read() as books:
        def first(table: type, **having: object) -> str:
            query = select(table.ref).where(table.organisation_id == organisation)  # type: ignore[attr-defined] # every row has one
            for name, value in having.items():
                query = query.where(getattr(table, name) == value)
            newest = JournalEntry.sequence if table is JournalEntry else table.id  # type: ignore[attr-defined] # likewise
            return books.scalar(query.order_by(newest)) or "a" * 26  # type: ignore[attr-defined] # likewise
        return Refs(first(Participant), first(LotRow, booked_in="2026-11"), first(SaleRow, booked_in="2026-11"), first(GoalRow),
                    first(Product), first(Concern), first(Device), first(papers.Paper, kind="calculation"),
                    first(Account, login="socialine") if organisation == 1 else first(Account),
                    first(WorkRow), first(PersonValueRow), first(FigureRow), first(DecisionRow), first(SchemeRow),
                    first(SchemeDraft), first(Batch), first(Certificate), first(LateRow), first(CorrectionDraft),
                    first(Closing), first(JournalEntry), first(PaymentBatch), first(PaymentRow), first(BankFile), first(PayDetail),
                    first(StepRow), first(TimeStudy), first(MaterialRow), first(JobRow),
                    first(WeekPlan), first(SaleDocument, kind="sale"), first(SaleDocument, kind="order"), first(Customer),
                    first(StockMove), first(StockCount),
                    first(GoalPhoto), first(ProductPhoto))


def add_payment(doing: Doing, participant: str) -> None:
    """An approved advance in cash, and a statement of the bank."""
    payees.choose_cash(doing, participant, date(2026, 11, 1), None)
    made = payments.make_batch(doing, payments.Plan(Way.CASH, doing.today, (payments.Line(participant, 1000),), advance=True))
    another = replace(doing, who=replace(doing.who, account="another"))
    seen = payments.seen_of(payment_rows.payments_of_batch(doing.session, doing.scope, made.ref))
    payments.approve(another, payments.prepare(another, made.ref, seen))
    bank.read_statement(doing, paying.statement(paying.entry(500)))


def add_steps(doing: Doing, product: str, person: str) -> None:
    """A step with its time study and a lot shared by it, a material, an order of a customer."""
    day = date(2026, 11, 12)
    step = work_steps.add_step(doing, product, Step("Supilk", "pilti")).ref
    work_steps.add_study(doing, step, stepped.study(60, 62, 64))
    production.log_lot(doing, production.Made(product, day, 1000, 0, SharedBy.STEPS, ((person, 1),), ((step, (person,)),)))
    materials.add_material(doing, product, Material("Vaškas", 180, "kg", 520))
    customer_jobs.take_job(doing, product, Job("UAB", day, date(2026, 12, 1), 1000, None))


def add_selling(doing: Doing, product: str) -> None:
    """A basket of the till, an order of a customer."""
    day, items = date(2026, 11, 12), ((product, 1000),)
    till.sell(doing, till.Basket(day, "mugė", Way_.CARD, items, anyway=True))
    customer = customers.add_customer(doing, Buyer("UAB „Gėlė“", code="302486917"))
    invoices.write_sheet(doing, invoices.Sheet(Kind.ORDER, customer.ref, day, day, "įmonė", (invoices.SheetLine(product, 1000),),
                                               anyway=True))


def add_stock(doing: Doing, product: str) -> None:
    """Something given to a shop, a count."""
    day, shop = date(2026, 11, 12), doing.session.scalars(select(Customer.ref).where(
        Customer.workshop_id == doing.scope.workshop)).one()
    stock.move(doing, stock.Moving(Moved.GIVEN, day, ((product, 1000),), shop, anyway=True))
    stock.count(doing, stock.Counting(day, ((product, 1000),), shop))


def add_photos(doing: Doing, product: str) -> None:
    """A photo of a product, of somebody's work, a logo."""
    made = pictures.photo(photographed.picture())
    photos.put_product_photo(doing, product, made)
    goal = doing.session.scalars(select(GoalRow).where(GoalRow.workshop_id == doing.scope.workshop).order_by(GoalRow.id)).first()
    assert goal is not None
    photos.put_goal_photo(doing, goal.ref, date(2026, 11, 12), "", made)
    photos.put_logo(doing, pictures.logo(photographed.picture()))


def add_november(doing: Doing) -> None:
    """A lot, a sale, a goal, work, a value, a figure and a decision of November, and what the first participant says is wrong."""
    person = doing.session.scalars(select(Participant).where(
        Participant.workshop_id == doing.scope.workshop).order_by(Participant.id)).first()
    product = doing.session.scalars(select(Product).where(Product.workshop_id == doing.scope.workshop).order_by(Product.id)).first()
    assert person is not None
    assert product is not None
    day = date(2026, 11, 12)
    production.log_lot(doing, production.Made(product.ref, day, 2000, 0, SharedBy.EQUAL, ((person.ref, 1000),)))
    sales.log_sale(doing, sales.Sold(product.ref, day, "mugė", 1000, 500))
    add_selling(doing, product.ref)
    add_stock(doing, product.ref)
    goal = goals.Goal("general", "Ateinu laiku", "laikrodis", "Vėluoja.", "Nevėluoja.", day, date(2027, 5, 1))
    goals.set_goal(doing, person.ref, goal)
    add_photos(doing, product.ref)
    entries.log_work(doing, person.ref, Worked(day, minutes=60))
    days.set_plan(doing, person.ref, day, [60] * 7)
    entries.set_value(doing, person.ref, "lygis", date(2026, 11, 1), "1")
    add_payment(doing, person.ref)
    entries.set_figure(doing, Month(2026, 11), "sanaudos", "1")
    entries.decide(doing, person.ref, Decided(day, "", 0, "Ačiū", "V-1"))
    add_steps(doing, product.ref, person.ref)
    doing.session.add(SchemeDraft(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, name="Juodraštis",
                                  text='name = "Juodraštis"', made_by=doing.who.account, made_at=doing.at, changed_at=doing.at))
    doing.session.add(Concern(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=person.id,
                              month="2026-10", about="days", said_at=doing.at))


def allowed(endpoint: str, login: str) -> bool:
    rule = RULES[endpoint]
    if isinstance(rule, May):
        return ROLES[login] in MAY[rule]
    inside = INSIDE.get(endpoint) or INSIDE.get(endpoint.split(".")[0])
    return rule is Open.EVERYBODY or inside is None or login in inside


def addresses(house: House, method: str, refs: Refs) -> list[tuple[str, str]]:
    adapter = house.app().url_map.bind("localhost")
    made = []
    for rule in house.app().url_map.iter_rules():
        if method in (rule.methods or ()) and RULES[rule.endpoint] is not Open.EVERYBODY:
            values = {name: refs.of(rule.endpoint, name) for name in rule.arguments}
            made.append((rule.endpoint, adapter.build(rule.endpoint, values, method=method)))
    return made


