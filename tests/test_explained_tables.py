"""How a table that is read in units of something, and a rate made from the pool, are told to the accountant."""

from __future__ import annotations

import pytest

from ledger import explained
from ledger.core.explanation import Explainer
from ledger.core.stipends import calculate
from ledger.i18n import use
from tests import bound


def told(rule: str, part: str) -> str:
    """The arithmetic of the first person's line in the first case and month of a rule."""
    found = next(one for one in bound.rules() if one.id == rule)
    attempt = bound._placed(found, found.cases[0], found.schemes[0])
    scheme, inputs = bound.read_scheme(attempt.data), attempt.facts.inputs(0, attempt.facts.kept)
    with use("en"):
        one = Explainer(inputs, scheme, calculate(inputs, scheme)).person("P1")
        row = next(row for row in one.lines if row.line.part == part)
        return explained.arithmetic(row, one.traced).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("rule", "part", "begins"), [
    ("WAGE-PARTS", "wage", "0.55 × 504 = €277.20; €226.80 (“Subsidy”) / 504 = 0.45; 12.6 (“wage”) × 40 h = 504; the table gives"),
    ("WAGE-AND-TAPER", "supplement", "€6,000.00 (“Pay”); the table gives 13,100 at 6,000"),
    ("POINT-RATE", "points", "13 × €1.95 = €25.35; rate: €100.00 / 50.5 (points of all)"),
])
def test_every_step_of_the_arithmetic_is_true(rule: str, part: str, begins: str) -> None:
    assert told(rule, part).startswith(begins)
