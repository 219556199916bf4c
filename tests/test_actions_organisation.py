"""Accounts, roles, devices and badges."""

from __future__ import annotations

from datetime import date

import pytest
from acts import OWN, act, refusal, trail
from house import STAFF, House
from sqlalchemy import text

from ledger import jobs
from ledger.actions import organisation as acting
from ledger.core.access import Role
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.records import organisation as rows
from ledger.records.vault import fingerprint

SINCE = date(2026, 11, 1)
HASH = "$argon2id$not a real one"


def opened(house: House, role: Role = Role.SALES, login: str = "pardaveja", *, whole: bool = False) -> rows.Account:
    return act(house, "vadovas", acting.open_account, login, "Ona", HASH, role, whole=whole, since=SINCE)


def account(house: House, login: str) -> rows.Account:
    with house.opened.read() as session:
        return rows.find_account(session, login)


def test_an_account_is_opened_given_a_role_and_ended(house):
    made = opened(house, login=" Pardaveja ")
    assert (made.login, [row.action for row in trail(house)][-2:]) == ("pardaveja", ["open_account", "grant_role"])
    act(house, "vadovas", acting.end_account, made.ref)
    assert not account(house, "pardaveja").active
    with pytest.raises(Refused, match="no_account"):
        act(house, "pardaveja", acting.choose_language, "en")


@pytest.mark.parametrize("login", [one for one in STAFF if one != "vadovas"])
def test_accounts_and_devices_are_the_directors(house, login):
    some = account(house, "vadovas")
    assert refusal(house, login, acting.open_account, "x", "X", HASH, Role.SALES, whole=False, since=SINCE) == "hidden"
    assert refusal(house, login, acting.grant_role, some, Role.SALES, whole=False, since=SINCE) == "hidden"
    assert refusal(house, login, acting.end_account, some.ref) == "hidden"
    assert refusal(house, login, acting.register_device, "Planšetė") == "hidden"
    assert refusal(house, login, acting.void_device, "x") == "hidden"


def test_nobody_gives_a_role_to_themselves_or_ends_themselves(house):
    own = account(house, "vadovas")
    assert refusal(house, "vadovas", acting.grant_role, own, Role.SALES, whole=False, since=SINCE) == "own_role"
    assert refusal(house, "vadovas", acting.end_account, own.ref) == "own_account"


@pytest.mark.parametrize(("first", "second"), [(Role.ACCOUNTANT, Role.DIRECTOR), (Role.DIRECTOR, Role.ACCOUNTANT)])
def test_nobody_is_accountant_and_director(house, first, second):
    made = opened(house, first)
    assert refusal(house, "vadovas", acting.grant_role, made, second, whole=True, since=SINCE) == "accountant_and_director"


def test_an_accountant_of_the_past_may_become_director(house):
    made = opened(house, Role.SALES)
    act(house, "vadovas", acting.grant_role, made, Role.ACCOUNTANT, whole=False, since=date(2026, 1, 1), until=date(2026, 10, 31))
    act(house, "vadovas", acting.grant_role, made, Role.DIRECTOR, whole=False, since=SINCE)
    assert refusal(house, "vadovas", acting.grant_role, made, Role.ACCOUNTANT, whole=False, since=date(2026, 1, 1),
                   until=date(2026, 12, 31)) == "accountant_and_director"


def test_a_sign_in_name_is_given_once(house):
    said = refusal(house, "vadovas", acting.open_account, "MEISTRAS", "X", HASH, Role.SALES, whole=False, since=SINCE)
    assert said == "login_taken"


@pytest.mark.parametrize(("login", "name", "code"), [
    (" ", "Ona", "empty_text"), ("ona", " ", "empty_text"), ("o" * 101, "Ona", "text_too_long"),
    ("ona", "O" * 101, "text_too_long")])
def test_an_account_has_a_name_to_sign_in_with_and_one_to_be_called_by(house, login, name, code):
    assert refusal(house, "vadovas", acting.open_account, login, name, HASH, Role.SALES, whole=False, since=SINCE) == code


def test_an_account_of_another_organisation_is_not_there(house):
    made = opened(house)
    with house.opened.write() as session:
        session.execute(text("INSERT INTO organisation (ref, name, code, vat_payer, created_at) "
                             "VALUES ('o', 'Kiti', '1', 0, '2026-11-01T00:00:00.000000Z')"))
        session.execute(text("UPDATE account SET organisation_id = 2 WHERE login = 'pardaveja'"))
        session.commit()
    made.organisation_id = 2
    assert refusal(house, "vadovas", acting.grant_role, made, Role.SALES, whole=False, since=SINCE) == "hidden"
    assert refusal(house, "vadovas", acting.end_account, made.ref) == "hidden"


def test_a_role_ends_with_its_day(house):
    made = opened(house)
    act(house, "vadovas", acting.grant_role, made, Role.INSTRUCTOR, whole=False, since=SINCE, until=date(2026, 11, 10))
    with house.opened.read() as session:
        who = rows.who_is(session, made)
    assert Role.INSTRUCTOR in who.roles(1, date(2026, 11, 10))
    assert Role.INSTRUCTOR not in who.roles(1, date(2026, 11, 11))


def test_passwords_are_long_and_kept_as_a_slow_hash(house):
    with pytest.raises(Refused, match="password_short"):
        acting.hash_password("x" * 11)
    kept = acting.hash_password("ilgas-slaptazodis")
    assert kept.startswith("$argon2id$")
    tried = [(kept, "ilgas-slaptazodis"), (kept, "kitas"), ("", "x")]
    assert [acting.password_fits(*one) for one in tried] == [True, False, False]
    act(house, "meistras", acting.change_password, kept)
    assert account(house, "meistras").password_hash == kept
    assert kept not in str([(row.before, row.after) for row in trail(house, "change_password")])


def test_a_language_is_one_of_two(house):
    act(house, "meistras", acting.choose_language, "en")
    assert refusal(house, "meistras", acting.choose_language, "de") == "hidden"
    assert trail(house, "choose_language")[0].after == {"language": "en"}


def test_a_new_badge_ends_the_old_one_and_only_its_print_is_kept(house):
    ref = house.ref("D1")
    first, second = (act(house, "meistras", acting.make_badge, ref) for _ in range(2))
    with house.opened.read() as session:
        old, new = (rows.find_badge(session, fingerprint(token)) for token in (first, second))
    assert (old.voided_at is not None, new.voided_at) == (True, None)
    assert len(second) >= 22
    assert second.encode() not in b"".join(path.read_bytes() for path in house.settings.data_dir.glob("books.db*"))
    act(house, "meistras", acting.void_badge, ref)
    assert refusal(house, "meistras", acting.void_badge, ref) == "hidden"
    assert [row.action for row in trail(house)][-3:] == ["void_badge", "make_badge", "void_badge"]


@pytest.mark.parametrize("login", [one for one in STAFF if one != "meistras"])
def test_badges_are_the_instructors(house, login):
    assert refusal(house, login, acting.make_badge, house.ref("D1")) == "hidden"
    assert refusal(house, login, acting.void_badge, house.ref("D1")) == "hidden"


def test_a_device_is_registered_and_voided(house):
    assert refusal(house, "vadovas", acting.register_device, " ") == "empty_text"
    token = act(house, "vadovas", acting.register_device, " Planšetė ")
    with house.opened.read() as session:
        device = rows.find_device(session, fingerprint(token))
    assert device.name == "Planšetė"
    act(house, "vadovas", acting.void_device, device.ref)
    with house.opened.read() as session:
        assert rows.find_device(session, fingerprint(token)) is None
    assert refusal(house, "vadovas", acting.void_device, device.ref) == "hidden"


def test_books_begin_once(house):
    provider = acting.Provider("A", "1", "B", vat_payer=False, books_from=Month(2026, 10))
    with pytest.raises(Refused, match="already_begun"):
        jobs.begin(house.tools, provider, "x", "X", "ilgas-slaptazodis")


def test_every_change_says_who_in_which_role_when_and_with_which_version(printed):
    entries = trail(printed)
    assert len(entries) > 300
    said = [(row.actor, row.actor_role, row.at, row.app_version, row.request) for row in entries]
    assert all(all(one) for one in said)
    entries = [row for row in entries if row.actor != "worker"]  # it acts as itself
    assert {row.actor_role for row in entries} <= {"director", "accountant", "instructor", "social"}
    with printed.opened.read() as session:
        assert {row.actor for row in entries} <= {one.ref for one, _grant in rows.grants_of(session, OWN)}
