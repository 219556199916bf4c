"""Work cards of a product: what is done step by step, by picture and few easy words. A4: a list of steps; A5: a card for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.i18n import pgettext

SIZES = ("a4", "a5")


@dataclass(frozen=True)
class Card:
    """A step as its card shows it: `words` are lines of easy language, none when the name says it all."""

    name: str
    picture: str
    words: tuple[str, ...]


def lines_of(words: str) -> tuple[str, ...]:
    """The words of a card, a sentence a line."""
    return tuple(" ".join(one.split()) for one in words.replace("? ", "?\n").replace(". ", ".\n").splitlines() if one.strip())


def work_cards_pdf(product: str, picture: str, cards: Sequence[Card], size: str, dated: date) -> bytes:
    """The cards as PDF, `size` one of SIZES; the picture of each step is large, letters are of 16 points and more."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    title = pgettext("participant", "How to work: %(product)s", product=product)
    return render("work_cards", title, dated, product=product, sign=picture, cards=cards, size=size)
