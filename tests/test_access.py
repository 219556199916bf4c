"""Every route as every role, made from the access list itself: own, another organisation's, missing, nobody signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import house as houses
import pytest
import time_machine
from access import ROLES, Refs, add_november, addresses, allowed, refs_of
from corrected import absent, corrected, person
from house import TODAY, Client, House
from sqlalchemy import select, text

from ledger.actions import certificates, closing_papers, months, people
from ledger.actions.doing import Doing
from ledger.core.access import RULES as MAY
from ledger.core.access import Grant, May, Role, Who
from ledger.records import papers
from ledger.records.organisation import Account, Device, Organisation, Scope, Workshop
from ledger.records.people import Identity, Participant
from ledger.records.production import ALWAYS, Price, Product
from ledger.records.stipends import Run
from ledger.web.rules import RULES

ALL = (Role.INSTRUCTOR, Role.SOCIAL, Role.ACCOUNTANT, Role.DIRECTOR)
"""Roles of whoever writes one of everything down."""


def _add_stranger(house: House) -> None:
    """Another organisation in the same books, with one of everything."""
    at = datetime.now(UTC)
    with house.opened.write() as books:
        organisation = Organisation(name="Kita", code="1", created_at=at)
        books.add(organisation)
        books.flush()
        workshop = Workshop(organisation_id=organisation.id, name="Kitos", books_from="2026-10")
        books.add(workshop)
        books.flush()
        roles = tuple(Grant(role, None, date(2024, 5, 1)) for role in ALL)
        doing = Doing(books, house.opened.vault, Who("kitas", "Kitas", organisation.id, None, roles),
                      Scope(organisation.id, workshop.id), at, "test")
        own = {"organisation_id": organisation.id, "workshop_id": workshop.id}
        people.keep_participant(doing, people.Profile("K1", Identity("Kita", "Kitaitė", "1990-01-01"), date(2024, 5, 2), None))
        product = Product(**own, code="K-1", name="Kitas", unit="vnt", prices=[
            Price(**own, valid_from=ALWAYS, price_cents=500, material_cents=0)])
        books.add(product)
        books.add(Account(organisation_id=organisation.id, login="kitas", name="Kitas", created_at=at))
        books.add(Device(**own, name="Kita", token_hash="x", registered_at=at))
        books.flush()
        add_november(doing)
        books.commit()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, _printed: House) -> Iterator[House]:
    """The demo with October printed and November begun, and a stranger's organisation beside it."""
    with time_machine.travel(TODAY, tick=True):
        own = houses.copy(_printed, Path(tmp_path_factory.mktemp("two")) / "data")
        with own.opened.write() as books:
            doing = own.doing(books, "meistras")
            every = tuple(Grant(role, None, date(2024, 5, 1)) for role in ALL)
            add_november(Doing(books, doing.vault, Who(doing.who.account, "x", 1, None, every), doing.scope, doing.at, "test"))
            books.commit()
        with own.opened.write() as books:
            doing = own.doing(books, "buhalteris")
            certificates.keep(doing, certificates.make(doing, certificates.Asked(own.ref("D1"), houses.OCTOBER, houses.OCTOBER)))
            books.commit()
        corrected(own, absent(own), debts=(person(own, "D1"),))
        with own.opened.write() as books:
            doing = own.doing(books, "buhalteris")
            months.start_closing(doing, houses.OCTOBER)
            sheet = months.close(doing, houses.OCTOBER, months.Counted(0, 0))
            closing_papers.store(doing, sheet.ref, closing_papers.make(closing_papers.read(doing, sheet)))
            books.commit()
        _add_stranger(own)
        yield own
        own.opened.close()


class Clients(dict[str, Client]):
    """A browser of each role, signed in when it is first asked for."""

    def __init__(self, house: House) -> None:
        self.house = house

    def __missing__(self, login: str) -> Client:
        self[login] = self.house.participant("D1") if login == "D1" else self.house.client(login)
        return self[login]


@pytest.fixture
def clients(two: House) -> dict[str, Client]:
    return Clients(two)


def _checksum(house: House) -> str:
    with house.opened.read() as books:
        tables = [row[0] for row in books.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))]
        whole = [(table, books.execute(text(f'SELECT * FROM "{table}" ORDER BY 1')).fetchall()) for table in tables]
    return hashlib.sha256(repr(whole).encode()).hexdigest()


@pytest.mark.parametrize("login", list(ROLES))
def test_every_page_opens_for_whom_the_list_names_and_for_nobody_else(two: House, clients: dict[str, Client], login: str) -> None:
    wrong = []
    for endpoint, address in addresses(two, "GET", refs_of(two, 1)):
        status = clients[login].get(address).status_code
        expected = (200, 302, 303, 409) if allowed(endpoint, login) else (404,)
        if status not in expected and not (status == 404 and endpoint.startswith("participant.")):
            wrong.append((endpoint, address, status))
    assert wrong == []


@pytest.mark.parametrize("login", list(ROLES))
def test_no_form_does_anything_for_whom_the_list_does_not_name(two: House, clients: dict[str, Client], login: str) -> None:
    client = clients[login]
    before, wrong = _checksum(two), []
    token_page = {"D1": "/my"}.get(login, "/rules")
    for endpoint, address in addresses(two, "POST", refs_of(two, 1)):
        if not allowed(endpoint, login):
            answer = client.send(address, {}, page=token_page, key="k" * 24)
            if answer.status_code != 404:
                wrong.append((endpoint, address, answer.status_code))
    assert wrong == []
    assert _checksum(two) == before


@pytest.mark.parametrize("login", list(ROLES))
def test_nothing_of_another_organisation_is_there(two: House, clients: dict[str, Client], login: str) -> None:
    strangers, own, wrong = refs_of(two, 2), refs_of(two, 1), []
    client = clients[login]
    before = _checksum(two)
    for method in ("GET", "POST"):
        theirs = dict(addresses(two, method, strangers))
        for endpoint, address in addresses(two, method, own):
            if theirs[endpoint] == address or not allowed(endpoint, login):
                continue
            answer = client.get(theirs[endpoint]) if method == "GET" else client.send(
                theirs[endpoint], {}, page={"D1": "/my"}.get(login, "/rules"), key="s" * 24)
            if answer.status_code not in (404, 422, 409):
                wrong.append((method, endpoint, answer.status_code))
            assert "Kitaitė" not in answer.text
    assert wrong == []
    assert _checksum(two) == before


def test_without_signing_in_every_page_leads_to_the_door(two: House) -> None:
    client, wrong = two.client(), []
    for endpoint, address in addresses(two, "GET", refs_of(two, 1)):
        answer = client.get(address)
        if answer.status_code != 302 or not answer.location.startswith("/sign-in"):
            wrong.append((endpoint, answer.status_code))
    assert wrong == []


def test_row_12_guessed_addresses_find_nothing(two: House, clients: dict[str, Client]) -> None:
    missing = Refs(*["b" * 26] * 9)
    for login in ROLES:
        for endpoint, address in addresses(two, "GET", missing):
            assert clients[login].get(address).status_code < 500, (endpoint, login)


def test_another_participants_papers_and_months_are_not_there(two: House, clients: dict[str, Client]) -> None:
    with two.opened.read() as books:
        other = books.scalar(select(Participant.person_ref).where(Participant.number == "D2"))
        refs = list(books.scalars(select(papers.Paper.ref).where(papers.Paper.person_ref == other)))
    assert len(refs) == 2
    assert {clients["D1"].get(f"/papers/{ref}.pdf").status_code for ref in refs} == {404}


def test_the_accountant_opens_no_leaf_and_the_social_worker_no_calculation(two: House, clients: dict[str, Client]) -> None:
    with two.opened.read() as books:
        kinds = dict(books.execute(select(papers.Paper.kind, papers.Paper.ref)).all())
    assert clients["buhalteris"].get(f"/papers/{kinds['leaf']}.pdf").status_code == 404
    assert clients["socialine"].get(f"/papers/{kinds['calculation']}.pdf").status_code == 404
    assert clients["socialine"].get(f"/papers/{kinds['paysheet']}.pdf").status_code == 404


def test_row_19_a_route_without_a_rule_stops_the_start(house: House) -> None:
    from ledger.web.rules import UnguardedRoute, check_all_guarded
    app = house.app()
    app.add_url_rule("/atvira", "atvira", lambda: "")
    with pytest.raises(UnguardedRoute):
        check_all_guarded(app)


def test_every_permission_says_what_it_is_and_is_used() -> None:
    assert {rule for rule in RULES.values() if isinstance(rule, May)} <= set(MAY)
    assert set(MAY) == set(May)


def test_a_run_that_is_approved_has_no_way_back(two: House, clients: dict[str, Client]) -> None:
    with two.opened.read() as books:
        assert books.scalar(select(Run.state)) == "approved"
    for path in ("calculate", "submit", "withdraw", "discard"):
        answer = clients["buhalteris"].send(f"/month/2026-10/{path}", {"seen": "x"}, page="/rules", key=path.ljust(20, "x"))
        assert answer.status_code == 409, path
