"""Slow or long work as one call: beginning the books, bringing in, making papers. Each step is an action; each commits once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.actions import audit_pack, batches, goals, imports, organisation, papers, stipends
from ledger.actions.doing import Doing
from ledger.core.access import Role, Who
from ledger.core.faults import Conflict, Refused
from ledger.core.imported import Reading
from ledger.core.periods import Month, civil_day
from ledger.records import batches as batch_rows
from ledger.records import organisation as places
from ledger.records import papers as stored_papers
from ledger.records import people
from ledger.records import stipends as runs
from ledger.records.base import persistently
from ledger.records.batches import Batch
from ledger.records.opened import Opened
from ledger.records.organisation import Scope, Workshop
from ledger.records.stipends import SealedRun
from ledger.sentences import sentence
from ledger.worker import Worker

Told = Callable[[int], object]
T = TypeVar("T")
DEMO_PASSWORD = "dirbtuve-demo-2026"  # noqa: S105 - made-up accounts of the demo, printed on the screen
DEMO_PROVIDER = "VšĮ „Giedros namai“"
DEMO_WORKSHOP = "Socialinės dirbtuvės „Giedra“"
DEMO_STAFF = (
    ("meistras", "Daiva Norkutė", Role.INSTRUCTOR, False), ("buhalteris", "Rasa Petrauskienė", Role.ACCOUNTANT, True),
    ("socialine", "Milda Jonaitienė", Role.SOCIAL, False))
DEMO_PARTICIPANTS = tuple(f"D{number}" for number in range(1, 13))
DEMO_DIRECTOR = ("vadovas", "Lina Vaitkutė")
DEMO_GOALS = (
    ("general", "Ateinu laiku", "laikrodis", "Ateina iki 9 valandos 2 dienas per savaitę.",
     "Ateina iki 9 valandos 5 dienas per savaitę.", ((8, 4), (9, 4), (10, 5))),
    ("special", "Sveriu vašką", "svarstykles", "Sveria vašką, kai meistrė parodo, kaip.", "Pasveria vašką savarankiškai.",
     ((8, 1), (9, 2), (10, 3))))

NOBODY = Who("operator", "operator", 0, None, ())
"""The operator at the machine: writes stored papers out, changes nothing."""


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tools:
    """What a job needs: the opened books and its own clock, so that tests can set it."""

    opened: Opened
    clock: Callable[[], datetime] = now

    def today(self) -> date:
        """The Vilnius day."""
        return civil_day(self.clock())


def acting(tools: Tools, session: Session, login: str) -> Doing:
    """The doing of an account by its sign-in name. Raises Refused("no_account")."""
    account = places.find_account(session, login)
    if account is None or not account.active:
        raise Refused("no_account", login=login[:40])
    who = places.who_is(session, account)
    workshop = next((grant.workshop for grant in who.grants if grant.workshop is not None), None)
    if workshop is None:
        workshop = places.workshops(session, who.organisation)[0].id
    return Doing(session, tools.opened.vault, who, Scope(who.organisation, workshop), tools.clock(), "cli-" + secrets.token_hex(6))


def unit(tools: Tools, login: str, act: Callable[[Doing], T]) -> T:
    """A whole unit of work as an account, committed. It is done again from its beginning when PostgreSQL asks for it, so that what
    `act` does besides writing the books must bear being done twice."""
    def once() -> T:
        with tools.opened.write() as session:
            done = act(acting(tools, session, login))
            session.commit()
        return done
    return persistently(once)


def begin(tools: Tools, provider: organisation.Provider, login: str, name: str, password: str) -> None:
    """Provider, workshop and first director."""
    password_hash = organisation.hash_password(password)
    with tools.opened.write() as session:
        organisation.found(session, tools.opened.vault, tools.clock(), tools.today(), provider, login, name, password_hash)
        session.commit()


def begin_demo(tools: Tools, scheme: str, books_from: Month, *, vat_payer: bool) -> None:
    """A made-up provider with the accounts of every role and an approved scheme."""
    provider = organisation.Provider(
        DEMO_PROVIDER, "300000000", DEMO_WORKSHOP, vat_payer, books_from, "Socialinės dirbtuvės", "07-018-P-0001", "part")
    begin(tools, provider, *DEMO_DIRECTOR, DEMO_PASSWORD)
    password_hash = organisation.hash_password(DEMO_PASSWORD)
    with tools.opened.write() as session:
        doing = acting(tools, session, DEMO_DIRECTOR[0])
        since = min(date(2024, 5, 1), books_from.first)
        for login, name, role, whole in DEMO_STAFF:
            organisation.open_account(doing, login, name, password_hash, role, whole=whole, since=since)
        for number in DEMO_PARTICIPANTS:
            organisation.open_account(doing, number, number, password_hash, Role.PARTICIPANT, whole=False, since=since)
        stipends.approve_scheme(doing, scheme)
        session.commit()


def demo_people(tools: Tools) -> dict[str, str]:
    """After the people are in: a badge for each who is here (number -> token) and goals for the first two."""
    with tools.opened.write() as session:
        doing = acting(tools, session, "meistras")
        named = people.participants(session, tools.opened.vault, doing.scope)
        tokens = {one.person.number: organisation.make_badge(doing, one.ref) for one in named}
        _demo_goals(tools, session, named[:2])
        session.commit()
    return tokens


def _demo_goals(tools: Tools, session: Session, named: list[people.Named]) -> None:
    social = acting(tools, session, "socialine")
    for one in named:
        for kind, title, picture, baseline, target, seen in DEMO_GOALS:
            goal = goals.Goal(kind, title, picture, baseline, target, date(2026, 8, 3), date(2027, 1, 29))
            row = goals.set_goal(social, one.ref, goal)
            for month, score in seen:
                goals.observe(social, row.ref, Month(2026, month).first.replace(day=24), score, "")


def bring_in(tools: Tools, login: str, files: Mapping[str, bytes], late_reason: str = "",
             told: Told = lambda _rows: None) -> Reading:
    """One all-or-nothing import."""
    return unit(tools, login, lambda doing: imports.bring_in(doing, files, late_reason, told))


def look_at(tools: Tools, login: str, files: Mapping[str, bytes]) -> Reading:
    """The dry run of an import: nothing is kept."""
    with tools.opened.read() as session:
        return imports.read(acting(tools, session, login), files)


def approve(tools: Tools, login: str, month: Month, order_number: str, order_date: date) -> SealedRun:
    """Approve what is submitted now."""
    def act(doing: Doing) -> SealedRun:
        doing.gate()  # before the run is read: what was read earlier would hide that somebody else approved it meanwhile
        run = stipends.submitted_run(doing, month)
        return stipends.approve(doing, month, run.seen, order_number, order_date)
    return unit(tools, login, act)


def count_paid(tools: Tools, sealed: SealedRun) -> int:
    """How many people an approved month pays."""
    with tools.opened.read() as session:
        return len(runs.sealed_people(session, Scope(sealed.organisation_id, sealed.workshop_id), sealed.run_ref))


def make_papers(tools: Tools, login: str, month: Month, told: Told = lambda _done: None) -> int:
    """Ask for the papers of an approved month and make them at once, beside any workers; returns how many were made.

    Raises Conflict when the month is not approved, Refused("papers_failed") when some could not be made.
    """
    def start(doing: Doing) -> tuple[Batch, Scope, int]:
        batch = batches.start(doing, month)
        return batch, doing.scope, len(stored_papers.papers_of_run(doing.session, doing.scope, batch.subject_ref))
    batch, scope, before = unit(tools, login, start)
    Worker(tools.opened, tools.clock).work_off(batch.ref, told)
    with tools.opened.read() as session:
        failed = [item for item in batch_rows.items(session, scope, batch.ref) if item.state == batch_rows.FAILED]
        if failed:
            raise Refused("papers_failed", month=str(month), count=len(failed), why=sentence("batch_" + failed[0].why, {}))
        return len(stored_papers.papers_of_run(session, scope, batch.subject_ref)) - before


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name. Raises Refused when it is none or has none."""
    if not folder.is_dir():
        raise Refused("no_folder", folder=str(folder))
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    if not files:
        raise Refused("empty_folder", folder=str(folder))
    return files


FOLDERS = {"leaf": "lapeliai", "calculation": "skaiciavimai", "paysheet": "ziniarastis"}


def write_papers(tools: Tools, month: Month, folder: Path) -> int:
    """Write the stored papers of a month into a folder, each kind apart. Raises Conflict when the month is not approved, Refused
    when its papers were not made."""
    with tools.opened.read() as session:
        written, approved = 0, False
        for workshop in session.scalars(select(Workshop).order_by(Workshop.id)):
            run = runs.find_sealed(session, Scope(workshop.organisation_id, workshop.id), month)
            if run is None:
                continue
            approved = True
            doing = Doing(session, tools.opened.vault, NOBODY, Scope(workshop.organisation_id, workshop.id), tools.clock(), "cli")
            for paper in stored_papers.papers_of_run(session, doing.scope, run.run_ref, whole=True):
                target = folder / FOLDERS[paper.kind] / papers.file_name(paper)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(papers.opened_bytes(doing, paper))
                written += 1
    if not written:
        raise Conflict("papers_missing" if approved else "run_not_approved", month=str(month))
    return written


def write_audit_pack(tools: Tools, month: Month, file: Path, *, pseudonymised: bool = False) -> list[Path]:
    """Write a month's audit pack; of a second workshop beside it, with its number. Raises Conflict when the month is not
    approved."""
    written: list[Path] = []
    with tools.opened.read() as session:
        for workshop in session.scalars(select(Workshop).order_by(Workshop.id)):
            scope = Scope(workshop.organisation_id, workshop.id)
            if month not in runs.approved_months(session, scope):
                continue
            doing = Doing(session, tools.opened.vault, NOBODY, scope, tools.clock(), "cli")
            target = file if not written else file.with_name(f"{file.stem}-{len(written) + 1}{file.suffix}")
            target.touch(mode=0o600)  # it has personal data
            target.write_bytes(audit_pack.packed_month(doing, month, pseudonymised=pseudonymised).content)
            written.append(target)
    if not written:
        raise Conflict("run_not_approved", month=str(month))
    return written


def demo_month(tools: Tools, folder: Path) -> dict[str, str]:
    """The whole demo: provider, accounts, scheme, October brought in, worked out, approved, printed. Returns badge tokens."""
    october = Month(2026, 10)
    begin_demo(tools, (folder / "scheme-2026-10.toml").read_text(encoding="utf-8"), october, vat_payer=False)
    bring_in(tools, "buhalteris", read_folder(folder / "month-2026-10"))
    tokens = demo_people(tools)
    with tools.opened.write() as session:
        doing = acting(tools, session, "buhalteris")
        stipends.calculate_month(doing, october)
        stipends.submit(doing, october)
        session.commit()
    approve(tools, "vadovas", october, "V-87", date(2026, 11, 4))
    make_papers(tools, "buhalteris", october)
    return tokens
