"""The code on a statement: what stands in it, and that its check is over everything that was sealed."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ledger.core.code_on_paper import FORM, check, code, correction_code

LINES = [("days", "per_day", "pool", 1560), ("mugė", "traced", "pool", 8057)]


def upper16(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16].upper()


def test_the_check_is_over_the_run_the_number_the_person_the_sum_and_the_lines() -> None:
    text = '["55","SL-2026-0001","D1",9617,[["days","per_day","pool",1560],["mugė","traced","pool",8057]]]'
    assert check("55", "SL-2026-0001", "D1", 9617, LINES) == upper16(text)


def test_the_code_of_a_statement_is_its_number_its_sum_and_the_check() -> None:
    found = code("55", "SL-2026-0001", "D1", 9617, LINES)
    assert found == "DIRBTUVE:SL-2026-0001:9617:" + check("55", "SL-2026-0001", "D1", 9617, LINES)
    assert FORM.fullmatch(found)


def test_the_code_of_a_correction_names_what_is_paid_now_and_checks_all_five_sums() -> None:
    text = ('["55","PL-2026-0001","D1",30,'
            '[["before","","",100],["after","","",110],["plus","","",30],["debt","","",7],["borne","","",13]]]')
    assert correction_code("55", "PL-2026-0001", "D1", (100, 110, 30, 7, 13)) == f"DIRBTUVE:PL-2026-0001:30:{upper16(text)}"


@pytest.mark.parametrize("parts", [(1, 2, 3, 4), (1, 2, 3, 4, 5, 6)])
def test_a_correction_has_five_sums(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="zip"):
        correction_code("55", "PL-2026-0001", "D1", parts)  # type: ignore[arg-type]  # too few, too many
