"""Dates and codes in tables are copied as they stand and never broken at their hyphens."""

from __future__ import annotations

import pytest
from house import House

from ledger.web.unbroken import unbroken


@pytest.mark.parametrize(("html", "kept"), [
    ("<td>D1, 2026-10-05</td>", '<td>D1, <time class="date">2026-10-05</time></td>'),
    ("<td>2026-11-22 08:47.</td>", '<td><time class="date">2026-11-22 08:47</time>.</td>'),
    ('<a href="/day/2026-10-05" aria-label="Diena 2026-10-05">KOM-2026-10-2/8</a>',
     '<a href="/day/2026-10-05" aria-label="Diena 2026-10-05"><span class="nowrap">KOM-2026-10-2/8</span></a>'),
    ('<option value="x">2026-10-05</option>', '<option value="x">2026-10-05</option>'),
    ("<td>−1,20 2026-10 12-5</td>", "<td>−1,20 2026-10 12-5</td>"),
    ("<td>&lt;b&gt; 2026-10-05</td>", '<td>&lt;b&gt; <time class="date">2026-10-05</time></td>')])
def test_what_is_kept_in_one_piece(html: str, kept: str) -> None:
    assert unbroken(html) == kept


def test_tables_of_pages_go_through_it(approved: House) -> None:
    assert '<time class="date">2026-10-' in approved.client("buhalteris").page("/journal")
