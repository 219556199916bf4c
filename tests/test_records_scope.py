"""Every read of the records gives nothing to another workshop, to another organisation, or to the two mixed up."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import acts
import house as houses
import paying
import photographed
import pytest
import selling
import stepped
import stocked
from acts import NOVEMBER, OWN, act
from corrected import absent, accepted, came, corrected
from corrected import person as person_of
from house import OCTOBER, House
from sqlalchemy import text

from ledger.actions import account_codes
from ledger.actions import certificates as issuing
from ledger.actions import corrections as correcting
from ledger.actions import days as planning
from ledger.actions import entries as writing
from ledger.actions import months as closing
from ledger.actions import organisation as organisations
from ledger.actions import people as acting
from ledger.core.access import Grant, Role, Who
from ledger.core.entries import Decided, Worked
from ledger.core.faults import Hidden
from ledger.core.journal import Account
from ledger.core.late import PriceFact, SharesFact
from ledger.core.production import Share
from ledger.records import (
    audit,
    batches,
    calculation,
    certificates,
    corrections,
    customers,
    days,
    entries,
    goals,
    known,
    months,
    organisation,
    packed,
    papers,
    payees,
    payments,
    people,
    photos,
    postings,
    production,
    receivables,
    sales,
    seeing,
    stipends,
    stock,
    stock_moves,
    work_steps,
)
from ledger.records import selling as documents
from ledger.records.base import Books
from ledger.records.journal import Chosen
from ledger.records.organisation import Organisation, Scope, Workshop

ROOMS = (audit, batches, calculation, certificates, corrections, customers, days, documents, entries, goals, known, months,
         organisation, packed, papers, payees, payments, people, photos, postings, production, receivables, sales, seeing,
         stipends, stock, stock_moves, work_steps)
WRITES = {people.ensure_key, people.seal_identity}
ANSWERS_WHOLE = {corrections.booked_since, payments.month_paid,
                 calculation.inputs_of, known.known, stock.stock_now, stock.matches_of, organisation.get_workshop,
                 organisation.get_organisation}
"""Answers that are never empty; they are looked at one by one below."""
WHOLE_ORGANISATION = {"grants_of", "grants_of_account", "directors", "persons_of_accounts", "newest_number",
                      "instructors_elsewhere", "elsewhere", "find_logo"}
"""Accounts may be of the whole organisation, a person may attend two workshops of it; these answer every workshop of it."""
OTHERS = [Scope(1, 2), Scope(2, 3), Scope(2, 1), Scope(1, 3), Scope(9, 9)]


def reads() -> list[Callable[..., Any]]:
    """Every public function that is given a scope."""
    found = [one for room in ROOMS for name, one in vars(room).items()
             if inspect.isfunction(one) and one.__module__ == room.__name__ and not name.startswith("_")
             and "scope" in inspect.signature(one).parameters]
    return [one for one in found if one not in WRITES]


def named(read: Callable[..., Any]) -> str:
    return f"{read.__module__.rpartition('.')[2]}.{read.__name__}"


@pytest.fixture(scope="module")
def three(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The printed October, with a second workshop and a second organisation beside it."""
    house = houses.copy(request.getfixturevalue("_printed"), tmp_path_factory.mktemp("scope") / "data")
    with house.opened.write() as session:
        session.add(Organisation(name="Kiti", code="1", created_at=datetime.now(UTC)))
        session.flush()
        session.add_all([Workshop(organisation_id=1, name="Antros", books_from="2026-10"),
                         Workshop(organisation_id=2, name="Kitos", books_from="2026-10")])
        session.commit()
    act(house, "vadovas", organisations.register_device, "Planšetė")
    first, day = house.ref("D1"), date(2026, 11, 12)
    act(house, "meistras", writing.log_work, first, Worked(day, minutes=60))
    act(house, "buhalteris", writing.set_value, first, "lygis", day, "1")
    act(house, "meistras", planning.set_plan, first, NOVEMBER.first, [60] * 7)
    _two_places(house, day)
    act(house, "buhalteris", writing.set_figure, NOVEMBER, "sanaudos", "1")
    act(house, "vadovas", writing.decide, first, Decided(day, "", 0, "Ačiū", "V-1"))
    with house.opened.write() as session:
        doing = house.doing(session, "buhalteris")
        issuing.keep(doing, issuing.make(doing, issuing.Asked(first, OCTOBER, OCTOBER)))
        session.commit()
    late = acts.sale(house, "ZV-01", date(2026, 11, 2), 1)
    assert late.booked_in == "2026-11"
    with house.opened.write() as session:
        session.execute(text(
            "INSERT INTO month (ref, organisation_id, workshop_id, month, state, decided_by, decided_at) VALUES "
            "('m', 1, 1, '2026-09', 'empty', 'x', '2026-11-01T00:00:00.000000Z')"))
        person = session.execute(text("SELECT person_ref FROM participant WHERE number = 'D1'")).scalar_one()
        doing = house.doing(session, "vadovas")
        own = Who("a", "D1", 1, person, (Grant(Role.PARTICIPANT, 1, date(2024, 5, 1)),))
        acting.say_wrong(type(doing)(session, doing.vault, own, OWN, doing.at, "t"), OCTOBER, "days")
        session.commit()
    line = acts.line(house, "KOM-2026-10-2", "8")
    with house.opened.read() as session:
        lot = str(session.scalar(text("SELECT ref FROM lot WHERE number = 'P42'")))
    shares = SharesFact(lot, (Share(person_of(house, "D1"), 1000),))
    corrected(house, absent(house), absent(house, "D2"), debts=(person_of(house, "D1"), person_of(house, "D2")))
    corrected(house, PriceFact(line.ref, 1000, 0), shares)
    act(house, "buhalteris", correcting.write_off, person_of(house, "D2"), OCTOBER, "Išvyko.")
    accepted(house, came(house))
    act(house, "buhalteris", correcting.make, OCTOBER)
    act(house, "buhalteris", closing.start_closing, OCTOBER)
    act(house, "buhalteris", closing.close, OCTOBER, closing.Counted(0, 0))
    act(house, "buhalteris", account_codes.set_codes, {"cash": "272"})
    paying.one_of_everything(house)
    paying.taken_back(house)
    stepped.everything(house)
    selling.one_of_everything(house)
    stocked.one_of_everything(house)
    photographed.one_of_everything(house)
    with house.opened.read() as session:
        ready = issuing.make(house.doing(session, "buhalteris"), issuing.Asked(house.ref("D1"), OCTOBER, OCTOBER))
    act(house, "buhalteris", issuing.keep, ready)
    yield house
    house.opened.close()


def _two_places(house: House, day: date) -> None:
    """D1 came to try, and attends one more workshop too, which nobody asks for here; that one has an instructor of its own."""
    at = "2026-11-12T09:00:00.000000Z"
    with house.opened.write() as session:
        place = Workshop(organisation_id=1, name="Ketvirtos", books_from="2026-10")
        session.add(place)
        session.flush()
        own = session.execute(text("SELECT id, person_ref FROM participant WHERE number = 'D1'")).one()
        for statement in (
                "INSERT INTO trial_day (ref, organisation_id, workshop_id, participant_id, happened_on, minutes, logged_by, "
                f"logged_at) VALUES ('t', 1, 1, {own.id}, '{day}', 60, 'a', '{at}')",
                "INSERT INTO participant (ref, organisation_id, workshop_id, person_ref, number, started_on) "
                f"VALUES ('k1', 1, {place.id}, 'k1', 'K1', '2026-01-01')",
                "INSERT INTO attendance (ref, organisation_id, workshop_id, participant_id, happened_on, booked_in, minutes, mark, "
                f"version) SELECT 'k1', 1, {place.id}, id, '{day}', '2026-11', 60, 'D', 1 FROM participant WHERE number = 'K1'",
                *(f"INSERT INTO same_person (ref, organisation_id, workshop_id, person_ref, joint, joined_by, joined_at) "
                  f"VALUES ('{ref}', 1, {where}, '{ref}', 'j', 'a', '{at}')"
                  for ref, where in ((own.person_ref, 1), ('k1', place.id))),
                "INSERT INTO account (ref, organisation_id, login, name, password_hash, language, active, created_at) "
                f"VALUES ('x', 1, 'antras', 'Jonas', '', 'lt', 1, '{at}')",
                "INSERT INTO role_grant (ref, organisation_id, account_id, workshop_id, role, from_day) "
                f"SELECT 'x', 1, id, {place.id}, 'instructor', '2026-01-01' FROM account WHERE login = 'antras'"):
            session.execute(text(statement))
        session.commit()


@pytest.fixture(scope="module")
def given(three: House) -> dict[str, list[Any]]:
    """What there is to ask for in the first workshop, by the name of a parameter."""
    with three.opened.read() as session:
        refs = [ref for name, table in Books.metadata.tables.items()
                if {"id", "ref"} <= set(table.columns.keys()) and name != "audit"
                for ref in session.scalars(text(f'SELECT ref FROM "{name}" ORDER BY id LIMIT 3'))]
        lots = list(session.scalars(text("SELECT lot_ref FROM sealed_match")))
        lines = list(session.scalars(text("SELECT ref FROM sale_line")))
        people_refs = list(session.scalars(text("SELECT person_ref FROM participant ORDER BY id")))
        run = session.scalar(text("SELECT run_ref FROM sealed_run"))
        ibans = [one.identity.iban for one in people.participants(session, three.opened.vault, OWN) if one.identity.iban][:1]
        products = {row.id: row for row in production.products(session, OWN)}
        rows, made = sales.all_lines(session, OWN), production.all_lots(session, OWN)
        late = list(session.scalars(text("SELECT ref FROM late_row")))
        moves = list(session.scalars(text("SELECT ref FROM stock_move ORDER BY id")))
        papers_of_sales = list(session.scalars(text("SELECT ref FROM sale_document")))
        paid = list(session.scalars(text("SELECT person_ref FROM payment ORDER BY id LIMIT 1")))
        corrected_refs = list(session.scalars(text("SELECT correction_ref FROM correction")))
    ids = list(range(1, 100))
    everywhere = {
        "ref": [*refs, *papers_of_sales], "row_id": [1], "account_id": [1], "participant_id": [1], "product_id": ids,
        "person_ref": [people_refs[0], *paid], "run_ref": [run], "subject_ref": [run],
        "month": [OCTOBER, NOVEMBER], "day": [date(2026, 10, 22), date(2026, 11, 12)], "name": ["lygis", "sanaudos"],
        "first_month": [OCTOBER], "last_month": [NOVEMBER], "year": [2026], "run_id": [1], "paper_ids": [ids],
        "last_approved": [None], "first": [OCTOBER.first], "last": [OCTOBER.last, NOVEMBER.last], "before": [date(2026, 11, 2)],
        "since": [datetime(2020, 1, 1, tzinfo=UTC)], "ids": [ids], "participant_ids": [ids], "lot_refs": [lots],
         "numbers": [["P1", "P2"], ["KV-2026-0001"]], "number": ["KV-2026-0001"], "until": [date(2026, 11, 21)],
         "customer_id": [1], "code_mac": [three.opened.vault.mac("customer 302486917")], "document_ref": papers_of_sales,
         "documents": [["MUG-2026-10-1"]], "approved": [[]], "actions": [("take_back_lot",)],
         "begins": [NOVEMBER.first], "sale_refs": [lines], "count": [5], "goal_id": [1],
         "goal_ids": [ids], "size": ["small"], "limit": [5], "most": [30],
        "products": [products], "iban": ibans, "rows": [rows], "lots": [made], "vault": [three.opened.vault]}
    with three.opened.read() as session:
        everywhere |= {name: [list(session.scalars(text(f"SELECT {column} FROM {table}")))] for name, column, table in (
            ("payments", "ref", "payment"), ("end_to_ends", "end_to_end", "payment"), ("batches", "number", "payment_batch"),
            ("keys", "entry_key", "bank_posting"), ("files", "ref", "bank_file"), ("subject_refs", "ref", "bank_file"),
            ("person_refs", "person_ref", "participant"))}
        everywhere |= {"batch_ref": list(session.scalars(text("SELECT ref FROM payment_batch"))),
                       "sha256": list(session.scalars(text("SELECT sha256 FROM bank_file")))}
        everywhere["key"] = everywhere["keys"][0]
    everywhere |= {"account": list(Account), "accounts": [["cash"], [paying.OURS]], "action": ["read_statement"],
                   "chosen": [Chosen()], "skip": [1], "sequences": [[1, 2]],
                   "subjects": [[("sealed_run", run)]], "person": people_refs, "correction_ref": corrected_refs,
                   "booked": [NOVEMBER], "made": [{(ref, OCTOBER): 120 for ref in people_refs}]}
    return everywhere | {"refs": [lines, people_refs, lots, late, corrected_refs, papers_of_sales, moves]}


def asked(read: Callable[..., Any], three: House, given: dict[str, list[Any]], scope: Scope) -> list[Any]:
    """All answers that are not empty, over all that there is to ask for."""
    needed = [name for name, one in inspect.signature(read).parameters.items()
              if name not in ("session", "scope") and (one.default is inspect.Parameter.empty or name in ("refs", "kind"))
              and name != "kind"]
    assert set(needed) <= set(given), f"{named(read)}: say in `given` what {set(needed) - set(given)} may be"
    found = []
    with three.opened.read() as session:
        for values in product(*(given[name] for name in needed)):
            try:
                answer = read(session=session, scope=scope, **dict(zip(needed, values, strict=True)))
            except Hidden:
                continue
            if answer and answer != ([], 0):
                found.append(answer)
    return found


@pytest.mark.parametrize("read", [one for one in reads() if one not in ANSWERS_WHOLE], ids=named)
def test_a_read_gives_its_own_workshop_something_and_every_other_nothing(three, given, read):
    if read is not audit.taken_back:  # nothing was taken back
        assert asked(read, three, given, OWN), "asked for what is not there: this test would see nothing"
    rows_given = {"rows", "lots"} & set(inspect.signature(read).parameters)
    for scope in (one for one in OTHERS if one.organisation != 1 or read.__name__ not in WHOLE_ORGANISATION):
        assert rows_given or asked(read, three, given, scope) == []


@pytest.mark.parametrize("scope", OTHERS, ids=str)
def test_what_is_gathered_for_another_workshop_is_empty(three, scope):
    with three.opened.read() as session:
        inputs = calculation.inputs_of(session, scope, OCTOBER.plus(1))
        assert (inputs.people, inputs.attendance, inputs.lots, inputs.lines, inputs.earlier) == ((), (), (), (), ())
        assert (inputs.debts, inputs.carried_in) == ((), 0)
        assert (inputs.work, inputs.values, inputs.decisions, inputs.figures) == ((), (), (), ())
        found = known.known(session, three.opened.vault, scope)
        assert (found.participants, found.products, found.attendance, found.lots, found.lines, found.approved) == (
            {}, {}, {}, {}, {}, frozenset())
        assert stock.stock_now(session, scope, {}) == stock.Stock({}, (), {})


@pytest.mark.parametrize("scope", [Scope(2, 1), Scope(1, 3), Scope(9, 9)], ids=str)
def test_a_workshop_is_not_found_under_another_organisation(three, scope):
    with three.opened.read() as session, pytest.raises(Hidden):
        organisation.get_workshop(session, scope)


def test_an_action_of_another_workshop_finds_nothing(three):
    with three.opened.write() as session:
        doing = three.doing(session, "socialine")
        other = Who(doing.who.account, "x", 1, None, (Grant(Role.INSTRUCTOR, 2, date(2024, 1, 1)),))
        away = type(doing)(session, doing.vault, other, Scope(1, 2), doing.at, "t")
        lot = session.execute(text("SELECT ref FROM lot LIMIT 1")).scalar_one()
        with pytest.raises(Hidden):
            houses.people.get_participant(session, doing.vault, away.scope, three.ref("D1"))
        with pytest.raises(Hidden):
            production.get_lot(session, away.scope, lot)
