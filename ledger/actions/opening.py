"""What participants and the workshop owed each other when the books began: booked once a person, in the first month.

What was paid to somebody ahead is set off against the first money they get, as every advance is.
"""

from __future__ import annotations

from ledger.actions import journal as booking
from ledger.actions.advances import set_off_all
from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account, Entry, Leg
from ledger.i18n import mark
from ledger.records import journal, people
from ledger.sentences import learn

learn({
    "person_opened_already": mark("What this person is owed or owes from before is written down already."),
    "opening_both": mark("Write one sum only: what is still owed to the person, or what the person was paid ahead."),
    "whose_opening": mark("Choose a person."),
})


def open_person(doing: Doing, participant_ref: str, owed_cents: int, ahead_cents: int) -> None:
    """Book what was still owed to a person, or what was paid to them ahead, before the books began (cents). Raises Conflict when it
    was said already or the first month is closed, Refused for both or nothing."""
    doing.check(May.KEEP_JOURNAL)
    doing.gate()
    if not participant_ref:
        raise Refused("whose_opening", at="person")
    person = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref).person.ref
    if journal.find_entry(doing.session, doing.scope, "opening", person) is not None:
        raise Conflict("person_opened_already", at="person")
    if owed_cents and ahead_cents:
        raise Refused("opening_both", at="ahead")
    if not owed_cents and not ahead_cents:
        raise Refused("opening_nothing", at="owed")
    own = Leg(Account.PAYABLE, -owed_cents, person) if owed_cents else Leg(Account.ADVANCES, ahead_cents, person)
    begins = doing.workshop().begins
    head = booking.post(doing, Entry("opening", begins.first, begins, "person", person, (own, Leg(Account.OPENING, -own.cents))))
    set_off_all(doing)
    doing.note("open_person", "person", person, person=person,
               after={"owed_cents": owed_cents, "ahead_cents": ahead_cents, "entry": head.sequence})
