"""Paying: each payable once, states and what they book, files, advances, returns, payees, changed accounts."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from acts import act, raw, refusal
from corrected import came, corrected
from house import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paying import OURS, OWN, TODAY, approve, balance, batch, paid, plan, sent, standing, states
from sqlalchemy.exc import IntegrityError

from ledger.actions import payees, payments, people
from ledger.actions.payees import Told
from ledger.actions.payments import Proxy
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account
from ledger.core.payments import State, Way
from ledger.core.periods import Month
from ledger.documents import sepa
from ledger.records import payees as details
from ledger.records import payments as rows
from ledger.records.people import Identity

OTHER = "LT121000011101001000"
P, A, W, B, C = Account.PAYABLE, Account.ADVANCES, Account.PAID, Account.BANK, Account.CASH


def give_back(house: House, ref: str, place: int = 0, day: date = TODAY, reason: str = "Sąskaita uždaryta") -> None:
    act(house, "buhalteris", payments.give_back, ref, paid(house, ref)[place].row.ref, day, reason)


# ---------- once ----------


def test_what_is_in_a_batch_cannot_be_put_into_another(approved):
    batch(approved, {"D1": 9617})
    assert refusal(approved, "buhalteris", payments.make_batch, plan(approved, {"D1": 1})) == "paid_too_much"


def test_a_part_may_be_paid_and_the_rest_stays_owed(approved):
    sent(approved, {"D1": 5000})
    assert (standing(approved, "D1").owed, standing(approved, "D1").free, standing(approved, "D1").on_way) == (4617, 4617, 5000)
    batch(approved, {"D1": 4617})
    assert standing(approved, "D1").free == 0


def test_of_two_at_once_one_wins(approved):
    answers: list[str] = []

    def pay() -> None:
        try:
            batch(approved, {"D1": 9617})
            answers.append("")
        except (Refused, Conflict) as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=pay) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == ["", "paid_too_much"]


@pytest.mark.parametrize(("sums", "more", "code"), [
    ({}, {}, "nothing_to_pay"), ({"D1": 0}, {}, "sum_zero"), ({"D1": 9618}, {}, "paid_too_much"), ({"D4": 100}, {}, "paid_in_cash"),
    ({"D1": 100}, {"way": Way.CASH}, "has_account"), ({"D1": 1}, {"day": date(2026, 11, 20)}, "past_day"),
    ({"D1": 1}, {"day": TODAY + timedelta(61)}, "too_far_ahead"), ({"D1": 1}, {"account": "LT121000011101001001"}, "iban_wrong"),
    ({"D1": 1}, {"account": ""}, "iban_wrong"), ({"D1": 1}, {"bic": "X"}, "bic_wrong"),
    ({"D1": 1}, {"format": "pain.008"}, "no_format"),
    ({"D4": 1}, {"way": Way.CASH, "day": date(2026, 9, 1)}, "long_ago")])
def test_batches_that_cannot_be(approved, sums, more, code):
    assert refusal(approved, "buhalteris", payments.make_batch, plan(approved, sums, **more)) == code


def test_numbers_have_no_gaps_and_end_to_end_ids_follow_them(approved):
    first, second = batch(approved, {"D1": 100}), batch(approved, {"D1": 100, "D2": 100})
    assert (first.number, second.number) == ("MB-2026-0001", "MB-2026-0002")
    assert [one.row.end_to_end for one in paid(approved, second.ref)] == ["MB-2026-0002-1", "MB-2026-0002-2"]


# ---------- from making to paid ----------


def test_bank_from_the_first_to_the_last_step(approved):
    made = batch(approved, {"D1": 9617})
    assert (states(approved, made.ref), balance(approved, P, "D1")) == (["pending"], -9617)
    assert refusal(approved, "buhalteris", payments.mark_sent, made.ref, TODAY) == "conflict batch_not_approved"
    approve(approved, made.ref)
    act(approved, "buhalteris", payments.mark_sent, made.ref, TODAY)
    assert (balance(approved, P, "D1"), balance(approved, W, "D1"), balance(approved, B)) == (0, -9617, 0)
    assert refusal(approved, "buhalteris", payments.mark_sent, made.ref, TODAY) == "conflict payment_state"
    give_back(approved, made.ref)
    assert (states(approved, made.ref), balance(approved, P, "D1"), balance(approved, W, "D1")) == (["returned"], -9617, 0)
    assert standing(approved, "D1").free == 9617


def test_cash_is_signed_for_by_the_person_or_a_proxy_or_not_collected(approved):
    made = batch(approved, {"D4": 15000, "D9": 15000}, Way.CASH)
    approve(approved, made.ref)
    first, second = paid(approved, made.ref)
    act(approved, "buhalteris", payments.sign, made.ref, first.row.ref, TODAY, Proxy("Ona Rytė", "Įgaliojimas 5"))
    act(approved, "buhalteris", payments.give_back, made.ref, second.row.ref, TODAY)
    assert states(approved, made.ref) == ["settled", "returned"]
    assert (balance(approved, C), balance(approved, P, "D9")) == (-15000, -15000)
    with approved.opened.read() as session:
        event = next(one for one in rows.events_of_batch(session, OWN, made.ref) if one.proxy)
        assert b"Ona" not in (event.proxy or b"")
        doing = approved.doing(session, "buhalteris")
        assert payments.proxy_of(doing, event, first.row.person_ref) == Proxy("Ona Rytė", "Įgaliojimas 5")
        assert [one.event.why for one in rows.payments_of_batch(session, OWN, made.ref)] == ["", "not_collected"]


def test_who_made_it_does_not_approve_it_and_only_what_was_seen_is_approved(approved):
    made = batch(approved, {"D1": 100, "D2": 100})
    assert refusal(approved, "buhalteris", payments.prepare, made.ref, "") == "hidden"
    with approved.opened.read() as session:
        prepared = payments.prepare(approved.doing(session, "vadovas"), made.ref, payments.seen_of(
            rows.payments_of_batch(session, OWN, made.ref)))
    give_back(approved, made.ref)
    assert refusal(approved, "vadovas", payments.approve, prepared) == "conflict batch_changed"
    approve(approved, made.ref)
    assert refusal(approved, "vadovas", payments.approve, prepared) == "conflict batch_approved"
    with pytest.raises(IntegrityError, match="another approves"):
        raw(approved, "INSERT INTO payment_approval (ref, organisation_id, workshop_id, batch_ref, approved_by, approved_at, "
            "app_version) SELECT 'x', 1, 1, 'other', made_by, made_at, '1' FROM payment_batch")


def test_the_file_is_the_same_bytes_and_equals_the_batch(approved):
    made = batch(approved, {"D1": 9617, "D2": 100})
    assert refusal(approved, "buhalteris", payments.file_of, made.ref) == "hidden"
    approve(approved, made.ref)
    files = [act(approved, "buhalteris", payments.file_of, made.ref)[1] for _ in range(2)]
    assert files[0] == files[1]
    text = files[0].decode()
    assert text.count("<NbOfTxs>2</NbOfTxs>") == text.count("<CtrlSum>97.17</CtrlSum>") == 2
    assert "<MsgId>MB-2026-0001</MsgId>" in text
    assert "Aistė Žukauskaitė" in text
    assert "PstlAdr" not in text
    sepa.check(files[0], "pain.001.001.09")
    act(approved, "buhalteris", payments.mark_sent, made.ref, TODAY)
    assert act(approved, "buhalteris", payments.file_of, made.ref)[1] == files[0]
    assert refusal(approved, "socialine", payments.file_of, made.ref) == "hidden"


def test_a_payment_in_the_banks_file_leaves_only_with_the_whole_batch(approved):
    made = batch(approved, {"D1": 100, "D2": 100})
    approve(approved, made.ref)
    one = paid(approved, made.ref)[0].row.ref
    assert refusal(approved, "buhalteris", payments.give_back, made.ref, one, TODAY, "x") == "conflict file_made"
    act(approved, "buhalteris", payments.cancel, made.ref)
    assert (states(approved, made.ref), standing(approved, "D1").free) == (["returned", "returned"], 9617)


def test_days_do_not_run_backwards_nor_ahead(approved):
    made = batch(approved, {"D1": 100})
    approve(approved, made.ref)
    assert refusal(approved, "buhalteris", payments.mark_sent, made.ref, TODAY - timedelta(1)) == "before_last_event"
    assert refusal(approved, "buhalteris", payments.mark_sent, made.ref, TODAY + timedelta(1)) == "future_day"


@pytest.mark.parametrize("statement", [
    "UPDATE payment SET cents = 1", "DELETE FROM payment_event", "UPDATE payment_batch SET total_cents = 1",
    "DELETE FROM pay_detail_event", "UPDATE payment_file SET sealed = x'00'", "DELETE FROM payment_approval"])
def test_sealed_rows_stay(approved, statement):
    sent(approved, {"D1": 100})
    detail = act(approved, "buhalteris", payees.let_wait, approved.ref("D2"), "x")
    act(approved, "buhalteris", payees.end, detail.ref)
    with pytest.raises(IntegrityError, match="sealed"):
        raw(approved, statement)


def test_the_database_lets_no_payment_be_sent_unapproved_or_settled_twice(approved):
    batch(approved, {"D1": 100})
    with pytest.raises(IntegrityError, match="payment event"):
        raw(approved, "INSERT INTO payment_event (ref, organisation_id, workshop_id, payment_ref, position, state, happened_on, "
            "why, said_ref, said_sha256, entry_key, done_by, done_at, app_version) SELECT 'x', 1, 1, ref, 2, 'sent', '2026-11-21', "
            "'', '', '', '', 'x', '2026-11-21T00:00:00.000000Z', '1' FROM payment")


# ---------- advances ----------


def test_an_advance_is_set_off_before_anything_else_is_paid(approved):
    made = batch(approved, {"D4": 5000}, Way.CASH, advance=True)
    approve(approved, made.ref)
    act(approved, "buhalteris", payments.sign, made.ref, paid(approved, made.ref)[0].row.ref, TODAY)
    assert (standing(approved, "D4").advances, standing(approved, "D4").owed, standing(approved, "D4").free) == (0, 10000, 10000)
    assert refusal(approved, "buhalteris", payments.make_batch, plan(approved, {"D4": 10001}, Way.CASH)) == "paid_too_much"
    batch(approved, {"D4": 10000}, Way.CASH)
    assert (balance(approved, A, "D4"), balance(approved, P, "D4"), balance(approved, C)) == (0, -10000, -5000)


def test_a_returned_advance_that_was_set_off_is_owed_again(approved):
    made = sent(approved, {"D1": 20000}, advance=True)
    batch(approved, {"D2": 100})
    assert (balance(approved, A, "D1"), balance(approved, P, "D1")) == (10383, 0)
    give_back(approved, made.ref)
    assert (balance(approved, A, "D1"), balance(approved, P, "D1"), balance(approved, W, "D1")) == (0, -9617, 0)


def test_what_is_approved_later_pays_the_advance_back_at_once(house):
    sent(house, {"D1": 20000}, advance=True)
    assert (balance(house, A, "D1"), balance(house, P, "D1")) == (20000, 0)
    house.submit()
    house.approve()
    assert (balance(house, A, "D1"), balance(house, P, "D1"), standing(house, "D1").owed) == (10383, 0, 0)
    corrected(house, came(house))
    assert (balance(house, A, "D1"), balance(house, P, "D1")) == (10263, 0)


def test_a_payment_that_comes_back_pays_the_advance_back_too(approved):
    made = sent(approved, {"D1": 9617})
    sent(approved, {"D1": 5000}, advance=True)
    assert (balance(approved, A, "D1"), balance(approved, P, "D1")) == (5000, 0)
    give_back(approved, made.ref)
    assert (balance(approved, A, "D1"), balance(approved, P, "D1")) == (0, -4617)


# ---------- payees, choices, waiting ----------


def test_another_payee_counts_once_a_second_person_confirmed(approved):
    told = Told("Elena Rytė", OTHER, "Nutartis 5")
    detail = act(approved, "buhalteris", payees.set_payee, approved.ref("D1"), told, TODAY, None)
    assert (standing(approved, "D1").payee.name, standing(approved, "D1").hold) == ("Aistė Žukauskaitė", "account_changed")
    assert refusal(approved, "buhalteris", payees.confirm_payee, detail.ref) == "hidden"
    act(approved, "socialine", payees.confirm_payee, detail.ref)
    assert (standing(approved, "D1").payee.name, standing(approved, "D1").payee.iban) == ("Elena Rytė", OTHER)
    assert refusal(approved, "buhalteris", payments.make_batch, plan(approved, {"D1": 1})) == "held"  # that day
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        made = batch(approved, {"D1": 100}, day=date(2026, 11, 23))
    with approved.opened.read() as session:
        row = rows.payments_of_batch(session, OWN, made.ref)[0].row
        assert payments.goes_to(approved.doing(session, "buhalteris"), row).name == "Elena Rytė"
    act(approved, "buhalteris", payees.end, detail.ref)
    assert standing(approved, "D1").payee.name == "Aistė Žukauskaitė"
    assert refusal(approved, "buhalteris", payees.end, detail.ref) == "conflict detail_state"


def test_cash_by_choice_from_a_day(approved):
    act(approved, "socialine", payees.choose_cash, approved.ref("D1"), TODAY, TODAY)
    assert standing(approved, "D1").way is Way.CASH
    act(approved, "socialine", payees.choose_cash, approved.ref("D2"), TODAY + timedelta(1), None)
    assert standing(approved, "D2").way is Way.BANK


def test_money_that_waits_is_not_paid(approved):
    detail = act(approved, "buhalteris", payees.let_wait, approved.ref("D1"), "Laukiame paveldėtojų")
    assert (standing(approved, "D1").hold, standing(approved, "D1").waits) == ("told_to_wait", "hold")
    assert refusal(approved, "buhalteris", payments.make_batch, plan(approved, {"D1": 1})) == "held"
    act(approved, "buhalteris", payees.end, detail.ref)
    batch(approved, {"D1": 1})


def test_who_left_without_an_account_stands_in_the_list(approved):
    profile = people.Profile("D4", Identity("Šarūnas", "Čepulis"), date(2024, 5, 2), date(2026, 11, 20))
    act(approved, "socialine", people.change_participant, approved.ref("D4"), profile)
    assert standing(approved, "D4").waits == "left_without_account"


# ---------- a changed account ----------


def ask(house: House, iban: str = OTHER, number: str = "D1") -> Any:
    one = standing(house, number)
    profile = people.Profile(number, replace(one.named.identity, iban=iban), one.named.person.started, one.named.person.ended)
    act(house, "socialine", people.change_participant, house.ref(number), profile)
    with house.opened.read() as session:
        return next((kept.row for kept in reversed(details.details(session, OWN, [one.named.person.ref]))), None)


def test_a_changed_account_waits_for_the_last_digits_by_another_person(approved):
    old = standing(approved, "D1").payee.iban
    row = ask(approved)
    assert (standing(approved, "D1").payee.iban, standing(approved, "D1").hold) == (old, "account_changed")
    assert refusal(approved, "buhalteris", payments.make_batch, plan(approved, {"D1": 1})) == "held"
    assert refusal(approved, "socialine", payees.confirm_account, row.ref, "1000") == "conflict own_change"
    assert refusal(approved, "buhalteris", payees.confirm_account, row.ref, "1000") == "hidden"
    assert refusal(approved, "vadovas", payees.confirm_account, row.ref, "1001") == "digits_differ"
    act(approved, "vadovas", payees.confirm_account, row.ref, "1000")
    assert (standing(approved, "D1").payee.iban, standing(approved, "D1").hold) == (OTHER, "account_changed")
    assert refusal(approved, "vadovas", payees.confirm_account, row.ref, "1000") == "conflict detail_state"


def test_a_first_account_that_somebody_else_has_waits_for_another_person(approved):
    taken = standing(approved, "D2").payee.iban
    profile = people.Profile("D77", Identity("Rūta", "Rytė", "1990-01-05", taken), TODAY, None)
    act(approved, "socialine", people.create_participant, profile)
    assert (standing(approved, "D77").payee.iban, standing(approved, "D77").named.identity.iban) == ("", "")
    with approved.opened.read() as session:
        row = details.details(session, OWN, [standing(approved, "D77").named.person.ref])[0].row
    act(approved, "vadovas", payees.confirm_account, row.ref, taken[-4:])
    assert standing(approved, "D77").payee.iban == taken


def test_an_account_changed_while_the_batch_waits_holds_it(approved):
    made = batch(approved, {"D1": 100})
    approve(approved, made.ref)
    ask(approved)
    assert refusal(approved, "buhalteris", payments.file_of, made.ref) == "conflict held"
    assert refusal(approved, "buhalteris", payments.mark_sent, made.ref, TODAY) == "conflict held"


def test_what_was_made_out_to_another_account_or_payee_does_not_leave(approved):
    to_old, to_payee, in_file = (batch(approved, {number: 100}) for number in ("D1", "D2", "D3"))
    approve(approved, in_file.ref)
    for number in ("D1", "D3"):
        act(approved, "vadovas", payees.confirm_account, ask(approved, OTHER, number).ref, OTHER[-4:])
    told = Told("Ona Onaitė", OTHER, "Įgaliojimas")
    guardian = act(approved, "socialine", payees.set_payee, approved.ref("D2"), told, TODAY, None)
    act(approved, "vadovas", payees.confirm_payee, guardian.ref)
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        for waits in (to_old, to_payee):
            with pytest.raises(Conflict) as conflict:
                approve(approved, waits.ref)
            assert conflict.value.code == "goes_elsewhere"
        assert refusal(approved, "buhalteris", payments.file_of, in_file.ref) == "conflict goes_elsewhere"
        act(approved, "buhalteris", payments.mark_sent, in_file.ref, date(2026, 11, 23))  # what went out went out


def test_a_refused_account_changes_nothing_and_an_empty_one_neither(approved):
    old = standing(approved, "D1").payee.iban
    row = ask(approved)
    ask(approved)
    act(approved, "vadovas", payees.refuse, row.ref)
    ask(approved, "")
    assert (standing(approved, "D1").payee.iban, standing(approved, "D1").hold) == (old, "")
    with approved.opened.read() as session:
        assert len(details.details(session, OWN, [standing(approved, "D1").named.person.ref])) == 1


def test_a_first_account_holds_at_once(approved):
    ask(approved, number="D4")
    one = standing(approved, "D4")
    assert (one.payee.iban, one.way, one.hold) == (OTHER, Way.BANK, "")


# ---------- names, months, any order ----------


@pytest.mark.parametrize("form", sepa.FORMATS)
@pytest.mark.parametrize("name", ["A & B <c> \"d\" 'e'", "ąčęėįšųūž ĄČĘĖĮŠŲŪŽ", "Labai " * 20, "Жанна", "d'Arc – ½"])
def test_any_name_makes_a_file_that_the_schema_takes(form, name):
    from datetime import datetime
    order = sepa.Order("MB-2026-0001", datetime(2026, 11, 21), TODAY, name, OURS, "", form, (
        sepa.Transfer("MB-2026-0001-1", name, OTHER, 1, "Stipendija"),))
    assert sepa.sepa_file(order) == sepa.sepa_file(order)
    with pytest.raises(Refused, match="name_without_letters"):
        sepa.sepa_file(replace(order, name="日本"))
    with pytest.raises(ValueError, match="pain"):
        sepa.sepa_file(replace(order, transfers=(sepa.Transfer("e" * 36, "A", OTHER, 1, "x"),)))


def test_a_month_is_paid_when_the_money_arrived(approved):
    def state(number: str) -> State:
        with approved.opened.read() as session:
            return rows.month_paid(session, OWN, Month(2026, 10), [standing(approved, number).named.person.ref])
    assert state("D1") is State.PENDING
    made = sent(approved, {"D1": 9617})
    assert state("D1") is State.SENT
    with approved.opened.write() as session:
        payments.step(approved.doing(session, "buhalteris"), rows.payments_of_batch(session, OWN, made.ref), State.SETTLED, TODAY)
        session.commit()
    assert state("D1") is State.SETTLED
    give_back(approved, made.ref)
    assert state("D1") is State.PENDING


STEPS = st.lists(st.tuples(st.sampled_from(["make", "advance", "approve", "send", "settle", "back", "cancel"]),
                           st.integers(0, 5), st.integers(1, 6000)), max_size=14)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_what_is_owed_is_what_was_posted_less_what_was_paid(approved, steps):
    """The books go on from example to example: the promise holds at every step."""
    refs: list[str] = []
    for what, place, cents in steps:
        with suppress(Refused):
            _do(approved, what, refs, place, cents)
        one = standing(approved, "D1")
        live = {State.SENT, State.SETTLED}
        gone = sum(two.row.cents for two in _all(approved) if two.state in live)
        assert one.owed - one.advances == 9617 - gone
        waiting = sum(two.row.cents for two in _all(approved) if two.state is State.PENDING and not two.row.advance)
        assert waiting == one.pending <= max(one.owed, 0)


def _all(house: House) -> list[rows.Paid]:
    person = standing(house, "D1").named.person.ref
    with house.opened.read() as session:
        return rows.payments_of_person(session, OWN, person)


def _do(house: House, what: str, refs: list[str], place: int, cents: int) -> Any:
    if what in ("make", "advance"):
        refs.append(batch(house, {"D1": cents}, advance=what == "advance").ref)
        return None
    if not refs:
        return None
    ref = refs[place % len(refs)]
    if what == "approve":
        return approve(house, ref)
    if what == "send":
        return act(house, "buhalteris", payments.mark_sent, ref, TODAY)
    if what == "cancel":
        return act(house, "buhalteris", payments.cancel, ref)
    if what == "back":
        return give_back(house, ref)
    with house.opened.write() as session:
        payments.step(house.doing(session, "buhalteris"), rows.payments_of_batch(session, OWN, ref), State.SETTLED, TODAY)
        session.commit()
    return None
