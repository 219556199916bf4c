"""The journal for programs of others: Beancount and hledger show the product's balances; CSV and XLSX add up to them."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from acts import NOVEMBER, OWN, act, refusal
from click.testing import CliRunner
from house import OCTOBER, House
from hypothesis import given
from hypothesis import strategies as st

from ledger import i18n
from ledger.actions import account_codes, exports, months
from ledger.actions import journal as booking
from ledger.cli import main
from ledger.core import plain_text_accounting as plain
from ledger.core.journal import Account, Entry, Leg
from ledger.core.periods import Month
from ledger.core.plain_text_accounting import Ledger, Posted
from ledger.documents.postings import ACCOUNTS
from ledger.records import journal, people, postings
from ledger.records import months as records

ACC = "buhalteris"
BEAN = Path(sys.executable).with_name("bean-check")
HLEDGER = shutil.which("hledger")
with_beancount = pytest.mark.skipif(not BEAN.exists(), reason="bean-check is not installed (pip install beancount)")
with_hledger = pytest.mark.skipif(not HLEDGER, reason="hledger is not installed (Debian package hledger)")
ODD = "Mugė; „=1+1“ | \"x\" \\ :, Δ½ (a)\n-b"


@pytest.fixture
def booked(approved: House) -> House:
    """October approved, with money in two months: odd names, negative sums, what happened in October and is booked in November."""
    act(approved, ACC, months.open_books, 12050, 300000, 50000)
    person = next(iter(people_numbers(approved)))
    for entry in (
            Entry("advance", date(2026, 10, 20), OCTOBER, "advance", "a", (
                Leg(Account.ADVANCES, 1005, person=person), Leg(Account.CASH, -1005))),
            Entry("receipt", date(2026, 10, 30), NOVEMBER, "receipt", "b", (
                Leg(Account.BANK, 777), Leg(Account.RECEIVABLES, -777, detail=ODD))),
            Entry("receipt", date(2026, 11, 20), NOVEMBER, "receipt", "c", (
                Leg(Account.BANK, 1), Leg(Account.RECEIVABLES, -3, detail="mugė"), Leg(Account.RECEIVABLES, 2, detail="Mugė")))):
        act(approved, ACC, booking.post, entry)
    return approved


def people_numbers(house: House) -> dict[str, str]:
    with house.opened.read() as session:
        return people.numbers(session, OWN)


def exported(house: House, kind: str, first: Month = OCTOBER, last: Month = NOVEMBER) -> bytes:
    with house.opened.read() as session, i18n.use("lt"):
        return exports.file_of(house.doing(session, ACC), first, last, kind)[1]


def balances(house: House, last: Month) -> dict[str, int]:
    """The product's balances of everything booked to the end of a month, by the name of the account in the files."""
    numbers = people_numbers(house)
    with house.opened.read() as session:
        keys = [(account, numbers.get(person, ""), detail) for account, person, detail in postings.keys_in_order(session, OWN)]
        found = (journal.balances(session, OWN) if last >= NOVEMBER
                 else postings.booked_before(session, OWN, last.plus(1)))
    names = plain.account_names(keys)
    return {names[account, numbers.get(person, ""), detail]: cents for (account, person, detail), cents in found.items()}


def run(*command: str | Path) -> str:
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


MONTHS = [(OCTOBER, NOVEMBER), (OCTOBER, OCTOBER), (NOVEMBER, NOVEMBER), (Month(2026, 12), Month(2026, 12))]
which = pytest.mark.parametrize(("first", "last"), MONTHS, ids=lambda month: str(month))


@with_beancount
@which
def test_beancount_takes_the_file_and_shows_the_same_balances(booked, tmp_path, first, last):
    file = tmp_path / "a.beancount"
    file.write_bytes(exported(booked, "beancount", first, last))
    assert run(BEAN, file) == ""
    script = ("import sys; from beancount import loader; from beancount.core import realization\n"
              "entries, errors, _ = loader.load_file(sys.argv[1]); assert not errors, errors\n"
              "for account in realization.iter_children(realization.realize(entries)):\n"
              "    for position in account.balance: print(account.account, position.units.number, position.units.currency)")
    shown = [line.split(" ") for line in run(sys.executable, "-W", "ignore", "-c", script, file).splitlines()]
    assert {unit for _name, _sum, unit in shown} == {"EUR"}
    assert {name: cents_of(text) for name, text, _unit in shown} == balances(booked, last)


@with_hledger
@which
def test_hledger_takes_the_file_strictly_and_shows_the_same_balances(booked, tmp_path, first, last):
    file = tmp_path / "a.journal"
    file.write_bytes(exported(booked, "hledger", first, last))
    run("hledger", "-f", file, "check", "--strict")
    table = list(csv.reader(io.StringIO(run("hledger", "-f", file, "balance", "--flat", "-O", "csv"))))
    shown = {name: cents_of(text.removesuffix(" EUR")) for name, text in table[1:] if name != "total"}
    assert shown == balances(booked, last)


def cents_of(text: str) -> int:
    found = re.fullmatch(r"(-?)(\d+)(?:\.(\d{1,2}))?", text)
    assert found, text
    cents = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -cents if found[1] else cents


def test_the_assertions_at_the_end_are_the_products_balances(booked):
    text = exported(booked, "beancount").decode()
    found = {name: cents_of(cents) for name, cents in re.findall(r"^2026-12-01 balance (\S+)  (\S+) EUR$", text, re.MULTILINE)}
    assert {name: cents for name, cents in found.items() if cents} == balances(booked, NOVEMBER)


NASTY = [
    "", "a", "A", "a b", "a-b", "a  b", "=1", "\"", "\\", "\\\"", ";", "|", ":", "a:b", "a::b", "(x)", "[x]", "* x", "! x", "\r\nx",
    "\n1999-01-01 * x", "\u2028x", "\x00", "\ud800", "€", "ß", "ǆ", "½", "Ⅷ", "٣", "中", "e\u0301", "\u0301", "\u202e", "🙂",
    "\x85x", "@x", "#x", "^x", "{x}", "2026-01-01", "x" * 300, "include \"/etc/passwd\"", "tag:", "key: value,", "X", "x-2", "A-2"]


@with_hledger
@with_beancount
def test_nothing_that_was_written_breaks_a_file(tmp_path):
    keys = tuple((Account.RECEIVABLES, person, detail) for person, detail in zip(NASTY, reversed(NASTY), strict=True))
    cash = (Account.CASH, "", "")
    entries = tuple(Posted(place, date(2026, 10, 5), text, text, ((key, place), (cash, -place)))
                    for place, (text, key) in enumerate(zip(NASTY, keys, strict=True), 1))
    ledger = Ledger("".join(NASTY), (*keys, cash), entries, date(2026, 10, 31), {"cash": "27.2", "receivables": "".join(NASTY)})
    (tmp_path / "a.beancount").write_text(plain.beancount(ledger), encoding="utf-8")
    (tmp_path / "a.journal").write_text(plain.hledger(ledger), encoding="utf-8")
    run(BEAN, tmp_path / "a.beancount")
    run("hledger", "-f", tmp_path / "a.journal", "check", "--strict")


@given(st.lists(st.tuples(st.sampled_from(Account), st.text(max_size=9), st.text(max_size=9)), unique=True))
def test_every_account_has_a_name_of_its_own_that_both_programs_take(keys):
    names = plain.account_names(keys)
    assert len(set(names.values())) == len(keys)
    for name in names.values():
        assert all(re.fullmatch(r"[^\W_][\w-]*", part) and "_" not in part for part in name.split(":"))
        assert all(part[0] == part[0].upper() for part in name.split(":"))


def test_a_name_keeps_its_number_when_another_like_it_comes_later():
    first = [(Account.RECEIVABLES, "", "mugė"), (Account.RECEIVABLES, "", "Mugė")]
    names = plain.account_names(first)
    assert list(names.values()) == ["Assets:Receivables:Mugė", "Assets:Receivables:Mugė-2"]
    assert plain.account_names([*first, (Account.RECEIVABLES, "", "mugė!")]) == names | {
        (Account.RECEIVABLES, "", "mugė!"): "Assets:Receivables:Mugė-3"}


@pytest.mark.parametrize(("text", "part"), [
    ("mugė", "Mugė"), ("D1", "D1"), ("1", "1"), ("Kavinė „Ąžuolas“", "Kavinė-Ąžuolas"), ("=1+1", "1-1"), ("ß", "Xß"), ("…", "X"),
    ("a:b", "A-b")])
def test_a_part_of_a_name(text, part):
    assert plain.component(text) == part


# ---------- postings ----------


def rows_of(house: House, **span: Month) -> list[dict[str, str]]:
    text = exported(house, "csv", **span).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_list_has_a_line_for_every_leg_and_adds_up_to_the_balances(booked):
    act(booked, ACC, account_codes.set_codes, {"cash": "272", "payable": "4481"})
    rows = rows_of(booked)
    assert list(rows[0]) == ["Įrašas", "Diena", "Mėnuo", "Dokumentas", "Sąskaitos kodas", "Sąskaita", "Papildomai", "Debetas, €",
                             "Kreditas, €", "Paslaugų gavėjo Nr.", "Tekstas"]
    with booked.opened.read() as session:
        legs = journal.legs_of(session, OWN, range(1, 1000))
        held = journal.balances(session, OWN)
    assert len(rows) == sum(map(len, legs.values()))
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        sums[row["Sąskaita"]] += side(row["Debetas, €"]) - side(row["Kreditas, €"])
    with i18n.use("lt"):
        wanted: defaultdict[str, int] = defaultdict(int)
        for (account, _person, _detail), cents in held.items():
            wanted[i18n.gettext(ACCOUNTS[account])] += cents
    assert {name: cents for name, cents in sums.items() if cents} == {name: cents for name, cents in wanted.items() if cents}
    assert {row["Sąskaitos kodas"] for row in rows if row["Sąskaita"] == "Kasa"} == {"272"}
    assert {row["Sąskaitos kodas"] for row in rows if row["Sąskaita"] == "Bankas"} == {""}


def side(text: str) -> int:
    return int(text.replace(",", "")) if text else 0


def test_people_stand_in_it_by_number_only(booked):
    with booked.opened.read() as session:
        named = people.participants(session, booked.opened.vault, OWN)
    for kind in ("csv", "beancount", "hledger"):
        text = exported(booked, kind).decode()
        assert all(one.identity.last not in text and one.person.ref not in text for one in named)
    assert {row["Paslaugų gavėjo Nr."] for row in rows_of(booked)} >= {one.person.number for one in named}


def test_the_lines_name_their_documents_and_months(booked):
    rows = rows_of(booked)
    assert {row["Dokumentas"] for row in rows if row["Tekstas"] == "Mėnesio stipendijos"} == {"SK-2026-0001"}
    assert {row["Mėnuo"] for row in rows if row["Diena"] == "2026-10-30" and row["Papildomai"]} >= {"2026-11"}
    assert rows_of(booked, first=Month(2026, 12), last=Month(2026, 12)) == []


def test_no_cell_runs_in_a_spreadsheet(approved):
    for place, detail in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|x", "mugė")):
        act(approved, ACC, booking.post, Entry("receipt", date(2026, 11, 1), NOVEMBER, "receipt", str(place), (
            Leg(Account.CASH, 5), Leg(Account.RECEIVABLES, -5, detail=detail))))
    cells = {row["Papildomai"] for row in rows_of(approved, first=NOVEMBER, last=NOVEMBER)}
    assert cells == {"", "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'|x", "mugė"}
    with zipfile.ZipFile(io.BytesIO(exported(approved, "xlsx", NOVEMBER, NOVEMBER))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_the_sheet_of_a_spreadsheet_has_the_same_lines(booked):
    with zipfile.ZipFile(io.BytesIO(exported(booked, "xlsx"))) as book:
        assert book.read("xl/worksheets/sheet1.xml").decode().count("<row ") == len(rows_of(booked)) + 1


# ---------- codes ----------


@pytest.mark.parametrize("code", ["=1", "-1", "@x", "2 7", "x" * 21, "a;b"])
def test_a_code_that_is_no_code_is_refused(approved, code):
    assert refusal(approved, ACC, account_codes.set_codes, {"cash": code}) == "account_code_form"


def test_codes_are_set_changed_and_taken_out_by_the_accountant(approved):
    assert refusal(approved, "vadovas", account_codes.set_codes, {"cash": "272"}) == "hidden"
    assert act(approved, ACC, account_codes.set_codes, {"cash": "272", "bank": "271/1", "vat": ""}) == 2
    assert act(approved, ACC, account_codes.set_codes, {"cash": "272", "bank": ""}) == 1
    with approved.opened.read() as session:
        assert {name: code for name, code in records.codes(session, OWN).items() if code} == {"cash": "272"}


# ---------- the command ----------


@pytest.mark.parametrize("kind", sorted(exports.FORMATS))
def test_the_command_writes_the_file(booked, tmp_path, kind):
    file = tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATA_DIR", str(booked.settings.data_dir))
        done = CliRunner().invoke(main, ["export", "2026-10", str(file), "--to", "2026-11", "--format", kind, "--as", ACC])
    assert (done.exit_code, done.output) == (0, f"Žurnalas įrašytas į {file}.\n")
    if kind != "xlsx":  # it holds the minute in which it was made
        assert file.read_bytes() == exported(booked, kind)


@pytest.mark.parametrize(("arguments", "code"), [
    (["2026-11", "x", "--to", "2026-10", "--format", "csv", "--as", ACC], 1),
    (["2026-10", "x", "--format", "csv", "--as", "meistras"], 1), (["2026-10", "x", "--format", "pdf", "--as", ACC], 2)])
def test_the_command_refuses_what_cannot_be(booked, tmp_path, arguments, code):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATA_DIR", str(booked.settings.data_dir))
        patch.chdir(tmp_path)
        assert CliRunner().invoke(main, ["export", *arguments]).exit_code == code
    assert list(tmp_path.glob("x")) == []


def test_a_file_of_nothing_begins_and_ends_on_the_day_asked_for():
    ledger = Ledger("t", (), (), date(2026, 10, 31) + timedelta(days=1), {})
    assert ledger.began == ledger.asserted == date(2026, 11, 1)
