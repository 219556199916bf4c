"""Rules in the browser: read by all staff, written by accountant and director as a form or a text, approved by the director."""

from __future__ import annotations

import copy
import html
import random
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import random_schemes
from counted import selects
from house import DATA, Client
from hypothesis import given
from hypothesis import strategies as st

from ledger import i18n
from ledger.core import schemes as core
from ledger.core.measures import PERSON_NAMES
from ledger.core.tables import SchemeFault
from ledger.records.stipends import SchemeDraft, SchemeRow
from ledger.sentences import SENTENCES, sentence
from ledger.web import scheme_fields, scheme_form, scheme_help, scheme_keys, scheme_presets
from ledger.web.scheme_fields import Known

ROOT = Path(core.__file__).parents[1]
SCHEME = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
CASES = sorted((Path(__file__).parent / "cases" / "schemes").glob("*.toml"))


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").split())


def fields(page: str) -> dict[str, str]:
    """What a browser would send of a draft's form as it stands."""
    form = page[page.index('class="scheme'):page.index("</form>", page.index('class="scheme'))]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = {name: html.unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', tag)}
        if told.get("type") != "checkbox" and told["name"] not in ("csrf_token", "key"):
            found[told["name"]] = told.get("value", "")
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found


def begun(client: Client, begin: str = "mixed") -> str:
    """The address of a new draft."""
    answer = client.send("/rules/new", {"begin": begin}, page="/rules/new")
    assert answer.status_code == 303
    return answer.headers["Location"].split("?")[0]


def text_of(client: Client, address: str) -> str:
    page = client.page(address + "/text")
    return html.unescape(page[page.index("<textarea"):].partition(">")[2].partition("</textarea>")[0]).lstrip("\r\n")


# ---------- form and text are two views of the same data ----------


@given(st.integers(min_value=0))
def test_any_scheme_comes_back_from_its_form_as_it_was(seed):
    data = random_schemes.scheme(random.Random(seed))
    with i18n.use(random.Random(seed).choice(i18n.LANGUAGES)):
        assert scheme_form.read(scheme_form.fields_for(copy.deepcopy(data))) == data


@pytest.mark.parametrize("path", [*sorted((ROOT / "presets").glob("*.toml")), *CASES], ids=lambda path: path.stem)
def test_written_schemes_come_back_from_their_form_as_they_were(path):
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert scheme_form.read(scheme_form.fields_for(copy.deepcopy(data))) == data


def test_what_the_form_cannot_show_is_not_lost():
    data = {"name": " ", "odd": {"day": date(2026, 1, 2), "list": [1, True]}, "part": [{"key": "a", "kind": "nobody", "x": [1]}],
            "limit": "none", "pool": {}, "debt": {"share": True}, "fund": [], "leaving": {"months": 3, "rule": "always"}}
    assert scheme_form.read(scheme_form.fields_for(data)) == data


@pytest.mark.parametrize(("typed", "written"), [
    ("1,20", "1.20"), ("1.20", "1.20"), ("0,5 * ref.wage", "0.5 * ref.wage"), ("min(1,5; days)", "min(1.5, days)"),
    ("min(days, 3)", "min(days, 3)"), ("min(1,2)", "min(1;2)"), ("units.A1,5", "units.A1,5")])
def test_a_comma_is_decimal_and_never_means_two_things(typed, written):
    assert scheme_form.formula_typed(typed) == written
    assert written == "min(1;2)" or scheme_form.formula_typed(scheme_form.formula_shown(written)) == written


def test_a_row_is_added_taken_out_and_moved():
    data = {"part": [{"key": "a"}, {"key": "b"}], "limit": [{"key": "c"}]}
    assert [one["key"] for one in scheme_form.changed(data, "down:part[1]")["part"]] == ["b", "a"]
    assert [one["key"] for one in scheme_form.changed(data, "up:part[1]")["part"]] == ["b", "a"]
    assert "limit" not in scheme_form.changed(data, "drop:limit[1]")
    added = scheme_form.changed({"part": [{"key": "days"}]}, "add:part", "per_day")["part"][1]
    assert (added["key"], added["kind"]) == ("days2", "per_day")
    for stale in ("drop:part[9]", "up:nowhere[1]", "add:part[7].band", "open:", "x", "close:part[1].absence"):
        scheme_form.changed(data, stale)


def test_every_key_choice_and_name_has_its_words():
    told = [*scheme_help.sections(), *scheme_help.kinds()]
    bare = [(table.id, one.key) for table in told for one in table.keys if one.label == one.key.rpartition(".")[2]]
    assert bare == []
    assert not [one.takes for table in told for one in table.keys if re.search(r"(\w+) – \1(;|$)", one.takes)]
    named = {name.partition(".")[0] for name, _words in scheme_keys.NAMES}
    assert named == {name.partition(".")[0] for name in PERSON_NAMES}


def test_every_fault_of_rules_has_its_sentence():
    codes = {code for path in (ROOT / "core").glob("*.py") for code in re.findall(r'"(scheme_[a-z_]+)"', path.read_text("utf-8"))}
    assert len(codes) > 50
    assert codes <= set(SENTENCES)


def test_a_fault_stands_at_its_field_or_at_the_nearest_thing_around_it():
    data = core.toml_data(SCHEME)
    faults = [SchemeFault("part[2].portion", "scheme_number_form"), SchemeFault("part[1].band[1].nonsense", "scheme_key_unknown"),
              SchemeFault("part[9].x", "scheme_key_unknown"), SchemeFault("", "scheme_syntax", {"line": 1, "column": 2})]
    found = scheme_fields.build(data, faults, Known()).faults
    assert [one for one, _where, _text in found] == ["at-part-2-portion", "at-part-1-band-1", "at-part", "content"]


# ---------- starting ----------


def test_the_page_offers_presets_with_whom_they_suit(house):
    words = plain(house.client("buhalteris").page("/rules/new"))
    for one in scheme_presets.shown():
        assert one.label in words
        assert one.suits in words
        assert one.weak in words


@pytest.mark.parametrize("begin", [*scheme_presets.PRESETS, "in-force"])
def test_a_draft_begins_without_faults(house, begin):
    client = house.client("buhalteris")
    address = begun(client, begin)
    assert "Klaidų nėra: štai ką sako juodraštis" in plain(client.page(address))
    assert core.toml_data(text_of(client, address))["number"] == "2"


def test_nothing_chosen_and_a_preset_that_is_none(house):
    client = house.client("buhalteris")
    assert client.send("/rules/new", {}, page="/rules/new").status_code == 422
    assert client.send("/rules/new", {"begin": "../x"}, page="/rules/new").status_code == 404


def test_a_person_makes_rules_by_the_form_alone(house):
    client = house.client("buhalteris")
    address = begun(client, "empty")
    page = client.page(address + "?fresh=1")
    assert "aria-invalid" not in page
    for do, typed in (("add:part", {"name": "Mūsų tvarka", "new_kind": "per_day"}),
                      ("add:part", {"part[1].band[1].from_hours": "4", "part[1].band[1].amount": "1,20", "new_kind": "traced"}),
                      ("add:limit", {"part[2].portion": "70"})):
        page = client.send(address, {**fields(page), **typed, "do": do}, page=address).get_data(as_text=True)
    answer = client.send(address, {**fields(page), "limit[1].amount": "150", "do": "save"}, page=address)
    assert answer.status_code == 303
    words = plain(client.page(address))
    assert "1,20 € už kiekvieną dieną, kai dirbta 4 val. ar ilgiau." in words
    assert "70 % sumos" in words
    assert "ne daugiau kaip 150,00 €" in words
    assert 'amount = "1.20"' in text_of(client, address)


# ---------- a draft ----------


def test_saving_the_text_changes_the_form_and_the_other_way_round(house):
    client = house.client("buhalteris")
    address = begun(client)
    text = text_of(client, address).replace('"70"', '"65.5"')
    version = fields(client.page(address))["version"]
    assert client.send(address + "/text", {"text": text, "version": version}, page=address + "/text").status_code == 303
    page = client.page(address)
    assert fields(page)["part[2].portion"] == "65,5"
    client.send(address, {**fields(page), "part[2].portion": "55.5", "do": "save"}, page=address)
    assert 'portion = "55.5"' in text_of(client, address)


def test_an_unchanged_form_keeps_the_notes_of_the_text(house):
    client = house.client("buhalteris")
    made = client.send("/rules/new/text", {"text": SCHEME}, page="/rules/new")
    address = made.headers["Location"]
    client.send(address, {**fields(client.page(address)), "do": "save"}, page=address)
    assert "# Sumos ir procentai rašomi kabutėse" in text_of(client, address)


def test_faults_stand_beside_their_fields_with_what_is_allowed(house):
    client = house.client("buhalteris")
    address = begun(client)
    sent = {**fields(client.page(address)), "part[2].portion": "170", "part[1].payer": "kazkas", "limit[1].amount": "ref.nera",
            "do": "save"}
    assert client.send(address, sent, page=address).status_code == 303
    page = client.page(address)
    words = plain(page)
    assert "Juodraštyje yra 3 klaidos" in words
    assert "Skaičius per didelis: daugiausia 100." in words
    assert "„parduoti gaminiai“, „dirbtuvių biudžetas“, „rezervas“" in words
    assert page.count('aria-invalid="true"') == 3
    for name in re.findall(r'<li><a href="#([^"]+)">', page):
        assert f'id="{name}"' in page
    assert "3 klaidos" in plain(client.page("/rules"))
    assert "part[2].portion" in client.page(address + "/text")


def test_a_text_that_cannot_be_read_is_kept_and_mended_as_text(house):
    client = house.client("buhalteris")
    made = client.send("/rules/new/text", {"text": "name = "}, page="/rules/new")
    address = made.headers["Location"].removesuffix("/text")
    assert "neįmanoma perskaityti" in client.page(address)
    assert client.send(address + "/text", {"text": "#" * 50_001, "version": "1"}, page=address + "/text").status_code == 422
    assert client.send(address + "/text", {"text": SCHEME, "version": "1"}, page=address + "/text").status_code == 303
    assert "Klaidų nėra" in plain(client.page(address))


def test_a_change_by_somebody_else_meanwhile_is_told_and_nothing_typed_is_lost(house):
    client = house.client("buhalteris")
    address = begun(client)
    sent = {**fields(client.page(address)), "part[2].portion": "61", "do": "save"}
    house.client("vadovas").send(address, {**sent, "part[2].portion": "62"}, page=address)
    answer = client.send(address, sent, page=address)
    assert answer.status_code == 409
    assert fields(answer.get_data(as_text=True))["part[2].portion"] == "61"


def test_a_button_writes_nothing(house):
    client = house.client("buhalteris")
    address = begun(client)
    before = text_of(client, address)
    client.send(address, {**fields(client.page(address)), "do": "drop:part[1]"}, page=address)
    assert text_of(client, address) == before


def test_a_field_sent_twice_and_strange_fields_do_no_harm(house):
    client = house.client("buhalteris")
    address = begun(client)
    sent = fields(client.page(address))
    assert client.send(address, {**sent, "name": ["a", "b"]}, page=address).status_code == 400
    assert client.send(address, {**sent, "!": '{"a": null, "b": [', "part[1]!": "[]", "do": "add:part[99999].x"},
                       page=address).status_code == 200


def test_a_draft_is_thrown_away_after_asking(house):
    client = house.client("buhalteris")
    address = begun(client)
    assert "sugrąžinti nebus galima" in client.page(address + "/drop")
    assert client.send(address + "/drop", {}, page=address + "/drop").status_code == 303
    assert client.get(address).status_code == 404


# ---------- versions ----------


def test_the_rules_in_force_are_told_in_words(house):
    words = plain(house.client("meistras").page("/rules"))
    assert "1,20 € už kiekvieną dieną, kai dirbta 4 val. ar ilgiau." in words
    assert "Tvarka Nr. 1 galioja" in words
    assert "Juodraščiai" not in words
    assert "Išbandyti" not in words


PIECES = SCHEME.replace('kind = "traced"', 'kind = "per_piece"').replace(
    'portion = "70"', 'piece = [{ product = "P1", amount = "0.5" }]')


def test_what_is_worth_a_thought_stands_on_the_draft_and_on_its_approval_and_blocks_nothing(house):
    client = house.client("vadovas")
    address = begun(client)
    thought = "Apie tai verta pagalvoti. Patvirtinti galima ir tokią tvarką."
    assert thought not in plain(client.page(address))
    assert client.send(address + "/text", {"version": "1", "text": PIECES.replace('number = "1"', 'number = "2"')},
                       page=address + "/text").status_code == 303
    for page in (address, address + "/text", address + "/approve"):
        words = plain(client.page(page))
        assert thought in words
        assert "moka už vienetą be normos" in words
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.page(address + "/approve"))
    order = {"seen": seen[1] if seen else "", "order_number": "V-91", "order_date": "2026-11-20", "in_force_from": "2027-01-01"}
    assert client.send(address + "/approve", order, page=address + "/approve").status_code == 303


def test_a_draft_leads_to_its_own_trial(house):
    client = house.client("buhalteris")
    address = begun(client)
    [link] = re.findall(r'href="(/rules/what-if[^"]*)"', client.page(address))
    assert re.search(r'value="draft:[a-z0-9]+"[^>]* checked', client.page(html.unescape(link)))


def test_thousands_typed_with_a_space_are_one_number():
    with i18n.use("lt"):
        assert scheme_form.formula_typed("1 200,50 + 2\u00a0000 * days") == "1200.50 + 2000 * days"


def test_a_fault_tells_what_may_be_written_instead():
    with i18n.use("lt"):
        assert "nėra, kaip ir jokio kito" in sentence("scheme_ref_unknown", {"name": "x", "names": "—"})
        assert sentence("scheme_name_unknown", {"name": "x", "names": "hours., days"}).endswith("Galima vartoti: hours.…, days.")
        assert "ratu: a – b – a." in sentence("scheme_circular", {"way": "a → b → a"})


def test_the_director_approves_and_the_list_tells_what_comes(house):
    client = house.client("vadovas")
    address = begun(client)
    page = client.page(address + "/approve")
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    order = {"seen": seen[1] if seen else "", "order_number": "V-90", "order_date": "2026-11-20"}
    assert house.client("buhalteris").get(address + "/approve").status_code == 404
    refused = client.send(address + "/approve", {**order, "in_force_from": "2027-01-15"}, page=address + "/approve")
    assert refused.status_code == 422
    assert "2027-01-15 yra mėnesio viduryje" in plain(refused.get_data(as_text=True))
    stale = client.send(address + "/approve", {**order, "seen": "x", "in_force_from": "2027-01-01"}, page=address + "/approve")
    assert stale.status_code == 409
    assert client.send(address + "/approve", {**order, "in_force_from": "2027-01-01"}, page=address + "/approve").status_code == 303
    words = plain(client.page("/rules"))
    assert "dar negalioja 2027-01-01" in words
    assert "Nuo 2027-01-01 ją pakeičia tvarka Nr. 2." in words
    version = re.search(r'href="(/rules/versions/[a-z0-9]+)"', client.page("/rules"))
    assert version is not None
    assert client.send(version[1] + "/draft", {}, page=version[1]).status_code == 303


def test_the_help_names_every_kind_and_key(house):
    words = plain(house.client("meistras").page("/rules/help"))
    for part in ("from_hours", "allowance_factor", "days.unexcused", "Už lankytas dienas", "Ką galima įrašyti į tvarką"):
        assert part in words


def test_an_empty_workshop_says_how_to_begin(house):
    import acts
    acts.drop_guards(house)
    acts.raw(house, "DELETE FROM scheme")
    words = plain(house.client("vadovas").page("/rules"))
    assert "Be tvarkos mėnesio apskaičiuoti negalima" in words
    assert "Naujos tvarkos niekas nerengia." in words
    assert "Galiojanti tvarka" not in plain(house.client("vadovas").page("/rules/new"))


QUERIES = 7


@pytest.mark.parametrize("count", [3, 300])
def test_the_number_of_queries_does_not_grow_with_versions_and_drafts(house, count):
    long = "Labai ilgas tvarkos pavadinimas, kuriame-yra-nepertraukiamai-parašytų-žodžių"
    with house.opened.write() as session:
        first = session.query(SchemeRow).one()
        own = {"organisation_id": first.organisation_id, "workshop_id": first.workshop_id}
        for n in range(count):
            day = date(2030 + n // 12, n % 12 + 1, 1)
            session.add(SchemeRow(**own, number=f"{n + 10}", name=long, text=first.text, sha256="x", in_force_from=day,
                                  order_number="V", order_date=day, approved_by=first.approved_by, approved_at=first.approved_at))
            session.add(SchemeDraft(**own, name=long, text=first.text, made_by=first.approved_by, made_at=first.approved_at,
                                    changed_at=first.approved_at))
        session.commit()
    client = house.client("vadovas")
    with selects(house) as sent:
        page = client.page("/rules")
    assert page.count("Labai ilgas") == 2 * count
    assert len(sent) == QUERIES
