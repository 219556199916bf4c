"""The arithmetic of every kind of line in Lithuanian, with its numbers filled in, and the rules in plain words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from ledger import explained
from ledger.core.explanation import ABOUT, Explainer, LineRow, PersonExplanation
from ledger.core.formulas import formula
from ledger.core.parts import KINDS
from ledger.core.scheme_sections import Limit
from ledger.core.stipends import StatementLine, calculate
from ledger.explained import formulas, lines, months, rules, sections
from ledger.i18n import use
from tests import all_kinds, october
from tests.books import day

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def told() -> dict[str, PersonExplanation]:
    inputs, scheme = all_kinds.inputs(), all_kinds.scheme()
    explainer = Explainer(inputs, scheme, calculate(inputs, scheme))
    return {one.ref: explainer.person(one.ref) for one in inputs.people}


def row_of(one: PersonExplanation, part: str, kind: str = "") -> LineRow:
    return next(row for row in one.lines if row.line.part == part and kind in ("", row.line.kind))


def said(one: PersonExplanation, part: str, kind: str = "") -> str:
    return explained.arithmetic(row_of(one, part, kind), one.traced).replace(NBSP, " ")


ARITHMETIC = {
    ("D1", "days"): "0 dienų po 2 val. ar ilgiau × 0,60 € + 2 dienos po 4 val. ar ilgiau × 1,20 € + 1 savaitgalio diena × 1,20 € "
                    "× 1,5; įkainis: 0,1 × 12 („coef“) = 1,20 €; lankyta dienų: 7, skaičiuojama ne daugiau, nei planuota: 3",
    ("D1", "daypool"): "7 dienos × 0,831 € = 5,817 €; įkainis: 9,981 € / 12 (visų suma: lankytos dienos) = 0,83175 €; "
                       "įkainis 0,83175 € apvalinamas žemyn (žingsnis 0,001): 0,831 €",
    ("D1", "hours"): "40,5 val. (gamyba) × 0,15 € + 1,5 val. (mokymasis) × 0,10 € = 6,225 €; "
                     "įkainis 0,155 € apvalinamas žemyn (žingsnis 0,01): 0,15 €",
    ("D1", "pieces"): "82 vnt. („A“) × 0,25 € + 45 vnt. („cut“) × 0,2844 € = 33,298 €; norma: 5 vnt. per 10 min., iš kiekvienos "
                      "valandos 9 min. poilsio = 25,5 per valandą; įkainis: 7,25 € / 25,5 ≈ 0,2843 €; "
                      "įkainis ≈ 0,2843 € apvalinamas aukštyn (žingsnis 0,0001): 0,2844 €",
    ("D3", "rated"): "12 val. × 0,4725 € = 5,67 €; įkainis: 1,05 € × 0,45 (produktyvumas) = 0,4725 €; 10,5 („Bazinis dydis“) / 10 "
                     "= 1,05 €; 12 val. („gamyba“); produktyvumas: (1 val. × 0,45) / 1 val. = 0,45; „glue“: 0,45 („skill“)",
    ("D3", "monthly"): "12,5349 € × 22 iš 31 kalendorinių dienų ≈ 8,8957 €; klasė „II“; 12,5349 („Padidintas dydis“)",
    ("D1", "bands"): "1,70 €; 2 savaitės: juosta nuo 2; 1 + 0,1 × 7 dienos = 1,70 €",
    ("D1", "traced"): "84,1250 € × 20 % = 16,8250 €",
    ("D1", "gift"): "0,40 € × 1 / 3 ≈ 0,1333 €; dalijama suma: 0,1 × 4 žmonės = 0,40 €; raktas: 1",
    ("D1", "share"): "9,981 € × 84 / 129,5 ≈ 6,4742 €; dalijama 10 % nuo 99,81 €; raktas: 7 dienos × 12 („coef“) = 84",
    ("D1", "more"): "129,17 € (suma iki šiol); pagal lentelę ties 129,17 duodama 1",
    ("D1", "decided"): "2026-10-12 sprendimas, dokumentas Nr. V-80: padėjo mugėje",
    ("D3", "decided"): "2026-10-14 sprendimas: kelionė prie jūros; be pinigų",
    ("D4", "share"): "per mėnesį nėra nė vienos lankytos dienos",
    ("D1", "rounding"): "52,19 € apvalinama, žingsnis 0,05 €, žemyn",
}


@pytest.mark.parametrize(("number", "part"), ARITHMETIC)
def test_the_arithmetic_of_a_part(told: dict[str, PersonExplanation], number: str, part: str) -> None:
    assert said(told[number], part) == ARITHMETIC[number, part]


def test_what_absence_takes_is_counted_out(told: dict[str, PersonExplanation]) -> None:
    row = row_of(told["D3"], "monthly", "absence")
    assert said(told["D3"], "monthly", "absence") == (
        "iš 8,90 € lieka dalis: 21/44 (≈ 0,4773); mažinama: 1 nepateisinta diena × 1/22 (≈ 0,0455); "
        "2 pateisintos kalendorinės dienos (skaičiuojama nuo 2): lieka 0,5")
    assert explained.line_label(row).endswith("labai ilgas: už praleistas dienas")
    assert explained.pays(row) == "Kas atimama, eina į fondą „Išvykų fondas“."


def test_the_lines_of_the_engine_say_what_was_compared(told: dict[str, PersonExplanation]) -> None:
    assert said(told["D1"], "shortfall").startswith("visoms dalims reikia 170,64 €, o yra 99,81 €: 123,14 € × 99,81 € / 170,64 €")
    assert said(told["D1"], "goods") == "5,37 € viršija 5,00 € ribą"
    cuts = [explained.arithmetic(row, told["D1"].traced) for row in told["D1"].lines if row.line.part == "most"]
    assert all("ribą; mažinama dalis „" in one for one in cuts)
    assert len(set(cuts)) == len(cuts)
    assert said(told["D2"], "most", "again").startswith("iš kitų nuimta 24,06 € dalijama iš naujo pagal raktą, čia jis 20")
    assert "(59,63 € − 10,00 €) × 15 %" in said(told["D1"], "tax")
    assert "pagrindas: GPMĮ 20 str." in said(told["D1"], "tax")


def test_a_floor_tells_its_formula() -> None:
    text = all_kinds.TEXT.replace('amount = "1.5 * ref.base"', 'amount = "6 * ref.base"')
    scheme = all_kinds.parse(text)
    inputs = all_kinds.inputs()
    one = Explainer(inputs, scheme, calculate(inputs, scheme)).person("D2")
    assert said(one, "leastsum").endswith("mažiau už mažiausią sumą 63,00 €; 6 × 10,5 („Bazinis dydis“) = 63,00 €")
    assert row_of(one, "leastsum").line.kind == "floor"


def test_sums_below_zero_and_debts_are_told() -> None:
    scheme = october.scheme()
    for kind, numbers, text in (
            ("below_zero", {"before": -250}, "suma buvo −2,50 €"), ("debt", {"before": 500, "most": 300}, "3,00 €")):
        line = StatementLine(kind, kind, 250, "reserve", Fraction(250), dict(numbers))
        told = explained.arithmetic(LineRow(line, "", "", None, scheme), Fraction(0)).replace(NBSP, " ")
        assert text in told


def test_a_cent_that_is_rounded_alone_says_how(told: dict[str, PersonExplanation]) -> None:
    row = row_of(told["D1"], "hours")
    assert explained.cent_told(row).replace(NBSP, " ") == "Apvalinama iki artimiausio, pusę – aukštyn, žingsnis 0,01 €."
    assert explained.exact_quota(row).replace(NBSP, " ") == "Tiksli dalis: 1 245 / 2 ct."


@pytest.mark.parametrize("language", ["lt", "en"])
def test_every_line_of_everybody_has_its_arithmetic(told: dict[str, PersonExplanation], language: str) -> None:
    kinds = set()
    with use(language):
        for one in told.values():
            for row in one.lines:
                kinds.add(row.line.kind)
                assert explained.arithmetic(row, one.traced), row.line
                assert explained.line_label(row)
                assert explained.pays(row)
    assert kinds >= {*KINDS, "absence", "limit", "again", "shortfall", "rounding"}


def test_every_kind_has_both_voices_and_its_rule_in_words() -> None:
    """A kind that somebody adds needs its arithmetic, what it is about, and its sentence for the director."""
    assert {*KINDS} <= {*lines.KINDS, "traced"}
    assert {*KINDS} <= {*ABOUT}
    assert {*KINDS.values()} == {*rules.KINDS}
    assert {*lines.KINDS, "traced"} == {*ABOUT}


@pytest.mark.parametrize(("text", "filled", "words"), [
    ("days * value.coef", "12 dienų × 1,5 („coef“) = 18", "lankytos dienos × „coef“"),
    ("(one + value.coef) / (2 * people)", "(1 + 1,5 („coef“)) / (2 × 4 žmonės) = 0,3125",
     "(1 + „coef“) / (2 × skaičiavimo žmonės)"),
    ("min(hours.training, 3)", "mažiausias iš (2,5 val. („mokymasis“); 3) = 2,5", "mažiausias iš (valandos „mokymasis“; 3)"),
    ("max(part.days, so_far)", "didžiausias iš (4,20 € („Už lankytas dienas“); 7,00 € (suma iki šiol)) = 7",
     "didžiausias iš („Už lankytas dienas“; suma iki šiol)"),
    ("ref.grown + month.costs", "12,5349 („Padidintas dydis“) + 1/3 (≈ 0,3333) („costs“) ≈ 12,8682",
     "„Padidintas dydis“ + „costs“")])
def test_a_formula_is_told_with_its_numbers(text: str, filled: str, words: str) -> None:
    numbers = {"=days": "12", "=value.coef": "3/2", "=people": "4", "=one": "1", "=hours.training": "5/2", "=part.days": "21/5",
               "=so_far": "7", "=ref.grown": "125349/10000", "=month.costs": "1/3"}
    one, scheme = formula(text), all_kinds.scheme()
    assert formulas.filled(one, numbers, scheme).replace(NBSP, " ") == filled
    assert formulas.in_words(one, scheme) == words


def test_the_month_tells_its_pool_funds_amounts_and_checks() -> None:
    inputs, scheme = all_kinds.inputs(), all_kinds.scheme()
    found = months.sections(inputs, scheme, calculate(inputs, scheme))
    assert [section.title for section in found] == ["Dalijama suma ir rezervas", "Fondai", "Baziniai dydžiai", "Patikros"]
    rows = {row.label: tuple(text.replace(NBSP, " ") for text in (row.arithmetic, row.value))
            for section in found for row in section.rows}
    assert rows["Galima išmokėti"] == ("90 % nuo 110,90 €", "99,81 €")
    assert rows["Išvykų fondas"] == ("prieš tai 5,00 €, gauta 6,51 €, išmokėta 0,40 €", "11,11 €")
    assert rows["Padidintas dydis"] == ("10,5 × 1,1938 (koeficientas: 9,73 / 8,15)", "12,5349")
    assert rows["Bazinis dydis ne mažesnis už 10"] == ("10,5 („Bazinis dydis“) ≥ 10", "tenkinama")


def test_a_check_that_fails_warns() -> None:
    inputs, scheme = all_kinds.inputs(), all_kinds.parse(all_kinds.TEXT.replace('least = "10"', 'least = "11"'))
    row = months.sections(inputs, scheme, calculate(inputs, scheme))[-1].rows[0]
    assert row.warns
    assert row.value.startswith("netenkinama")


def test_october_has_no_account_of_its_own() -> None:
    inputs, scheme = october.inputs(), october.scheme()
    assert months.sections(inputs, scheme, calculate(inputs, scheme)) == ()


@pytest.mark.parametrize("language", ["lt", "en"])
def test_every_rule_is_told_to_the_director(language: str) -> None:
    scheme = all_kinds.scheme()
    with use(language):
        told = sections.told(scheme)
    labels = [one.label for one in told]
    assert {part.label for part in scheme.parts} | {limit.label for limit in scheme.limits} <= set(labels)
    assert all(any(one.says) for one in told)


def test_a_rule_reads_as_a_sentence() -> None:
    told = {one.label: " ".join(filter(None, one.says)).replace(NBSP, " ") for one in sections.told(all_kinds.scheme())}
    assert told["Mokestis"] == "Išskaičiuojama 15 % nuo to, kiek mėnesio suma viršija 10,00 €. Pagrindas: GPMĮ 20 str."
    assert told["Bendra dalis"].startswith("Visiems dalijama: 10 % dalijamos sumos. Pagal ką dalijama: lankytos dienos × „coef“.")
    assert told["Mažiausia suma"].startswith(
        "Žmogus gauna mažiausiai 1,5 × „Bazinis dydis“ per mėnesį. Ko trūksta, prideda rezervas.")
    assert "Jei jos neužtenka, visų sumos mažinamos vienodai proporcingai." in told["Dalijama suma"]


def test_each_day_of_a_split_month_counts_by_its_own_version() -> None:
    scheme = october.scheme()
    text = (october.DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
    later = all_kinds.parse(text.replace("2024-05-01", "2026-10-16").replace('"1.20"', '"2.00"').replace(
        "[order]", 'inside_month = "split"\n[order]', 1))
    both = later.after(scheme)
    inputs = replace(october.inputs(), attendance=(day("D1", 2), day("D1", 20)))
    one = Explainer(inputs, both, calculate(inputs, both)).person("D1")
    assert [row.cents for row in one.days] == [120, 200]
    assert [isinstance(row.written, Limit) for row in one.lines if row.line.part == "days"] == [False, False]
    assert [said_of(row, one) for row in one.lines if row.line.part == "days"] == [
        "1 diena po 4 val. ar ilgiau × 1,20 €", "1 diena po 4 val. ar ilgiau × 2,00 €"]


def said_of(row: LineRow, one: PersonExplanation) -> str:
    return explained.arithmetic(row, one.traced).replace(NBSP, " ")
