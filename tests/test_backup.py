"""Backups: written while others write, read back, whole or not at all; brought back by two people, and never a worse one unseen."""

from __future__ import annotations

import json
import re
import resource
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import acts
import house as houses
import postgres
import pytest
from click.testing import CliRunner
from house import DEMO_PASSWORD, House
from sqlalchemy import select, text

from ledger import backups, jobs, settings
from ledger.actions import organisation as accounts
from ledger.actions import people, verify
from ledger.backups import Asked, Brought
from ledger.cli import main
from ledger.core.access import Role
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.records import container
from ledger.records.opened import open_books
from ledger.records.people import Identity
from ledger.records.replacing import FilePlace
from ledger.records.restores import Restored, SkippedNumber
from ledger.records.watch import LoginSession
from ledger.settings import Settings

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
KEY = "a key of thirty characters, at least"
WHY = "Bandymas grįžti"
TWO = Asked("buhalteris", "vadovas", DEMO_PASSWORD)
WRITTEN_BY_RESTORING = {"restored", "skipped_number", "seal", "audit", "said", "number_series"}


def made(house: House, key: str = "") -> Path:
    """A backup of a workshop as it stands."""
    return backups.backup(replace(house.settings, backup_key=key), house.settings.data_dir.parent / "kopija", AT).file


def refused(settings: Settings, file: Path, asked: Asked = TWO) -> str:
    """The code with which bringing back is refused; nothing of it may be left."""
    files = {path: path.stat().st_size for path in settings.data_dir.parent.rglob("*") if "-shm" not in path.name}
    with pytest.raises((Refused, Hidden)) as told:
        backups.restore(settings, file, asked, AT)
    left = {path for path in settings.data_dir.parent.rglob("*") if "-" not in path.name} - set(files)
    assert left <= {settings.data_dir}, "something was left behind"
    return told.value.code if isinstance(told.value, Refused) else "hidden"


def back(house: House, file: Path, asked: Asked = TWO, key: str = "") -> Brought:
    """Bring a backup back over a workshop, with its server stopped."""
    house.opened.close()
    return backups.restore(replace(house.settings, backup_key=key), file, asked, AT)


@contextmanager
def elsewhere(house: House, folder: Path, *, master: bool = True) -> Iterator[Settings]:
    """An empty place on another machine, with the same kind of database."""
    with ExitStack() as stack:
        given = {"LEDGER_DATA_DIR": str(folder)}
        if house.settings.database_url.startswith("postgresql"):
            given["LEDGER_DATABASE_URL"] = stack.enter_context(postgres.database())
        if master:
            folder.mkdir()
            (folder / "master.key").write_bytes(house.settings.master_key_file.read_bytes())
        yield settings.load(given)


@contextmanager
def opened(chosen: Settings) -> Iterator[House]:
    """A workshop over books that were brought back."""
    own = House(chosen, open_books(chosen), {})
    try:
        yield own
    finally:
        own.opened.close()


def troubles(house: House) -> tuple[Any, ...]:
    with house.opened.read() as session:
        return verify.verify(session, house.opened.vault).troubles


def told(house: House, kind: Any) -> list[Any]:
    with house.opened.read() as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def add_person(house: House, number: str = "D20") -> None:
    profile = people.Profile(number, Identity("Ona", "Onaitė", "1990-01-01"), date(2026, 11, 2), None)
    acts.act(house, "socialine", people.keep_participant, profile)


@pytest.mark.parametrize("key", ["", KEY])
def test_books_come_back_whole_in_an_empty_place(printed: House, tmp_path: Path, key: str) -> None:
    before = acts.books(printed)
    file = made(printed, key)
    with elsewhere(printed, tmp_path / "new", master=not key) as chosen:
        done = backups.restore(replace(chosen, backup_key=key), file, TWO, AT)
        assert list(chosen.data_dir.glob("books.db-*")) == [], "somebody still has the books open"
        with opened(chosen) as other:
            after = acts.books(other)
            assert {name for name, rows in after.items() if rows != before[name]} <= WRITTEN_BY_RESTORING
            assert (done.aside, done.skipped, done.troubles, troubles(other)) == ("", (), 0, ())
            assert [one.second for one in told(other, Restored)] == [other.doing(other.opened.read(), "vadovas").who.account]
            acts.lot(other, "ZV-01", date(2026, 11, 4), 3, "D1")
            assert acts.pay(other, acts.NOVEMBER).number == "SK-2026-0002"


def test_a_backup_is_of_one_moment_while_the_server_writes(approved: House, tmp_path: Path) -> None:
    stop, count = Event(), 0

    def write() -> None:
        while not stop.is_set():
            acts.act(approved, "buhalteris", lambda doing: doing.note("try", "try", "x"))

    writer = Thread(target=write)
    writer.start()
    try:
        for count in range(3):
            file = backups.backup(approved.settings, tmp_path / f"kopija{count}", AT).file
    finally:
        stop.set()
        writer.join()
    with elsewhere(approved, tmp_path / "new") as chosen:
        backups.restore(chosen, file, TWO, AT)
        with opened(chosen) as other:
            assert troubles(other) == ()


def test_a_plain_backup_is_open_data_without_the_master_key(approved: House) -> None:
    file = made(approved)
    with tarfile.open(file) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type] # it is there
    assert "master.key" not in names
    assert names[0] == "manifest.json"
    assert manifest["books"]["rows"]["sealed_run"] == 1
    assert {"books.db", "watch.db"} <= set(names) or {"books/sealed_run.jsonl", "watch.db"} <= set(names)
    assert file.stat().st_mode & 0o077 == 0


def test_an_encrypted_backup_shows_nothing_and_holds_the_master_key(approved: House, tmp_path: Path) -> None:
    file = made(approved, KEY)
    raw = file.read_bytes()
    assert raw.startswith(b"DIRBTUVE BACKUP\n")
    assert not any(word in raw for word in (b"manifest", b"sealed_run", b"SQLite", b"\x1f\x8b\x08"))
    container.unpack(file, KEY, tmp_path / "in")
    assert (tmp_path / "in/master.key").read_bytes() == approved.settings.master_key_file.read_bytes()


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("key", ["", KEY])
def test_a_byte_changed_or_an_end_cut_off_is_noticed(tmp_path: Path, key: str) -> None:
    member, file = tmp_path / "books.db", tmp_path / "kopija"
    member.write_bytes(bytes(range(256)) * 9000)
    container.write(file, {"a": 1}, {"books.db": member, "watch.db": member}, key)
    whole = file.read_bytes()
    assert container.unpack(file, key, None)["a"] == 1
    for place in {*range(0, len(whole), len(whole) // 40), len(whole) - 1}:
        changed = bytearray(whole)
        changed[place] ^= 16
        file.write_bytes(changed)
        try:
            again = container.unpack(file, key, tmp_path / "in")
        except Refused:
            continue
        assert not key, f"byte {place} of {len(whole)}"
        assert again["a"] == 1, "a bit of gzip that means nothing"
        assert (tmp_path / "in/books.db").read_bytes() == member.read_bytes()
    for length in (0, 5, 30, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(Refused):
            container.unpack(file, key, None)


@pytest.mark.only("sqlite")
def test_chunks_cannot_change_places_or_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "CHUNK", 4096)
    member, file = tmp_path / "books.db", tmp_path / "kopija"
    member.write_bytes(Path(container.__file__).read_bytes() * 20)
    container.write(file, {}, {"books.db": member}, KEY)
    whole, size = file.read_bytes(), 4096 + 16
    head, chunks = whole[:container.HEADER], [whole[at:at + size] for at in range(container.HEADER, len(whole), size)]
    assert len(chunks) > 1
    for wrong in ([chunks[1], chunks[0], *chunks[2:]], chunks[1:], chunks[:-1], [*chunks, chunks[-1]]):
        file.write_bytes(head + b"".join(wrong))
        with pytest.raises(Refused, match="backup_damaged"):
            container.unpack(file, KEY, None)


@pytest.mark.only("sqlite")
def test_a_member_goes_nowhere_but_its_place(tmp_path: Path) -> None:
    member, file = tmp_path / "x", tmp_path / "kopija"
    member.write_bytes(b"x")
    for name in ("../books.db", "/etc/x", "books/../../x.jsonl", "other.txt"):
        file.unlink(missing_ok=True)
        container.write(file, {}, {name: member}, "")
        with pytest.raises(Refused, match="backup_damaged"):
            container.unpack(file, "", tmp_path / "in")
    assert {path.name for path in tmp_path.iterdir()} == {"x", "kopija"}


def test_what_is_no_backup_or_has_another_key_changes_nothing(approved: House, tmp_path: Path) -> None:
    approved.opened.close()
    file, words = made(approved, KEY), tmp_path / "words"
    words.write_text("Labas")
    other = replace(approved.settings, backup_key="another key of thirty characters.")
    assert refused(approved.settings, words) == "backup_unknown"
    assert refused(approved.settings, file) == "backup_key_missing"
    assert refused(other, file) == "backup_key_wrong"


def test_a_backup_without_the_master_key_asks_for_it(approved: House, tmp_path: Path) -> None:
    file = made(approved)
    with elsewhere(approved, tmp_path / "new", master=False) as chosen:
        assert refused(chosen, file) == "restore_no_key"
        chosen.master_key_file.write_text("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====\n")
        assert refused(chosen, file) == "restore_other_key"


def test_books_that_know_more_are_replaced_only_when_told(approved: House) -> None:
    file = made(approved)
    acts.lot(approved, "ZV-01", date(2026, 11, 4), 3, "D1")
    paid = acts.pay(approved, acts.NOVEMBER)
    before = acts.books(approved)
    approved.opened.close()
    assert refused(approved.settings, file) == "restore_fewer_entries"
    assert acts.books(approved) == before
    done = back(approved, file, replace(TWO, reason=WHY))
    assert paid.number == "SK-2026-0002"
    assert {(kind, first, last) for kind, _year, first, last in done.skipped} >= {("SK", 2, 2), ("SL", 13, 23), ("MZ", 2, 2)}
    with opened(approved.settings) as own:
        assert troubles(own) == ()
        assert len(told(own, SkippedNumber)) == len(done.skipped)
        acts.lot(own, "ZV-01", date(2026, 11, 4), 3, "D1")
        assert acts.pay(own, acts.NOVEMBER).number == "SK-2026-0003"
        assert troubles(own) == ()
        entry, = acts.trail(own, "restore")
        assert "SK-2026: 2–2" in entry.after["skipped"]
        row, = told(own, Restored)
        assert row.replaced_sequence > row.backup_sequence
        assert WHY not in str(entry.after)
        with own.opened.read() as session:
            assert session.scalar(text("SELECT text FROM said WHERE ref = :ref"), {"ref": row.said_ref}) == WHY


def test_the_books_that_stood_there_are_set_aside_whole(approved: House) -> None:
    file = made(approved)
    add_person(approved)
    rows = acts.books(approved)["participant"]
    done = back(approved, file, replace(TWO, reason=WHY))
    if approved.settings.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(done.aside)) as aside:
            assert len(aside.execute("SELECT * FROM participant").fetchall()) == len(rows)
    else:
        schema = done.aside.split(", ")[1]
        with approved.opened.books.connect() as connection:
            assert len(connection.execute(text(f"SELECT * FROM {schema}.participant")).all()) == len(rows)
    with opened(approved.settings) as own:
        assert len(acts.books(own)["participant"]) == len(rows) - 1


def test_a_number_that_was_not_skipped_would_be_missed(approved: House) -> None:
    acts.raw(approved, "UPDATE number_series SET last = 2 WHERE kind = 'SK'")
    acts.lot(approved, "ZV-01", date(2026, 11, 4), 3, "D1")
    acts.pay(approved, acts.NOVEMBER)
    assert [one.code for one in troubles(approved)] == ["number_gap"]


def test_numbers_on_paper_are_typed_in_where_the_books_are_gone(approved: House, tmp_path: Path) -> None:
    file = made(approved)
    with elsewhere(approved, tmp_path / "new") as chosen:
        assert refused(chosen, file, replace(TWO, issued=("SL 15",))) == "issued_unreadable"
        done = backups.restore(chosen, file, replace(TWO, issued=("SL=15", "SK-2026-0001", "PT-2025-0003")), AT)
        assert done.skipped == (("PT", 2025, 1, 3), ("SL", 2026, 13, 15))
        with opened(chosen) as own:
            acts.lot(own, "ZV-01", date(2026, 11, 4), 3, "D1")
            acts.pay(own, acts.NOVEMBER)
            numbers = [number for number, in own.opened.read().execute(text("SELECT statement_number FROM sealed_person"))]
            assert sorted(numbers)[12] == "SL-2026-0016"
            assert troubles(own) == ()


def test_the_same_books_come_back_without_a_reason(approved: House) -> None:
    assert back(approved, made(approved)).skipped == ()


def test_books_that_went_another_way_are_noticed(approved: House) -> None:
    file = made(approved)
    acts.act(approved, "buhalteris", lambda doing: doing.note("one", "way", "x"))
    newer = approved.settings.data_dir.parent / "kita"
    backups.backup(approved.settings, newer, AT)
    back(approved, file, replace(TWO, reason=WHY))
    assert refused(approved.settings, newer) == "restore_other_chain"


def test_another_providers_backup_is_not_taken_even_when_told(approved: House, tmp_path: Path) -> None:
    file = made(approved)
    other = houses.build(tmp_path / "other", october=False)
    other.opened.close()
    assert refused(other.settings, file, replace(TWO, reason=WHY)) == "restore_other_provider"


def test_a_backup_of_a_newer_program_is_not_taken(approved: House) -> None:
    acts.raw(approved, "UPDATE alembic_version SET version_num = '9999'")
    file = made(approved)
    acts.raw(approved, "UPDATE alembic_version SET version_num = '0009'")
    approved.opened.close()
    assert refused(approved.settings, file) == "backup_newer"


@pytest.mark.parametrize(("asked", "code"), [
    (Asked("vadovas", "vadovas", DEMO_PASSWORD), "restore_alone"),
    (Asked("buhalteris", "vadovas", "ne tas slaptažodis"), "restore_password"),
    (Asked("vadovas", "buhalteris", DEMO_PASSWORD), "hidden"),
    (Asked("meistras", "vadovas", DEMO_PASSWORD), "hidden"),
    (Asked("nieko", "vadovas", DEMO_PASSWORD), "no_account")])
def test_two_bring_books_back_and_one_of_them_is_the_director(approved: House, asked: Asked, code: str) -> None:
    file = made(approved)
    approved.opened.close()
    assert refused(approved.settings, file, asked) == code


def test_whoever_left_since_the_backup_brings_nothing_back(approved: House) -> None:
    hashed = accounts.hash_password("ilgas-slaptazodis")
    since = date(2026, 1, 1)
    acts.act(approved, "vadovas", accounts.open_account, "adminas", "Ad Min", hashed, Role.ADMIN, whole=True, since=since)
    file = made(approved)
    acts.raw(approved, "UPDATE account SET active = 0 WHERE login = 'adminas'")
    approved.opened.close()
    assert refused(approved.settings, file, replace(TWO, login="adminas", reason=WHY)) == "no_account"


def test_nothing_is_replaced_while_the_books_are_open(approved: House) -> None:
    file = made(approved)
    with approved.opened.read() as session:
        session.execute(text("SELECT 1 FROM account"))
        with pytest.raises(Conflict, match="books_in_use"):
            backups.restore(approved.settings, file, TWO, AT)


@pytest.mark.only("sqlite")
def test_what_was_written_at_the_last_moment_is_not_lost(approved: House, tmp_path: Path) -> None:
    approved.opened.close()
    fresh = tmp_path / "fresh.db"
    fresh.write_bytes((approved.settings.data_dir / "books.db").read_bytes())
    with pytest.raises(Conflict, match="books_went_on"):
        FilePlace(approved.settings.database_url, tmp_path, AT).swap(3)


@pytest.mark.only("sqlite")
def test_books_that_cannot_be_read_are_replaced_when_told(approved: House) -> None:
    file = made(approved)
    approved.opened.close()
    books = approved.settings.data_dir / "books.db"
    books.write_bytes(b"not a database any more" * 1000)
    for log in books.parent.glob("books.db-*"):
        log.unlink()
    assert refused(approved.settings, file) == "restore_present_unreadable"
    assert refused(approved.settings, file, replace(TWO, reason=WHY)) == "restore_issued_missing"
    done = back(approved, file, replace(TWO, reason=WHY, issued=("none",)))
    assert Path(done.aside).read_bytes().startswith(b"not a database")
    with opened(approved.settings) as own:
        assert troubles(own) == ()


def test_everybody_signs_in_again_and_what_was_watched_stays(approved: House) -> None:
    with approved.opened.watch() as session:
        session.add(LoginSession(token_hash="x", account="a", by_badge=False, began_at=AT, seen_at=AT))
        session.commit()
    back(approved, made(approved))
    with opened(approved.settings) as own, own.opened.watched() as session:
        assert [one.ended_at for one in session.scalars(select(LoginSession))] == [AT]


def test_what_was_watched_comes_back_where_there_is_nothing(approved: House, tmp_path: Path) -> None:
    with approved.opened.watch() as session:
        session.add(LoginSession(token_hash="x", account="a", by_badge=False, began_at=AT, seen_at=AT))
        session.commit()
    file = made(approved)
    with elsewhere(approved, tmp_path / "new") as chosen:
        backups.restore(chosen, file, TWO, AT)
        with opened(chosen) as own, own.opened.watched() as session:
            assert [one.token_hash for one in session.scalars(select(LoginSession))] == ["x"]


def test_a_backup_of_books_whose_seals_are_broken_is_told(approved: House) -> None:
    acts.drop_guards(approved)
    acts.raw(approved, "UPDATE sealed_run SET order_number = 'V-88'")
    chosen = approved.settings
    with pytest.raises(Refused, match="backup_unsound"):
        backups.backup(chosen, chosen.data_dir / "kopija", AT)
    assert not (chosen.data_dir / "kopija").exists()
    file = backups.backup(chosen, chosen.data_dir / "kopija", AT, as_it_is=True).file
    approved.opened.close()
    assert refused(chosen, file) == "restore_troubles"


@pytest.mark.only("sqlite")
def test_a_broken_page_is_not_copied_unseen(approved: House) -> None:
    approved.opened.close()
    books = approved.settings.data_dir / "books.db"
    with closing(sqlite3.connect(books)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    raw = bytearray(books.read_bytes())
    raw[40 * 4096:60 * 4096] = b"\xff" * (20 * 4096)
    books.write_bytes(raw)
    with pytest.raises(Refused, match="backup_un"):
        made(approved)


@pytest.mark.only("sqlite")
def test_a_full_disk_leaves_nothing_half_done(approved: House, tmp_path: Path) -> None:
    folder, soft, hard = tmp_path / "disk", *resource.getrlimit(resource.RLIMIT_FSIZE)
    folder.mkdir()
    size = (approved.settings.data_dir / "books.db").stat().st_size
    for limit in (1 << 12, 1 << 17, size // 2, size + 4096):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        refused = ""
        try:
            backups.backup(approved.settings, folder / "kopija", AT)
        except Refused as full:
            refused = full.code
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert refused in ("", "disk_full")
        assert not refused or list(folder.iterdir()) == []
    assert made(approved).exists()


@pytest.mark.only("sqlite")
def test_a_backup_is_never_written_over_and_goes_where_it_is_told(approved: House, tmp_path: Path) -> None:
    file = made(approved)
    with pytest.raises(Refused, match="backup_exists"):
        made(approved)
    assert backups.backup(approved.settings, tmp_path, AT).file == tmp_path / "dirbtuve-20261121-093000.backup"
    assert backups.backup(approved.settings, None, AT).file.parent == approved.settings.data_dir / "backups"
    with pytest.raises(FileNotFoundError):
        backups.backup(approved.settings, tmp_path / "no/such/file", AT)
    assert file.exists()


def say(chosen: Settings, *words: str, given: str = "", **more: str) -> tuple[int, str]:
    env = {"LEDGER_DATA_DIR": str(chosen.data_dir), "LEDGER_DATABASE_URL": chosen.database_url, **more}
    answer = CliRunner().invoke(main, list(words), input=given, env=env)
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, answer.output


def test_the_command_says_what_it_did(approved: House, tmp_path: Path) -> None:
    approved.opened.close()
    chosen, file = approved.settings, str(tmp_path / "kopija")
    code, answer = say(chosen, "backup", file)
    assert (code, "master.key" in answer) == (0, True)
    code, answer = say(chosen, "verify")
    assert (code, f"ir perskaityta: {file}" in answer) == (0, True)
    code, answer = say(chosen, "restore", file, "--dry-run")
    assert code == 0
    assert jobs.DEMO_PROVIDER in answer
    assert re.search(r"SK-2026-0001", answer)
    code, answer = say(chosen, "restore", file, "--as", "buhalteris", "--second", "vadovas", given="ne\n")
    assert (code, "slaptažodis" in answer) == (1, True)
    code, answer = say(chosen, "restore", file, given=f"buhalteris\nvadovas\n{DEMO_PASSWORD}\n")
    assert (code, "before" in answer) == (0, True)
    code, answer = say(chosen, "backup", file, LEDGER_BACKUP_KEY="trumpas")
    assert (code, "20" in answer) == (1, True)
