"""Work cards: how a product is made, step by step, in easy language; on screen one step a page, on paper all of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.documents.work_cards import SIZES, Card, lines_of, work_cards_pdf
from ledger.records import goals, people, production, work_steps
from ledger.records.production import Product
from ledger.web.papers import file
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("cards")

A_PAGE = 4
"""So many products a page: with the way to the next ones that makes five choices."""


@dataclass(frozen=True)
class Cards:
    """A product with the cards of the steps that are done; `goal`: one of them trains what the reader's own goal is about."""

    product: Product
    cards: tuple[Card, ...]
    goal: bool = False


def _every(turn: Turn) -> list[Cards]:
    """Products that have steps, those for the reader's own goals first; two queries and one for prices."""
    found: dict[int, list[Card]] = {}
    wanted, trains = _skills(turn), set[int]()
    for row in work_steps.steps(turn.session, turn.doing.scope):
        if row.ended_on is None:
            found.setdefault(row.product_id, []).append(Card(row.name, row.picture, lines_of(row.words)))
            trains |= {row.product_id} if row.skill in wanted else set()
    goods = production.products(turn.session, turn.doing.scope)
    every = [Cards(one, tuple(found[one.id]), one.id in trains) for one in goods if one.id in found]
    return sorted(every, key=lambda one: not one.goal)


def _skills(turn: Turn) -> set[str]:
    """The skills of steps that the participant's own open goals name; none for staff."""
    if turn.doing.who.person is None:
        return set()
    me = people.get_participant_by_person(turn.session, turn.doing.vault, turn.doing.scope, turn.doing.who.person)
    return {one.skill for one in goals.goals(turn.session, turn.doing.scope, [me.id]) if one.skill and one.ended_on is None}


def _one(turn: Turn, ref: str) -> Cards:
    product = production.get_product(turn.session, turn.doing.scope, ref)
    rows = work_steps.steps_of(turn.session, turn.doing.scope, product.id)
    cards = tuple(Card(row.name, row.picture, lines_of(row.words)) for row in rows if row.ended_on is None)
    if not cards:
        raise Hidden
    return Cards(product, cards)


@room.get("/cards", May.SEE_CARDS)
def listed(turn: Turn) -> ResponseReturnValue:
    """Which product: a few at a time."""
    every = _every(turn)
    last = max(1, -(-len(every) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), last)
    return render_template("cards/list.html", found=every[(page - 1) * A_PAGE:page * A_PAGE], page=page, last=last)


@room.get("/cards/<ref>/<int:number>", May.SEE_CARDS)
def card(turn: Turn, ref: str, number: int) -> ResponseReturnValue:
    """One step of a product, large."""
    found = _one(turn, ref)
    if not 1 <= number <= len(found.cards):
        raise Hidden
    return render_template("cards/card.html", product=found.product, card=found.cards[number - 1], number=number,
                           count=len(found.cards))


@room.get("/products/<ref>/cards/<size>", May.SEE_CARDS)
def paper(turn: Turn, ref: str, size: str) -> ResponseReturnValue:
    """The cards to print, on A4 or A5."""
    found = _one(turn, ref)
    if size not in SIZES:
        raise Hidden
    content = work_cards_pdf(found.product.name, found.product.picture, found.cards, size, turn.doing.today)
    return file(content, f"darbo-korteles-{size}.pdf", "application/pdf", how="inline")
