"""The audit pack of a month: a ZIP of open formats with a list of hashes and the script that checks it offline."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from ledger import i18n
from ledger.core.periods import Month
from ledger.documents.sheets import harmless
from ledger.i18n import gettext as _

FORM = 1
"""The number of this form of a pack."""

Table = Sequence[Mapping[str, Any]]  # Any: text and whole numbers
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)

STATEMENTS = ("number", "person", "person_number", "total_cents", "debt_cents")
LINES = ("person", "position", "part", "kind", "payer", "cents")
APPROVALS = ("step", "at", "account", "role", "name")
JOURNAL = ("sequence", "happened_on", "booked_in", "kind", "subject", "subject_ref", "at", "actor", "account", "person", "detail",
           "cents")
CORRECTIONS = ("number", "base", "month", "booked_in", "order_number", "order_date", "approved_at", "seen", "statement", "person",
               "person_number", "before_cents", "after_cents", "plus_cents", "debt_cents", "borne_cents")
PAPERS = ("kind", "number", "person", "sha256", "made_at", "file")
PEOPLE = ("person", "number", "name")


@dataclass(frozen=True)
class PackData:
    """All that goes into a pack. `run` is the header as plain data; `inputs` and `result` are the frozen texts byte for byte, ""
    in a pack without names; `journal` and `seals` are lines of JSON exactly as they were hashed; `files` are papers by their
    name in the pack."""

    month: Month
    pseudonymised: bool
    run: Mapping[str, Any]  # Any: plain data
    inputs: str
    result: str
    scheme: str
    statements: Table
    lines: Table
    approvals: Table
    journal: Sequence[str]
    journal_rows: Table
    seals: Sequence[str]
    corrections: Table
    papers: Table
    people: Table = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def audit_pack(data: PackData) -> bytes:
    """The pack as ZIP: the same bytes for the same data."""
    parts = {**_parts(data), **data.files}
    manifest = {
        "form": FORM, "kind": "dirbtuve audit pack", "month": str(data.month), "pseudonymised": data.pseudonymised,
        "files": {name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                  for name, content in sorted(parts.items())}}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [("manifest.json", as_json(manifest)), *sorted(parts.items())]:
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _parts(data: PackData) -> dict[str, bytes]:
    """The files besides the papers, by name."""
    made = {
        "run.json": as_json(data.run), "scheme.toml": data.scheme.encode(),
        "statements.csv": _csv(STATEMENTS, data.statements), "lines.csv": _csv(LINES, data.lines),
        "approvals.csv": _csv(APPROVALS, data.approvals), "journal.jsonl": _lines(data.journal),
        "journal.csv": _csv(JOURNAL, data.journal_rows), "seals.jsonl": _lines(data.seals),
        "corrections.csv": _csv(CORRECTIONS, data.corrections), "papers.csv": _csv(PAPERS, data.papers),
        "check.py": (files("ledger.documents") / "check_pack.py").read_bytes()}
    if not data.pseudonymised:
        made |= {"inputs.json": data.inputs.encode(), "result.json": data.result.encode(), "people.csv": _csv(PEOPLE, data.people)}
    for language, name in (("lt", "SKAITYK.txt"), ("en", "README.txt")):
        with i18n.use(language):
            made[name] = _read_me(data).encode()
    return made


def as_json(data: Any) -> bytes:  # Any: plain data
    """Plain data as JSON that comes out the same each time."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _lines(texts: Iterable[str]) -> bytes:
    return "".join(f"{one}\n" for one in texts).encode("utf-8", "surrogateescape")


def _csv(heads: Sequence[str], rows: Table) -> bytes:
    """Comma, quotes where they are needed, whole numbers: for programs, not for the eye. Names and words are such as no spreadsheet
    runs, for somebody will open it in one."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(cell) if isinstance(cell, str) else cell for name, cell in row.items()} for row in rows)
    return out.getvalue().encode()


def _read_me(data: PackData) -> str:
    """What is in the pack and how it is checked, in the language spoken now."""
    about = [
        _("Audit pack of %(month)s: %(workshop)s, run %(number)s.", month=str(data.month), workshop=str(data.run["workshop"]),
          number=str(data.run["number"])),
        _("How to check it: unpack it and run python3 -I check.py in its folder (Python 3.9 or later, nothing to install, "
          "no network); who does not trust the pack takes check.py from the program itself. Add the text of a statement's QR code "
          "to check that statement, --head and the hash printed on the closing sheet to check that the journal is the same, --en "
          "for answers in English. A changed byte is named."),
        _("Money is in whole cents, quantities are in thousandths, instants are in UTC. Texts are UTF-8, tables CSV with commas."),
        _("What is in it:"), *_contents(data)]
    if data.pseudonymised:
        about.append(_("This pack has no names, no papers, and not what the run read (days, reasons): it is for whoever may see "
                       "people by reference only. Pseudonymised data are personal data still: keep them so."))
    else:
        about.append(_("This pack has personal data: keep it locked, and delete it when the audit is over. The easy leaves are not "
                       "in it, for they hold people's goals; papers.csv has their hashes."))
    return "\n\n".join(about) + "\n"


def _contents(data: PackData) -> list[str]:
    told = {
        "manifest.json": _("every file with its SHA-256"),
        "run.json": _(
            "the header of the run: numbers, order, the month's sums, the hash that was approved, the heads of both chains"),
        "inputs.json": _("what the run read, as it was frozen"), "result.json": _("what came out, as it was frozen"),
        "scheme.toml": _("the rules as they were approved"),
        "approvals.csv": _("who worked it out, handed it in, sent it back, approved it, in which role and when"),
        "statements.csv, lines.csv": _("the statements and their lines as they were sealed"),
        "people.csv": _("names of the people by reference"),
        "journal.jsonl, journal.csv": _(
            "the journal of the month: each line as it was hashed (the SHA-256 of a line stands in the next one as previous), and "
            "the same as a table. Of entries of other months in between only their hash"),
        "seals.jsonl": _("the links of the chain over all sealed rows, from the approval on, each as it was hashed"),
        "corrections.csv": _("corrections of this month, person by person"),
        "corrections/": _("each correction: its header with who made and approved it, what it read, what came out"),
        "papers.csv": _("papers of the month with their SHA-256"), "papers/": _("the papers themselves, PDF/A")}
    left_out = {"inputs.json", "result.json", "people.csv", "papers/"} if data.pseudonymised else set()
    return [f"{name}: {says}" for name, says in told.items() if name not in left_out]
