"""The chains find every byte that somebody changed behind the program's back, and an end that was cut off."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from acts import act
from house import OCTOBER, House

from ledger.actions import journal as booking
from ledger.actions import months, payments
from ledger.actions.months import Counted
from ledger.actions.payments import Line, Plan
from ledger.actions.verify import Verified, verify
from ledger.core.journal import START, Account, Entry, Leg
from ledger.core.payments import Way
from ledger.core.periods import Month
from ledger.records import guards, journal, seals
from ledger.records.organisation import Scope
from ledger.records.said import salted

SCOPE = Scope(1, 1)


def looked(house: House, *heads: str) -> Verified:
    with house.opened.read() as session:
        return verify(session, house.opened.vault, heads=heads)


def unguarded(house: House) -> sqlite3.Connection:
    """The database from outside, its triggers dropped."""
    base = sqlite3.connect(str(house.settings.data_dir / "books.db"), isolation_level=None)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f"DROP TRIGGER {name}")
    return base


def cells(base: sqlite3.Connection) -> list[tuple[str, int, str, Any]]:
    """Every value of a protected row: table, rowid, column, value."""
    found = []
    for table in guards.SEALED:
        cursor = base.execute(f"SELECT rowid, * FROM {table}")
        names = [one[0] for one in cursor.description]
        found += [(table, row[0], name, value) for row in cursor for name, value in zip(names[1:], row[1:], strict=True)
                  if value not in (None, "", b"")]
    return found


def other(value: Any, chance: random.Random) -> Any:
    """The value with one byte of it changed."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    place = chance.randrange(len(value))
    if isinstance(value, bytes):
        return value[:place] + bytes([value[place] ^ (1 << chance.randrange(8))]) + value[place + 1:]
    fresh = chance.choice([one for one in "0123456789abcxyz.: \"" if one != value[place]])
    return value[:place] + fresh + value[place + 1:]


def try_bytes(house: House, count: int, seed: int) -> list[str]:
    """Change so many values, one after another; returns those that `verify` did not name."""
    chance, missed = random.Random(seed), []
    with closing(unguarded(house)) as base:
        there = cells(base)
        tables = sorted({cell[0] for cell in there})
        for number in range(count):
            table = tables[number % len(tables)]  # small tables as often as large ones
            table, row, column, value = chance.choice([cell for cell in there if cell[0] == table])
            fresh = other(value, chance)
            try:
                base.execute("PRAGMA ignore_check_constraints=ON")
                base.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (fresh, row))
            except sqlite3.IntegrityError:
                continue  # another row has this key: the database itself refuses
            moved = fresh if base.execute(f'SELECT "{column}" FROM {table} WHERE rowid = ?', (row,)).fetchone() is None else row
            if not looked(house).troubles:
                missed.append(f"{table}.{column}: {value!r} -> {fresh!r}"[:200])
            base.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (value, moved))
    return missed


def test_books_that_nobody_touched_are_in_order(printed: House) -> None:
    found = looked(printed)
    assert found.troubles == ()
    assert found.entries == 5
    assert found.links > 5


def test_a_changed_byte_of_any_protected_row_is_named(printed: House) -> None:
    assert try_bytes(printed, 40, 20261122) == []


@pytest.mark.hard
def test_a_thousand_changed_bytes_are_all_named(printed: House) -> None:
    assert try_bytes(printed, 1_000, 7) == []
    print("\n1,000 changed bytes, each named by verify")


@pytest.mark.parametrize(("table", "column", "names"), [
    ("paper", "made_at", "paper"), ("sealed_run", "approved_at", "run"), ("scheme", "approved_at", "scheme"),
    ("journal_entry", "happened_on", "journal")])
def test_a_row_that_cannot_be_read_any_more_is_named_and_stops_no_look(printed: House, table: str, column: str, names: str) -> None:
    with closing(unguarded(printed)) as base:
        base.execute(f"UPDATE {table} SET {column} = '20\"6' || substr({column}, 5) WHERE rowid = (SELECT min(rowid) FROM {table})")
    found = looked(printed).troubles
    assert any(names in one.where or names in one.code for one in found), found


@pytest.mark.parametrize("table", ["audit", "scheme", "paper", "journal_leg", "journal_entry", "seal"])
def test_a_row_that_was_taken_out_is_named(printed: House, table: str) -> None:
    with closing(unguarded(printed)) as base:
        base.execute(f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})")
    assert looked(printed).troubles


def test_a_row_that_was_slipped_in_is_named(printed: House) -> None:
    with closing(unguarded(printed)) as base:
        names = [row[1] for row in base.execute("PRAGMA table_info(audit)")]
        values = ", ".join({"id": "99999", "ref": "'slipped-in'"}.get(name, f'"{name}"') for name in names)
        base.execute(f"INSERT INTO audit SELECT {values} FROM audit WHERE id = 1")
    assert "rows_uncovered" in {one.code for one in looked(printed).troubles}


def test_an_end_that_was_cut_off_is_found_by_the_printed_head(printed: House) -> None:
    with printed.opened.read() as session:
        head = journal.head(session, SCOPE)
    paper = f"{head.sequence}:{head.hash}"
    assert looked(printed, paper).troubles == ()
    with closing(unguarded(printed)) as base:
        base.execute("DELETE FROM journal_leg WHERE sequence = ?", (head.sequence,))
        base.execute("DELETE FROM journal_entry WHERE sequence = ?", (head.sequence,))
    assert "head_missing" in {one.code for one in looked(printed, paper).troubles}


def closed(house: House) -> tuple[str, str]:
    """October closed with a difference explained; the heads that its sheet prints, of the journal and of the seals."""
    act(house, "buhalteris", months.start_closing, OCTOBER)
    sheet = act(house, "buhalteris", months.close, OCTOBER, Counted(5, 0, "Rasta centų."))
    return f"{sheet.journal_sequence}:{sheet.journal_hash}", f"{sheet.seal_sequence}:{sheet.seal_hash}"


def chained_anew(house: House, base: sqlite3.Connection) -> None:
    """Hash every link of the seals again over what the rows say now, as somebody would who knows how."""
    previous, made = START, []
    with house.opened.read() as session:
        for link in seals.links(session, 1):
            count, content = seals.digest(session, json.loads(link.rows))
            hashed = seals.link_hash(previous, {
                "organisation_id": 1, "sequence": link.sequence, "count": count, "content": content, "rows": link.rows,
                "app_version": link.app_version})
            made.append((content, previous, hashed, link.sequence))
            previous = hashed
    base.executemany("UPDATE seal SET content = ?, previous = ?, hash = ? WHERE sequence = ?", made)


def test_seals_that_were_chained_anew_are_found_by_the_closing_and_by_its_paper(approved: House) -> None:
    journal_head, seal_head = closed(approved)
    assert looked(approved, journal_head, seal_head).troubles == ()
    with closing(unguarded(approved)) as base:
        base.execute("UPDATE audit SET actor = 'nobody' WHERE action = 'approve'")
        chained_anew(approved, base)
        assert [(one.where, one.code) for one in looked(approved).troubles] == [("UZ-2026-0001", "head_missing")]
        base.execute("UPDATE closing SET seal_hash = (SELECT hash FROM seal WHERE sequence = seal_sequence)")
        chained_anew(approved, base)
    assert looked(approved).troubles == ()
    assert [one.where for one in looked(approved, journal_head, seal_head).troubles] == [seal_head]


def test_a_reason_that_was_rewritten_with_its_hash_is_named(approved: House) -> None:
    closed(approved)
    words = "Visai kita priežastis."
    with closing(unguarded(approved)) as base:
        ref, salt = base.execute("SELECT ref, salt FROM said").fetchone()
        base.execute("UPDATE said SET text = ?, sha256 = ?", (words, salted(salt, words)))
        assert [(one.where, one.code) for one in looked(approved).troubles] == [(f"said {ref}", "said_changed")]
        base.execute("DELETE FROM said")
    assert [(one.where, one.code) for one in looked(approved).troubles] == [(f"said {ref}", "said_changed")]


def test_a_row_of_an_organisation_that_there_is_not_is_named(approved: House) -> None:
    with closing(unguarded(approved)) as base:
        base.execute("PRAGMA foreign_keys=OFF")
        names = [row[1] for row in base.execute("PRAGMA table_info(audit)")]
        values = ", ".join({"id": "99999", "ref": "'slipped-in'", "organisation_id": "99"}.get(name, f'"{name}"') for name in names)
        base.execute(f"INSERT INTO audit SELECT {values} FROM audit WHERE id = 1")
    assert [(one.where, one.code) for one in looked(approved).troubles] == [("audit", "rows_uncovered")]


def test_a_number_that_is_none_is_named_and_stops_nothing(approved: House) -> None:
    with closing(unguarded(approved)) as base:
        base.execute("UPDATE sealed_person SET statement_number = 'SL-2026-000x' WHERE statement_number = 'SL-2026-0001'")
    assert {"number_gap", "rows_changed"} <= {one.code for one in looked(approved).troubles}


def test_balances_are_those_of_the_run(approved: House) -> None:
    with approved.opened.read() as session:
        found = journal.balances(session, SCOPE)
        assert sum(found.values()) == 0
        assert sum(cents for (account, _person, _), cents in found.items() if account is Account.PAYABLE) == -117_545
        assert journal.balance(session, SCOPE, Account.BUDGET) == 20_640
        assert journal.balance(session, SCOPE, Account.SALES) == -journal.balance(session, SCOPE, Account.POOL)


def test_another_organisation_sees_no_journal(approved: House) -> None:
    with approved.opened.read() as session:
        assert journal.balances(session, Scope(2, 1)) == {}
        assert journal.head(session, Scope(2, 1)).sequence == 0


def test_a_transaction_that_is_given_up_leaves_no_seal(approved: House) -> None:
    with approved.opened.write() as session:
        before = seals.head(session, 1)
        doing = approved.doing(session, "buhalteris")
        doing.note("look", "run", "x")
        session.flush()
        session.rollback()
        session.commit()
        assert seals.head(session, 1) == before


def test_an_entry_that_comes_from_nothing_is_named(approved: House) -> None:
    legs = (Leg(Account.BANK, 500), Leg(Account.RECEIVABLES, -500, detail="mugė"))
    act(approved, "buhalteris", booking.post,
        Entry("receipt", date(2026, 11, 3), Month(2026, 11), "bank_posting", "nowhere", legs))
    assert [(one.where, one.code) for one in looked(approved).troubles] == [("journal 6", "entry_from_nowhere")]


def test_a_payment_that_the_journal_does_not_know_is_named(approved: House) -> None:
    plan = Plan(Way.BANK, date(2026, 11, 21), (Line(approved.ref("D1"), 1000),), account="LT601010012345678901")
    batch = act(approved, "buhalteris", payments.make_batch, plan)
    with approved.opened.read() as session:
        [paid] = payments.rows.payments_of_batch(session, SCOPE, batch.ref)
    with closing(unguarded(approved)) as base:
        base.execute("UPDATE payment_event SET state = 'sent' WHERE payment_ref = ?", (paid.row.ref,))
    assert "not_booked" in {one.code for one in looked(approved).troubles}


def test_rows_in_bulk_are_hashed_as_rows_one_by_one(approved):
    with approved.opened.read() as session:
        for table in sorted(seals.COVERED):
            assert (seals.digest(session, [[table, "organisation_id", 1]]) == seals.digest(session, [[table, [[1, 10**9]]]])), table
