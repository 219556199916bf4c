"""Notes and coins of a sum that is paid in cash."""

import pytest

from ledger.core.cash import COINS, NOTES, notes_and_coins


@pytest.mark.parametrize(("cents", "pieces"), [
    (0, ()), (-1, ()), (-500, ()), (1, (1,)), (3, (2, 1)), (4, (2, 2)),
    (38_88, (2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)),
    (400_00, (10000, 10000, 10000, 10000)), (90_00, (5000, 2000, 2000)),
])
def test_the_fewest_pieces_largest_first(cents: int, pieces: tuple[int, ...]) -> None:
    assert notes_and_coins(cents) == pieces


def test_every_sum_is_made_of_pieces_that_exist() -> None:
    for cents in range(0, 20_000, 7):
        pieces = notes_and_coins(cents)
        assert sum(pieces) == cents
        assert set(pieces) <= {*NOTES, *COINS}
