"""October 2026 as the calculation's inputs, read from tests/data/month-2026-10 without the product's own import."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share
from ledger.core.sales import SaleLine
from ledger.core.schemes import Scheme, parse
from ledger.core.stipends import Inputs

DATA = Path(__file__).parent / "data"
FOLDER = DATA / "month-2026-10"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one file of the month."""
    encoding = "cp1257" if name == "pardavimai" else "utf-8-sig"
    with (FOLDER / f"{name}.csv").open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def scaled(text: str, by: int) -> int:
    """A number with a decimal comma times a power of ten, which must be whole."""
    value = Fraction(text.replace(" ", "").replace(",", ".")) * by
    assert value.denominator == 1
    return int(value)


def scheme() -> Scheme:
    """The scheme of the month."""
    return parse((DATA / "scheme-2026-10.toml").read_text(encoding="utf-8"))


def people() -> tuple[Person, ...]:
    return tuple(Person(row["Nr."], row["Nr."], date.fromisoformat(row["Pradėjo"]),
                        date.fromisoformat(row["Baigė"]) if row["Baigė"] else None) for row in rows("dalyviai"))


def attendance() -> tuple[Attendance, ...]:
    return tuple(Attendance(row["Dalyvis"], date.fromisoformat(row["Data"]), scaled(row["Valandos"], 60),
                            Mark(row["Žyma"])) for row in rows("lankomumas"))


def lots() -> tuple[Lot, ...]:
    made: dict[str, Lot] = {}
    for row in rows("gamyba"):
        share = Share(row["Dalyvis"], scaled(row["Dalis"], 1000))
        key, good = row["Partija"], scaled(row["Geri"], 1000)
        before = made[key].makers if key in made else ()
        made[key] = Lot(key, key, 0, row["Gaminys"], date.fromisoformat(row["Data"]), good, good, (*before, share))
    return tuple(made.values())


def lines() -> tuple[SaleLine, ...]:
    materials = {row["Kodas"]: scaled(row["Medžiagos vienetui, €"], 100) for row in rows("gaminiai")}
    return tuple(
        SaleLine(
            f"{row['Dokumentas']}/{row['Eil. Nr.']}",
            row["Dokumentas"],
            row["Eil. Nr."],
            0,
            date.fromisoformat(row["Data"]),
            row["Gaminys"],
            row["Kanalas"],
            scaled(row["Kiekis"], 1000),
            scaled(row["Kaina, €"], 100),
            materials[row["Gaminys"]],
            scaled(row["Nuolaida, %"], 1000),
            scaled(row["PVM, %"], 1000),
            row["Grąžinta eil."],
        )
        for row in rows("pardavimai")
    )


def inputs() -> Inputs:
    """Everything of the month."""
    return Inputs(Month(2026, 10), people(), attendance(), lots(), lines())
