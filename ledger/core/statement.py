"""The sheet on which a month's statements are written line by line: who gets what, and who pays it. Cents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.core.faults import Value
from ledger.core.people import Person


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a person's statement: `part` is the key of the part or limit in the scheme (or the engine's own: below_zero, debt,
    shortfall, rounding), `kind` that of the part, or absence, limit, floor, again, shortfall, rounding, below_zero, debt; `payer`
    pool, budget, reserve, a fund or withheld, `quota` the exact cents before rounding, `numbers` what the sentence needs."""

    part: str
    kind: str
    cents: int
    payer: str
    quota: Fraction
    numbers: dict[str, Value] = field(default_factory=dict)


@dataclass
class Sheet:
    """The lines of everybody, with what each payer has paid and what each part gave each person, in cents. `keys` are the
    weights of the parts that were divided."""

    people: Sequence[Person]
    lines: dict[str, list[StatementLine]] = field(default_factory=dict)
    paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    so_far: dict[str, dict[str, int]] = field(default_factory=dict)
    keys: dict[str, Mapping[str, Fraction]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = {person.ref: [] for person in self.people}
        self.so_far = {person.ref: {} for person in self.people}

    def add(self, ref: str, line: StatementLine, *, counts_for: str = "") -> None:
        """Write a line; it counts for its own part, or for the one named."""
        self.lines[ref].append(line)
        self.paid[line.payer] += line.cents
        key, own = counts_for or line.part, self.so_far[ref]
        own[key] = own.get(key, 0) + line.cents

    def total(self, ref: str) -> int:
        """What a person has so far."""
        return sum(self.so_far[ref].values())

    def given(self, ref: str, part: str) -> int:
        """What a part gives a person, with its cuts."""
        return self.so_far[ref].get(part, 0)

    def from_payer(self, ref: str, payer: str) -> int:
        """What a payer pays a person so far."""
        return sum(line.cents for line in self.lines[ref] if line.payer == payer)
