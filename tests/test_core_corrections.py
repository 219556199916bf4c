"""Corrections as values: facts applied to frozen inputs, differences, and what everybody has after any chain of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core import corrections as rules
from ledger.core import late
from ledger.core.canonical import canonical, canonical_result, inputs_from_canonical
from ledger.core.decided import Decision
from ledger.core.faults import Refused
from ledger.core.late import (
    DatesFact,
    DayFact,
    DecisionFact,
    FigureFact,
    LateFact,
    PriceFact,
    SchemeFact,
    SharesFact,
    ValueFact,
    WorkFact,
    with_late,
)
from ledger.core.periods import Month
from ledger.core.production import Mark, Share, Work
from ledger.core.schemes import Scheme, read_scheme
from ledger.core.stipends import Debt, Inputs, Result, calculate
from tests import october, random_workshops

OCTOBER = Month(2026, 10)


def the_month() -> tuple[Inputs, Scheme, Result]:
    """October as the run read it, worked out."""
    inputs = Inputs(OCTOBER, october.people(), october.attendance(), october.lots(), october.lines())
    return inputs, october.scheme(), calculate(inputs, october.scheme())


def test_a_month_worked_out_again_with_its_matches_fixed_is_the_same_month() -> None:
    inputs, scheme, run = the_month()
    fixed, again = rules.base_of(replace(inputs, debts=(Debt("D1", 500, Month(2026, 9)),)), scheme, run)
    assert fixed == replace(inputs, fixed=run.matches)
    assert canonical_result(again) == canonical_result(run)
    assert inputs_from_canonical(canonical(fixed, scheme)) == (inputs_from_canonical(canonical(fixed, scheme))[0], scheme)
    assert '"fixed"' not in canonical(inputs, scheme)


def test_fixed_matches_stay_whatever_the_facts_are() -> None:
    inputs, scheme, run = the_month()
    fixed, _ = rules.base_of(inputs, scheme, run)
    line = next(line for line in inputs.lines if not line.is_return)
    changed, _ = with_late(fixed, scheme, [PriceFact(line.key, line.price_cents + 500, 0)])
    again = calculate(changed, scheme)
    assert (again.matches, again.left) == (run.matches, run.left)
    assert again.identity.holds


FACTS: list[LateFact] = [
    DayFact("D1", date(2026, 10, 6), 0, Mark.UNEXCUSED), DayFact("D1", date(2026, 10, 6), 0, None),
    SharesFact("P42", (Share("D1", 1000), Share("D2", 2000))), PriceFact("x", 100, 500),
    DatesFact("D1", "D1", date(2024, 5, 1), None),
    WorkFact("w", Work("w", "D1", date(2026, 10, 6), minutes=60)), WorkFact("w", None),
    ValueFact("D1", "lygis", date(2026, 10, 1), "2"),
    DecisionFact("d", Decision("d", "D1", date(2026, 10, 6), "priedas", -500, "", "V-1")), DecisionFact("d", None),
    FigureFact("sanaudos", Fraction(12, 10)), FigureFact("sanaudos", None), SchemeFact("s", "2")]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_from_its_text(fact: LateFact) -> None:
    assert late.from_text(late.kind_of(fact), late.to_text(fact)) == fact


def test_no_other_kind_is_read() -> None:
    with pytest.raises(ValueError, match="no kind"):
        late.from_text("lot", "{}")


@pytest.mark.parametrize(("fact", "code"), [
    (DayFact("D99", date(2026, 10, 6), 60, Mark.ATTENDED), "late_person_unknown"),
    (DayFact("D1", date(2026, 11, 6), 60, Mark.ATTENDED), "late_other_month"),
    (DayFact("D1", date(2026, 10, 6), 0, Mark.ATTENDED), "attended_without_hours"),
    (DayFact("D1", date(2026, 10, 6), 1441, Mark.ATTENDED), "hours_range"),
    (SharesFact("P99", (Share("D1", 1),)), "late_lot_unknown"),
    (SharesFact("P42", ()), "no_makers"),
    (SharesFact("P42", (Share("D1", 0),)), "share_not_above_zero"),
    (SharesFact("P42", (Share("D1", 1), Share("D1", 2))), "late_maker_twice"),
    (SharesFact("P42", (Share("D99", 1),)), "late_person_unknown"),
    (PriceFact("none", 1, 0), "late_line_unknown"),
    (DatesFact("D1", "D1", date(2026, 10, 2), date(2026, 10, 1)), "ended_before_started"),
    (WorkFact("w", None), "late_entry_unknown"),
    (WorkFact("w", Work("w", "D1", date(2026, 9, 1), minutes=1)), "late_other_month"),
    (WorkFact("w", Work("w", "D1", date(2026, 10, 6))), "nothing_worked"),
    (ValueFact("D1", "ly gis", date(2026, 10, 1), "2"), "entry_name_form"),
    (ValueFact("D1", "lygis", date(2026, 11, 1), "2"), "late_other_month"),
    (ValueFact("D1", "lygis", date(2026, 10, 1), "2,0"), "late_value_form"),
    (DecisionFact("d", None), "late_entry_unknown"),
    (FigureFact("sanaudos", None), "late_entry_unknown"),
])
def test_a_fact_that_does_not_fit_is_refused(fact: LateFact, code: str) -> None:
    inputs, scheme, _ = the_month()
    with pytest.raises(Refused) as refused:
        with_late(inputs, scheme, [fact])
    assert refused.value.code == code


def test_a_price_stays_within_what_can_be_and_a_return_follows_its_line() -> None:
    inputs, _, _ = the_month()
    sold, back = (next(line for line in inputs.lines if line.is_return is way) for way in (False, True))
    for fact, code in ((PriceFact(sold.key, -1, 0), "negative"), (PriceFact(sold.key, 100_000_001, 0), "too_large"),
                       (PriceFact(sold.key, 1, 100_001), "percent_range"), (PriceFact(back.key, 1, 0), "late_line_returns")):
        with pytest.raises(Refused) as refused:
            late.check(inputs, fact)
        assert refused.value.code == code


def test_what_the_month_says_already_is_no_late_fact() -> None:
    inputs, _, _ = the_month()
    row = inputs.attendance[0]
    with pytest.raises(Refused) as refused:
        late.check_new(inputs, DayFact(row.person, row.day, row.minutes, row.mark))
    assert refused.value.code == "late_same"


def test_whose_own_record_a_fact_is() -> None:
    inputs, _, _ = the_month()
    lot = next(lot for lot in inputs.lots if lot.key == "P42")
    assert late.people_of(SharesFact("P42", (Share("D2", 1),)), inputs) == {"D2", *(one.person for one in lot.makers)}
    assert late.people_of(DayFact("D1", date(2026, 10, 6), 0, None), inputs) == {"D1"}
    assert late.people_of(PriceFact("x", 1, 0), inputs) == frozenset()


# ---------- what becomes of a difference ----------


@pytest.mark.parametrize(("before", "after", "held", "as_debt", "split"), [
    (100, 130, 100, False, (30, 0, 0)),      # a plus
    (100, 70, 100, False, (0, 0, 30)),       # a minus: the reserve
    (100, 70, 100, True, (0, 30, 0)),        # a minus: a debt
    (70, 90, 100, False, (0, 0, -20)),       # the reserve gets back a part of what it bore
    (70, 120, 100, False, (20, 0, -30)),     # all of it, and a plus
    (70, 50, 100, True, (0, 20, 0)),         # what was borne stays borne
    (100, 130, 100, True, (30, 0, 0)),       # a plus is never a debt
    (-20, 10, -20, False, (30, 0, 0)),       # out of what was lifted: the debt stays, the plus is whole
])
def test_split(before: int, after: int, held: int, as_debt: bool, split: tuple[int, int, int]) -> None:
    change = rules.Change("p", "D1", before, after, held, ())
    found = change.split(as_debt=as_debt)
    assert (found.plus, found.debt, found.borne) == split
    assert change.difference == found.plus - found.debt - found.borne


def test_debts_of_corrections_stand_beside_those_of_runs_and_what_is_written_off_is_gone() -> None:
    old, new = Debt("a", 100, Month(2026, 9)), Debt("a", 50, Month(2026, 10))
    assert rules.debts_left([old], [new, Debt("b", 5, Month(2026, 10))], [Debt("a", 100, Month(2026, 9))]) == (
        new, Debt("b", 5, Month(2026, 10)))


A, B = ("a", Month(2026, 10)), ("a", Month(2026, 11))


@pytest.mark.parametrize(("off", "left", "stayed", "room"), [
    ({}, (120, 30), {"a": 0}, (120, 30)),
    ({A: 50}, (70, 30), {"a": 50}, (70, 30)),          # written off in part
    ({A: 150}, (0, 30), {"a": 120}, (30,)),            # of a run's debt of that month too: at most what the chain made
    ({}, (200, 0), {"a": 0}, (120,)),                  # a debt of a run in the same month is not touched
    ({A: 100}, (200, 30), {"a": 100}, (20, 30)),
])
def test_only_what_a_chain_made_itself_and_still_stands_is_set_off(
        off: dict[tuple[str, Month], int], left: tuple[int, int], stayed: dict[str, int], room: tuple[int, ...]) -> None:
    made = {A: 120, B: 30}
    standing = [Debt("a", cents, since) for (_, since), cents in zip((B, A), reversed(left), strict=True)]
    assert rules.given_up(made, off) == stayed
    assert tuple(one.cents for one in rules.may_set_off(made, off, [Debt("b", 9, Month(2026, 10)), *standing])) == room


def test_a_plus_gives_up_the_oldest_debt_first_and_pays_what_is_more() -> None:
    owed = (Debt("a", 70, Month(2026, 10)), Debt("a", 30, Month(2026, 11)), Debt("b", 5, Month(2026, 10)))
    change = rules.Change("a", "D1", 0, 120, 80, (), 80)
    assert rules.set_off(owed, [change]) == (Debt("a", 70, Month(2026, 10)), Debt("a", 10, Month(2026, 11)))
    assert change.split() == rules.Split(40, 0, -80, 80)


# ---------- any chain ----------


def _facts(mix: random.Random, inputs: Inputs) -> list[LateFact]:
    """Some facts that fit the month."""
    ref = mix.choice(inputs.people).ref
    person = next(one for one in inputs.people if one.ref == ref)
    found: list[LateFact] = []
    day = inputs.month.first + timedelta(days=mix.randint(0, 27))
    if person.here_on(day):
        found.append(DayFact(ref, day, mix.choice([60, 240, 480]), mix.choice(list(Mark))))
        found.append(WorkFact("late", Work("late", ref, day, mix.choice(["", "training"]), "", 60, 0, 0, 3000)))
    found.append(DayFact(ref, day, 0, None))
    if inputs.lots:
        makers = mix.sample([one.ref for one in inputs.people], mix.randint(1, min(3, len(inputs.people))))
        found.append(SharesFact(mix.choice(inputs.lots).key, tuple(Share(one, mix.choice([1, 2, 80]) * 1000) for one in makers)))
    sold = [line for line in inputs.lines if not line.is_return]
    if sold:
        found.append(PriceFact(mix.choice(sold).key, mix.choice([0, 1, 333, 900]), mix.choice([0, 50_000])))
    found.append(DatesFact(ref, person.number, person.started, mix.choice([None, max(person.started, day)])))
    found.append(FigureFact("costs", Fraction(mix.choice([0, 3, 7]))))
    return mix.sample(found, mix.randint(1, min(3, len(found))))


def _fit(inputs: Inputs, scheme: Scheme, facts: list[LateFact]) -> list[LateFact]:
    """Those that fit, in their order."""
    kept: list[LateFact] = []
    for fact in facts:
        try:
            with_late(inputs, scheme, [*kept, fact])
        except Refused:
            continue
        kept.append(fact)
    return kept


def _months(seed: int) -> list[tuple[Inputs, Scheme, Result]]:
    """The months of a random workshop, each approved after the other."""
    work = random_workshops.workshop(seed)
    driver = random_workshops.Driver(_scheme(*work.schemes[0]), work)
    made = []
    for booked, versions in zip(work.months, work.schemes, strict=True):
        driver.scheme = _scheme(*versions)
        inputs = driver.inputs(booked)
        made.append((inputs, driver.scheme, driver.month(booked)))
    return made


def _scheme(data: dict, before: dict | None) -> Scheme:  # type: ignore[type-arg]  # plain data of any shape
    scheme = read_scheme(data)
    return scheme if before is None else scheme.after(read_scheme(before))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_after_any_chain_everybody_has_the_month_with_all_facts_save_what_the_reserve_bore(seed: int) -> None:
    mix = random.Random(seed)
    inputs, scheme, run = mix.choice(_months(seed))
    fixed, before = rules.base_of(inputs, scheme, run)
    held, borne, facts = rules.held_after_run(run), dict[str, int](), list[LateFact]()
    for _ in range(mix.randint(1, 4)):
        facts += _facts(mix, fixed)
        facts = _fit(fixed, scheme, facts)
        changed, rules_now = with_late(fixed, scheme, facts)
        after = calculate(changed, rules_now)
        changes = rules.changes(before, after, held)
        splits = [(one, one.split(as_debt=mix.random() < 0.4)) for one in changes]
        identity = rules.identity_of(before.identity, after.identity, sum(what.plus for _, what in splits))
        assert identity.holds
        assert after.matches == run.matches
        assert after.left == run.left
        for one, what in splits:
            assert one.difference == what.plus - what.debt - what.borne
            borne[one.person] = borne.get(one.person, 0) + what.borne
        held = rules.held_after(held, [(one.person, what) for one, what in splits])
        before = after
    plain = calculate(replace(with_late(replace(inputs, debts=()), scheme, facts)[0], fixed=run.matches), scheme)
    should = {one.person: rules.earned(one) for one in plain.people}
    assert {ref: cents - borne.get(ref, 0) for ref, cents in held.items() if cents - borne.get(ref, 0)} == {
        ref: cents for ref, cents in should.items() if cents}
    assert all(cents >= 0 for cents in borne.values())
