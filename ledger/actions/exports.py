"""The journal for programs of others: postings with their documents, and everything that a file for Beancount or hledger holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.journal import Account
from ledger.core.periods import Month
from ledger.core.plain_text_accounting import Key, Ledger, Posted
from ledger.documents.plain_accounting import beancount_file, hledger_file
from ledger.documents.postings import Posting, kind_word, postings_csv, postings_xlsx
from ledger.i18n import gettext as _
from ledger.records import months, people, postings
from ledger.records.postings import Row, Source


@dataclass(frozen=True)
class Exported:
    """What is booked in the months `first` to `last`, both inclusive; codes by account."""

    first: Month
    last: Month
    postings: tuple[Posting, ...]
    codes: Mapping[str, str]


def postings_of(doing: Doing, first: Month, last: Month) -> Exported:
    """Every leg booked in these months. Raises Refused when the last one is before the first."""
    doing.check(May.SEE_JOURNAL)
    if last < first:
        raise Refused("months_order", at="last")
    rows = postings.rows_of_months(doing.session, doing.scope, first, last)
    return Exported(first, last, tuple(listed(doing, rows)), months.codes(doing.session, doing.scope))


def listed(doing: Doing, rows: Iterable[Row]) -> list[Posting]:
    """Legs as postings: with the number of their document, and of the person."""
    rows = list(rows)
    told = postings.sources(doing.session, doing.scope, {(row.subject, row.subject_ref) for row in rows})
    numbers = people.numbers(doing.session, doing.scope)
    nothing = Source("")
    return [Posting(row.sequence, row.day, Month.parse(row.booked_in), row.kind,
                    told.get((row.subject, row.subject_ref), nothing).number, Account(row.account), row.detail,
                    _person(numbers, row.person), row.cents) for row in rows]


def _person(numbers: Mapping[str, str], ref: str) -> str:
    # whoever is no participant of this workshop any more is still told from all others
    return numbers.get(ref, ref[:8]) if ref else ""


def plain_ledger(doing: Doing, first: Month, last: Month) -> Ledger:
    """The same months for Beancount and hledger: what was booked before them is carried forward in one entry, so that balances are
    the product's own."""
    exported = postings_of(doing, first, last)
    numbers = people.numbers(doing.session, doing.scope)
    keys = [(account, _person(numbers, person), detail)
            for account, person, detail in postings.keys_in_order(doing.session, doing.scope)]
    entries = _carried(doing, first, numbers)
    for number, legs in groupby(exported.postings, key=lambda one: one.number):
        own = list(legs)
        text = f"{kind_word(own[0].kind)} {own[0].month}"
        entries.append(Posted(number, own[0].day, own[0].document, text, tuple(_key(one) for one in own)))
    title = f"{doing.workshop().name}, {first} – {last}"
    return Ledger(title, tuple(dict.fromkeys(keys)), tuple(entries), last.last, exported.codes)


def _key(posting: Posting) -> tuple[Key, int]:
    return (posting.account, posting.person, posting.detail), posting.cents


def _carried(doing: Doing, first: Month, numbers: Mapping[str, str]) -> list[Posted]:
    before = postings.booked_before(doing.session, doing.scope, first)
    legs = tuple(((account, _person(numbers, person), detail), cents) for (account, person, detail), cents in before.items())
    return [Posted(0, first.first - timedelta(days=1), "", _("Balances carried forward"), legs)] if legs else []


def _csv(doing: Doing, first: Month, last: Month) -> bytes:
    exported = postings_of(doing, first, last)
    return postings_csv(exported.postings, exported.codes)


def _xlsx(doing: Doing, first: Month, last: Month) -> bytes:
    exported = postings_of(doing, first, last)
    return postings_xlsx(exported.postings, exported.codes, doing.at)


def _beancount(doing: Doing, first: Month, last: Month) -> bytes:
    return beancount_file(plain_ledger(doing, first, last))


def _hledger(doing: Doing, first: Month, last: Month) -> bytes:
    return hledger_file(plain_ledger(doing, first, last))


@dataclass(frozen=True)
class Format:
    """A kind of file: what makes it, how its name ends, its media type."""

    make: Callable[[Doing, Month, Month], bytes]
    ending: str
    media: str


FORMATS: Mapping[str, Format] = {
    "csv": Format(_csv, "csv", "text/csv"),
    "xlsx": Format(_xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "beancount": Format(_beancount, "beancount", "text/plain"),
    "hledger": Format(_hledger, "journal", "text/plain"),
}


def file_of(doing: Doing, first: Month, last: Month, kind: str) -> tuple[str, bytes]:
    """The file of a kind of FORMATS over months, both inclusive: its name and its bytes, in the language spoken now."""
    one = FORMATS[kind]
    span = str(first) if first == last else f"{first}_{last}"
    return f"zurnalas-{span}.{one.ending}", one.make(doing, first, last)
