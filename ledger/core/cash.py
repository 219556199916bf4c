"""Euro notes and coins: which ones make up a sum, largest first."""

from __future__ import annotations

NOTES = (10000, 5000, 2000, 1000, 500)
COINS = (200, 100, 50, 20, 10, 5, 2, 1)


def notes_and_coins(cents: int) -> tuple[int, ...]:
    """The fewest notes and coins that make the sum, as face values in cents, largest first; nothing for zero or less."""
    pieces: list[int] = []
    for face in NOTES + COINS:
        count, cents = divmod(max(cents, 0), face)
        pieces.extend([face] * count)
    return tuple(pieces)
