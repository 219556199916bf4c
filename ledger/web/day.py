"""The instructor's day: who is here, what was made, what was sold; correcting and taking back; a month's view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectChoice, SelectField, StringField

from ledger import i18n
from ledger.actions import board as group
from ledger.actions import late
from ledger.actions import people as people_actions
from ledger.actions import production as making
from ledger.actions import sales as selling
from ledger.actions.sales import CHANNELS, Sold
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import organisation, people, production, sales
from ledger.records import selling as selling_documents
from ledger.records.people import Named
from ledger.records.production import LotRow, Product
from ledger.records.sales import SaleRow
from ledger.web import held, lot_steps
from ledger.web.board import (
    ABSENT,
    MARKS,
    Board,
    lot_title,
    read_day,
    read_month,
    sale_title,
    share_kind,
)
from ledger.web.day_month import month_days, month_grid
from ledger.web.forms import CentsField, DayField, Form, HoursField, PercentField, QuantityField, needed
from ledger.web.lot_form import LotChange, lot_form, made_of
from ledger.web.rules import Room
from ledger.web.selling_words import document_url
from ledger.web.session import Turn, refused_sentence

room = Room("day")


class VatField(PercentField):
    """The rate a VAT payer must write: none is proposed, for rates are the law's and change."""

    empty = None


@room.get("/day", May.SEE_DAY)
def today(turn: Turn) -> ResponseReturnValue:
    """Today's page, under its own date."""
    return redirect(address(turn.doing.today))


@room.get("/day/<day>", May.SEE_DAY)
def page(turn: Turn, day: str) -> ResponseReturnValue:
    """One day."""
    return day_page(turn, read_day(day, turn.doing.today))


def address(day: date, at: str = "", **more: Any) -> str:  # Any: what an address may hold
    """The page of a day; `more` is what it opens (who=a person) or tells (last=what was just written down)."""
    return url_for("day.page", day=day.isoformat(), _anchor=at or None, **more)


def day_page(turn: Turn, day: date, *, attendance: Form | None = None, lot: Form | None = None, sale: Form | None = None,
             activity: Form | None = None, trial: Form | None = None, said: str = "") -> str:
    """The board of a day, with a form as it was sent when it was refused."""
    turn.doing.check(May.SEE_DAY, day=day)
    board = Board(turn, day, *([None] if request.args.get("log") == "all" else []))
    turn.saw(board.shown())
    concerns = board.said_wrong()
    open_month = turn.doing.open_month(day)
    may_attend = board.may(May.LOG_ATTENDANCE) and not board.closed
    return render_template(
        "day/page.html", board=board, day=day, today=turn.doing.today, seats=board.seats(), concerns=concerns, said=said,
        attendance=attendance or AttendanceForm(), reasons=[(code, _(MARKS[code])) for code in ABSENT],
        opened=attendance.participant.data if attendance else request.args.get("who", ""),
        lot=(lot or lot_form(board.candidates(), lot_steps.offer(turn, board.products))())
        if board.may(May.LOG_PRODUCTION) else None,
        sale=(sale or _sale_form(board.products, board.vat_payer)) if board.may(May.LOG_SALE) else None,
        products=board.products, people=board.candidates(), prices=_prices(board.products, day), activity=activity, trial=trial,
        just=board.just(request.args.get("last", "")), open_days=board.open_days() if may_attend else [],
        may_attend=may_attend, month=Month.of(day), open_month=open_month, groups=board.kinds(open_month))


def _prices(products: Sequence[Product], day: date) -> dict[str, int]:
    return {product.ref: product.on(day).price_cents for product in products}


# ---------- who is here ----------


class AttendanceForm(Form):
    """One person's day. Without hours: the usual ones of an attended day."""

    participant = HiddenField(lazy_text("Participant"), [needed])
    mark = HiddenField(lazy_text("Mark"), [needed])
    hours = HoursField(lazy_text("Hours"))


@room.post("/day/<day>/attendance", May.LOG_ATTENDANCE)
def log_attendance(turn: Turn, day: str) -> ResponseReturnValue:
    """Mark a person: here with hours, or absent with a reason."""
    on, form = read_day(day, turn.doing.today), AttendanceForm.sent()
    form.hours.id = f"hours-{form.participant.data}"
    return turn.submit(
        form, act=lambda: _attend(turn, on, form), then=lambda: address(on, "people"),
        again=lambda: day_page(turn, on, attendance=form))


def _attend(turn: Turn, day: date, form: AttendanceForm) -> None:
    try:
        mark = Mark(form.mark.data)
    except ValueError:
        raise Hidden from None
    minutes = _minutes(turn, day, form) if mark is Mark.ATTENDED else 0
    mark_person(turn, form.participant.data, day, minutes, mark)


def mark_person(turn: Turn, ref: str, day: date, minutes: int, mark: Mark) -> None:
    """Mark a person's day. What comes from a device after the month was approved is handed in as a late row, for the accountant."""
    try:
        making.log_attendance(turn.doing, ref, day, minutes, mark)
    except Conflict as conflict:
        if conflict.code != "approved_month" or not held.comes_late():
            raise
        late.offer_day(turn.doing, ref, day, minutes, mark, _("Written down without a network, sent after the approval."))


def _minutes(turn: Turn, day: date, form: AttendanceForm) -> int:
    if form.hours.data is not None:
        return int(form.hours.data)
    doing = turn.doing
    one = people.get_participant(turn.session, doing.vault, doing.scope, form.participant.data)
    return group.proposed(doing, day).of(one.id)


class PersonForm(Form):
    """Which person."""

    participant = HiddenField(lazy_text("Participant"), [needed])


@room.post("/day/<day>/attendance/back", May.LOG_ATTENDANCE)
def take_back_attendance(turn: Turn, day: str) -> ResponseReturnValue:
    """Remove a mark: the person's day is not answered."""
    on, form = read_day(day, turn.doing.today), PersonForm.sent()
    return turn.submit(
        form, act=lambda: making.take_back_attendance(turn.doing, form.participant.data, on),
        then=lambda: address(on, "people"),
        again=lambda: day_page(turn, on, said=" ".join(form.form_errors)))


# ---------- what was made ----------


@room.post("/day/<day>/lots", May.LOG_PRODUCTION)
def log_lot(turn: Turn, day: str) -> ResponseReturnValue:
    """Write down what was made."""
    on = read_day(day, turn.doing.today)
    board, made = Board(turn, on), list[LotRow]()
    form = lot_form(board.candidates(), lot_steps.offer(turn, board.products))(request.form)
    return turn.submit(
        form, act=lambda: made.append(making.log_lot(turn.doing, made_of(form, on))),
        then=lambda: address(on, "made", last=f"lot-{made[-1].ref}"), again=lambda: day_page(turn, on, lot=form))


@room.get("/day/lots/<ref>", May.SEE_DAY)
def lot(turn: Turn, ref: str) -> ResponseReturnValue:
    """A lot to correct."""
    row = production.get_lot(turn.session, turn.doing.scope, ref)
    return _lot_page(turn, row)


def _lot_page(turn: Turn, row: LotRow, form: Any = None, *, sold: int = 0, ask: bool = False) -> str:
    turn.doing.check(May.SEE_DAY, day=row.happened_on)
    board = Board(turn, row.happened_on)
    turn.saw(board.shown())
    turn.saw([board.by_id[maker.participant_id].person.ref for maker in row.makers])
    makers = board.candidates([maker.participant_id for maker in row.makers])
    product = next(one for one in board.products if one.id == row.product_id)
    open_ = row.booked_in not in board.settled and board.may(May.LOG_PRODUCTION)
    return render_template(
        "day/lot.html", row=row, product=product, products=board.products, people=makers, board=board, open=open_,
        title=lot_title(product, row.good, row.rejects), sold=i18n.quantity(sold, product.unit) if sold else "", ask=ask,
        form=form or _filled_lot(turn, row, product, board, makers))


def _filled_lot(turn: Turn, row: LotRow, product: Product, board: Board, makers: Sequence[Named]) -> Any:
    offered = lot_steps.offer(turn, board.products, row, board.by_id)
    shares = {f"share_{board.by_id[maker.participant_id].ref}": maker.weight for maker in row.makers}
    return lot_form(makers, offered, LotChange)(
        None, product=product.ref, day=row.happened_on, good=row.good, rejects=row.rejects, version=row.version,
        shared_by=share_kind(row).value, makers=[board.by_id[maker.participant_id].ref for maker in row.makers],
        **shares, **offered.given)


@room.post("/day/lots/<ref>", May.LOG_PRODUCTION)
def change_lot(turn: Turn, ref: str) -> ResponseReturnValue:
    """Correct a lot."""
    row = production.get_lot(turn.session, turn.doing.scope, ref)
    board = Board(turn, row.happened_on)
    offered = lot_steps.offer(turn, board.products, row, board.by_id)
    form = lot_form(board.candidates([maker.participant_id for maker in row.makers]), offered, LotChange)(request.form)

    refusals = list[str]()

    def act() -> None:
        try:
            making.change_lot(turn.doing, ref, _version(form), made_of(form, form.day.data), sure=form.sure.data)
        except Refused as refused:
            refusals.append(refused.code)
            raise

    def again() -> str:
        now = production.get_lot(turn.session, turn.doing.scope, ref)
        _show_current(form, now.version)
        return _lot_page(turn, now, form, ask="lot_sold" in refusals)
    return turn.submit(form, act=act, then=lambda: address(form.day.data), again=again, said=_("The lot is corrected."))


def _version(form: Any) -> int:
    if not str(form.version.data).isdecimal():
        abort(400)
    return int(form.version.data)


def _show_current(form: Any, version: int) -> None:
    """After somebody was faster the page holds the newest version: sent again, it is meant."""
    form.version.data, form.version.raw_data = version, None


@room.post("/day/lots/<ref>/back", May.LOG_PRODUCTION)
def take_back_lot(turn: Turn, ref: str) -> ResponseReturnValue:
    """Take a lot back. One that is sold from asks first, on the page of the lot."""
    row = production.get_lot(turn.session, turn.doing.scope, ref)
    day, sure = row.happened_on, request.form.get("sure") == "y"

    def again(refused: Refused) -> str:
        now = production.get_lot(turn.session, turn.doing.scope, ref)
        return _lot_page(turn, now, sold=making.sold_of(turn.doing, now)) if refused.code == "lot_sold" \
            else day_page(turn, day, said=refused_sentence(refused))
    return turn.attempt(lambda: making.take_back_lot(turn.doing, ref, sure=sure), then=lambda: address(day, "made"),
                        again=again, said=_("The lot is taken back."))


# ---------- what was sold ----------


class SaleForm(Form):
    """A sale. Without a price: the one of that day."""

    product = SelectField(lazy_text("What was sold"), [needed], validate_choice=False, id="sale-product")
    quantity = QuantityField(lazy_text("Quantity"), [needed], default=1000)
    price = CentsField(lazy_text("Price of one"), description=lazy_text("Empty: the product's price of that day."))
    channel = SelectField(lazy_text("Where it was sold"), [needed], validate_choice=False)
    discount = PercentField(lazy_text("Discount"), default=0)
    vat = VatField(lazy_text("VAT"), [needed])
    document = StringField(lazy_text("Document"), description=lazy_text("If there is one."))


class SaleChange(SaleForm):
    """A sale line that is corrected: its day too, and the version that was seen."""

    day = DayField(lazy_text("Day"), [needed])
    version = HiddenField(lazy_text("Version"), [needed])


def _sale_form(products: Sequence[Product], vat_payer: bool, base: type[SaleForm] = SaleForm, sent: Any = None,
               **given: Any) -> Any:
    form = base(sent, **given)
    form.product.choices = [SelectChoice("", _("Choose")), *(SelectChoice(one.ref, one.name) for one in products)]
    other = [given["channel"]] if given.get("channel") not in (None, *CHANNELS) else []
    form.channel.choices = [SelectChoice("", _("Choose")), *(SelectChoice(word, word) for word in (*CHANNELS, *other))]
    if not vat_payer:
        del form.vat
    return form


def _sold(turn: Turn, form: Any, day: date) -> Sold:
    price = form.price.data
    if price is None:
        price = production.get_product(turn.session, turn.doing.scope, form.product.data).on(day).price_cents
    vat = form.vat.data if "vat" in form else 0
    return Sold(form.product.data, day, form.channel.data, form.quantity.data, price, form.discount.data, vat,
                form.document.data or "")


@room.post("/day/<day>/sales", May.LOG_SALE)
def log_sale(turn: Turn, day: str) -> ResponseReturnValue:
    """Write down what was sold."""
    on = read_day(day, turn.doing.today)
    board = Board(turn, on)
    form = _sale_form(board.products, board.vat_payer, sent=request.form)
    return turn.submit(
        form, act=lambda: selling.log_sale(turn.doing, _sold(turn, form, on)), then=lambda: address(on),
        again=lambda: day_page(turn, on, sale=form), said=_("The sale is written down."))


class SaleNew(SaleForm):
    """A sale with its day: for those who have no page of a day."""

    day = DayField(lazy_text("Day"), [needed])


@room.get("/sales/new", May.LOG_SALE)
def new_sale(turn: Turn) -> ResponseReturnValue:
    """A sale of any day."""
    return _new_sale_page(turn)


def _new_sale_page(turn: Turn, form: Any = None) -> str:
    products = production.products(turn.session, turn.doing.scope)
    vat_payer = organisation.get_organisation(turn.session, turn.doing.scope).vat_payer
    return render_template(
        "day/new_sale.html", products=products, prices=_prices(products, turn.doing.today),
        form=form or _sale_form(products, vat_payer, SaleNew, day=turn.doing.today))


@room.post("/sales/new", May.LOG_SALE)
def new_sale_now(turn: Turn) -> ResponseReturnValue:
    """Write down a sale of any day."""
    products = production.products(turn.session, turn.doing.scope)
    vat_payer = organisation.get_organisation(turn.session, turn.doing.scope).vat_payer
    form = _sale_form(products, vat_payer, SaleNew, request.form)
    return turn.submit(
        form, act=lambda: selling.log_sale(turn.doing, _sold(turn, form, form.day.data)),
        then=lambda: url_for("goods.sales", month=turn.doing.open_month(form.day.data)),
        again=lambda: _new_sale_page(turn, form), said=_("The sale is written down."))


@room.get("/day/sales/<ref>", May.LOG_SALE)
def sale(turn: Turn, ref: str) -> ResponseReturnValue:
    """A sale line to correct; one of a document leads to the document."""
    row = sales.get_line(turn.session, turn.doing.scope, ref)
    document = selling_documents.find_by_number(turn.session, turn.doing.scope, row.document) if row.document else None
    return redirect(document_url(document)) if document else _sale_page(turn, row)


def _sale_page(turn: Turn, row: SaleRow, form: Any = None, said: str = "") -> str:
    turn.doing.check(May.LOG_SALE, day=row.happened_on)
    board = Board(turn, row.happened_on)
    product = next(one for one in board.products if one.id == row.product_id)
    given = {"product": product.ref, "day": row.happened_on, "quantity": row.quantity, "price": row.price_cents,
             "channel": row.channel, "discount": row.discount, "vat": row.vat, "document": row.document or "",
             "version": row.version}
    return render_template(
        "day/sale.html", row=row, product=product, title=sale_title(product, row.quantity), board=board,
        open=row.booked_in not in board.settled and row.returns_id is None, prices=_prices(board.products, row.happened_on),
        products=board.products, said=said, form=form or _sale_form(board.products, board.vat_payer, SaleChange, **given))


@room.post("/day/sales/<ref>", May.LOG_SALE)
def change_sale(turn: Turn, ref: str) -> ResponseReturnValue:
    """Correct a sale line."""
    row = sales.get_line(turn.session, turn.doing.scope, ref)
    board = Board(turn, row.happened_on)
    form = _sale_form(board.products, board.vat_payer, SaleChange, request.form, channel=row.channel)

    def again() -> str:
        now = sales.get_line(turn.session, turn.doing.scope, ref)
        _show_current(form, now.version)
        return _sale_page(turn, now, form)
    return turn.submit(
        form, act=lambda: selling.change_sale(turn.doing, ref, _version(form), _sold(turn, form, form.day.data)),
        then=lambda: _after_sale(turn, form.day.data), again=again, said=_("The sale is corrected."))


def _after_sale(turn: Turn, day: date) -> str:
    """The day for those who see it; others go to the sales of its month."""
    if turn.doing.can(May.SEE_DAY):
        return address(day)
    return url_for("goods.sales", month=str(Month.of(day)))


@room.post("/day/sales/<ref>/back", May.LOG_SALE)
def take_back_sale(turn: Turn, ref: str) -> ResponseReturnValue:
    """Take a sale line or a return back."""
    row = sales.get_line(turn.session, turn.doing.scope, ref)
    day = row.happened_on
    return turn.attempt(
        lambda: selling.take_back_sale(turn.doing, ref), then=lambda: _after_sale(turn, day),
        again=lambda refused: _not_taken_back(turn, ref, refused), said=_("The sale is taken back."))


def _not_taken_back(turn: Turn, ref: str, refused: Refused) -> str:
    row = sales.get_line(turn.session, turn.doing.scope, ref)
    if turn.doing.can(May.SEE_DAY):
        return day_page(turn, row.happened_on, said=refused_sentence(refused))
    return _sale_page(turn, row, said=refused_sentence(refused))


class ReturnForm(Form):
    """How much of a sale came back and when."""

    quantity = QuantityField(lazy_text("How much came back"), [needed])
    day = DayField(lazy_text("Day"), [needed])


@room.get("/day/sales/<ref>/return", May.LOG_SALE)
def returning(turn: Turn, ref: str) -> ResponseReturnValue:
    """A sale line that comes back; one of a document comes back as the document's."""
    row = sales.get_line(turn.session, turn.doing.scope, ref)
    document = selling_documents.find_by_number(turn.session, turn.doing.scope, row.document) if row.document else None
    if document:
        return redirect(document_url(document))
    return _return_page(turn, ref)


def _return_page(turn: Turn, ref: str, form: Any = None) -> str:
    row = sales.get_line(turn.session, turn.doing.scope, ref)
    turn.doing.check(May.LOG_SALE, day=row.happened_on)
    if row.returns_id is not None:
        raise Hidden
    product = next(one for one in production.products(turn.session, turn.doing.scope) if one.id == row.product_id)
    back = -sum(one.quantity for one in sales.returns_of(turn.session, turn.doing.scope, [row.id]))
    left = row.quantity - back
    return render_template(
        "day/returning.html", row=row, product=product, title=sale_title(product, row.quantity), back=back, left=left,
        leave=_after_sale(turn, row.happened_on), form=form or ReturnForm(None, quantity=left, day=turn.doing.today))


@room.post("/day/sales/<ref>/return", May.LOG_SALE)
def log_return(turn: Turn, ref: str) -> ResponseReturnValue:
    """Write down what came back."""
    form = ReturnForm.sent()
    return turn.submit(
        form, act=lambda: selling.log_return(turn.doing, ref, form.day.data, form.quantity.data),
        then=lambda: _after_sale(turn, form.day.data), again=lambda: _return_page(turn, ref, form),
        said=_("The return is written down."))


# ---------- what participants say ----------


@room.post("/day/<day>/concerns/<ref>", May.ANSWER_WRONG)
def settle_concern(turn: Turn, day: str, ref: str) -> ResponseReturnValue:
    """It was talked over and settled."""
    on = read_day(day, turn.doing.today)
    return turn.attempt(
        lambda: people_actions.settle_concern(turn.doing, ref), then=lambda: address(on),
        again=lambda refused: day_page(turn, on, said=refused_sentence(refused)), said=_("Settled. The participant sees it too."))


# ---------- a month ----------


@room.get("/day/month/<month>", May.SEE_DAY)
def month(turn: Turn, month: str) -> ResponseReturnValue:
    """People and days of a month."""
    shown = read_month(month)
    if shown.first > turn.doing.today:
        raise Hidden
    turn.doing.check(May.SEE_DAY, day=min(shown.last, turn.doing.today))
    return render_template("day/month.html", month=shown, days=month_days(turn, shown), rows=month_grid(turn, shown),
                           today=turn.doing.today, title=i18n.month_title(shown))
