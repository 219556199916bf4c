"""Bank statements: what is read, what is refused, and what each movement is to our payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import paying
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paying import OURS, entry, statement

from ledger.core.bank_statement import MOST_BYTES, PROPOSED, BankEntry, Sent, Verdict, match, read
from ledger.core.faults import Refused
from ledger.core.payments import State

OTHER = "LT869999910000023757"


@pytest.mark.parametrize("version", ["02", "03", "04", "05", "06", "07", "08"])
def test_a_statement_is_read(version):
    found, = read(statement(entry(-9617, "MB-1", account=OTHER, name="Aistė", text="Stipendija"), entry(500), version=version))
    assert (found.account, found.number, found.opening, found.closing, found.adds_up) == (OURS, "S1", 10_000_000, 9_990_883, True)
    first, second = found.entries
    assert (first.cents, first.end_to_end, first.account, first.name, first.text) == (-9617, "MB-1", OTHER, "Aistė", "Stipendija")
    assert (first.day, first.currency, first.place, second.place, second.cents) == (date(2026, 11, 21), "EUR", 0, 1, 500)


def test_older_banks_write_state_and_name_otherwise():
    plain = statement(entry(-100, "A", name="X"), version="02").replace(b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts>BOOK</Sts>")
    found, = read(plain.replace(b"<Pty><Nm>X</Nm></Pty>", b"<Nm>X</Nm>").replace(b"<BookgDt><Dt>2026-11-21</Dt>",
                                                                              b"<BookgDt><DtTm>2026-11-21T10:00:00</DtTm>"))
    assert (found.entries[0].name, found.entries[0].day) == ("X", date(2026, 11, 21))


def test_what_is_not_booked_yet_is_left_out():
    assert read(statement(entry(-100)).replace(b"BOOK", b"PDNG"))[0].entries == ()


def test_many_payments_in_one_entry_are_told_apart():
    two = ("<NtryDtls><TxDtls><Refs><EndToEndId>A</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy=\"EUR\">1.00</Amt></TxAmt></AmtDtls>"
           "</TxDtls><TxDtls><Refs><EndToEndId>B</EndToEndId></Refs><Amt Ccy=\"EUR\">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>"
           "</NtryDtls>")
    whole = entry(-300).replace(entry(-300)[entry(-300).index("<NtryDtls>"):entry(-300).index("</Ntry>")], two)
    found, = read(statement(whole))
    assert [(one.end_to_end, one.cents, one.place) for one in found.entries] == [("A", -100, 0), ("B", -200, 1)]
    other, = read(statement(whole.replace("1.00", "1.01")))
    assert [(one.end_to_end, one.cents) for one in other.entries] == [("", -300)]


@pytest.mark.parametrize(("data", "code"), [
    (b"", "statement_not_xml"), (b"Sveiki", "statement_not_xml"), (b"<a>", "statement_not_xml"),
    (b"\xff\xfe\x00", "statement_not_xml"), (b"<Document/>", "statement_other_format"),
    (b'<?xml version="1.0" encoding="nera"?><a/>', "statement_not_xml"),
    (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.01"/>', "statement_other_format"),
    (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.08"/>', "statement_other_format"),
    (b'<Other xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "statement_other_format"),
    (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "statement_odd"),
    (b"x" * (MOST_BYTES + 1), "statement_too_large"), (b"<a>" * 50, "statement_too_large"),
    (b'<!DOCTYPE a><a/>', "statement_doctype"),
    (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "statement_doctype"),
    ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'.encode("utf-16"), "statement_doctype")])
def test_a_file_that_is_no_statement_is_refused(data, code):
    with pytest.raises(Refused, match=code):
        read(data)


@pytest.mark.parametrize(("old", "new"), [
    (b">1.00<", b">1,00<"), (b">1.00<", b">1.001<"), (b">1.00<", b">-1.00<"), (b">1.00<", b">NaN<"), (b">1.00<", b">1e5<"),
    (b">1.00<", "> ١.00<".encode()), (b"<Dt>2026-11-21</Dt></BookgDt>", b"<Dt>2026-02-30</Dt></BookgDt>"),
    (b"<BookgDt><Dt>2026-11-21</Dt></BookgDt>", b""), (b"<CdtDbtInd>DBIT</CdtDbtInd>", b"<CdtDbtInd>X</CdtDbtInd>")])
def test_what_reads_two_ways_is_refused(old, new):
    data = statement(entry(-100))
    assert old in data
    with pytest.raises(Refused, match="statement_odd"):
        read(data.replace(old, new))


def test_a_changed_sum_shows_in_the_balances():
    assert not read(statement(entry(-100), total=-99))[0].adds_up


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with pytest.raises(Refused):
        read(data)


# ---------- matching ----------


def sent(ref: str = "A", cents: int = 100, state: State = State.SENT, account: str = OTHER, batch: str = "MB-1") -> Sent:
    return Sent(f"ref-{ref}", ref, batch, cents, account, state)


def verdicts(payments: list[Sent], *movements: str, posted: tuple[str, ...] = ()) -> list[str]:
    found, = read(statement(*movements))
    keys = [f"k{one.place}" for one in found.entries]
    return [one.verdict.value for one in match(found.entries, keys, posted, payments)]


@pytest.mark.parametrize(("payment", "movement", "verdict"), [
    (sent(), entry(-100, "A"), "settle"), (sent(), entry(-100, "A", account=OTHER), "settle"),
    (sent(), entry(-100, "A", account=OURS), "account_differs"), (sent(), entry(-101, "A"), "sum_differs"),
    (sent(), entry(-100, "B"), "unknown_out"), (sent(), entry(-100), "unknown_out"), (sent(), entry(100), "unknown_in"),
    (sent(), entry(100, "A", back=True), "return"), (sent(), entry(100, "A"), "unknown_in"),
    (sent(), entry(99, "A", back=True), "sum_differs"), (sent(state=State.SETTLED), entry(-100, "A"), "already"),
    (sent(state=State.SETTLED), entry(100, "A", back=True), "return"),
    (sent(state=State.RETURNED), entry(100, "A", back=True), "already"), (sent(state=State.RETURNED), entry(-100, "A"), "already"),
    (sent(state=State.PENDING), entry(-100, "A"), "not_sent"),
    (sent(state=State.PENDING), entry(100, "A", back=True), "not_sent"),
    (sent(), entry(-100, "A", currency="USD"), "other_currency")])
def test_what_a_movement_is_to_a_payment(payment, movement, verdict):
    assert verdicts([payment], movement) == [verdict]


def test_a_reference_that_stands_twice_is_proposed_for_neither():
    assert verdicts([sent()], entry(-100, "A"), entry(-100, "A", reference="2")) == ["twice", "twice"]
    assert verdicts([sent()], entry(-100, "A"), entry(100, "A", back=True)) == ["settle", "return"]


def test_a_movement_that_is_in_the_books_is_not_proposed_again():
    assert verdicts([sent()], entry(-100, "A"), posted=("k0",)) == ["posted"]


def test_a_batch_in_one_sum_is_the_whole_batch_or_nothing():
    both = [sent(), sent("B", 50)]
    assert verdicts(both, entry(-150, batch="MB-1")) == ["settle"]
    assert verdicts(both, entry(-100, batch="MB-1")) == ["sum_differs"]
    assert verdicts(both, entry(-150, batch="MB-1"), entry(-150, batch="MB-1", reference="2")) == ["twice", "twice"]
    assert verdicts([sent(), sent("B", 50, State.RETURNED)], entry(-100, batch="MB-1")) == ["settle"]
    assert verdicts([sent(state=State.SETTLED), sent("B", 50)], entry(-150, batch="MB-1")) == ["already"]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from([-100, -99, 100])), max_size=6))
def test_nothing_is_proposed_that_does_not_fit_to_the_cent(moves):
    payments = {name: sent(name) for name in "AB"}
    made = [BankEntry(place, date(2026, 11, 21), cents, "EUR", str(place), name, "", 0, "", "", "", cents > 0, "")
            for place, (name, cents) in enumerate(moves)]
    for one in match(made, [str(place) for place in range(len(made))], (), payments.values()):
        if one.verdict in PROPOSED:
            assert one.payments == (payments[one.entry.end_to_end],)
            assert abs(one.entry.cents) == 100
            assert sum((two.end_to_end, two.cents > 0) == (one.entry.end_to_end, one.entry.cents > 0) for two in made) == 1


def test_marks_tell_movements_apart():
    one = read(statement(entry(-100, "A")))[0].entries[0]
    assert one.marks() != replace(one, reference="2").marks()
    assert one.marks() == replace(one, place=7, name="X").marks()
    assert {Verdict.SETTLE, Verdict.RETURN} == PROPOSED
    assert paying.OURS
