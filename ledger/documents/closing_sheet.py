"""The closing sheet of a month: cash and bank, counted and by the books; what was missing; the heads of both chains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ledger import i18n
from ledger.core.periods import Month
from ledger.documents.statements import EuProject, Signed
from ledger.i18n import gettext as _
from ledger.i18n import ngettext


@dataclass(frozen=True)
class Head:
    """The newest link of a chain: its number and its hash."""

    sequence: int
    hash: str

    @property
    def groups(self) -> tuple[str, ...]:
        """The hash in groups of four, so that people can read it out."""
        return tuple(self.hash[start:start + 4] for start in range(0, len(self.hash), 4))


@dataclass(frozen=True)
class Counted:
    """A line of cash or bank in cents: what was counted, what the books say."""

    word: str
    book_cents: int
    counted_cents: int

    @property
    def difference(self) -> int:
        """How much more was counted than the books say; below zero when it was less."""
        return self.counted_cents - self.book_cents


@dataclass(frozen=True)
class Replaced:
    """The sheet before, of a month that was opened again: its number, who asked and why, who agreed."""

    number: str
    asked: Signed
    why: str
    opened: Signed


@dataclass(frozen=True)
class ClosingData:
    """All that stands on the sheet. `run_number` is empty for a month declared empty, `missing` are sentences, `why` explains the
    difference, `posted` says that it was booked; `replaces` is the sheet before of a month that was opened again."""

    number: str
    dated: date
    month: Month
    provider: str
    provider_code: str
    workshop: str
    run_number: str
    counted: tuple[Counted, ...]
    why: str
    posted: bool
    missing: tuple[str, ...]
    journal: Head
    seal: Head
    closed: Signed
    moment: str
    project: EuProject | None = None
    replaces: Replaced | None = None

    @property
    def differs(self) -> bool:
        """Whether anything was counted otherwise than the books say."""
        return any(one.difference for one in self.counted)


def closing_pdf(data: ClosingData) -> bytes:
    """The sheet as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("closing", _("Closing sheet of a month No. %(number)s", number=data.number), data.dated, sheet=data)


# ---------- what is missing, in words ----------


def lack_words(code: str, count: int, cents: int) -> tuple[str, str]:
    """What is missing, as a title and a sentence that says what follows; the code itself for one that nobody has named."""
    told = _LACKS.get(code)
    return told(count, i18n.money(abs(cents))) if told else (code, "")


def _earlier(count: int, _sum: str) -> tuple[str, str]:
    return (ngettext("%(num)s earlier month is not closed", "%(num)s earlier months are not closed", count),
            _("Months are closed in their order."))


def _run(_count: int, _sum: str) -> tuple[str, str]:
    return _("The stipends are not approved"), _("The month is approved, or declared empty, before it is closed.")


def _late(count: int, _sum: str) -> tuple[str, str]:
    return (ngettext("%(num)s late row waits", "%(num)s late rows wait", count),
            _("They are accepted or refused, and a correction works them in."))


def _correction(_count: int, _sum: str) -> tuple[str, str]:
    return _("A correction is not approved"), _("It was worked out and waits for the director.")


def _days(count: int, _sum: str) -> tuple[str, str]:
    return (ngettext("%(num)s working day has no attendance", "%(num)s working days have no attendance", count),
            _("Nobody is marked on these days."))


def _open_days(count: int, _sum: str) -> tuple[str, str]:
    return (ngettext("%(num)s day is not closed", "%(num)s days are not closed", count),
            _("Nobody says that everything is written down on these days."))


def _without_lot(count: int, _sum: str) -> tuple[str, str]:
    return (ngettext("%(num)s sale line has no lot", "%(num)s sale lines have no lot", count),
            _("Its money stays unassigned until a lot is entered or somebody decides."))


def _till(count: int, money: str) -> tuple[str, str]:
    return (ngettext("The cash of %(num)s day is not counted", "The cash of %(num)s days is not counted", count),
            _("%(sum)s that the till took is not in the cash box of the books yet.", sum=money))


def _pending(count: int, money: str) -> tuple[str, str]:
    return (ngettext("Payments to %(num)s person are not sent yet", "Payments to %(num)s people are not sent yet", count),
            _("%(sum)s waits in batches of payments.", sum=money))


def _on_the_way(_count: int, money: str) -> tuple[str, str]:
    return (_("Money is on its way"),
            _("%(sum)s was sent or handed out, and no bank statement or signature confirms it yet.", sum=money))


def _owed(count: int, money: str) -> tuple[str, str]:
    return ngettext("%(num)s person is owed money", "%(num)s people are owed money", count), _("%(sum)s in all.", sum=money)


def _advances(count: int, money: str) -> tuple[str, str]:
    return ngettext("%(num)s advance is not set off", "%(num)s advances are not set off", count), _("%(sum)s in all.", sum=money)


def _unassigned(_count: int, money: str) -> tuple[str, str]:
    return _("Money is not assigned"), _("%(sum)s of what was sold belongs to nobody yet.", sum=money)


def _reserve(_count: int, money: str) -> tuple[str, str]:
    return _("The reserve is below zero"), _("It lacks %(sum)s.", sum=money)


_LACKS: Mapping[str, Callable[[int, str], tuple[str, str]]] = {
    "earlier_month": _earlier, "run": _run, "late": _late, "correction": _correction, "days": _days,
    "open_days": _open_days, "without_lot": _without_lot, "till": _till,
    "pending": _pending, "on_the_way": _on_the_way, "owed": _owed, "advances": _advances, "unassigned": _unassigned,
    "reserve_below": _reserve}
