"""October 2026 to the cent, against the result worked out elsewhere (tests/data/month-2026-10/laukiama*)."""

import json
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from ledger.core.canonical import canonical, canonical_result, inputs_from_canonical
from ledger.core.stipends import Inputs, Result, calculate
from tests import october


def shuffled(inputs: Inputs, seed: int) -> Inputs:
    mix = random.Random(seed)

    def mixed(rows: tuple) -> tuple:
        return tuple(mix.sample(rows, len(rows)))

    lots = tuple(replace(lot, makers=mixed(lot.makers)) for lot in mixed(inputs.lots))
    return replace(inputs, people=mixed(inputs.people), attendance=mixed(inputs.attendance), lots=lots,
                   lines=mixed(inputs.lines), earlier=mixed(inputs.earlier), debts=mixed(inputs.debts))


@pytest.fixture(scope="module", params=range(6))
def result(request: pytest.FixtureRequest) -> Result:
    inputs = october.inputs()
    return calculate(shuffled(inputs, request.param) if request.param else inputs, october.scheme())


def line_number(key: str) -> str:
    return key.rsplit("/", 1)[1]


def test_every_line_has_its_cents(result: Result) -> None:
    names = ("suma_ct", "be_pvm_ct", "medziagos_ct", "dalijama_ct")
    expected = {row["Eil. Nr."]: tuple(int(row[name]) for name in names) for row in october.rows("laukiama_eilutes")}
    assert {line_number(line.line): (line.amounts.gross, line.amounts.net, line.amounts.materials, line.amounts.shared)
            for line in result.lines} == expected


def test_every_line_says_what_no_lot_covers(result: Result) -> None:
    expected = {row["Eil. Nr."]: october.scaled(row["be_partijos"], 1000) for row in october.rows("laukiama_eilutes")}
    assert {line_number(line.line): line.uncovered for line in result.lines} == expected


def test_every_match_is_the_expected_one(result: Result) -> None:
    expected = Counter((row["Eil. Nr."], row["Partija"], october.scaled(row["kiekis"], 1000))
                       for row in october.rows("laukiama_sekimas"))
    assert Counter((line_number(one.line), one.lot, one.quantity) for one in result.matches if one.lot) == expected


def test_every_stipend_is_the_expected_one(result: Result) -> None:
    def cents(person, part):
        return sum(line.cents for line in person.lines if line.part == part)

    def numbers(person, part):
        return next(line for line in person.lines if line.part == part)

    got = [{"dalyvis": person.number, "dienos_nuo_4_val": str(numbers(person, "days").numbers["days"]),
            "dienu_dalis_ct": str(cents(person, "days")), "kvota_po_70_proc_ct": str(numbers(person, "goods").quota),
            "parduotos_produkcijos_dalis_ct": str(cents(person, "goods")),
            "virs_ribos_ct": str(cents(person, "ceiling")),
            "stipendija_ct": str(person.total)} for person in result.people]
    expected = october.rows("laukiama_stipendijos")
    assert got == [{name: value for name, value in row.items() if name != "valandos"} for row in expected]


def test_the_identity_is_the_expected_one(result: Result) -> None:
    expected = json.loads((october.FOLDER / "laukiama.json").read_text(encoding="utf-8"))
    identity = result.identity
    assert (identity.realised_net, identity.deducted, identity.from_budget, identity.stipends, identity.to_reserve,
            identity.unassigned) == tuple(expected[name] for name in (
                "realizuota_be_pvm_ct", "atskaityta_ct", "is_biudzeto_ct", "stipendijos_ct", "i_rezerva_ct",
                "nepriskirta_ct"))
    assert identity.holds
    assert (identity.carried_in, identity.carried_out, identity.withheld, identity.from_reserve) == (0, 0, 0, 0)


def test_the_stock_left_is_the_expected_one(result: Result) -> None:
    expected = json.loads((october.FOLDER / "laukiama.json").read_text(encoding="utf-8"))["likutis_sandelyje"]
    left: Counter[str] = Counter(dict.fromkeys(expected, 0))
    for lot in october.lots():
        left[lot.product] += result.left[lot.key]
    assert left == {product: october.scaled(quantity, 1000) for product, quantity in expected.items()}


def test_every_traced_cent_adds_up_to_the_quotas(result: Result) -> None:
    for person in result.people:
        traced = sum((row.cents for row in result.traced if row.person == person.person), Fraction(0))
        quota = next(line.quota for line in person.lines if line.part == "goods")
        assert traced * Fraction(7, 10) == quota


def test_rows_in_any_order_give_the_same_bytes(result: Result) -> None:
    assert canonical_result(result) == canonical_result(calculate(october.inputs(), october.scheme()))


def test_a_stored_run_is_worked_out_again_to_the_same_bytes() -> None:
    inputs, scheme = october.inputs(), october.scheme()
    text = canonical(shuffled(inputs, 3), scheme)
    again, same_scheme = inputs_from_canonical(text)
    assert text == canonical(inputs, scheme)
    assert same_scheme == scheme
    assert canonical_result(calculate(again, same_scheme)) == canonical_result(calculate(inputs, scheme))
