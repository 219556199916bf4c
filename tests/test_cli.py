"""The command: each verb, what it answers to people and to machines, and how it ends."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import acts
import pytest
from click.testing import CliRunner, Result
from house import DATA, STAFF, House

from ledger.cli import main
from ledger.records import guards

OCTOBER = str(DATA / "month-2026-10")
SCHEME = str(DATA / "scheme-2026-10.toml")
LINE = re.compile(r"\S.*[.»:)]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def say(folder: Path, *words: str, given: str = "", **settings: str) -> Result:
    """One call of the command; nothing but a refusal or a clean end may come out of it."""
    answer = CliRunner().invoke(main, list(words), input=given, env={"LEDGER_DATA_DIR": str(folder), **settings})
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    assert "Traceback" not in answer.output
    return answer


def of(house: House) -> Path:
    house.opened.close()
    return house.settings.data_dir


def test_from_an_empty_folder_to_paper(folder, tmp_path):
    steps = [
        ["init", "--demo"], ["import", OCTOBER, "--as", "buhalteris"], ["run", "2026-10", "--as", "buhalteris"],
        ["submit", "2026-10", "--as", "buhalteris"], ["approve", "2026-10", "--as", "vadovas", "--order", "V-87 2026-11-04"],
        ["documents", "2026-10", str(tmp_path / "out")], ["verify"]]
    assert [say(folder, *step).exit_code for step in steps] == [0] * len(steps)
    papers = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.pdf"))
    assert len(papers) == 25
    assert papers[0] == "lapeliai/SL-2026-0001-lapelis.pdf"
    found = json.loads(say(folder, "verify", "--json").stdout)
    assert {name: found[name] for name in ("runs", "statements", "papers", "ok", "troubles")} == {
        "runs": 1, "statements": 12, "papers": 25, "ok": True, "troubles": []}
    assert found["protected_tables"] == list(guards.SEALED)
    assert (folder / "master.key").stat().st_mode & 0o077 == 0


def test_init_asks_for_what_it_was_not_told(folder):
    words = "\n".join(["VšĮ Namai", "304050607", "Dirbtuvės", "ona", "Ona Onaitė", "ilgas-slaptazodis", "ilgas-slaptazodis"]) + "\n"
    assert say(folder, "init", "--books-from", "2026-09", given=words).exit_code == 0
    assert say(folder, "run", "2026-10", "--as", "ona").exit_code == 1  # a director calculates nothing
    again = say(folder, "init", given=words)
    assert again.exit_code == 1


def test_init_refuses_a_short_password_and_begins_nothing(folder):
    given = "trumpas\ntrumpas\n"
    words = ["init", "--name", "A", "--code", "1", "--workshop", "B", "--director", "ona", "--director-name", "Ona"]
    assert say(folder, *words, given=given).exit_code == 1
    assert say(folder, *words, given="ilgas-slaptazodis\nilgas-slaptazodis\n").exit_code == 0


def test_run_answers_with_exactly_these_keys(house):
    data = of(house)
    answer: dict[str, Any] = json.loads(say(data, "run", "2026-10", "--as", "buhalteris", "--json").stdout)
    assert set(answer) == {"month", "people"}
    assert answer["month"] == {
        "realised_net_cents": 197663, "deducted_cents": 55322, "carried_in_cents": 0, "from_reserve_cents": 0,
        "from_budget_cents": 20640, "stipends_cents": 117545, "withheld_cents": 0, "to_reserve_cents": 43576,
        "unassigned_cents": 1860, "carried_out_cents": 0}
    first = answer["people"][0]
    assert set(first) == {"participant", "lines", "total_cents"}
    assert (first["participant"], first["total_cents"]) == ("D1", 9617)
    assert {line["part"]: line["cents"] for line in first["lines"]} == {"days": 1560, "goods": 8057}
    assert {frozenset(line) for one in answer["people"] for line in one["lines"]} == {frozenset({"part", "cents"})}


def test_a_trial_by_a_file_keeps_nothing(house, tmp_path):
    before = acts.books(house)
    other = tmp_path / "other.toml"
    other.write_text(Path(SCHEME).read_text("utf-8").replace('"1.20"', '"2.40"').replace("2024-05-01", "2031-01-01"), "utf-8")
    answer = say(of(house), "run", "2026-10", "--as", "vadovas", "--scheme", str(other), "--json")
    assert json.loads(answer.stdout)["month"]["from_budget_cents"] == 2 * 20640
    assert acts.books(house) == before


def test_a_dry_run_keeps_nothing(folder):
    say(folder, "init", "--demo")
    answer = json.loads(say(folder, "import", OCTOBER, "--as", "buhalteris", "--dry-run", "--json").stdout)
    assert (answer["taken"], answer["imported"]) == ({}, False)
    assert {one["severity"] for one in answer["faults"]} == {"warning"}
    taken = json.loads(say(folder, "import", OCTOBER, "--as", "buhalteris", "--json").stdout)["taken"]
    assert {name: (one["new"], one["changed"], one["same"]) for name, one in taken.items()} == {
        "dalyviai": (12, 0, 0), "gaminiai": (9, 0, 0), "lankomumas": (247, 0, 0), "gamyba": (47, 0, 0), "pardavimai": (26, 0, 0)}


def test_a_refused_import_lists_every_fault_and_ends_with_1(house):
    before = acts.books(house)
    answer = say(of(house), "import", str(DATA / "bad"), "--as", "buhalteris", "--json")
    found = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert {frozenset(one) for one in found["faults"]} == {frozenset({"file", "line", "column", "code", "severity", "text"})}
    assert all(one["text"].strip() and one["text"] != one["code"] for one in found["faults"])
    assert (found["taken"], found["imported"]) == ({}, False)
    assert acts.books(house) == before


REFUSED = {
    "no such account": ("run", "2026-10", "--as", "niekas"),
    "not theirs to calculate": ("run", "2026-10", "--as", "meistras"),
    "not theirs to submit": ("submit", "2026-10", "--as", "vadovas"),
    "nothing to submit": ("submit", "2026-10", "--as", "buhalteris"),
    "nothing to approve": ("approve", "2026-10", "--as", "vadovas", "--order", "V-87"),
    "no order": ("approve", "2026-10", "--as", "vadovas", "--order", " "),
    "a month to come": ("run", "2027-01", "--as", "buhalteris"),
    "before the books": ("run", "2026-09", "--as", "buhalteris"),
    "no folder": ("import", "/nowhere", "--as", "buhalteris"),
    "not approved": ("documents", "2026-10", "out"),
    "not empty": ("declare-empty", "2026-10", "--as", "buhalteris"),
    "begun already": ("init", "--demo"),
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_one_sentence_and_1(house, words):
    before = acts.books(house)
    answer = say(of(house), *words)
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1
    assert LINE.match(answer.stderr)
    assert acts.books(house) == before


@pytest.mark.parametrize("words", [
    (), ("nothing",), ("run",), ("run", "2026-10"), ("run", "2026-13", "--as", "buhalteris"),
    ("run", "October", "--as", "x"),
    ("approve", "2026-10", "--as", "vadovas"), ("import", "--as", "x"),
    ("run", "2026-10", "--as", "x", "--scheme", "/nowhere.toml"),
    ("verify", "--nothing"), ("--language", "xx", "verify"), ("init", "--books-from", "x")])
def test_wrong_use_ends_with_2(folder, words):
    assert say(folder, *words).exit_code == 2


def test_a_wrong_scheme_lists_its_faults(house, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = "x"\n[[part]]\nkind = "gift"\n', "utf-8")
    answer = say(of(house), "run", "2026-10", "--as", "buhalteris", "--scheme", str(wrong))
    assert answer.exit_code == 1
    assert len(answer.stderr.strip().splitlines()) > 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"name = ", b""], ids=["not text", "not TOML", "empty"])
def test_a_scheme_that_cannot_be_read_is_refused(house, tmp_path, content):
    wrong = tmp_path / "wrong.toml"
    wrong.write_bytes(content)
    assert say(of(house), "run", "2026-10", "--as", "buhalteris", "--scheme", str(wrong)).exit_code == 1


@pytest.mark.parametrize(("name", "value"), [
    ("LEDGER_DATABASE_URL", "nonsense"), ("LEDGER_DATABASE_URL", "mysql://x/y"), ("LEDGER_DATABASE_URL", "sqlite://"),
    ("LEDGER_PORT", "eighty"), ("LEDGER_PORT", "0"), ("LEDGER_PORT", "65536"), ("LEDGER_SECRET_KEY", "short"),
    ("LEDGER_SECURE_COOKIES", "perhaps"), ("LEDGER_PROXIES", "-1"), ("LEDGER_DATABSE_URL", "sqlite:///x.db")])
def test_a_wrong_setting_is_a_sentence(folder, name, value):
    answer = say(folder, "verify", **{name: value})
    assert answer.exit_code == 1
    assert name in answer.stderr
    assert LINE.match(answer.stderr)


def test_books_that_were_not_made_are_a_sentence(folder):
    answer = say(folder, "verify")
    assert (answer.exit_code, "dirbtuve init" in answer.stderr) == (1, True)


def test_verify_names_what_was_changed_and_ends_with_1(approved):
    acts.drop_guards(approved)
    acts.raw(approved, "UPDATE sealed_person SET total_cents = total_cents + 1 WHERE id = 1")
    data = of(approved)
    answer = say(data, "verify")
    assert (answer.exit_code, "SK-2026-0001 (2026-10)" in answer.stdout) == (1, True)
    found = json.loads(say(data, "verify", "--json").stdout)
    assert not found["ok"]
    assert [one["code"] for one in found["troubles"]] == ["rows_changed", "people_differ"]
    assert found["troubles"][1]["where"] == "SK-2026-0001 (2026-10)"


def test_documents_of_a_month_without_papers_are_refused(approved, tmp_path):
    told = say(of(approved), "documents", "2026-10", str(tmp_path / "out"))
    assert told.exit_code == 1
    assert "dirbtuve papers 2026-10" in told.output


def test_papers_cut_short_are_made_by_their_own_verb(approved, tmp_path):
    assert say(of(approved), "papers", "2026-10", "--as", "vadovas").exit_code == 0
    assert say(of(approved), "documents", "2026-10", str(tmp_path / "out")).exit_code == 0


def test_the_order_has_its_own_day(house):
    house.submit()
    answer = say(of(house), "approve", "2026-10", "--as", "vadovas", "--order", "Nr. V-87, 2026-11-04")
    assert answer.exit_code == 0
    assert [(row[0], str(row[1])) for row in _orders(house)] == [("V-87", "2026-11-04")]


def _orders(house: House) -> list[Any]:
    with house.opened.books.connect() as connection:
        return list(connection.exec_driver_sql("SELECT order_number, order_date FROM sealed_run"))


def test_help_is_there_for_every_verb(folder):
    answer = say(folder, "--help")
    assert answer.exit_code == 0
    assert set(main.commands) >= {"init", "import", "run", "submit", "approve", "documents", "verify", "serve", "demo"}
    for verb in main.commands:
        assert say(folder, verb, "--help").exit_code == 0
        assert main.commands[verb].help


def test_answers_come_in_lithuanian_or_english(house):
    data = of(house)
    said = {language: say(data, "--language", language, "submit", "2026-10", "--as", "buhalteris").stderr
            for language in ("lt", "en")}
    assert len(set(said.values())) == 2


def test_the_accounts_of_the_demo_are_there(folder):
    say(folder, "init", "--demo")
    assert [say(folder, "run", "2026-10", "--as", login, "--scheme", SCHEME).exit_code for login in STAFF] == [0] * 4


STARTED = ["init", "--name", "A", "--code", "1", "--workshop", "B", "--director", "ona", "--director-name", "Ona"]


def test_the_sheet_with_the_master_key_is_there_when_init_stops_at_a_question(folder):
    assert say(folder, *STARTED, given="trumpas\ntrumpas\n").exit_code == 1
    assert len((folder / "master-key-to-print.txt").read_text(encoding="utf-8").splitlines()) > 3


def test_init_makes_no_second_master_key_for_books_that_have_one(folder):
    say(folder, *STARTED, given="ilgas-slaptazodis\nilgas-slaptazodis\n")
    (folder / "master.key").unlink()
    answer = say(folder, *STARTED, given="ilgas-slaptazodis\nilgas-slaptazodis\n")
    assert (answer.exit_code, (folder / "master.key").exists()) == (1, False)
    assert "master.key" in answer.stderr


@pytest.mark.parametrize("key", [b"abc\n", b"MFRGG===\n", b"A" * 52 + b"====\n"])
def test_another_master_key_is_refused_before_anything_is_opened(house, key):
    data = of(house)
    (data / "master.key").write_bytes(key)
    answer = say(data, "verify")
    assert (answer.exit_code, len(answer.stderr.splitlines())) == (1, 1)
    assert "master.key" in answer.stderr


def test_a_server_without_its_secret_key_says_so(house):
    data = of(house)
    (data / "secret.key").unlink()
    answer = say(data, "serve")
    assert (answer.exit_code, "secret.key" in answer.stderr) == (1, True)


def test_a_database_that_is_not_running_is_said_in_a_sentence(house):
    answer = say(of(house), "verify", LEDGER_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert (answer.exit_code, answer.stderr.startswith("Duomenų baze dabar naudotis negalima")) == (1, True)


def test_a_data_folder_that_is_a_file_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert say(tmp_path / "file", "init", "--demo").exit_code == 1


def test_what_a_guard_refuses_is_said_in_a_sentence(folder):
    assert say(folder, "--language", "en", "init", "--demo").exit_code == 0
    with sqlite3.connect(folder / "books.db") as books:
        books.execute("CREATE TRIGGER stop BEFORE INSERT ON lot BEGIN SELECT RAISE(ABORT, 'a guard'); END")
    books.close()
    answer = say(folder, "--language", "en", "import", OCTOBER, "--as", "buhalteris")
    assert (answer.exit_code, answer.stderr) == (
        1, "The database refused the change, and nothing of it was kept: a guard.\n")


def test_a_demo_over_other_books_says_what_to_do(folder):
    say(folder, *STARTED, given="ilgas-slaptazodis\nilgas-slaptazodis\n")
    answer = say(folder, "--language", "en", "demo", "--no-serve")
    assert (answer.exit_code, answer.stderr.startswith(f"{folder} holds other books")) == (1, True)
