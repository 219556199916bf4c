"""The second calculation by itself: examples worked out by hand on paper."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from ledger.core.decided import Decision
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share, Work
from ledger.core.sales import SaleLine
from tests import twice
from tests.plain_formulas import in_cents, staged, value
from tests.random_workshops import Booked, Workshop

OCTOBER = Month(2026, 10)


def day(number: int) -> date:
    return date(2026, 10, number)


def marks(who: str, text: str, first: int = 1, minutes: int = 360) -> list[Attendance]:
    """One mark a day from the first on; a dot is no row."""
    return [Attendance(who, day(first + n), minutes, Mark(mark)) for n, mark in enumerate(text) if mark != "."]


def sale(cents: int, product: str = "A") -> SaleLine:
    return SaleLine("s", "K1", "1", 1, day(20), product, "mugė", 1000, cents, 0)


def lot(*makers: str, good: int = 1000) -> Lot:
    return Lot("l", "P1", 1, "A", day(2), good, good, tuple(Share(who, 1000) for who in makers))


def scheme(parts: list, **told) -> dict:
    """A scheme as data, with what every scheme must say."""
    for one in (*parts, *told.get("limit", []), *told.get("fund", [])):
        one.setdefault("label", one["key"])
    first = date(2020, 1, 1)
    return {"name": "Tvarka", "number": "1", "in_force_from": first, "order": {"number": "V-1", "date": first}, "part": parts,
            **told}


def run(parts: list, rows: list = (), people: str = "ab", reserve: int = 0, funds: dict | None = None, before: dict | None = None,
        known: dict | None = None, logged: dict | None = None, **told) -> dict:
    """October by both calculations, which must agree; the second one's answer."""
    known = known or {who: Person(who, f"D{n + 1}", date(2020, 1, 1)) for n, who in enumerate(people)}
    given = {name: tuple(one) for name, one in {"lots": (), "lines": (), **(logged or {})}.items()}
    booked = Booked(OCTOBER, tuple(rows), **given)
    made = Workshop(known, ((scheme(parts, **told), before),), (booked,), reserve, funds or {})
    return twice.both(made)[0][0]


def test_a_formula_is_exact_and_by_nothing_is_nothing() -> None:
    names = {"days": Fraction(13), "value.level": Fraction("1.2")}
    assert value("1/3 + 0.1 * (days + 2)", names.__getitem__) == Fraction(11, 6)
    assert value("min(days, max(2, value.level)) / 0 + 1", names.__getitem__) == 1
    stages = [{"mode": "down", "step": "0.00001"}, {"mode": "up", "step": "0.0001"}]
    assert staged(Fraction("0.662349"), stages) == Fraction("0.6624")
    assert [in_cents(Fraction("-0.125")), in_cents(Fraction("0.125"), {"mode": "half_even", "step": "0.01"})] == [-13, 12]
    assert in_cents(Fraction("1500.01"), {"mode": "up", "step": "100"}) == 160000


@pytest.mark.parametrize(("text", "cents"), [("DNNN", 19000), ("DKKKKKKKKKKKKKKK", 11000), ("KLKKKKKLKKKKKKD", 11000), ("LLL", 0),
                                             ("LLLLLLLDLLLLLLL", 11000), ("DLLLLLLLLLLLLL", 22000)])
def test_a_flat_sum_with_absence(text: str, cents: int) -> None:
    """220 a month, less 1/22 a missed day, a half from 14 excused days on, nothing for a month away."""
    part = {"key": "p", "kind": "flat", "payer": "budget", "amount": "220", "presence": "here",
            "absence": {"unexcused_off": "1/22", "excused_days": 14, "excused_part": "0.5", "away": "nothing"}}
    assert run([part], marks("a", text))["totals"]["a"] == cents


def test_days_by_bands_doubled_on_free_days() -> None:
    part = {"key": "p", "kind": "per_day", "payer": "budget", "weekend": "2", "holiday": "2",
            "band": [{"from_hours": "1", "to_hours": "5", "amount": "39"}, {"from_hours": "5", "amount": "54"}]}
    rows = [Attendance("a", day(n), minutes, Mark.ATTENDED) for n, minutes in ((5, 360), (6, 180), (10, 360), (7, 30), (8, 300))]
    assert run([part], rows)["totals"]["a"] == 25500
    assert run([part], rows, logged={"holidays": [day(8), day(10)]}, calendar="LT")["totals"]["a"] == 25500 + 5400


def test_planned_days_and_a_total_up_to_the_next_hundred() -> None:
    base = {"key": "base", "kind": "per_day", "payer": "budget", "band": [{"from_hours": "0", "amount": "100"}]}
    work = {"key": "work", "kind": "per_day", "payer": "budget", "planned": "value.planned",
            "rounding": {"mode": "up", "step": "100"}, "band": [{"from_hours": "2", "amount": "150"}]}
    own = [PersonValue("a", "planned", date(2020, 1, 1), "10")]
    rows = [*marks("a", "D" * 11), *marks("a", "DD", 12, 60)]
    assert run([base, work], rows, logged={"values": own})["people"]["a"] == {("base", "per_day", "budget"): 130000,
                                                                   ("work", "per_day", "budget"): 150000}
    assert run([base, work], rows[4:11], logged={"values": own})["people"]["a"]["work", "per_day", "budget"] == 110000


@pytest.mark.parametrize(("wage", "cents"), [("200", 5200), ("299", 5200), ("325", 2600), ("351", 0), ("400", 0)])
def test_a_taper(wage: str, cents: int) -> None:
    parts = [{"key": "w", "kind": "flat", "payer": "budget", "amount": wage},
             {"key": "t", "kind": "top_up", "payer": "budget",
              "point": [{"at": "299", "gives": "52"}, {"at": "351", "gives": "0"}]}]
    assert run(parts, marks("a", "D"))["people"]["a"]["t", "top_up", "budget"] == cents


def test_a_piece_by_its_norm_and_hours_by_a_rating() -> None:
    norm = {"wage": "8.00", "units": "96", "minutes": "60", "allowance_share": "0.833334",
            "rounding": [{"mode": "half_up", "step": "1"}]}
    piece = {"key": "p", "kind": "per_piece", "payer": "budget", "piece": [{"product": "A", "norm": norm}]}
    assert run([piece], logged={"lots": [lot("a", "b", good=7000)]})["totals"] == {"a": 35, "b": 35}
    rated = {"key": "r", "kind": "rated", "payer": "budget", "amount": "10.00",
             "task": [{"task": "cut", "rating": "0.3"}, {"task": "glue", "rating": "0.5"}, {"task": "sew", "rating": "0.9"}]}
    work = [Work("1", "a", day(1), task="cut", minutes=60), Work("2", "a", day(1), task="glue", minutes=60)]
    assert run([rated], marks("a", "DD"), logged={"work": work})["totals"]["a"] == 4800


def test_a_pool_for_everyone_with_a_tie_that_october_decides() -> None:
    """10 cents among three: 12 x 2026 + 10 = 24322, the remainder by three is 1, so the cent goes to the second."""
    part = {"key": "p", "kind": "share", "payer": "pool", "by": "one", "presence": "here"}
    told = run([part], people="abc", logged={"lots": [lot("a")], "lines": [sale(10)]})
    assert told["totals"] == {"a": 3, "b": 4, "c": 3}
    assert told["identity"]["reserve"] == 0


def test_pool_costs_payout_and_a_full_reserve() -> None:
    """10,000 less 4,000; 70 % is paid out; the reserve takes 1,000 more and 800 are carried."""
    part = {"key": "p", "kind": "share", "payer": "pool", "by": "one", "presence": "here"}
    pool = {"source": "sales", "costs": "4000", "payout_share": "70", "reserve": {"month_pay": "250.00", "cap_months": "6"}}
    told = run([part], logged={"lines": [sale(1000000)]}, reserve=50000, pool=pool)
    assert (sum(told["totals"].values()), told["reserve"], told["identity"]["carried_out"]) == (420000, 150000, 80000)
    pool["reserve"]["full"] = "paid_out"
    told = run([part], logged={"lines": [sale(1000000)]}, reserve=50000, pool=pool)
    assert (sum(told["totals"].values()), told["reserve"], told["identity"]["carried_out"]) == (500000, 150000, 0)


def test_the_rate_made_from_the_pool_is_rounded_down() -> None:
    part = {"key": "p", "kind": "per_hour", "payer": "pool", "from_pool": {"by": "hours"},
            "rate_rounding": [{"mode": "down", "step": "0.5"}]}
    told = run([part], [*marks("a", "DD", minutes=120), *marks("b", "D", minutes=180)], logged={"lines": [sale(1000)]},
               pool={"source": "sales"})
    assert told["totals"] == {"a": 400, "b": 300}
    assert told["identity"]["reserve"] == 300


@pytest.mark.parametrize(("rule", "reserve", "totals", "after"), [
    ("reserve", 100, [300, 600], -700), ("cut", 100, [33, 67], 100), ("reserve_then_cut", 100, [67, 133], 0),
    ("budget", 100, [300, 600], 100)])
def test_a_shortfall(rule: str, reserve: int, totals: list, after: int) -> None:
    """9 euros are due and 1 is there."""
    part = {"key": "p", "kind": "flat", "payer": "pool", "amount": "3 * value.n"}
    own = [PersonValue("a", "n", day(1), "1"), PersonValue("b", "n", day(31), "2")]
    told = run([part], [*marks("a", "D"), *marks("b", "D")], reserve=reserve, pool={"shortfall": rule},
               logged={"values": own, "lines": [sale(100)], "lots": [lot("a")]})
    assert (list(told["totals"].values()), told["reserve"]) == (totals, after)


@pytest.mark.parametrize(("returns", "lines"), [("reserve", {"a": 400, "b": 100}), ("again", {"a": 400, "b": 400})])
def test_a_ceiling_and_where_the_cut_goes(returns: str, lines: dict) -> None:
    part = {"key": "p", "kind": "share", "payer": "pool", "by": "days"}
    limit = {"key": "l", "kind": "ceiling", "amount": "4", "on": "p", "returns": returns}
    told = run([part], [*marks("a", "D" * 9), *marks("b", "D")], limit=[limit],
               logged={"lines": [sale(1000)], "lots": [lot("a")]})
    assert told["totals"] == lines
    assert told["reserve"] == 1000 - sum(lines.values())


def test_a_floor_for_those_who_came_and_a_tax() -> None:
    parts = [{"key": "p", "kind": "per_hour", "payer": "budget", "amount": "1"},
             {"key": "t", "kind": "withheld", "rate": "20", "exempt": "2", "basis": "GPM"}]
    told = run(parts, marks("a", "D", minutes=60), limit=[{"key": "l", "kind": "floor", "amount": "5.03"}])
    lines = {("p", "per_hour", "budget"): 100, ("l", "floor", "reserve"): 403, ("t", "withheld", "withheld"): -61}
    assert told["people"] == {"a": lines, "b": Counter()}
    assert told["identity"]["withheld"] == 61


def test_a_fund_is_fed_by_cuts_and_pays() -> None:
    parts = [{"key": "p", "kind": "flat", "payer": "budget", "amount": "10",
              "absence": {"unexcused_off": "0.5", "cut_to": "trips"}},
             {"key": "f", "kind": "share", "payer": "trips", "by": "one", "of": "50", "months": [10]}]
    told = run(parts, [*marks("a", "DN"), *marks("b", "D")], funds={"trips": 100}, fund=[{"key": "trips"}])
    assert told["totals"] == {"a": 650, "b": 1150}
    assert told["funds"] == {"trips": 300}


def test_a_decision_below_zero_becomes_a_debt() -> None:
    decision = Decision("d", "a", day(3), "p", -500, "skola", "V-1")
    told = run([{"key": "p", "kind": "adjustment", "payer": "reserve"}], logged={"decisions": [decision]})
    assert (told["totals"]["a"], told["owed"]["a"], told["reserve"]) == (0, 500, 0)


@pytest.mark.parametrize("pool", [{}, {"left": "carried"}])
def test_a_month_of_returns_only_gives_nobody_anything(pool: dict) -> None:
    """What a maker must give back is no money to divide or to carry: the reserve bears the return and lends the maker's part."""
    parts = [{"key": "t", "kind": "traced", "payer": "pool", "portion": "50"},
             {"key": "s", "kind": "share", "payer": "pool", "by": "one", "presence": "here"}]
    back = SaleLine("r", "K2", "1", 1, date(2026, 11, 5), "A", "mugė", -1000, 1000, 0, returns="s")
    months = (Booked(OCTOBER, (), (lot("a"),), (sale(1000),)), Booked(OCTOBER.plus(1), (), (), (back,)))
    known = {who: Person(who, f"D{n}", date(2020, 1, 1)) for n, who in enumerate("ab")}
    told = scheme(parts, pool=pool)
    first, second = twice.both(Workshop(known, ((told, None), (told, None)), months, 0, {}))[0]
    assert first["totals"] == {"a": 750, "b": 250}
    assert (second["totals"], second["owed"]["a"]) == ({"a": 0, "b": 0}, 500)
    assert (second["reserve"], second["identity"]["carried_out"]) == (-1000, 0)


def test_a_joiner_has_a_part_by_days() -> None:
    part = {"key": "p", "kind": "flat", "payer": "budget", "amount": "31", "joiner": "days", "presence": "here"}
    known = {"a": Person("a", "D1", day(22)), "b": Person("b", "D2", day(1), day(2))}
    assert run([part], known=known)["totals"] == {"a": 1000, "b": 3100}


def test_a_split_month_takes_each_version_for_its_days() -> None:
    old = scheme([{"key": "p", "kind": "flat", "payer": "budget", "amount": "31"}])
    new = {"key": "p", "kind": "per_day", "payer": "budget", "band": [{"from_hours": "1", "amount": "2"}]}
    told = run([new], marks("a", "DDD", 19), "a", before=old, in_force_from=day(21), inside_month="split")
    assert told["people"]["a"] == {("p", "flat", "budget"): 2000, ("p", "per_day", "budget"): 200}


def test_in_a_split_month_a_tax_a_floor_and_late_sales_are_the_month_s() -> None:
    """Attended and sold before the 21st: the floor, the tax and the share of a late sale do not depend on the day of the change."""
    traced = {"key": "p", "kind": "traced", "payer": "pool", "portion": "50"}
    tax = {"key": "t", "kind": "withheld", "rate": "10", "on": "traced", "basis": "GPM"}
    late = SaleLine("s", "K1", "1", 1, date(2026, 9, 20), "A", "mugė", 1000, 1000, 0)
    told = run([dict(traced, portion="20"), tax], marks("a", "D"), before=scheme([traced]), in_force_from=day(21),
               inside_month="split", limit=[{"key": "l", "kind": "floor", "amount": "6"}],
               logged={"lines": [late], "lots": [Lot("l", "P1", 1, "A", date(2026, 9, 2), 1000, 1000, (Share("a", 1000),))]})
    assert told["people"]["a"] == {("p", "traced", "pool"): 500, ("l", "floor", "reserve"): 100,
                                   ("t", "withheld", "withheld"): -100}


def test_what_nobody_can_take_of_a_cut_is_the_reserve_s() -> None:
    """The budget gives 10, the ceiling leaves 4; nobody else has a key, so 6 are the reserve's and not the budget's again."""
    part = {"key": "p", "kind": "share", "payer": "budget", "by": "days", "amount": "10"}
    told = run([part], marks("a", "D"), limit=[{"key": "l", "kind": "ceiling", "amount": "4", "cuts": "p", "returns": "again"}])
    assert (told["totals"]["a"], told["identity"]["from_budget"], told["reserve"]) == (400, 1000, 600)


def test_a_floor_is_for_the_classes_it_names() -> None:
    """A decision takes 5 euros from somebody without a class: that is a debt, no floor of nothing."""
    decision = Decision("d", "a", day(3), "p", -500, "skola", "V-1")
    limit = {"key": "l", "kind": "floor", "payer": "budget", "by_class": "grade", "class": [{"is": "I", "amount": "4"}]}
    part = {"key": "p", "kind": "adjustment", "payer": "budget"}
    told = run([part], marks("a", "D"), limit=[limit], logged={"decisions": [decision]})
    assert (told["owed"]["a"], told["identity"]["from_budget"]) == (500, -500)


def test_a_portion_of_a_fund_is_of_what_it_has_then() -> None:
    parts = [{"key": f"p{n}", "kind": "share", "payer": "trips", "by": "one", "of": "50", "presence": "here"} for n in "ab"]
    told = run(parts, people="a", funds={"trips": 1000}, fund=[{"key": "trips"}])
    assert (told["totals"]["a"], told["funds"]) == (750, {"trips": 250})


def test_an_old_line_without_a_lot_is_matched_although_nothing_was_unassigned() -> None:
    """All that was sold is the pool's, so a lot that comes late finds its line and moves no cent."""
    part = {"key": "p", "kind": "share", "payer": "pool", "by": "one", "presence": "here"}
    told = scheme([part], pool={"source": "sales"})
    known = {"a": Person("a", "D1", date(2020, 1, 1))}
    months = (Booked(OCTOBER, (), (), (sale(100),)), Booked(OCTOBER.plus(1), (), (lot("a"),), ()))
    plainly = twice.both(Workshop(known, ((told, None), (told, None)), months, 0, {}))[0]
    assert [month["totals"]["a"] for month in plainly] == [100, 0]
