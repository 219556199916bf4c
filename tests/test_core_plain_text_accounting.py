"""The journal as text for Beancount and hledger, letter for letter: no program of others is needed to see what is written."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.core.journal import Account
from ledger.core.plain_text_accounting import Ledger, Posted, account_names, beancount, component, euros, hledger

BANK, ROUNDING = (Account.BANK, "", ""), (Account.CASH_ROUNDING, "", "")
FAIR, ANNA = (Account.RECEIVABLES, "", "mugė"), (Account.PAYABLE, "D1", "")
BOOKS = Ledger(
    'Dirbtuvė „Rytas"; \\ 1', (BANK, FAIR, ANNA), (
        Posted(2, date(2026, 10, 5), "", "Muilas: 3 vnt., | mugė; antras", ((FAIR, 121), (ANNA, -121))),
        Posted(3, date(2026, 10, 2), "MB-1", "Sumokėta", ((ANNA, 5), (BANK, -5))),
        Posted(1, date(2026, 10, 5), "SK-1;2", 'Pir\n mas "a"', ((BANK, 100), (FAIR, -100)))),
    date(2026, 10, 31), {"bank": "271:1"})


def test_beancount_letter_for_letter() -> None:
    assert beancount(BOOKS) == """\
option "title" "Dirbtuvė „Rytas\\"; \\\\ 1"
option "operating_currency" "EUR"

2026-10-02 commodity EUR

2026-10-02 open Assets:Bank EUR
  code: "271:1"
2026-10-02 open Assets:Receivables:Mugė EUR
2026-10-02 open Liabilities:Payable:D1 EUR

2026-10-02 * "Sumokėta"
  number: 3
  document: "MB-1"
  Liabilities:Payable:D1  0.05 EUR
  Assets:Bank  -0.05 EUR

2026-10-05 * "Pir mas \\"a\\""
  number: 1
  document: "SK-1;2"
  Assets:Bank  1.00 EUR
  Assets:Receivables:Mugė  -1.00 EUR

2026-10-05 * "Muilas: 3 vnt., | mugė; antras"
  number: 2
  Assets:Receivables:Mugė  1.21 EUR
  Liabilities:Payable:D1  -1.21 EUR

2026-11-01 balance Assets:Bank  0.95 EUR
2026-11-01 balance Assets:Receivables:Mugė  0.21 EUR
2026-11-01 balance Liabilities:Payable:D1  -1.16 EUR
"""


def test_hledger_letter_for_letter() -> None:
    assert hledger(BOOKS) == """\
; Dirbtuvė „Rytas"  \\ 1
decimal-mark .
commodity 1000.00 EUR

account Assets:Bank
  ; code: 271:1
account Assets:Receivables:Mugė
account Liabilities:Payable:D1

2026-10-02 * (3) Sumokėta  ; document: MB-1
    Liabilities:Payable:D1  0.05 EUR
    Assets:Bank  -0.05 EUR

2026-10-05 * (1) Pir mas "a"  ; document: SK-1 2
    Assets:Bank  1.00 EUR
    Assets:Receivables:Mugė  -1.00 EUR

2026-10-05 * (2) Muilas  3 vnt.    mugė  antras
    Assets:Receivables:Mugė  1.21 EUR
    Liabilities:Payable:D1  -1.21 EUR

2026-10-31 * balances
    Assets:Bank  0.00 EUR = 0.95 EUR
    Assets:Receivables:Mugė  0.00 EUR = 0.21 EUR
    Liabilities:Payable:D1  0.00 EUR = -1.16 EUR
"""


def test_the_days_of_a_file_without_entries_are_the_one_asked_for() -> None:
    empty = Ledger("", (BANK,), (), date(2026, 10, 31), {})
    assert (empty.began, empty.asserted, empty.sums) == (date(2026, 10, 31), date(2026, 10, 31), {BANK: 0})


def test_an_entry_after_the_day_asked_for_is_asserted_too_and_a_key_of_an_entry_is_summed_though_nobody_named_it() -> None:
    late = Ledger("", (), (Posted(1, date(2026, 11, 3), "", "", ((BANK, 7), (FAIR, -7), (BANK, 2))),), date(2026, 10, 31), {})
    assert (late.began, late.asserted, late.sums) == (date(2026, 11, 3), date(2026, 11, 3), {BANK: 9, FAIR: -7})


def test_names_of_accounts() -> None:
    keys = [ROUNDING, (Account.RESERVE, "", "a"), (Account.RESERVE, "", "A"), (Account.RESERVE, "", "A-2"),
            (Account.SALES, "D1", "x"), (Account.RESERVE, "", "a!"), (Account.VAT, "", "")]
    assert list(account_names(keys).values()) == [
        "Expenses:CashRounding", "Equity:Reserve:A", "Equity:Reserve:A-2", "Equity:Reserve:A-2-2", "Income:Sales:D1:X",
        "Equity:Reserve:A-3", "Liabilities:Vat"]


@pytest.mark.parametrize(("text", "part"), [
    ("e\u0301", "É"), ("a--b", "A-b"), ("a ; b", "A-b"), ("-a-", "A"), ("½a", "A"), ("٣", "٣"), ("中", "X中"), ("", "X")])
def test_a_part_of_a_name_has_letters_digits_and_single_hyphens(text: str, part: str) -> None:
    assert component(text) == part


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (100, "1.00"), (-1205, "-12.05")])
def test_cents_as_euros(cents: int, text: str) -> None:
    assert euros(cents) == text


def test_what_cannot_be_seen_is_a_space() -> None:
    text = "a\u200bb\x00c\ue000d"
    one = Ledger(text, (), (Posted(1, date(2026, 10, 5), "", text, ()),), date(2026, 10, 31), {})
    assert 'option "title" "a b c d"' in beancount(one)
    assert "2026-10-05 * (1) a b c d\n" in hledger(one)
