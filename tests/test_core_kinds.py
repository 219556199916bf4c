"""A new kind of part is one class and one row of KINDS; engine, text and canonical form take it as it is."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

import pytest

from ledger.core import parts
from ledger.core.formulas import Formula, formula
from ledger.core.grammar import Field, Shape
from ledger.core.parts import Context, Earned, Rule, Worked
from ledger.core.schemes import parse, read_scheme
from tests import october
from tests.books import cents, day, lot, month, person, sale


@dataclass(frozen=True)
class Share(Rule):
    """A portion of a sum, divided by days; what somebody else may write."""

    amount: Formula
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("amount", Shape.FORMULA),)

    def work(self, context: Context) -> Worked:
        days = {one.ref: len(context.measures.days.get(one.ref, ())) for one in context.people}
        every = sum(days.values())
        pot = self.amount.cents(context.measures.group) if every else Fraction(0)
        lines = {ref: [Earned(pot * count / every if every else Fraction(0), {"so_far": str(context.measures.of("so_far", ref))})]
                 for ref, count in days.items()}
        return Worked(lines, pot)


TEXT = (october.DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
MORE = '[[part]]\nkey = "bonus"\nkind = "by_days"\npayer = "reserve"\nlabel = "Priedas"\namount = "1.00"\n'


@pytest.fixture(autouse=True)
def _by_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.KINDS, "by_days", Share)


def test_a_new_kind_is_read_and_written_back() -> None:
    scheme = parse(TEXT.replace("[[limit]]", MORE + "[[limit]]"))
    assert read_scheme(scheme.canonical()) == scheme
    assert scheme.parts[2].rule == Share(formula("1"))


def test_a_new_kind_is_divided_and_paid() -> None:
    scheme = parse(TEXT.replace("[[limit]]", MORE + "[[limit]]"))
    rows = [day("D1", 1), day("D1", 2), day("D2", 1)]
    result = month([person("D1"), person("D2")], attendance=rows, scheme=scheme)
    assert (cents(result, "D1"), cents(result, "D2")) == ({"days": 240, "bonus": 67}, {"days": 120, "bonus": 33})
    assert [one.lines[2].numbers["so_far"] for one in result.people] == ["12/5", "6/5"]
    assert (result.identity.from_reserve, result.identity.from_budget) == (100, 360)


def test_parts_are_worked_out_in_the_order_written() -> None:
    scheme = parse(TEXT.replace("[[limit]]", MORE + "[[limit]]"))
    turned = replace(scheme, parts=scheme.parts[::-1])
    result = month([person("D1")], [lot("P1", 1, 1)], [sale("1", 5, 1, 1000)], attendance=[day("D1", 1)], scheme=turned)
    assert [line.part for line in result.people[0].lines] == ["bonus", "goods", "days"]
    assert result.people[0].lines[0].numbers["so_far"] == "0"
