"""The month read aloud: what is said is what stands on the page, with numbers as words."""

from __future__ import annotations

import re

from house import OCTOBER, House

from ledger import i18n
from ledger.core.explanation import About, Fact
from ledger.web import participant
from ledger.web.participant import Goal, Page, Thing

PAGE = Page(
    month=OCTOBER, month_name="spalis", total_cents=9617, reasons=(Fact(About.DAYS, 1560, 13), Fact(About.GOODS, 8057)),
    sold=(Thing("zvake", "Žvakes"),), waiting=(), goals=(Goal("Ateinu laiku", "laikrodis", 5),), helper="Daiva",
    papers=frozenset(), earlier=None, later=None, certificates=False)


def test_the_month_is_read_aloud_in_easy_words(printed: House) -> None:
    client = printed.participant("D1")
    answer = client.get("/my/2026-10/sound.wav")
    assert answer.data[:4] == b"RIFF"
    with i18n.use("lt"):
        said = participant.spoken(PAGE)
    assert "Tavo suma: devyniasdešimt šeši eurai septyniolika centų." in said
    assert not re.search(r"[0-9€%]", " ".join(said))


def test_the_page_offers_to_listen(printed: House) -> None:
    assert "/my/2026-10/sound.wav" in printed.participant("D1").page("/my/2026-10")
