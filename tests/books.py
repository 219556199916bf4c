"""Short words for a small month: people, lots and sales in a line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from ledger.core.formulas import constant
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs, PersonResult, Result, calculate
from tests import october

OCTOBER = Month(2026, 10)


def oct(day: int) -> date:
    return date(2026, 10, day)


def person(number: str, started: date = date(2024, 1, 1), ended: date | None = None) -> Person:
    return Person(number, number, started, ended)


def lot(
    key: str,
    day: int | date,
    good: int,
    *makers: str,
    product: str = "A",
    number: str | None = None,
    order: int = 0,
    left: int | None = None,
) -> Lot:
    """A lot of whole pieces; makers with equal shares, "D1:3" for a share of 3."""
    shares = tuple(Share(maker.split(":")[0], int((maker + ":1").split(":")[1]) * 1000) for maker in makers or ("D1",))
    return Lot(key, key if number is None else number, order, product, oct(day) if isinstance(day, int) else day,
               good * 1000, (good if left is None else left) * 1000, shares)


def sale(
    key: str,
    day: int | date,
    pieces: int,
    price: int = 100,
    *,
    material: int = 0,
    document: str = "K1",
    number: str = "",
    product: str = "A",
    order: int = 0,
    discount: int = 0,
    vat: int = 0,
    returns: str = "",
) -> SaleLine:
    """A sale line of whole pieces; its key is its number unless one is given ("-" for none)."""
    number = {"": key, "-": ""}.get(number, number)
    return SaleLine(key, document if number else "", number, order, oct(day) if isinstance(day, int) else day, product,
                    "mugė", pieces * 1000, price, material, discount, vat, returns)


def back(key: str, of: str, day: int | date, pieces: int, **more: object) -> SaleLine:
    """A return of so many pieces."""
    return replace(sale(key, day, pieces, **more), quantity=-1000 * pieces, returns=of)  # type: ignore[arg-type] # words of `sale`


def day(number: str, day_of_month: int, minutes: int = 240, mark: Mark = Mark.ATTENDED) -> Attendance:
    return Attendance(number, oct(day_of_month), minutes, mark)


def earlier(line: SaleLine, amounts: Amounts, *matches: tuple[str, int], returned: int = 0,
            returned_amounts: Amounts | None = None) -> EarlierLine:
    made = tuple(Match(line.key, lot, pieces * 1000) for lot, pieces in matches)
    return EarlierLine(line, amounts, made, returned * 1000, returned_amounts or Amounts(0, 0, 0, 0))


def amounts(shared: int, materials: int = 0) -> Amounts:
    return Amounts(shared + materials, shared + materials, materials, shared)


def month(people: list[Person], lots: list[Lot] | None = None, lines: list[SaleLine] | None = None, *,
          scheme: Scheme | None = None, of: Month = OCTOBER, **more: object) -> Result:
    """A month worked out by the October scheme unless another is given."""
    inputs = Inputs(of, tuple(people), tuple(more.pop("attendance", ())), tuple(lots or ()), tuple(lines or ()),
                    **{name: tuple(rows) if isinstance(rows, list) else rows for name, rows in more.items()})  # type: ignore[arg-type]
    result = calculate(inputs, scheme or october.scheme())
    assert result.identity.holds
    return result


def all_traced(ceiling: int = 100_000_00, **changes: object) -> Scheme:
    """The October scheme without a ceiling in reach, paying out everything traced."""
    scheme = october.scheme()
    goods = replace(scheme.parts[1], rule=replace(scheme.parts[1].rule, portion=Fraction(100)))
    return replace(
        scheme, parts=(scheme.parts[0], goods), limits=(replace(scheme.limits[0], amount=constant(Fraction(ceiling, 100))),),
        **changes
    )


def of(result: Result, number: str) -> PersonResult:
    return next(one for one in result.people if one.number == number)


def cents(result: Result, number: str) -> dict[str, int]:
    """A person's lines that are not zero, by part."""
    return {line.part: line.cents for line in of(result, number).lines if line.cents}


def matched(result: Result) -> list[tuple[str, str, int]]:
    """The matches in whole pieces."""
    return [(one.line, one.lot, one.quantity // 1000) for one in result.matches]
