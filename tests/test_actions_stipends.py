"""A month from draft to sealed books, and the months after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import acts
import house as houses
import postgres
import pytest
import time_machine
from acts import DECEMBER, NOVEMBER, OWN, act, refusal, trail
from house import DATA, OCTOBER, House

from ledger.actions import sales, stipends
from ledger.actions.verify import verify
from ledger.core.faults import Conflict
from ledger.core.periods import Month
from ledger.core.schemes import SchemeRefused
from ledger.records import stipends as rows
from ledger.settings import app_version

ORDER = ("V-87", date(2026, 11, 4))
SCHEME = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
OTHER = SCHEME.replace('number = "1"', 'number = "2"').replace("2024-05-01", "2026-10-01")
IDENTITY = {
    "realised_net_cents": 197663, "deducted_cents": 55322, "carried_in_cents": 0, "from_reserve_cents": 0,
    "from_budget_cents": 20640,
    "stipends_cents": 117545, "withheld_cents": 0, "to_reserve_cents": 43576, "unassigned_cents": 1860, "carried_out_cents": 0}


@pytest.fixture(params=["sqlite", "postgresql"])
def october(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """October brought in, on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("house")
    else:
        with postgres.workshop(tmp_path / "pg", "october") as made:
            yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def later(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """October approved, on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("approved")
    else:
        with postgres.workshop(tmp_path / "pg") as made:
            yield made


def run_of(house: House, month: Month = OCTOBER) -> rows.Run | None:
    with house.opened.read() as session:
        return rows.find_run(session, OWN, month)


def sealed(house: House, month: Month = OCTOBER) -> rows.SealedRun:
    with house.opened.read() as session:
        return rows.find_sealed(session, OWN, month)


def numbers(house: House, month: Month = OCTOBER) -> list[str]:
    with house.opened.read() as session:
        return [one.statement_number for one in rows.sealed_people(session, OWN, sealed(house, month).run_ref)]


def result_of(house: House, month: Month) -> Any:
    run = sealed(house, month)
    return stipends.stored(run.inputs, run.result).result


def lines_of(house: House, month: Month) -> dict[str, dict[str, int]]:
    """The lines of each person who has any that is not 0."""
    people = result_of(house, month).people
    found = {one.number: {line.part: line.cents for line in one.lines if line.cents} for one in people}
    return {number: lines for number, lines in found.items() if lines}


def sound(house: House) -> bool:
    with house.opened.read() as session:
        return verify(session, house.opened.vault).troubles == ()


def calculated(house: House, *, submit: bool = True) -> rows.Run:
    run = act(house, "buhalteris", stipends.calculate_month, OCTOBER)
    return act(house, "buhalteris", stipends.submit, OCTOBER) if submit else run


# ---------- from draft to sealed ----------

def test_october_is_worked_out_submitted_approved_and_sealed(october):
    header = acts.pay(october, OCTOBER)
    assert {name: getattr(header, name) for name in IDENTITY} == IDENTITY
    assert (header.number, header.paysheet_number) == ("SK-2026-0001", "MZ-2026-0001")
    assert numbers(october) == [f"SL-2026-{number:04d}" for number in range(1, 13)]
    assert run_of(october).state == "approved"
    assert sound(october)


def test_each_step_leaves_its_audit_entry(october):
    acts.pay(october, OCTOBER)
    found = [(row.action, row.actor_role, row.app_version) for row in trail(october)][-3:]
    assert found == [("calculate", "accountant", app_version()), ("submit", "accountant", app_version()),
                     ("approve", "director", app_version())]
    assert trail(october, "approve")[0].after["number"] == "SK-2026-0001"


def test_the_sealed_books_know_no_names(approved):
    run = sealed(approved)
    kept = run.inputs + run.result + json.dumps([str(row) for row in acts.books(approved)["sealed_person"]])
    assert not [name for name in ("Žukauskaitė", "Aistė", "LT39", "1980-02-08") if name in kept]


@pytest.mark.parametrize(("login", "step"), [
    (login, step) for step, allowed in (("calculate", {"buhalteris"}), ("submit", {"buhalteris"}), ("withdraw", {"buhalteris"}),
                                        ("discard", {"buhalteris"}), ("empty", {"buhalteris"}), ("back", {"vadovas"}),
                                        ("approve", {"vadovas"}), ("scheme", {"vadovas"}))
    for login in houses.STAFF if login not in allowed])
def test_a_step_is_hidden_from_those_whose_it_is_not(house, login, step):
    run = calculated(house)
    steps = {
        "calculate": (stipends.calculate_month, OCTOBER), "submit": (stipends.submit, OCTOBER),
        "withdraw": (stipends.withdraw, OCTOBER), "discard": (stipends.discard, OCTOBER),
        "empty": (stipends.declare_empty, OCTOBER), "back": (stipends.send_back, OCTOBER, "x"),
        "approve": (stipends.approve, OCTOBER, run.seen, *ORDER), "scheme": (stipends.approve_scheme, SCHEME)}
    assert refusal(house, login, *steps[step]) == "hidden"


def test_steps_are_not_skipped(house):
    assert refusal(house, "buhalteris", stipends.submit, OCTOBER) == "conflict run_not_draft"
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, "x", *ORDER) == "conflict run_not_submitted"
    run = calculated(house, submit=False)
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, run.seen, *ORDER) == "conflict run_not_submitted"
    assert refusal(house, "vadovas", stipends.send_back, OCTOBER, "x") == "conflict run_not_submitted"
    assert refusal(house, "buhalteris", stipends.withdraw, OCTOBER) == "conflict run_not_submitted"
    calculated(house)
    assert refusal(house, "buhalteris", stipends.calculate_month, OCTOBER) == "conflict run_not_draft"
    assert refusal(house, "buhalteris", stipends.submit, OCTOBER) == "conflict run_not_draft"


def test_sent_back_with_its_reason_mended_and_approved(house):
    calculated(house)
    run = act(house, "vadovas", stipends.send_back, OCTOBER, "  Trūksta pardavimo.  ")
    assert (run.state, run.sent_back_why, run.submitted_by) == ("draft", "Trūksta pardavimo.", None)
    assert trail(house, "send_back")[0].after == {"month": "2026-10"}
    acts.sale(house, "ZV-01", date(2026, 10, 30), 1)
    header = acts.pay(house, OCTOBER)
    assert header.realised_net_cents == IDENTITY["realised_net_cents"] + 1000
    assert run_of(house).sent_back_why == "Trūksta pardavimo."


@pytest.mark.parametrize(("why", "code"), [(" ", "no_reason"), ("x" * 501, "text_too_long")])
def test_sent_back_with_a_reason_that_can_be_read(house, why, code):
    calculated(house)
    assert refusal(house, "vadovas", stipends.send_back, OCTOBER, why) == code


def test_withdrawn_to_be_mended(house):
    calculated(house)
    run = act(house, "buhalteris", stipends.withdraw, OCTOBER)
    assert (run.state, run.submitted_by, run.submitted_at) == ("draft", None, None)


def test_discarded_and_begun_anew(house):
    first = calculated(house)
    act(house, "buhalteris", stipends.discard, OCTOBER)
    assert run_of(house) is None
    assert refusal(house, "buhalteris", stipends.discard, OCTOBER) == "conflict run_not_draft"
    assert acts.pay(house, OCTOBER).run_ref != first.ref


def test_an_approved_month_is_neither_discarded_nor_worked_out_again(approved):
    assert refusal(approved, "buhalteris", stipends.discard, OCTOBER) == "conflict run_not_draft"
    assert refusal(approved, "buhalteris", stipends.calculate_month, OCTOBER) == "conflict run_not_draft"


def test_the_calculator_does_not_approve(house):
    seen = calculated(house).seen
    acts.raw(house, "UPDATE run SET calculated_by = (SELECT ref FROM account WHERE login = 'vadovas')")
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, seen, *ORDER) == "own_calculation"


def test_what_is_approved_is_what_was_seen(house):
    calculated(house)
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, "0" * 64, *ORDER) == "conflict stale_run"


def test_what_is_submitted_is_what_was_on_the_page(house):
    calculated(house, submit=False)
    assert refusal(house, "buhalteris", stipends.submit, OCTOBER, "0" * 64) == "conflict stale_run"


@pytest.mark.parametrize("change", ["sale", "lot", "attendance", "scheme", "product"])
def test_a_draft_goes_stale_when_the_books_or_the_rules_change(house, change):
    run = calculated(house)
    if change == "sale":
        acts.sale(house, "ZV-01", date(2026, 10, 30), 1)
    elif change == "lot":
        acts.lot(house, "ZV-01", date(2026, 10, 30), 1, "D3")
    elif change == "attendance":
        acts.raw(house, "UPDATE attendance SET minutes = minutes + 1 WHERE id = 1")
    elif change == "product":
        acts.raw(house, "UPDATE product_price SET material_cents = material_cents + 1")
    else:
        act(house, "vadovas", stipends.approve_scheme, OTHER)
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, run.seen, *ORDER) == "conflict stale_run"
    act(house, "buhalteris", stipends.withdraw, OCTOBER)
    assert refusal(house, "buhalteris", stipends.submit, OCTOBER) == "conflict stale_run"


@pytest.mark.parametrize(("number", "day", "code"), [
    (" ", date(2026, 11, 4), "no_order"), ("x" * 61, date(2026, 11, 4), "text_too_long"),
    ("V-87", date(2026, 11, 22), "future_day")])
def test_an_order_has_a_number_and_a_day_that_has_come(house, number, day, code):
    seen = calculated(house).seen
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, seen, number, day) == code


def test_a_month_that_has_not_begun_or_lies_before_the_books_is_not_worked_out(house):
    assert refusal(house, "buhalteris", stipends.calculate_month, DECEMBER) == "future_month"
    assert refusal(house, "buhalteris", stipends.calculate_month, Month(2026, 9)) == "before_books"


def test_an_earlier_month_must_be_approved_or_declared_empty_first(tmp_path):
    house = houses.build(tmp_path, books_from=Month(2026, 9))
    calculated(house, submit=False)
    assert refusal(house, "buhalteris", stipends.submit, OCTOBER) == "earlier_open"
    act(house, "buhalteris", stipends.declare_empty, Month(2026, 9))
    assert trail(house, "declare_empty")[0].after == {"month": "2026-09"}
    act(house, "buhalteris", stipends.submit, OCTOBER)
    house.opened.close()


def test_only_a_month_that_is_over_and_empty_is_declared_so(house):
    assert refusal(house, "buhalteris", stipends.declare_empty, OCTOBER) == "month_not_empty"
    assert refusal(house, "buhalteris", stipends.declare_empty, NOVEMBER) == "month_not_over"
    with time_machine.travel("2026-12-02"):
        act(house, "buhalteris", stipends.declare_empty, NOVEMBER)
        assert refusal(house, "buhalteris", stipends.declare_empty, NOVEMBER) == "conflict already_settled"


def test_what_is_logged_into_an_empty_month_is_booked_in_the_next(house):
    with time_machine.travel("2026-12-02"):
        act(house, "buhalteris", stipends.declare_empty, NOVEMBER)
        assert acts.sale(house, "ZV-01", date(2026, 11, 3), 1).booked_in == "2026-12"
        assert acts.lot(house, "ZV-01", date(2026, 11, 3), 1, "D1").booked_in == "2026-12"


def test_numbers_have_no_gaps_over_approvals_that_failed(october):
    run = calculated(october)
    with october.opened.write() as session:
        stipends.approve(october.doing(session, "vadovas"), OCTOBER, run.seen, *ORDER)
        session.rollback()
    act(october, "vadovas", stipends.approve, OCTOBER, run.seen, *ORDER)
    acts.sale(october, "ZV-01", date(2026, 11, 3), 1)
    acts.pay(october, NOVEMBER)
    given = numbers(october) + numbers(october, NOVEMBER)
    assert given == [f"SL-2026-{number:04d}" for number in range(1, len(given) + 1)]
    assert sealed(october, NOVEMBER).number == "SK-2026-0002"


def test_two_approve_at_once_and_one_of_them_is_told(october):
    seen = calculated(october).seen
    with october.opened.write() as first:
        stipends.approve(october.doing(first, "vadovas"), OCTOBER, seen, *ORDER)
        first.commit()
    with october.opened.write() as second, pytest.raises(Conflict):
        stipends.approve(october.doing(second, "vadovas"), OCTOBER, seen, *ORDER)


def test_what_is_logged_while_a_month_is_approved_is_not_booked_into_it(tmp_path):
    """On PostgreSQL writers are not one at a time: the workshop's row is the gate that they go through."""
    with postgres.workshop(tmp_path / "pg", "october") as house:
        seen = calculated(house).seen
        day, made = date(2026, 10, 30), []
        sold = sales.Sold(acts.product(house, "ZV-01"), day, "mugė", 1000, 1000)

        def log() -> None:
            made.append(act(house, "meistras", sales.log_sale, sold).booked_in)

        with house.opened.write() as approving:
            stipends.approve(house.doing(approving, "vadovas"), OCTOBER, seen, *ORDER)
            logging = Thread(target=log)
            logging.start()
            logging.join(1)
            approving.commit()
        logging.join()
        assert made == ["2026-11"]
        assert sound(house)


# ---------- the months after ----------

def test_a_late_sale_of_an_approved_month_is_paid_in_the_first_open_one(later):
    row = acts.sale(later, "ZV-01", date(2026, 10, 30), 1, 1000)
    assert row.booked_in == "2026-11"
    header = acts.pay(later, NOVEMBER)
    assert (header.realised_net_cents, header.deducted_cents) == (1000, 210)
    assert sum(lines["goods"] for lines in lines_of(later, NOVEMBER).values()) == header.stipends_cents
    assert sound(later)


def test_a_return_of_a_line_of_an_approved_month_is_taken_off_in_the_open_one(later):
    sold = acts.line(later, "IMO-2026-10-3", "15")
    back = act(later, "buhalteris", sales.log_return, sold.ref, date(2026, 11, 3), 1000)
    assert (back.booked_in, back.quantity, back.price_cents) == ("2026-11", -1000, 615)
    header = acts.pay(later, NOVEMBER)
    assert (header.realised_net_cents, header.stipends_cents) == (-615, 0)
    assert header.from_reserve_cents > 0
    assert min(lines["goods"] for lines in lines_of(later, NOVEMBER).values()) < 0
    assert {match.quantity for match in result_of(later, NOVEMBER).matches} == {-1000}
    assert sound(later)


def test_a_late_lot_covers_what_was_sold_without_one_and_its_makers_get_their_share(later):
    row = acts.lot(later, "KE-01", date(2026, 10, 20), 2, "D1", "D2")
    assert row.booked_in == "2026-11"
    header = acts.pay(later, NOVEMBER)
    assert header.unassigned_cents == -IDENTITY["unassigned_cents"]
    assert lines_of(later, NOVEMBER) == {"D1": {"goods": 651}, "D2": {"goods": 651}}
    assert header.to_reserve_cents == 1860 - 1302
    assert sound(later)


def test_a_debt_is_kept_back_over_the_months_after_it(later):
    """What D1 got for November comes back in December; of January's stipend a fifth is kept back."""
    acts.lot(later, "VA-01", date(2026, 11, 3), 12, "D1")
    sold = acts.sale(later, "VA-01", date(2026, 11, 4), 12, 2000)
    acts.pay(later, NOVEMBER)
    paid = lines_of(later, NOVEMBER)["D1"]["goods"]
    with time_machine.travel("2027-02-10"):
        act(later, "buhalteris", sales.log_return, sold.ref, date(2026, 12, 3), 10_000)
        header = acts.pay(later, DECEMBER)
        lines = lines_of(later, DECEMBER)["D1"]
        debt = lines["below_zero"]
        assert (header.stipends_cents, lines["goods"]) == (0, -debt)
        assert 0 < debt <= paid
        acts.lot(later, "VA-01", date(2027, 1, 3), 3, "D1")
        acts.sale(later, "VA-01", date(2027, 1, 4), 3, 2000)
        january = acts.pay(later, Month(2027, 1))
        lines = lines_of(later, Month(2027, 1))["D1"]
        kept = -lines["debt"]
        assert kept == lines["goods"] * 20 // 100
        assert january.stipends_cents == lines["goods"] - kept
        left = next(one.debt for one in result_of(later, Month(2027, 1)).people if one.number == "D1")
        assert left == debt - kept
        assert sound(later)


# ---------- schemes ----------

def test_a_scheme_is_approved_under_a_number_of_its_own(house):
    assert refusal(house, "vadovas", stipends.approve_scheme, SCHEME) == "conflict scheme_number_taken"


def test_a_scheme_does_not_reach_into_an_approved_month(approved):
    assert refusal(approved, "vadovas", stipends.approve_scheme, OTHER) == "conflict scheme_before_approved"
    act(approved, "vadovas", stipends.approve_scheme, OTHER.replace("2026-10-01", "2026-11-01"))
    with approved.opened.read() as session:
        found = [rows.find_scheme(session, OWN, month).number for month in (OCTOBER, NOVEMBER)]
    assert found == ["1", "2"]
    assert trail(approved, "approve_scheme")[-1].after["number"] == "2"


def test_a_wrong_scheme_is_refused_with_every_fault_and_nothing_is_kept(house):
    before = acts.books(house)
    with pytest.raises(SchemeRefused):
        act(house, "vadovas", stipends.approve_scheme, 'name = "x"')
    assert acts.books(house) == before


def test_a_month_without_a_scheme_in_force_is_not_worked_out(house):
    acts.drop_guards(house)
    acts.raw(house, "DELETE FROM scheme")
    assert refusal(house, "buhalteris", stipends.calculate_month, OCTOBER) == "no_scheme"


def test_a_trial_by_another_scheme_keeps_nothing_and_reads_an_approved_month_as_it_was(approved):
    other = SCHEME.replace('amount = "1.20"', 'amount = "2.40"').replace("2024-05-01", "2030-01-01")
    before = acts.books(approved)
    with approved.opened.read() as session:
        doing = approved.doing(session, "buhalteris")
        twice = stipends.work_out(doing, OCTOBER, other).result.identity.from_budget
        same = stipends.work_out(doing, OCTOBER, SCHEME).result.identity.stipends
    assert (twice, same) == (2 * IDENTITY["from_budget_cents"], IDENTITY["stipends_cents"])
    assert acts.books(approved) == before


def test_what_changed_without_an_entry_is_found_by_the_approval(house):
    """Somebody wrote into the database past the program after the month was worked out."""
    run = act(house, "buhalteris", stipends.calculate_month, OCTOBER)
    acts.raw(house, "UPDATE attendance SET minutes = minutes - 60 WHERE id = 1")
    run = act(house, "buhalteris", stipends.submit, OCTOBER)
    assert refusal(house, "vadovas", stipends.approve, OCTOBER, run.seen, *ORDER) == "conflict stale_run"
