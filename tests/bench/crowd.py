"""Books of many people with 36 approved months, made in bulk: one block of 60 people is worked out month by month by the core, then
written so many times side by side, each block with its own people, products, lots and documents, so that what is sealed is true.

Two things differ from books that grew by themselves when there are more blocks than one: the frozen texts of months before the last
two are those of the first block so many times over, for their size alone, and a leftover cent was given within its block. The last
approved month is the product's own.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from histories import Booked, Driver

from ledger import jobs, settings
from ledger.actions import stipends
from ledger.core.canonical import canonical, canonical_result
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share
from ledger.core.sales import SaleLine
from ledger.core.schemes import Scheme, parse
from ledger.core.stipends import Inputs, Result
from ledger.jobs import Tools
from ledger.records.opened import open_books, prepare

BLOCK = 60
LEFT = 3
MONTHS = 36
RUN = Month(2026, 10)
FIRST = RUN.plus(-MONTHS)
TODAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PRODUCTS = 9
LOTS = 180
LINES = 12  # of each product in a month
RETURNS = 4
_LETTERS = ("abcdefghijkmnpqrstuvwxyz23456789" * 8).encode()

SCHEME = """
name = "Tvarka"
number = "1"
in_force_from = 2023-01-01
order = { number = "1", date = 2022-12-20 }
leaving = { rule = "months", months = 12 }
debt = { share = "20" }
[[part]]
key = "days"
kind = "per_day"
payer = "budget"
label = "Dienos"
band = [{ from_hours = "4", amount = "1.20" }]
[[part]]
key = "goods"
kind = "traced"
payer = "pool"
label = "Gaminiai"
portion = "70"
[[limit]]
key = "ceiling"
kind = "ceiling"
amount = "150.00"
cuts = "goods"
label = "Riba"
"""


def ref(kind: str, number: int, block: int) -> str:
    """A reference as random as the product's own, the same each time."""
    return hashlib.blake2b(f"{kind}/{number}/{block}".encode(), digest_size=26).digest().translate(_LETTERS).decode()


@dataclass(frozen=True)
class Worked:
    """A month of the block: what it booked, what was read, what came out."""

    booked: Booked
    inputs: Inputs
    result: Result


@dataclass
class Block:
    """Sixty people and a few who left, their months in order; places count from 0 over all months."""

    scheme: Scheme
    people: tuple[Person, ...]
    places: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=lambda: {"l": 0, "s": 0})
    months: list[Worked] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)

    def key(self, kind: str) -> tuple[str, int]:
        """The next reference of a kind, and its place."""
        place = self.before[kind]
        self.before[kind] += 1
        key = ref(kind, place, 0)
        self.places[key] = place
        return key, place


class _Driver(Driver):
    """Lets go of what no later month of the block touches."""

    def forget(self, month: Month) -> None:
        recent = month.plus(-2).first
        touched = {match.lot for one in self.earlier.values() if one.line.day >= recent for match in one.matches}
        open_lines = {key for key, one in self.earlier.items()
                      if one.line.quantity - one.returned > sum(match.quantity for match in one.matches if match.lot)}
        touched |= {match.lot for key in open_lines for match in self.earlier[key].matches}
        self.earlier = {key: one for key, one in self.earlier.items() if one.line.day >= recent or key in open_lines}
        self.lots = {key: lot for key, lot in self.lots.items() if lot.left or key in touched}


def block() -> Block:
    """The one block, worked out by the core."""
    mix = random.Random(36)
    people = tuple(_person(mix, n) for n in range(BLOCK + LEFT))
    made = Block(parse(SCHEME), people)
    driver = _Driver(made.scheme, {person.ref: person for person in people})
    sold: list[SaleLine] = []
    for n in range(MONTHS + 1):
        month = FIRST.plus(n)
        driver.forget(month)
        booked, sold = _booked(made, mix, month, driver, sold)
        made.booked.append(booked)
        if n < MONTHS - 1:
            inputs = driver.inputs(booked)
            made.months.append(Worked(booked, inputs, driver.month(booked)))
    return made


def _person(mix: random.Random, n: int) -> Person:
    started = date(2018 + mix.randrange(5), 1 + mix.randrange(12), 1 + mix.randrange(28))
    ended = FIRST.plus(10 * (n - BLOCK + 1)).first.replace(day=17) if n >= BLOCK else None
    return Person(ref("p", n, 0), f"D{n + 1}", started, ended)


def _booked(made: Block, mix: random.Random, month: Month, driver: Driver,
            sold: list[SaleLine]) -> tuple[Booked, list[SaleLine]]:
    here = [person for person in made.people if person.here_on(month.last)]
    days = [day for day in month.days() if day.weekday() < 5]
    attendance = tuple(_day(mix, person, day) for person in here for day in days if mix.randrange(100) < 80)
    lots = tuple(_lot(made, mix, here, days, n) for n in range(LOTS))
    stock: defaultdict[str, int] = defaultdict(int)
    for lot in (*driver.lots.values(), *lots):
        stock[lot.product] += lot.left // 1000
    lines = [_sale(made, mix, month, days, f"G{p}", stock[f"G{p}"], n) for p in range(PRODUCTS) for n in range(LINES)]
    mix.shuffle(sold)
    backs = [_back(made, mix, line, month, days, n) for n, line in enumerate(sold[:RETURNS])]
    return Booked(month, attendance, lots, (*lines, *backs)), lines


def _day(mix: random.Random, person: Person, day: date) -> Attendance:
    mark = Mark.ATTENDED if mix.randrange(100) < 90 else (Mark.ILL, Mark.EXCUSED, Mark.UNEXCUSED)[mix.randrange(3)]
    return Attendance(person.ref, day, (150, 240, 300, 360)[mix.randrange(4)] if mark is Mark.ATTENDED else 0, mark)


def _lot(made: Block, mix: random.Random, here: Sequence[Person], days: Sequence[date], n: int) -> Lot:
    key, place = made.key("l")
    shares = tuple(Share(person.ref, 1000 * (1 + mix.randrange(8))) for person in mix.sample(here, 1 + mix.randrange(4)))
    good = 1000 * (3 + mix.randrange(12))
    number = f"P{place + 1}" if mix.randrange(10) < 8 else ""
    return Lot(key, number, place + 1, f"G{n % PRODUCTS}", days[mix.randrange(len(days))], good, good, shares)


def _sale(made: Block, mix: random.Random, month: Month, days: Sequence[date], product: str, stock: int, n: int) -> SaleLine:
    key, place = made.key("s")
    pieces = 1 + mix.randrange(max(1, 6 * stock // (5 * LINES)))
    day = days[mix.randrange(len(days))]
    document = f"K{month}-{n % 3}" if mix.randrange(10) < 9 else ""
    return SaleLine(key, document, str(place + 1) if document else "", place + 1, day, product, "parduotuvė" if n % 2 else "mugė",
                    1000 * pieces, 450 + 35 * int(product[1:]), _material(product, day), 5000 if n % 5 == 0 else 0, 0)


def _material(product: str, day: date) -> int:
    return 90 + 11 * int(product[1:]) + (7 if day >= date(2025, 1, 1) else 0)


def _back(made: Block, mix: random.Random, line: SaleLine, month: Month, days: Sequence[date], n: int) -> SaleLine:
    key, place = made.key("s")
    quantity = line.quantity if n % 2 else max(1000, line.quantity // 2000 * 1000)
    day = days[mix.randrange(len(days))]
    return replace(line, key=key, document=f"G{month}", number=str(place + 1), order=place + 1, day=day, quantity=-quantity,
                   material_cents=_material(line.product, day), returns=line.key)


# --- writing


def prepare_books(folder: Path, blocks: int) -> None:
    """Make the books of so many blocks in a folder, ready for the month to run."""
    chosen = settings.load({"LEDGER_DATA_DIR": str(folder)})
    prepare(chosen)
    opened = open_books(chosen)
    tools = Tools(opened, lambda: TODAY)
    jobs.begin_demo(tools, SCHEME, FIRST, vat_payer=False)
    path = Path(str(opened.books.url.database))
    opened.close()
    made = block()
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _Writing(connection, made, blocks).write()
    finally:
        connection.close()
    opened = open_books(chosen)
    try:
        run_month(Tools(opened, lambda: TODAY), RUN.plus(-1))
    finally:
        opened.close()


def run_month(tools: Tools, month: Month) -> None:
    """Work out, submit and approve a month, as the product does."""
    with tools.opened.write() as session:
        doing = jobs.acting(tools, session, "buhalteris")
        stipends.calculate_month(doing, month)
        stipends.submit(doing, month)
        session.commit()
    jobs.approve(tools, "vadovas", month, "V-87", date(2026, 11, 4))


AT = "2026-11-04T09:00:00.000000Z"


@dataclass
class _Writing:
    """Bulk rows by INSERT ... SELECT: a table of the block's rows times a table of the blocks."""

    connection: sqlite3.Connection
    made: Block
    blocks: int

    def write(self) -> None:
        run = self.connection.execute
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "temp_store=MEMORY", "cache_size=-2000000"):
            run(f"PRAGMA {pragma}")
        self.connection.create_function("ref", 3, ref, deterministic=True)
        later = run("SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL").fetchall()
        run("BEGIN")
        for kind, name, _ in later:
            run(f'DROP {kind} "{name}"')
        run("CREATE TEMP TABLE block AS WITH RECURSIVE one(b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM one WHERE b + 1 < "
            f"{self.blocks}) SELECT b FROM one")
        self._people()
        self._facts()
        self._sealed()
        for kind in ("index", "trigger"):
            for sql in [sql for one, _, sql in later if one == kind]:
                run(sql)
        run("COMMIT")
        run("PRAGMA journal_mode=WAL")

    def _times(self, table: str, columns: str, values: str, rows: Iterable[Sequence[object]], width: int) -> None:
        """Rows of the block, c0, c1 ... in `values`, once for each block b; organisation and workshop are 1."""
        names = [f"c{n}" for n in range(width)]
        self.connection.execute(f"CREATE TEMP TABLE one ({', '.join(names)})")
        self.connection.executemany(f"INSERT INTO one VALUES ({', '.join('?' * width)})", rows)
        self.connection.execute(f'INSERT INTO main."{table}" (organisation_id, workshop_id, {columns}) '
                                f"SELECT 1, 1, {values} FROM block, one ORDER BY b, one.rowid")
        self.connection.execute("DROP TABLE one")

    def _people(self) -> None:
        many = len(self.made.people)
        self._times("participant", "id, ref, person_ref, number, started_on, ended_on",
                    f"b * {many} + c0 + 1, ref('P', c0, b), ref('p', c0, b), 'D' || (b * {many} + c0 + 1), c1, c2",
                    [(n, person.started.isoformat(), person.ended and person.ended.isoformat())
                     for n, person in enumerate(self.made.people)], 3)
        self._times("product", "id, ref, code, name, unit, service, picture",
                    f"b * {PRODUCTS} + c0 + 1, ref('g', c0, b), {_coded('c0')}, 'Gaminys', 'vnt', 0, 'kitas'",
                    [(n,) for n in range(PRODUCTS)], 1)
        self._times("product_price", "ref, product_id, valid_from, price_cents, material_cents",
                    f"ref('m' || c1, c0, b), b * {PRODUCTS} + c0 + 1, c1, c2, c3",
                    [(n, day, 450 + 35 * n, _material(f"G{n}", date.fromisoformat(day)))
                     for n in range(PRODUCTS) for day in ("1900-01-01", "2025-01-01")], 4)

    def _facts(self) -> None:
        person = {one.ref: n for n, one in enumerate(self.made.people)}
        lots = _Places(booked.lots for booked in self.made.booked)
        lines = _Places(booked.lines for booked in self.made.booked)
        many = len(person)
        for n, booked in enumerate(self.made.booked):
            month = str(booked.month)
            self._times("attendance", "ref, participant_id, happened_on, booked_in, minutes, mark, version",
                        f"ref('a{n}-', c0, b), b * {many} + c1 + 1, c2, '{month}', c3, c4, 1",
                        [(k, person[one.person], one.day.isoformat(), one.minutes, one.mark.value)
                         for k, one in enumerate(booked.attendance)], 5)
            self._times("lot", "id, ref, number, product_id, happened_on, booked_in, good, rejects, shared_by, logged_at, version",
                        f"{lots.id(n, 'c0')}, ref('l', {lots.before[n]} + c0, b), c1 || {_block()}, b * {PRODUCTS} + c2 + 1, c3, "
                        f"'{month}', c4, 0, 'points', '{AT}', 1",
                        [(k, lot.number or None, int(lot.product[1:]), lot.day.isoformat(), lot.good)
                         for k, lot in enumerate(booked.lots)], 5)
            self._times("lot_maker", "ref, lot_id, participant_id, weight",
                        f"ref('w{n}-' || c1, c0, b), {lots.id(n, 'c0')}, b * {many} + c1 + 1, c2",
                        [(k, person[one.person], one.weight) for k, lot in enumerate(booked.lots) for one in lot.makers], 3)
            self._sales(n, booked, lines)

    def _sales(self, n: int, booked: Booked, lines: _Places) -> None:
        rows = []
        for k, one in enumerate(booked.lines):
            where = lines.where(self.made.places[one.returns]) if one.returns else (None, None, None)
            rows.append((k, one.document or None, one.number or None, one.channel, int(one.product[1:]), one.day.isoformat(),
                         one.quantity, one.price_cents, one.discount, *where))
        self._times("sale_line", "id, ref, document, number, channel, product_id, happened_on, booked_in, quantity, price_cents, "
                    "discount, vat, returns_id, logged_at, version",
                    f"{lines.id(n, 'c0')}, ref('s', {lines.before[n]} + c0, b), c1 || {_block()}, c2, c3, "
                    f"b * {PRODUCTS} + c4 + 1, c5, '{booked.month}', c6, c7, c8, 0, c9 * {self.blocks} + b * c10 + c11 + 1, "
                    f"'{AT}', 1", rows, 12)

    def _sealed(self) -> None:
        scheme_ref, scheme_text = self.connection.execute("SELECT ref, text FROM scheme").fetchone()
        given: defaultdict[int, int] = defaultdict(int)
        series: defaultdict[int, int] = defaultdict(int)
        for n, worked in enumerate(self.made.months):
            year, run_ref = worked.booked.month.year, ref("r", n, 0)
            series[year] += 1
            self._legs(run_ref, worked.result, year, given[year])
            given[year] += len(worked.result.people) * self.blocks
            last = n == len(self.made.months) - 1
            texts = _texts(self.made, worked, self.blocks) if last else _sized(self.made, worked, self.blocks)
            self._header(run_ref, worked, texts, series[year], scheme_ref, scheme_text)
        for kind, last_of in (("SL", given), ("SK", series), ("MZ", series)):
            self.connection.executemany("INSERT INTO number_series VALUES (1, ?, ?, ?)",
                                        [(kind, year, number) for year, number in last_of.items()])

    def _legs(self, run_ref: str, result: Result, year: int, given: int) -> None:
        person, place = {one.ref: n for n, one in enumerate(self.made.people)}, self.made.places
        count, many = len(result.people), len(person)
        self._times("sealed_person", "ref, run_ref, person_ref, person_number, statement_number, total_cents, debt_cents",
                    f"ref('{run_ref}', c0, b), '{run_ref}', ref('p', c1, b), 'D' || (b * {many} + c1 + 1), "
                    f"printf('SL-{year}-%04d', {given} + b * {count} + c0 + 1), c2, c3",
                    [(k, person[one.person], one.total, one.debt) for k, one in enumerate(result.people)], 4)
        self._times("sealed_line", "ref, run_ref, person_ref, position, part, kind, payer, cents",
                    f"ref('{run_ref}' || c1, c0, b), '{run_ref}', ref('p', c0, b), c1, c2, c3, c4, c5",
                    [(person[one.person], k, line.part, line.kind, line.payer, line.cents)
                     for one in result.people for k, line in enumerate(one.lines)], 6)
        self._times("sealed_sale", "ref, run_ref, sale_ref, gross_cents, net_cents, materials_cents, shared_cents, uncovered",
                    f"ref('{run_ref}s', c0, b), '{run_ref}', ref('s', c0, b), c1, c2, c3, c4, c5",
                    [(place[one.line], one.amounts.gross, one.amounts.net, one.amounts.materials, one.amounts.shared,
                      one.uncovered) for one in result.lines], 6)
        self._times("sealed_match", "ref, run_ref, position, sale_ref, lot_ref, quantity",
                    f"ref('{run_ref}m', c0, b), '{run_ref}', b * {len(result.matches)} + c0, ref('s', c1, b), "
                    f"CASE WHEN c2 IS NULL THEN '' ELSE ref('l', c2, b) END, c3",
                    [(k, place[one.line], place.get(one.lot), one.quantity) for k, one in enumerate(result.matches)], 4)

    def _header(self, run_ref: str, worked: Worked, texts: tuple[str, str], number: int, scheme_ref: str, scheme: str) -> None:
        month = worked.booked.month
        cents = {name: amount * self.blocks for name, amount in stipends.identity_cents(worked.result).items()}
        common = {"organisation_id": 1, "workshop_id": 1, "month": str(month), "scheme_ref": scheme_ref, "inputs": texts[0],
                  "result": texts[1], "seen": stipends.seen_hash(*texts), "calculated_by": "a", "submitted_by": "a",
                  "approved_by": "b", "calculated_at": AT, "submitted_at": AT, "approved_at": AT}
        self._row("run", {**common, "ref": run_ref, "state": "approved", "version": 1})
        self._row("sealed_run", {
            **common, **cents, "ref": ref("h", month.index, 0), "run_ref": run_ref, "scheme_text": scheme, "app_version": "0",
            "number": f"SK-{month.year}-{number:04d}", "paysheet_number": f"MZ-{month.year}-{number:04d}", "order_number": "V-1",
            "order_date": month.last.isoformat()})

    def _row(self, table: str, values: dict[str, Any]) -> None:
        self.connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                                list(values.values()))


def _block() -> str:
    """What tells the numbers of a block from those of the first, which has none."""
    return "CASE b WHEN 0 THEN '' ELSE '-' || b END"


def _coded(column: str) -> str:
    return f"'G' || {column} || {_block()}"


class _Places:
    """Row numbers when all blocks of a month stand before those of the next: before x blocks + block x own + place + 1."""

    def __init__(self, months: Iterable[Sequence[object]]) -> None:
        self.own = [len(rows) for rows in months]
        self.before = [sum(self.own[:n]) for n in range(len(self.own))]
        self.of = [n for n, own in enumerate(self.own) for _ in range(own)]

    def where(self, place: int) -> tuple[int, int, int]:
        n = self.of[place]
        return self.before[n], self.own[n], place - self.before[n]

    def id(self, n: int, column: str) -> str:
        """The row number as SQL."""
        return f"({self.before[n]} * (SELECT count(*) FROM block) + b * {self.own[n]} + {column} + 1)"


def _texts(made: Block, worked: Worked, blocks: int) -> tuple[str, str]:
    """The frozen texts of a month: those of the first block, or all blocks' side by side."""
    texts = canonical(worked.inputs, made.scheme), canonical_result(worked.result)
    if blocks == 1:
        return texts
    inputs, result = (_merged(list(_copies(made, text, blocks))) for text in texts)
    return inputs, result


def _sized(made: Block, worked: Worked, blocks: int) -> tuple[str, str]:
    """Texts as long as those of all blocks; true for one."""
    return canonical(worked.inputs, made.scheme) * blocks, canonical_result(worked.result) * blocks


def _copies(made: Block, text: str, blocks: int) -> Iterator[dict[str, Any]]:
    kinds = {person.ref: ("p", n) for n, person in enumerate(made.people)}
    kinds |= {lot.key: ("l", made.places[lot.key]) for booked in made.booked for lot in booked.lots}
    kinds |= {line.key: ("s", made.places[line.key]) for booked in made.booked for line in booked.lines}
    for b in range(blocks):
        yield json.loads(re.sub('"([a-z2-9]{26})"', lambda found, b=b: f'"{ref(*kinds[found[1]], b)}"', text))


def _merged(copies: list[dict[str, Any]]) -> str:
    """Lists one after another, dictionaries together; the numbers of the identity stay the first block's."""
    first = copies[0]
    name = "inputs" if "inputs" in first else "result"
    for other in copies[1:]:
        for key, value in other[name].items():
            if isinstance(value, list):
                first[name][key] += value
            elif isinstance(value, dict) and key == "left":
                first[name][key].update(value)
    return json.dumps(first, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
