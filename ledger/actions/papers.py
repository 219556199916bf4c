"""Papers of an approved month: made once from the sealed run, stored encrypted with their hash, handed out as they are. What every
kind of papers made item by item has in common stands here too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from sqlalchemy.orm import Session

from ledger import explained, i18n
from ledger.actions.doing import Doing
from ledger.actions.photos import logo_of
from ledger.actions.stipends import Worked, stored
from ledger.core.access import May
from ledger.core.code_on_paper import code
from ledger.core.explanation import DayReason, Explainer, LineRow, PersonExplanation
from ledger.core.faults import Conflict, Hidden
from ledger.core.goals import STEPS, Seen, path
from ledger.core.periods import Month, civil_day
from ledger.core.production import Mark
from ledger.core.schemes import Scheme
from ledger.core.stipends import PersonResult
from ledger.documents import archive, paysheet, statements
from ledger.documents.archive import RunSaid
from ledger.documents.pictures import Drawn
from ledger.documents.statements import EuProject, Signed, eu_project
from ledger.explained import Things, months
from ledger.explained.months import Section
from ledger.records import goals, organisation, people, production
from ledger.records import papers as rows
from ledger.records import stipends as runs
from ledger.records.goals import GoalRow
from ledger.records.organisation import Scope
from ledger.records.papers import Paper
from ledger.records.people import Named
from ledger.records.stipends import SealedPerson, SealedRun
from ledger.records.vault import month_key, person_key
from ledger.settings import app_version

LEAF, CALCULATION, PAYSHEET = rows.KINDS
MAY_READ = {LEAF: May.SEE_LEAF, CALCULATION: May.SEE_CALCULATION, PAYSHEET: May.SEE_CALCULATION,
            "correction_leaf": May.SEE_LEAF, "correction_calculation": May.SEE_CALCULATION, "closing": May.SEE_JOURNAL}
FILE_WORDS = {LEAF: "lapelis", CALCULATION: "skaiciavimas", PAYSHEET: "ziniarastis", "correction_leaf": "lapelis",
              "correction_calculation": "pataisymas", "closing": "uzdarymas"}
STATEMENT, SHEET = "statement", "sheet"
"""Kinds of items: a person's leaf and calculation, made together; the pay sheet."""
MOST_GOALS = 2
"""How many goals fit on the leaf at a size that can be read."""


@dataclass(frozen=True)
class Made:
    """A paper as bytes, not yet stored; `person` is empty for a paper on many people."""

    kind: str
    number: str
    person: str
    content: bytes


@dataclass(frozen=True)
class Item:
    """What is made in one go and kept in one transaction: a kind of paper work, for one person ("" for a paper on many people)."""

    kind: str
    person: str = ""


class Work(Protocol):
    """Everything that the papers of one subject (a run, a correction) are made from, read once; no session inside."""

    @property
    def month(self) -> Month:
        """The month that the papers are about."""

    @property
    def subject(self) -> str:
        """The reference under which the papers are kept."""

    @property
    def noted(self) -> tuple[str, str]:
        """What the audit trail calls the subject: kind and reference."""

    def made(self, item: Item) -> list[Made]:
        """The papers of one item, in the language spoken. Raises KeyError for an item that is not of this subject."""


@dataclass(frozen=True)
class PaperWork:
    """The work of an approved run."""

    run: SealedRun
    worked: Worked
    statements: tuple[SealedPerson, ...]
    named: dict[str, Named]
    goals: dict[int, tuple[GoalRow, ...]]
    things: Things
    workshop: organisation.Workshop
    provider: organisation.Organisation
    staff: dict[str, str]
    helper: str
    logo: Drawn | None = None

    @property
    def month(self) -> Month:
        """The month of the run."""
        return self.worked.inputs.month

    @property
    def subject(self) -> str:
        """The run."""
        return self.run.run_ref

    @property
    def noted(self) -> tuple[str, str]:
        """What the audit trail calls the sealed run."""
        return "sealed_run", self.run.ref

    def made(self, item: Item) -> list[Made]:
        """The papers of one item. Raises KeyError when the run has no such item."""
        return MAKERS[item.kind](self, item.person)

    @cached_property
    def explainer(self) -> Explainer:
        """Explains every statement of the run."""
        return Explainer(self.worked.inputs, self.worked.scheme, self.worked.result)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The month's own account, in the language spoken when first asked."""
        return months.sections(self.worked.inputs, self.worked.scheme, self.worked.result)

    @cached_property
    def results(self) -> dict[str, PersonResult]:
        """What the run gave each person."""
        return {one.person: one for one in self.worked.result.people}

    @cached_property
    def said(self) -> RunSaid:
        """The run as its calculations name it."""
        inputs, result, scheme = (hashlib.sha256(text.encode()).hexdigest()
                                  for text in (self.run.inputs, self.run.result, self.run.scheme_text))
        return RunSaid(self.run.number, self.run.seen, inputs, result, scheme, self.approved_on, self.run.app_version)

    @property
    def approved_on(self) -> date:
        """The Vilnius day of approval, which the papers carry."""
        return civil_day(self.run.approved_at)


def prepare(doing: Doing, month: Month) -> PaperWork:
    """Read what the papers of an approved month need. Raises Conflict when the month is not approved."""
    run = runs.find_sealed(doing.session, doing.scope, month)
    if run is None:
        raise Conflict("run_not_approved", month=str(month))
    worked = stored(run.inputs, run.result)
    named = {one.person.ref: one for one in people.participants(doing.session, doing.vault, doing.scope)}
    open_goals: dict[int, tuple[GoalRow, ...]] = {}
    for goal in goals.goals(doing.session, doing.scope):
        if goal.set_on <= month.last and (goal.ended_on is None or goal.ended_on >= month.first):
            open_goals[goal.participant_id] = (*open_goals.get(goal.participant_id, ()), goal)
    staff = organisation.grants_of(doing.session, doing.scope)
    return PaperWork(
        run, worked, tuple(runs.sealed_people(doing.session, doing.scope, run.run_ref)), named, open_goals, things_of(doing),
        doing.workshop(), organisation.get_organisation(doing.session, doing.scope),
        {account.ref: account.name for account, _grant in staff}, helper_of(doing), logo_of(doing))


def things_of(doing: Doing) -> Things:
    """What products and lots of the workshop are called."""
    products = {row.code: (row.name, row.unit) for row in production.products(doing.session, doing.scope)}
    return Things(products, production.shared_by_lot(doing.session, doing.scope))


def helper_of(doing: Doing) -> str:
    """The first name of the instructor whom a participant turns to, "" when there is none."""
    for account, grant in organisation.grants_of(doing.session, doing.scope):
        if grant.role == "instructor" and account.active and (grant.until_day is None or grant.until_day >= doing.today):
            return account.name.split(" ")[0]
    return ""


def items_of(run_ref: str, session: Session, scope: Scope) -> list[Item]:
    """What the papers of a month consist of: a statement for each person of the run, one pay sheet."""
    return [*(Item(STATEMENT, one.person_ref) for one in runs.sealed_people(session, scope, run_ref)), Item(SHEET)]


def make_one(work: Work, item: Item) -> list[Made]:
    """The papers of one item as bytes, in Lithuanian. Slow: belongs outside a transaction. Raises KeyError when the subject has no
    such item, OSError when a font or template is not there."""
    with i18n.use("lt"):
        return work.made(item)


def keep(doing: Doing, work: Work, made: Iterable[Made]) -> int:
    """Store papers: each once, sealed under the person's key or the month's; those already stored stay as they are. Whoever asked
    for them was let to (`actions.batches.start`)."""
    doing.gate()
    made = list(made)
    there = rows.stored_of(doing.session, doing.scope, work.subject, {one.person for one in made})
    count = 0
    for one in made:
        if (one.kind, one.person) not in there:
            _keep(doing, work, one)
            count += 1
    doing.session.flush()
    if count:
        doing.note("store_papers", *work.noted, after={"month": str(work.month), "papers": count})
    return count


def _keep(doing: Doing, work: Work, one: Made) -> None:
    subject = person_key(one.person) if one.person else doing.month_subject(work.month)
    sealed = doing.vault.seal(doing.session, subject, one.content, _bound(work.subject, one.kind, one.person))
    doing.session.add(Paper(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, run_ref=work.subject, month=str(work.month),
        kind=one.kind, number=one.number, person_ref=one.person, sha256=hashlib.sha256(one.content).hexdigest(), sealed=sealed,
        made_at=doing.at, app_version=app_version()))


def _bound(run_ref: str, kind: str, person: str) -> str:
    return f"paper:{run_ref}:{kind}:{person}"


def open_paper(doing: Doing, paper: Paper) -> bytes:
    """The stored bytes. Raises Hidden for who may not read this kind, ValueError when they are not the bytes that were stored."""
    own = bool(paper.person_ref) and paper.person_ref == doing.who.person
    if not (own and doing.can(May.SEE_OWN, person=paper.person_ref)) and not doing.can(MAY_READ[paper.kind]):
        raise Hidden
    return opened_bytes(doing, paper)


def opened_bytes(doing: Doing, paper: Paper) -> bytes:
    """The stored bytes without a question of permission: for the operator's command line and for `verify`."""
    subject = person_key(paper.person_ref) if paper.person_ref else month_key(doing.workshop().ref, paper.month)
    content = doing.vault.open(doing.session, subject, paper.sealed, _bound(paper.run_ref, paper.kind, paper.person_ref))
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise ValueError(f"paper {paper.number} is not the one that was stored")
    return content


def file_name(paper: Paper) -> str:
    """A name that says what the file is and tells nobody's name: SL-2026-0001-lapelis.pdf."""
    return f"{paper.number}-{ FILE_WORDS[paper.kind]}.pdf"


# ---------- from the sealed run to what stands on paper ----------


def _statement(work: PaperWork, person: str) -> list[Made]:
    row = {one.person_ref: one for one in work.statements}[person]
    return [_leaf(work, row), _calculation(work, row)]


def _sheet(work: PaperWork, _person: str) -> list[Made]:
    return [Made(PAYSHEET, work.run.paysheet_number, "", paysheet.pay_sheet_pdf(_pay_sheet(work)))]


def _leaf(work: PaperWork, statement: SealedPerson) -> Made:
    named, facts = work.named[statement.person_ref], work.explainer.person(statement.person_ref).facts
    data = statements.LeafData(
        statement.statement_number, work.approved_on, work.month, named.name, work.workshop.name, statement.total_cents,
        facts.told, _leaf_goals(work, named), work.helper, code_of(work, statement))
    return Made(LEAF, statement.statement_number, statement.person_ref, statements.leaf_pdf(data))


def _leaf_goals(work: PaperWork, named: Named) -> tuple[statements.LeafGoal, ...]:
    shown = []
    for goal in work.goals.get(named.id, ())[:MOST_GOALS]:
        seen = [Seen(one.seen_on, one.score) for one in goal.observations]
        months = tuple(statements.GoalMonth(month, min(score, STEPS)) for month, score in path(work.month, seen)
                       if score is not None)
        shown.append(statements.LeafGoal(goal.title, goal.picture, months))
    return tuple(shown)


def _calculation(work: PaperWork, statement: SealedPerson) -> Made:
    named = work.named[statement.person_ref]
    one = work.explainer.person(statement.person_ref)
    data = statements.CalculationData(
        number=statement.statement_number, dated=work.approved_on, name=named.name, person_number=statement.person_number,
        month=work.month, provider=work.provider.name, workshop=work.workshop.name, run_number=work.run.number,
        scheme=_scheme(work), account=named.identity.masked_iban, parts=_parts(work, one), total_cents=statement.total_cents,
        days=_days(one), minutes=sum(row.minutes for row in one.days if row.mark == Mark.ATTENDED.value), trace=_trace(work, one),
        traced_total=explained.exact(one.traced), prepared=_prepared(work), approved=_approved(work), project=_project(work),
        sections=work.sections, code=code_of(work, statement), logo=work.logo, attached=archive.calculation_json(
            statement.statement_number, code_of(work, statement), work.said, work.worked.scheme, one))
    return Made(CALCULATION, statement.statement_number, statement.person_ref, statements.calculation_pdf(data))


def code_of(work: PaperWork, statement: SealedPerson) -> str:
    """The code of a statement, over what was sealed of it."""
    lines = [(line.part, line.kind, line.payer, line.cents) for line in work.results[statement.person_ref].lines]
    return code(work.run.seen, statement.statement_number, statement.person_ref, statement.total_cents, lines)


def _parts(work: PaperWork, one: PersonExplanation) -> tuple[statements.PartRow, ...]:
    parts = [statements.PartRow(
        explained.line_label(row), explained.paragraph(row.paragraph), _arithmetic(row, one), row.line.cents) for row in one.lines]
    for limit in explained.not_applied(work.worked.scheme, one):
        parts.append(statements.PartRow(limit.label, explained.paragraph(limit.paragraph), limit.says, 0))
    return tuple(parts)


def _arithmetic(row: LineRow, one: PersonExplanation) -> str:
    """The arithmetic, with the rounding of a sum that stands alone."""
    told = explained.arithmetic(row, one.traced)
    why = "" if "why" in row.line.numbers else explained.cent_told(row).rstrip(".")
    return f"{told}; {why[:1].lower()}{why[1:]}" if why else told


def _days(one: PersonExplanation) -> tuple[statements.DayCell, ...]:
    return tuple(statements.DayCell(row.day.day, statements.day_text(row.minutes, Mark(row.mark)), row.reason is DayReason.COUNTED)
                 for row in one.days)


def _trace(work: PaperWork, one: PersonExplanation) -> tuple[statements.TraceRow, ...]:
    return tuple(statements.TraceRow(
        row.day, explained.document(row), int(row.line_number or 0), work.things.name(row.product), row.line_shared,
        row.lot_number or i18n.day(row.lot_day), explained.matched(row, work.things), explained.share(row, work.things),
        explained.exact(row.cents)) for row in one.trace if row.counts)


def _scheme(work: PaperWork) -> statements.Scheme:
    return _version(work.worked.scheme)


def _version(scheme: Scheme) -> statements.Scheme:
    order = i18n.gettext("order No. %(number)s of %(date)s", number=scheme.order_number, date=i18n.day(scheme.order_date))
    before = _version(scheme.before) if scheme.before else None
    return statements.Scheme(scheme.number, scheme.name, scheme.in_force_from, order, before)


def _prepared(work: PaperWork) -> Signed:
    return Signed(work.staff.get(work.run.calculated_by, ""), civil_day(work.run.submitted_at))


def _approved(work: PaperWork) -> Signed:
    return Signed(work.staff.get(work.run.approved_by, ""), work.approved_on)


def _project(work: PaperWork) -> EuProject | None:
    return eu_project(work.workshop.funding, work.workshop.project_name, work.workshop.project_number)


def _pay_sheet(work: PaperWork) -> paysheet.PaySheetData:
    run = work.run
    approval = i18n.gettext("order No. %(number)s of %(date)s", number=run.order_number, date=i18n.day(run.order_date))
    return paysheet.PaySheetData(
        number=run.paysheet_number, dated=work.approved_on, provider=work.provider.name, provider_code=work.provider.code,
        workshop=work.workshop.name, month=work.month, scheme=_scheme(work), run_number=run.number, approval=approval,
        people=tuple(paysheet.PayRow(one.person_number, work.named[one.person_ref].name, one.total_cents)
                     for one in work.statements), prepared=_prepared(work), checked=None, approved=_approved(work),
        project=_project(work), logo=work.logo)


MAKERS: Mapping[str, Callable[[PaperWork, str], list[Made]]] = {STATEMENT: _statement, SHEET: _sheet}
"""Each kind of item with what makes its papers out of the run and the person's reference."""
