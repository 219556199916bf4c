"""Statements of the bank: read once, posted on the accountant's word, and a mock bank that takes our file and writes one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from acts import act, drop_guards, raw, refusal, trail
from house import OCTOBER, House
from mockbank import Config
from mockbank.state import State
from paying import OURS, OWN, TODAY, approve, balance, batch, entry, sent, statement, states
from sqlalchemy.exc import DBAPIError

from ledger.actions import bank, months, payees, payments, verify_sources
from ledger.actions.verify import verify
from ledger.core.bank_statement import Own, Verdict
from ledger.core.journal import Account
from ledger.records import journal
from ledger.records import payments as rows


def handed(house: House, data: bytes) -> str:
    """The reference of a statement that was read."""
    return str(act(house, "buhalteris", bank.read_statement, data).ref)


def look(house: House, ref: str) -> bank.Looked:
    with house.opened.read() as session:
        return bank.look(house.doing(session, "buhalteris"), ref)[0]


def keys(house: House, ref: str) -> set[str]:
    return {one.key for one in look(house, ref).proposed}


@pytest.mark.parametrize(("day", "code"), [("2026-11-22", "future_day"), ("9999-12-31", "future_day"), ("0001-01-01", "long_ago")])
def test_a_row_of_a_day_that_cannot_be_is_not_booked(approved, day, code):
    ref = handed(approved, statement(entry(-500, text="Mokestis", day=day)))
    [one] = look(approved, ref).matches
    assert refusal(approved, "buhalteris", bank.post_own, ref, one.key, Own.FEE) == code


def test_of_a_statement_of_another_account_nothing_is_booked(approved):
    sent(approved, {"D1": 9617})
    ref = handed(approved, statement(entry(-9617, "MB-2026-0001-1"), entry(-500, text="Mokestis"), account="LT601010012345678901"))
    looked = look(approved, ref)
    assert (looked.fault, looked.free) == ("statement_account", [])
    assert refusal(approved, "buhalteris", bank.post_own, ref, looked.matches[1].key, Own.FEE) == "conflict not_proposed"


def test_what_fits_is_posted_on_the_accountants_word_and_only_once(approved):
    made = sent(approved, {"D1": 9617, "D2": 10248})
    data = statement(entry(-9617, "MB-2026-0001-1"), entry(-10248, "MB-2026-0001-2", day="2026-11-20"))
    ref = handed(approved, data)
    assert states(approved, made.ref) == ["sent", "sent"]
    chosen = keys(approved, ref)
    assert act(approved, "buhalteris", bank.confirm, ref, chosen) == 2
    assert (states(approved, made.ref), balance(approved, Account.BANK)) == (["settled", "settled"], -19865)
    assert refusal(approved, "buhalteris", bank.confirm, ref, chosen) == "conflict not_proposed"
    assert handed(approved, data) == ref
    again = handed(approved, data.replace(b"<MsgId>S1", b"<MsgId>S2"))
    assert again != ref
    assert {one.verdict for one in look(approved, again).matches} == {Verdict.POSTED}
    assert refusal(approved, "buhalteris", bank.confirm, again, set()) == "nothing_chosen"


@pytest.mark.parametrize("moves", [
    (entry(-9618, "MB-2026-0001-1"),), (entry(-9617, "MB-2026-0001-1"), entry(-9617, "MB-2026-0001-1", reference="x")),
    (entry(-9617, "MB-2026-0001-9"),), (entry(-9617, "MB-2026-0001-1", account=OURS),), (entry(-9617),)])
def test_what_does_not_fit_is_listed_and_nothing_is_posted(approved, moves):
    made = sent(approved, {"D1": 9617})
    ref = handed(approved, statement(*moves))
    looked = look(approved, ref)
    assert (looked.proposed, len(looked.matches)) == ([], len(moves))
    assert refusal(approved, "buhalteris", bank.confirm, ref, {looked.matches[0].key}) == "conflict not_proposed"
    assert (states(approved, made.ref), balance(approved, Account.BANK)) == (["sent"], 0)


def test_a_statement_that_does_not_add_up_or_is_of_another_account_posts_nothing(approved):
    sent(approved, {"D1": 9617})
    wrong = look(approved, handed(approved, statement(entry(-9617, "MB-2026-0001-1"), total=-1)))
    assert (wrong.fault, wrong.proposed) == ("statement_sums", [])
    other = look(approved, handed(approved, statement(entry(-9617, "MB-2026-0001-1"), account="LT869999910000023757")))
    assert (other.fault, other.proposed) == ("statement_account", [])


def test_money_that_comes_back_is_owed_again(approved):
    made = sent(approved, {"D1": 9617})
    ref = handed(approved, statement(entry(-9617, "MB-2026-0001-1"), entry(9617, "MB-2026-0001-1", back=True, reason="AC04")))
    act(approved, "buhalteris", bank.confirm, ref, keys(approved, ref))
    assert states(approved, made.ref) == ["returned"]
    assert (balance(approved, Account.PAYABLE, "D1"), balance(approved, Account.BANK)) == (-9617, 0)
    with approved.opened.read() as session:
        assert [one.why for one in rows.events_of_batch(session, OWN, made.ref)] == ["", "", "", "bank"]


def test_what_customers_paid_is_posted_by_channel(approved):
    ref = handed(approved, statement(entry(25000, name="Krautuvė", text="Sąskaita 5")))
    income = look(approved, ref).matches[0].key
    before = balance(approved, Account.RECEIVABLES)
    assert refusal(approved, "buhalteris", bank.post_own, ref, income, Own.RECEIPT, "nėra tokio") == "no_channel"
    assert refusal(approved, "buhalteris", bank.post_own, ref, "x", Own.RECEIPT, "mugė") == "conflict not_proposed"
    act(approved, "buhalteris", bank.post_own, ref, income, Own.RECEIPT, "mugė")
    assert (balance(approved, Account.BANK), balance(approved, Account.RECEIVABLES)) == (25000, before - 25000)
    assert refusal(approved, "buhalteris", bank.post_own, ref, income, Own.RECEIPT, "mugė") == "conflict not_proposed"
    assert refusal(approved, "vadovas", bank.post_own, ref, income, Own.RECEIPT, "mugė") == "hidden"


def test_two_alike_movements_of_customers_are_two(approved):
    ref = handed(approved, statement(entry(500, text="Muilas"), entry(500, text="Muilas")))
    first, second = (one.key for one in look(approved, ref).matches)
    assert first != second
    act(approved, "buhalteris", bank.post_own, ref, first, Own.RECEIPT, "mugė")
    assert [one.verdict for one in look(approved, ref).matches] == [Verdict.POSTED, Verdict.UNKNOWN_IN]


@pytest.mark.parametrize(("own", "cents", "against"), [
    (Own.FEE, -250, Account.BANK_FEES), (Own.FEE, 250, Account.BANK_FEES), (Own.CASH, -15000, Account.CASH),
    (Own.CASH, 4000, Account.CASH)])
def test_a_fee_and_cash_at_the_bank_are_booked_by_a_persons_decision_and_once(approved, own, cents, against):
    ref = handed(approved, statement(entry(cents, text="Banko žodžiai")))
    row = look(approved, ref).matches[0].key
    assert (balance(approved, Account.BANK), balance(approved, against)) == (0, 0)
    act(approved, "buhalteris", bank.post_own, ref, row, own)
    assert (balance(approved, Account.BANK), balance(approved, against)) == (cents, -cents)
    assert refusal(approved, "buhalteris", bank.post_own, ref, row, own) == "conflict not_proposed"
    assert [one.verdict for one in look(approved, ref).matches] == [Verdict.POSTED]
    assert [one.after for one in trail(approved, "post_bank_row")] == [
        {"as": own.value, "channel": "", "cents": cents, "day": "2026-11-21"}]
    with approved.opened.read() as session:
        assert verify(session, approved.opened.vault).troubles == ()


def test_a_row_booked_as_the_wrong_thing_is_taken_back_with_a_reason_and_decided_anew(approved):
    data = statement(entry(-15000, text="Grynieji"))
    ref = handed(approved, data)
    [row] = look(approved, ref).matches
    act(approved, "buhalteris", bank.post_own, ref, row.key, Own.FEE)
    for wrong in range(2):  # and once more: the second decision was wrong too
        key = look(approved, ref).matches[0].key
        assert refusal(approved, "buhalteris", bank.take_back, ref, key, " ") == "take_back_why"
        assert refusal(approved, "vadovas", bank.take_back, ref, key, "Ne mokestis.") == "hidden"
        act(approved, "buhalteris", bank.take_back, ref, key, "Ne mokestis, o grynieji.")
        assert refusal(approved, "buhalteris", bank.take_back, ref, key, "Dar kartą.") == "conflict not_own_row"
        assert (balance(approved, Account.BANK), balance(approved, Account.BANK_FEES)) == (0, 0)
        again = handed(approved, data.replace(b"<MsgId>S1", b"<MsgId>S2"))  # in whatever file it comes
        [free] = look(approved, again).free
        assert free.key not in (row.key, key)
        act(approved, "buhalteris", bank.post_own, ref, free.key, Own.CASH if wrong else Own.FEE)
        assert refusal(approved, "buhalteris", bank.post_own, again, free.key, Own.CASH) == "conflict not_proposed"
    assert (balance(approved, Account.BANK), balance(approved, Account.CASH)) == (-15000, 15000)
    with approved.opened.read() as session:
        assert rows.posted_counts(session, OWN, [ref]) == {ref: 1}
        assert verify(session, approved.opened.vault).troubles == ()
        assert len([one for one in journal.entries(session, OWN) if one.kind == "bank_back"]) == 2
    assert [one.after["as"] for one in trail(approved, "take_back_bank_row")] == ["fee", "fee"]


def test_a_payment_of_a_person_is_never_taken_back_here(approved):
    sent(approved, {"D1": 9617})
    ref = handed(approved, statement(entry(-9617, "MB-2026-0001-1"), entry(-500, text="Mokestis")))
    paid, fee = (one.key for one in look(approved, ref).matches)
    act(approved, "buhalteris", bank.confirm, ref, {paid})
    for key in (paid, fee, "x"):
        assert refusal(approved, "buhalteris", bank.take_back, ref, key, "Klaida.") == "conflict not_own_row"
    insert = ("INSERT INTO bank_taken_back (ref, organisation_id, workshop_id, posting_ref, entry_key, said_ref, said_sha256, "
              "taken_by, taken_at, app_version) SELECT 'x', 1, 1, ref, entry_key, 's', 's', 'a', posted_at, '1' FROM bank_posting")
    with pytest.raises(DBAPIError, match="no own movement"):
        raw(approved, insert)


def test_a_row_of_a_closed_month_is_taken_back_in_the_first_open_one(approved):
    ref = handed(approved, statement(entry(-500, text="Mokestis", day="2026-10-30")))
    [row] = look(approved, ref).matches
    act(approved, "buhalteris", bank.post_own, ref, row.key, Own.FEE)
    act(approved, "buhalteris", months.start_closing, OCTOBER)
    act(approved, "buhalteris", months.close, OCTOBER, months.Counted(0, -500))
    act(approved, "buhalteris", bank.take_back, ref, row.key, "Ne mokestis.")
    with approved.opened.read() as session:
        [one] = [one for one in journal.entries(session, OWN) if one.kind == "bank_back"]
        assert (one.booked_in, str(one.happened_on)) == ("2026-11", "2026-10-30")
        assert verify(session, approved.opened.vault).troubles == ()


@pytest.mark.parametrize("change", [
    "UPDATE journal_leg SET account = 'differences' WHERE account = 'bank_fees' AND cents < 0", "DELETE FROM bank_taken_back",
    "UPDATE bank_taken_back SET posting_ref = 'x'"])
def test_verify_goes_both_ways_between_a_row_taken_back_and_its_entry(approved, change):
    ref = handed(approved, statement(entry(-250, text="Mokestis")))
    [row] = look(approved, ref).matches
    act(approved, "buhalteris", bank.post_own, ref, row.key, Own.FEE)
    act(approved, "buhalteris", bank.take_back, ref, row.key, "Ne mokestis.")
    drop_guards(approved)
    raw(approved, change)
    with approved.opened.read() as session:
        codes = {one.code for one in verify_sources.troubles(session)}
    assert codes == {"entry_from_nowhere" if change.startswith("DELETE") else "not_booked"}


@pytest.mark.parametrize("moves", [(entry(-9617, "MB-2026-0001-1"),), (entry(-9618, "MB-2026-0001-1"),),
                                   (entry(-250, currency="USD"),)])
def test_a_payment_of_ours_or_another_currency_is_never_a_fee(approved, moves):
    sent(approved, {"D1": 9617})
    ref = handed(approved, statement(*moves))
    row = look(approved, ref).matches[0].key
    assert refusal(approved, "buhalteris", bank.post_own, ref, row, Own.FEE) == "conflict not_proposed"


def test_neither_a_statement_that_does_not_add_up_nor_the_director_books_a_fee(approved):
    wrong, right = (handed(approved, statement(entry(-250, text="Mokestis"), total=total)) for total in (-1, None))
    row = look(approved, right).matches[0].key
    assert refusal(approved, "buhalteris", bank.post_own, wrong, row, Own.FEE) == "conflict not_proposed"
    assert refusal(approved, "vadovas", bank.post_own, right, row, Own.FEE) == "hidden"
    assert refusal(approved, "buhalteris", bank.post_own, right, row, Own.RECEIPT, "mugė") == "conflict not_proposed"


@pytest.mark.parametrize("change", [
    "UPDATE bank_posting SET cents = cents + 1", "UPDATE bank_posting SET kind = 'cash'",
    "UPDATE journal_leg SET account = 'differences' WHERE account = 'bank_fees'", "DELETE FROM bank_posting"])
def test_verify_goes_both_ways_between_a_row_of_a_statement_and_its_entry(approved, change):
    ref = handed(approved, statement(entry(-250, text="Mokestis")))
    act(approved, "buhalteris", bank.post_own, ref, look(approved, ref).matches[0].key, Own.FEE)
    drop_guards(approved)
    raw(approved, change)
    with approved.opened.read() as session:
        codes = {one.code for one in verify_sources.troubles(session)}
    assert codes == {"entry_from_nowhere" if change.startswith("DELETE") else "not_booked"}


@pytest.mark.parametrize("change", [
    "UPDATE bank_posting SET cents = cents - 1 WHERE kind = 'settle'",
    "UPDATE bank_posting SET cents = cents + 1 WHERE kind = 'return'",
    "DELETE FROM bank_posting WHERE kind = 'settle'"])
def test_verify_goes_both_ways_between_a_row_of_a_statement_and_its_payment(approved, change):
    sent(approved, {"D1": 9617, "D2": 100})
    ref = handed(approved, statement(
        entry(-9617, "MB-2026-0001-1"), entry(-100, "MB-2026-0001-2"), entry(100, "MB-2026-0001-2", back=True)))
    act(approved, "buhalteris", bank.confirm, ref, keys(approved, ref))
    drop_guards(approved)
    with approved.opened.read() as session:
        assert verify_sources.troubles(session) == []
    raw(approved, change)
    with approved.opened.read() as session:
        assert {one.code for one in verify_sources.troubles(session)} == {"not_booked"}


def test_the_bank_account_moves_on_the_banks_own_day(approved):
    """Sent on the 21st by our word, paid on the 20th by the bank's: of the 20th the bank is right."""
    sent(approved, {"D1": 9617})
    ref = handed(approved, statement(entry(-9617, "MB-2026-0001-1", day="2026-11-20")))
    act(approved, "buhalteris", bank.confirm, ref, keys(approved, ref))
    found = []
    with approved.opened.read() as session:
        doing = approved.doing(session, "buhalteris")
        for day in (19, 20, 21):
            until = TODAY.replace(day=day)
            one = next(one for one in payees.standings(doing, until=until) if one.named.person.number == "D1")
            found.append((one.owed, one.on_way, one.paid, journal.balance(session, OWN, Account.BANK, until=until)))
    assert found == [(9617, 0, 0, 0), (0, 0, 9617, -9617), (0, 0, 9617, -9617)]


def test_the_statement_stands_sealed(approved):
    ref = handed(approved, statement(entry(500, name="Ona Rytė")))
    with approved.opened.read() as session:
        assert b"Ona" not in rows.get_bank_file(session, OWN, ref).sealed


# ---------- a bank ----------


def test_a_mock_bank_takes_the_file_refuses_it_the_second_time_and_its_statement_is_matched(approved):
    bank_of_tests = State(Config(clock="2026-11-20T09:00", quiet=True, port=0))
    try:
        ours = dict(bank_of_tests.conn.execute("SELECT * FROM account").fetchone())["iban"]
        made = batch(approved, {"D1": 9617, "D2": 10248}, account=ours)
        approve(approved, made.ref)
        content = act(approved, "buhalteris", payments.file_of, made.ref)[1]
        answer, _decision, findings = bank_of_tests.receive(content)
        assert (answer["status"], answer["accepted"], findings) == ("ACCP", 2, [])
        act(approved, "buhalteris", payments.mark_sent, made.ref, TODAY)
        assert bank_of_tests.receive(content)[0]["reason"] == "DUPL"
        bank_of_tests.clock.advance(days=5)
        written = [row["body"] for row in bank_of_tests.conn.execute("SELECT * FROM message") if "camt.053" in row["type"]]
    finally:
        bank_of_tests.close()
    own = next(text for text in written if ours in text and "MB-2026-0001-1" in text)
    with time_machine.travel(datetime(2026, 11, 27, 9, tzinfo=UTC), tick=True):  # the bank pays on Monday
        ref = handed(approved, own.encode())
        assert act(approved, "buhalteris", bank.confirm, ref, keys(approved, ref)) == 2
    assert (states(approved, made.ref), balance(approved, Account.BANK)) == (["settled", "settled"], -19865)
