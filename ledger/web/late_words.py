"""Late rows as pages tell them: what each is about, what the month said, what is true, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger import i18n
from ledger.actions import late as actions
from ledger.core import late, schemes
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.late import DayFact, DecisionFact, FigureFact, LateFact, PriceFact, SchemeFact, SharesFact, ValueFact, WorkFact
from ledger.core.periods import Month
from ledger.core.stipends import Inputs
from ledger.explained import corrections as told
from ledger.explained.corrections import FactTold, Names
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import people, production, sales
from ledger.records import stipends as runs
from ledger.records.corrections import Late
from ledger.records.people import Named
from ledger.web.session import Turn


@dataclass(frozen=True)
class LateShown:
    """A late row as lists show it: `tag` is its state's sign, `told` None for a row of a file that cannot be read."""

    ref: str
    month: str
    kind: str
    told: FactTold | None
    reason: str
    tag: str
    state: str
    correction: str


def named_of(turn: Turn, person_refs: Sequence[str]) -> dict[str, Named]:
    """People by the books' reference, when this account may see names; then they are noted as seen."""
    if not person_refs or not turn.doing.can(May.SEE_PEOPLE):
        return {}
    wanted = set(person_refs)
    found = {one.person.ref: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)
             if one.person.ref in wanted}
    turn.saw(found)
    return found


def names_of(turn: Turn, person_refs: Sequence[str], facts: Sequence[LateFact] = ()) -> Names:
    """What these people are called, and the lots, sale lines and items of the rules that the facts name."""
    session, scope = turn.session, turn.doing.scope
    named = {ref: f"{one.person.number} {one.name}" for ref, one in named_of(turn, person_refs).items()}
    if set(person_refs) - set(named):
        named = people.numbers(session, scope) | named
    lots = [fact.lot for fact in facts if isinstance(fact, SharesFact)]
    lines = [fact.line for fact in facts if isinstance(fact, PriceFact)]
    things = _items_of_rules(turn) if any(isinstance(fact, DecisionFact) for fact in facts) else {}
    if lots or lines:
        goods = {one.id: one.name for one in production.products(session, scope)}
        for ref, lot in production.lots_by_ref(session, scope, lots).items():
            things[ref] = f"{lot.number or i18n.day(lot.happened_on)}, {goods[lot.product_id]}"
        for ref, line in sales.lines_by_ref(session, scope, lines).items():
            where = f"{line.document}/{line.number}" if line.document else i18n.day(line.happened_on)
            things[ref] = f"{where}, {goods[line.product_id]}"
    return Names(named, things)


def _items_of_rules(turn: Turn) -> dict[str, str]:
    """Labels of the items that decisions name; of a key that several versions have, the newest."""
    labels: dict[str, str] = {}
    for row in reversed(runs.schemes(turn.session, turn.doing.scope)):
        labels |= late.adjustments_of(schemes.parse(row.text))
    return labels


def late_shown(turn: Turn, found: Sequence[Late], inputs: Inputs | None = None) -> list[LateShown]:
    """Late rows in words; with the inputs of their month what it said is told too."""
    facts: dict[str, LateFact | None] = {one.row.ref: typed(turn, one, alone=len(found) == 1) for one in found}
    known = [fact for fact in facts.values() if fact is not None]
    wanted = {ref for fact in known for ref in _people_in(fact, inputs)}
    names = names_of(turn, sorted(wanted), known)
    return [_shown(one, facts[one.row.ref], names, inputs) for one in found]


def typed(turn: Turn, one: Late, *, alone: bool) -> LateFact | None:
    """The fact of a row; one that an import could not turn into a fact is looked at again only on its own page."""
    if not alone and one.row.kind not in late.KINDS:
        return None
    try:
        return actions.typed(turn.doing, one.row)
    except (Refused, Hidden):
        return None


def _people_in(fact: LateFact, inputs: Inputs | None) -> frozenset[str]:
    empty = inputs or Inputs(Month(2000, 1), (), (), (), ())
    return late.people_of(fact, empty)


STATES = {
    "offered": ("wait", lazy_text("waits for the accountant")),
    "accepted": ("ok", lazy_text("accepted, waits for a correction")),
    "refused": ("stop", lazy_text("not taken")),
    "corrected": ("done", lazy_text("corrected"))}


def _shown(one: Late, fact: LateFact | None, names: Names, inputs: Inputs | None) -> LateShown:
    tag, word = STATES[one.state]
    return LateShown(one.row.ref, i18n.month_title(Month.parse(one.row.month)), _(told.KINDS[one.row.kind]),
                     told.fact_told(fact, names, inputs) if fact else None, one.row.reason, tag, str(word), one.correction_ref)


def asked_again(turn: Turn, fact: LateFact) -> dict[str, str]:
    """What the address of a form holds when it asks about the same thing once more."""
    if isinstance(fact, SharesFact):
        return {"lot": fact.lot}
    if isinstance(fact, PriceFact):
        return {"line": fact.line}
    if isinstance(fact, WorkFact | DecisionFact):
        return {"entry": fact.key}
    if isinstance(fact, FigureFact):
        return {"name": fact.name}
    if isinstance(fact, SchemeFact):
        return {}
    named = named_of(turn, [fact.person]).get(fact.person)
    asked = {"person": named.ref} if named else {}
    if isinstance(fact, DayFact):
        asked["day"] = fact.day.isoformat()
    elif isinstance(fact, ValueFact):
        asked |= {"name": fact.name, "since": fact.since.isoformat()}
    return asked
