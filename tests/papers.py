"""Made-up papers for the tests: Aistė's October, and ways to read a PDF."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

from ledger.core.explanation import About, Fact
from ledger.core.periods import Month
from ledger.documents.paysheet import PayRow, PaySheetData
from ledger.documents.statements import (
    CalculationData,
    DayCell,
    EuProject,
    GoalMonth,
    LeafData,
    LeafGoal,
    PartRow,
    Scheme,
    Signed,
    TraceRow,
)

LETTERS = "ąčęėįšųūžĄČĘĖĮŠŲŪŽ"
OCTOBER = Month(2026, 10)
DATED = date(2026, 11, 4)
SCHEME = Scheme("1", "Stipendijų tvarka", date(2024, 5, 1), "2024-04-22 įsakymas Nr. V-41")
CODE = "DIRBTUVE:SL-2026-0001:9617:0123456789ABCDEF"
PROJECT = EuProject("Socialinės dirbtuvės", "07-018-P-0001")


def goal(title: str, picture: str, *steps: int) -> LeafGoal:
    """A goal with its steps, the last of them in October."""
    months = [OCTOBER.plus(n - len(steps) + 1) for n in range(len(steps))]
    return LeafGoal(title, picture, tuple(GoalMonth(month, step) for month, step in zip(months, steps, strict=True)))


LEAF = LeafData(
    number="2026-10-D1", dated=DATED, month=OCTOBER, name="Aistė Žukauskaitė",
    workshop="Socialinės dirbtuvės „Giedra“", total_cents=9617,
    reasons=(Fact(About.DAYS, 1560, 13), Fact(About.GOODS, 8057)),
    code=CODE, goals=(goal("Ateinu laiku", "laikrodis", 4, 4, 5), goal("Sveriu vašką", "svarstykles", 1, 2, 3)), helper="Daiva")

_TRACE = """05|MUG-2026-10-1|1|Sąsiuvinis A5|1760|P5|2 iš 4|2 iš 3 vnt.|5,8667
05|MUG-2026-10-1|3|Žvakė „Šermukšnis“|7735|P9|6 iš 13|lygiai, 1 iš 3|11,9000
14|KOM-2026-10-2|7|Pirkinių maišelis|3290|P13|3 iš 8|170 iš 220 min.|9,5335
14|KOM-2026-10-2|8|Žvakė „Šermukšnis“|1423|P9|2 iš 3|lygiai, 1 iš 3|3,1622
14|KOM-2026-10-2|9|Džiovinti obuoliai|2461|P25|0,5 iš 2,75 kg|115 iš 115 min.|4,4745
21|IMO-2026-10-3|12|Keramikinis dubenėlis|14880|P28|10 iš 16|4 iš 13 vnt.|28,6154
21|IMO-2026-10-3|13|Džiovinti obuoliai|3881|P25|2,25 iš 3,75 kg|115 iš 115 min.|23,2860
21|IMO-2026-10-3|15|Sąsiuvinis A5|1760|P5|1 iš 4|2 iš 3 vnt.|2,9333
29|PAR-2026-10-4|21|Levandų muilas|8470|P42|11 iš 28|80 iš 395 min.|6,7392
29|PAR-2026-10-4|23|Žvakė „Šermukšnis“|23854|P37|7 iš 43|lygiai, 1 iš 3|12,9440
29|PAR-2026-10-4|24|Keramikinis dubenėlis|4650|P28|3 iš 5|4 iš 13 vnt.|8,5846
29|GRA-2026-10-1|26|Sąsiuvinis A5|-440|P5|−1, grąžinta|2 iš 3 vnt.|−2,9333"""


def _trace_row(text: str) -> TraceRow:
    day, document, line, product, cents, lot, matched, share, exact = text.split("|")
    return TraceRow(date(2026, 10, int(day)), document, int(line), product, int(cents), lot, matched, share, exact)


TRACE = tuple(_trace_row(line) for line in _TRACE.splitlines())
_DAYS = "1 6,2 N,5 P,6 6,7 P,8 2.5,9 6,12 2.5,13 4,14 4,15 3,16 6,19 4,20 4,21 4,22 3,23 6,26 3,27 2.5,28 6,29 6,30 4"
DAYS = tuple(
    DayCell(int(day), text.replace(".", ","), text[0].isdigit() and float(text) >= 4)
    for day, text in (cell.split() for cell in _DAYS.split(",")))

CALCULATION = CalculationData(
    number="2026-10-D1", dated=DATED, name="Aistė Žukauskaitė", person_number="D1", month=OCTOBER,
    provider="VšĮ „Giedros namai“", workshop="Socialinės dirbtuvės „Giedra“", run_number="SK-2026-10",
    scheme=SCHEME, account="LT39 •••• 7919",
    parts=(PartRow("Už dienas", "tvarkos 2 p.", "13 dienų po 4 val. ar ilgiau × 1,20 €", 1560),
           PartRow("Už parduotus gaminius", "tvarkos 3 p.", "115,1062 € × 70 % = 80,5744 €", 8057),
           PartRow("Riba", "tvarkos 5 p.", "96,17 € neviršija 150,00 €", 0),
           PartRow("Išskaitos", "tvarkos 6 p.", "nenumatytos", 0)),
    total_cents=9617, days=DAYS, minutes=4950, trace=TRACE, traced_total="115,1062",
    prepared=Signed("Rasa Petrauskienė", date(2026, 11, 3)), approved=Signed("Lina Vaitkutė", DATED), project=PROJECT,
    code=CODE, attached=b'{"form":1}')


def pay_sheet(people: int) -> PaySheetData:
    """A pay sheet of so many people."""
    first, last = ("Aistė", "Jonas", "Živilė", "Ąžuolas"), ("Žukauskaitė", "Šimkus", "Čepaitė", "Kazlauskas", "Ūsienė")
    rows = (PayRow(f"D{n + 1}", f"{first[n % 4]} {last[n % 5]}", 9617 - 31 * (n % 200)) for n in range(people))
    return PaySheetData(
        number="MŽ-2026-10", dated=DATED, provider="VšĮ „Giedros namai“", provider_code="300000000",
        workshop="Socialinės dirbtuvės „Giedra“", month=OCTOBER, scheme=SCHEME, run_number="SK-2026-10",
        approval="2026-11-04 įsakymas Nr. V-57", people=tuple(rows),
        prepared=Signed("Rasa Petrauskienė", date(2026, 11, 3)), checked=Signed("Ona Kairytė", date(2026, 11, 3)),
        approved=Signed("Lina Vaitkutė", DATED), paid=None, project=PROJECT)


def long_trace(rows: int) -> CalculationData:
    """The calculation with a trace of so many rows."""
    return replace(CALCULATION, trace=tuple(TRACE[n % len(TRACE)] for n in range(rows)))


def text_of(pdf: bytes, *, layout: bool = False) -> str:
    """The text as `pdftotext` reads it, spaces as single spaces."""
    command = ["pdftotext", *(["-layout"] if layout else []), "-enc", "UTF-8", "-", "-"]
    said = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return said if layout else " ".join(said.split())


def pictures_of(pdf: bytes, folder: Path, name: str) -> None:
    """The pages as PNG files, for eyes."""
    subprocess.run(["pdftoppm", "-r", "80", "-png", "-", str(folder / name)], input=pdf, check=True)
