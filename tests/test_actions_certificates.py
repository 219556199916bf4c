"""Certificates are made once under a number; the year's sums are those of runs, corrections and payments."""

from __future__ import annotations

from datetime import date
from typing import Any

import corrected
import counted
import october
import papers
import pytest
from acts import OWN, act, drop_guards, raw, trail
from house import OCTOBER, House
from sqlalchemy import text

from ledger.actions import certificates, entries, journal, stipends, verify
from ledger.actions.certificates import Asked
from ledger.core.entries import Decided
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.journal import Account, Entry, Leg
from ledger.core.periods import Month
from ledger.records import certificates as rows
from ledger.records.certificates import Sums
from ledger.records.types import new_ref

NOVEMBER = Month(2026, 11)


def issue(house: House, number: str = "D1", **more: Any) -> rows.Certificate:
    """A certificate of October and November."""
    asked = Asked(house.ref(number), OCTOBER, NOVEMBER, **more)
    ready = act(house, "buhalteris", certificates.make, asked)
    return act(house, "buhalteris", certificates.keep, ready)


def person(house: House, number: str = "D1") -> str:
    with house.opened.read() as session:
        return str(session.scalar(text("SELECT person_ref FROM participant WHERE number = :n"), {"n": number}))


def pay(house: House, *moves: tuple[str, Account, Account, int]) -> None:
    """Money on its way: kind, debit, credit, cents; each on its own day of November."""
    ref = person(house)
    with house.opened.write() as session:
        doing = house.doing(session, "buhalteris")
        own = (Account.PAYABLE, Account.ADVANCES, Account.PAID)
        journal.post(doing, *(Entry(kind, date(2026, 11, 10 + place), NOVEMBER, "test", new_ref(), (
            Leg(debit, cents, ref if debit in own else ""), Leg(credit, -cents, ref if credit in own else "")))
            for place, (kind, debit, credit, cents) in enumerate(moves)))
        session.commit()


def paid(house: House) -> int:
    with house.opened.read() as session:
        doing = house.doing(session, "buhalteris")
        return rows.sums(session, doing.scope, OCTOBER, NOVEMBER, person(house))[person(house)].get(NOVEMBER, Sums()).paid


TAX = """[[part]]
key = "tax"
kind = "withheld"
label = "Mokestis"
rate = "20"
basis = "GPMĮ"

[[limit]]"""


def counted_sums(house: House) -> dict[str, rows.ByMonth]:
    """Everybody's sums of October and November, in as many queries as ever."""
    with house.opened.read() as session, counted.selects(house) as asked:
        found = rows.sums(session, OWN, OCTOBER, NOVEMBER)
    assert len(asked) == 5
    return found


def test_a_certificate_is_stored_once_and_handed_out_as_it_is(approved: House) -> None:
    row = issue(approved, asked_by="Banko skyriui", purpose="Paskolai")
    assert (row.number, row.first_month, row.last_month) == ("PZ-2026-0001", "2026-10", "2026-11")
    content = act(approved, "vadovas", certificates.open_certificate, row)
    said = papers.text_of(content)
    assert "Banko skyriui" in said
    assert "Iš viso 96,17 0,00 0,00 0,00" in said
    assert b"Paskolai" not in row.sealed
    assert issue(approved).number == "PZ-2026-0002"
    assert act(approved, "vadovas", certificates.open_certificate, row) == content
    assert [one.after["number"] for one in trail(approved, "make_certificate")] == ["PZ-2026-0001", "PZ-2026-0002"]


def test_a_number_that_somebody_took_meanwhile_is_not_given_twice(approved: House) -> None:
    ready = act(approved, "buhalteris", certificates.make, Asked(approved.ref("D1"), OCTOBER, OCTOBER))
    issue(approved, "D2")
    with pytest.raises(Conflict) as stopped:
        act(approved, "buhalteris", certificates.keep, ready)
    assert stopped.value.code == "somebody_faster"
    assert issue(approved).number == "PZ-2026-0002"


@pytest.mark.parametrize(("first", "last", "code"), [
    (NOVEMBER, OCTOBER, "months_order"), (OCTOBER, Month(2026, 12), "future_month"), (Month(2016, 11), NOVEMBER, "too_many_months"),
    (Month(2026, 9), Month(2026, 9), "certificate_empty")])
def test_months_that_make_no_sense_are_refused(approved: House, first: Month, last: Month, code: str) -> None:
    with pytest.raises(Refused) as stopped:
        act(approved, "buhalteris", certificates.make, Asked(approved.ref("D1"), first, last))
    assert stopped.value.code == code


@pytest.mark.parametrize("login", ["vadovas", "meistras", "socialine"])
def test_only_the_accountant_makes_one(approved: House, login: str) -> None:
    with pytest.raises(Hidden):
        act(approved, login, certificates.make, Asked(approved.ref("D1"), OCTOBER, OCTOBER))
    row = issue(approved)
    if login != "vadovas":
        with pytest.raises(Hidden):
            act(approved, login, certificates.open_certificate, row)


def test_a_sealed_certificate_stays_and_verify_sees_what_was_changed(approved: House) -> None:
    issue(approved)
    with pytest.raises(Exception, match="sealed: certificate"):
        raw(approved, "UPDATE certificate SET last_month = '2027-01'")
    with approved.opened.read() as session:
        assert verify.verify(session, approved.opened.vault).troubles == ()
    drop_guards(approved)
    raw(approved, "UPDATE certificate SET number = 'PZ-2026-0003', sealed = x'00112233445566778899aabbccddeeff0011223344556677'")
    with approved.opened.read() as session:
        codes = {one.code for one in verify.verify(session, approved.opened.vault).troubles}
    assert {"paper_changed", "number_gap"} <= codes


def test_paid_is_what_reached_the_person(approved: House) -> None:
    pay(approved, ("payment", Account.PAYABLE, Account.PAID, 5000))
    assert paid(approved) == 0  # sent, and nothing confirms it yet
    pay(approved, ("payment", Account.PAID, Account.BANK, 4000), ("advance", Account.ADVANCES, Account.CASH, 700),
        ("set_off", Account.PAYABLE, Account.ADVANCES, 700))
    assert paid(approved) == 4700
    pay(approved, ("payment_returned", Account.BANK, Account.PAYABLE, 4000))
    assert paid(approved) == 700


def test_the_years_sums_are_those_of_the_month(approved: House) -> None:
    act(approved, "vadovas", entries.decide, approved.ref("D2"), Decided(date(2026, 11, 12), "", 0, "Išvyka prie jūros", "V-1"))
    data = act(approved, "buhalteris", certificates.year_of, 2026)
    october = data.everybody.months[9]
    with approved.opened.read() as session:
        assert october.stipend == session.scalar(text("SELECT stipends_cents + withheld_cents FROM sealed_run"))
    assert {row.number: row.total for row in data.people}["D1"] == 9617
    assert next(row for row in data.people if row.number == "D2").others == ((date(2026, 11, 12), "Išvyka prie jūros"),)
    one = act(approved, "vadovas", certificates.year_of, 2026, approved.ref("D1"))
    assert [row.number for row in one.people] == ["D1"]
    assert act(approved, "buhalteris", certificates.year_of, 2025).people == ()
    with pytest.raises(Hidden):
        act(approved, "meistras", certificates.year_of, 2026)


def test_what_a_correction_withholds_counts_too(house: House) -> None:
    rules = (october.DATA / "scheme-2026-10.toml").read_text(encoding="utf-8").replace('number = "1"', 'number = "2"', 1)
    act(house, "vadovas", stipends.approve_scheme, rules.replace("2024-05-01", "2026-10-01").replace("[[limit]]", TAX))
    house.submit()
    house.approve()

    def of_d1() -> Sums:
        return rows.total(counted_sums(house)[person(house)])

    before = of_d1()
    assert before.withheld == 1923
    corrected.corrected(house, corrected.came(house))  # one day more: 1.20, of which 0.24 are withheld
    more = of_d1()
    assert (more.stipend, more.corrections, more.withheld) == (before.stipend, 120, before.withheld + 24)
    corrected.corrected(house, corrected.absent(house))  # a day less again: the reserve bears what was paid, less is withheld
    less = of_d1()
    assert (less.corrections, less.withheld) == (96, before.withheld)
    assert less.whole - less.withheld == more.whole - more.withheld
