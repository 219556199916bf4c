"""Photos on the pages: a product shown by its photo, a person's work beside the goal, on the person's own page, the logo."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import photographed
import pytest
from acts import act
from counted import queries
from easy import easy_faults
from house import Client, House, look_at
from PIL import Image
from sqlalchemy import select, text
from test_web_participant import choices, main_text, words
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from ledger.actions import photos as actions
from ledger.actions import work_steps
from ledger.core.work_steps import Step
from ledger.documents import pictures
from ledger.records import goals, production
from ledger.records.photos import GoalPhoto
from ledger.records.vault import SecretKey
from ledger.records.watch import View
from ledger.web.photo_form import LARGEST

WORK = {"day": "2026-11-20", "words": "Šešios žvakės, pats."}


def product(house: House) -> production.Product:
    with house.opened.read() as session:
        return production.products(session, house.doing(session, "meistras").scope)[0]


def goal(house: House) -> str:
    """Aistė's goal to come on time."""
    with house.opened.read() as session:
        return goals.goals(session, house.doing(session, "meistras").scope)[0].ref


def kept(house: House) -> list[GoalPhoto]:
    with house.opened.read() as session:
        return list(session.scalars(select(GoalPhoto).order_by(GoalPhoto.id)))


def put(client: Client, path: str, data: bytes, name: str = "IMG_1.jpg", page: str | None = None, **fields: str) -> TestResponse:
    """Choose a photo on its page and send it."""
    shown = client.get(page or path).get_data(as_text=True)
    keys = {name: found[1] for name in ("csrf_token", "key") if (found := re.search(f'name="{name}" value="([^"]+)"', shown))}
    boundary, body = encode_multipart({**keys, **fields, "photo": FileStorage(BytesIO(data), name)})
    answer = client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    if answer.status_code == 422:
        look_at(answer.get_data(as_text=True))
    return answer


def error(answer: TestResponse, field: str = "photo") -> str:
    found = re.search(rf'id="{field}-error">.*?<span>(.*?)</span></span>', answer.get_data(as_text=True), re.DOTALL)
    return found[1] if found else ""


def test_a_product_is_shown_by_its_photo_wherever_it_is_shown(house: House) -> None:
    client, page = house.client("meistras"), f"/products/{product(house).ref}"
    assert "Nuotraukos dar nėra" in client.page(page)
    assert put(client, f"{page}/photo", photographed.from_a_phone(), page=page).status_code == 303
    address = f"/photos/{product(house).photo_ref}/small.jpg"
    for shown in (page, "/products", "/day/2026-11-20", "/till"):
        assert address.replace("small", "large" if shown == page else "small") in client.page(shown), shown
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert Image.open(BytesIO(answer.data)).size == (240, 320), "upright"
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_photo_replaces_it_and_it_can_be_taken_away(house: House) -> None:
    client, page = house.client("meistras"), f"/products/{product(house).ref}"
    put(client, f"{page}/photo", photographed.picture(), page=page)
    first = product(house).photo_ref
    put(client, f"{page}/photo", photographed.picture(60, 60), page=page)
    assert product(house).photo_ref != first
    assert client.get(f"/photos/{first}/small.jpg").status_code == 404
    assert client.send(f"{page}/photo/back", {}, page=page).status_code == 303
    assert product(house).photo_ref is None
    assert client.send(f"{page}/photo/back", {}, page=page).status_code == 404
    assert act(house, "meistras", _rows, "product_photo") == 0


def _rows(doing, table):
    return doing.session.scalar(text(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize(("sent", "name", "said"), [
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "zvake.jpg", "nėra JPEG, PNG ar WebP"),
    (bytes(4) + b"ftypheic" + bytes(90), "IMG_2.HEIC", "Suderinamiausias"), (b"", "", "Nufotografuokite"),
    (photographed.picture()[:300], "a.jpg", "iki galo"), (bytes(12 * 1024 * 1024 + 1), "b.jpg", "12 MB")])
def test_what_is_no_photo_is_told_at_its_field_and_nothing_typed_is_lost(house: House, sent: bytes, name: str, said: str) -> None:
    client, page = house.client("meistras"), f"/goals/{goal(house)}/photos"
    answer = put(client, page, sent, name, **WORK)
    assert answer.status_code == 422
    assert said in error(answer)
    assert 'value="2026-11-20"' in answer.text
    assert 'value="Šešios žvakės, pats."' in answer.text
    assert kept(house) == []


def test_a_request_that_is_too_large_is_not_read(house: House) -> None:
    client, page = house.client("meistras"), f"/goals/{goal(house)}/photos"

    class Never(BytesIO):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("it was read")
    sent = {"wsgi.input": Never(), "CONTENT_LENGTH": str(LARGEST + 1)}
    answer = client.post(page, content_type="multipart/form-data; boundary=x", environ_overrides=sent)
    assert answer.status_code == 413
    assert "12 MB" in answer.text


@pytest.mark.parametrize("name", ["../../x.jpg", "CON", "a" * 300 + ".jpg", "‮gpj.exe", '"><script>.jpg'])
def test_the_name_of_a_file_is_never_used(house: House, name: str) -> None:
    client, page = house.client("meistras"), f"/goals/{goal(house)}/photos"
    assert put(client, page, photographed.picture(), name, **WORK).status_code == 303
    answer = client.get(f"/goals/photos/{kept(house)[0].ref}/large.jpg")
    assert answer.headers["Content-Disposition"] == 'inline; filename="nuotrauka.jpg"'
    assert name not in client.page(page)


def test_the_instructor_puts_a_photo_of_the_work_and_the_person_sees_it(printed: House) -> None:
    client, page = printed.client("meistras"), f"/goals/{goal(printed)}/photos"
    assert "Nuotraukų dar nėra" in client.page(page)
    assert "Fotografuokite darbą, ne veidą." in client.page(page)
    assert put(client, page, photographed.from_a_phone(), **{**WORK, "day": "2026-10-20"}).status_code == 303
    ref = kept(printed)[0].ref
    for shown in (page, page.removesuffix("/photos"), f"/goals/photos/{ref}"):
        assert "Šešios žvakės, pats." in client.page(shown), shown
    answer = client.get(f"/goals/photos/{ref}/small.jpg")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    own = printed.participant("D1")
    for month in ("/my/2026-10", "/my/2026-11"):
        shown = own.page(month)
        assert f"/my/photos/{ref}/small.jpg" in shown
        assert choices(shown) + shown.count('class="goal-photo"') <= 5
        assert words(main_text(shown)) <= 60
    mine = own.page(f"/my/photos/{goal(printed)}")
    assert "Spalio 20 diena" in mine
    assert easy_faults(main_text(mine)) == []
    assert choices(mine) <= 5
    assert own.get(f"/my/photos/{ref}/large.jpg").status_code == 200
    other = printed.participant("D2")
    for path in (f"/my/photos/{goal(printed)}", f"/my/photos/{ref}/small.jpg", f"/goals/photos/{ref}/small.jpg"):
        other.page(path, 404)


def test_photos_of_people_are_not_for_money_people_and_looking_is_written_down(house: House) -> None:
    put(house.client("meistras"), f"/goals/{goal(house)}/photos", photographed.picture(), **WORK)
    ref = kept(house)[0].ref
    for login in ("buhalteris", "vadovas"):
        for path in (f"/goals/{goal(house)}/photos", f"/goals/photos/{ref}", f"/goals/photos/{ref}/large.jpg"):
            house.client(login).page(path, 404)
    client = house.client("socialine")
    client.page(f"/goals/photos/{ref}")
    client.get(f"/goals/photos/{ref}/large.jpg")
    with house.opened.watch() as watching:
        assert [one.page for one in watching.scalars(select(View).where(View.role == "social"))] == ["photos.one", "photos.of_work"]


@pytest.mark.parametrize(("field", "value", "said"), [
    ("day", "2026-11-22", "dar neatėjo"), ("day", "2026-08-01", "2026-08-03"), ("day", "", "Diena"), ("words", "a" * 201, "200")])
def test_a_mistake_beside_a_photo_stands_at_its_field(house: House, field: str, value: str, said: str) -> None:
    answer = put(house.client("meistras"), f"/goals/{goal(house)}/photos", photographed.picture(), **{**WORK, field: value})
    assert answer.status_code == 422
    assert said.lower() in error(answer, field).lower()
    assert kept(house) == []


def test_an_ended_goal_takes_no_more_photos(house: House) -> None:
    client, page = house.client("socialine"), f"/goals/{goal(house)}"
    client.send(f"{page}/end", {"version": "1"})
    assert "Įkelti nuotrauką" not in client.page(page)
    assert put(client, f"{page}/photos", photographed.picture(), page=page, **WORK).status_code == 422
    assert kept(house) == []


def test_who_put_a_photo_and_the_social_worker_take_it_back_and_nobody_else(house: House) -> None:
    page = f"/goals/{goal(house)}/photos"
    put(house.client("socialine"), page, photographed.picture(), **WORK)
    put(house.client("meistras"), page, photographed.picture(), **WORK)
    put(house.client("meistras"), page, photographed.picture(), **WORK)
    social, own, another = (one.ref for one in kept(house))
    client = house.client("meistras")
    assert "Pašalinti nuotrauką" not in client.page(f"/goals/photos/{social}")
    assert client.send(f"/goals/photos/{social}/back", {}, page=page).status_code == 404
    assert client.send(f"/goals/photos/{own}/back", {}, page=f"/goals/photos/{own}").status_code == 303
    assert house.client("socialine").send(f"/goals/photos/{another}/back", {}, page=page).status_code == 303
    assert [one.ref for one in kept(house)] == [social]
    assert client.get(f"/goals/photos/{own}/small.jpg").status_code == 404


def test_a_photo_goes_with_the_key_of_the_person(house: House) -> None:
    page = f"/goals/{goal(house)}/photos"
    put(house.client("meistras"), page, photographed.picture(colour=(1, 2, 3)), **WORK)
    row = kept(house)[0]
    with house.opened.books.connect() as connection:
        stored = connection.exec_driver_sql("SELECT large, small, words FROM goal_photo").one()
    assert not any(mark in part for part in stored for mark in (b"JFIF", "žvakės".encode()))
    with house.opened.write() as session:
        session.delete(session.scalar(select(SecretKey).where(SecretKey.subject == f"person:{row.person_ref}")))
        session.commit()
    house.opened.vault._keys.clear()
    with house.opened.read() as session:
        doing = house.doing(session, "meistras")
        assert actions.words_of(doing, row) == ""
    assert house.client("meistras").get(f"/goals/photos/{row.ref}/large.jpg").status_code == 404


def test_three_hundred_photos_come_in_pages_and_cost_no_more_queries(house: House) -> None:
    made, page = pictures.photo(photographed.picture(20, 20)), f"/goals/{goal(house)}/photos"
    act(house, "meistras", actions.put_goal_photo, goal(house), date(2026, 11, 1), "", made)
    client = house.client("meistras")
    few, few_of_goal = queries(house, client, page), queries(house, client, f"/goals/{goal(house)}")
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        for number in range(299):
            actions.put_goal_photo(doing, goal(house), date(2026, 11, 2), "Ilgas žodis " * 16 + str(number), made)
        session.commit()
    assert queries(house, client, page) == few == 9
    assert queries(house, client, f"/goals/{goal(house)}") == few_of_goal == 9
    shown = client.page(f"{page}?page=13")
    assert "300 nuotraukų" in shown
    assert shown.count("small.jpg") == 12
    assert client.page(f"{page}?page=1").count("small.jpg") == 24
    own = house.participant("D1").page(f"/my/photos/{goal(house)}?page=75")
    assert own.count("small.jpg") == 4


def test_a_photo_sent_twice_is_kept_once(house: House) -> None:
    client, page = house.client("meistras"), f"/goals/{goal(house)}/photos"
    for _ in range(2):
        answer = client.send(page, {**WORK, "photo": (BytesIO(photographed.picture()), "a.jpg")}, key="k" * 24)
        assert answer.status_code == 303
    assert len(kept(house)) == 1


def test_a_goal_names_a_skill_that_steps_train(house: House) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        work_steps.add_step(doing, product(house).ref, Step("Pasverk vašką", "svarstykles", kind="special", skill="Sveriu vašką"))
        session.commit()
    client, page = house.client("socialine"), f"/goals/{goal(house)}"
    form = client.page(f"{page}/edit")
    assert ">Sveriu vašką</option>" in form
    sent = {"title": "Sveriu", "picture": "svarstykles", "kind": "special", "baseline": "Nesveria.", "target": "Sveria.",
            "set_on": "2026-08-03", "due_on": "2027-02-28", "version": "1", "skill": "Sveriu vašką"}
    assert client.send(f"{page}/edit", sent).status_code == 303
    assert "Pasverk vašką" in client.page(page)
    answer = client.send(f"{page}/edit", {**sent, "version": "2", "skill": "Skraidau"})
    assert answer.status_code == 422
    assert "nelavina" in error(answer, "skill")


def test_who_learns_a_step_finds_its_cards_first(house: House) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        first, second = production.products(session, doing.scope)[:2]
        work_steps.add_step(doing, first.ref, Step("Lenk popierių", "klijuoti"))
        work_steps.add_step(doing, second.ref, Step("Sverk molį", "svarstykles", kind="special", skill="Sveriu"))
        goals.goals(session, doing.scope)[0].skill = "Sveriu"
        session.commit()
    shown = house.participant("D1").page("/cards")
    assert shown.index(second.name) < shown.index("Tavo tikslas") < shown.index(first.name)
    assert easy_faults(main_text(shown)) == []
    assert "Tavo tikslas" not in house.client("meistras").page("/cards")


def test_from_my_month_to_the_work_cards_and_back(printed: House) -> None:
    client = printed.participant("D1")
    assert 'href="/cards"' in client.page("/my")
    assert 'href="/my"' in client.page("/cards")
    assert 'href="/cards"' not in printed.client("meistras").page("/cards").split("<main")[0].split('class="who"')[1]


def test_the_logo_is_put_shown_and_removed_by_the_director(house: House) -> None:
    client = house.client("vadovas")
    assert "Logotipo dar nėra" in client.page("/setup/logo")
    assert client.get("/setup/logo.png").status_code == 404
    assert put(client, "/setup/logo", b"nieko").status_code == 422
    assert put(client, "/setup/logo", photographed.picture(300, 100, "PNG"), "logo.png").status_code == 303
    assert client.get("/setup/logo.png").mimetype == "image/png"
    assert client.send("/setup/logo/back", {}, page="/setup/logo").status_code == 303
    assert client.send("/setup/logo/back", {}, page="/setup/logo").status_code == 404
    house.client("buhalteris").page("/setup/logo", 404)
