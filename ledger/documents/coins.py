"""Notes and coins for an amount as pictures of the product's own set, for paper and screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ledger.core.cash import NOTES, notes_and_coins
from ledger.resources import resource_dir

PICTURES = {
    10000: "eur-100", 5000: "eur-50", 2000: "eur-20", 1000: "eur-10", 500: "eur-5", 200: "eur-2c", 100: "eur-1c",
    50: "ct-50", 20: "ct-20", 10: "ct-10", 5: "ct-5", 2: "ct-2", 1: "ct-1",
}


@dataclass(frozen=True)
class Piece:
    """One note or coin: its worth in cents, its picture's name in `static/img` without the ending, and the picture's size
    in tenths of a unit; all these pictures share one scale, so that a larger coin is drawn larger."""

    cents: int
    picture: str
    width: int
    height: int


@dataclass(frozen=True)
class Purse:
    """The notes and the coins that make up an amount, largest first."""

    notes: tuple[Piece, ...]
    coins: tuple[Piece, ...]


def purse(cents: int) -> Purse:
    """The fewest notes and coins for an amount in cents; nothing for zero and below."""
    pieces = [_piece(face) for face in notes_and_coins(cents)]
    return Purse(tuple(one for one in pieces if one.cents in NOTES), tuple(one for one in pieces if one.cents not in NOTES))


@cache
def _piece(face: int) -> Piece:
    text = (resource_dir("static") / "img" / f"{PICTURES[face]}.svg").read_text(encoding="utf-8")
    width, height = text.split('viewBox="', 1)[1].split('"', 1)[0].split()[2:]
    return Piece(face, PICTURES[face], _tenths(width), _tenths(height))


def _tenths(units: str) -> int:
    whole, _, rest = units.partition(".")
    return int(whole) * 10 + int((rest + "0")[0])
