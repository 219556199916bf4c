"""Customers: who they are, what they owe on a day and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectChoice, StringField

from ledger.actions import customers as actions
from ledger.core import till
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.documents.sheets import Cents, Sheet
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, pgettext
from ledger.records import customers as rows
from ledger.records import receivables
from ledger.records.customers import Buyer, Known
from ledger.records.receivables import Owed
from ledger.web import lists
from ledger.web.board import read_day
from ledger.web.forms import Form, needed
from ledger.web.rules import Room
from ledger.web.selling_words import document_url, kind_word
from ledger.web.session import Turn

room = Room("customers")


class CustomerForm(Form):
    """Who a customer is."""

    kind = RadioField(lazy_text("What kind of customer"), [needed], default="firm", validate_choice=False, choices=[
        SelectChoice("firm", lazy_text("A shop or firm")), SelectChoice("person", lazy_text("A person"))])
    name = StringField(lazy_text("Customer’s name"), [needed])
    code = StringField(lazy_text("Company code"), description=lazy_text(
        "A person’s personal code is not asked for: leave it empty."))
    vat_code = StringField(lazy_text("VAT code"), description=lazy_text("For example LT100001234567."))
    email = StringField(lazy_text("E-mail"))


class CustomerChange(CustomerForm):
    """The same with the version that was seen."""

    version = HiddenField(lazy_text("Version"), [needed])


@room.get("/customers", May.SEE_CUSTOMERS)
def listed(turn: Turn) -> ResponseReturnValue:
    """Customers with what each owes now."""
    session, scope = turn.session, turn.doing.scope
    text, kind = lists.asked("text"), lists.asked("kind")
    debts: dict[int, int] = {}
    for one in receivables.open_on(session, scope, turn.doing.today):
        if one.document.customer_id is not None:
            debts[one.document.customer_id] = debts.get(one.document.customer_id, 0) + one.open
    every = rows.customers(session, turn.doing.vault, scope)
    found = [one for one in every if lists.fits(text, one.buyer.name, one.buyer.code, one.buyer.email)
             and {"firm": not one.buyer.person, "person": one.buyer.person, "owes": debts.get(one.row.id, 0) > 0}.get(kind, True)]
    if lists.wanted_file():
        return lists.file_of(turn, [_sheet(found, debts)], f"pirkejai-{turn.doing.today.isoformat()}")
    shown = lists.paged(found)
    return render_template(
        "customers/list.html", shown=shown.rows, count=shown.count, debts=debts, text=text, kind=kind, any=bool(every),
        current=shown.page, last=shown.last, url=lists.address)


def _sheet(found: Sequence[Known], debts: Mapping[int, int]) -> Sheet:
    return Sheet(_("Customers"), (_("Customer’s name"), _("Company code"), _("VAT code"), _("E-mail"), _("Owes now")), tuple(
        (one.buyer.name, one.buyer.code, one.buyer.vat_code, one.buyer.email, Cents(debts.get(one.row.id, 0))) for one in found))


@room.get("/customers/new", May.KEEP_CUSTOMERS)
def new(turn: Turn) -> ResponseReturnValue:
    """The form of a new customer."""
    return _new_page(turn, CustomerForm())


def _new_page(_turn: Turn, form: CustomerForm) -> str:
    return render_template("customers/form.html", form=form, known=None, action=url_for("customers.add"),
                           leave=url_for("customers.listed"))


@room.post("/customers/new", May.KEEP_CUSTOMERS)
def add(turn: Turn) -> ResponseReturnValue:
    """Write a customer down."""
    form, made = CustomerForm.sent(), []
    return turn.submit(
        form, act=lambda: made.append(actions.add_customer(turn.doing, _buyer(form))),
        then=lambda: url_for("customers.one", ref=made[0].ref), again=lambda: _new_page(turn, form),
        said=_("The customer is written down."))


def _buyer(form: CustomerForm) -> Buyer:
    return Buyer(form.name.data or "", form.kind.data == "person", form.code.data or "", form.vat_code.data or "",
                 form.email.data or "")


@room.get("/customers/<ref>", May.SEE_CUSTOMERS)
def one(turn: Turn, ref: str) -> ResponseReturnValue:
    """A customer: who it is and its documents."""
    known = _known(turn, ref)
    found = receivables.of_customer(turn.session, turn.doing.scope, known.row.id)
    return render_template("customers/one.html", known=known, found=found, total=sum(each.open for each in found),
                           today=turn.doing.today, kind_word=kind_word, document_url=document_url)


def _known(turn: Turn, ref: str) -> Known:
    return rows.get_customer(turn.session, turn.doing.vault, turn.doing.scope, ref)


@room.get("/customers/<ref>/change", May.KEEP_CUSTOMERS)
def changing(turn: Turn, ref: str) -> ResponseReturnValue:
    """A customer to change."""
    known = _known(turn, ref)
    buyer = known.buyer
    return _change_page(turn, ref, CustomerChange(
        None, kind="person" if buyer.person else "firm", name=buyer.name, code=buyer.code, vat_code=buyer.vat_code,
        email=buyer.email, version=known.row.version))


def _change_page(turn: Turn, ref: str, form: CustomerForm) -> str:
    return render_template("customers/form.html", form=form, known=_known(turn, ref), action=url_for("customers.change", ref=ref),
                           leave=url_for("customers.one", ref=ref))


@room.post("/customers/<ref>/change", May.KEEP_CUSTOMERS)
def change(turn: Turn, ref: str) -> ResponseReturnValue:
    """Keep what was changed."""
    form = CustomerChange.sent()

    def act() -> None:
        version = str(form.version.data)
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            raise Refused("changed_meanwhile")
        actions.change_customer(turn.doing, ref, int(version), _buyer(form))

    def again() -> str:
        form.version.data, form.version.raw_data = _known(turn, ref).row.version, None
        return _change_page(turn, ref, form)
    return turn.submit(form, act, then=lambda: url_for("customers.one", ref=ref), again=again, said=_("The customer is changed."))


# ---------- what is owed ----------


@room.get("/customers/owed", May.SEE_CUSTOMERS)
def owed(turn: Turn) -> ResponseReturnValue:
    """What customers owe at the end of a day, by how long it is late."""
    session, scope = turn.session, turn.doing.scope
    on = _day(turn)
    every = receivables.open_on(session, scope, on)
    text, kind = lists.asked("text"), lists.asked("kind")
    names = rows.customers_by_id(session, turn.doing.vault, scope, {one.document.customer_id for one in every
                                                                   if one.document.customer_id is not None})
    found = [one for one in every if {"late": one.due < on, "due": one.due >= on}.get(kind, True)
             and lists.fits(text, one.document.number, _name(one, names))]
    if lists.wanted_file():
        return lists.file_of(turn, [_owed_sheet(found, names, on)], f"skolos-{on.isoformat()}")
    shown = lists.paged(found)
    return render_template(
        "customers/owed.html", day=on, today=turn.doing.today, found=shown.rows, names=names, count=shown.count, text=text,
        kind=kind, current=shown.page, last=shown.last, total=sum(one.open for one in found), ages=_ages(found, on),
        any=bool(every), document_url=document_url, late=lambda one: max(0, (on - one.due).days),
        url=lists.address)


def _name(one: Owed, names: Mapping[int, Known]) -> str:
    known = names.get(one.document.customer_id or 0)
    return known.buyer.name if known else ""


def _owed_sheet(found: Sequence[Owed], names: Mapping[int, Known], on: date) -> Sheet:
    return Sheet(_("What customers owe"), (
        _("Number"), _("Buyer"), _("Day"), _("To be paid until"), _("Days late"), _("Sum"), pgettext("customer", "Paid"),
        pgettext("sum", "Open")), tuple(
        (one.document.number, _name(one, names), one.document.happened_on, one.due, max(0, (on - one.due).days),
         Cents(one.document.payable - one.back), Cents(one.paid), Cents(one.open)) for one in found))


def _day(turn: Turn) -> date:
    text = request.args.get("day", "")
    return read_day(text, turn.doing.today) if text else turn.doing.today


def _ages(every: Sequence[Owed], day: date) -> list[tuple[str, int]]:
    words = [_("Not due yet"), _("1–30 days late"), _("31–60 days late"), _("61–90 days late"), _("Over 90 days late")]
    return list(zip(words, till.by_age(((one.due, one.open) for one in every), day), strict=True))
