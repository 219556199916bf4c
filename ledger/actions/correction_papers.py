"""Papers of an approved correction: leaf and calculation of everybody it concerns, person by person as the papers of a month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from ledger import i18n
from ledger.actions import late
from ledger.actions.doing import Doing
from ledger.actions.papers import STATEMENT, Item, Made, helper_of
from ledger.actions.stipends import stored
from ledger.core import corrections as rules
from ledger.core.canonical import inputs_from_canonical, result_from_canonical
from ledger.core.code_on_paper import correction_code
from ledger.core.corrections import Change, Split
from ledger.core.late import LateFact, PriceFact, SharesFact, kind_of, people_of
from ledger.core.periods import Month, civil_day
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs, Result
from ledger.documents import corrections as documents
from ledger.documents.statements import Signed, eu_project
from ledger.explained import corrections as told
from ledger.explained.corrections import EasyLine, Names
from ledger.records import corrections as rows
from ledger.records import organisation, people, production, sales
from ledger.records import papers as kept_papers
from ledger.records import stipends as runs
from ledger.records.corrections import Correction, CorrectionPerson, Late
from ledger.records.organisation import Scope
from ledger.records.papers import CORRECTION_KINDS
from ledger.records.people import Named

LEAF, CALCULATION = CORRECTION_KINDS


@dataclass(frozen=True)
class CorrectionWork:
    """The work of one correction."""

    header: Correction
    people: tuple[CorrectionPerson, ...]
    before: tuple[Inputs, Scheme, Result]
    after: tuple[Inputs, Scheme, Result]
    lates: tuple[Late, ...]
    facts: tuple[LateFact, ...]
    names: Names
    named: dict[str, Named]
    run_number: str
    workshop: organisation.Workshop
    provider: organisation.Organisation
    staff: dict[str, str]
    helper: str
    set_off: dict[str, int]

    @property
    def month(self) -> Month:
        """The corrected month."""
        return Month.parse(self.header.month)

    @property
    def subject(self) -> str:
        """The correction."""
        return self.header.correction_ref

    @property
    def noted(self) -> tuple[str, str]:
        """What the audit trail calls the correction."""
        return "correction", self.header.correction_ref

    @property
    def approved_on(self) -> date:
        """The Vilnius day of approval."""
        return civil_day(self.header.approved_at)

    @cached_property
    def changes(self) -> dict[str, Change]:
        """Then and now of everybody, line by line."""
        return {one.person: one for one in rules.changes(self.before[2], self.after[2], {})}

    def made(self, item: Item) -> list[Made]:
        """Leaf and calculation of a person. Raises KeyError for whom the correction does not concern."""
        one = {row.person_ref: row for row in self.people}[item.person]
        return [_leaf(self, one), _calculation(self, one, self.changes[item.person])]


def texts_before(doing: Doing, header: Correction) -> tuple[Inputs, Scheme, Result]:
    """What a correction is less from: the run with its matches fixed, or the correction before."""
    if header.base_ref != header.run_ref:
        base = rows.get_correction(doing.session, doing.scope, header.base_ref, texts=True)
        return *inputs_from_canonical(base.inputs), result_from_canonical(base.result)
    run = runs.find_sealed(doing.session, doing.scope, Month.parse(header.month))
    assert run is not None
    worked = stored(run.inputs, run.result)
    inputs, result = rules.base_of(worked.inputs, worked.scheme, worked.result)
    return inputs, worked.scheme, result


def facts_of(doing: Doing, header: Correction) -> tuple[tuple[Late, ...], tuple[LateFact, ...]]:
    """The late rows that a correction worked in, and their facts."""
    refs = [event.late_ref for event in rows.events_of(doing.session, doing.scope, header.correction_ref)]
    found = rows.late_rows(doing.session, doing.scope, refs=refs)
    return tuple(found), tuple(late.facts_of(found))


def prepare(doing: Doing, ref: str) -> CorrectionWork:
    """Read what the papers of a correction need. Raises Hidden when there is none."""
    session, scope = doing.session, doing.scope
    header = rows.get_correction(session, scope, ref, texts=True)
    found, facts = facts_of(doing, header)
    before = texts_before(doing, header)
    named = {one.person.ref: one for one in people.participants(session, doing.vault, scope)}
    goods = {one.id: one.name for one in production.products(session, scope)}
    lots = production.lots_by_ref(session, scope, [fact.lot for fact in facts if isinstance(fact, SharesFact)])
    lines = sales.lines_by_ref(session, scope, [fact.line for fact in facts if isinstance(fact, PriceFact)])
    things = {ref: f"{lot.number or i18n.day(lot.happened_on)}, {goods[lot.product_id]}" for ref, lot in lots.items()}
    things |= {ref: f"{line.document or i18n.day(line.happened_on)}/{line.number or ''}, {goods[line.product_id]}"
               for ref, line in lines.items()}
    run = runs.find_sealed(session, scope, Month.parse(header.month))
    staff = organisation.grants_of(session, scope)
    return CorrectionWork(
        header, tuple(rows.people_of(session, scope, [ref])), before,
        (*inputs_from_canonical(header.inputs), result_from_canonical(header.result)), found, facts, Names({}, things), named,
        run.number if run else "", doing.workshop(), organisation.get_organisation(session, scope),
        {account.ref: account.name for account, _grant in staff}, helper_of(doing), set_off_of(doing, ref))


def items_of(ref: str, session: Session, scope: Scope) -> list[Item]:
    """What the papers of a correction consist of: a statement for each person in it."""
    return [Item(STATEMENT, one.person_ref) for one in rows.people_of(session, scope, [ref])]


def own_facts(facts: Iterable[LateFact], person: str, inputs: Inputs) -> list[LateFact]:
    """The facts that a person is told of: their own, and those of the workshop; of others' records nothing."""
    concerned = [(fact, people_of(fact, inputs)) for fact in facts]
    return [fact for fact, owners in concerned if not owners or person in owners]


def set_off_of(doing: Doing, ref: str) -> dict[str, int]:
    """How much of debts a correction gave up, by person."""
    sums: dict[str, int] = {}
    for debt in rows.set_off_by(doing.session, doing.scope, ref):
        sums[debt.person] = sums.get(debt.person, 0) + debt.cents
    return sums


def split_of(one: CorrectionPerson, set_off: Mapping[str, int]) -> Split:
    """What became of the difference; `set_off` as `set_off_of` gives it."""
    return Split(one.plus_cents, one.debt_cents, one.borne_cents, set_off.get(one.person_ref, 0))


def _leaf(work: CorrectionWork, one: CorrectionPerson) -> Made:
    own = own_facts(work.facts, one.person_ref, work.before[0])
    lines = _easy(work.month, one, own, work.set_off)
    data = documents.CorrectionLeafData(
        one.statement_number, work.approved_on, work.month, work.named[one.person_ref].name, one.plus_cents, tuple(lines),
        work.helper, code_of(work.header, one))
    return Made(LEAF, one.statement_number, one.person_ref, documents.leaf_pdf(data))


def code_of(header: Correction, one: CorrectionPerson) -> str:
    """The code of a correction statement, over what was sealed of it."""
    parts = (one.before_cents, one.after_cents, one.plus_cents, one.debt_cents, one.borne_cents)
    return correction_code(header.seen, one.statement_number, one.person_ref, parts)


def easy_lines(doing: Doing, one: CorrectionPerson, header: Correction) -> list[EasyLine]:
    """What the person reads of a correction."""
    _lates, facts = facts_of(doing, header)
    run = runs.find_sealed(doing.session, doing.scope, Month.parse(header.month))
    assert run is not None
    own = own_facts(facts, one.person_ref, inputs_from_canonical(run.inputs)[0])
    since = str(rules.debt_since(Month.parse(header.booked_in)))
    off = sum(row.cents for row in rows.written_off(doing.session, doing.scope)
              if (row.person_ref, row.since) == (one.person_ref, since))
    return _easy(Month.parse(header.month), one, own, set_off_of(doing, header.correction_ref), min(off, one.debt_cents))


def _easy(month: Month, one: CorrectionPerson, own: Iterable[LateFact], set_off: Mapping[str, int],
          forgiven: int = 0) -> list[EasyLine]:
    left = max(0, one.held_cents + one.plus_cents - one.debt_cents + forgiven)
    return told.easy_told(month, split_of(one, set_off), [kind_of(fact) for fact in own], left, forgiven)


def _calculation(work: CorrectionWork, one: CorrectionPerson, change: Change) -> Made:
    header, named = work.header, work.named[one.person_ref]
    own = own_facts(work.facts, one.person_ref, work.before[0])
    # a person reads their own paper: nobody else stands on it
    names = Names({one.person_ref: one.person_number}, work.names.things)
    order = i18n.gettext("order No. %(number)s of %(date)s", number=header.order_number, date=i18n.day(header.order_date))
    workshop = work.workshop
    project = eu_project(workshop.funding, workshop.project_name, workshop.project_number)
    data = documents.CorrectionCalculationData(
        number=one.statement_number, dated=work.approved_on, name=named.name, person_number=one.person_number, month=work.month,
        booked=Month.parse(header.booked_in), provider=work.provider.name, workshop=workshop.name, correction_number=header.number,
        order=order, run_number=work.run_number, facts=tuple(told.fact_told(fact, names, work.before[0]) for fact in own),
        lines=tuple(told.lines_told(change.lines, work.before[1], work.after[1])), before_cents=one.before_cents,
        after_cents=one.after_cents, becomes=told.becomes(split_of(one, work.set_off)),
        prepared=Signed(work.staff.get(header.made_by, ""), civil_day(header.made_at)),
        approved=Signed(work.staff.get(header.approved_by, ""), work.approved_on), project=project,
        code=code_of(work.header, one))
    return Made(CALCULATION, one.statement_number, one.person_ref, documents.calculation_pdf(data))


def kept(doing: Doing, ref: str) -> dict[tuple[str, str], str]:
    """The stored papers of a correction: kind and person -> the paper's reference."""
    return {(paper.kind, paper.person_ref): paper.ref for paper in kept_papers.papers_of_run(doing.session, doing.scope, ref)}
