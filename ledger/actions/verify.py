"""Verifying: the chains are walked, every approved run is worked out again from its frozen inputs and compared with its sealed rows
both ways, and every stored paper with its hash."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ledger.actions import (
    verify_certificates,
    verify_chains,
    verify_corrections,
    verify_sources,
    verify_words,  # noqa: F401 - its sentences
)
from ledger.actions.stipends import identity_cents, seen_hash
from ledger.actions.verify_chains import Trouble as Trouble
from ledger.core import canonical, journal, stipends
from ledger.core.faults import Refused
from ledger.core.journal import DaySales
from ledger.core.stipends import Inputs, Result
from ledger.records import batches, guards, restores
from ledger.records.journal import booked_of
from ledger.records.months import Closing
from ledger.records.organisation import Workshop
from ledger.records.papers import KINDS, Paper
from ledger.records.payments import PaymentBatch
from ledger.records.stipends import SchemeRow, SealedLine, SealedMatch, SealedPerson, SealedRun, SealedSale
from ledger.records.vault import KeyGone, Vault, month_key, person_key

LEAF, CALCULATION, PAYSHEET = KINDS
NUMBERED = ((SealedPerson.organisation_id, SealedPerson.statement_number), (PaymentBatch.organisation_id, PaymentBatch.number),
            (Closing.organisation_id, Closing.number))
UNREADABLE = (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, Refused, SQLAlchemyError)
"""What reading a row can end with after somebody changed its bytes."""


@dataclass(frozen=True)
class Verified:
    """What was looked at and what is wrong; `protected_tables` are those whose rows triggers keep."""

    runs: int
    statements: int
    papers: int
    entries: int
    links: int
    troubles: tuple[Trouble, ...]
    protected_tables: tuple[str, ...] = guards.SEALED


def verify(session: Session, vault: Vault, told: Callable[[int], object] = lambda _done: None,
           heads: Iterable[str] = ()) -> Verified:
    """Look at every run, statement, paper and scheme of every workshop and walk every chain; reads only. `heads` are heads of the
    journal that a closing sheet prints."""
    walked = verify_chains.walk(session, heads)
    troubles = list(walked.troubles)
    schemes, wrong = _schemes(session)
    troubles += wrong
    runs: list[SealedRun] = []
    statements = 0
    for ref in session.scalars(select(SealedRun.run_ref).order_by(SealedRun.workshop_id, SealedRun.month)).all():
        try:
            with session.no_autoflush:
                run, count, found = _run(session, ref, schemes)
        except UNREADABLE:
            troubles.append(Trouble(f"run {ref}", "run_unreadable"))
            continue
        runs.append(run)
        statements += count
        troubles += found
        told(1)
    looks: dict[str, Callable[[], Iterable[Trouble]]] = {
        "corrections": lambda: (Trouble(where, code) for where, code in verify_corrections.troubles(session)),
        "journal": lambda: verify_sources.troubles(session),
        "sealed rows": lambda: _orphans(session),
        "papers": lambda: _papers(session, vault, runs),
        "certificates": lambda: verify_certificates.troubles(session, vault),
        "numbers": lambda: _number_gaps(runs, session),
    }
    for where, look in looks.items():
        troubles += _as_far_as_readable(session, where, look)
    papers = session.scalar(select(func.count()).select_from(Paper)) or 0
    return Verified(len(runs), statements, papers, walked.entries, walked.links, tuple(troubles))


def _as_far_as_readable(session: Session, where: str, look: Callable[[], Iterable[Trouble]]) -> list[Trouble]:
    """What a look finds until it meets a row that cannot be read any more."""
    found: list[Trouble] = []
    try:
        with session.no_autoflush:
            found.extend(look())
    except UNREADABLE:
        found.append(Trouble(where, "rows_unreadable"))
    return found


def _run(session: Session, ref: str, schemes: Mapping[str, SchemeRow]) -> tuple[SealedRun, int, list[Trouble]]:
    """A run with the number of its statements and what is wrong with it. Raises one of UNREADABLE when it cannot be read."""
    run = session.scalars(select(SealedRun).where(SealedRun.run_ref == ref)).one()
    legs = _legs(session, ref)
    codes = _run_troubles(session, run, legs, schemes)
    return run, len(legs.people), [Trouble(f"{run.number} ({run.month})", code) for code in codes]


def _schemes(session: Session) -> tuple[dict[str, SchemeRow], list[Trouble]]:
    found, troubles = {}, []
    for number in session.scalars(select(SchemeRow.id).order_by(SchemeRow.id)).all():
        try:
            row = session.scalars(select(SchemeRow).where(SchemeRow.id == number)).one()
        except UNREADABLE:
            troubles.append(Trouble(f"scheme {number}", "scheme_changed"))
            continue
        found[row.ref] = row
        if hashlib.sha256(row.text.encode()).hexdigest() != row.sha256:
            troubles.append(Trouble(f"scheme {row.number}", "scheme_changed"))
    return found, troubles


@dataclass(frozen=True)
class _Legs:
    people: list[SealedPerson]
    lines: list[SealedLine]
    sales: list[SealedSale]
    matches: list[SealedMatch]


def _legs(session: Session, run_ref: str) -> _Legs:
    return _Legs(
        list(session.scalars(select(SealedPerson).where(SealedPerson.run_ref == run_ref))),
        list(session.scalars(select(SealedLine).where(SealedLine.run_ref == run_ref))),
        list(session.scalars(select(SealedSale).where(SealedSale.run_ref == run_ref))),
        list(session.scalars(select(SealedMatch).where(SealedMatch.run_ref == run_ref).order_by(SealedMatch.position))))


def _run_troubles(session: Session, run: SealedRun, legs: _Legs, approved: Mapping[str, SchemeRow]) -> list[str]:
    """What is wrong with one run, as codes."""
    if seen_hash(run.inputs, run.result) != run.seen:
        return ["hash_differs"]
    inputs, scheme = canonical.inputs_from_canonical(run.inputs)
    result = stipends.calculate(inputs, scheme)
    found = []
    if run.scheme_ref not in approved or approved[run.scheme_ref].text != run.scheme_text:
        found.append("scheme_changed")
    if canonical.canonical(inputs, scheme) != run.inputs:
        found.append("inputs_differ")
    if canonical.canonical_result(result) != run.result:
        found.append("result_differs")
    if any(getattr(run, name) != cents for name, cents in identity_cents(result).items()):
        found.append("identity_differs")
    if not result.identity.holds:
        found.append("identity_broken")
    return found + _leg_troubles(result, legs) + _trace_troubles(result) + _journal_troubles(session, run, inputs, result)


def _journal_troubles(session: Session, run: SealedRun, inputs: Inputs, result: Result) -> list[str]:
    """The journal has what the run books, and nothing else of it."""
    lines = {line.key: line for line in inputs.lines}
    sold = [DaySales(lines[one.line].day, lines[one.line].channel, one.amounts.gross, one.amounts.net) for one in result.lines]
    expected = [*journal.sales_entries(run.run_ref, inputs.month, sold),
                *journal.run_entry(run.run_ref, inputs.month, journal.division_of(inputs, result))]
    booked = booked_of(session, run.workshop_id, run.run_ref)
    worked = {(one.kind, one.subject_ref, one.happened_on, str(one.booked_in)): Counter(one.legs) for one in expected}
    return [] if worked == booked else ["journal_differs"]


def _leg_troubles(result: Result, legs: _Legs) -> list[str]:
    """Sealed rows against the result: no row more, none less, none other."""
    pairs = {
        "people_differ": (
            Counter((one.person, one.number, one.total, one.debt) for one in result.people),
            Counter((row.person_ref, row.person_number, row.total_cents, row.debt_cents) for row in legs.people)),
        "lines_differ": (
            Counter((one.person, place, line.part, line.kind, line.payer, line.cents)
                    for one in result.people for place, line in enumerate(one.lines)),
            Counter((row.person_ref, row.position, row.part, row.kind, row.payer, row.cents) for row in legs.lines)),
        "sales_differ": (
            Counter((one.line, one.amounts.gross, one.amounts.net, one.amounts.materials, one.amounts.shared, one.uncovered)
                    for one in result.lines),
            Counter((row.sale_ref, row.gross_cents, row.net_cents, row.materials_cents, row.shared_cents, row.uncovered)
                    for row in legs.sales)),
        "matches_differ": (
            Counter((place, one.line, one.lot, one.quantity) for place, one in enumerate(result.matches)),
            Counter((row.position, row.sale_ref, row.lot_ref, row.quantity) for row in legs.matches)),
    }
    return [code for code, (worked, sealed) in pairs.items() if worked != sealed]


def _trace_troubles(result: Result) -> list[str]:
    """Both ways: every traced cent belongs to a match and a statement, and every statement's traced line has its trace."""
    matched: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in result.matches:
        matched[one.line, one.lot] += one.quantity
    people = {one.person for one in result.people}
    found = []
    if any((row.line, row.lot) not in matched for row in result.traced):
        found.append("trace_without_match")
    if any(row.counts and row.person not in people for row in result.traced):
        found.append("trace_without_statement")
    return found


def _orphans(session: Session) -> list[Trouble]:
    """Sealed rows of a run that has no header."""
    found = []
    for table, code in ((SealedPerson, "people_differ"), (SealedLine, "lines_differ"), (SealedSale, "sales_differ"),
                        (SealedMatch, "matches_differ")):
        refs = session.scalars(select(table.run_ref).where(table.run_ref.not_in(select(SealedRun.run_ref))).distinct())
        found += [Trouble(ref, code) for ref in sorted(refs)]
    return found


def _issued(session: Session, runs: list[SealedRun]) -> dict[tuple[str, str, str], str]:
    """Which papers a run has, by run, kind and person, each with its number."""
    found = {(run.run_ref, PAYSHEET, ""): run.paysheet_number for run in runs}
    for run_ref, person, number in session.execute(
            select(SealedPerson.run_ref, SealedPerson.person_ref, SealedPerson.statement_number)):
        found |= {(run_ref, kind, person): number for kind in (LEAF, CALCULATION)}
    return found


def _papers(session: Session, vault: Vault, runs: list[SealedRun]) -> Iterator[Trouble]:
    refs = {row.id: row.ref for row in session.scalars(select(Workshop))}
    months, issued = {run.run_ref: run.month for run in runs}, _issued(session, runs)
    corrected_months, corrected = verify_corrections.issued(session)
    months, issued = months | corrected_months, issued | corrected
    printed = set(session.scalars(select(Paper.run_ref).distinct()))
    unfinished = batches.unfinished(session)
    # all papers of a finished batch are there; where no batch asked for them, they were stored together or not at all
    missing = {place for place in issued if not unfinished.get(place[0], place[0] not in printed)}
    for paper in session.scalars(select(Paper).order_by(Paper.id)).yield_per(50):
        place = (paper.run_ref, paper.kind, paper.person_ref)
        missing.discard(place)
        if issued.get(place) != paper.number or months.get(paper.run_ref) != paper.month:
            yield Trouble(f"{paper.number} {paper.kind}", "paper_changed")
            continue
        subject = person_key(paper.person_ref) if paper.person_ref else month_key(refs[paper.workshop_id], paper.month)
        try:
            content = vault.open(session, subject, paper.sealed, f"paper:{paper.run_ref}:{paper.kind}:{paper.person_ref}")
        except KeyGone:
            continue  # erased on purpose: the hash stays, the bytes cannot be read
        except ValueError:
            yield Trouble(f"{paper.number} {paper.kind}", "paper_changed")
            continue
        if hashlib.sha256(content).hexdigest() != paper.sha256:
            yield Trouble(f"{paper.number} {paper.kind}", "paper_changed")
    yield from (Trouble(f"{issued[place]} {place[1]}", "paper_missing") for place in sorted(missing))


def _number_gaps(runs: list[SealedRun], session: Session) -> list[Trouble]:
    """Numbers of a series run from 1 without a gap and without one twice; those skipped by a restoring count as given."""
    given: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    unread = set()
    rows = [(run.organisation_id, number) for run in runs for number in (run.number, run.paysheet_number)]
    for columns in NUMBERED:
        rows += [(organisation, number) for organisation, number in session.execute(select(*columns))]
    rows += verify_corrections.numbers(session) + verify_certificates.numbers(session)
    for organisation, number in rows:
        series, _, last = number.rpartition("-")
        if last.isascii() and last.isdigit():
            given[organisation, series].append(int(last))
        else:
            unread.add(number)
    for key, numbers in restores.skipped(session).items():
        given[key] += numbers
    return [Trouble(series, "number_gap") for (_, series), numbers in sorted(given.items())
            if sorted(numbers) != list(range(1, len(numbers) + 1))] + [Trouble(number, "number_gap") for number in sorted(unread)]
