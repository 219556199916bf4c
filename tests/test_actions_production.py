"""What was made and sold: who writes it down, what is refused, what a version keeps from being lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import acts
import pytest
from acts import OWN, act, refusal, trail
from house import STAFF, House

from ledger.actions import production, sales
from ledger.actions.production import Made
from ledger.actions.sales import Sold
from ledger.core.production import Mark, SharedBy
from ledger.records import production as rows
from ledger.records import stock
from ledger.settings import app_version

DAY = date(2026, 11, 3)
OCTOBER_DAY = date(2026, 10, 22)


def made(house: House, code: str = "ZV-01", day: date = DAY, good: int = 4000, *makers: str) -> Made:
    shares = tuple((house.ref(number), 1000) for number in makers or ("D1",))
    return Made(acts.product(house, code), day, good, 0, SharedBy.EQUAL, shares)


def sold(house: House, code: str = "ZV-01", day: date = DAY, quantity: int = 2000) -> Sold:
    return Sold(acts.product(house, code), day, "mugė", quantity, 805)


def came(house: House, number: str = "D1", day: date = DAY, minutes: int = 240, mark: Mark = Mark.ATTENDED) -> tuple:
    return production.log_attendance, house.ref(number), day, minutes, mark


# ---------- attendance ----------

def test_a_day_is_written_changed_and_taken_back_with_its_trail(house):
    act(house, "meistras", *came(house))
    act(house, "meistras", *came(house, minutes=300))
    act(house, "meistras", production.take_back_attendance, house.ref("D1"), DAY)
    first, second = trail(house, "log_attendance")
    assert (first.before, first.after["minutes"], second.before["minutes"], second.after["minutes"]) == (None, 240, 240, 300)
    assert trail(house, "take_back_attendance")[0].before["minutes"] == 300
    assert {(row.actor_role, row.app_version, bool(row.actor)) for row in (first, second)} == {("instructor", app_version(), True)}
    assert refusal(house, "meistras", production.take_back_attendance, house.ref("D1"), DAY) == "hidden"


@pytest.mark.parametrize(("change", "code"), [
    ({"minutes": 1500}, "hours_range"), ({"minutes": -1}, "hours_range"), ({"minutes": 0}, "attended_without_hours"),
    ({"day": date(2026, 11, 22)}, "future_day"), ({"day": date(1999, 12, 31)}, "hidden"),
    ({"day": OCTOBER_DAY}, "conflict approved_month")])
def test_a_day_that_cannot_be_is_refused(approved, change, code):
    assert refusal(approved, "meistras", *came(approved, **change)) == code


def test_attendance_of_an_approved_month_is_not_taken_back(approved):
    with approved.opened.read() as session:
        row = rows.attendance_between(session, OWN, OCTOBER_DAY, OCTOBER_DAY)[0]
        number = next(one.person.number for one in production.people.participants(session, approved.opened.vault, OWN)
                      if one.id == row.participant_id)
    assert refusal(approved, "meistras", production.take_back_attendance, approved.ref(number), OCTOBER_DAY) == (
        "conflict approved_month")


@pytest.mark.parametrize("login", [one for one in STAFF if one != "meistras"])
def test_attendance_and_lots_are_the_instructors(house, login):
    assert refusal(house, login, *came(house)) == "hidden"
    assert refusal(house, login, production.take_back_attendance, house.ref("D1"), OCTOBER_DAY) == "hidden"
    assert refusal(house, login, production.log_lot, made(house)) == "hidden"
    lot = acts.lot(house, "ZV-01", DAY, 1, "D1")
    assert refusal(house, login, production.change_lot, lot.ref, 1, made(house)) == "hidden"
    assert refusal(house, login, production.take_back_lot, lot.ref) == "hidden"


# ---------- lots ----------

def test_a_lot_is_written_corrected_and_taken_back(house):
    lot = act(house, "meistras", production.log_lot, made(house, "ZV-01", DAY, 4000, "D1", "D2"))
    assert (lot.booked_in, [maker.weight for maker in lot.makers]) == ("2026-11", [1000, 1000])
    act(house, "meistras", production.change_lot, lot.ref, 1, made(house, "ZV-01", DAY, 3000, "D2"))
    entry = trail(house, "change_lot")[0]
    assert (entry.before["good"], entry.after["good"], len(entry.after["makers"])) == (4000, 3000, 1)
    act(house, "meistras", production.take_back_lot, lot.ref)
    assert trail(house, "take_back_lot")[0].before["good"] == 3000
    assert refusal(house, "meistras", production.take_back_lot, lot.ref) == "hidden"


def test_who_saw_an_older_version_changes_nothing(house):
    lot = act(house, "meistras", production.log_lot, made(house))
    act(house, "meistras", production.change_lot, lot.ref, 1, made(house, good=3000))
    assert refusal(house, "meistras", production.change_lot, lot.ref, 1, made(house, good=9000)) == "conflict changed_meanwhile"
    line = act(house, "meistras", sales.log_sale, sold(house))
    act(house, "meistras", sales.change_sale, line.ref, 1, sold(house, quantity=1000))
    assert refusal(house, "meistras", sales.change_sale, line.ref, 1, sold(house)) == "conflict changed_meanwhile"


@pytest.mark.parametrize(("change", "code"), [
    ({"good": 500}, "part_of_a_piece"), ({"good": -1000}, "negative"), ({"good": 0}, "nothing_made"),
    ({"good": 10**15}, "too_large"),
    ({"makers": ()}, "no_makers"), ({"day": date(2026, 11, 22)}, "future_day"), ({"product": "x"}, "hidden"),
    ({"makers": (("x", 1000),)}, "hidden")])
def test_a_lot_that_cannot_be_is_refused(house, change, code):
    assert refusal(house, "meistras", production.log_lot, replace(made(house), **change)) == code


def test_shares_are_above_zero_and_one_for_each_maker(house):
    ref = house.ref("D1")
    assert refusal(house, "meistras", production.log_lot, replace(made(house), makers=((ref, 0),))) == "share_not_above_zero"
    assert refusal(house, "meistras", production.log_lot, replace(made(house), makers=((ref, 1000), (ref, 1000)))) == "hidden"


def test_who_was_absent_made_nothing(house):
    act(house, "meistras", *came(house, minutes=0, mark=list(Mark)[1]))
    assert refusal(house, "meistras", production.log_lot, made(house)) == "maker_absent"


def test_lots_of_an_approved_month_stay(approved):
    with approved.opened.read() as session:
        lot = rows.all_lots(session, OWN)[0]
    assert refusal(approved, "meistras", production.change_lot, lot.ref, 1, made(approved)) == "conflict approved_month"
    assert refusal(approved, "meistras", production.take_back_lot, lot.ref) == "conflict approved_month"


# ---------- sales ----------

def test_a_sale_is_written_corrected_and_taken_back(house):
    line = act(house, "buhalteris", sales.log_sale, sold(house))
    act(house, "buhalteris", sales.change_sale, line.ref, 1, sold(house, quantity=1000))
    act(house, "buhalteris", sales.take_back_sale, line.ref)
    change = trail(house, "change_sale")[0]
    assert (change.before["quantity"], change.after["quantity"]) == (2000, 1000)
    assert trail(house, "take_back_sale")[0].actor_role == "accountant"


@pytest.mark.parametrize(("change", "code"), [
    ({"quantity": 0}, "not_above_zero"), ({"quantity": -1000}, "not_above_zero"), ({"quantity": 1500}, "part_of_a_piece"),
    ({"quantity": 2**63}, "too_large"), ({"price_cents": -1}, "negative"), ({"discount": 100_001}, "percent_range"),
    ({"vat": 21_000}, "no_vat_payer"), ({"vat": -1}, "percent_range"), ({"channel": " "}, "no_channel"),
    ({"document": "x" * 61}, "text_too_long"), ({"day": date(2026, 11, 22)}, "future_day"), ({"product": "x"}, "hidden"),
    ({"price_cents": 10**18}, "too_large"), ({"channel": "x" * 10_000}, "text_too_long")])
def test_a_sale_that_cannot_be_is_refused(house, change, code):
    assert refusal(house, "meistras", sales.log_sale, replace(sold(house), **change)) == code


@pytest.mark.parametrize("login", ["vadovas", "socialine"])
def test_sales_are_not_the_directors_nor_the_social_workers(house, login):
    line = acts.sale(house, "ZV-01", DAY, 1)
    assert refusal(house, login, sales.log_sale, sold(house)) == "hidden"
    assert refusal(house, login, sales.change_sale, line.ref, 1, sold(house)) == "hidden"
    assert refusal(house, login, sales.take_back_sale, line.ref) == "hidden"
    assert refusal(house, login, sales.log_return, line.ref, DAY, 1000) == "hidden"


def test_a_return_names_its_line_and_holds_it(house):
    line = acts.sale(house, "ZV-01", DAY, 3)
    back = act(house, "meistras", sales.log_return, line.ref, DAY, 2000)
    assert (back.quantity, back.returns_id, back.price_cents) == (-2000, line.id, 1000)
    for action, args in ((sales.change_sale, (1, sold(house))), (sales.take_back_sale, ())):
        assert refusal(house, "meistras", action, line.ref, *args) == "sale_has_return"
    act(house, "meistras", sales.take_back_sale, back.ref)
    act(house, "meistras", sales.take_back_sale, line.ref)


@pytest.mark.parametrize(("day", "quantity", "code"), [
    (date(2026, 11, 2), 1000, "return_early"), (DAY, 4000, "return_too_much"), (DAY, 500, "part_of_a_piece"),
    (DAY, 0, "not_above_zero"), (date(2026, 11, 22), 1000, "future_day")])
def test_a_return_that_cannot_be_is_refused(house, day, quantity, code):
    line = acts.sale(house, "ZV-01", DAY, 3)
    assert refusal(house, "meistras", sales.log_return, line.ref, day, quantity) == code


def test_a_return_is_not_returned(house):
    line = acts.sale(house, "ZV-01", DAY, 3)
    back = act(house, "meistras", sales.log_return, line.ref, DAY, 1000)
    assert refusal(house, "meistras", sales.log_return, back.ref, DAY, 1000) == "return_of_return"


def test_lines_of_an_approved_month_stay(approved):
    line = acts.line(approved, "IMO-2026-10-3", "15")
    assert refusal(approved, "meistras", sales.change_sale, line.ref, 1, sold(approved)) == "conflict approved_month"
    assert refusal(approved, "meistras", sales.take_back_sale, line.ref) == "conflict approved_month"


def test_the_stock_is_what_was_made_less_what_was_sold(approved):
    """L7: sold + in stock = made, per lot, over months that are approved and one that is not."""
    acts.lot(approved, "ZV-01", DAY, 4, "D1")
    acts.sale(approved, "ZV-01", DAY, 5)
    with approved.opened.read() as session:
        products = {row.id: row for row in rows.products(session, OWN)}
        lots = {row.ref: row for row in rows.all_lots(session, OWN)}
        now = stock.stock_now(session, OWN, products)
        found = {ref: stock.matches_of(session, OWN, products, lot=row) for ref, row in lots.items()}
    assert {ref: row.good for ref, row in lots.items()} == {
        ref: sum(match.quantity for match in matches) + left for ref, (matches, left) in found.items()}
    assert {ref: left for ref, (_matches, left) in found.items() if left} == {ref: left for ref, left in now.left.items() if left}
    candles = sum(left for ref, left in now.left.items() if products[lots[ref].product_id].code == "ZV-01")
    assert candles == (3 + 4 - 5) * 1000
