"""Participants: who may change them, what is refused, and that nobody can read who they are from the database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from acts import OWN, act, refusal, trail
from house import OCTOBER, STAFF, House
from sqlalchemy import select, text

from ledger.actions import people as acting
from ledger.actions.doing import Doing
from ledger.actions.people import Profile
from ledger.actions.verify import verify
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.records import organisation, people
from ledger.records.people import ERASED, Identity, IdentityRow
from ledger.records.vault import person_key
from ledger.settings import app_version

JUR = Profile("D77", Identity("Jurgis", "Kryžanauskas", "1980-03-04", "LT121000011101001000"), date(2026, 11, 2), None)
WORDS = ("Žukauskaitė", "Ąžuolaitis", "Šimkutė", "Čepulis", "Kryžanauskas", "LT121000011101001000",
         "121000011101001000", "1980-02-08")


def named(house: House, number: str) -> people.Named:
    with house.opened.read() as session:
        return next(one for one in people.participants(session, house.opened.vault, OWN) if one.person.number == number)


def on_disk(house: House) -> bytes:
    """Every byte of the books and of what is being written to them."""
    return b"".join(path.read_bytes() for path in sorted(house.settings.data_dir.glob("*.db*")))


def as_person(house: House, number: str, action: Any, *args: Any) -> Any:
    """A participant acts for themselves; committed."""
    with house.opened.write() as session:
        who = house.doing(session, "vadovas")
        account = acting.people.get_participant(session, who.vault, OWN, house.ref(number))
        found = organisation.find_account_of_person(session, account.person.ref)
        doing = Doing(session, who.vault, organisation.who_is(session, found), OWN, who.at, "t")
        answer = action(doing, *args)
        session.commit()
    return answer


def test_a_participant_is_created_and_changed_with_a_trail(house):
    row = act(house, "socialine", acting.keep_participant, JUR)
    assert named(house, "D77").identity == JUR.identity
    act(house, "socialine", acting.keep_participant, replace(JUR, ended=date(2026, 12, 31)))
    entries = trail(house, "keep_participant")[-2:]
    assert [(one.subject_ref, one.actor_role, one.app_version) for one in entries] == [(row.ref, "social", app_version())] * 2
    assert (entries[1].before["ended"], entries[1].after["ended"]) == (None, "2026-12-31")
    assert (entries[0].actor, entries[0].person_ref) == (_account(house, "socialine"), row.person_ref)


def _account(house: House, login: str) -> str:
    with house.opened.read() as session:
        return house.doing(session, login).who.account


def test_the_trail_keeps_who_it_was_under_the_persons_key(house):
    row = act(house, "socialine", acting.keep_participant, JUR)
    entry = trail(house, "keep_participant")[-1]
    with house.opened.read() as session:
        kept = house.opened.vault.open(session, person_key(row.person_ref), entry.sealed, f"audit:{entry.ref}")
    assert json.loads(kept)["last"] == "Kryžanauskas"
    assert "Kryžanauskas" not in json.dumps([entry.before, entry.after], ensure_ascii=False)


@pytest.mark.parametrize("login", [one for one in STAFF if one != "socialine"])
def test_only_the_social_worker_keeps_participants(house, login):
    assert refusal(house, login, acting.keep_participant, JUR) == "hidden"


@pytest.mark.parametrize(("change", "code"), [
    ({"number": " "}, "empty_text"), ({"number": "D" * 101}, "text_too_long"),
    ({"ended": date(2026, 11, 1)}, "ended_before_started"),
    ({"identity": replace(JUR.identity, first=" ")}, "empty_text"), ({"identity": replace(JUR.identity, last="")}, "empty_text"),
    ({"identity": replace(JUR.identity, last="A" * 101)}, "text_too_long"),
    ({"identity": replace(JUR.identity, birth="2026-11-22")}, "born_in_future"),
    ({"identity": replace(JUR.identity, iban="LT399999910000007918")}, "iban_wrong"),
    ({"identity": replace(JUR.identity, iban="x")}, "iban_wrong")])
def test_what_cannot_be_a_participant_is_refused(house, change, code):
    assert refusal(house, "socialine", acting.keep_participant, replace(JUR, **change)) == code


@pytest.mark.parametrize("last", ["Ž", "O'Brien", "Žukauskaitė-Šimkienė", "Петренко", "Ą̃žuolas", "A" * 60])
def test_names_as_people_have_them(house, last):
    profile = replace(JUR, identity=replace(JUR.identity, last=last))
    act(house, "socialine", acting.keep_participant, profile)
    assert named(house, "D77").identity.last == last


def test_nobody_is_named_in_the_files_of_the_books(printed):
    act(printed, "socialine", acting.keep_participant, JUR)
    act(printed, "meistras", _log_something, printed)
    printed.opened.close()
    content = on_disk(printed)
    assert [word for word in WORDS if word.encode() in content] == []
    assert [word for word in WORDS if json.dumps(word)[1:-1].encode() in content] == []


def _log_something(doing: Doing, house: House) -> None:
    from ledger.actions import production
    from ledger.core.production import Mark
    production.log_attendance(doing, house.ref("D1"), date(2026, 11, 3), 240, Mark.ATTENDED)


def test_the_same_account_number_is_found_without_being_read(house):
    act(house, "socialine", acting.keep_participant, JUR)
    with house.opened.read() as session:
        assert list(people.with_account(session, house.opened.vault, OWN, JUR.identity.iban).values()) == ["D77"]
        assert house.opened.vault.mac(JUR.identity.iban) in session.scalars(select(IdentityRow.iban_mac))


def test_a_destroyed_key_takes_the_name_and_leaves_the_sums(printed):
    ref = named(printed, "D1").person.ref
    with printed.opened.write() as session:
        session.execute(text("DELETE FROM secret_key WHERE subject = :subject"), {"subject": person_key(ref)})
        session.commit()
    printed.opened.vault._keys.clear()  # as after the next start: keys live in memory only
    assert named(printed, "D1").identity == ERASED
    assert named(printed, "D2").name == "Žygimantas Ąžuolaitis"
    with printed.opened.read() as session:
        found = verify(session, printed.opened.vault)
    assert (found.troubles, found.statements) == ((), 12)


def test_an_identity_moved_to_another_person_does_not_open(house):
    with house.opened.write() as session:
        first, second = session.query(IdentityRow).order_by(IdentityRow.id).limit(2)
        first.sealed = second.sealed
        session.commit()
    with house.opened.read() as session, pytest.raises(ValueError, match="changed or moved"):
        people.participants(session, house.opened.vault, OWN)


def test_a_person_says_what_is_wrong_once_and_it_is_settled_once(house):
    first = as_person(house, "D1", acting.say_wrong, OCTOBER, "days")
    assert as_person(house, "D1", acting.say_wrong, OCTOBER, "days").ref == first.ref
    assert refusal(house, "vadovas", acting.settle_concern, first.ref) == "hidden"
    with pytest.raises(Hidden):
        as_person(house, "D2", acting.settle_concern, first.ref)
    act(house, "meistras", acting.settle_concern, first.ref)
    assert refusal(house, "meistras", acting.settle_concern, first.ref) == "conflict already_settled"
    assert [row.actor_role for row in trail(house, "say_wrong") + trail(house, "settle_concern")] == ["participant", "instructor"]


def test_a_person_takes_back_what_they_said(house):
    first = as_person(house, "D1", acting.say_wrong, OCTOBER, "money")
    as_person(house, "D1", acting.settle_concern, first.ref)
    with pytest.raises(Conflict):
        as_person(house, "D1", acting.settle_concern, first.ref)


def test_only_the_person_says_what_is_wrong_and_about_what_is_there(house):
    assert refusal(house, "meistras", acting.say_wrong, OCTOBER, "days") == "hidden"
    with pytest.raises(Refused, match="unknown_concern"):
        as_person(house, "D1", acting.say_wrong, OCTOBER, "weather")
    assert refusal(house, "meistras", acting.settle_concern, "nothing") == "hidden"


def test_an_account_opened_under_the_number_becomes_the_participants_own(house):
    d1 = house.client("D1")
    assert "Dar skaičiuojame" in d1.page("/my")
    assert house.client("D1").get("/people").status_code == 404


def test_an_account_of_the_staff_is_never_given_to_a_participant(house):
    act(house, "socialine", acting.keep_participant, replace(JUR, number="meistras"))
    with house.opened.read() as session:
        account = organisation.find_account(session, "meistras")
        assert account is not None
        assert account.person_ref is None
