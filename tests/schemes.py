"""Short words for schemes: the head is always the same, a test writes only what it is about."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.core.decided import Decision, Figure
from ledger.core.people import PersonValue
from ledger.core.production import Work
from ledger.core.schemes import Scheme, SchemeRefused, parse
from ledger.core.stipends import PersonResult, Result
from tests.books import oct

HEAD = 'name = "Tvarka"\nnumber = "1"\nin_force_from = 2026-01-01\n'
ORDER = '[order]\nnumber = "V-1"\ndate = 2025-12-01\n'


def part(key: str, kind: str, body: str = "", payer: str = "budget") -> str:
    """A part in TOML; `body` are its own keys."""
    paid = f'payer = "{payer}"\n' if payer else ""
    return f'[[part]]\nkey = "{key}"\nkind = "{kind}"\n{paid}label = "{key}"\n{body}\n'


def limit(key: str, kind: str, body: str) -> str:
    return f'[[limit]]\nkey = "{key}"\nkind = "{kind}"\nlabel = "{key}"\n{body}\n'


def scheme(*sections: str, head: str = "") -> Scheme:
    return parse(HEAD + head + ORDER + "\n".join(sections))


def faults(*sections: str, head: str = "") -> list[tuple[str, str]]:
    """The places and codes with which a scheme is refused."""
    with pytest.raises(SchemeRefused) as refused:
        scheme(*sections, head=head)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def noted(*sections: str, head: str = "") -> list[tuple[str, str, dict[str, object]]]:
    """Every fault of a scheme: place, code and what it says."""
    with pytest.raises(SchemeRefused) as refused:
        scheme(*sections, head=head)
    return [(fault.place, fault.code, dict(fault.values)) for fault in refused.value.faults]


def value(number: str, name: str, text: str, since: int = 1) -> PersonValue:
    return PersonValue(number, name, oct(since), text)


def work(number: str, day: int, **more: object) -> Work:
    """An entry of a day; good, made and points in units."""
    units = {name: int(Fraction(str(more.pop(name))) * 1000) for name in ("good", "made", "points") if name in more}
    return Work(f"{number}-{day}-{sorted(more.items())}-{sorted(units.items())}", number, oct(day), **units, **more)  # type: ignore[arg-type]


def decision(number: str, key: str, cents: int, day: int = 15) -> Decision:
    return Decision(f"{number}-{key}-{day}", number, oct(day), key, cents, "už pagalbą", "V-7")


def figure(name: str, number: str) -> Figure:
    return Figure(name, Fraction(number))


def lines(result: Result, number: str) -> list[tuple[str, str, int, str]]:
    """A person's lines as (part, kind, cents, payer)."""
    return [(line.part, line.kind, line.cents, line.payer) for line in who(result, number).lines]


def who(result: Result, number: str) -> PersonResult:
    return next(one for one in result.people if one.number == number)


def totals(result: Result) -> list[int]:
    return [one.total for one in result.people]


def numbers(result: Result, number: str, place: int = 0) -> dict[str, object]:
    """What a line says about how it came about."""
    return dict(who(result, number).lines[place].numbers)


Told = tuple[str, str, int, str, str, dict[str, object]]


def told(result: Result, number: str) -> list[Told]:
    """A person's lines whole: part, kind, cents, payer, the exact cents, and what the line says about how it came about."""
    found = who(result, number).lines
    return [(line.part, line.kind, line.cents, line.payer, str(line.quota), dict(line.numbers)) for line in found]
