"""Bank statements: what is read, what is refused, and what each movement is to our payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import paying
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paying import OURS, entry, statement

from ledger.core import bank_statement
from ledger.core.bank_statement import MOST_BYTES, PROPOSED, BankEntry, Own, Sent, Verdict, legs_of_own, match, read
from ledger.core.faults import Refused
from ledger.core.journal import Account, Leg
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


def told(inside: str, sign: str = "DBIT", amount: str = "3.00", day: str = "<BookgDt><Dt>2026-11-21</Dt></BookgDt>") -> str:
    """A movement of 3 euros with what else the bank writes about it."""
    return f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>{day}{inside}</Ntry>'


def detail(*inside: str, sign: str = "DBIT") -> str:
    """A movement with details, each with what the bank writes about it."""
    return told(f"<NtryDtls>{''.join(f'<TxDtls>{one}</TxDtls>' for one in inside)}</NtryDtls>", sign)


def only(text: str) -> BankEntry:
    """The one movement of a statement."""
    one, = read(statement(text))[0].entries
    return one


@pytest.mark.parametrize(("movement", "name", "value"), [
    (told("<NtryRef>N</NtryRef>"), "reference", "N"), (told("<NtryRef>N</NtryRef><AcctSvcrRef>A</AcctSvcrRef>"), "reference", "A"),
    (detail("<Refs><AcctSvcrRef>D</AcctSvcrRef></Refs>").replace("<NtryDtls>", "<AcctSvcrRef>A</AcctSvcrRef><NtryDtls>"),
     "reference", "D"),
    (told("<NtryDtls><Btch><MsgId>M</MsgId></Btch></NtryDtls>"), "batch", "M"),
    (told("<NtryDtls><Btch><PmtInfId>P</PmtInfId><MsgId>M</MsgId></Btch></NtryDtls>"), "batch", "P"),
    (detail("<Refs><PmtInfId>P</PmtInfId></Refs>"), "batch", "P"),
    (detail("<Refs><PmtInfId>P</PmtInfId><EndToEndId>E</EndToEndId></Refs>"), "batch", ""),
    (told("<NtryDtls><Btch><NbOfTxs>12</NbOfTxs></Btch></NtryDtls>"), "batch_count", 12),
    (told("<NtryDtls><Btch><NbOfTxs>999999999</NbOfTxs></Btch></NtryDtls>"), "batch_count", 999_999_999),
    (told("<NtryDtls><Btch><NbOfTxs>1000000000</NbOfTxs></Btch></NtryDtls>"), "batch_count", 0),
    (told("<NtryDtls><Btch><NbOfTxs>daug</NbOfTxs></Btch></NtryDtls>"), "batch_count", 0), (told(""), "batch_count", 0),
    (detail("<RltdPties><Cdtr><Nm>K</Nm></Cdtr><Dbtr><Nm>M</Nm></Dbtr></RltdPties>"), "name", "K"),
    (detail("<RltdPties><Cdtr><Nm>K</Nm></Cdtr><Dbtr><Nm>M</Nm></Dbtr></RltdPties>", sign="CRDT"), "name", "M"),
    (detail("<RltdPties><Cdtr><Pty><Nm>K</Nm></Pty></Cdtr></RltdPties>"), "name", "K"), (told(""), "name", ""),
    (detail("<RltdPties><CdtrAcct><Id><Othr><Id>lt 12 ab</Id></Othr></Id></CdtrAcct></RltdPties>"), "account", "LT12AB"),
    (detail("<RltdPties><CdtrAcct><Id><IBAN>lt 12 ab</IBAN></Id></CdtrAcct></RltdPties>"), "account", "LT12AB"),
    (detail("<RmtInf><Ustrd>Už</Ustrd><Ustrd> </Ustrd><Ustrd>spalį  2026</Ustrd></RmtInf>"), "text", "Už spalį 2026"),
    (detail(f"<RmtInf><Ustrd>{'ą' * 1500}</Ustrd><Ustrd>{'č' * 1500}</Ustrd></RmtInf>"), "text", "ą" * 1500 + " " + "č" * 499),
    (detail(f"<AddtlTxInf>{'ą' * 2001}</AddtlTxInf>"), "text", "ą" * 2000),
    (detail("<AddtlTxInf>D</AddtlTxInf>").replace("<NtryDtls>", "<AddtlNtryInf>A</AddtlNtryInf><NtryDtls>"), "text", "D"),
    (told("<AddtlNtryInf>Metų\u200b&#9;mokestis</AddtlNtryInf>"), "text", "Metų mokestis"),
    (told("<RvslInd>true</RvslInd>"), "returned", True), (told("<RvslInd>1</RvslInd>"), "returned", True),
    (told("<RvslInd>false</RvslInd>"), "returned", False), (told("<RvslInd>true</RvslInd>"), "reason", ""),
    (detail("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"), "returned", True), (detail("<RtrInf/>"), "returned", True),
    (detail("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"), "reason", "AC04"),
    (told("", day="<ValDt><Dt>2026-11-20</Dt></ValDt>"), "day", date(2026, 11, 20)),
    (told("", day="<ValDt><Dt>2026-11-20</Dt></ValDt><BookgDt><Dt>2026-11-21</Dt></BookgDt>"), "day", date(2026, 11, 21)),
    (told("", amount="3.5"), "cents", -350), (told("", amount="3"), "cents", -300), (told("", amount="3.07000"), "cents", -307),
    (told("", amount="9999999999999"), "cents", -999_999_999_999_900), (told("", sign="CRDT"), "cents", 300),
    (told("").replace(' Ccy="EUR"', ""), "currency", ""), (told("").replace("EUR", "EURO"), "currency", "EUR")])
def test_wherever_a_bank_writes_it_it_is_found(movement, name, value):
    moved, = read(statement(movement, total=0))[0].entries
    assert getattr(moved, name) == value


def test_what_a_bank_says_of_an_account_and_its_balances():
    data = statement(told(""), opening=500)
    found, = read(data.replace(b"OPBD", b"PRCD").replace(f"<IBAN>{OURS}</IBAN>".encode(), b"<Othr><Id>lt 12 ab</Id></Othr>"))
    assert (found.account, found.opening, found.closing, found.adds_up) == ("LT12AB", 500, 200, True)
    assert read(data.replace(f"<IBAN>{OURS}</IBAN>".encode(), b"<IBAN>lt 12 ab</IBAN>"))[0].account == "LT12AB"
    assert not read(data.replace(b"5.00", b"5.01"))[0].adds_up
    for gone, balances in ((b"OPBD", (None, 200)), (b"CLBD", (500, None))):
        found, = read(data.replace(gone, b"ITBD"))
        assert (found.opening, found.closing, found.adds_up) == (*balances, True)


def test_every_statement_of_a_file_is_read():
    data = statement(told(""))
    one = data[data.index(b"<Stmt>"):data.index(b"</Stmt>") + 7]
    assert [found.number for found in read(data.replace(one, one + one.replace(b"<Id>S1</Id>", b"<Id>S2</Id>")))] == ["S1", "S2"]


def test_only_details_that_make_the_sum_are_movements_of_their_own():
    amount = '<Amt Ccy="EUR">{}</Amt>'.format
    back = detail(amount("4.00"), amount("1.00") + "<CdtDbtInd>CRDT</CdtDbtInd>")
    found = read(statement(told(""), back, told("")))[0].entries
    assert [(one.place, one.cents, one.currency) for one in found] == [
        (0, -300, "EUR"), (1, -400, "EUR"), (2, 100, "EUR"), (3, -300, "EUR")]
    came = detail("<AmtDtls><TxAmt>" + amount("1.00") + "</TxAmt></AmtDtls>", amount("2.00"), sign="CRDT")
    assert [one.cents for one in read(statement(came))[0].entries] == [100, 200]
    assert only(detail(amount("3.00"), "<AddtlTxInf>be sumos</AddtlTxInf>")).cents == -300
    assert only(detail("<Refs><EndToEndId>E</EndToEndId></Refs>" + amount("9.00"))).end_to_end == "E"
    assert only(detail("<Refs><EndToEndId>E</EndToEndId></Refs>", amount("9.00"))).end_to_end == ""


@pytest.mark.parametrize(("movement", "what"), [
    (told("", amount="1,00"), "Amt 1,00"), (told("", amount="1.001"), "Amt 1.001"), (told("", amount="1" * 30), "Amt " + "1" * 20),
    (told("", sign="X"), "Amt"), (told("").replace("Amt", "Sum"), "Amt"), (told("", amount="10000000000000"), "Amt 10000000000000"),
    (told("", day=""), "BookgDt"), (told("", day="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), "BookgDt 2026-02-30"),
    (told("", day="<ValDt><Dt>20261121</Dt></ValDt>"), "ValDt 20261121"),
    (told("", day=f"<ValDt><Dt>{'ą' * 30}</Dt></ValDt>"), "ValDt " + "ą" * 20)])
def test_what_is_odd_is_named(movement, what):
    with pytest.raises(Refused) as refused:
        read(statement(movement, total=0))
    assert (refused.value.code, refused.value.field, refused.value.values) == ("statement_odd", "file", {"what": what})


@pytest.mark.parametrize(("data", "code"), [
    (b"x" * MOST_BYTES, "statement_not_xml"), (b"x" * (MOST_BYTES + 1), "statement_too_large"),
    (b"<a>" * 40 + b"</a>" * 40, "statement_other_format"), (b"<a>" * 41 + b"</a>" * 41, "statement_too_large"),
    (b"<a>" + b"<a/>" * 99 + b"</a>", "statement_other_format"), (b"<a>" + b"<a/>" * 100 + b"</a>", "statement_too_large"),
    (b"<!DOCTYPE a><a/>", "statement_doctype"),
    (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "statement_odd")])
def test_how_large_a_file_may_be(data, code, monkeypatch):
    monkeypatch.setattr(bank_statement, "MOST_ELEMENTS", 100)
    with pytest.raises(Refused) as refused:
        read(data)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert refused.value.values == ({"what": "Stmt"} if code == "statement_odd" else {})


@pytest.mark.parametrize(("own", "account", "channel"), [
    (Own.RECEIPT, Account.RECEIVABLES, "mugė"), (Own.FEE, Account.BANK_FEES, ""), (Own.CASH, Account.CASH, "")])
def test_what_is_no_payment_of_ours_stands_against_its_account(own, account, channel):
    assert legs_of_own(own, 500, channel) == (Leg(Account.BANK, 500), Leg(account, -500, detail=channel))
    assert legs_of_own(own, -7) == (Leg(Account.BANK, -7), Leg(account, 7))


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
    assert verdicts([sent(state=State.PENDING), sent("B", 50)], entry(-150, batch="MB-1")) == ["not_sent"]
    gone = [sent(state=State.RETURNED), sent("B", 50, State.RETURNED)]
    assert verdicts(gone, entry(-150, batch="MB-1")) == ["already"]
    assert verdicts(both, entry(150, batch="MB-1", back=True), entry(0, batch="MB-1")) == ["unknown_in", "unknown_out"]


def test_a_cent_and_nothing_at_all():
    cent = sent(cents=1)
    assert verdicts([cent], entry(-1, "A"), entry(1, "A", back=True)) == ["settle", "return"]
    assert verdicts([cent], entry(1, "A")) == ["unknown_in"]
    assert verdicts([cent], entry(0, "A")) == ["sum_differs"]
    assert verdicts([cent], entry(0)) == ["unknown_out"]


def test_an_account_is_compared_only_where_both_are_known_and_one_payment_is_meant():
    assert verdicts([sent(account="")], entry(-100, "A", account=OURS)) == ["settle"]
    whole = entry(-150, batch="MB-1").replace("</NtryDtls>", f"<TxDtls><RltdPties><CdtrAcct><Id><IBAN>{OURS}</IBAN></Id></CdtrAcct>"
                                                            "</RltdPties></TxDtls></NtryDtls>")
    assert verdicts([sent(), sent("B", 50)], whole) == ["settle"]
    assert verdicts([sent(cents=150)], whole) == ["account_differs"]


def test_every_movement_keeps_its_key_and_the_payments_that_it_is_about():
    one, other, third, fourth = (sent(name) for name in "ABCD")
    movements = (entry(-100, "A"), entry(100, "A", back=True), entry(-100, "B"), entry(-100, "C", currency="USD"), entry(-100, "X"),
                 entry(100), entry(-100, "D"), entry(-100, "D", reference="2"), entry(-400, batch="MB-1"))
    found, = read(statement(*movements))
    made = match(found.entries, list("abcdefghi"), ("c",), (one, other, third, fourth))
    assert [(each.entry, each.key) for each in made] == list(zip(found.entries, "abcdefghi", strict=True))
    assert [(each.verdict.value, each.payments) for each in made] == [
        ("settle", (one,)), ("return", (one,)), ("posted", (other,)), ("other_currency", (third,)), ("unknown_out", ()),
        ("unknown_in", ()), ("twice", (fourth,)), ("twice", (fourth,)), ("settle", (one, other, third, fourth))]
    for keys in ("abcdefgh", "abcdefghij"):
        with pytest.raises(ValueError, match="zip"):
            match(found.entries, keys, (), ())


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
