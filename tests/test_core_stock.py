"""What a movement of goods adds and takes, and where goods are held."""

from __future__ import annotations

import pytest

from ledger.core.faults import Refused
from ledger.core.production import MOST
from ledger.core.stock import BETWEEN, GONE, SETTLING, Change, Held, Moved, change, check_quantity, from_shop


@pytest.mark.parametrize(("kind", "at_shop", "does"), [
    (Moved.GIVEN, True, Change(-3000, 3000)), (Moved.BROUGHT, True, Change(3000, -3000)),
    (Moved.SCRAP, False, Change(-3000, 0)), (Moved.SCRAP, True, Change(0, -3000)),
    (Moved.OWN, False, Change(-3000, 0)), (Moved.GIFT, True, Change(0, -3000)),
    (Moved.COUNT, False, Change(3000, 0)), (Moved.COUNT, True, Change(0, 3000)),
    (Moved.OPENING, False, Change(3000, 0)), (Moved.EXPLAINED, True, Change(0, 3000))])
def test_a_movement_adds_to_one_place_what_it_takes_from_another(kind: Moved, at_shop: bool, does: Change) -> None:
    assert change(kind, 3000, at_shop=at_shop) == does


def test_a_count_may_find_less() -> None:
    assert change(Moved.COUNT, -2000, at_shop=False) == Change(-2000, 0)


@pytest.mark.parametrize("kind", BETWEEN)
def test_nothing_is_given_to_nobody(kind: Moved) -> None:
    with pytest.raises(Refused) as refused:
        change(kind, 1000, at_shop=False)
    assert (refused.value.code, refused.value.field) == ("no_shop", "shop")


def test_each_kind_is_between_places_gone_settling_or_a_count() -> None:
    assert {*BETWEEN, *GONE, *SETTLING, Moved.COUNT} == set(Moved)
    assert len((*BETWEEN, *GONE, *SETTLING)) == len(Moved) - 1


def test_goods_leave_a_shop_unless_they_are_given_to_it() -> None:
    assert [kind for kind in Moved if not from_shop(kind, at_shop=True)] == [Moved.GIVEN]
    assert not any(from_shop(kind, at_shop=False) for kind in Moved)


@pytest.mark.parametrize(("unit", "quantity", "least", "code"), [
    ("vnt", 0, 1, "not_above_zero"), ("vnt", -1000, 0, "negative"), ("kg", MOST + 1, 1, "too_large"),
    ("vnt", 1500, 1, "part_of_a_piece")])
def test_a_quantity_that_cannot_be_is_told_at_its_field(unit: str, quantity: int, least: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_quantity(unit, quantity, "quantity", least=least)
    assert (refused.value.code, refused.value.field) == (code, "quantity")


@pytest.mark.parametrize(("unit", "quantity", "least"), [("vnt", 1000, 1), ("kg", 1, 1), ("vnt", 0, 0), ("kg", MOST, 1)])
def test_a_quantity_that_can_be_is_taken(unit: str, quantity: int, least: int) -> None:
    check_quantity(unit, quantity, "quantity", least=least)


def test_what_is_held_is_the_store_and_every_shop() -> None:
    held = Held(5000, {1: 2000, 2: -1000})
    assert (held.in_shops, held.together, held.below) == (1000, 6000, True)
    assert (held.at(None), held.at(1), held.at(2), held.at(3)) == (5000, 2000, -1000, 0)
    assert not Held(0, {1: 0}).below
    assert Held(-1).below
    assert Held().together == 0


def test_a_thousandth_of_a_kilogram_is_a_quantity():
    check_quantity("kg", 1, "quantity")
