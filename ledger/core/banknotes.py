"""The notes and coins to fetch for many people: the fewest for each person, counted together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.core.cash import notes_and_coins


@dataclass(frozen=True)
class Stack:
    """So many notes or coins of one face value (cents)."""

    face: int
    count: int

    @property
    def cents(self) -> int:
        """What they are worth together."""
        return self.face * self.count


def to_fetch(sums: Iterable[int]) -> tuple[Stack, ...]:
    """The stacks from which each sum (cents) can be handed out exactly, the largest face first."""
    counted = Counter(face for cents in sums for face in notes_and_coins(cents))
    return tuple(Stack(face, count) for face, count in sorted(counted.items(), reverse=True))
