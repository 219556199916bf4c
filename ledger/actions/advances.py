"""Advances are paid back out of what is owed, as soon as both are there, so that what is owed to a person is right on every day."""

from __future__ import annotations

from ledger.actions import journal
from ledger.actions.doing import Doing
from ledger.core.journal import Account, Entry
from ledger.core.payments import set_off_legs
from ledger.records import journal as books
from ledger.records import payments as rows
from ledger.records.types import new_ref


def set_off_all(doing: Doing) -> None:
    """Set everybody's advances off against what is owed to them and waits in no batch. Called wherever something becomes owed (a
    run or a correction is approved, a payment comes back), an advance goes out, or something is about to be paid; whoever calls
    holds the gate and has asked whether it is allowed."""
    advances = {person: cents for (_account, person, _detail), cents
                in books.balances(doing.session, doing.scope, account=Account.ADVANCES).items() if cents > 0}
    if not advances:
        return
    waiting = rows.pending(doing.session, doing.scope, advances)
    month, entries = doing.journal_month(doing.today), []
    for person, cents in advances.items():
        legs = set_off_legs(person, books.owed(doing.session, doing.scope, person) - waiting.get(person, 0), cents)
        if legs:
            entries.append(Entry("set_off", doing.today, month, "person", new_ref(), legs))
    journal.post(doing, *entries)
