"""What comes from a device that had no network: once each, by whom, what a month approved meanwhile does; what a device keeps."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from counted import queries
from house import OCTOBER, Client, House
from sqlalchemy import select
from test_web_day import lot, lots, marks, ref_of

from ledger.actions import organisation as places
from ledger.actions import people as keeping
from ledger.core.production import Mark
from ledger.records import people
from ledger.records.audit import Audit
from ledger.records.corrections import LateRow
from ledger.records.organisation import Account, RoleGrant, find_device
from ledger.records.people import Identity
from ledger.records.production import LotRow
from ledger.records.vault import fingerprint
from ledger.web import held
from ledger.web.identity import DEVICE_COOKIE
from ledger.web.offline import first_names

DAY = "/day/2026-11-20"
APPROVED = "/day/2026-10-15"


def registered(house: House, client: Client, login: str = "vadovas") -> str:
    """The client's device becomes one of the workshop's; its row's reference."""
    with house.opened.write() as session:
        doing = house.doing(session, login)
        token = places.register_device(doing, "planšetė")
        session.commit()
        device = find_device(session, fingerprint(token))
        assert device is not None
        ref = device.ref
    client.set_cookie(DEVICE_COOKIE, token)
    return ref


def roster(client: Client) -> dict[str, Any]:
    return dict(json.loads(client.page("/offline/roster")))


def bring(client: Client, path: str, fields: dict[str, Any], stamp: str, key: str = "k" * 24, token: str | None = None) -> Any:
    """One entry of the queue, as `send.js` sends it."""
    token = json.loads(client.page("/offline/ready"))["token"] if token is None else token
    return client.post(path, data={**fields, "csrf_token": token, "key": key, "logged_by": stamp,
                                        "logged_at": "2026-11-20T08:00:00Z"})


def sent(house: House) -> list[Audit]:
    with house.opened.read() as session:
        return list(session.scalars(select(Audit).where(Audit.action == "send_held")))


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def test_a_registered_device_keeps_first_names_and_hours_and_nothing_else_of_people(house: House, master: Client) -> None:
    assert roster(master)["people"] == []
    registered(house, master)
    kept = roster(master)
    assert {tuple(one) for one in kept["people"]} == {("minutes", "name", "ref")}
    assert [one["name"] for one in kept["people"]][:2] == ["Aistė", "Žygimantas"]
    assert "Žukauskait" not in json.dumps(kept, ensure_ascii=False)
    assert len(kept["products"]) == 9


def test_two_of_one_name_are_told_apart_with_as_little_as_will_do(house: House) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "socialine")
        named = [keeping.keep_participant(doing, keeping.Profile(number, Identity(first, last), date(2026, 11, 2), None))
                 for number, first, last in (("J1", "Jonas", "Kalnas"), ("J2", "Jonas", "Upė"), ("J3", "Ona", "Kalnė"),
                                             ("J4", "Ona", "Kalnė"))]
        found = [people.get_participant(session, doing.vault, doing.scope, row.ref) for row in named]
        assert list(first_names(found).values()) == ["Jonas K.", "Jonas U.", "Ona Kalnė (J3)", "Ona Kalnė (J4)"]


def test_a_voided_device_is_told_so_and_gets_nobody(house: House, master: Client) -> None:
    ref = registered(house, master)
    assert json.loads(master.page("/offline/ready"))["registered"] is True
    with house.opened.write() as session:
        places.void_device(house.doing(session, "vadovas"), ref)
        session.commit()
    assert json.loads(master.page("/offline/ready"))["registered"] is False
    assert roster(master)["people"] == []


@pytest.mark.parametrize("login", ["buhalteris", "vadovas", "socialine"])
def test_who_logs_nothing_keeps_nothing(house: House, login: str) -> None:
    assert roster(house.client(login)) == {"stamp": "", "people": []}


def test_a_participant_keeps_nothing_and_sends_nothing(house: House) -> None:
    person = house.participant("D1")
    assert roster(person) == {"stamp": "", "people": []}
    assert json.loads(person.page("/offline/ready"))["token"] == ""


def test_the_roster_asks_the_books_as_often_for_three_as_for_three_hundred(house: House, master: Client) -> None:
    registered(house, master)
    roster(master)  # the vault knows its keys from then on
    few = queries(house, master, "/offline/roster")
    with house.opened.write() as session:
        for number in range(30):
            keeping.keep_participant(house.doing(session, "socialine"), keeping.Profile(
                f"N{number}", Identity("Nauja", f"Pavardė{number}"), date(2026, 11, 2), None))
        session.commit()
    assert queries(house, master, "/offline/roster") == few == 16


def test_an_entry_reaches_the_books_once_however_often_it_is_sent(house: House, master: Client) -> None:
    stamp, fields = roster(master)["stamp"], lot(house, ["D1", "D3"])
    assert [bring(master, f"{DAY}/lots", fields, stamp).status_code for _ in range(3)] == [204, 204, 204]
    assert len(lots(house)) == 1
    assert "Įrašyta" not in master.page(DAY).split("<h2")[0]


def test_what_one_wrote_down_and_another_sends_says_both_and_counts_once(house: House, master: Client) -> None:
    stamp, fields = roster(master)["stamp"], lot(house, ["D1"])
    assert bring(master, f"{DAY}/lots", fields, stamp).status_code == 204
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        other = session.scalar(select(Account).where(Account.login == "socialine"))
        assert other is not None
        session.add(RoleGrant(organisation_id=doing.scope.organisation, account_id=other.id, workshop_id=doing.scope.workshop,
                              role="instructor", from_day=date(2026, 1, 1), until_day=None))
        session.commit()
    second = house.client("socialine")
    assert bring(second, f"{DAY}/lots", fields, stamp).status_code == 204
    assert len(lots(house)) == 1
    assert bring(second, f"{DAY}/lots", fields, stamp, key="m" * 24).status_code == 204
    assert len(lots(house)) == 2
    assert [row.after for row in sent(house)][-1]["logged_by"] == house_account(house, "meistras")  # type: ignore[index]
    assert "įrašė Daiva Norkutė, išsiuntė" in house.client("vadovas").page("/audit").replace("\u00a0", " ")


def house_account(house: House, login: str) -> str:
    with house.opened.read() as session:
        return str(house.doing(session, login).who.account)


def test_a_stamp_of_somebody_elses_making_is_refused(house: House, master: Client) -> None:
    for stamp in ("", "meistras", roster(master)["stamp"] + "x"):
        assert bring(master, f"{DAY}/lots", lot(house, ["D1"]), stamp).status_code == 400
    assert lots(house) == []


def test_an_entry_of_another_workshop_or_provider_waits_or_is_refused(house: House, master: Client) -> None:
    with house.app().app_context():
        elsewhere, stranger = held.stamp(house_account(house, "meistras"), 77), held.stamp("x" * 26, 1)
    assert bring(master, f"{DAY}/lots", lot(house, ["D1"]), elsewhere).status_code == 403
    assert bring(master, f"{DAY}/lots", lot(house, ["D1"]), stranger).status_code == 404
    assert lots(house) == []


def test_what_is_wrong_comes_back_as_a_sentence_and_writes_nothing(house: House, master: Client) -> None:
    answer = bring(master, f"{DAY}/lots", lot(house, ["D1"], good="0"), roster(master)["stamp"])
    assert answer.status_code == 422
    assert answer.json["said"]
    assert lots(house) == []
    assert sent(house) == []
    gone = bring(master, f"{DAY}/attendance", {"participant": "b" * 26, "mark": "D", "hours": ""}, roster(master)["stamp"])
    assert (gone.status_code, gone.json["said"]) == (404, "Šito įrašyti nepavyko.")


def test_without_a_session_or_a_token_it_waits(house: House, master: Client) -> None:
    stamp = roster(master)["stamp"]
    assert bring(house.client(), f"{DAY}/lots", lot(house, ["D1"]), stamp).status_code == 401
    assert bring(master, f"{DAY}/lots", lot(house, ["D1"]), stamp, token="x").status_code == 401
    assert lots(house) == []


def test_a_month_approved_meanwhile_makes_a_late_row_of_a_mark(approved: House) -> None:
    master = approved.client("meistras")
    fields = {"participant": approved.ref("D1"), "mark": "D", "hours": "1,5"}
    stamp = roster(master)["stamp"]
    assert [bring(master, f"{APPROVED}/attendance", fields, stamp).status_code for _ in range(2)] == [204, 204]
    with approved.opened.read() as session:
        row, = session.scalars(select(LateRow))
        assert (row.month, row.kind, row.happened_on) == (str(OCTOBER), "day", date(2026, 10, 15))
        assert row.reason == "Įrašyta be tinklo, išsiųsta jau patvirtinus mėnesį."
    before = marks(approved, date(2026, 10, 15))["D1"]
    assert before != (Mark.ATTENDED.value, 90)
    plain = master.send(f"{APPROVED}/attendance", fields, page=DAY)
    assert plain.status_code == 409


def test_a_month_approved_meanwhile_books_a_lot_in_the_next(approved: House) -> None:
    master = approved.client("meistras")
    assert bring(master, f"{APPROVED}/lots", lot(approved, ["D1"]), roster(master)["stamp"]).status_code == 204
    with approved.opened.read() as session:
        row = session.scalars(select(LotRow).order_by(LotRow.id.desc())).first()
        assert row is not None
        assert (row.happened_on, row.booked_in) == (date(2026, 10, 15), "2026-11")


def test_a_sale_of_the_till_without_stock_is_taken_when_the_goods_were_in_hand(house: House, master: Client) -> None:
    fields = {"day": "2026-11-20", "channel": "mugė", "way": "cash", f"q_{ref_of(house, 'MU-01')}": "500", "percent": "0",
              "discount_cents": "", "given": "", "seen": ""}
    stamp = roster(master)["stamp"]
    assert bring(master, "/till", fields, stamp).status_code in (409, 422)
    assert bring(master, "/till", {**fields, "anyway": "y"}, stamp, key="m" * 24).status_code == 204


def test_the_page_without_a_network_holds_nobody_and_no_token(house: House, master: Client) -> None:
    page = master.page("/offline")
    assert "csrf_token" not in page
    assert "Daiva" not in page
    assert "Aist" not in page
    script = master.get("/sw.js")
    assert script.mimetype == "text/javascript"
    files = json.loads(script.text.split("const FILES = ", 1)[1].split(";\n", 1)[0])
    for name in files:
        assert master.get(name).status_code == 200, name
    static = Path(__file__).parents[1] / "static"
    assert {f"/static/{one.name}" for one in static.glob("*.js") if one.name != "sw.js"} <= set(files)
