"""Signing in and out, the way a browser does it."""

from __future__ import annotations

import pytest

from house import STAFF, House


def test_the_door_has_one_form_for_staff(house: House) -> None:
    assert "Darbuotojams" in house.client().page("/sign-in")
