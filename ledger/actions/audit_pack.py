"""Gathering a month's audit pack out of the books: the run, its approvals, both chains, corrections and papers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.actions import papers as paper_actions
from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Conflict
from ledger.core.journal import FORM, START, Leg
from ledger.core.periods import Month
from ledger.documents.audit_pack import PackData, as_json, audit_pack
from ledger.records import corrections, months, organisation, packed, people, stipends
from ledger.records import papers as paper_rows
from ledger.records.corrections import Correction
from ledger.records.journal import JournalEntry
from ledger.records.papers import CORRECTION_KINDS, Paper
from ledger.records.seals import Seal
from ledger.records.stipends import SealedPerson, SealedRun
from ledger.records.vault import KeyGone

IDENTITY = ("realised_net", "deducted", "carried_in", "from_reserve", "from_budget", "stipends", "withheld", "to_reserve",
            "unassigned", "carried_out")
LEAVES = (paper_actions.LEAF, CORRECTION_KINDS[0])
Plain = dict[str, Any]  # Any: plain data


@dataclass(frozen=True)
class Packed:
    """A pack as a ZIP, and whose data it holds (references of the books)."""

    content: bytes
    people: tuple[str, ...]


def pack(doing: Doing, month: Month, *, pseudonymised: bool = False) -> Packed:
    """The pack of an approved month; `pseudonymised` without names, papers and inputs. Raises Conflict when it is not approved."""
    doing.check(May.TAKE_PSEUDONYMISED if pseudonymised else May.TAKE_AUDIT_PACK)
    return packed_month(doing, month, pseudonymised=pseudonymised)


def packed_month(doing: Doing, month: Month, *, pseudonymised: bool = False) -> Packed:
    """What `pack` does, without a question of permission: for the operator's command line."""
    run = stipends.find_sealed(doing.session, doing.scope, month)
    if run is None:
        raise Conflict("run_not_approved", month=str(month))
    statements = stipends.sealed_people(doing.session, doing.scope, run.run_ref)
    chain = corrections.corrections(doing.session, doing.scope, month)
    subjects = [run.run_ref, *(one.correction_ref for one in chain)]
    papers, files = _papers(doing, subjects, whole=not pseudonymised)
    journal, tables, journal_ends = _journal(doing, month)
    seals, seal_ends = _seals(doing, run, [
        one.id for ref in subjects for one in paper_rows.papers_of_run(doing.session, doing.scope, ref)])
    for header in chain:
        files |= _frozen(doing, header, pseudonymised=pseudonymised)
    names = [] if pseudonymised else _names(doing, statements)
    data = PackData(
        month, pseudonymised, {**_header(doing, run), "journal": journal_ends, "seals": seal_ends},
        "" if pseudonymised else run.inputs, "" if pseudonymised else run.result, run.scheme_text,
        [_statement(one, pseudonymised=pseudonymised) for one in statements], _lines(doing, run),
        _approvals(doing, run, names=not pseudonymised), journal, tables, seals,
        _corrections(doing, month, pseudonymised=pseudonymised), papers, names, files)
    return Packed(audit_pack(data), tuple(one.person_ref for one in statements))


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _header(doing: Doing, run: SealedRun) -> Plain:
    provider = organisation.get_organisation(doing.session, doing.scope)
    return {
        "provider": {"name": provider.name, "code": provider.code}, "workshop": doing.workshop().name, "month": run.month,
        "run_ref": run.run_ref, "number": run.number, "pay_sheet": run.paysheet_number, "order_number": run.order_number,
        "order_date": run.order_date.isoformat(), "seen": run.seen, "app_version": run.app_version, "scheme_ref": run.scheme_ref,
        "scheme_sha256": hashlib.sha256(run.scheme_text.encode()).hexdigest(), "calculated_at": _instant(run.calculated_at),
        "submitted_at": _instant(run.submitted_at), "approved_at": _instant(run.approved_at),
        "cents": {name: getattr(run, f"{name}_cents") for name in IDENTITY}}


def _statement(one: SealedPerson, *, pseudonymised: bool) -> Plain:
    return {"number": one.statement_number, "person": one.person_ref, "person_number": "" if pseudonymised else one.person_number,
            "total_cents": one.total_cents, "debt_cents": one.debt_cents}


def _lines(doing: Doing, run: SealedRun) -> list[Plain]:
    return [{"person": one.person_ref, "position": one.position, "part": one.part, "kind": one.kind, "payer": one.payer,
             "cents": one.cents} for one in packed.lines_of_run(doing.session, doing.scope, run.run_ref)]


def _names(doing: Doing, statements: Sequence[SealedPerson]) -> list[Plain]:
    known = people.open_identities(doing.session, doing.vault, doing.scope, [one.person_ref for one in statements])
    full = {ref: identity.full for ref, identity in known.items()}
    return [{"person": one.person_ref, "number": one.person_number, "name": full.get(one.person_ref, "")} for one in statements]


def _approvals(doing: Doing, run: SealedRun, *, names: bool) -> list[Plain]:
    """Who did what of the run, in which role; names of staff only where people have theirs."""
    staff = {account.ref: account.name for account, _grant in organisation.grants_of(doing.session, doing.scope)} if names else {}
    return [{"step": one.action, "at": _instant(one.at), "account": one.actor, "role": one.actor_role,
             "name": staff.get(one.actor, "")} for one in packed.steps_of_run(doing.session, doing.scope, run.run_ref)]


# ---------- both chains ----------


def _ends(rows: Sequence[JournalEntry] | Sequence[Seal]) -> Plain:
    """The heads before the first and after the last of these."""
    if not rows:
        return {"before": {"sequence": 0, "hash": START}, "after": {"sequence": 0, "hash": START}}
    return {"before": {"sequence": rows[0].sequence - 1, "hash": rows[0].previous},
            "after": {"sequence": rows[-1].sequence, "hash": rows[-1].hash}}


def _journal(doing: Doing, month: Month) -> tuple[list[str], list[Plain], Plain]:
    """The month's entries as lines that were hashed and as a table, and the heads of the chain; entries of other months in between
    are a hash only."""
    closed = max((one.journal_sequence for one in months.closings(doing.session, doing.scope, month)), default=0)
    entries = packed.journal_span(doing.session, doing.scope, month, closed)
    lines = [_line(hashed_entry(one, legs)) if one.booked_in == str(month) else _line(
        {"sequence": one.sequence, "previous": one.previous, "hash": one.hash, "other_month": one.booked_in})
        for one, legs in entries]
    table = [{**_fields(one), "account": leg.account.value, "person": leg.person, "detail": leg.detail, "cents": leg.cents}
             for one, legs in entries for leg in legs]
    return lines, table, _ends([one for one, _legs in entries])


def _fields(one: JournalEntry) -> Plain:
    return {"sequence": one.sequence, "happened_on": one.happened_on.isoformat(), "booked_in": one.booked_in, "kind": one.kind,
            "subject": one.subject, "subject_ref": one.subject_ref, "at": _instant(one.at), "actor": one.actor}


def hashed_entry(one: JournalEntry, legs: Sequence[Leg]) -> Plain:
    """An entry as `core.journal.chained` hashes it."""
    return {**_fields(one), "workshop_id": one.workshop_id, "organisation_id": one.organisation_id, "ref": one.ref,
            "app_version": one.app_version, "form": FORM, "previous": one.previous,
            "legs": [[leg.account.value, leg.person, leg.detail, leg.cents] for leg in legs]}


def _line(data: Mapping[str, Any]) -> str:  # Any: plain data
    """Canonical JSON, as both chains hash it."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _seals(doing: Doing, run: SealedRun, papers: Sequence[int]) -> tuple[list[str], Plain]:
    """The links from the one that seals the run to the last that seals a paper of it, as they were hashed."""
    links = packed.seal_span(doing.session, doing.scope, run.id, papers)
    lines = [_line({"organisation_id": one.organisation_id, "sequence": one.sequence, "count": one.count, "content": one.content,
                    "rows": one.rows, "app_version": one.app_version, "previous": one.previous}) for one in links]
    return lines, _ends(links)


# ---------- corrections and papers ----------


def _corrections(doing: Doing, month: Month, *, pseudonymised: bool) -> list[Plain]:
    headers = {one.correction_ref: one for one in corrections.corrections(doing.session, doing.scope, month)}
    found = []
    for one in corrections.people_of(doing.session, doing.scope, list(headers)):
        header = headers[one.correction_ref]
        found.append({
            "number": header.number, "base": header.base_ref, "month": header.month, "booked_in": header.booked_in,
            "order_number": header.order_number, "order_date": header.order_date.isoformat(),
            "approved_at": _instant(header.approved_at), "seen": header.seen, "statement": one.statement_number,
            "person": one.person_ref, "person_number": "" if pseudonymised else one.person_number, "before_cents": one.before_cents,
            "after_cents": one.after_cents, "plus_cents": one.plus_cents, "debt_cents": one.debt_cents,
            "borne_cents": one.borne_cents})
    return found


def _frozen(doing: Doing, header: Correction, *, pseudonymised: bool) -> dict[str, bytes]:
    """The header of a correction with who made and approved it, and its frozen texts byte for byte, as files of the pack."""
    whole = corrections.get_correction(doing.session, doing.scope, header.correction_ref, texts=True)
    staff = {} if pseudonymised else {
        account.ref: account.name for account, _grant in organisation.grants_of(doing.session, doing.scope)}
    told = {
        "correction_ref": header.correction_ref, "base": header.base_ref, "run_ref": header.run_ref, "number": header.number,
        "month": header.month, "booked_in": header.booked_in, "order_number": header.order_number,
        "order_date": header.order_date.isoformat(), "seen": header.seen, "funds": json.loads(header.funds),
        "app_version": header.app_version, "cents": {name: getattr(header, f"{name}_cents") for name in IDENTITY},
        "approvals": [{"step": step, "at": _instant(at), "account": account, "name": staff.get(account, "")}
                      for step, at, account in (("make", header.made_at, header.made_by),
                                                ("approve", header.approved_at, header.approved_by))]}
    texts = {} if pseudonymised else {"inputs.json": whole.inputs.encode(), "result.json": whole.result.encode()}
    files = {"correction.json": as_json(told), **texts}
    return {f"corrections/{header.number}/{name}": content for name, content in files.items()}


def _papers(doing: Doing, subjects: Sequence[str], *, whole: bool) -> tuple[list[Plain], dict[str, bytes]]:
    """The list of the papers of the run and of its corrections, and those that an accountant may read as files: leaves are the
    person's, and stay hashes."""
    rows, files = [], {}
    for one in (one for ref in subjects for one in paper_rows.papers_of_run(doing.session, doing.scope, ref, whole=whole)):
        name = f"papers/{paper_actions.file_name(one)}" if whole and one.kind not in LEAVES else ""
        content = _opened(doing, one) if name else None
        if content is not None:
            files[name] = content
        rows.append({"kind": one.kind, "number": one.number, "person": one.person_ref, "sha256": one.sha256,
                     "made_at": _instant(one.made_at), "file": name if content is not None else ""})
    return rows, files


def _opened(doing: Doing, paper: Paper) -> bytes | None:
    """The stored bytes; None when the person's key was destroyed."""
    try:
        return paper_actions.opened_bytes(doing, paper)
    except KeyGone:
        return None
