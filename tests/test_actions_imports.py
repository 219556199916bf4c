"""Bringing in: October as its files say, sent again, changed, late, refused; and who may bring in what."""

from __future__ import annotations

import csv
import io

import acts
import pytest
from acts import OWN, act, refusal, trail
from counted import selects
from house import DATA, OCTOBER, STAFF, House

from ledger import jobs
from ledger.actions import imports
from ledger.actions.verify import verify
from ledger.core.imported import Kind
from ledger.records import people, production, sales
from ledger.records import stipends as runs
from ledger.records.audit import Audit
from ledger.records.stipends import LateRow

FILES = jobs.read_folder(DATA / "month-2026-10")
FILES = {name: data for name, data in FILES.items() if not name.startswith("laukiama")}


def cells(name: str) -> list[dict[str, str]]:
    """The rows of a file, as a spreadsheet would show them."""
    data = FILES[name]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1257")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    """The files with one text in place of another."""
    data = FILES[name]
    code = "utf-8" if data.startswith(b"\xef\xbb\xbf") else "cp1257"
    assert old.encode(code) in data
    return {name: data.replace(old.encode(code), new.encode(code), 1)}


def milli(text: str) -> int:
    """2,5 as 2500."""
    whole, _, part = text.partition(",")
    return int(whole) * 1000 + int((part + "000")[:3]) * (-1 if whole.startswith("-") else 1)


def test_attendance_is_as_the_file_says(house):
    with house.opened.read() as session:
        numbers = {one.id: one.person.number for one in people.participants(session, house.opened.vault, OWN)}
        rows = production.attendance_between(session, OWN, OCTOBER.first, OCTOBER.last)
        found = sorted((str(row.happened_on), numbers[row.participant_id], row.minutes, row.mark) for row in rows)
    assert found == sorted((one["Data"], one["Dalyvis"], milli(one["Valandos"]) * 60 // 1000 if one["Valandos"] else 0, one["Žyma"])
                           for one in cells("lankomumas.csv"))


def test_lots_are_as_the_file_says(house):
    with house.opened.read() as session:
        numbers = {one.id: one.person.number for one in people.participants(session, house.opened.vault, OWN)}
        codes = {row.id: row.code for row in production.products(session, OWN)}
        found = sorted((row.number, str(row.happened_on), codes[row.product_id], row.good, row.rejects,
                        numbers[maker.participant_id], maker.weight)
                       for row in production.all_lots(session, OWN) for maker in row.makers)
    assert found == sorted((one["Partija"], one["Data"], one["Gaminys"], milli(one["Geri"]), milli(one["Brokas"]),
                            one["Dalyvis"], milli(one["Dalis"])) for one in cells("gamyba.csv"))


def test_sale_lines_are_as_the_file_says(house):
    with house.opened.read() as session:
        codes = {row.id: row.code for row in production.products(session, OWN)}
        lines = sales.all_lines(session, OWN)
        own = {row.id: f"{row.document}/{row.number}" for row in lines}
        found = sorted((row.number, str(row.happened_on), row.document, row.channel, codes[row.product_id], row.quantity,
                        row.price_cents, row.discount, own.get(row.returns_id, "")) for row in lines)
    file = cells("pardavimai.csv")
    number, *_, back = file[0]
    assert found == sorted((one[number], one["Data"], one["Dokumentas"], one["Kanalas"], one["Gaminys"], milli(one["Kiekis"]),
                            milli(one["Kaina, €"]) // 10, milli(one["Nuolaida, %"] or "0"), one[back]) for one in file)


def test_every_row_has_its_audit_entry(house):
    entries = trail(house, "import")
    kinds = {kind: len([row for row in entries if row.subject == kind]) for kind in {row.subject for row in entries}}
    assert kinds == {"product": len(cells("gaminiai.csv")), "attendance": len(cells("lankomumas.csv")),
                     "lot": len({one["Partija"] for one in cells("gamyba.csv")}), "sale_line": len(cells("pardavimai.csv"))}
    assert len(trail(house, "keep_participant")) == len(cells("dalyviai.csv"))
    assert {(row.actor_role, row.request.startswith("cli-")) for row in entries} == {("accountant", True)}


def test_sent_again_nothing_changes(house):
    before = acts.books(house)
    reading = jobs.bring_in(house.tools, "buhalteris", FILES)
    assert {(count.new, count.changed) for count in reading.taken.values()} == {(0, 0)}
    assert acts.books(house) == before


@pytest.mark.parametrize(("name", "old", "new", "subject", "values"), [
    ("lankomumas.csv", "2026-10-22;D8;2,5;D", "2026-10-22;D8;3,5;D", "attendance", ("minutes", 150, 210)),
    ("pardavimai.csv", "SA-A5;4;6,15", "SA-A5;3;6,15", "sale_line", ("quantity", 4000, 3000)),
    ("gamyba.csv", "P42;2026-10-28;MU-01;12;0;D1;80", "P42;2026-10-28;MU-01;12;0;D1;90", "lot", ("makers", 80_000, 90_000))])
def test_a_change_is_listed_and_kept_with_what_it_was(house, name, old, new, subject, values):
    files = changed(name, old, new)
    reading = jobs.look_at(house.tools, "buhalteris", files)
    rows = [row for row in (*reading.attendance, *reading.lots, *reading.lines) if row.kind is Kind.CHANGED]
    assert [(row.old is not None, row.new is not None) for row in rows] == [(True, True)]
    jobs.bring_in(house.tools, "buhalteris", files)
    entry = trail(house, "import")[-1]
    field, was, now = values
    seen = [one[field]["D1"] if field == "makers" else one[field] for one in (entry.before, entry.after)]
    assert (entry.subject, *seen) == (subject, was, now)


def test_a_changed_participant_keeps_number_and_history(house):
    jobs.bring_in(house.tools, "buhalteris", changed("dalyviai.csv", "D3;Eglė;Šimkutė", "D3;Eglė;Šimkutė-Rė"))
    with house.opened.read() as session:
        named = people.participants(session, house.opened.vault, OWN)
    assert [one.name for one in named if one.person.number == "D3"] == ["Eglė Šimkutė-Rė"]
    assert len(named) == len(cells("dalyviai.csv"))


def test_the_bad_folder_gives_exactly_its_faults_and_nothing_is_kept(house):
    files = jobs.read_folder(DATA / "bad")
    before = acts.books(house)
    reading = jobs.look_at(house.tools, "buhalteris", files)
    listed = list(csv.reader(io.StringIO((DATA / "bad" / "laukiamos_klaidos.csv").read_text("utf-8-sig")), delimiter=";"))
    expected = [row[:4] for row in listed if row[3] not in ("rūšis", "accepted")]
    assert sorted([one.file, str(one.line), one.column, one.severity] for one in reading.faults) == sorted(expected)
    assert refusal(house, "buhalteris", imports.bring_in, files) == "import_refused"
    assert acts.books(house) == before


def test_one_refused_row_keeps_every_other_one_out(house):
    files = FILES | changed("lankomumas.csv", "2026-10-22;D8;2,5;D", "2026-10-22;D8;25;D")
    files |= changed("pardavimai.csv", "SA-A5;4;6,15", "SA-A5;3;6,15")
    assert refusal(house, "buhalteris", imports.bring_in, files) == "import_refused"


def test_nothing_to_bring_in_is_said(house):
    assert refusal(house, "buhalteris", imports.bring_in, {"kita.csv": b"a;b\n1;2\n"}) == "nothing_to_import"


@pytest.mark.parametrize(("name", "old", "new"), [
    ("lankomumas.csv", "2026-10-22;D8;2,5;D", "2026-10-22;D8;3,5;D"),
    ("gamyba.csv", "P42;2026-10-28;MU-01;12;0;D1;80", "P42;2026-10-28;MU-01;12;0;D1;90")])
def test_a_late_row_waits_with_its_reason_and_the_sealed_month_stays(approved, name, old, new):
    files = changed(name, old, new)
    assert refusal(approved, "buhalteris", imports.bring_in, files) == "import_refused"
    assert refusal(approved, "buhalteris", imports.bring_in, files, "  ") == "import_refused"
    before = acts.books(approved)
    act(approved, "buhalteris", imports.bring_in, files, "Rasta popieriuje.")
    after = acts.books(approved)
    assert {table for table in after if after[table] != before[table]} == {"late_row", "audit", "seal"}
    with approved.opened.read() as session:
        late = session.query(LateRow).one()
    assert (late.month, late.reason) == ("2026-10", "Rasta popieriuje.")
    assert late.kind == {"lankomumas.csv": "day", "gamyba.csv": "shares"}[name]
    assert [row.after["month"] for row in trail(approved, "late_row")] == ["2026-10"]


def test_a_new_lot_of_an_approved_month_is_booked_in_the_open_one(approved):
    header = "Partija;Data;Gaminys;Geri;Brokas;Dalyvis;Dalis\n"
    files = {"gamyba.csv": f"{header}P90;2026-10-29;KE-01;2;0;D1;1\n".encode()}
    reading = act(approved, "buhalteris", imports.bring_in, files, "Rasta.")
    with approved.opened.read() as session:
        booked = [row.booked_in for row in production.all_lots(session, OWN) if row.number == "P90"]
        waiting = session.query(LateRow).count()
    assert (booked, waiting, bool(reading.late)) == (["2026-11"], 0, False)


def test_before_the_books_everything_is_brought_in_at_once(house):
    with house.opened.read() as session:
        assert runs.approved_months(session, OWN) == frozenset()
        assert {row.booked_in for row in sales.all_lines(session, OWN)} == {"2026-10"}


@pytest.mark.parametrize("login", STAFF)
@pytest.mark.parametrize("name", sorted(FILES))
def test_each_role_brings_in_its_own_kinds_of_files(house, login, name):
    allowed = {
        "buhalteris": set(FILES), "meistras": {"gaminiai.csv", "lankomumas.csv", "gamyba.csv"}, "socialine": {"dalyviai.csv"},
        "vadovas": set()}
    said = refusal(house, login, imports.bring_in, {name: FILES[name]})
    assert said == ("" if name in allowed[login] else "hidden")


def test_who_brings_in_nothing_does_not_learn_what_a_file_would_do(house):
    assert refusal(house, "vadovas", imports.bring_in, {"kita.csv": b"a"}) == "hidden"


def test_progress_counts_the_rows(tmp_path):
    from house import build
    house: House = build(tmp_path, october=False)
    told: list[int] = []
    jobs.bring_in(house.tools, "buhalteris", FILES, told=told.append)
    assert sum(told) == sum(len(cells(name)) for name in FILES if name != "gamyba.csv") + len(
        {one["Partija"] for one in cells("gamyba.csv")})
    house.opened.close()


def shop(rows, day="2026-11-03"):
    """So many sales and as many days of attendance and lots, and a return of the first line."""
    heads = "Eil. Nr.;Data;Dokumentas;Kanalas;Gaminys;Kiekis;Kaina, €;Nuolaida, %;PVM, %;Grąžinta eil."
    sold = [f"{n};{day};K-{n % 7};parduotuvė;KE-01;1;8,05;0;0;" for n in range(1, rows + 1)]
    lots = [f"Q{n};{day};KE-01;1;0;D{n % 3 + 1};1" for n in range(rows)]
    return {name: "\n".join(lines).encode() for name, lines in {
        "pardavimai.csv": [heads, *sold, f"9999;{day};K-G;parduotuvė;KE-01;-1;8,05;0;0;K-1/1"],
        "gamyba.csv": ["Partija;Data;Gaminys;Geri;Brokas;Dalyvis;Dalis", *lots]}.items()}


def test_the_number_of_queries_does_not_grow_with_new_rows_nor_with_changed_ones(house):
    counts = []
    for rows in (3, 300):
        jobs.bring_in(house.tools, "buhalteris", shop(rows))
        with selects(house) as sent:
            jobs.bring_in(house.tools, "buhalteris", shop(rows + 3, "2026-11-02"))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 34


def test_what_came_in_bulk_is_sealed_and_verified(house):
    jobs.bring_in(house.tools, "buhalteris", shop(700))
    entries = [row for row in trail(house, "import") if row.subject in ("sale_line", "lot")][-1401:]
    assert len({row.ref for row in entries}) == 1401
    with house.opened.read() as session:
        assert not verify(session, house.opened.vault).troubles
        back = next(row for row in sales.all_lines(session, OWN) if row.document == "K-G")
        [line] = [row for row in sales.all_lines(session, OWN) if (row.document, row.number) == ("K-1", "1")]
        assert (back.returns_id, line.quantity) == (line.id, 1000)
    with house.opened.write() as session, pytest.raises(Exception, match="sealed"):
        session.query(Audit).filter(Audit.ref == entries[3].ref).delete()
