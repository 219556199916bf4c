"""Two calculations written apart agree over random histories of some months; a naive one does not even add up."""

from collections import Counter

import pytest

from ledger.core.canonical import canonical, canonical_result, inputs_from_canonical
from ledger.core.stipends import Result, calculate
from tests import histories, plain


def told_plainly(result: Result) -> dict:
    people = {}
    for person in result.people:
        lines = Counter(dict.fromkeys(("days", "goods", "ceiling", "below_zero", "debt"), 0))
        for line in person.lines:
            lines[line.part] += line.cents
        people[person.person] = {**lines, "total": person.total, "owed": person.debt}
    one = result.identity
    identity = {"realised_net": one.realised_net, "deducted": one.deducted, "from_budget": one.from_budget,
                "stipends": one.stipends, "reserve": one.to_reserve - one.from_reserve, "unassigned": one.unassigned}
    matches = Counter((match.line, match.lot, match.quantity) for match in result.matches)
    return {"people": people, "left": result.left, "matches": matches, "identity": identity}


def compare(seed: int) -> None:
    history = histories.history(seed)
    driver, books = histories.Driver(history.terms.scheme(), history.people), plain.Books(history.terms)
    for booked in history.months:
        result = driver.month(booked)
        expected = books.month(booked.month, history.people, booked.attendance, booked.lots, booked.lines)
        expected["matches"] = Counter(expected["matches"])
        assert told_plainly(result) == expected, (seed, str(booked.month))
        assert result.identity.holds
        assert min(result.identity.from_reserve, result.identity.to_reserve) == 0


@pytest.mark.parametrize("block", range(10))
def test_two_calculations_agree(block: int) -> None:
    for seed in range(30 * block, 30 * block + 30):
        compare(seed)


@pytest.mark.hard
def test_two_calculations_agree_over_ten_thousand_histories() -> None:
    for seed in range(1000, 11000):
        compare(seed)


def test_naive_rounding_does_not_add_up() -> None:
    """The control: the same months, each sum rounded by itself."""
    broken = 0
    for seed in range(60):
        history = histories.history(seed)
        books = plain.Books(history.terms, naive=True)
        for booked in history.months:
            told = books.month(booked.month, history.people, booked.attendance, booked.lots, booked.lines)
            broken += not plain.adds_up(told["identity"])
    assert broken > 20


def test_the_histories_hold_what_is_hard() -> None:
    """Ties, returns, debts, cuts, late matches and leavers do occur in what the two calculations are compared on."""
    seen: Counter[str] = Counter()
    for seed in range(60):
        history = histories.history(seed)
        driver = histories.Driver(history.terms.scheme(), history.people)
        for booked in history.months:
            result = driver.month(booked)
            seen.update(
                line.kind for person in result.people for line in person.lines if line.kind not in ("traced", "per_day")
            )
            seen.update(
                str(line.numbers["why"]) for person in result.people for line in person.lines if "why" in line.numbers
            )
            seen["late"] += len(result.late)
            seen["gone"] += sum(not row.counts for row in result.traced)
            seen["off"] += len(result.written_off)
            seen["from_reserve"] += result.identity.from_reserve > 0
            seen["minus_unassigned"] += result.identity.unassigned < 0
    wanted = (
        "limit",
        "below_zero",
        "debt",
        "tie_won",
        "tie_lost",
        "late",
        "gone",
        "off",
        "from_reserve",
        "minus_unassigned",
    )
    assert not [name for name in wanted if seen[name] < 3], seen


def test_every_stored_run_of_a_history_gives_the_same_bytes_again() -> None:
    for seed in range(20):
        history = histories.history(seed)
        driver = histories.Driver(history.terms.scheme(), history.people)
        for booked in history.months:
            text = canonical(driver.inputs(booked), driver.scheme)
            bytes_then = canonical_result(driver.month(booked))
            assert canonical_result(calculate(*inputs_from_canonical(text))) == bytes_then
