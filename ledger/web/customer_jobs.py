"""Orders of customers: what is late, what is due, what ended; taking one, changing and ending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectChoice, SelectField, StringField

from ledger import i18n
from ledger.actions import customer_jobs as actions
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.work_steps import Job
from ledger.documents.sheets import Cents, Sheet, Thousandths
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import production, said, work_steps
from ledger.records.production import Product
from ledger.records.work_steps import JobRow
from ledger.web import lists
from ledger.web.forms import CentsField, DayField, Form, QuantityField, needed
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("jobs")

SOON = timedelta(days=7)


class JobForm(Form):
    """An order."""

    customer = StringField(lazy_text("Customer"), [needed])
    product = SelectField(lazy_text("What is ordered"), [needed], validate_choice=False)
    taken = DayField(lazy_text("Taken on"), [needed])
    due = DayField(lazy_text("Due by"), [needed])
    quantity = QuantityField(lazy_text("Quantity"), description=lazy_text("Not required when the price is agreed."))
    price = CentsField(lazy_text("Price for all of it"), description=lazy_text(
        "With VAT. Not required when the quantity is agreed."))
    version = HiddenField()

    def job(self) -> Job:
        """The order as it is typed."""
        taken, due = self.taken.data, self.due.data
        assert taken is not None  # the form was checked
        assert due is not None
        return Job(self.customer.data or "", taken, due, self.quantity.data, self.price.data)


@dataclass(frozen=True)
class Shown:
    """An order as the list shows it; `state` is late, soon, open, done or off; `days` how many it is late or has left."""

    row: JobRow
    product: Product
    customer: str
    state: str
    days: int


def _shown(row: JobRow, product: Product, customer: str, today: date) -> Shown:
    days = (row.due_on - today).days
    state = row.ended_as or ("late" if days < 0 else "soon" if row.due_on <= today + SOON else "open")
    return Shown(row, product, customer, state, abs(days))


@room.get("/jobs", May.SEE_JOBS)
def listed(turn: Turn) -> ResponseReturnValue:
    """Open orders, the first due first; on wish those that ended."""
    return _list(turn)


def _list(turn: Turn) -> ResponseReturnValue:
    session, scope = turn.session, turn.doing.scope
    ended, text = lists.asked("ended") == "1", lists.asked("text")
    goods = {one.id: one for one in production.products(session, scope)}
    rows = work_steps.jobs(session, scope, ended=ended)
    names = said.texts(session, scope, [row.customer_ref for row in rows])
    every = [_shown(row, goods[row.product_id], names.get(row.customer_ref, ""), turn.doing.today) for row in rows]
    found = [one for one in every if lists.fits(text, one.customer, one.product.name, one.product.code)]
    if lists.wanted_file():
        return lists.file_of(turn, [_sheet(found)], f"uzsakymai-{turn.doing.today.isoformat()}")
    page = lists.paged(found)
    return render_template(
        "jobs/list.html", jobs=page.rows, count=page.count, any=bool(every), ended=ended, text=text,
        late=len([one for one in every if one.state == "late"]), soon=len([one for one in every if one.state == "soon"]),
        page=page.page, last=page.last, url=lists.address)


def _sheet(found: Sequence[Shown]) -> Sheet:
    return Sheet(_("Orders of customers"), (
        _("Customer"), _("Code"), _("What is ordered"), _("Quantity"), _("Unit"), _("Price"), _("Taken on"), _("Due by"),
        _("Ended on")),
        tuple((one.customer, one.product.code, one.product.name,
               None if one.row.quantity is None else Thousandths(one.row.quantity), i18n.unit_name(one.product.unit),
               None if one.row.price_cents is None else Cents(one.row.price_cents), one.row.taken_on, one.row.due_on,
               one.row.ended_on) for one in found))


def _form_page(turn: Turn, form: Any, row: JobRow | None = None, told: str = "") -> str:
    products = production.products(turn.session, turn.doing.scope)
    form.product.choices = [SelectChoice("", _("Choose")), *(SelectChoice(one.ref, one.name) for one in products)]
    shown = None
    if row is not None:
        customer = said.texts(turn.session, turn.doing.scope, [row.customer_ref]).get(row.customer_ref, "")
        shown = _shown(row, next(one for one in products if one.id == row.product_id), customer, turn.doing.today)
    return render_template("jobs/form.html", form=form, shown=shown, told=told)


@room.get("/jobs/new", May.KEEP_JOBS)
def new(turn: Turn) -> ResponseReturnValue:
    """The form of a new order."""
    return _form_page(turn, JobForm(None, data={"taken": turn.doing.today, "product": request.args.get("product", "")}))


@room.post("/jobs/new", May.KEEP_JOBS)
def take(turn: Turn) -> ResponseReturnValue:
    """Take an order."""
    form = JobForm.sent()
    return turn.submit(
        form, lambda: actions.take_job(turn.doing, form.product.data, form.job()), then=lambda: url_for("jobs.listed"),
        again=lambda: _form_page(turn, form), said=_("The order is written down."))


@room.get("/jobs/<job>", May.SEE_JOBS)
def page(turn: Turn, job: str) -> ResponseReturnValue:
    """An order: to read, and to change for who may."""
    return _page(turn, job)


def _page(turn: Turn, ref: str, form: Any = None, told: str = "") -> str:
    row = work_steps.get_job(turn.session, turn.doing.scope, ref)
    if form is None:
        product = next(one for one in production.products(turn.session, turn.doing.scope) if one.id == row.product_id)
        customer = said.texts(turn.session, turn.doing.scope, [row.customer_ref]).get(row.customer_ref, "")
        form = JobForm(None, data={
            "customer": customer, "product": product.ref, "taken": row.taken_on, "due": row.due_on, "quantity": row.quantity,
            "price": row.price_cents, "version": row.version})
    form.version.data = str(row.version)
    return _form_page(turn, form, row, told)


def _version(text: str | None) -> int:
    if not (text or "").isdecimal():
        raise Refused("changed_meanwhile")
    return int(text or "0")


@room.post("/jobs/<job>", May.KEEP_JOBS)
def keep(turn: Turn, job: str) -> ResponseReturnValue:
    """Change an order."""
    form = JobForm.sent()
    version = form.version.data
    return turn.submit(
        form, lambda: actions.keep_job(turn.doing, job, _version(version), form.product.data, form.job()),
        then=lambda: url_for("jobs.listed"), again=lambda: _page(turn, job, form), said=_("The order is changed."))


@room.post("/jobs/<job>/end", May.KEEP_JOBS)
def end(turn: Turn, job: str) -> ResponseReturnValue:
    """It is done, or called off."""
    done = request.form.get("how") != "off"
    return turn.attempt(
        lambda: actions.end_job(turn.doing, job, _version(request.form.get("version")), done=done),
        then=lambda: url_for("jobs.listed"), again=lambda refused: _page(turn, job, told=refused_sentence(refused)),
        said=_("The order is done.") if done else _("The order is called off."))


@room.post("/jobs/<job>/again", May.KEEP_JOBS)
def again(turn: Turn, job: str) -> ResponseReturnValue:
    """It was ended by mistake."""
    return turn.attempt(
        lambda: actions.open_job_again(turn.doing, job, _version(request.form.get("version"))),
        then=lambda: url_for("jobs.page", job=job), again=lambda refused: _page(turn, job, told=refused_sentence(refused)),
        said=_("The order is open again."))
