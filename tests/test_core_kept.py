"""What the lines of limits, a shortfall, roundings, debts and a month of two versions keep of how they came about; what the
pool of an odd month comes to."""

from dataclasses import asdict, replace
from datetime import date

from ledger.core.debts import Debt
from ledger.core.decided import Fund
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.core.stipends import Identity
from tests.books import day, lot, month, person, sale
from tests.schemes import decision, limit, part, scheme, told, totals, value

PEOPLE = [person("D1"), person("D2"), person("D3")]
CAME = [day("D1", 1), day("D2", 1), day("D3", 1)]
PAY = part("pay", "flat", 'amount = "value.pay"')


def sold(euros: int, price: int = 100) -> tuple[list[object], list[object]]:
    return [lot("P1", 1, euros)], [sale("1", 2, euros, price)]


def cents_of(identity: Identity) -> dict[str, int]:
    """The month's sums that are not zero."""
    return {name: cents for name, cents in asdict(identity).items() if cents}


def pays(*euros: str) -> list[object]:
    return [value(f"D{n}", "pay", one) for n, one in enumerate(euros, 1)]


# ---------- limits ----------


def test_a_ceiling_by_class_cuts_the_last_part_first_and_then_the_others() -> None:
    """30.10 + 20.00 + 5.00 over 15.20: 5.00 of the last part, 20.00 of the one before and 14.90 of the first."""
    rules = scheme(
        PAY,
        part("more", "flat", 'amount = "20"'),
        part("last", "flat", 'amount = "5"'),
        limit("top", "ceiling", 'by_class = "level"\nclass = [{ is = "A", amount = "value.most * 2" }]\nreturns = "source"'),
    )
    values = [*pays("30.10", "30.10", "1"), value("D1", "level", "A"), value("D1", "most", "7.60")]
    result = month(PEOPLE, attendance=CAME, values=values, scheme=rules)
    assert told(result, "D1")[3:] == [
        ("top", "limit", -500, "budget", "-500", {
            "ceiling": 1520, "before": 5510, "cuts": "last", "class": "A", "=value.most": "38/5",
        }),
        ("top", "limit", -2000, "budget", "-2000", {
            "ceiling": 1520, "before": 5510, "cuts": "more", "class": "A", "=value.most": "38/5",
        }),
        ("top", "limit", -1490, "budget", "-1490", {
            "ceiling": 1520, "before": 5510, "cuts": "pay", "class": "A", "=value.most": "38/5",
        }),
    ]
    assert totals(result) == [1520, 5510, 2600]


def test_a_named_part_is_cut_first() -> None:
    rules = scheme(PAY, part("more", "flat", 'amount = "20"'), limit("top", "ceiling", 'amount = "25"\ncuts = "pay"'))
    result = month(PEOPLE, attendance=CAME, values=pays("30", "6", "5"), scheme=rules)
    assert told(result, "D1")[2:] == [
        ("top", "limit", -2500, "reserve", "-2500", {"ceiling": 2500, "before": 5000, "cuts": "pay"}),
    ]
    assert told(result, "D2")[2:] == [
        ("top", "limit", -100, "reserve", "-100", {"ceiling": 2500, "before": 2600, "cuts": "pay"}),
    ]
    assert totals(result) == [2500, 2500, 2500]


def test_what_one_limit_cut_counts_for_the_next() -> None:
    """40.00 under a ceiling of 30.00 on the part, then 25.00 on the total; then 12.00 at least."""
    rules = scheme(
        PAY,
        limit("each", "ceiling", 'amount = "30"\non = "pay"'),
        limit("top", "ceiling", 'amount = "25"'),
        limit("least", "floor", 'amount = "value.least"\non = "pay"\npayer = "budget"'),
        limit("again", "ceiling", 'amount = "11"\non = "pay"'),
    )
    values = [*pays("40", "12", "5"), *(value(one.ref, "least", "12") for one in PEOPLE)]
    result = month(PEOPLE, attendance=CAME, values=values, scheme=rules)
    assert told(result, "D1")[1:] == [
        ("each", "limit", -1000, "reserve", "-1000", {"ceiling": 3000, "before": 4000, "cuts": "pay"}),
        ("top", "limit", -500, "reserve", "-500", {"ceiling": 2500, "before": 3000, "cuts": "pay"}),
        ("again", "limit", -1400, "reserve", "-1400", {"ceiling": 1100, "before": 2500, "cuts": "pay"}),
    ]
    assert told(result, "D2")[1:] == [
        ("again", "limit", -100, "reserve", "-100", {"ceiling": 1100, "before": 1200, "cuts": "pay"}),
    ]
    assert told(result, "D3")[1:] == [
        ("least", "floor", 700, "budget", "700", {"floor": 1200, "before": 500, "=value.least": "12"}),
        ("again", "limit", -100, "reserve", "-100", {"ceiling": 1100, "before": 1200, "cuts": "pay"}),
    ]


AGAIN = 'amount = "value.top"\ncuts = "share"\nreturns = "again"'


def again(*tops: str, days: tuple[int, ...], key: str = "days") -> object:
    rows = [day(one.ref, n) for one, count in zip(PEOPLE, days, strict=True) for n in range(1, count + 1)]
    tops_of = [value(f"D{n}", "top", one) for n, one in enumerate(tops, 1)]
    rules = scheme(part("share", "share", f'by = "{key}"', payer="pool"), limit("top", "ceiling", AGAIN))
    return month(PEOPLE, *sold(100), attendance=rows, values=tops_of, scheme=rules)


def test_what_is_cut_is_shared_again_with_its_key() -> None:
    """70, 20 and 10 by 7, 2 and 1 days; over 60 are 10, shared 2 to 1: 6.67 and 3.33."""
    result = again("60", "60", "60", days=(7, 2, 1))
    assert told(result, "D1")[1:] == [
        ("top", "limit", -1000, "reserve", "-1000", {"ceiling": 6000, "before": 7000, "cuts": "share", "=value.top": "60"}),
    ]
    assert told(result, "D2")[1:] == [
        ("top", "again", 667, "reserve", "667", {"shared": 1000, "cuts": "share", "key": "2", "ceiling": 6000}),
    ]
    assert told(result, "D3")[1:] == [
        ("top", "again", 333, "reserve", "333", {"shared": 1000, "cuts": "share", "key": "1", "ceiling": 6000}),
    ]


def test_one_cent_of_room_is_room_and_none_is_none() -> None:
    """70, 20 and 10: over 60 are 10, D2 has no room, D3 takes one cent; the rest is the reserve's."""
    result = again("60", "20", "10.01", days=(7, 2, 1))
    assert (totals(result), result.identity.to_reserve) == ([6000, 2000, 1001], 999)


def test_nobody_without_a_key_gets_what_is_shared_again() -> None:
    result = again("60", "60", "60", days=(9, 1, 0))
    assert totals(result) == [6000, 4000, 0]


def test_who_has_no_ceiling_takes_what_is_shared_again() -> None:
    rows = [day("D1", n) for n in range(1, 9)] + [day("D2", 1), day("D3", 1)]
    body = 'by_class = "level"\nclass = [{ is = "A", amount = "60" }]\ncuts = "share"\nreturns = "again"'
    rules = scheme(part("share", "share", 'by = "days"', payer="pool"), limit("top", "ceiling", body))
    levels = [value(ref, "level", "A") for ref in ("D1", "D2")]
    result = month(PEOPLE, *sold(100), attendance=rows, values=levels, scheme=rules)
    assert told(result, "D2")[1:] == [
        ("top", "again", 1000, "reserve", "1000", {"shared": 2000, "cuts": "share", "key": "1", "ceiling": 6000}),
    ]
    assert told(result, "D3")[1:] == [("top", "again", 1000, "reserve", "1000", {"shared": 2000, "cuts": "share", "key": "1"})]


def test_nothing_cut_is_nothing_to_share_again() -> None:
    result = again("100", "100", "100", days=(7, 2, 1))
    assert [len(one.lines) for one in result.people] == [1, 1, 1]


# ---------- a shortfall ----------


def test_a_shortfall_tells_what_was_asked_and_what_was_there() -> None:
    """80.00, 40.00 and 1 cent asked for, 60.01 there: scaled, one cent by the larger rest."""
    rules = scheme('[pool]\nshortfall = "cut"', part("pay", "flat", 'amount = "value.pay"', payer="pool"))
    result = month(PEOPLE, *sold(1, 6001), attendance=CAME, values=pays("80", "40", "0.01"), scheme=rules)
    assert told(result, "D1")[1:] == [
        ("shortfall", "shortfall", -4000, "pool", "-48000000/12001", {
            "asked": 8000, "all": 12001, "there": 6001, "whole": 4000, "fraction": "4000/12001", "extra": 0, "why": "smaller",
            "sum": 6001, "leftover": 1, "step": 1,
        }),
    ]
    assert told(result, "D2")[1:] == [
        ("shortfall", "shortfall", -2000, "pool", "-24000000/12001", {
            "asked": 4000, "all": 12001, "there": 6001, "whole": 2000, "fraction": "2000/12001", "extra": 0, "why": "smaller",
            "sum": 6001, "leftover": 1, "step": 1,
        }),
    ]
    assert told(result, "D3")[1:] == [
        ("shortfall", "shortfall", 0, "pool", "-6000/12001", {
            "asked": 1, "all": 12001, "there": 6001, "whole": 0, "fraction": "6001/12001", "extra": 1, "why": "larger",
            "sum": 6001, "leftover": 1, "step": 1,
        }),
    ]


def test_exactly_enough_is_no_shortfall() -> None:
    rules = scheme('[pool]\nshortfall = "cut"', part("pay", "flat", 'amount = "50"', payer="pool"))
    result = month(PEOPLE[:2], *sold(100), attendance=CAME[:2], scheme=rules)
    assert [len(one.lines) for one in result.people] == [1, 1]


# ---------- roundings, totals below zero, debts ----------


def test_totals_rounded_with_what_was_before() -> None:
    rules = scheme('[total]\nmode = "down"\nstep = "0.05"\n', PAY)
    result = month(PEOPLE[:1], attendance=CAME[:1], values=pays("10.03"), scheme=rules)
    assert told(result, "D1")[1:] == [("rounding", "rounding", -3, "reserve", "-3", {"before": 1003, "step": 5})]


def test_a_total_below_zero_and_a_debt_of_earlier() -> None:
    """D1 gives back 7.00 more than there is; D2 owes 3.00 and 1.00, of 10.00 at most a quarter is kept; D3 owes 1.00 only."""
    rules = scheme('[debt]\nshare = "25"', PAY, part("back", "adjustment"))
    debts = [Debt("D2", 300, Month(2026, 9)), Debt("D2", 100, Month(2026, 8)), Debt("D3", 100, Month(2026, 9))]
    backs = [decision("D1", "back", -1200)]
    result = month(PEOPLE, attendance=CAME, values=pays("5", "10", "10"), decisions=backs, debts=debts, scheme=rules)
    assert [line for one in ("D1", "D2", "D3") for line in told(result, one)[1:]] == [
        ("back", "adjustment", -1200, "budget", "-1200", {"reason": "už pagalbą", "document": "V-7", "day": "2026-10-15"}),
        ("below_zero", "below_zero", 700, "reserve", "700", {"before": -700}),
        ("debt", "debt", -250, "reserve", "-250", {"before": 400, "most": 250}),
        ("debt", "debt", -100, "reserve", "-100", {"before": 100, "most": 250}),
    ]
    assert [one.debt for one in result.people] == [700, 150, 0]


# ---------- a month of two versions ----------


def test_lines_of_a_month_of_two_versions_tell_their_days() -> None:
    """10 days of 31.00 less a half for a day away, 21 days of 62.00, under a ceiling of 45.00."""
    body = 'amount = "31"\npresence = "here"\nabsence = { unexcused_off = "1/2" }'
    early = scheme(part("sum", "flat", body), part("old", "per_hour", 'amount = "1"'))
    late = scheme(part("sum", "flat", 'amount = "62"\njoiner = "days"'), limit("top", "ceiling", 'amount = "45"'))
    rules = replace(late, in_force_from=date(2026, 10, 11)).after(early)
    rows = [day("D1", 3, 0, Mark.UNEXCUSED), day("D1", 4), day("D1", 12)]
    assert told(month(PEOPLE[:1], attendance=rows, scheme=rules), "D1") == [
        ("sum", "flat", 1000, "budget", "1000", {
            "rate": "3100", "part": "10/31", "unexcused": 1, "excused": 0, "away": 0, "left": "1/2", "since": "2026-10-01",
            "until": "2026-10-11",
        }),
        ("sum", "absence", -500, "budget", "-500", {
            "unexcused": 1, "excused": 0, "away": 0, "left": "1/2", "since": "2026-10-01", "until": "2026-10-11", "before": 1000,
        }),
        ("old", "per_hour", 400, "budget", "400", {
            "rate1_hours": "4", "rate1_kind": "", "rate1_cents": "100", "since": "2026-10-01", "until": "2026-10-11",
        }),
        ("sum", "flat", 4200, "budget", "4200", {"rate": "6200", "part": "21/31", "since": "2026-10-11", "until": "2026-11-01"}),
        ("top", "limit", -600, "reserve", "-600", {"ceiling": 4500, "before": 5100, "cuts": "sum"}),
    ]


def test_a_part_of_an_earlier_version_is_cut_when_the_others_are_not_enough() -> None:
    """31.00 for the month and 4.00 by hours, over 1.00: all of the sum, then 3.00 of what the first version gave."""
    early = scheme(part("old", "per_hour", 'amount = "1"'), part("sum", "flat", 'amount = "31"'))
    late = scheme(part("sum", "flat", 'amount = "31"'), limit("all", "ceiling", 'amount = "1"'))
    rules = replace(late, in_force_from=date(2026, 10, 11)).after(early)
    assert told(month(PEOPLE[:1], attendance=[day("D1", 4), day("D1", 12)], scheme=rules), "D1")[3:] == [
        ("all", "limit", -3100, "reserve", "-3100", {"ceiling": 100, "before": 3500, "cuts": "sum"}),
        ("all", "limit", -300, "reserve", "-300", {"ceiling": 100, "before": 3500, "cuts": "old"}),
    ]


def test_who_joined_inside_a_version_has_its_days_of_the_version() -> None:
    """Joined on the 22nd: 10 of the 21 days of the second version, 21 of 31 days of the month."""
    rules = scheme(part("sum", "flat", 'amount = "31"\njoiner = "days"'))
    both = replace(rules, in_force_from=date(2026, 10, 11)).after(rules)
    result = month([person("D1", date(2026, 10, 22))], attendance=[day("D1", 25)], scheme=both)
    assert told(result, "D1")[1:] == [
        ("sum", "flat", 1000, "budget", "1000", {
            "rate": "3100", "part": "10/31", "part_days": 10, "part_of": 21, "since": "2026-10-11", "until": "2026-11-01",
        }),
    ]


def test_pots_of_a_month_of_two_versions_count_by_calendar_days() -> None:
    """A given pot of 31.00 and half of 62.00: 10 days of it in the first part, 21 in the second."""
    half = part("half", "share", 'by = "days"\nof = "50"', payer="pool")
    rules = scheme(part("gift", "share", 'by = "days"\namount = "31"'), half)
    both = replace(rules, in_force_from=date(2026, 10, 11)).after(rules)
    result = month(PEOPLE[:2], *sold(62), attendance=[day("D1", 4), day("D1", 12), day("D2", 12)], scheme=both)
    assert [line[:5] for line in told(result, "D1")] == [
        ("gift", "share", 1000, "budget", "1000"),
        ("half", "share", 1000, "pool", "1000"),
        ("gift", "share", 1050, "budget", "1050"),
        ("half", "share", 1050, "pool", "1050"),
    ]
    assert [line[:5] for line in told(result, "D2")] == [
        ("gift", "share", 0, "budget", "0"),
        ("half", "share", 0, "pool", "0"),
        ("gift", "share", 1050, "budget", "1050"),
        ("half", "share", 1050, "pool", "1050"),
    ]


# ---------- the pool of an odd month ----------


def test_the_pool_says_what_it_came_to() -> None:
    pool = '[pool]\npayout_share = "60"\ncosts = "10"\n[pool.reserve]\nmonth_pay = "10"\ncap_months = "3"'
    rules = scheme(pool, part("pay", "flat", 'amount = "10"', payer="pool"))
    result = month(PEOPLE, *sold(100), attendance=CAME, reserve=500, carried_in=700, scheme=rules)
    assert asdict(result.pool) == {
        "result": 9000, "costs": 1000, "available": 6100, "paid": 3000, "reserve_before": 500, "reserve_after": 3000, "room": 2500,
    }
    assert cents_of(result.identity) == {
        "realised_net": 10000, "deducted": 1000, "carried_in": 700, "stipends": 3000, "to_reserve": 2500, "carried_out": 4200,
    }


def test_what_is_paid_with_carried_money_and_a_sum_of_the_budget() -> None:
    """The budget gives 30.00, 7.00 are carried in; paid are 36.00: 30.00 by the budget, 6.00 of what was carried."""
    rules = scheme('[pool]\nsource = "budget"\namount = "30"', part("pay", "flat", 'amount = "12"', payer="pool"))
    result = month(PEOPLE, *sold(10), attendance=CAME, carried_in=700, scheme=rules)
    assert cents_of(result.identity) == {
        "realised_net": 1000, "carried_in": 700, "from_budget": 3000, "stipends": 3600, "to_reserve": 1100,
    }


def test_cents_less_than_a_step_and_what_parts_leave_are_carried_together() -> None:
    """A third of 30.00, 10.02, by three in steps of 50 cents: 3.50, 3.50 and 3.00, 2 cents stay; so do 19.98."""
    rules = scheme(
        '[pool]\nleft = "carried"',
        part("share", "share", 'by = "one"\nof = "33.4"\nrounding = { mode = "half_up", step = "0.50" }', payer="pool"),
    )
    result = month(PEOPLE, *sold(30), attendance=CAME, scheme=rules)
    assert (totals(result), result.identity.carried_out, result.identity.to_reserve) == ([300, 350, 350], 2000, 0)


def test_a_fund_below_a_cap_of_the_reserve() -> None:
    """What a fund gets is in the reserve's money but not under its cap."""
    fund = '[[fund]]\nkey = "gifts"\nlabel = "Fondas"\n'
    rules = scheme(
        '[pool]\npayout_share = "50"\n[pool.reserve]\nmonth_pay = "10"\ncap_months = "3"',
        fund,
        part("pay", "flat", 'amount = "22"\nabsence = { unexcused_off = "1/22", cut_to = "gifts" }'),
    )
    rows = [*CAME, day("D2", 5, 0, Mark.UNEXCUSED)]
    result = month(PEOPLE, *sold(100), attendance=rows, reserve=500, funds=[Fund("gifts", 300)], scheme=rules)
    assert asdict(result.pool) == {
        "result": 10000, "costs": 0, "available": 5000, "paid": 0, "reserve_before": 500, "reserve_after": 3000, "room": 2500,
    }
    assert [asdict(one) for one in result.funds] == [{"key": "gifts", "before": 300, "fed": 100, "paid": 0, "after": 400}]
    assert cents_of(result.identity) == {
        "realised_net": 10000, "from_budget": 6600, "stipends": 6500, "to_reserve": 2600, "carried_out": 7500,
    }
