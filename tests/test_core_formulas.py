"""Formulas: numbers, + * /, brackets, min and max, names; exact, and refused with the column of what does not belong."""

from fractions import Fraction

import pytest

from ledger.core.formulas import Formula, FormulaError, check_names, constant, formula

KNOWN = {
    "days": Fraction(13),
    "points": Fraction(5),
    "value.level": Fraction(6, 5),
    "none": Fraction(0),
    "units.ŽV-1": Fraction(7, 2),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.20", Fraction(6, 5)),
        ("days", Fraction(13)),
        ("days + points * 2", Fraction(23)),
        ("(days + points) * 2", Fraction(36)),
        ("(days + points) * value.level", Fraction(108, 5)),
        ("100 / 3 / 4", Fraction(25, 3)),
        ("2 * 3 + 4 * 5", Fraction(26)),
        ("days / none", Fraction(0)),
        ("min(days, points, 7)", Fraction(5)),
        ("max(days, 20) + 1", Fraction(21)),
        ("min(3)", Fraction(3)),
        ("units.ŽV-1 * 2", Fraction(7)),
        ("  days  +1 ", Fraction(14)),
        ("((((1))))", Fraction(1)),
    ],
)
def test_a_formula_is_worked_out_exactly(text: str, value: Fraction) -> None:
    assert formula(text).work(KNOWN.__getitem__) == value
    assert formula(text).cents(KNOWN.__getitem__) == value * 100


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("days -1", 6),
        ("days +", 7),
        ("2 days", 3),
        ("(days", 6),
        ("days)", 5),
        ("min days", 5),
        ("min(1", 6),
        ("max(", 5),
        ("* 2", 1),
        ("1 + 2,3", 6),
        ("days $ 2", 6),
        ("1.2.3 + 1", 1),
        ("a + 1e3", 5),
        ("()", 2),
        ("(" * 21 + "1" + ")" * 21, 21),
        ("(" * 10 + "(1) + " + "(" * 10 + "1" + ")" * 20, 27),
    ],
)
def test_what_does_not_belong_is_told_with_its_column(text: str, column: int) -> None:
    with pytest.raises(FormulaError) as error:
        formula(text)
    assert (error.value.code, error.value.values["column"]) == ("scheme_formula", column)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1e3", "scheme_number_form"),
        ("NaN", "scheme_number_form"),
        ("1,20", "scheme_number_form"),
        ("1..2", "scheme_number_form"),
        ("", "scheme_formula"),
        ("-1.20", "scheme_number_negative"),
        ("- 3", "scheme_number_negative"),
        ("1.123456789", "scheme_number_form"),
        ("1 + " * 50 + "1", "scheme_text_form"),
    ],
)
def test_a_text_that_is_no_formula(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as error:
        formula(text)
    assert error.value.code == code


def test_a_lone_number_is_written_in_its_shortest_form_and_a_formula_as_it_stands() -> None:
    assert [formula(text).text for text in ("1.20", "007", "days  *  1.20")] == ["1.2", "7", "days * 1.20"]
    assert (formula("1.2"), constant(Fraction(6, 5))) == (formula("1.20"), formula("1.2"))


def test_a_formula_knows_its_names_once_each_and_whether_it_is_a_number() -> None:
    one: Formula = formula("days * days + value.level")
    assert (one.names, one.constant, formula("2 * 3").constant) == (("days", "value.level"), None, Fraction(6))


def test_only_names_of_the_place_are_allowed() -> None:
    check_names(formula("days + value.anything"), ("days", "value."))
    with pytest.raises(FormulaError) as error:
        check_names(formula("days + hours"), ("days", "value."))
    assert (error.value.code, error.value.values) == ("scheme_name_unknown", {"name": "hours", "names": "days, value."})


def test_by_weeks_is_worked_out_for_each_week_that_answers() -> None:
    class Weeks(dict[str, Fraction]):
        def __call__(self, name: str) -> Fraction:
            return self[name]

        def weeks(self) -> list[object]:
            return [Weeks(days=Fraction(2)), Weeks(days=Fraction(5))]

    assert formula("weekly(max(3, days)) + days").work(Weeks(days=Fraction(7))) == 3 + 5 + 7
    assert formula("weekly(days)").work(KNOWN.__getitem__) == 13
    assert (formula("weekly(days)").weekly, formula("days").weekly) == (True, False)
    for text in ("weekly(1, 2)", "weekly()", "weekly 2"):
        with pytest.raises(FormulaError):
            formula(text)
    with pytest.raises(FormulaError) as error:
        check_names(formula("weekly(people)"), ("people",))
    assert error.value.values["name"] == "weekly"
