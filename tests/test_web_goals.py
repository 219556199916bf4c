"""Goals: set by the social worker, seen by the instructor too, shown as everybody's own path."""

from __future__ import annotations

import re

import pytest
from counted import crowd, selects
from house import House
from sqlalchemy import select

from ledger.records import goals
from ledger.records.goals import GoalRow
from ledger.records.watch import View

NEW = {"title": "Pjaunu muilą", "picture": "muilas", "kind": "special", "baseline": "Pjauna, kai meistrė laiko.",
       "target": "Supjausto visą bloką.", "set_on": "2026-11-03", "due_on": "2027-05-31"}


def goal_rows(house: House) -> list[GoalRow]:
    with house.opened.read() as session:
        return goals.goals(session, house.doing(session, "socialine").scope)


def first(house: House) -> str:
    """The address of Aistė's goal to come on time."""
    return f"/goals/{goal_rows(house)[0].ref}"


def test_everybody_has_their_own_path(house: House) -> None:
    page = house.client("meistras").page("/goals")
    assert "Aistė Žukauskaitė" in page
    assert "Ateinu laiku: 5 iš 5" in page
    assert "Sveriu vašką: 3 iš 5" in page
    assert "Siekiamų tikslų nėra." in page
    numbers = re.findall(r'tag--code">(D\d+)<', page)
    assert numbers == [f"D{number}" for number in range(1, 12)], "by number, never by progress"


@pytest.mark.parametrize("login", ["buhalteris", "vadovas"])
def test_goals_are_not_for_money_people(house: House, login: str) -> None:
    client = house.client(login)
    client.page("/goals", 404)
    client.page(first(house), 404)
    client.page(f"/people/{house.ref('D1')}/goals/new", 404)
    assert client.send(f"{first(house)}/observe", {"day": "2026-11-20", "score": "4"}, page="/people").status_code == 404


def test_a_goal_shows_its_months_and_what_was_seen(house: House) -> None:
    page = house.client("meistras").page(first(house))
    for said in ("Ateinu laiku", "Ateina iki 9 valandos 2 dienas per savaitę.", "Ateina iki 9 valandos 5 dienas per savaitę.",
                 "rugpjūtis", "rugsėjis", "spalis", "lapkritis", "2026-10-24", "Milda Jonaitienė", "bendrasis įgūdis"):
        assert said in page, said
    assert "liepa" not in page, "the goal was set in August"


def test_looking_at_goals_is_written_down(house: House) -> None:
    house.client("meistras").page(first(house))
    with house.opened.watch() as watching:
        assert [one.page for one in watching.scalars(select(View))] == ["goals.goal"]


def test_the_instructor_writes_down_what_she_saw(house: House) -> None:
    client, page = house.client("meistras"), first(house).replace(goal_rows(house)[0].ref, goal_rows(house)[1].ref)
    sent = {"day": "2026-11-20", "score": "4", "note": "Pasvėrė pats du kartus."}
    assert client.send(f"{page}/observe", sent, page=page).status_code == 303
    shown = client.page(page)
    assert "Pasvėrė pats du kartus." in shown
    assert "Daiva Norkutė" in shown
    assert "Sveriu vašką: 4 iš 5" in shown


@pytest.mark.parametrize(("field", "value", "said"), [
    ("day", "2026-11-22", "dar neatėjo"), ("day", "2026-08-01", "2026-08-03"), ("day", "vakar", "vakar"), ("score", "", ""),
    ("score", "6", ""), ("note", "a" * 501, "500")])
def test_a_mistake_of_an_observation_stands_at_its_field(house: House, field: str, value: str, said: str) -> None:
    page = first(house)
    sent = {"day": "2026-11-20", "score": "4", "note": "", field: value}
    answer = house.client("socialine").send(f"{page}/observe", sent, page=page)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">.*?<span>(.*?)</span></span>', answer.get_data(as_text=True), re.DOTALL)
    assert error is not None
    assert said in error[1]
    assert len(goal_rows(house)[0].observations) == 3


def test_a_score_sent_past_the_page_is_refused(house: House) -> None:
    page = first(house)
    answer = house.client("socialine").send(f"{page}/observe", {"day": "2026-11-20", "score": "-1"}, page=page)
    assert answer.status_code == 422


def test_the_social_worker_sets_changes_and_ends_a_goal(house: House) -> None:
    client, ref = house.client("socialine"), house.ref("D3")
    answer = client.send(f"/people/{ref}/goals/new", NEW)
    assert answer.status_code == 303
    page = answer.location
    assert "Pjaunu muilą" in client.page(page)
    assert "Dar nestebėta" in client.page(page)
    changed = {**NEW, "title": "Pjaunu muilą pats", "version": "1"}
    assert client.send(f"{page}/edit", changed).status_code == 303
    assert "Pjaunu muilą pats" in client.page(page)
    assert client.send(f"{page}/edit", changed).status_code == 409, "somebody changed it meanwhile"
    assert "Užbaigti tikslą „Pjaunu muilą pats“?" in client.page(f"{page}/end")
    assert client.send(f"{page}/end", {"version": "2"}).status_code == 303
    assert "užbaigtas 2026-11-21" in client.page(page)
    assert "Pjaunu muilą" not in client.page("/goals")
    assert client.send(f"{page}/observe", {"day": "2026-11-20", "score": "4"}, page="/goals").status_code == 422


@pytest.mark.parametrize(("field", "value"), [
    ("title", ""), ("title", "a" * 41), ("baseline", ""), ("target", "a" * 201), ("kind", "kita"), ("picture", "../img"),
    ("due_on", "2026-11-03"), ("set_on", "")])
def test_a_mistake_of_a_goal_stands_at_its_field(house: House, field: str, value: str) -> None:
    answer = house.client("socialine").send(f"/people/{house.ref('D3')}/goals/new", {**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert len(goal_rows(house)) == 4


def test_the_instructor_keeps_no_goals(house: House) -> None:
    client, page = house.client("meistras"), first(house)
    client.page(f"{page}/edit", 404)
    client.page(f"{page}/end", 404)
    assert client.send(f"{page}/end", {"version": "1"}, page=page).status_code == 404
    assert client.send(f"/people/{house.ref('D3')}/goals/new", NEW, page="/goals").status_code == 404


def test_a_goal_that_is_not_there(house: House) -> None:
    house.client("socialine").page("/goals/nera", 404)
    house.client("socialine").page("/people/nera/goals/new", 404)


def test_the_list_costs_the_same_for_12_and_for_312(house: House) -> None:
    client = house.client("meistras")
    client.page("/goals")
    with selects(house) as sent:
        client.page("/goals")
    few = len(sent)
    crowd(house)
    client.page("/goals?page=2")
    with selects(house) as sent:
        page = client.page("/goals")
    assert (few, len(sent)) == (7, 7)
    assert page.count('class="ways__who"') == 30
