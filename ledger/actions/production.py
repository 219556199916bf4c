"""Writing down a day: who came, what was made and by whom; correcting and taking back what no approved month holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions import days, work_steps
from ledger.actions.doing import Doing, check_day, check_version
from ledger.actions.work_steps import Done, Sharing
from ledger.core.access import May
from ledger.core.days import check_both
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import Month
from ledger.core.production import Mark, SharedBy, check_attendance, check_lot, check_shares
from ledger.i18n import mark
from ledger.records import days as day_rows
from ledger.records import people, production, sales, stock
from ledger.records.people import Named
from ledger.records.production import AttendanceRow, LotRow, Maker, Product
from ledger.sentences import learn

learn({
    "shares_above_made": mark("The shares hold %(shares_thousandths)s, but only %(made_thousandths)s were made: correct one of "
                                "them."),
    "lot_sold": mark("%(sold_thousandths)s of this lot are sold already. Changed so, these sales take from other lots or stay "
                       "without one, and the money goes to other people. If it is so, tick “I understand” and save again."),
})


@dataclass(frozen=True)
class Made:
    """A lot as it is typed: thousandths, and the makers' weights (thousandths) by their public references; shared by steps, `steps`
    say who did which, and the weights follow from them."""

    product: str
    day: date
    good: int
    rejects: int
    shared_by: SharedBy
    makers: tuple[tuple[str, int], ...]
    steps: Done = ()


def log_attendance(doing: Doing, participant_ref: str, day: date, minutes: int, mark: Mark) -> AttendanceRow:
    """Write or change one person's day. Raises Refused for a day outside their time here, in the future or in an approved month."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    check_day(doing, day)
    check_attendance(named.person, day, minutes, mark)
    if mark is Mark.ATTENDED:
        away = day_rows.elsewhere(doing.session, doing.scope, day, [named.person.ref])
        check_both(minutes, away.get(named.person.ref, 0))
    row = production.find_attendance(doing.session, doing.scope, named.id, day)
    row = _marked(doing, named, day, minutes, mark, row)
    days.touched(doing, day)
    return row


def _marked(doing: Doing, named: Named, day: date, minutes: int, mark: Mark, row: AttendanceRow | None) -> AttendanceRow:
    before = _attendance_values(row) if row else None
    if row is None:
        doing.check_open(Month.of(day))
        row = AttendanceRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, version=0,
                            participant_id=named.id, happened_on=day, booked_in=str(doing.open_month(day)))
        doing.session.add(row)
    else:
        doing.check_open(Month.parse(row.booked_in))
    row.minutes, row.mark, row.version = minutes, mark.value, row.version + 1
    doing.session.flush()
    doing.note("log_attendance", "attendance", row.ref, before=before, after=_attendance_values(row), person=named.person.ref)
    return row


def take_back_attendance(doing: Doing, participant_ref: str, day: date) -> None:
    """Remove a mark made by mistake: the day is unanswered again."""
    doing.check(May.LOG_ATTENDANCE, day=day)
    doing.gate()
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    row = production.find_attendance(doing.session, doing.scope, named.id, day)
    if row is None:
        raise Hidden
    doing.check_open(Month.parse(row.booked_in))
    doing.note("take_back_attendance", "attendance", row.ref, before=_attendance_values(row), person=named.person.ref)
    doing.session.delete(row)
    doing.session.flush()
    days.touched(doing, day)


def _attendance_values(row: AttendanceRow) -> dict[str, object]:
    return {"day": row.happened_on, "minutes": row.minutes, "mark": row.mark, "booked_in": row.booked_in}


def log_lot(doing: Doing, made: Made) -> LotRow:
    """Write down a lot. Its day may lie in an approved month: then the first open month books it."""
    doing.check(May.LOG_PRODUCTION, day=made.day)
    doing.gate()
    check_day(doing, made.day)
    product = production.get_product(doing.session, doing.scope, made.product)
    makers, shared = _shared(doing, made, product, _makers(doing, made))
    _check_made(doing, made, product, makers)
    row = LotRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, logged_at=doing.at, version=1,
                 booked_in=str(doing.open_month(made.day)))
    _fill(row, made, product, makers)
    doing.session.add(row)
    doing.session.flush()
    _keep_steps(doing, row, shared, makers)
    doing.note("log_lot", "lot", row.ref, after=lot_values(row, product))
    days.touched(doing, made.day)
    return row


def change_lot(doing: Doing, ref: str, version: int, made: Made, *, sure: bool = False) -> LotRow:
    """Correct a lot of an open month. Raises Conflict when the month is approved or somebody was faster, and Refused when it would
    hold less than what is sold of it, unless that is known (`sure`)."""
    doing.gate()
    row = production.get_lot(doing.session, doing.scope, ref)
    doing.check(May.LOG_PRODUCTION, day=row.happened_on)
    doing.check_open(Month.parse(row.booked_in))
    check_version(row, version)
    check_day(doing, made.day)
    product = production.get_product(doing.session, doing.scope, made.product)
    makers, shared = _shared(doing, made, product, _makers(doing, made), row)
    _check_made(doing, made, product, makers)
    if not sure:
        _check_sold(doing, row, made, product)
    before, day_before = lot_values(row, product), row.happened_on
    row.makers.clear()
    doing.session.flush()
    row.booked_in, row.version = str(doing.open_month(made.day)), row.version + 1
    _fill(row, made, product, makers)
    doing.session.flush()
    _keep_steps(doing, row, shared, makers)
    doing.note("change_lot", "lot", row.ref, before=before, after=lot_values(row, product))
    for day in sorted({day_before, made.day}):
        days.touched(doing, day)
    return row


def sold_of(doing: Doing, row: LotRow) -> int:
    """How much of a lot is sold by now (thousandths): a forecast while its month is open. Nothing, and quickly so, while nothing of
    its product was sold on its day or later."""
    if not sales.sold_since(doing.session, doing.scope, row.product_id, row.happened_on):
        return 0
    products = {one.id: one for one in production.products(doing.session, doing.scope)}
    return row.good - stock.stock_now(doing.session, doing.scope, products, [row.product_id]).left.get(row.ref, 0)


def _check_sold(doing: Doing, row: LotRow, made: Made, product: Product) -> None:
    """Raises Refused when less would be left of the lot, or later, than what is sold of it."""
    other, less, later = product.id != row.product_id, made.good < row.good, made.day > row.happened_on
    sold = sold_of(doing, row) if other or less or later else 0
    if sold > 0 and (other or later or made.good < sold):
        raise Refused("lot_sold", at="product" if other else "day" if later else "good", sold_thousandths=sold)


def take_back_lot(doing: Doing, ref: str, *, sure: bool = False) -> None:
    """Remove a lot of an open month; its audit entry keeps what it held. Raises Refused when something of it is sold, unless
    that is known (`sure`)."""
    doing.gate()
    row = production.get_lot(doing.session, doing.scope, ref)
    doing.check(May.LOG_PRODUCTION, day=row.happened_on)
    doing.check_open(Month.parse(row.booked_in))
    sold = 0 if sure else sold_of(doing, row)
    if sold > 0:
        raise Refused("lot_sold", sold_thousandths=sold)
    doing.note("take_back_lot", "lot", row.ref, before=lot_values(row, None))
    work_steps.keep_sharing(doing, row, None, {})
    doing.session.delete(row)
    doing.session.flush()
    days.touched(doing, row.happened_on)


def _makers(doing: Doing, made: Made) -> list[tuple[Named, int]]:
    by_ref = {one.ref: one for one in people.participants(doing.session, doing.vault, doing.scope)}
    refs = [ref for ref, _ in made.makers]
    if not set(refs) <= set(by_ref) or len(set(refs)) < len(refs):  # no form of ours sends somebody twice
        raise Hidden
    return [(by_ref[ref], weight) for ref, weight in made.makers]


def _shared(doing: Doing, made: Made, product: Product, makers: list[tuple[Named, int]],
            row: LotRow | None = None) -> tuple[list[tuple[Named, int]], Sharing | None]:
    """The makers with their weights, and who did which step when that is what they follow from."""
    if made.shared_by is not SharedBy.STEPS:
        return makers, None
    names = {named.ref: named.name for named, _ in makers}
    shared = work_steps.sharing(doing, product, made.steps, names, row)
    shares = shared.shares
    return [(named, shares[named.ref]) for named, _ in makers], shared


def _keep_steps(doing: Doing, row: LotRow, shared: Sharing | None, makers: Sequence[tuple[Named, int]]) -> None:
    work_steps.keep_sharing(doing, row, shared, {named.ref: named.id for named, _ in makers})


def _check_made(doing: Doing, made: Made, product: Product, makers: Sequence[tuple[Named, int]]) -> None:
    check_lot(product.unit, made.good, made.rejects, [weight for _, weight in makers])
    check_shares(made.shared_by, made.good + made.rejects, [weight for _, weight in makers])
    marks = {row.participant_id: row.mark
             for row in production.attendance_between(doing.session, doing.scope, made.day, made.day)}
    for named, _ in makers:
        if not named.person.here_on(made.day):
            raise Refused("maker_not_here", at="makers", name=named.name, day=made.day.isoformat())
        if marks.get(named.id, Mark.ATTENDED.value) != Mark.ATTENDED.value:
            raise Refused("maker_absent", at="makers", name=named.name, day=made.day.isoformat())


def _fill(row: LotRow, made: Made, product: Product, makers: Sequence[tuple[Named, int]]) -> None:
    row.product_id, row.happened_on = product.id, made.day
    row.good, row.rejects, row.shared_by = made.good, made.rejects, made.shared_by.value
    for named, weight in makers:
        row.makers.append(Maker(organisation_id=row.organisation_id, workshop_id=row.workshop_id,
                                participant_id=named.id, weight=weight))


def lot_values(row: LotRow, product: Product | None) -> dict[str, object]:
    """A lot as its audit entry keeps it; people by row number, never by name."""
    return {"number": row.number, "product": product.code if product else row.product_id, "day": row.happened_on,
            "good": row.good, "rejects": row.rejects, "shared_by": row.shared_by, "booked_in": row.booked_in,
            "makers": {str(maker.participant_id): maker.weight for maker in row.makers}}
