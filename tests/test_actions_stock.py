"""Goods by place: shops, scrap, own use, gifts, counts, what was sold without a lot. On both databases."""

from __future__ import annotations

import random
import threading
from datetime import date

import acts
import pytest
import selling
from acts import NOVEMBER, OWN, act, refusal, trail
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stocked import DAY, counted, counting, held, moved, moving, one_of_everything, pieces

from ledger.actions import documents_of_sales as documents
from ledger.actions import invoices, sales, stock, till
from ledger.actions.verify import verify
from ledger.core.faults import Refused
from ledger.core.stock import Moved
from ledger.core.till import Kind
from ledger.records import calculation, months, production, stock_moves
from ledger.records import stock as now
from ledger.records.sales import lines_by_ref

GONE = (Moved.SCRAP, Moved.OWN, Moved.GIFT)


@pytest.fixture
def shop(house):
    return selling.customer(house, "Parduotuvė „Ratas“").ref


def bare(house, code: str) -> dict[str, int]:
    with house.opened.read() as session:
        goods = {one.id: one for one in production.products(session, OWN)}
        return now.stock_now(session, OWN, goods, [key for key, one in goods.items() if one.code == code]).uncovered


def report(house, shop, goods, **more):
    return selling.sheet(house, shop, goods, Kind.REPORT, day=DAY, due_on=DAY, channel="konsignacija",
                         **{"anyway": False, **more})


# ---------- moving ----------

def test_goods_are_given_to_a_shop_and_brought_back_and_none_is_lost(house, shop):
    before, _none = pieces(house, "ZV-01")
    moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)
    assert pieces(house, "ZV-01") == (before - 2, 2)
    moved(house, Moved.BROUGHT, {"ZV-01": 1}, shop)
    assert pieces(house, "ZV-01") == (before - 1, 1)
    assert [entry.after["kind"] for entry in trail(house, "move_goods")] == ["given", "brought"]


@pytest.mark.parametrize("kind", GONE)
def test_what_is_gone_leaves_the_place_where_it_lay(house, shop, kind):
    before, _none = pieces(house, "ZV-01")
    moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)
    moved(house, kind, {"ZV-01": 1}, shop)
    moved(house, kind, {"ZV-01": 1})
    assert pieces(house, "ZV-01") == (before - 3, 1)


def test_what_moved_changes_no_cent_and_no_lot(house, shop):
    with house.opened.read() as session:
        inputs = calculation.inputs_of(session, OWN, NOVEMBER)
    one_of_everything(house)
    moved(house, Moved.SCRAP, {"MU-01": 1}, anyway=True)
    with house.opened.read() as session:
        after = calculation.inputs_of(session, OWN, NOVEMBER)
    assert (after.lots, len(after.lines)) == (inputs.lots, len(inputs.lines) + 1)  # the sale that was made to be explained
    with house.opened.read() as session:
        assert session.execute(text("SELECT COUNT(*) FROM journal_entry")).scalar() == 0
        assert verify(session, house.opened.vault).troubles == ()


@pytest.mark.parametrize(("kind", "change", "code"), [
    (Moved.GIVEN, {"shop": ""}, "no_shop"), (Moved.BROUGHT, {"shop": ""}, "no_shop"), (Moved.SCRAP, {"why": " "}, "stock_why"),
    (Moved.GIFT, {"why": "x" * 501}, "text_too_long"), (Moved.OWN, {"items": ()}, "nothing_moved"),
    (Moved.GIVEN, {"day": date(2026, 11, 22)}, "future_day"), (Moved.GIVEN, {"day": date(1999, 1, 1)}, "long_ago"),
    (Moved.GIVEN, {"shop": "z" * 26}, "hidden"), (Moved.COUNT, {}, "nothing_moved"), (Moved.EXPLAINED, {}, "nothing_moved"),
    (Moved.GIVEN, {"pieces": 900}, "not_in_stock"), (Moved.BROUGHT, {"pieces": 1}, "not_in_stock")])
def test_a_movement_that_cannot_be_is_refused_and_nothing_is_kept(house, shop, kind, change, code):
    change = {"shop": shop, **change}
    wanted = moving(house, kind, {"ZV-01": change.pop("pieces", 1)}, **change)
    assert refusal(house, "meistras", stock.move, wanted) == code


@pytest.mark.parametrize(("quantity", "code"), [(500, "part_of_a_piece"), (-1000, "not_above_zero"), (10 ** 10, "too_large")])
def test_a_quantity_that_cannot_be_is_refused(house, quantity, code):
    items = ((acts.product(house, "ZV-01"), quantity),)
    assert refusal(house, "meistras", stock.move, moving(house, Moved.OWN, {}, items=items)) == code


def test_the_director_and_the_social_worker_move_nothing(house, shop):
    for login in ("vadovas", "socialine"):
        assert refusal(house, login, stock.move, moving(house, Moved.GIVEN, {"ZV-01": 1}, shop)) == "hidden"
        assert refusal(house, login, stock.count, counting(house, {"ZV-01": 1})) == "hidden"


def test_what_is_not_there_goes_out_only_when_told_so_and_stands_below_zero(house):
    before, _none = pieces(house, "ZV-01")
    moved(house, Moved.OWN, {"ZV-01": before + 3}, anyway=True)
    assert pieces(house, "ZV-01") == (-3, 0)
    assert held(house, "ZV-01").below


def test_two_who_take_the_last_one_at_the_same_moment_are_told(house, shop):
    left, _none = pieces(house, "SA-A5")
    wanted, both, told = moving(house, Moved.GIVEN, {"SA-A5": left}, shop), threading.Barrier(2), []

    def take() -> None:
        both.wait()
        try:
            told.append(act(house, "meistras", stock.move, wanted)[0].kind)
        except Refused as refused:
            told.append(refused.code)
    threads = [threading.Thread(target=take) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["given", "not_in_stock"]


def test_a_movement_is_taken_back_once_by_another_one(house, shop):
    before = pieces(house, "ZV-01")
    row = moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)[0]
    back = act(house, "meistras", stock.take_back, row.ref)
    assert pieces(house, "ZV-01") == before
    for ref in (row.ref, back.ref):
        assert refusal(house, "meistras", stock.take_back, ref) == "conflict move_taken_back"


@pytest.mark.parametrize("change", ["store = 5000", "kind = 'brought'", "undoes_ref = 'x'", "said_ref = 'x'"])
def test_a_movement_stays_as_it_was_written(house, shop, change):
    moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)
    with pytest.raises(DBAPIError, match="sealed"):
        acts.raw(house, f"UPDATE stock_move SET {change}")
    with pytest.raises(DBAPIError, match="sealed"):
        acts.raw(house, "DELETE FROM stock_move")


def test_a_counter_that_does_not_fit_is_refused_by_the_database(house, shop):
    row = moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)[0]
    columns = ("organisation_id, workshop_id, kind, product_id, customer_id, happened_on, sale_ref, count_ref, said_ref, "
               "said_sha256, done_by, done_at, app_version")
    copy = f"INSERT INTO stock_move (ref, store, shop, undoes_ref, {columns}) SELECT 'n', %s, '%s', {columns} FROM stock_move"
    for wrong in (("1000, -1000", row.ref), ("2000, -2000", "other")):
        with pytest.raises(DBAPIError, match="stock move"):
            acts.raw(house, copy % wrong)
    acts.raw(house, copy % ("2000, -2000", row.ref))


# ---------- shops' reports ----------

def test_a_report_sells_what_lies_in_the_shop_and_no_more(house, shop):
    before, _none = pieces(house, "ZV-01")
    moved(house, Moved.GIVEN, {"ZV-01": 3}, shop, day=date(2026, 11, 1), anyway=True)
    report(house, shop, {"ZV-01": 2})
    assert pieces(house, "ZV-01") == (before - 3, 1)
    with pytest.raises(Refused, match="not_in_stock"):
        report(house, shop, {"ZV-01": 2})
    report(house, shop, {"ZV-01": 2}, anyway=True)
    assert pieces(house, "ZV-01") == (before - 3, -1)


def test_a_report_sells_the_last_ones_though_the_store_is_empty(house, shop):
    left, _none = pieces(house, "SA-A5")
    moved(house, Moved.GIVEN, {"SA-A5": left}, shop)
    assert refusal(house, "meistras", till.sell, selling.basket(house, {"SA-A5": 1}, anyway=False)) == "not_in_stock"
    report(house, shop, {"SA-A5": left})
    assert pieces(house, "SA-A5") == (0, 0)


def test_a_shop_to_which_nothing_was_given_sells_out_of_the_store(house, shop):
    before, _none = pieces(house, "ZV-01")
    report(house, shop, {"ZV-01": 1})
    assert pieces(house, "ZV-01") == (before - 1, 0)
    moved(house, Moved.GIVEN, {"ZV-01": 1}, shop, day=date(2026, 11, 20))
    assert pieces(house, "ZV-01") == (before - 2, 1)  # what was reported before the first delivery stays where it was taken


def test_what_customers_bring_back_to_a_shop_lies_there_again_and_an_undone_report_sold_nothing(house, shop):
    moved(house, Moved.GIVEN, {"ZV-01": 3}, shop)
    first = report(house, shop, {"ZV-01": 2})
    second = report(house, shop, {}, lines=(invoices.SheetLine(acts.product(house, "ZV-01"), 0, None, 1000),))
    assert pieces(house, "ZV-01")[1] == 2
    act(house, "buhalteris", documents.undo, second.ref)
    act(house, "buhalteris", documents.undo, first.ref)
    assert pieces(house, "ZV-01")[1] == 3


# ---------- counting ----------

def test_a_count_books_its_differences_and_remembers_what_it_saw(house, shop):
    there, _none = pieces(house, "ZV-01")
    soap, _none = pieces(house, "MU-01")
    made = counted(house, {"ZV-01": there - 1, "MU-01": soap})
    assert (pieces(house, "ZV-01"), pieces(house, "MU-01")) == ((there - 1, 0), (soap, 0))
    with house.opened.read() as session:
        lines = [(one.expected // 1000, one.counted // 1000) for one in stock_moves.counted_in(session, OWN, made.ref)]
        row = stock_moves.moves_of_count(session, OWN, made.ref)[0]
    assert lines == [(there, there - 1), (soap, soap)]
    assert refusal(house, "buhalteris", stock.take_back, row.ref) == "conflict move_of_count"
    act(house, "buhalteris", stock.take_back_count, made.ref)
    assert pieces(house, "ZV-01") == (there, 0)
    assert refusal(house, "buhalteris", stock.take_back_count, made.ref) == "conflict nothing_to_take_back"


def test_a_shop_is_counted_on_its_own(house, shop):
    moved(house, Moved.GIVEN, {"ZV-01": 3}, shop)
    store, _three = pieces(house, "ZV-01")
    counted(house, {"ZV-01": 2}, shop)
    assert pieces(house, "ZV-01") == (store, 2)


@pytest.mark.parametrize(("change", "code"), [
    ({"why": ""}, "stock_why"), ({"goods": {}}, "nothing_counted"), ({"day": date(2026, 11, 22)}, "future_day"),
    ({"seen": {}}, "conflict stock_changed"), ({"shop": "z" * 26}, "hidden")])
def test_a_count_that_cannot_be_is_refused(house, change, code):
    wanted = counting(house, change.get("goods", {"ZV-01": 900}), **{name: one for name, one in change.items() if name != "goods"})
    assert refusal(house, "buhalteris", stock.count, wanted) == code


def test_a_count_without_differences_needs_no_reason(house):
    there, _none = pieces(house, "ZV-01")
    counted(house, {"ZV-01": there}, why="")
    with house.opened.read() as session:
        assert len(stock_moves.newest_counts(session, OWN)) == 1


# ---------- sold without a lot ----------

def test_what_is_sold_without_a_lot_is_found_and_explained(house):
    there, _none = pieces(house, "ZV-01")
    line = acts.sale(house, "ZV-01", DAY, there + 2)
    assert bare(house, "ZV-01") == {line.ref: 2000}
    assert refusal(house, "buhalteris", stock.settle, line.ref, Moved.EXPLAINED, 3000, "x") == "settles_too_much"
    assert refusal(house, "buhalteris", stock.settle, line.ref, Moved.EXPLAINED, 2000, " ") == "stock_why"
    assert refusal(house, "buhalteris", stock.settle, line.ref, Moved.SCRAP, 2000, "x") == "conflict nothing_to_settle"
    act(house, "buhalteris", stock.settle, line.ref, Moved.OPENING, 2000, "Liko iš vasaros.")
    assert pieces(house, "ZV-01") == (0, 0)
    assert refusal(house, "buhalteris", stock.settle, line.ref, Moved.OPENING, 1000, "x") == "conflict nothing_to_settle"


def test_a_return_takes_off_what_has_no_lot(house):
    there, _none = pieces(house, "ZV-01")
    made = selling.sold(house, {"ZV-01": there + 2})
    row = selling.lines(house, made.number)[0]
    assert bare(house, "ZV-01") == {row.ref: 2000}
    act(house, "meistras", till.take_return, made.ref, selling.TODAY, till.Way.CASH, {row.ref: 1000})
    assert bare(house, "ZV-01") == {row.ref: 1000}


def test_the_closing_no_longer_misses_what_was_explained(approved):
    with approved.opened.read() as session:
        october = months.uncovered(session, OWN, NOVEMBER.plus(-1))
    there, _none = pieces(approved, "ZV-01")
    line = acts.sale(approved, "ZV-01", DAY, there + 2)
    acts.pay(approved, NOVEMBER)
    for told, left in ((1000, 1), (1000, 0)):
        act(approved, "buhalteris", stock.settle, line.ref, Moved.EXPLAINED, told, "Paaiškinta.")
        with approved.opened.read() as session:
            assert (months.uncovered(session, OWN, NOVEMBER), months.uncovered(session, OWN, NOVEMBER.plus(-1))) == (left, october)


def test_what_approved_months_left_without_a_lot_is_still_found(approved):
    there, _none = pieces(approved, "ZV-01")
    line = acts.sale(approved, "ZV-01", DAY, there + 2)
    before = bare(approved, "ZV-01")
    acts.pay(approved, NOVEMBER)
    assert bare(approved, "ZV-01") == before == {line.ref: 2000}
    acts.lot(approved, "ZV-01", DAY, 1, "D1")  # found late: the next open month covers a part
    assert bare(approved, "ZV-01") == {line.ref: 1000}


def both_ways(house) -> list[tuple[int, int]]:
    """What is left of every lot, as the list of lots sums it up and as the matching finds it."""
    with house.opened.read() as session:
        goods = {one.id: one for one in production.products(session, OWN)}
        rows, left = production.all_lots(session, OWN), now.stock_now(session, OWN, goods).left
        quick = now.left_of_lots(session, OWN, goods, rows)
    return [(quick[row.ref], left.get(row.ref, 0)) for row in rows]


@pytest.mark.parametrize("state", ["house", "approved"])
def test_the_list_of_lots_says_what_the_matching_finds(request, state):
    house = request.getfixturevalue(state)
    for day, made, sold in ((3, 4, 0), (5, 3, 5), (5, 2, 0), (6, 7, 1), (9, 1, 6)):
        acts.lot(house, "ZV-01", date(2026, 11, day), made, "D1")
        if sold:
            acts.sale(house, "ZV-01", date(2026, 11, day), sold)
    found = both_ways(house)
    assert len({left for left, _matched in found}) > 3
    assert [left for left, _matched in found] == [matched for _left, matched in found]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("state", ["house", "approved"])
def test_the_sums_by_day_and_the_matching_agree_whatever_happened(request, state, seed):
    house, mix = request.getfixturevalue(state), random.Random(seed)
    for step in range(16):
        if step == 10 and state == "approved":
            acts.pay(house, NOVEMBER)  # what comes later is booked in December
        code, day = mix.choice(("ZV-01", "MU-01", "AT-01")), date(2026, 11, mix.randint(1, 20))
        if mix.random() < 0.5:
            acts.lot(house, code, day, mix.randint(1, 9), "D1")
            continue
        line = acts.sale(house, code, day, mix.randint(1, 20))
        if mix.random() < 0.15:
            act(house, "meistras", sales.log_return, line.ref, day, 1000)
    found = both_ways(house)
    assert [left for left, _matched in found] == [matched for _left, matched in found]
    with house.opened.read() as session:
        goods = {one.id: one for one in production.products(session, OWN)}
        lacking = now.stock_now(session, OWN, goods).uncovered
        rows = lines_by_ref(session, OWN, list(lacking))
        assert {row.product_id for row in rows.values()} <= now.may_lack_lots(session, OWN, goods)
