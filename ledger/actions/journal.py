"""Booking in the journal: an entry is checked, chained and written; nobody calls this from outside an action of another room."""

from __future__ import annotations

from ledger.actions.doing import Doing
from ledger.core.faults import Conflict
from ledger.core.journal import Division, Entry, Head, commission_entry, run_entry, sales_entries
from ledger.core.periods import Month
from ledger.records import journal, months, selling
from ledger.records.journal import By
from ledger.settings import app_version


def post(doing: Doing, *entries: Entry) -> Head:
    """Book entries at the end of the workshop's chain, in this order; returns the new head. Raises Conflict for a closed month,
    ArithmeticError for an entry that does not sum to zero."""
    doing.gate()
    shut = months.closed(doing.session, doing.scope) if entries else frozenset()
    for entry in entries:
        if not entry.balanced:
            raise ArithmeticError(f"the entry {entry.kind} {entry.subject_ref} does not add up")
        if entry.booked_in in shut:
            raise Conflict("closed_month", month=str(entry.booked_in))
    return journal.append(doing.session, doing.scope, By(doing.who.account, doing.at, app_version()), entries)


def post_run(doing: Doing, run_ref: str, month: Month, divided: Division) -> None:
    """Book what an approved month sold, what shops keep of it, and how it is divided."""
    sold = journal.sold_by_day(doing.session, run_ref)
    kept = (commission_entry(one.ref, one.happened_on, month, one.channel, one.commission_cents)
            for one in selling.commissions_of(doing.session, doing.scope, month))
    post(doing, *sales_entries(run_ref, month, sold), *kept, *run_entry(run_ref, month, divided))
