"""The day's board: begun, closed, opened again; the whole group at once; ordinary trouble; what cannot be, told at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from acts import act
from counted import crowd, selects
from house import OCTOBER, Client, House
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from test_web_day import DAY, attend, lot, lots, marks, ref_of, sale, told

from ledger.actions import board, days, organisation
from ledger.actions import people as people_actions
from ledger.core.access import Role
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.production import Mark
from ledger.records import days as rows
from ledger.records import entries, people
from ledger.records.organisation import Account, RoleGrant, Workshop
from ledger.records.people import Identity

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def tapped(client: Client, house: House, day: str = DAY, **who: str) -> Any:
    return client.send(f"{day}/tap", {name: house.ref(number) for name, number in who.items()}, page=day)


def kinds(house: House, day: date = FRIDAY) -> list[str]:
    with house.opened.read() as session:
        return list(session.scalars(select(rows.DayEventRow.kind).where(rows.DayEventRow.day == day)
                                    .order_by(rows.DayEventRow.position)))


def worked(house: House) -> dict[str, tuple[str, int]]:
    with house.opened.read() as session:
        doing = house.doing(session, "meistras")
        named = {one.id: one.person.number for one in people.participants(session, house.opened.vault, doing.scope)}
        return {named[row.participant_id]: (row.kind, row.minutes) for row in entries.work_on(session, doing.scope, FRIDAY)}


# ---------- who is here ----------


def test_one_tap_comes_goes_and_asks_why(house: House, master: Client) -> None:
    tapped(master, house, came="D1")
    assert set(marks(house)) == {"D1"}
    answer = tapped(master, house, away="D2")
    assert marks(house)["D2"] == ("K", 0)
    page = master.page(answer.headers["Location"].partition("#")[0])
    assert "Kodėl neatėjo" in page
    attend(master, house, "D2", "L")
    tapped(master, house, back="D1")
    assert marks(house) == {"D2": ("L", 0)}
    assert master.send(f"{DAY}/tap", {}, page=DAY).status_code == 404


def test_who_went_home_at_noon_has_shorter_hours_in_two_taps(house: House, master: Client) -> None:
    tapped(master, house, came="D3")
    page = master.page(f"{DAY}?who={house.ref('D3')}")
    assert page.count('name="hours" value="3"') == 1
    attend(master, house, "D3", hours="3")
    assert marks(house)["D3"] == ("D", 180)


def test_hours_are_offered_from_the_plan_and_who_does_not_come_stands_last(house: House, master: Client) -> None:
    path = f"/people/{house.ref('D1')}/plan"
    week = {"since": "2026-11-01", **{f"day{number}": "0" for number in range(7)}, "day4": "4,5"}
    assert master.send(path, week).status_code == 303
    master.send(f"/people/{house.ref('D2')}/plan", {**week, "day4": "0", "day0": "3"}, page=path)
    tapped(master, house, came="D1")
    assert marks(house)["D1"] == ("D", 270)
    page = master.page(DAY)
    assert page.index("Ąžuolaitis, dar nepažymėta") > page.index("Šeškutė, dar nepažymėta")
    assert "Pagal planą šią savaitės dieną neateina" in page
    assert "galioja dabar" in master.page(path)
    with house.opened.read() as session:
        plan = session.scalars(select(rows.WeekPlan.ref).order_by(rows.WeekPlan.id)).first()
    assert master.send(f"/people/{house.ref('D2')}/plan/{plan}/back", {}, page=path).status_code == 404
    assert master.send(f"{path}/{plan}/back", {}, page=path).status_code == 303
    assert "Planas dar neįrašytas" in master.page(path)


@pytest.mark.parametrize(("fields", "at"), [({"day2": "25"}, "day2-error"), ({"since": "x"}, "since-error"),
                                            ({f"day{number}": "0" for number in range(7)}, "day0-error")])
def test_a_plan_is_refused_at_its_field(house: House, master: Client, fields: dict[str, str], at: str) -> None:
    week = {"since": "2026-11-01", **{f"day{number}": "1" for number in range(7)}, **fields}
    answer = master.send(f"/people/{house.ref('D1')}/plan", week)
    assert answer.status_code == 422
    assert told(answer, at)


def test_all_who_are_left_come_at_once_but_who_is_off_by_the_plan(house: House, master: Client) -> None:
    act(house, "meistras", days.set_plan, house.ref("D5"), date(2026, 11, 1), [60, 0, 0, 0, 0, 0, 0])
    tapped(master, house, away="D1")
    assert master.send(f"{DAY}/everybody", {}, page=DAY).status_code == 303
    found = marks(house)
    assert (len(found), found["D1"], "D5" in found) == (10, ("K", 0), False)
    answer = master.send(f"{DAY}/everybody", {}, page=DAY)
    assert answer.status_code == 422
    assert "jau pažymėti" in answer.get_data(as_text=True)


# ---------- what was made ----------


def test_what_was_just_written_down_has_its_way_back_beside_it(house: House, master: Client) -> None:
    answer = master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    page = master.page(answer.headers["Location"].partition("#")[0])
    just = page[page.index('class="just"'):page.index("data-lot")]
    assert "Levandų muilas: geri 10\u00a0vnt., broko nėra" in just
    row, = lots(house)
    assert f'action="/day/lots/{row.ref}/back"' in just
    master.send(f"/day/lots/{row.ref}/back", {}, page=DAY)
    assert lots(house) == []
    assert 'class="just"' not in master.page(f"{DAY}?last=lot-{row.ref}")


def test_the_last_product_and_its_makers_come_first(house: House, master: Client) -> None:
    master.send(f"{DAY}/lots", lot(house, ["D9", "D6"], product=ref_of(house, "VA-01")), page=DAY)
    page = master.page(DAY)
    tiles = page[page.index('class="tiles"'):]
    assert tiles.index(ref_of(house, "VA-01")) < tiles.index(ref_of(house, "MU-01"))
    picks = page[page.index('class="picks"'):]
    assert picks.index(house.ref("D6")) < picks.index(house.ref("D1"))
    with house.opened.write() as session:  # as it was brought in: nobody says who made it
        session.execute(text("DELETE FROM lot_maker WHERE lot_id = (SELECT max(id) FROM lot)"))
        session.commit()
    page = master.page(DAY)
    tiles = page[page.index('class="tiles"'):]
    assert tiles.index(ref_of(house, "VA-01")) < tiles.index(ref_of(house, "MU-01"))


def test_more_shares_than_pieces_are_told_and_nothing_is_lost(house: House, master: Client) -> None:
    shares = {f"share_{house.ref('D1')}": "7", f"share_{house.ref('D2')}": "4"}
    answer = master.send(f"{DAY}/lots", lot(house, ["D1", "D2"], shared_by="units", **shares), page=DAY)
    assert answer.status_code == 422
    assert "Dalių iš viso 11, o padaryta tik 10" in told(answer, "shared_by")
    page = answer.get_data(as_text=True)
    assert 'value="7"' in page
    assert f'value="{house.ref("D2")}" checked' in page
    assert lots(house) == []


def test_a_wrong_product_of_a_lot_that_is_sold_asks_first(house: House, master: Client) -> None:
    master.send(f"{DAY}/lots", lot(house, ["D1"], good="500"), page=DAY)
    row, = lots(house)
    master.send(f"{DAY}/sales", sale(house, quantity="400"), page=DAY)
    path = f"/day/lots/{row.ref}"
    changed = lot(house, ["D1"], good="500", product=ref_of(house, "VA-01"), day="2026-11-20", version="1")
    answer = master.send(path, changed)
    assert answer.status_code == 422
    assert "jau parduota" in told(answer, "lot-product-0")
    assert 'name="sure"' in answer.get_data(as_text=True)
    answer = master.send(f"{path}/back", {}, page=DAY)
    assert answer.status_code == 422
    assert "Vis tiek atšaukti" in answer.get_data(as_text=True)
    assert master.send(path, {**changed, "sure": "y"}).status_code == 303
    assert lots(house)[0].product_id != row.product_id
    assert master.send(f"{path}/back", {"sure": "y"}, page=DAY).status_code == 303


# ---------- training, trips, trying ----------


def test_a_day_of_training_is_one_tap_for_the_whole_group(house: House, master: Client) -> None:
    tapped(master, house, away="D1")
    answer = master.send(f"{DAY}/group", {"kind": "mokymai"}, page=DAY)
    assert len(marks(house)) == 11
    found = worked(house)
    assert (len(found), "D1" in found, found["D3"]) == (10, False, ("mokymai", marks(house)["D3"][1]))
    page = master.page(answer.headers["Location"].partition("#")[0])
    assert "<b>Įrašyta:</b> Mokymai: " in page
    again = master.send(f"{DAY}/group", {"kind": "išvyka"}, page=DAY)
    assert again.status_code == 422
    back = page[page.index('action="/day/work/') + 8:]
    master.send(back[:back.index('"')], {}, page=DAY)
    assert worked(house) == {}
    assert len(marks(house)) == 11


def test_a_part_of_the_group_goes_on_a_trip_for_an_hour(house: House, master: Client) -> None:
    for number in ("D1", "D2"):
        tapped(master, house, came=number)
    fields = {"kind": "išvyka", "hours": "1", "some": "1", "people": [house.ref("D2")]}
    assert master.send(f"{DAY}/group", fields, page=DAY).status_code == 303
    assert worked(house) == {"D2": ("išvyka", 60)}
    answer = master.send(f"{DAY}/group", {**fields, "hours": "30"}, page=DAY)
    assert told(answer, "group-hours-error")
    answer = master.send(f"{DAY}/group", {**fields, "people": []}, page=DAY)
    assert answer.status_code == 422
    assert master.send(f"{DAY}/group", {**fields, "people": [house.ref("D3")]}, page=DAY).status_code == 404


def newcomer(house: House) -> str:
    act(house, "socialine", people_actions.keep_participant,
        people_actions.Profile("D20", Identity("Rasa", "Bandytoja"), date(2026, 12, 1), None))
    return house.ref("D20")


def test_who_tries_before_the_contract_has_time_and_nothing_else(house: House, master: Client) -> None:
    ref = newcomer(house)
    assert "Stipendija neskaičiuojama" in master.page(DAY)
    answer = master.send(f"{DAY}/trial", {"participant": ref, "hours": "25"}, page=DAY)
    assert told(answer, "trial-hours-error")
    assert 'value="25"' in answer.get_data(as_text=True)
    assert master.send(f"{DAY}/trial", {"participant": ref, "hours": "3"}, page=DAY).status_code == 303
    assert "atėjo pabandyti, 3" in master.page(DAY)
    assert marks(house) == {}
    answer = attend(master, house, "D20")
    assert answer.status_code == 422
    answer = master.send(f"{DAY}/lots", lot(house, ["D20"]), page=DAY)
    assert "Rasa Bandytoja" in told(answer, "makers-error")
    answer = master.send(f"{DAY}/trial", {"participant": house.ref("D1"), "hours": "3"}, page=DAY)
    assert answer.status_code == 422
    assert master.send(f"{DAY}/trial/back", {"back": ref}, page=DAY).status_code == 303
    assert "atėjo pabandyti, 3" not in master.page(DAY)


# ---------- the day closed ----------


def test_a_day_is_begun_closed_and_opened_again_by_whoever_writes(house: House, master: Client) -> None:
    assert "Tai ne šiandien." in master.page(DAY)
    assert "Diena neužbaigta" not in master.page(DAY)
    tapped(master, house, came="D1")
    tapped(master, house, came="D2")
    assert kinds(house) == ["begun"]
    assert "Diena neužbaigta" in master.page(DAY)
    assert "Neužbaigtos dienos:" in master.page("/day/2026-11-21")
    assert "Tai ne šiandien." not in master.page("/day/2026-11-21")
    assert master.send(f"{DAY}/close", {}, page=DAY).status_code == 303
    page = master.page(DAY)
    assert "9 žmonės nepažymėti" in page
    assert "Daiva Norkutė, 2026-11-21 11:00" in page
    assert "Neužbaigtos dienos:" not in master.page("/day/2026-11-21")
    assert master.send(f"{DAY}/close", {}, page=DAY).status_code == 409
    assert master.send(f"{DAY}/reopen", {}, page=DAY).status_code == 303
    master.send(f"{DAY}/close", {}, page=DAY)
    master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    assert kinds(house) == ["begun", "closed", "reopened", "closed", "reopened"]
    assert master.send(f"{DAY}/reopen", {}, page=DAY).status_code == 409


def test_who_calculates_and_who_approves_see_which_days_are_open(house: House, master: Client) -> None:
    tapped(master, house, came="D1")
    for login in ("buhalteris", "vadovas"):
        client = house.client(login)
        page = client.page("/month/2026-11")
        assert "1 diena neužbaigta" in page
        assert f'href="{DAY}"' in page
        assert "Neužbaigtos dienos:" in client.page("/day/month/2026-11")
        assert f'action="{DAY}/close"' not in client.page(DAY)
        assert client.send(f"{DAY}/close", {}, page=DAY).status_code == 404


def test_the_closing_sheet_lists_days_that_nobody_closed(house: House) -> None:
    act(house, "meistras", days.close_day, date(2026, 10, 6))
    act(house, "meistras", days.reopen_day, date(2026, 10, 6))
    page = house.client("buhalteris").page(f"/month/{OCTOBER}/closing")
    assert "1 diena neužbaigta" in page


def test_events_of_a_day_are_sealed_and_follow_each_other(house: House) -> None:
    act(house, "meistras", days.close_day, FRIDAY)
    with house.opened.write() as session:
        with pytest.raises(DatabaseError):
            session.execute(text("UPDATE day_event SET kind = 'begun'"))
        session.rollback()
        with pytest.raises(DatabaseError, match="day event"):
            session.execute(text(
                "INSERT INTO day_event (ref, organisation_id, workshop_id, day, position, kind, done_by, done_at) "
                "VALUES ('x', 1, 1, '2026-11-20', 2, 'closed', 'a', '2026-11-21T09:00:00.000000Z')"))
    with pytest.raises(Conflict):
        act(house, "meistras", days.close_day, FRIDAY)
    with pytest.raises(Refused):
        act(house, "meistras", days.close_day, date(2026, 11, 22))


# ---------- another workshop ----------


def second(house: House) -> int:
    """Another workshop of the provider, with an instructor of its own and D1's namesake and self as K1."""
    with house.opened.write() as session:
        place = Workshop(organisation_id=1, name="Antrosios dirbtuvės", books_from="2026-10")
        session.add(place)
        session.flush()
        account = Account(organisation_id=1, login="antras", name="Jonas Antrasis", created_at=house.doing(session, "vadovas").at,
                          password_hash=session.scalar(select(Account.password_hash).where(Account.login == "meistras")))
        session.add(account)
        session.flush()
        session.add(RoleGrant(organisation_id=1, account_id=account.id, workshop_id=place.id, role="instructor",
                              from_day=date(2026, 1, 1)))
        social = session.scalar(select(Account.id).where(Account.login == "socialine"))
        session.add(RoleGrant(organisation_id=1, account_id=social, workshop_id=place.id, role="social", from_day=date(2026, 1, 1)))
        session.flush()
        own = house.doing(session, "socialine")
        one = people.get_participant(session, house.opened.vault, own.scope, house.ref("D1"))
        there = type(own)(session, own.vault, own.who, type(own.scope)(1, place.id), own.at, "t")
        for number, identity in (("K1", one.identity), ("K2", Identity("Kitas", "Žmogus"))):
            kept = people_actions.Profile(number, Identity(identity.first, identity.last, identity.birth), date(2026, 1, 5), None)
            people_actions.keep_participant(there, kept)
        session.commit()
        return place.id


def place_ref(house: House, number: int) -> str:
    with house.opened.read() as session:
        return str(session.scalar(select(Workshop.ref).where(Workshop.id == number)))


def test_a_substitute_from_another_workshop_works_here_for_some_days(house: House) -> None:
    number = second(house)
    director, jonas = house.client("vadovas"), house.client("antras")
    assert "Aistė" in jonas.page(DAY)
    assert "Žygimantas" not in jonas.page(DAY)
    with house.opened.read() as session:
        account = session.scalar(select(Account.ref).where(Account.login == "antras"))
    fields = {"account": account, "since": "2026-11-20", "until": "2026-11-19"}
    assert told(director.send("/staff/substitute", fields), "until-error")
    assert told(director.send("/staff/substitute", {**fields, "until": "2027-11-19"}), "until-error")
    assert told(director.send("/staff/substitute", {**fields, "since": "2026-10-20", "until": "2026-11-19"}), "since-error")
    assert director.send("/staff/substitute", {**fields, "until": "2026-11-25"}).status_code == 303
    assert director.send("/staff/substitute", {**fields, "until": "2026-11-25"}, page="/devices").status_code == 404
    assert "Giedra" in jonas.page("/workshops")
    jonas.send(f"/workshops/{place_ref(house, 1)}", {}, page="/workshops")
    assert "Žygimantas" in jonas.page(DAY)
    assert tapped(jonas, house, came="D2").status_code == 303
    assert jonas.get("/day/2026-11-19").status_code == 404
    jonas.send(f"/workshops/{place_ref(house, number)}", {}, page="/workshops")
    assert "Žygimantas" not in jonas.page(DAY)
    assert jonas.send(f"/workshops/{'z' * 26}", {}, page="/workshops").status_code == 404


def test_one_person_in_two_workshops_is_told_when_the_day_is_too_long(house: House, master: Client) -> None:
    number, social = second(house), house.client("socialine")
    path, there = f"/people/{house.ref('D1')}/other", place_ref(house, number)
    assert told(social.send(path, {"workshop": there, "number": "K9"}), "number-error")
    assert told(social.send(path, {"workshop": there, "number": "K2"}), "number-error")
    assert social.send(path, {"workshop": there, "number": "K1"}).status_code == 303
    assert social.send(path, {"workshop": there, "number": "K1"}).status_code == 409
    with house.opened.write() as session:
        doing = house.doing(session, "antras")
        ref = next(one.ref for one in people.participants(session, doing.vault, doing.scope) if one.person.number == "K1")
        board.making.log_attendance(doing, ref, FRIDAY, 20 * 60, Mark.ATTENDED)
        session.commit()
    answer = attend(master, house, "D1", hours="5")
    assert "daugiau kaip 24 valandos" in told(answer, "hours-error")
    assert 'value="5"' in answer.get_data(as_text=True)
    assert attend(master, house, "D1", hours="4").status_code == 303
    assert "Kartu su kitomis dirbtuvėmis šią dieną daugiau kaip 6 valandos" in master.page(DAY)
    assert social.send(f"{path}/part", {}, page=path).status_code == 303
    assert "Kartu su kitomis dirbtuvėmis" not in master.page(DAY)
    assert social.send(f"{path}/part", {}, page=path).status_code == 404


def test_a_substitute_is_no_colleague_and_nobody_lends_to_themselves(house: House) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        own = session.scalar(select(Account).where(Account.login == "vadovas"))
        with pytest.raises(Refused):
            organisation.substitute(doing, own, Role.INSTRUCTOR, FRIDAY, FRIDAY)
    with pytest.raises(Hidden):
        act(house, "buhalteris", days.close_day, FRIDAY)


# ---------- size ----------


def test_three_hundred_people_cost_no_more_queries_and_sixty_fit_into_200_kb(house: House, master: Client) -> None:
    master.send(f"{DAY}/everybody", {}, page=DAY)
    counted = []
    for more in (0, 48, 240):
        if more:
            crowd(house, more) if more == 48 else crowd_from(house, 200, more)
        with selects(house) as sent:
            page = master.page(DAY)
        counted.append(len(sent))
        assert more == 240 or len(page.encode()) < 200_000
    assert counted == [24, 26, 26]  # hours are offered once somebody has no mark yet


def crowd_from(house: House, first: int, count: int) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "socialine")
        for number in range(first, first + count):
            profile = people_actions.Profile(f"D{number}", Identity("Ona", f"Onaitė {number}"), date(2026, 1, 5), None)
            people_actions.keep_participant(doing, profile)
        session.commit()
