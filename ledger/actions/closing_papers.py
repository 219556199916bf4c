"""The closing sheet as a paper: made once from the sealed sheet, stored under the month's key, handed out as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ledger import i18n
from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.periods import Month, civil_day
from ledger.documents.closing_sheet import ClosingData, Counted, Head, Replaced, closing_pdf, lack_words
from ledger.documents.statements import Signed, eu_project
from ledger.i18n import gettext as _
from ledger.records import months, organisation, papers, said
from ledger.records.months import Closing, MonthEvent
from ledger.records.papers import Paper
from ledger.settings import app_version

KIND = "closing"


@dataclass(frozen=True)
class Sheet:
    """A sealed closing sheet with the words that stand beside it: who closed, why it differs, which sheet it replaces."""

    closing: Closing
    closed_by: str
    why: str
    workshop: organisation.Workshop
    provider: organisation.Organisation
    replaces: Replaced | None = None


def read(doing: Doing, closing: Closing) -> Sheet:
    """Everything that the paper is made from; no session inside."""
    month = Month.parse(closing.month)
    before = [one for one in months.closings(doing.session, doing.scope, month) if one.id < closing.id]
    asked, opened = _reopening(months.events(doing.session, doing.scope, month), closing.ref) if before else (None, None)
    refs = [ref for ref in (closing.said_ref, asked.said_ref if asked else "") if ref]
    texts = said.texts(doing.session, doing.scope, refs) if refs else {}
    staff = {account.ref: account.name for account, _grant in organisation.grants_of(doing.session, doing.scope)}
    replaces = None
    if asked and opened:
        replaces = Replaced(
            before[-1].number, Signed(staff.get(asked.done_by, ""), civil_day(asked.done_at)), texts.get(asked.said_ref, ""),
            Signed(staff.get(opened.done_by, ""), civil_day(opened.done_at)))
    return Sheet(closing, staff.get(closing.closed_by, ""), texts.get(closing.said_ref, ""), doing.workshop(),
                 organisation.get_organisation(doing.session, doing.scope), replaces)


def _reopening(events: Sequence[MonthEvent], closing_ref: str) -> tuple[MonthEvent | None, MonthEvent | None]:
    """Who asked for the reopening that this closing ends, and who agreed."""
    asked = opened = None
    for one in events:
        if one.closing_ref == closing_ref:
            break
        if one.kind == "reopen_asked":
            asked = one
        elif one.kind == "reopened":
            opened = one
    return asked, opened


def make(sheet: Sheet) -> bytes:
    """The paper in Lithuanian. Slow; belongs outside a transaction."""
    with i18n.use("lt"):
        return closing_pdf(_data(sheet))


def _data(sheet: Sheet) -> ClosingData:
    one, workshop = sheet.closing, sheet.workshop
    day = civil_day(one.closed_at)
    return ClosingData(
        number=one.number, dated=day, month=Month.parse(one.month), provider=sheet.provider.name, provider_code=sheet.provider.code,
        workshop=workshop.name, run_number=one.run_number, counted=counted(one), why=sheet.why, posted=one.posted,
        missing=tuple(". ".join(filter(None, words)) for words in lacked(one)),
        journal=Head(one.journal_sequence, one.journal_hash), seal=Head(one.seal_sequence, one.seal_hash),
        closed=Signed(sheet.closed_by, day), moment=i18n.moment(one.closed_at),
        project=eu_project(workshop.funding, workshop.project_name, workshop.project_number),
        replaces=sheet.replaces)


def counted(closing: Closing) -> tuple[Counted, ...]:
    """Cash and bank, counted and by the books."""
    return (Counted(_("Cash box"), closing.book_cash_cents, closing.counted_cash_cents),
            Counted(_("Bank account"), closing.book_bank_cents, closing.counted_bank_cents))


def lacked(closing: Closing) -> list[tuple[str, str]]:
    """What the month lacked when it was closed, as titles and sentences."""
    return [lack_words(code, count, cents) for code, count, cents in json.loads(closing.missing)]


def find(doing: Doing, closing: Closing) -> Paper | None:
    """The paper, if it is made."""
    found = papers.papers_of_run(doing.session, doing.scope, closing.ref, KIND)
    return found[0] if found else None


def unprinted(doing: Doing, month: Month) -> list[Closing]:
    """The month's sheets that are no papers yet, earlier ones too, oldest first."""
    made = {one.run_ref for one in papers.papers_of_month(doing.session, doing.scope, month, KIND)}
    return [one for one in months.closings(doing.session, doing.scope, month) if one.ref not in made]


def store(doing: Doing, ref: str, content: bytes) -> None:
    """Keep the paper under the month's key; one that is stored already stays as it is."""
    doing.check(May.CLOSE_MONTH)
    doing.gate()
    closing = months.get_closing(doing.session, doing.scope, ref)
    if find(doing, closing) is not None:
        return
    subject = doing.month_subject(Month.parse(closing.month))
    sealed = doing.vault.seal(doing.session, subject, content, f"paper:{closing.ref}:{KIND}:")
    doing.session.add(Paper(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, run_ref=closing.ref, month=closing.month,
        kind=KIND, number=closing.number, person_ref="", sha256=hashlib.sha256(content).hexdigest(), sealed=sealed,
        made_at=doing.at, app_version=app_version()))
    doing.session.flush()
    doing.note("store_papers", "closing", closing.ref, after={"month": closing.month, "papers": 1})
