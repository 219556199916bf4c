"""First in, first out: which lot each sold piece came from (calculation.md section 2). Quantities are thousandths of
the unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush

from ledger.core.faults import Refused
from ledger.core.production import Lot, lot_order
from ledger.core.sales import (
    Amounts,
    EarlierLine,
    Match,
    SaleLine,
    check_return,
    line_amounts,
    line_order,
    return_amounts,
)


@dataclass(frozen=True)
class Matched:
    """The month's matching: `amounts` of each of its lines; `matches` in the order made, lot "" for what no lot covers.

    An earlier line that is matched late has two matches: less of lot "", more of the lot. `left` is the stock of each
    lot after it.
    """

    amounts: dict[str, Amounts]
    matches: tuple[Match, ...]
    left: dict[str, int]


def match(lots: Sequence[Lot], lines: Sequence[SaleLine], earlier: Sequence[EarlierLine]) -> Matched:
    """Match the month's lines, and the uncovered rest of earlier ones, to lots.

    Raises Refused: return_unknown, or what `check_return` raises.
    """
    walk = _Walk(lots, earlier)
    late = [one.line for one in earlier if walk.sold[one.line.key].uncovered]
    for line in sorted([*lines, *late], key=line_order):
        walk.step(line)
    left = {state.lot.key: state.left for shelf in walk.shelves.values() for state in shelf.lots}
    return Matched(walk.amounts, tuple(walk.matches), left)


def matched_before(lots: Sequence[Lot], lines: Sequence[SaleLine], earlier: Sequence[EarlierLine],
                   matches: tuple[Match, ...]) -> Matched:
    """The month's amounts worked out anew beside the matches that it has for good: no stock moves. Raises as `match` does."""
    walk = _Walk((), earlier)
    for line in sorted(lines, key=line_order):
        walk.price(line)
    taken: defaultdict[str, int] = defaultdict(int)
    for one in matches:
        taken[one.lot] += one.quantity
    return Matched(walk.amounts, matches, {lot.key: lot.left - taken[lot.key] for lot in lots})


@dataclass
class _Stock:
    """A lot while the month is walked: what this walk took of it, and how much may be taken up to a day."""

    lot: Lot
    taken: int = 0
    caps: list[tuple[date, int]] = field(default_factory=list)
    queued: bool = False

    def __post_init__(self) -> None:
        level = self.lot.left
        for move in sorted(self.lot.moves, key=lambda one: (one.day, one.quantity < 0), reverse=True):
            level += move.quantity
            if move.quantity < 0:
                self.caps.append((move.day, level))

    @property
    def left(self) -> int:
        return self.lot.left - self.taken

    def free(self, day: date) -> int:
        """What a sale of the day may take: not what came back on that day or later."""
        return min([self.lot.left, *(level for back, level in self.caps if back >= day)]) - self.taken


class _Shelf:
    """The lots of one product, oldest first; a lot is on the queue from its own day on, while something is left of
    it."""

    def __init__(self) -> None:
        self.lots: list[_Stock] = []
        self.queue: list[int] = []
        self.opened = 0

    def take(self, day: date, quantity: int) -> Iterable[tuple[str, int]]:
        """Take so much out of the oldest lots that serve the day; yields lot and quantity until it is enough or all are
        empty."""
        while self.opened < len(self.lots) and self.lots[self.opened].lot.day <= day:
            self._enqueue(self.opened)
            self.opened += 1
        waiting = []
        while quantity and self.queue:
            stock = self.lots[self.queue[0]]
            part = min(quantity, stock.free(day))
            if part > 0:
                stock.taken += part
                quantity -= part
                yield stock.lot.key, part
            if quantity or not stock.left:
                stock.queued = False
                waiting.append(heappop(self.queue))
        for index in waiting:
            self._enqueue(index)

    def put_back(self, index: int, quantity: int) -> None:
        """Put so much back into a lot, from now on."""
        self.lots[index].taken -= quantity
        self._enqueue(index)

    def _enqueue(self, index: int) -> None:
        if self.lots[index].left > 0 and not self.lots[index].queued:
            self.lots[index].queued = True
            heappush(self.queue, index)


@dataclass
class _Sold:
    """A sold line while the month is walked: the pile of what it got from lots, the last on top."""

    line: SaleLine
    amounts: Amounts
    uncovered: int
    pile: list[tuple[str, int]] = field(default_factory=list)
    returned: int = 0
    returned_amounts: Amounts = field(default_factory=lambda: Amounts(0, 0, 0, 0))

    def give_back(self, quantity: int) -> Iterable[tuple[str, int]]:
        """Give back uncovered quantity first, then lots from the top of the pile; yields lot and quantity
        (positive)."""
        part = min(quantity, self.uncovered)
        if part:
            self.uncovered -= part
            quantity -= part
            yield "", part
        while quantity:
            lot, held = self.pile.pop()
            part = min(quantity, held)
            if held > part:
                self.pile.append((lot, held - part))
            quantity -= part
            yield lot, part


class _Walk:
    """One pass over the lines in their order."""

    def __init__(self, lots: Sequence[Lot], earlier: Sequence[EarlierLine]) -> None:
        self.shelves: dict[str, _Shelf] = {}
        self.place: dict[str, int] = {}
        for lot in sorted(lots, key=lot_order):
            shelf = self.shelves.setdefault(lot.product, _Shelf())
            self.place[lot.key] = len(shelf.lots)
            shelf.lots.append(_Stock(lot))
        self.sold = {one.line.key: _reopened(one) for one in earlier}
        self.amounts: dict[str, Amounts] = {}
        self.matches: list[Match] = []

    def step(self, line: SaleLine) -> None:
        """Work out one line: a sale, a return, or the uncovered rest of an earlier sale."""
        if line.key in self.sold:
            self._late(self.sold[line.key])
        elif line.is_return:
            self._back(line, self.price(line))
        else:
            sold = self.price(line)
            self._cover(sold)
            if sold.uncovered:
                self.matches.append(Match(line.key, "", sold.uncovered))

    def price(self, line: SaleLine) -> _Sold:
        """Work out a line's cents; gives the sale that it is, or that it returns from."""
        if not line.is_return:
            self.amounts[line.key] = line_amounts(line)
            self.sold[line.key] = _Sold(line, self.amounts[line.key], line.quantity)
            return self.sold[line.key]
        sold = self.sold.get(line.returns)
        if sold is None:
            raise Refused("return_unknown", at="returns", document=line.document, line=line.number)
        check_return(line, sold.line, sold.returned)
        amounts = return_amounts(EarlierLine(sold.line, sold.amounts, (), sold.returned, sold.returned_amounts),
        -line.quantity)
        self.amounts[line.key] = amounts
        sold.returned -= line.quantity
        sold.returned_amounts = _less(sold.returned_amounts, amounts)
        return sold

    def _cover(self, sold: _Sold) -> None:
        shelf = self.shelves.get(sold.line.product)
        for lot, quantity in shelf.take(sold.line.day, sold.uncovered) if shelf else ():
            sold.pile.append((lot, quantity))
            self.matches.append(Match(sold.line.key, lot, quantity))
            sold.uncovered -= quantity

    def _late(self, sold: _Sold) -> None:
        before, mark = sold.uncovered, len(self.matches)
        self._cover(sold)
        if sold.uncovered != before:
            self.matches.insert(mark, Match(sold.line.key, "", sold.uncovered - before))

    def _back(self, line: SaleLine, sold: _Sold) -> None:
        for lot, quantity in sold.give_back(-line.quantity):
            self.matches.append(Match(line.key, lot, -quantity))
            if lot:
                self._shelve(line.product, lot, quantity)

    def _shelve(self, product: str, lot: str, quantity: int) -> None:
        if lot not in self.place:
            raise Refused("lot_unknown", lot=lot)
        self.shelves[product].put_back(self.place[lot], quantity)


def _less(sum_back: Amounts, back: Amounts) -> Amounts:
    return Amounts(sum_back.gross - back.gross, sum_back.net - back.net, sum_back.materials - back.materials,
                   sum_back.shared - back.shared)


def _reopened(earlier: EarlierLine) -> _Sold:
    """An approved line as its matches left it; a match below zero takes off the top of what that lot gave."""
    pile: list[tuple[str, int]] = []
    for one in earlier.matches:
        if one.lot and one.quantity > 0:
            pile.append((one.lot, one.quantity))
        elif one.lot:
            _take_off(pile, one.lot, -one.quantity)
    uncovered = earlier.line.quantity - earlier.returned - sum(quantity for _, quantity in pile)
    return _Sold(earlier.line, earlier.amounts, uncovered, pile, earlier.returned, earlier.returned_amounts)


def _take_off(pile: list[tuple[str, int]], lot: str, quantity: int) -> None:
    for index in range(len(pile) - 1, -1, -1):
        if pile[index][0] == lot and quantity:
            part = min(quantity, pile[index][1])
            pile[index] = (lot, pile[index][1] - part)
            quantity -= part
    pile[:] = [entry for entry in pile if entry[1]]
