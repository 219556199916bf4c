"""The months of the books in the core: how a month stands, which event may follow, what balances lack at its end."""

from __future__ import annotations

import pytest

from ledger.core.faults import Conflict
from ledger.core.journal import Account
from ledger.core.months import CLOSED, Balances, Event, Lack, State, check_next, lacks_of_balances, state_of

MAY_FOLLOW = {
    None: {"closing"}, "closing": {"closed"}, "closed": {"reopen_asked"}, "reopen_asked": {"reopen_refused", "reopened"},
    "reopen_refused": {"reopen_asked"}, "reopened": {"closing"}}
STANDS = {None: "open", "closing": "closing", "closed": "closed", "reopen_asked": "asked", "reopen_refused": "closed",
          "reopened": "open"}


@pytest.mark.parametrize("newest", [None, *Event])
def test_what_may_happen_to_a_month_next(newest: Event | None) -> None:
    assert state_of(newest).value == STANDS[newest]
    for event in Event:
        if event.value in MAY_FOLLOW[newest]:
            check_next(newest, event)
        else:
            with pytest.raises(Conflict) as refused:
                check_next(newest, event)
            assert refused.value.code == "month_state"


def test_a_month_that_somebody_asks_to_reopen_is_closed_still() -> None:
    assert {State.CLOSED, State.ASKED} == CLOSED


def held(*balances: tuple[Account, str, int]) -> Balances:
    """Balances by account, person, cents; each of a detail of its own."""
    return Balances({(account, person, f"d{place}"): cents for place, (account, person, cents) in enumerate(balances)})


def test_a_balance_is_of_its_own_account_alone_with_all_details() -> None:
    some = held((Account.CASH, "", 100), (Account.CASH, "", -30), (Account.BANK, "", 7),
                (Account.PAYABLE, "D1", -50), (Account.PAYABLE, "D1", 20), (Account.PAYABLE, "D2", -9), (Account.PAYABLE, "D2", 9))
    assert (some.of(Account.CASH), some.of(Account.SALES)) == (70, 0)
    assert some.by_person(Account.PAYABLE) == {"D1": -30}


def test_a_month_with_nothing_open_lacks_nothing() -> None:
    assert lacks_of_balances(held((Account.CASH, "", 500), (Account.RESERVE, "", -500))) == []


@pytest.mark.parametrize(("balances", "lack"), [
    ([(Account.PAID, "D1", -120), (Account.PAID, "D2", -1)], Lack("on_the_way", 1, 121)),
    ([(Account.PAYABLE, "D1", -120), (Account.PAYABLE, "D2", -1), (Account.PAYABLE, "D3", 40)], Lack("owed", 2, 121)),
    ([(Account.ADVANCES, "D1", 120), (Account.ADVANCES, "D2", 1), (Account.ADVANCES, "D3", -40)], Lack("advances", 2, 121)),
    ([(Account.UNASSIGNED, "", -55)], Lack("unassigned", 1, 55)),
    ([(Account.RESERVE, "", 300), (Account.RESERVE, "", -299)], Lack("reserve_below", 1, -1)),
])
def test_what_balances_at_the_end_of_a_month_lack(balances: list[tuple[Account, str, int]], lack: Lack) -> None:
    found = lacks_of_balances(held(*balances))
    assert found == [lack]
    assert not found[0].stops
