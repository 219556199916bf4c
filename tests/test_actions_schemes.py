"""The life of rules: drafts, approval of what was read, versions that replace each other, and a month that one splits."""

from __future__ import annotations

from datetime import date
from typing import Any

import acts
import pytest
from acts import NOVEMBER, OWN, act, refusal, trail
from house import DATA, OCTOBER, House
from sqlalchemy.exc import DatabaseError

from ledger.actions import schemes, stipends
from ledger.actions.schemes import Order, text_hash
from ledger.actions.verify import verify
from ledger.core import schemes as core
from ledger.core.access import May
from ledger.records import schemes as drafts
from ledger.records import stipends as rows
from ledger.web import scheme_presets

SCHEME = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
FAULTY = SCHEME.replace('"70"', '"170"')
JANUARY = Order("V-90", date(2026, 11, 20), date(2027, 1, 1))


def draft(house: House, text: str = SCHEME, login: str = "buhalteris") -> rows.SchemeDraft:
    return act(house, login, schemes.start_draft, text)


def version(house: House) -> rows.SchemeRow:
    with house.opened.read() as session:
        return rows.schemes(session, OWN)[0]


def approve(house: House, one: rows.SchemeDraft, order: Order = JANUARY) -> Any:
    return act(house, "vadovas", schemes.approve_draft, one.ref, text_hash(one.text), order)


def test_a_draft_keeps_what_is_written_faults_and_all(house):
    one = draft(house, FAULTY)
    scheme, faults = schemes.read_draft(one.text, date(2026, 11, 21))
    assert scheme is None
    assert [fault.place for fault in faults] == ["part[2].portion"]
    again = act(house, "vadovas", schemes.change_draft, one.ref, 1, "name = ")
    assert (again.text, again.name, again.version) == ("name = ", one.name, 2)
    with house.opened.read() as session:
        assert drafts.changed_by(session, OWN, [one.ref]) == {one.ref: house.doing(session, "vadovas").who.account}


def test_two_who_change_a_draft_at_once_do_not_lose_a_change(house):
    one = draft(house)
    act(house, "buhalteris", schemes.change_draft, one.ref, 1, FAULTY)
    assert refusal(house, "vadovas", schemes.change_draft, one.ref, 1, SCHEME) == "conflict changed_meanwhile"


def test_who_may_write_and_who_may_approve(house):
    one = draft(house)
    for login in ("meistras", "socialine"):
        assert refusal(house, login, schemes.start_draft, SCHEME) == "hidden"
        assert refusal(house, login, schemes.change_draft, one.ref, 1, SCHEME) == "hidden"
        assert refusal(house, login, schemes.drop_draft, one.ref) == "hidden"
    assert refusal(house, "buhalteris", schemes.approve_draft, one.ref, text_hash(one.text), JANUARY) == "hidden"
    with house.opened.read() as session:
        assert not house.doing(session, "buhalteris").can(May.APPROVE_SCHEME)


def test_the_order_is_typed_at_approval_and_stands_in_the_text(house):
    made = act(house, "buhalteris", schemes.draft_from_version, version(house).ref)
    assert "order" not in core.toml_data(made.text)
    row = approve(house, made)
    scheme = core.parse(row.text)
    assert (row.number, scheme.order_number, scheme.order_date) == ("2", "V-90", JANUARY.day)
    assert row.in_force_from == scheme.in_force_from == date(2027, 1, 1)
    assert scheme.approved_by == "Lina Vaitkutė"
    with house.opened.read() as session:
        assert drafts.drafts(session, OWN) == []
    assert trail(house, "approve_scheme")[-1].after["number"] == "2"


def test_only_the_draft_that_was_read_is_approved(house):
    one = draft(house, SCHEME.replace('number = "1"', 'number = "2"'))
    seen = text_hash(one.text)
    act(house, "buhalteris", schemes.change_draft, one.ref, 1, one.text.replace('"70"', '"90"'))
    assert refusal(house, "vadovas", schemes.approve_draft, one.ref, seen, JANUARY) == "conflict stale_draft"


@pytest.mark.parametrize(("order", "code"), [
    (Order(" ", JANUARY.day, JANUARY.in_force_from), "no_order"),
    (Order("V" * 61, JANUARY.day, JANUARY.in_force_from), "text_too_long"),
    (Order("V-1", date(2028, 1, 1), JANUARY.in_force_from), "future_day"),
    (Order("V-1", JANUARY.day, date(1026, 1, 1)), "long_ago"),
    (Order("V-1", JANUARY.day, date(2027, 1, 15)), "scheme_inside_month")])
def test_a_wrong_order_is_refused(house, order, code):
    one = draft(house, SCHEME.replace('number = "1"', 'number = "2"'))
    assert refusal(house, "vadovas", schemes.approve_draft, one.ref, text_hash(one.text), order) == code


def test_a_faulty_draft_a_taken_number_and_an_unknown_calendar_are_not_approved(house):
    for text, code in ((FAULTY, "scheme_faulty"), (SCHEME, "conflict scheme_number_taken"),
                       ('calendar = "QQ"\n' + SCHEME, "calendar_unknown")):
        one = draft(house, text)
        assert refusal(house, "vadovas", schemes.approve_draft, one.ref, text_hash(one.text), JANUARY) == code


def test_an_endless_text_is_refused_and_a_draft_can_be_thrown_away(house):
    assert refusal(house, "buhalteris", schemes.start_draft, "#" * 50_001) == "text_too_long"
    one = draft(house)
    act(house, "buhalteris", schemes.drop_draft, one.ref)
    assert refusal(house, "buhalteris", schemes.drop_draft, one.ref) == "hidden"


def test_approved_rules_cannot_be_changed_or_deleted_in_the_database(house):
    for statement in ("UPDATE scheme SET text = 'x'", "DELETE FROM scheme"):
        with pytest.raises(DatabaseError):
            acts.raw(house, statement)


@pytest.mark.parametrize("key", list(scheme_presets.PRESETS))
def test_a_preset_reads_without_faults_and_works_october_out(house, key):
    made = act(house, "buhalteris", lambda doing: schemes.draft_from(doing, scheme_presets.text(key)))
    assert schemes.read_draft(made.text, date(2026, 11, 21))[1] == ()
    with house.opened.read() as session:
        worked = stipends.work_out(house.doing(session, "vadovas"), OCTOBER, scheme_presets.text(key))
    assert worked.result.identity.holds
    assert len(worked.result.people) == 12


# ---------- a version that begins inside a month ----------

SPLIT = ('inside_month = "split"\n' + SCHEME.replace('number = "1"', 'number = "2"').replace("2024-05-01", "2026-10-15")
         .replace('"1.20"', '"2.40"'))


def days(house: House) -> dict[str, int]:
    with house.opened.read() as session:
        result = stipends.work_out(house.doing(session, "buhalteris"), OCTOBER).result
    return {one.number: sum(line.cents for line in one.lines if line.part == "days") for one in result.people}


def test_a_month_that_a_version_splits_counts_each_day_by_its_own_rules(house):
    before = days(house)
    act(house, "vadovas", stipends.approve_scheme, SPLIT)
    after = days(house)
    assert all(before[one] <= after[one] <= 2 * before[one] for one in before)
    assert sum(before.values()) < sum(after.values()) < 2 * sum(before.values())


def test_a_split_month_is_approved_and_verifies(house):
    act(house, "vadovas", stipends.approve_scheme, SPLIT)
    house.submit()
    house.approve()
    with house.opened.read() as session:
        checked = verify(session, house.opened.vault)
        sealed = rows.find_sealed(session, OWN, OCTOBER)
        assert sealed.scheme_text == SPLIT
        assert stipends.stored(sealed.inputs, sealed.result).scheme.before.number == "1"
        found = stipends.scheme_of(house.doing(session, "buhalteris"), NOVEMBER)
    assert checked.troubles == ()
    assert (found[0].number, found[1].before) == ("2", None)


def test_a_draft_run_is_stale_when_a_version_begins_inside_its_month(house):
    run = act(house, "buhalteris", stipends.calculate_month, OCTOBER)
    act(house, "vadovas", stipends.approve_scheme, SPLIT)
    with house.opened.read() as session:
        assert stipends.is_stale(house.doing(session, "buhalteris"), session.get(rows.Run, run.id))


def test_a_month_is_split_once_and_only_where_rules_held_before(house):
    act(house, "vadovas", stipends.approve_scheme, SPLIT)
    third = SPLIT.replace('number = "2"', 'number = "3"').replace("2026-10-15", "2026-10-20")
    assert refusal(house, "vadovas", stipends.approve_scheme, third) == "scheme_split_twice"
    early = SPLIT.replace('number = "2"', 'number = "4"').replace("2026-10-15", "2020-03-15")
    assert refusal(house, "vadovas", stipends.approve_scheme, early) == "scheme_split_alone"


def test_an_approved_month_is_not_split_afterwards(approved):
    assert refusal(approved, "vadovas", stipends.approve_scheme, SPLIT) == "conflict scheme_before_approved"
