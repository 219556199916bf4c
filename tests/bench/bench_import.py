"""A shop's export of 30,000 rows brought in: the look that keeps nothing, then the taking, as CSV, XLSX and ODS. Each in a process
of its own, so that its peak of memory is its own. Prints figures, asserts no time."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

pytestmark = pytest.mark.bench
ROWS = 30_000
HEADS = ("Eil. Nr.", "Data", "Dokumentas", "Kanalas", "Gaminys", "Kiekis", "Kaina, €", "Nuolaida, %", "PVM, %", "Grąžinta eil.")
FIRST, DAYS = date(2024, 11, 4), 740
PRODUCTS = [(f"G{n}", f"Gaminys {n}", 290 + 35 * n) for n in range(40)]
CHANNELS = ("parduotuvė", "mugė", "internetas")


def exported() -> list[list[object]]:
    """The rows of two years: documents of up to six lines, every hundredth line comes back in part."""
    mix, rows, sold = random.Random(30), list[list[object]](), list[tuple[str, int, str, int, int, date]]()
    document = 0
    while len(rows) < ROWS:
        document += 1
        day, channel = FIRST + timedelta(days=document * DAYS // 9_000), CHANNELS[document % 3]
        for line in range(1, 2 + mix.randrange(6)):
            code, _name, price = PRODUCTS[mix.randrange(len(PRODUCTS))]
            key = f"KV-{document:05d}"
            if sold and mix.randrange(100) == 0:
                back, number, code, price, discount, _then = sold.pop(mix.randrange(len(sold)))
                rows.append([line, day, key, channel, code, -1, price, discount, 0, f"{back}/{number}"])
                continue
            pieces, discount = 1 + mix.randrange(5), 10 if mix.randrange(8) == 0 else 0
            rows.append([line, day, key, channel, code, pieces, price, discount, 0, None])
            sold = [*sold[-300:], (key, line, code, price, discount, day)]
    return rows[:ROWS]


def as_csv(rows: list[list[object]]) -> bytes:
    def text(place: int, value: object) -> str:
        if value is None:
            return ""
        return f"{value // 100},{value % 100:02d}" if place == 6 and isinstance(value, int) else str(value)
    lines = [";".join(text(place, value) for place, value in enumerate(row)) for row in rows]
    return "\r\n".join([";".join(HEADS), *lines, ""]).encode()


def as_xlsx(rows: list[list[object]]) -> bytes:
    from ledger.documents.sheets import Cents, Sheet, xlsx_of
    cells = tuple(tuple(Cents(value) if place == 6 else value for place, value in enumerate(row)) for row in rows)
    return xlsx_of([Sheet("pardavimai", HEADS, cells)], datetime(2026, 11, 21, tzinfo=UTC))  # type: ignore[arg-type]


def as_ods(rows: list[list[object]]) -> bytes:
    from workbooks import ods
    return ods({"pardavimai": [list(HEADS), *([f"{value / 100:.2f}" if place == 6 else value for place, value in enumerate(row)]
                                              for row in rows)]}, numbers=(0, 5, 6, 7, 8))


def products() -> bytes:
    lines = [f"{code};{name};vnt;{price // 100},{price % 100:02d};1,00;ne;" for code, name, price in PRODUCTS]
    return "\r\n".join(["Kodas;Pavadinimas;Matas;Kaina, €;Medžiagos vienetui, €;Paslauga;Galioja nuo", *lines, ""]).encode()


def alone(folder: Path, file: Path, *, plan: str) -> dict[str, float]:
    """Look, take or both in a fresh process; seconds of each and the peak of resident memory."""
    done = subprocess.run([sys.executable, __file__, str(folder), str(file), plan], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def own_process(folder: Path, file: Path, plan: str) -> None:
    """What the fresh process does."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    import house as houses

    from ledger import jobs
    house = houses.at(folder)
    files, took = {file.name: file.read_bytes()}, {}
    base = peak()
    for name in plan.split("+"):
        began = time.perf_counter()
        (jobs.look_at if name == "look" else jobs.bring_in)(house.tools, "buhalteris", files)
        took[name] = time.perf_counter() - began
    house.opened.close()
    print(json.dumps({**took, "base": base, "peak": peak()}))


def peak() -> float:
    """The most resident memory that this process had, in MB; what its parent had does not count, as it does for getrusage."""
    found = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_shops_export(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    import house as houses

    from ledger import jobs
    from ledger.core.periods import Month
    rows = exported()
    file = tmp_path / f"pardavimai.{kind}"
    file.write_bytes({"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods}[kind](rows))
    house = houses.build(tmp_path / "start", books_from=Month(2024, 11), october=False)
    jobs.bring_in(house.tools, "buhalteris", {"gaminiai.csv": products()})
    runs = []
    for number in range(3):
        own = houses.copy(house, tmp_path / f"run-{number}")
        own.opened.close()
        runs.append(alone(tmp_path / f"run-{number}", file, plan="look+take"))
    again = alone(tmp_path / "run-0", file, plan="look")
    look, take = (median(one[name] for one in runs) for name in ("look", "take"))
    with capsys.disabled():
        print(f"\n{ROWS:,} rows of a shop as {kind.upper()} ({file.stat().st_size / 1e6:.1f} MB): look {look:.1f} s, taking "
              f"{take:.1f} s, both {look + take:.1f} s (goal < 10); peak {max(one['peak'] for one in runs):.0f} MB, of them "
              f"{median(one['base'] for one in runs):.0f} MB before it began (goal < 300); the same file once more: look "
              f"{again['look']:.1f} s, {again['peak']:.0f} MB")


if __name__ == "__main__":
    own_process(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
