"""A scheme's sections together: what does not fit is told with its place and what is allowed."""

import pytest

from ledger.core.schemes import SchemeRefused, parse
from tests.schemes import HEAD, ORDER, limit, noted, part, scheme

FLAT = part("pay", "flat", 'amount = "10"')


def test_sections_that_do_not_fit_together() -> None:
    found = noted(
        FLAT,
        part("pay", "flat", 'amount = "1"'),
        part("debt", "flat", 'amount = "1"', payer="nobody"),
        part("gone", "flat", 'amount = "1"\nabsence = { cut_to = "pool" }'),
        part("odd", "fancy", 'amount = "1"'),
        part("pot", "share", 'by = "one"', payer="reserve"),
        part("rate", "flat", 'from_pool = { by = "one" }', payer="budget"),
        part("half", "share", 'by = "one"\nof = "60"', payer="pool"),
        part("more", "share", 'by = "one"\nof = "41"', payer="pool"),
        part("rest", "share", 'by = "one"\nmonths = [1]', payer="pool"),
        part("late", "share", 'by = "one"\nof = "1"\nmonths = [1, 2]', payer="pool"),
        part("tax", "withheld", 'rate = "1"\nbasis = "x"', payer=""),
        part("after", "flat", 'amount = "part.after + ref.wage + ref.none"'),
        '[[fund]]\nkey = "gifts"\nlabel = "F"\n[[fund]]\nkey = "pool"\nlabel = "F"\n',
        '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "8" }]\n',
        '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "8" }]\n',
        limit("top", "ceiling", 'amount = "10"\nreturns = "gift"'),
        limit("low", "floor", 'amount = "10"\npayer = "nobody"'),
        '[pool]\namount = "5"\nodd = 1\n',
        '[warn]\nabove = "days"\nodd = 1\n',
        '[debt]\nshare = "101"\nodd = 1\n',
        '[leaving]\nrule = "months"\nodd = 1\n',
        head='calendar = "lt"\n',
    )
    assert found == [
        (
            "part[5].kind",
            "scheme_kind_unknown",
            {"kinds": "flat, per_day, per_hour, per_piece, rated, share, traced, top_up, adjustment, withheld"},
        ),
        ("leaving.odd", "scheme_key_unknown", {"keys": "months, rule"}),
        ("debt.share", "scheme_number_over", {"most": 100}),
        ("debt.odd", "scheme_key_unknown", {"keys": "share"}),
        ("pool.amount", "scheme_pool_amount", {}),
        ("pool.odd", "scheme_key_unknown", {"keys": "amount, costs, left, payout_share, reserve, shortfall, source"}),
        ("warn.odd", "scheme_key_unknown", {"keys": "above"}),
        ("calendar", "scheme_calendar_form", {}),
        ("part", "scheme_key_twice", {"name": "debt"}),
        ("part", "scheme_key_twice", {"name": "pay"}),
        ("fund", "scheme_key_twice", {"name": "pool"}),
        ("amount", "scheme_key_twice", {"name": "wage"}),
        ("part[3].payer", "scheme_choice", {"options": "pool, budget, reserve, gifts, pool"}),
        ("limit[1].returns", "scheme_choice", {"options": "reserve, source, again, gifts, pool"}),
        ("limit[2].payer", "scheme_choice", {"options": "pool, budget, reserve, gifts, pool"}),
        ("part[9]", "scheme_portions_over", {}),
        ("part[10]", "scheme_portions_over", {}),
        ("part[11]", "scheme_not_last", {}),
        ("part[6].amount", "scheme_pot_amount", {}),
        ("part[7].from_pool", "scheme_pot_amount", {}),
        ("part[13]", "scheme_withheld_last", {}),
        ("part[13].amount", "scheme_part_later", {"name": "after"}),
        ("part[13].amount", "scheme_ref_unknown", {"name": "none", "names": "ref.wage"}),
        ("warn.above", "scheme_name_unknown", {"name": "days", "names": "ref., month., people"}),
    ]


@pytest.mark.parametrize(
    ("code", "sound"), [("LT", True), ("DE-BY", True), ("", False), ("L", False), ("LT-", False), ("LT-ABCD", False)]
)
def test_codes_of_calendars(code: str, sound: bool) -> None:
    if sound:
        assert scheme(FLAT, head=f'calendar = "{code}"\n').calendar == code
    else:
        assert [fault[0] for fault in noted(FLAT, head=f'calendar = "{code}"\n')] == ["calendar"]


def test_all_of_the_pool_may_be_portioned_out_month_by_month() -> None:
    halves = [part(f"p{n}", "share", f'by = "one"\nof = "50"\nmonths = [{months}]', payer="pool")
              for n, months in enumerate(("1, 2", "1", "2", "3"))]
    assert len(scheme(*halves, part("rest", "share", 'by = "one"\nmonths = [12]', payer="pool")).parts) == 5


def test_where_a_text_breaks() -> None:
    with pytest.raises(SchemeRefused) as refused:
        parse('name = "x"\nnumber = = 5\n')
    assert [(fault.place, fault.code, dict(fault.values)) for fault in refused.value.faults] == [
        ("", "scheme_syntax", {"line": 2, "column": 10}),
    ]
    assert (refused.value.code, dict(refused.value.values)) == ("scheme_faulty", {"count": 1})
    with pytest.raises(SchemeRefused) as refused:
        parse(HEAD + ORDER + FLAT + "[before]\n")
    assert [(fault.place, fault.code, dict(fault.values)) for fault in refused.value.faults] == [
        ("before", "scheme_key_unknown", {}),
    ]


def test_a_wage_that_a_rate_falls_below_from_some_day_on() -> None:
    """8.00 / 80 is 0.10 to the cent; from July 8.30 / 80 is cut to 0.10 too, which makes 8.00 an hour."""
    amount = '[[amount]]\nkey = "wage"\nvalue = [{ from = 2025-01-01, amount = "8.30" }, { from = 2026-01-01, amount = "8" }%s]\n'
    norm = 'norm = { wage = "ref.wage", per_hour = "80", not_below_wage = true }'
    piece = part("a", "per_piece", f'rate_rounding = [{{ mode = "down", step = "0.01" }}]\npiece = [{{ task = "t", {norm} }}]')
    assert scheme(amount % "", FLAT, piece).parts[1].key == "a"
    found = noted(amount % ', { from = 2026-07-01, amount = "8.30" }', FLAT, piece)
    assert found == [("part[2].piece[1].norm.not_below_wage", "scheme_below_wage", {})]


def test_what_a_section_does_not_say() -> None:
    assert (scheme("[debt]\n", FLAT).debt_share, scheme(FLAT).debt_share) == (20, 20)
    [(place, code, said)] = noted(FLAT, head="odd = 1\n")
    assert (place, code, "before" in str(said["keys"]).split(", ")) == ("odd", "scheme_key_unknown", False)


def test_a_fund_has_a_name_of_its_own() -> None:
    for key in ("source", "withheld", "again", "reserve"):
        assert noted(FLAT, f'[[fund]]\nkey = "{key}"\nlabel = "F"\n') == [("fund", "scheme_key_twice", {"name": key})]


def test_nothing_is_left_of_a_pool_that_one_part_takes_whole() -> None:
    shares = [part(key, "share", f'by = "one"\nof = "{of}"', payer="pool") for key, of in (("all", "100"), ("more", "1"))]
    assert noted(*shares) == [("part[2]", "scheme_portions_over", {})]


def test_an_amount_of_an_amount_that_is_not_there() -> None:
    amount = '[[amount]]\nkey = "a"\nderived = { of = "ref.none", new = "1", old = "1" }\n'
    assert noted(FLAT, amount) == [("amount[1].derived.of", "scheme_ref_unknown", {"name": "none", "names": "ref.a"})]


def test_a_wage_counts_from_the_day_of_the_rules() -> None:
    amount = '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "8.30" }]\n'
    norm = 'norm = { wage = "ref.wage", per_hour = "80", not_below_wage = true }'
    piece = part("a", "per_piece", f'rate_rounding = [{{ mode = "down", step = "0.01" }}]\npiece = [{{ task = "t", {norm} }}]')
    assert noted(amount, piece) == [("part[1].piece[1].norm.not_below_wage", "scheme_below_wage", {})]


def test_formulas_of_what_is_not_there() -> None:
    amounts = [f'[[amount]]\nkey = "{key}"\nvalue = [{{ from = 2026-01-01, amount = "8" }}]\n' for key in ("b", "a")]
    assert noted(part("pay", "flat", 'amount = "part.other + ref.none"'), *amounts) == [
        ("part[1].amount", "scheme_part_unknown", {"name": "other"}),
        ("part[1].amount", "scheme_ref_unknown", {"name": "none", "names": "ref.a, ref.b"}),
    ]
