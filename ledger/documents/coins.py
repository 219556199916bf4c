"""Notes and coins for an amount, largest first, as pictures of the product's own set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ledger.resources import resource_dir

_NOTES = ((10000, "eur-100"), (5000, "eur-50"), (2000, "eur-20"), (1000, "eur-10"), (500, "eur-5"))
_COINS = (
    (200, "eur-2c"), (100, "eur-1c"), (50, "ct-50"), (20, "ct-20"), (10, "ct-10"), (5, "ct-5"), (2, "ct-2"),
    (1, "ct-1"),
)


@dataclass(frozen=True)
class Piece:
    """One note or coin: its worth in cents, its picture's name in `static/img` without the ending, the picture's width.

    All these pictures share one scale, so that a larger coin is drawn larger.
    """

    cents: int
    picture: str
    units: float


@dataclass(frozen=True)
class Purse:
    """The notes and the coins that make up an amount."""

    notes: tuple[Piece, ...]
    coins: tuple[Piece, ...]


def purse(cents: int) -> Purse:
    """The fewest notes and coins for an amount in cents, largest first; nothing for zero and below."""
    notes, rest = _taken(max(cents, 0), _NOTES)
    coins, _ = _taken(rest, _COINS)
    return Purse(notes, coins)


def _taken(cents: int, kinds: tuple[tuple[int, str], ...]) -> tuple[tuple[Piece, ...], int]:
    taken: list[Piece] = []
    for worth, picture in kinds:
        count, cents = divmod(cents, worth)
        taken += [Piece(worth, picture, _units(picture))] * count
    return tuple(taken), cents


@cache
def _units(picture: str) -> float:
    text = (resource_dir("static") / "img" / f"{picture}.svg").read_text(encoding="utf-8")
    return float(text.split('viewBox="', 1)[1].split('"', 1)[0].split()[2])
