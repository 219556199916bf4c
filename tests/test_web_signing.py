"""Signing in and out the way a browser does it, and what must not open a door (design/attacks.md, rows in the names)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from house import STAFF, TODAY, House, look_at
from sqlalchemy import select, text

from ledger.jobs import DEMO_PASSWORD
from ledger.records.watch import SecurityEvent
from ledger.web.signing import safe_next


@pytest.mark.parametrize("login", STAFF)
def test_each_of_the_staff_comes_to_their_work(house: House, login: str) -> None:
    answer = house.client().sign_in(login)
    assert answer.status_code == 303
    assert answer.location == "/"


def test_a_wrong_password_and_an_unknown_name_sound_the_same(house: House) -> None:
    client = house.client()
    wrong = client.sign_in("meistras", "ne tas slaptažodis")
    unknown = client.sign_in("niekas", "ne tas slaptažodis")
    assert wrong.status_code == unknown.status_code == 422
    assert "Prisijungimo vardas arba slaptažodis neteisingas" in wrong.text
    assert "Prisijungimo vardas arba slaptažodis neteisingas" in unknown.text


def test_empty_fields_are_told_at_their_place(house: House) -> None:
    answer = house.client().send("/sign-in", {"login": "", "password": ""})
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2


def test_row_20_ten_wrong_passwords_pause_the_account_but_not_its_known_browser(house: House) -> None:
    known = house.client("meistras")
    known.send("/sign-out", {}, page="/rules")
    stranger = house.client()
    for _ in range(10):
        stranger.sign_in("meistras", "spėjimas spėjimas")
    paused = stranger.sign_in("meistras")
    assert paused.status_code == 429
    assert paused.headers["Retry-After"] == "900"
    assert known.sign_in("meistras").status_code == 303


def test_the_pause_ends_after_a_quarter_of_an_hour(house: House) -> None:
    stranger = house.client()
    for _ in range(10):
        stranger.sign_in("meistras", "spėjimas spėjimas")
    with time_machine.travel(TODAY + timedelta(minutes=16)):
        assert stranger.sign_in("meistras").status_code == 303


def test_row_22_the_session_is_a_new_one_after_signing_in(house: House) -> None:
    client = house.client()
    client.get("/sign-in")
    before = client.get_cookie("dirbtuve")
    client.sign_in("meistras")
    assert before is not None
    assert client.get_cookie("dirbtuve") != before


def test_row_23_a_cookie_from_before_signing_out_opens_nothing(house: House) -> None:
    client = house.client("meistras")
    old = client.get_cookie("dirbtuve")
    assert old is not None
    client.send("/sign-out", {}, page="/rules")
    client.set_cookie("dirbtuve", old.value, domain="localhost")
    assert client.get("/rules").location.startswith("/sign-in")


def test_row_24_an_ended_account_is_out_at_once(house: House) -> None:
    client = house.client("meistras")
    with house.opened.write() as books:
        books.execute(text("UPDATE account SET active = 0 WHERE login = 'meistras'"))
        books.commit()
    assert client.get("/rules").status_code == 302


def test_a_session_sleeps_after_an_hour_and_ends_after_half_a_day(house: House) -> None:
    client = house.client("meistras")
    with time_machine.travel(TODAY + timedelta(minutes=61)):
        assert client.get("/rules").status_code == 302


@pytest.mark.parametrize("wanted", [
    "//e", "///e", "/\\e", "https:e", "http:///e", "/%09/e\t", "/\r\n", "javascript:alert(1)", "", "e", "/nėra", "/sign-out"])
def test_row_26_only_a_page_of_ours_follows_signing_in(house: House, wanted: str) -> None:
    app = house.app()
    with app.test_request_context("/", base_url="http://localhost"):
        assert safe_next(wanted) is None
        assert safe_next("/rules") == "/rules"


def test_the_page_asked_for_opens_after_signing_in(house: House) -> None:
    client = house.client()
    asked = client.get("/rules")
    assert asked.location == "/sign-in?next=/rules"
    answer = client.send("/sign-in?next=/rules", {"login": "meistras", "password": DEMO_PASSWORD})
    assert answer.location == "/rules"


@pytest.mark.parametrize("password", ["ąčęėįšųūž " * 7, "🔑 raktas prie durų"])
def test_row_34_any_password_is_taken_as_typed(house: House, password: str) -> None:
    from ledger.actions.organisation import hash_password
    with house.opened.write() as books:
        books.execute(text("UPDATE account SET password_hash = :h WHERE login = 'meistras'"), {"h": hash_password(password)})
        books.commit()
    assert house.client().sign_in("meistras", password).status_code == 303
    assert house.client().sign_in("meistras", password.strip() + "x").status_code == 422


def test_row_34_ten_megabytes_of_password_are_not_hashed(house: House) -> None:
    assert house.client().sign_in("meistras", "x" * 10_000_000).status_code == 413


def test_row_38_a_form_without_its_token_is_refused(house: House) -> None:
    answer = house.client().post("/sign-in", data={"login": "meistras", "password": DEMO_PASSWORD})
    assert answer.status_code == 400
    look_at(answer.text)


def test_row_39_a_token_of_another_session_is_refused(house: House) -> None:
    stranger = re.search(r'name="csrf_token" value="([^"]+)"', house.client().get("/sign-in").text)
    assert stranger is not None
    client = house.client("meistras")
    assert client.post("/sign-out", data={"csrf_token": stranger[1]}).status_code == 400


def test_row_42_another_origin_is_refused(house: House) -> None:
    client = house.client("meistras")
    assert client.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403


def test_row_43_json_sent_as_text_is_not_read(house: House) -> None:
    assert house.client().post("/sign-in", data="{}", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_row_14_other_methods_never_run(house: House, method: str) -> None:
    client = house.client("meistras")
    assert client.open("/rules", method=method).status_code == 405
    assert client.open("/sign-out", method=method, headers={"X-HTTP-Method-Override": "POST"}).status_code == 405


@pytest.mark.parametrize("path", ["/rules/", "/rules//", "/Products", "/rules.", "/month/../rules", "/%2e%2e/rules",
                                  "/console", "/.git/config", "/static/../pyproject.toml", "/books.db"])
def test_rows_16_and_104_path_tricks_find_nothing(house: House, path: str) -> None:
    answer = house.client("meistras").get(path)
    assert answer.status_code in (404, 308)
    assert "sqlite" not in answer.text


def test_row_47_a_foreign_host_is_refused(house: House) -> None:
    assert house.client().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_rows_46_49_50_every_page_says_what_a_browser_may_do(house: House) -> None:
    headers = house.client("meistras").get("/rules").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]


def test_row_105_an_unknown_page_says_what_to_do(house: House) -> None:
    page = house.client("meistras").page("/nera-tokio", status=404)
    assert "Traceback" not in page


# ---------- badges ----------


def test_a_participant_comes_in_with_a_badge_on_a_registered_device(house: House) -> None:
    client = house.participant("D1")
    assert client.get("/").location == "/my"


def test_row_28_a_thousand_guessed_badges_open_nothing(house: House) -> None:
    client = house.client("vadovas")
    client.send("/devices", {"name": "Planšetė"})
    client.send("/sign-out", {}, page="/devices")
    codes = {client.send("/badge", {"badge": f"spejimas-{n}"}, page="/sign-in").status_code for n in range(30)}
    assert codes == {422, 429}
    with house.opened.watch() as watching:
        kinds = set(watching.scalars(select(SecurityEvent.kind)))
    assert {"badge_unknown", "badge_flood"} <= kinds


def test_row_29_a_lost_badge_is_dead_at_once(house: House) -> None:
    instructor = house.client("meistras")
    instructor.send(f"/people/{house.ref('D1')}/badge/void", {}, page=f"/people/{house.ref('D1')}")
    client = house.client("vadovas")
    client.send("/devices", {"name": "Planšetė"})
    client.send("/sign-out", {}, page="/devices")
    answer = client.send("/badge", {"badge": house.tokens["D1"]}, page="/sign-in")
    assert answer.status_code == 422
    assert "Šis ženklelis neveikia" in answer.text


def test_row_30_a_badge_on_a_strange_device_is_refused(house: House) -> None:
    answer = house.client().send("/badge", {"badge": house.tokens["D1"]}, page="/sign-in")
    assert answer.status_code == 403
    assert "Šiame įrenginyje ženkleliai neveikia" in answer.text


def test_not_me_leads_back_to_the_door(house: House) -> None:
    client = house.client("vadovas")
    client.send("/devices", {"name": "Planšetė"})
    client.send("/sign-out", {}, page="/devices")
    client.send("/badge", {"badge": house.tokens["D2"]}, page="/sign-in")
    assert "Žygimantas Ąžuolaitis" in client.page("/badge/you")
    client.send("/badge/you", {"answer": "no"})
    assert client.get("/my").status_code == 302


def test_row_32_a_badge_opens_no_page_of_the_staff(house: House) -> None:
    client = house.participant("D1")
    for path in ("/rules", "/people", "/month/2026-10", "/papers", "/goals", "/devices", "/sales", "/lots", "/import"):
        assert client.get(path).status_code == 404, path


def test_row_37_going_straight_past_the_question_opens_nothing(house: House) -> None:
    client = house.client("vadovas")
    client.send("/devices", {"name": "Planšetė"})
    client.send("/sign-out", {}, page="/devices")
    client.send("/badge", {"badge": house.tokens["D1"]}, page="/sign-in")
    assert client.get("/my").status_code == 302


def test_a_badge_session_sleeps_after_five_minutes(house: House) -> None:
    client = house.participant("D1")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert client.get("/my").status_code == 302


def test_the_page_speaks_english_when_asked(house: House) -> None:
    client = house.client()
    client.send("/language", {"language": "en", "next": "/sign-in"}, page="/sign-in")
    page = client.page("/sign-in")
    assert '<html lang="en">' in page
    assert "For staff" in page
