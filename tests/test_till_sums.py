"""The sums that the till's page works out are those of the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from browser import chromium
from hypothesis import given
from hypothesis import strategies as st
from test_core_till import ITEMS

from ledger.core import till
from ledger.core.till import Way

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STATIC = Path(__file__).resolve().parent.parent / "static"


@pytest.fixture(scope="module")
def page_sums():
    """The page's own sums, run in a browser."""
    with chromium() as browser:
        page = browser.new_page()
        source = (STATIC / "till_sums.js").read_text(encoding="utf-8").replace("export ", "")
        page.evaluate(source + "; globalThis.till = { bill, divided, read }; 0")
        yield page


def test_the_page_works_the_same_sums_out(page_sums):
    cases = []

    @given(ITEMS, st.sampled_from(Way), st.integers(0, 100_000), st.booleans())
    def gather(items, way, percent, as_sum):
        whole = sum(one.gross for one in items)
        cases.append((items, way, 0 if as_sum else percent, whole * percent // 100_000 if as_sum else 0))
    gather()
    sent = [[[{"quantity": one.quantity, "price": one.price_cents} for one in items], way.value, percent, cents]
            for items, way, percent, cents in cases]
    told = page_sums.evaluate("(cases) => cases.map((one) => till.bill(...one))", json.loads(json.dumps(sent)))
    for (items, way, percent, cents), on_page in zip(cases, told, strict=True):
        here = till.bill(items, way, percent=percent, cents=cents)
        assert (on_page["offs"], on_page["total"], on_page["payable"], on_page["rounding"]) == (
            list(here.offs), here.total, here.payable, here.rounding)


@pytest.mark.parametrize(("text", "cents"), [
    ("12,50", 1250), ("12.50", 1250), ("1 234,5", 123_450), ("1.234,50", None), ("NaN", None), ("1e3", None), ("-5", None),
    ("12,505", None), ("١٢", None), ("0x10", None)])
def test_the_page_reads_numbers_as_the_server_does(page_sums, text, cents):
    assert page_sums.evaluate("(text) => till.read(text, 2)", text) == cents
