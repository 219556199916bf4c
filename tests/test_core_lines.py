"""What every kind of line keeps of how it came about: whole lines, worked by hand, since statements are explained from them."""

from datetime import date

from ledger.core.production import Mark
from tests.books import day, lot, month, person, sale
from tests.schemes import decision, part, scheme, told, value, work

PEOPLE = [person("D1"), person("D2")]
ONE = [person("D1")]
CAME = [day("D1", 1), day("D2", 1)]
SOLD = ([lot("P1", 1, 100)], [sale("1", 2, 100)])
DOWN = 'rate_rounding = [{ mode = "down", step = "0.10" }]\n'
UP = 'rate_rounding = [{ mode = "up", step = "0.10" }]\n'


def test_a_sum_from_own_numbers_for_who_joined_and_what_absences_took() -> None:
    """2 x 31.01 = 62.02, up to 62.10; here from the 11th: 21 of 31 days, 42.07 (42.067...); two unexcused days take a fifth
    each, three fifths are 25.24; the excused days are too few to count."""
    body = (
        f'amount = "value.base * 2"\njoiner = "days"\n{UP}'
        'absence = { unexcused_off = "1/5", excused_days = 4, excused_part = "1/2", cut_to = "reserve" }'
    )
    absent = [day("D1", n, 0, Mark.UNEXCUSED) for n in (13, 14)] + [day("D1", n, 0, Mark.ILL) for n in (19, 21)]
    result = month(
        [person("D1", date(2026, 10, 11))],
        attendance=[day("D1", 12), *absent],
        values=[value("D1", "base", "31.01")],
        scheme=scheme(part("sum", "flat", body)),
    )
    assert told(result, "D1") == [
        ("sum", "flat", 4207, "budget", "130410/31", {
            "rate": "6210", "=value.base": "3101/100", "rate_exact": "6202", "part": "21/31", "part_days": 21, "part_of": 31,
            "unexcused": 2, "excused": 3, "away": 0, "left": "3/5",
        }),
        ("sum", "absence", -1683, "reserve", "-52164/31", {
            "unexcused": 2, "excused": 3, "away": 0, "left": "3/5", "before": 4207,
        }),
    ]


def test_a_month_away_and_excused_leaves_nothing() -> None:
    """Half for the 28 excused days, then nothing because no day was attended; the payer keeps it."""
    body = 'amount = "20"\npresence = "here"\nabsence = { excused_days = 28, excused_part = "1/2", away = "nothing" }'
    rows = [day("D1", n, 0, Mark.EXCUSED) for n in range(2, 30)]
    assert told(month(ONE, attendance=rows, scheme=scheme(part("sum", "flat", body))), "D1") == [
        ("sum", "flat", 2000, "budget", "2000", {
            "rate": "2000", "part": "1", "unexcused": 0, "excused": 28, "away": 1, "left": "0",
        }),
        ("sum", "absence", -2000, "budget", "-2000", {"unexcused": 0, "excused": 28, "away": 1, "left": "0", "before": 2000}),
    ]


def test_a_sum_by_class_and_by_a_count() -> None:
    """Class A gets 30.00 / 9 = 3.333..., cut to 3.30; a count of 2 + 1 days falls into the second band."""
    by_class = f'by_class = "level"\n{DOWN}class = [{{ is = "A", amount = "value.base / 9" }}]'
    by_count = (
        'count = "value.extra + days"\nband = [{ from = "1", to = "3", amount = "5" }, { from = "3", amount = "value.base / 4" }]'
    )
    values = [value("D1", "level", "A"), value("D1", "base", "30"), value("D1", "extra", "2"), value("D2", "level", "C")]
    rules = scheme(part("level", "flat", by_class), part("week", "flat", by_count))
    result = month([*PEOPLE, person("D3")], attendance=[*CAME, day("D2", 2)], values=values, scheme=rules)
    assert told(result, "D1") == [
        ("level", "flat", 330, "budget", "330", {
            "class": "A", "rate": "330", "=value.base": "30", "rate_exact": "1000/3", "part": "1",
        }),
        ("week", "flat", 750, "budget", "750", {
            "count": "3", "=value.extra": "2", "=days": "1", "rate": "750", "=value.base": "30", "part": "1",
        }),
    ]
    assert told(result, "D2") == [
        ("level", "flat", 0, "budget", "0", {"class": "C", "rate": "0", "part": "1"}),
        ("week", "flat", 500, "budget", "500", {"count": "2", "=value.extra": "0", "=days": "2", "rate": "500", "part": "1"}),
    ]
    assert told(result, "D3") == [
        ("level", "flat", 0, "budget", "0", {"class": "", "rate": "0", "part": "0"}),
        ("week", "flat", 0, "budget", "0", {"count": "0", "=value.extra": "0", "=days": "0", "rate": "0", "part": "0"}),
    ]


def test_a_sum_made_from_the_pool_for_those_who_came() -> None:
    """Half of 100.00 over levels 1.5 and 1.5 of those who came: 16.666... for one, cut to 16.60; 1.5 times that for each."""
    body = f'{DOWN}from_pool = {{ by = "value.level", of = "50" }}'
    values = [value(ref, "level", "1.5") for ref in ("D1", "D2", "D3")]
    rules = scheme(part("sum", "flat", body, payer="pool"))
    result = month([*PEOPLE, person("D3")], *SOLD, attendance=CAME, values=values, scheme=rules)
    assert told(result, "D1")[0][4:] == (
        "2490",
        {"pot": "5000", "keys": "3", "rate_exact": "5000/3", "rate": "1660", "key": "3/2", "part": "1"},
    )
    numbers = {"pot": "5000", "keys": "3", "rate_exact": "5000/3", "rate": "1660", "key": "0", "part": "0"}
    assert told(result, "D3")[0][4:] == ("0", numbers)


def test_a_sum_made_from_the_pool_does_not_tell_a_key_of_one() -> None:
    """100.00 over levels 1 and 2."""
    values = [value("D1", "level", "1"), value("D2", "level", "2")]
    rules = scheme(part("sum", "flat", 'from_pool = { by = "value.level" }', payer="pool"))
    result = month(PEOPLE, *SOLD, attendance=CAME, values=values, scheme=rules)
    made = {"pot": "10000", "keys": "3", "rate_exact": "10000/3", "rate": "10000/3"}
    assert [told(result, one)[0][4:] for one in ("D1", "D2")] == [
        ("10000/3", {**made, "part": "1"}), ("20000/3", {**made, "key": "2", "part": "1"})]


BANDS = (
    'band = [{ from_hours = "1", to_hours = "4", amount = "value.short / 3" }, '
    '{ from_hours = "4", to_hours = "6", amount = "5" }, { from_hours = "6", amount = "7.04" }]'
)
# the 10th, 11th, 17th and 18th of October 2026 are Saturdays and Sundays


def test_days_by_bands_with_weekends_and_holidays() -> None:
    """Bands of 3.40 (10 / 3 up to 10 cents), 5.00 and 7.10. Planned are six days, the earliest: the 2nd short, the 5th and 6th
    middle, the 10th middle and a Saturday, the 11th long, a Sunday and a holiday (three times), the 12th short and a holiday."""
    body = f'weekend = "2"\nholiday = "3"\nplanned = "value.planned"\n{UP}{BANDS}'
    hours = {13: 400, 12: 60, 11: 360, 10: 240, 6: 359, 5: 300, 2: 90, 1: 59}
    rows = [day("D1", n, minutes) for n, minutes in hours.items()]
    result = month(
        ONE,
        attendance=rows,
        values=[value("D1", "short", "10"), value("D1", "planned", "6.9")],
        holidays=[date(2026, 10, 11), date(2026, 10, 12)],
        scheme=scheme(part("days", "per_day", body)),
    )
    assert told(result, "D1") == [
        ("days", "per_day", 5490, "budget", "5490", {
            "days": 6, "attended": 8, "band1_days": 2, "band1_minutes": 60, "band1_cents": "340", "band2_days": 3,
            "band2_minutes": 240, "band2_cents": "500", "band3_days": 1, "band3_minutes": 360, "band3_cents": "710",
            "=value.planned": "69/10", "=value.short": "10", "weekend_days": 1, "weekend_times": "2", "holiday_days": 2,
            "holiday_times": "3", "band2_weekend": 1, "band3_holiday": 1, "band1_holiday": 1, "planned": 6,
        }),
    ]


def test_days_that_all_count_the_same() -> None:
    body = 'weekend = "2"\nband = [{ from_hours = "2", amount = "3" }]'
    result = month(PEOPLE, attendance=[day("D1", 1), day("D1", 2, 119)], scheme=scheme(part("days", "per_day", body)))
    assert told(result, "D1") == [
        ("days", "per_day", 300, "budget", "300", {
            "days": 1, "attended": 2, "band1_days": 1, "band1_minutes": 120, "band1_cents": "300", "weekend_days": 0,
            "weekend_times": "2",
        }),
    ]
    assert told(result, "D2") == [
        ("days", "per_day", 0, "budget", "0", {
            "days": 0, "attended": 0, "band1_days": 0, "band1_minutes": 120, "band1_cents": "300", "weekend_days": 0,
            "weekend_times": "2",
        }),
    ]


def test_a_day_of_the_pool_with_weekends() -> None:
    """60 % of 100.00 over 3 + 1 points of days: 15.00; D1 has two days, one a Saturday that counts one and a half."""
    body = 'from_pool = { by = "value.level * days", of = "60" }\nweekend = "1.5"'
    values = [value("D1", "level", "1.5"), value("D2", "level", "1")]
    rows = [day("D1", 9, 5), day("D1", 10), day("D2", 1)]
    result = month(PEOPLE, *SOLD, attendance=rows, values=values, scheme=scheme(part("days", "per_day", body, payer="pool")))
    assert told(result, "D1") == [
        ("days", "per_day", 3750, "pool", "3750", {
            "days": 2, "attended": 2, "pot": "6000", "keys": "4", "rate_exact": "1500", "rate": "1500", "=value.level": "3/2",
            "=days": "2", "weekend_days": 1, "weekend_times": "3/2",
        }),
    ]


def test_hours_of_two_kinds_with_a_rounded_rate() -> None:
    """3.5 hours at 10 / 3 up to 3.40, and half an hour of training at 1.20."""
    body = f'{UP}rate = [{{ hours = "production", amount = "value.base / 3" }}, {{ hours = "training", amount = "1.20" }}]'
    done = [work("D1", 1, kind="training", minutes=30), work("D1", 2, kind="training", minutes=15)]
    values = [value("D1", "base", "10")]
    result = month(ONE, attendance=CAME[:1], work=done[:1], values=values, scheme=scheme(part("hours", "per_hour", body)))
    assert told(result, "D1") == [
        ("hours", "per_hour", 1250, "budget", "1250", {
            "=value.base": "10", "rate1_hours": "7/2", "rate1_kind": "production", "rate1_cents": "340", "rate1_exact": "1000/3",
            "rate2_hours": "1/2", "rate2_kind": "training", "rate2_cents": "120",
        }),
    ]


def test_hours_of_one_rate() -> None:
    rules = scheme(part("all", "per_hour", 'amount = "1.50"'), part("some", "per_hour", 'amount = "value.own"\nhours = "training"'))
    done = [work("D1", 1, kind="training", minutes=90)]
    result = month(ONE, attendance=CAME[:1], work=done, values=[value("D1", "own", "0.333")], scheme=rules)
    assert told(result, "D1") == [
        ("all", "per_hour", 600, "budget", "600", {"rate1_hours": "4", "rate1_kind": "", "rate1_cents": "150"}),
        ("some", "per_hour", 50, "budget", "999/20", {
            "=value.own": "333/1000", "rate1_hours": "3/2", "rate1_kind": "training", "rate1_cents": "333/10",
        }),
    ]


def test_hours_of_the_pool() -> None:
    """A quarter of 100.00 over 2 x 4 + 1 x 2 hours by level: 2.50; of one kind the hours of that kind are paid."""
    body = 'from_pool = { by = "hours * value.level", of = "25" }\n'
    rules = scheme(part("all", "per_hour", body, payer="pool"), part("some", "per_hour", f'{body}hours = "training"', payer="pool"))
    values = [value("D1", "level", "2"), value("D2", "level", "1")]
    rows, done = [day("D1", 1, 240), day("D2", 1, 120)], [work("D1", 1, kind="training", minutes=45)]
    result = month(PEOPLE, *SOLD, attendance=rows, work=done, values=values, scheme=rules)
    assert told(result, "D1") == [
        ("all", "per_hour", 1000, "pool", "1000", {
            "pot": "2500", "keys": "10", "rate_exact": "250", "rate": "250", "rate1_hours": "4", "rate1_kind": "",
            "rate1_cents": "250",
        }),
        ("some", "per_hour", 159, "pool", "1275/8", {
            "pot": "2125", "keys": "10", "rate_exact": "425/2", "rate": "425/2", "rate1_hours": "3/4", "rate1_kind": "training",
            "rate1_cents": "425/2",
        }),
    ]


def test_pieces_of_a_product_and_at_a_task() -> None:
    """2.5 of 10 pieces at 1 / 3, up to 0.40; 30 folded at 8.00 / 90 an hour, up to 0.10; 4 cut at 0.20."""
    body = (
        f'{UP}[[part.piece]]\nproduct = "A"\namount = "value.own / 3"\n[[part.piece]]\ntask = "folding"\n'
        'norm = { wage = "value.wage", per_hour = "90" }\n[[part.piece]]\ntask = "cutting"\namount = "0.20"'
    )
    done = [work("D1", 1, task="folding", good=30, made=33), work("D1", 2, task="cutting", good=4)]
    done += [work("D2", 2, task="cutting", good=9)]
    result = month(
        PEOPLE,
        [lot("P1", 1, 10, "D1:1", "D2:3")],
        attendance=CAME,
        work=done,
        values=[value("D1", "own", "1"), value("D1", "wage", "8")],
        scheme=scheme(part("pieces", "per_piece", body)),
    )
    assert told(result, "D1") == [
        ("pieces", "per_piece", 480, "budget", "480", {
            "=value.own": "1", "piece1_of": "A", "piece1_units": "5/2", "piece1_rate": "2/5", "piece1_exact": "1/3",
            "piece2_norm": "90", "piece2_wage": "8", "=value.wage": "8", "piece2_of": "folding", "piece2_units": "30",
            "piece2_rate": "1/10", "piece2_exact": "4/45", "piece3_of": "cutting", "piece3_units": "4", "piece3_rate": "1/5",
        }),
    ]


def test_a_rating_and_own_hours() -> None:
    """8.00 x 0.61 = 4.88, up to 4.90, for 2.5 hours."""
    body = f'amount = "value.wage"\nproductivity = "value.rating"\nhours = "value.hours"\n{UP}'
    values = [value("D1", name, text) for name, text in (("wage", "8"), ("rating", "0.61"), ("hours", "2.5"))]
    assert told(month(ONE, attendance=CAME[:1], values=values, scheme=scheme(part("rated", "rated", body))), "D1") == [
        ("rated", "rated", 1225, "budget", "1225", {
            "wage": "8", "rating": "61/100", "rate": "49/10", "hours": "5/2", "=value.rating": "61/100", "=value.wage": "8",
            "=value.hours": "5/2",
        }),
    ]


def test_a_rating_of_tasks_by_assessment_and_by_norm() -> None:
    """One hour assessed at 0.5; two hours with 6 good of 8 made by a norm of 4 an hour: 3/4 by speed, 3/4 by quality; nothing
    at the third; together (0.5 + 2 x 0.75) / 3 = 2/3."""
    body = (
        'amount = "6"\nquality = "0.25"\n[[part.task]]\ntask = "a"\nrating = "value.a"\n[[part.task]]\ntask = "b"\nnorm = "4"\n'
        '[[part.task]]\ntask = "c"\nrating = "1"'
    )
    done = [work("D1", 1, task="a", minutes=60), work("D1", 2, task="b", minutes=120, good=6, made=8)]
    done += [work("D2", 2, task="b", made=5, good=5)]
    values = [value("D1", "a", "0.5")]
    result = month(PEOPLE, attendance=CAME, work=done, values=values, scheme=scheme(part("rated", "rated", body)))
    assert told(result, "D1") == [
        ("rated", "rated", 1600, "budget", "1600", {
            "wage": "6", "rating": "2/3", "rate": "4", "hours": "4", "task1_of": "a", "task1_hours": "1", "task1_rating": "1/2",
            "=value.a": "1/2", "task2_of": "b", "task2_hours": "2", "task2_rating": "3/4", "task2_good": "6", "task2_all": "8",
            "task3_of": "c", "task3_hours": "0", "task3_rating": "0", "=hours": "4",
        }),
    ]
    assert told(result, "D2") == [
        ("rated", "rated", 0, "budget", "0", {
            "wage": "6", "rating": "0", "rate": "0", "hours": "4", "task1_of": "a", "task1_hours": "0", "task1_rating": "0",
            "=value.a": "0", "task2_of": "b", "task2_hours": "0", "task2_rating": "0", "task2_good": "5", "task2_all": "5",
            "task3_of": "c", "task3_hours": "0", "task3_rating": "0", "=hours": "4",
        }),
    ]


def test_quality_counts_beside_speed() -> None:
    """12 good of 16 in two hours of a norm of 4: 3/2 by speed, 3/4 by quality, a fifth of it: 1.35."""
    body = 'amount = "6"\nquality = "0.2"\n[[part.task]]\ntask = "b"\nnorm = "4"'
    done = [work("D1", 2, task="b", minutes=120, good=12, made=16)]
    assert told(month(ONE, attendance=CAME[:1], work=done, scheme=scheme(part("rated", "rated", body))), "D1") == [
        ("rated", "rated", 3240, "budget", "3240", {
            "wage": "6", "rating": "27/20", "rate": "81/10", "hours": "4", "task1_of": "b", "task1_hours": "2",
            "task1_rating": "27/20", "task1_good": "12", "task1_all": "16", "=hours": "4",
        }),
    ]


def test_without_quality_only_speed_counts() -> None:
    body = 'amount = "6"\n[[part.task]]\ntask = "b"\nnorm = "4"'
    done = [work("D1", 2, task="b", minutes=120, good=12, made=16)]
    assert told(month(ONE, attendance=CAME[:1], work=done, scheme=scheme(part("rated", "rated", body))), "D1") == [
        ("rated", "rated", 3600, "budget", "3600", {
            "wage": "6", "rating": "3/2", "rate": "9", "hours": "4", "task1_of": "b", "task1_hours": "2", "task1_rating": "3/2",
            "task1_good": "12", "=hours": "4",
        }),
    ]


def test_a_portion_of_the_pool_then_the_rest_for_who_joined() -> None:
    """30.5 % of 100.00 by level 2 and 1; the rest, 69.50, by days: two, and one that counts 10 of 31 days."""
    rules = scheme(
        part("level", "share", 'by = "value.level"\nof = "30.5"', payer="pool"),
        part("rest", "share", 'by = "days"\njoiner = "days"', payer="pool"),
    )
    people = [person("D1"), person("D2", date(2026, 10, 22)), person("D3")]
    values = [value("D1", "level", "2"), value("D2", "level", "1"), value("D3", "level", "1")]
    rows = [day("D1", 1), day("D1", 2), day("D2", 23)]
    result = month(people, *SOLD, attendance=rows, values=values, scheme=rules)
    assert told(result, "D1") == [
        ("level", "share", 2033, "pool", "6100/3", {
            "pot": "3050", "key": "2", "keys": "3", "=value.level": "2", "here": 1, "of": "30.5", "available": 10000,
            "whole": 2033, "fraction": "1/3", "extra": 0, "why": "smaller", "sum": 3050, "leftover": 1, "step": 1,
        }),
        ("rest", "share", 5985, "pool", "107725/18", {
            "pot": "6950", "key": "2", "keys": "72/31", "=days": "2", "here": 1, "whole": 5984, "fraction": "13/18", "extra": 1,
            "why": "larger", "sum": 6950, "leftover": 1, "step": 1,
        }),
    ]
    assert told(result, "D2") == [
        ("level", "share", 1017, "pool", "3050/3", {
            "pot": "3050", "key": "1", "keys": "3", "=value.level": "1", "here": 1, "of": "30.5", "available": 10000,
            "whole": 1016, "fraction": "2/3", "extra": 1, "why": "larger", "sum": 3050, "leftover": 1, "step": 1,
        }),
        ("rest", "share", 965, "pool", "17375/18", {
            "pot": "6950", "key": "10/31", "keys": "72/31", "=days": "1", "part_days": 10, "part_of": 31, "here": 1, "whole": 965,
            "fraction": "5/18", "extra": 0, "why": "smaller", "sum": 6950, "leftover": 1, "step": 1,
        }),
    ]
    assert told(result, "D3") == [
        ("level", "share", 0, "pool", "0", {
            "pot": "3050", "key": "0", "keys": "3", "=value.level": "1", "here": 0, "of": "30.5", "available": 10000, "whole": 0,
            "fraction": "0", "extra": 0, "why": "whole", "sum": 3050, "leftover": 1, "step": 1,
        }),
        ("rest", "share", 0, "pool", "0", {
            "pot": "6950", "key": "0", "keys": "72/31", "=days": "0", "here": 0, "whole": 0, "fraction": "0", "extra": 0,
            "why": "whole", "sum": 6950, "leftover": 1, "step": 1,
        }),
    ]


def test_a_pot_of_a_given_sum_and_one_of_the_month() -> None:
    pot = '[[amount]]\nkey = "pot"\nvalue = [{ from = 2026-01-01, amount = "10" }]\n'
    rules = scheme(pot, part("gift", "share", 'by = "one"\namount = "ref.pot * 2"'))
    assert told(month(PEOPLE, attendance=CAME, scheme=rules), "D1") == [
        ("gift", "share", 1000, "budget", "1000", {
            "pot": "2000", "key": "1", "keys": "2", "=one": "1", "here": 1, "=ref.pot": "10", "whole": 1000, "fraction": "0",
            "extra": 0, "why": "whole", "sum": 2000, "leftover": 0, "step": 1,
        }),
    ]


def test_a_portion_of_the_own_proceeds() -> None:
    """66.5 % of 100.00, made two to one: 44.33 1/3 and 22.16 2/3; a tenth for one of them alone."""
    made = [lot("P1", 1, 100, "D1:2", "D2:1")]
    result = month(PEOPLE, made, SOLD[1], scheme=scheme(part("goods", "traced", 'portion = "66.5"', payer="pool")))
    assert told(result, "D1") == [
        ("goods", "traced", 4433, "pool", "13300/3", {
            "traced": "20000/3", "portion": "66.5", "whole": 4433, "fraction": "1/3", "extra": 0, "why": "smaller", "sum": 6650,
            "leftover": 1, "step": 1,
        }),
    ]
    only = scheme(part("goods", "traced", 'portion = "10"\nwho = "value.makes"', payer="pool"))
    result = month(PEOPLE, made, SOLD[1], values=[value("D2", "makes", "1")], scheme=only)
    assert told(result, "D2") == [
        ("goods", "traced", 333, "pool", "1000/3", {
            "traced": "10000/3", "portion": "10", "whole": 333, "fraction": "1/3", "extra": 0, "why": "smaller", "sum": 333,
            "leftover": 0, "step": 1,
        }),
    ]


def test_a_top_up_between_two_points() -> None:
    """40.00 over a unit of 10.00 is 4, half way from 3 to 5: a half of 10.00, for 16 of 31 days."""
    body = (
        'on = "value.wage + value.more"\nleast = "1"\nunit = "value.unit"\nleaver = "days"\n'
        'point = [{ at = "3", gives = "1" }, { at = "5", gives = "0" }]'
    )
    values = [value("D1", "wage", "30"), value("D1", "more", "10"), value("D1", "unit", "10")]
    people = [person("D1", ended=date(2026, 10, 16)), person("D2")]
    result = month(people, attendance=CAME, values=values, scheme=scheme(part("more", "top_up", body)))
    assert told(result, "D1") == [
        ("more", "top_up", 258, "budget", "8000/31", {
            "input": "4", "least": "1", "gives": "1/2", "unit": "10", "part": "16/31", "=value.wage": "30", "=value.more": "10",
            "=value.unit": "10", "part_days": 16, "part_of": 31,
        }),
    ]
    assert told(result, "D2") == [
        ("more", "top_up", 0, "budget", "0", {
            "input": "0", "least": "1", "gives": "1", "unit": "0", "part": "1", "=value.wage": "0", "=value.more": "0",
            "=value.unit": "0",
        }),
    ]


def test_decisions_by_day() -> None:
    decided = [decision("D1", "thanks", 100, 20), decision("D1", "thanks", -40, 3), decision("D9", "thanks", 7)]
    assert told(month(ONE, attendance=CAME[:1], decisions=decided, scheme=scheme(part("thanks", "adjustment"))), "D1") == [
        ("thanks", "adjustment", -40, "budget", "-40", {"reason": "už pagalbą", "document": "V-7", "day": "2026-10-03"}),
        ("thanks", "adjustment", 100, "budget", "100", {"reason": "už pagalbą", "document": "V-7", "day": "2026-10-20"}),
    ]


def test_what_is_withheld_of_what() -> None:
    """20 % of 100.00 less 30.02: 13.996."""
    tax = part("tax", "withheld", 'rate = "20"\nexempt = "value.free"\non = "part.pay"\nbasis = "GPMĮ 6 str."', payer="")
    rules = scheme(part("pay", "flat", 'amount = "100"'), part("more", "flat", 'amount = "50"'), tax)
    assert told(month(ONE, attendance=CAME[:1], values=[value("D1", "free", "30.02")], scheme=rules), "D1")[2:] == [
        ("tax", "withheld", -1400, "withheld", "-6998/5", {
            "on": "10000", "exempt": "3002", "rate": "20", "basis": "GPMĮ 6 str.", "=value.free": "1501/50", "=part.pay": "100",
        }),
    ]
