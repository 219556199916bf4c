"""People as the calculation and the lists know them: a reference and a number, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.core.formulas import NUMBER
from ledger.core.money import natural
from ledger.core.periods import Month


@dataclass(frozen=True, slots=True)
class Person:
    """A participant: `ref` is the books' random reference, `number` the workshop's own (D1); both days inclusive."""

    ref: str
    number: str
    started: date
    ended: date | None = None

    def here_on(self, day: date) -> bool:
        """Whether the day lies between the first and the last day, both inclusive."""
        return self.started <= day and (self.ended is None or day <= self.ended)

    def here_in(self, month: Month) -> bool:
        """Whether any day of the month lies between the first and the last day."""
        return self.started <= month.last and (self.ended is None or month.first <= self.ended)


@dataclass(frozen=True)
class PersonValue:
    """A person's own value from a date on: a coefficient, a class, planned days, a base of their own. `text` is a number with a
    point or a word."""

    person: str
    name: str
    since: date
    text: str

    @property
    def number(self) -> Fraction | None:
        """The value as a number, or None when it is a word."""
        return Fraction(self.text) if NUMBER.fullmatch(self.text) else None


def person_order(person: Person) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key of lists of people: the number in natural order."""
    return natural(person.number), person.ref
