"""Each kind of part, worked by hand: who gets what by days, hours, pieces, ratings, shares, top-ups and decisions."""

from datetime import date

import pytest

from ledger.core.production import Mark, YearSoFar
from tests.books import day, lot, month, person, sale
from tests.schemes import decision, lines, numbers, part, scheme, totals, value, work

PEOPLE = [person("D1"), person("D2")]
ONE = [person("D1")]
CAME = [day("D1", 1), day("D2", 1)]


def flat(body: str, **more: str) -> str:
    return part("sum", "flat", body, **more)


# ---------- flat ----------


def test_everybody_who_came_gets_the_same() -> None:
    result = month([*PEOPLE, person("D3")], attendance=CAME, scheme=scheme(flat('amount = "38"')))
    assert totals(result) == [3800, 3800, 0]


def test_presence_here_pays_also_who_did_not_come() -> None:
    result = month(ONE, scheme=scheme(flat('amount = "38"\npresence = "here"')))
    assert totals(result) == [3800]


@pytest.mark.parametrize(
    ("joiner", "leaver", "cents"),
    [("whole", "whole", 3100), ("days", "whole", 2100), ("whole", "days", 1500), ("days", "days", 500)],
)
def test_a_month_begun_and_left_inside(joiner: str, leaver: str, cents: int) -> None:
    """Here from the 11th to the 15th of 31 days, 31 euros a month."""
    here = person("D1", date(2026, 10, 11), date(2026, 10, 15))
    body = f'amount = "31"\njoiner = "{joiner}"\nleaver = "{leaver}"'
    assert totals(month([here], attendance=[day("D1", 12)], scheme=scheme(flat(body)))) == [cents]


def test_the_last_day_of_a_month_is_a_whole_month() -> None:
    here = person("D1", date(2026, 10, 1), date(2026, 10, 31))
    body = 'amount = "31"\njoiner = "days"\nleaver = "days"'
    assert totals(month([here], attendance=[day("D1", 12)], scheme=scheme(flat(body)))) == [3100]


BY_CLASS = 'by_class = "level"\n[[part.class]]\nis = "A"\namount = "20"\n[[part.class]]\nis = "B"\namount = "10.50"'


def test_by_class_each_gets_what_the_class_gets_and_nothing_without_one() -> None:
    people = [*PEOPLE, person("D3")]
    values = [value("D1", "level", "A"), value("D2", "level", "B")]
    result = month(people, attendance=[*CAME, day("D3", 1)], values=values, scheme=scheme(flat(BY_CLASS)))
    assert totals(result) == [2000, 1050, 0]
    assert [one.lines[0].numbers["class"] for one in result.people] == ["A", "B", ""]


def test_a_class_counts_as_it_is_on_the_first_day() -> None:
    values = [value("D1", "level", "A", 1), value("D1", "level", "B", 2)]
    assert totals(month(ONE, attendance=CAME[:1], values=values, scheme=scheme(flat(BY_CLASS)))) == [2000]


def test_a_value_that_begins_inside_the_month_counts_when_there_was_none() -> None:
    values = [value("D1", "level", "B", 5), value("D1", "level", "A", 9)]
    assert totals(month(ONE, attendance=CAME[:1], values=values, scheme=scheme(flat(BY_CLASS)))) == [1050]


BANDS = 'count = "value.week"\n[[part.band]]\nfrom = "1"\nto = "3"\namount = "50"\n[[part.band]]\nfrom = "3"\namount = "80"'


@pytest.mark.parametrize(("week", "cents"), [("0.5", 0), ("1", 5000), ("2.99", 5000), ("3", 8000), ("5", 8000)])
def test_bands_of_a_count(week: str, cents: int) -> None:
    result = month(ONE, attendance=CAME[:1], values=[value("D1", "week", week)], scheme=scheme(flat(BANDS)))
    assert totals(result) == [cents]


def test_the_persons_own_amount_plus_an_increment() -> None:
    values = [value("D1", "base", "109.00"), value("D1", "increment", "12.345")]
    assert totals(
        month(ONE, attendance=CAME[:1], values=values, scheme=scheme(flat('amount = "value.base + value.increment"')))
    ) == [12135]


POOL_RATE = 'from_pool = { by = "one" }\nrate_rounding = [{ mode = "down", step = "10" }]\npresence = "here"'


def test_a_monthly_rate_made_from_the_pool_is_cut_and_the_rest_kept() -> None:
    """100 euros for 3 people: 33.33, cut to 30 each; 10 stay."""
    result = month([*PEOPLE, person("D3")], [lot("P1", 1, 100)], [sale("1", 2, 100)], scheme=scheme(flat(POOL_RATE, payer="pool")))
    assert (totals(result), result.identity.to_reserve) == ([3000, 3000, 3000], 1000)
    assert numbers(result, "D1")["rate_exact"] == "10000/3"


# ---------- absence ----------

ABSENCE = (
    'amount = "220"\npresence = "here"\nabsence = { unexcused_off = "1/22", excused_days = 14, excused_part = "1/2", '
    'away = "nothing"%s }'
)


def away(days: range, mark: Mark) -> list[object]:
    return [day("D1", n, 0, mark) for n in days]


@pytest.mark.parametrize(
    ("rows", "cents"),
    [
        ([day("D1", 1)], 22000),
        ([day("D1", 1), *away(range(5, 8), Mark.UNEXCUSED)], 19000),
        ([day("D1", 1), *away(range(5, 18), Mark.EXCUSED)], 22000),
        ([day("D1", 1), *away(range(5, 19), Mark.EXCUSED)], 11000),
        ([day("D1", 1), day("D1", 5, 0, Mark.ILL), day("D1", 18, 0, Mark.EXCUSED)], 11000),
        ([day("D1", 1), day("D1", 5, 0, Mark.ILL), day("D1", 12), day("D1", 18, 0, Mark.EXCUSED)], 22000),
        ([day("D1", 1), *away(range(2, 4), Mark.UNEXCUSED), *away(range(5, 20), Mark.ILL)], 10000),
        (away(range(1, 32), Mark.EXCUSED), 0),
        (away(range(1, 26), Mark.UNEXCUSED), 0),
    ],
)
def test_what_absences_take(rows: list[object], cents: int) -> None:
    result = month(ONE, attendance=rows, scheme=scheme(flat(ABSENCE % "")))
    assert (totals(result), result.identity.from_budget) == ([cents], cents)


def test_an_absence_has_its_line_and_may_go_to_the_reserve() -> None:
    rows = [day("D1", 1), *away(range(5, 8), Mark.UNEXCUSED)]
    result = month(ONE, attendance=rows, scheme=scheme(flat(ABSENCE % ', cut_to = "reserve"')))
    assert lines(result, "D1") == [("sum", "flat", 22000, "budget"), ("sum", "absence", -3000, "reserve")]
    assert (result.identity.from_budget, result.identity.to_reserve) == (22000, 3000)
    assert (numbers(result, "D1", 1)["unexcused"], numbers(result, "D1", 1)["before"]) == (3, 22000)


# ---------- per day ----------


def per_day(body: str, **more: str) -> str:
    return part("days", "per_day", body, **more)


SWEDEN = '[[part.band]]\nfrom_hours = "1"\nto_hours = "5"\namount = "39"\n[[part.band]]\nfrom_hours = "5"\namount = "54"'
# the 10th and 11th of October 2026 are Saturday and Sunday


def test_bands_of_hours_and_double_days() -> None:
    rows = [day("D1", 5, 360), day("D1", 6, 180), day("D1", 10, 360), day("D1", 7, 30), day("D1", 8, 300)]
    text = 'weekend = "2"\nholiday = "2"\n' + SWEDEN
    result = month(ONE, attendance=rows, scheme=scheme(per_day(text)))
    assert totals(result) == [25500]
    told = numbers(result, "D1")
    assert [told[name] for name in ("days", "attended", "band1_days", "band2_days", "weekend_days", "holiday_days")] == [
        4,
        5,
        1,
        3,
        1,
        0,
    ]


def test_the_larger_of_weekend_and_holiday_counts() -> None:
    rows = [day("D1", 10, 360), day("D1", 12, 360)]
    text = 'weekend = "1.5"\nholiday = "3"\n' + SWEDEN
    result = month(ONE, attendance=rows, holidays=[date(2026, 10, 10), date(2026, 10, 12)], scheme=scheme(per_day(text)))
    assert totals(result) == [2 * 3 * 5400]


def test_no_more_than_the_planned_days() -> None:
    text = 'planned = "value.planned"\nrounding = { mode = "up", step = "100" }\n[[part.band]]\nfrom_hours = "2"\namount = "150"'
    rows = [day("D1", n, 120) for n in range(1, 12)] + [day("D1", 12, 60)]
    result = month(ONE, attendance=rows, values=[value("D1", "planned", "10")], scheme=scheme(per_day(text)))
    assert (totals(result), numbers(result, "D1")["days"], numbers(result, "D1")["planned"]) == ([150000], 10, 10)


def test_a_months_total_rounded_up_to_the_next_hundred() -> None:
    text = 'rounding = { mode = "up", step = "100" }\n[[part.band]]\nfrom_hours = "2"\namount = "150"'
    assert totals(month(ONE, attendance=[day("D1", n, 120) for n in range(1, 8)], scheme=scheme(per_day(text)))) == [110000]


def test_a_daily_rate_from_the_pool() -> None:
    """90 euros over 4 person-days: 22.50 a day; half of the pool 11.25."""
    people, rows = PEOPLE, [day("D1", 1), day("D1", 2), day("D1", 5), day("D2", 1)]
    sold = ([lot("P1", 1, 90)], [sale("1", 2, 90)])
    whole = month(people, *sold, attendance=rows, scheme=scheme(per_day('from_pool = { by = "days" }', payer="pool")))
    half = month(people, *sold, attendance=rows, scheme=scheme(per_day('from_pool = { by = "days", of = "50" }', payer="pool")))
    assert (totals(whole), totals(half), half.identity.to_reserve) == ([6750, 2250], [3375, 1125], 4500)


# ---------- per hour ----------


def test_hours_by_kind() -> None:
    text = 'rate = [{ hours = "production", amount = "2" }, { hours = "training", amount = "0.50" }]'
    rows, done = [day("D1", 1, 300)], [work("D1", 1, kind="training", minutes=90), work("D1", 1, kind="waiting", minutes=30)]
    result = month(ONE, attendance=rows, work=done, scheme=scheme(part("hours", "per_hour", text)))
    assert totals(result) == [600 + 75]


def test_one_rate_for_all_hours_or_for_one_kind() -> None:
    rows, done = [day("D1", 1, 310)], [work("D1", 1, kind="training", minutes=60)]
    every = month(ONE, attendance=rows, work=done, scheme=scheme(part("hours", "per_hour", 'amount = "1"')))
    training = month(ONE, attendance=rows, work=done, scheme=scheme(part("hours", "per_hour", 'amount = "1"\nhours = "training"')))
    assert (totals(every), totals(training)) == ([517], [100])


def test_an_hourly_rate_from_the_pool_rounded_down() -> None:
    """380,000 for 18 people x 20 days x 4 hours: 263.888..., published as 250."""
    people = [person(f"D{n}") for n in range(1, 19)]
    rows = [day(one.ref, n) for one in people for n in range(1, 21)]
    text = 'from_pool = { by = "hours" }\nrate_rounding = [{ mode = "down", step = "50" }]'
    result = month(
        people,
        [lot("P1", 1, 3800)],
        [sale("1", 2, 3800, 10000)],
        attendance=rows,
        scheme=scheme(part("hours", "per_hour", text, payer="pool")),
    )
    assert (numbers(result, "D1")["rate"], set(totals(result)), result.identity.to_reserve) == ("25000", {2000000}, 2000000)


# ---------- per piece ----------


def pieces(body: str) -> str:
    return part("pieces", "per_piece", body)


def test_a_rate_for_each_good_piece_of_a_product_and_at_a_task() -> None:
    text = '[[part.piece]]\nproduct = "A"\namount = "0.25"\n[[part.piece]]\ntask = "folding"\namount = "0.011"'
    made = [lot("P1", 1, 10, "D1:3", "D2:1"), lot("P2", 1, 5, "D1", product="B")]
    done = [work("D1", 1, task="folding", good=300, made=310), work("D1", 2, task="cutting", good=9)]
    result = month(PEOPLE, made, attendance=CAME, work=done, scheme=scheme(pieces(text)))
    assert totals(result) == [188 + 330, 63]


@pytest.mark.parametrize(
    ("norm", "standard", "rate"),
    [
        ('units = "40", minutes = "25", allowance_minutes = "10"', "80", "1/10"),
        ('units = "96", minutes = "60", allowance_share = "0.833334", rounding = [{ mode = "half_up", step = "1" }]', "80", "1/10"),
        ('units = "96", minutes = "60", allowance_factor = "1.2"', "80", "1/10"),
        ('seconds = "45"', "80", "1/10"),
        ('per_hour = "40"', "40", "1/5"),
    ],
)
def test_a_rate_from_a_norm(norm: str, standard: str, rate: str) -> None:
    text = f'[[part.piece]]\ntask = "folding"\nnorm = {{ wage = "8", {norm} }}'
    result = month(ONE, attendance=CAME[:1], work=[work("D1", 1, task="folding", good=10)], scheme=scheme(pieces(text)))
    assert (numbers(result, "D1")["piece1_norm"], numbers(result, "D1")["piece1_rate"]) == (standard, rate)


def test_a_rate_in_two_stages_cut_at_five_places_then_up_at_four() -> None:
    text = (
        'rate_rounding = [{ mode = "down", step = "0.00001" }, { mode = "up", step = "0.0001" }]\n'
        '[[part.piece]]\ntask = "folding"\namount = "0.66234"'
    )
    result = month(ONE, attendance=CAME[:1], work=[work("D1", 1, task="folding", good=100)], scheme=scheme(pieces(text)))
    assert totals(result) == [6624]


# ---------- rated ----------


def rated(body: str) -> str:
    return part("rated", "rated", body)


def test_a_reference_rate_times_productivity() -> None:
    result = month(
        ONE,
        attendance=[day("D1", 1, 120)],
        values=[value("D1", "rating", "0.60")],
        scheme=scheme(rated('amount = "8"\nproductivity = "value.rating"')),
    )
    assert (numbers(result, "D1")["rate"], totals(result)) == ("24/5", [960])


TASKS = 'amount = "10"\n[[part.task]]\ntask = "a"\nrating = "value.a"\n[[part.task]]\ntask = "b"\nrating = "value.b"'


def test_the_mean_over_tasks_by_time_leaves_out_what_was_not_done() -> None:
    values = [value("D1", "a", "0.30"), value("D1", "b", "0.50")]
    both = [work("D1", 1, task="a", minutes=60), work("D1", 1, task="b", minutes=60)]
    more = month(ONE, attendance=CAME[:1], work=both, values=values, scheme=scheme(rated(TASKS)))
    only = month(ONE, attendance=CAME[:1], work=both[:1], values=values, scheme=scheme(rated(TASKS)))
    assert (numbers(more, "D1")["rate"], numbers(only, "D1")["rate"]) == ("4", "3")


@pytest.mark.parametrize(("quality", "rate"), [("", "3"), ('quality = "0.5"\n', "15/4")])
def test_productivity_by_the_norm_and_quality(quality: str, rate: str) -> None:
    """2 good an hour of a norm of 4, 6.00 an hour; 6 good of 8 made count as quality 3/4."""
    text = f'amount = "6"\n{quality}[[part.task]]\ntask = "a"\nnorm = "4"'
    done = [work("D1", 1, task="a", minutes=180, good=6, made=8)]
    assert numbers(month(ONE, attendance=CAME[:1], work=done, scheme=scheme(rated(text))), "D1")["rate"] == rate


# ---------- share ----------


def share(body: str, **more: str) -> str:
    return part("share", "share", body, **more)


SOLD = ([lot("P1", 1, 100)], [sale("1", 2, 100)])


@pytest.mark.parametrize(
    ("key", "cents"),
    [
        ("one", [5000, 5000]),
        ("days", [6667, 3333]),
        ("hours", [8000, 2000]),
        ("points", [2500, 7500]),
        ("units", [10000, 0]),
        ("units.A", [10000, 0]),
        ("value.level", [6000, 4000]),
        ("(days + points) * value.level", [6000, 4000]),
        ("min(days, 1)", [5000, 5000]),
        ("days.calendar", [5000, 5000]),
    ],
)
def test_the_pool_by_each_key(key: str, cents: list[int]) -> None:
    rows = [day("D1", 1, 240), day("D1", 2, 240), day("D2", 1, 120)]
    values = [value("D1", "level", "1.5"), value("D2", "level", "1")]
    done = [work("D1", 1, points=1), work("D2", 1, points=3)]
    if key.startswith("("):
        done = [work("D1", 1, points=1), work("D2", 1, points=2)]
    result = month(PEOPLE, *SOLD, attendance=rows, values=values, work=done, scheme=scheme(share(f'by = "{key}"', payer="pool")))
    assert totals(result) == cents


def test_a_portion_then_the_rest() -> None:
    rules = scheme(share('by = "one"\nof = "30"', payer="pool"), part("rest", "share", 'by = "days"', payer="pool"))
    rows = [day("D1", 1), day("D1", 2), day("D2", 1)]
    result = month(PEOPLE, *SOLD, attendance=rows, scheme=rules)
    assert [[line.cents for line in one.lines] for one in result.people] == [[1500, 4667], [1500, 2333]]


def test_a_pot_of_its_own_that_the_budget_pays() -> None:
    result = month(PEOPLE, attendance=[*CAME, day("D2", 2)], scheme=scheme(share('by = "days"\namount = "10"')))
    assert (totals(result), result.identity.from_budget) == ([333, 667], 1000)


def test_nobody_with_a_key_leaves_the_pot_where_it_is() -> None:
    result = month(PEOPLE, *SOLD, attendance=CAME, scheme=scheme(share('by = "points"', payer="pool")))
    assert (totals(result), result.identity.to_reserve) == ([0, 0], 10000)


# ---------- top-up ----------


@pytest.mark.parametrize(("wage", "cents"), [("200", 5200), ("299", 5200), ("300", 5100), ("325", 2600), ("351", 0), ("400", 0)])
def test_a_taper_between_two_points(wage: str, cents: int) -> None:
    text = 'on = "value.wage"\npoint = [{ at = "299", gives = "52" }, { at = "351", gives = "0" }]'
    result = month(ONE, attendance=CAME[:1], values=[value("D1", "wage", wage)], scheme=scheme(part("more", "top_up", text)))
    assert totals(result) == [cents]


def test_a_table_in_percent_of_a_reference_with_a_floor_on_its_input() -> None:
    """Own pay 3 % of 1000, counted as 5 %: 50 % on top."""
    amount = '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "1000" }]\n'
    points = '[{ at = "4", gives = "60" }, { at = "5", gives = "50" }, { at = "110", gives = "5" }]'
    text = f'least = "5"\nunit = "ref.wage / 100"\npoint = {points}'
    result = month(
        ONE, attendance=CAME[:1], scheme=scheme(amount, part("own", "flat", 'amount = "30"'), part("more", "top_up", text))
    )
    assert totals(result) == [3000 + 50000]


# ---------- decisions, deductions ----------


def test_decisions_about_one_person_each_have_a_line_with_reason_and_document() -> None:
    decided = [decision("D1", "thanks", 1000, 20), decision("D1", "thanks", 0, 5), decision("D1", "other", 500)]
    result = month(PEOPLE, attendance=CAME, decisions=decided, scheme=scheme(part("thanks", "adjustment")))
    assert (lines(result, "D1"), lines(result, "D2")) == (
        [("thanks", "adjustment", 0, "budget"), ("thanks", "adjustment", 1000, "budget")],
        [],
    )
    assert numbers(result, "D1", 1) == {"reason": "už pagalbą", "document": "V-7", "day": "2026-10-20"}


def test_a_deduction_above_the_exempt_sum() -> None:
    tax = part("tax", "withheld", 'rate = "20"\nexempt = "30"\nbasis = "GPMĮ 6 str."', payer="")
    result = month(ONE, attendance=CAME[:1], scheme=scheme(flat('amount = "38.03"'), tax))
    assert lines(result, "D1")[1] == ("tax", "withheld", -161, "withheld")
    assert (result.identity.stipends, result.identity.withheld, result.identity.from_budget) == (3642, 161, 3803)


def test_nothing_is_withheld_below_the_exempt_sum() -> None:
    tax = part("tax", "withheld", 'rate = "20"\nexempt = "40"\nbasis = "GPMĮ 6 str."', payer="")
    assert totals(month(ONE, attendance=CAME[:1], scheme=scheme(flat('amount = "38"'), tax))) == [3800]


# ---------- for whom, when ----------


def test_a_part_of_december_has_no_line_in_october() -> None:
    result = month(ONE, attendance=CAME[:1], scheme=scheme(flat('amount = "5"\nmonths = [12]')))
    assert lines(result, "D1") == []
    assert totals(month(ONE, attendance=CAME[:1], scheme=scheme(flat('amount = "5"\nmonths = [10, 12]')))) == [500]


def test_who_says_for_whom_a_part_is() -> None:
    result = month(
        PEOPLE, attendance=CAME, values=[value("D2", "mentor", "1")], scheme=scheme(flat('amount = "5"\nwho = "value.mentor"'))
    )
    assert (lines(result, "D1"), totals(result)) == ([], [0, 500])


def test_later_parts_know_what_earlier_ones_gave() -> None:
    rules = scheme(flat('amount = "10"'), part("half", "flat", 'amount = "part.sum / 2"'), part("all", "flat", 'amount = "so_far"'))
    assert [line[2] for line in lines(month(ONE, attendance=CAME[:1], scheme=rules), "D1")] == [1000, 500, 1500]


def test_the_year_so_far_counts_with_this_month() -> None:
    """Ten days and three points in the earlier months, two days, six hours and a point now."""
    rows = [day("D1", 1, 240), day("D1", 2, 120), day("D2", 1)]
    year = [YearSoFar("D1", 10, 1800, 3000), YearSoFar("D9", 99)]
    for key, sums in (("year.days", [4615, 385]), ("year.hours", [4500, 500]), ("year.points", [5000, 0])):
        rules = scheme(share(f'by = "{key}"\namount = "50"'))
        result = month(PEOPLE, attendance=rows, work=[work("D1", 1, points=1)], year=year, scheme=rules)
        assert totals(result) == sums


WEEKS = [day("D1", 1, 480), day("D1", 5, 600), day("D1", 6, 600), day("D1", 12, 720)]
# hours of three weeks: 8, 20, 12 at 2.50 an hour: 20, 50, 30


def test_a_floor_of_each_week_lifts_only_the_weeks_below_it() -> None:
    rules = scheme(flat('amount = "weekly(max(45, 2.5 * hours))"'))
    result = month(ONE, attendance=WEEKS, scheme=rules)
    assert totals(result) == [4500 + 5000 + 4500]
    told = numbers(result, "D1")
    assert told["weeks:weekly(max(45, 2.5 * hours))"] == "45 + 50 + 45"
    assert told["weekly:weekly(max(45, 2.5 * hours))"] == "140"


def test_a_weekly_floor_by_class_with_the_months_value_in_every_week() -> None:
    classes = 'class = [{ is = "A", amount = "weekly(max(45, value.rate * hours)) * 1" }, { is = "B", amount = "weekly(30)" }]'
    values = [value("D1", "level", "A"), value("D2", "level", "B"), value("D1", "rate", "2.5", 15)]
    rows = [*WEEKS, day("D2", 2), day("D2", 30)]
    result = month(PEOPLE, attendance=rows, values=values, scheme=scheme(flat(f'by_class = "level"\n{classes}')))
    assert totals(result) == [14000, 6000]


def test_a_week_of_two_months_counts_with_its_days_of_this_one() -> None:
    """The 31st of October 2026 is a Saturday, the 1st a Thursday."""
    rows = [day("D1", 1, 60), day("D1", 31, 120)]
    result = month(ONE, attendance=rows, scheme=scheme(flat('amount = "weekly(hours * days.calendar)"')))
    assert totals(result) == [(1 * 4 + 2 * 6) * 100]
