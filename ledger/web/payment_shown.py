"""A batch's way and a payment's history as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger import i18n
from ledger.actions.payments import Proxy
from ledger.core.payments import State, Why
from ledger.core.periods import civil_day
from ledger.i18n import gettext as _
from ledger.i18n import pgettext
from ledger.records.payments import Paid, PaymentApproval, PaymentBatch, PaymentEvent
from ledger.web.payment_words import state_word, why_word
from ledger.web.return_words import Reason, reason_of


@dataclass(frozen=True)
class Step:
    """Something that happened to a payment: its label, day, why in words, what was written beside it, and who did it."""

    label: tuple[str, str]
    day: date
    why: str
    reason: Reason
    proxy: Proxy | None
    who: str


def steps(events: Sequence[PaymentEvent], approval: PaymentApproval | None, texts: Mapping[str, str],
          proxies: Mapping[str, Proxy], staff: Mapping[str, str]) -> list[Step]:
    """A payment's history, oldest first, with the director's yes to its batch in its place."""
    found = [(one.done_at, Step(
        _label(State(one.state)), one.happened_on, why_word(one.why), reason_of(texts.get(one.said_ref, "")),
        proxies.get(one.ref), staff.get(one.done_by, "–"))) for one in events]
    if approval is not None:
        found.append((approval.approved_at, Step(
            ("ok", pgettext("payment", "approved")), civil_day(approval.approved_at), "", Reason("", "", ""), None,
            staff.get(approval.approved_by, "–"))))
    return [step for _at, step in sorted(found, key=lambda one: one[0])]


def _label(state: State) -> tuple[str, str]:
    return ("", pgettext("payment", "put into the batch")) if state is State.PENDING else state_word(state)


def stages(row: PaymentBatch, paid: Sequence[Paid], events: Sequence[PaymentEvent], approval: PaymentApproval | None,
           staff: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Where the batch stands: made, approved, with the bank, paid. What has happened is past, the last of it is now."""
    made = [(pgettext("payment batch", "Made"), _note(staff.get(row.made_by, ""), civil_day(row.made_at)))]
    if approval is not None:
        note = _note(staff.get(approval.approved_by, ""), civil_day(approval.approved_at))
        made.append((pgettext("payment batch", "Approved"), note))
    ahead = [] if approval else [(pgettext("payment batch", "Approved"), _("the director"))]
    gone = [one for one in events if one.state == State.SENT.value]
    if row.way == "bank":
        (made if gone else ahead).append((_("Given to the bank"), _note("", min(one.happened_on for one in gone)) if gone else ""))
    if all(one.state is State.RETURNED and one.event.why == Why.WITHDRAWN.value for one in paid):
        made.append((pgettext("payment batch", "Called off"), _note("", max(one.event.happened_on for one in paid))))
        ahead = []
    elif {one.state for one in paid} <= {State.SETTLED, State.RETURNED}:
        made.append((pgettext("payment batch", "Paid"), _note("", max(one.event.happened_on for one in paid))))
    else:
        ahead.append((pgettext("payment batch", "Paid"), ""))
    last = len(made) - 1
    return [*((word, note, "now" if place == last else "past") for place, (word, note) in enumerate(made)),
            *((word, note, "") for word, note in ahead)]


def _note(who: str, day: date) -> str:
    return f"{who}, {i18n.day(day)}" if who else i18n.day(day)
