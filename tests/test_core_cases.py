"""Published rules and rules worked out by hand, all as data: every number of every case comes out of its scheme.

One test for all of them; tests/cases/BINDING.md says how a case is bound. A new rule is a scheme and a binding, no code.
"""

from __future__ import annotations

import pytest

from ledger.core.schemes import parse
from ledger.core.toml_text import to_toml
from tests import bound

RULES = bound.rules()
CASES = [pytest.param(rule, case, id=f"{rule.id}-{n}") for rule in RULES for n, case in enumerate(rule.cases, 1)]
SCHEMES = sorted({name for rule in RULES if rule.kind != "goal" for name in rule.files})
HEAD = {"scheme", "before", "month", "months", "people", "given", "in", "out"}


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_every_number_of_the_case_comes_out(rule: bound.Rule, case: bound.Data) -> None:
    assert case["out"], "a case without a result proves nothing"
    for name in case["out"]:
        came, expected = bound.outcome(rule, case, name)
        assert came == expected, name


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_a_binding_says_nothing_that_no_case_uses(rule: bound.Rule) -> None:
    assert set(rule.binding) <= HEAD
    for side in ("in", "out"):
        assert set(rule.binding.get(side, {})) == {name for case in rule.cases for name in case[side]}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_what_is_read_by_way_of_another_number_is_read_there(rule: bound.Rule) -> None:
    bindings = rule.binding.get("in", {})
    for name, target in [(name, target) for name, own in bindings.items() for target in bound.targets(own) if "with" in target]:
        reader = bindings.get(target["with"], rule.binding.get("given"))
        assert "{in." + name in repr(reader)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_is_the_same_as_a_text_and_as_a_form(name: str) -> None:
    scheme = parse((bound.CASES / "schemes" / f"{name}.toml").read_text(encoding="utf-8"))
    assert parse(to_toml(scheme.canonical())) == scheme


def test_every_scheme_and_binding_belongs_to_a_rule() -> None:
    used = {name for rule in RULES for name in rule.files}
    assert {path.stem for path in (bound.CASES / "schemes").glob("*.toml")} == used
    assert {path.stem for path in (bound.CASES / "bindings").glob("*.toml")} == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_number_without_a_binding_is_not_passed_over() -> None:
    rule = next(rule for rule in RULES if rule.kind == "scheme")
    case = rule.cases[0]
    with pytest.raises(bound.Missing, match=r"in\.weather"):
        bound.outcome(rule, {**case, "in": {**case["in"], "weather": "5"}}, next(iter(case["out"])))
    with pytest.raises(bound.Missing, match=r"out\.weather"):
        bound.outcome(rule, {**case, "out": {"weather": "5"}}, "weather")
