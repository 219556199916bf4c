"""Both ways between the journal and what it books: every entry comes from something that is there, and corrections, payments,
closings and rows of the bank's statements are booked with their sums."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.actions.verify_chains import Trouble
from ledger.core import bank_statement

SOURCES = {
    "correction": ("correction", "correction_ref"), "payment_event": ("payment_event", "ref"), "closing": ("closing", "ref"),
    "bank_posting": ("bank_posting", "ref"), "bank_taken_back": ("bank_taken_back", "ref"),
    "debt_written_off": ("debt_written_off", "ref"), "workshop": ("workshop", "ref"), "till_count": ("till_count", "ref"),
    "customer_payment": ("customer_payment", "ref"), "customer_payment_back": ("customer_payment_back", "ref"),
    "sale_document": ("sale_document", "ref"),
}
"""By the subject of an entry: the table and column where its source stands. Runs are compared leg by leg with their result."""

# ruff: noqa: S608 - the questions are put together from this module's own words
BOOKED_OF = ("(SELECT COALESCE(SUM({sign}l.cents), 0) FROM journal_entry e JOIN journal_leg l ON l.workshop_id = e.workshop_id AND "
             "l.sequence = e.sequence WHERE e.subject = '{subject}' AND e.subject_ref = {ref} AND l.account = '{account}'{more})")
PEOPLE_OF = BOOKED_OF.format(sign="-", subject="correction", ref="c.correction_ref", account="payable",
                             more=" AND l.person_ref = c.person_ref")
CASH = BOOKED_OF.format(sign="", subject="closing", ref="c.ref", account="cash", more="")
BANK = BOOKED_OF.format(sign="", subject="closing", ref="c.ref", account="bank", more="")
RECEIVED = BOOKED_OF.format(sign="", subject="bank_posting", ref="b.ref", account="bank", more="")
AGAINST = "CASE b.kind " + " ".join(
    f"WHEN '{own.value}' THEN " + BOOKED_OF.format(sign="-", subject="bank_posting", ref="b.ref", account=account.value, more="")
    for own, account in bank_statement.AGAINST.items()) + " END"
REVERSED, REVERSED_AGAINST = (one.replace("'bank_posting'", "'bank_taken_back'").replace("b.ref", "t.ref")
                              for one in (RECEIVED, AGAINST))

COUNTED, PAID_IN, PAID_BACK = (
    BOOKED_OF.format(sign=sign, subject=subject, ref=ref, account=account, more="") for sign, subject, ref, account in (
        ("", "till_count", "c.ref", "cash"), ("-", "customer_payment", "p.ref", "receivables"),
        ("", "customer_payment_back", "k.ref", "receivables")))

BOOKED = {
    "a count of the till":
        "SELECT c.ref FROM till_count c WHERE c.takings_cents + CASE WHEN c.posted = 1 THEN c.counted_cents - c.float_cents - "
        f"c.takings_cents ELSE 0 END <> {COUNTED} OR c.takings_cents <> (SELECT COALESCE(SUM(d.total_cents + d.rounding_cents), 0) "
        "FROM till_counted t JOIN sale_document d ON d.ref = t.document_ref WHERE t.count_ref = c.ref)",
    "a payment of a customer":
        f"SELECT p.ref FROM customer_payment p WHERE p.posting_ref = '' AND p.cents <> {PAID_IN}",
    "a payment of a customer by the bank":
        "SELECT p.ref FROM customer_payment p LEFT JOIN bank_posting b ON b.ref = p.posting_ref "
        "WHERE p.posting_ref <> '' AND (b.id IS NULL OR b.cents <> p.cents)",
    "a payment of a customer taken back":
        "SELECT k.ref FROM customer_payment_back k LEFT JOIN customer_payment p ON p.ref = k.payment_ref "
        f"WHERE p.id IS NULL OR p.cents <> {PAID_BACK}",
    "a document of sales":
        "SELECT d.number FROM sale_document d WHERE d.ref NOT IN (SELECT document_ref FROM sale_undone) AND NOT EXISTS "
        "(SELECT 1 FROM sale_line l WHERE l.workshop_id = d.workshop_id AND l.document = d.number)",
    "a correction": f"SELECT c.statement_number FROM correction_person c WHERE c.plus_cents <> {PEOPLE_OF}",
    "a closing": "SELECT c.number FROM closing c WHERE c.posted = 1 AND (c.counted_cash_cents - c.book_cash_cents <> "
                 f"{CASH} OR c.counted_bank_cents - c.book_bank_cents <> {BANK})",
    "a row of a statement": "SELECT b.entry_key FROM bank_posting b WHERE b.kind NOT IN ('settle', 'return') "
                            f"AND (b.cents <> {RECEIVED} OR b.cents <> {AGAINST})",
    "a row of a statement taken back":
        "SELECT t.entry_key FROM bank_taken_back t LEFT JOIN bank_posting b ON b.ref = t.posting_ref "
        f"WHERE b.id IS NULL OR -b.cents <> {REVERSED} OR -b.cents <> {REVERSED_AGAINST}",
    # a payment that came back before it was settled moves the bank account neither out nor in
    "a payment on a statement":
        "SELECT b.entry_key FROM bank_posting b LEFT JOIN (SELECT v.workshop_id, v.entry_key, SUM(l.cents) AS cents "
        "FROM payment_event v JOIN journal_entry e ON e.subject = 'payment_event' AND e.subject_ref = v.ref "
        "JOIN journal_leg l ON l.workshop_id = e.workshop_id AND l.sequence = e.sequence "
        "WHERE v.entry_key <> '' AND l.account = 'bank' GROUP BY v.workshop_id, v.entry_key) m "
        "ON m.workshop_id = b.workshop_id AND m.entry_key = b.entry_key "
        "WHERE (b.kind = 'settle' AND COALESCE(m.cents, 0) <> b.cents) "
        "OR (b.kind = 'return' AND COALESCE(m.cents, 0) NOT IN (0, b.cents))",
    "a payment that a statement settled":
        "SELECT v.entry_key FROM payment_event v LEFT JOIN bank_posting b ON b.workshop_id = v.workshop_id "
        "AND b.entry_key = v.entry_key WHERE v.entry_key <> '' AND b.id IS NULL",
    # what went out lessens what is owed; what came back, or has not gone yet, does not
    "a payment":
        "SELECT p.end_to_end FROM payment p JOIN payment_event n ON n.payment_ref = p.ref AND n.position = "
        "(SELECT MAX(m.position) FROM payment_event m WHERE m.payment_ref = p.ref) WHERE p.advance = 0 AND "
        "CASE WHEN n.state IN ('sent', 'settled') THEN p.cents ELSE 0 END <> "
        "(SELECT COALESCE(SUM(l.cents), 0) FROM payment_event v JOIN journal_entry e ON e.subject = 'payment_event' "
        "AND e.subject_ref = v.ref JOIN journal_leg l ON l.workshop_id = e.workshop_id AND l.sequence = e.sequence "
        "WHERE v.payment_ref = p.ref AND l.account = 'payable')",
}
"""Questions whose answers name what is not booked as it is."""


def troubles(session: Session) -> list[Trouble]:
    """Entries from nowhere, and sources that are not booked with their sums."""
    found = []
    for subject, (table, column) in SOURCES.items():
        rows = session.execute(text(
            f"SELECT e.sequence FROM journal_entry e LEFT JOIN {table} s ON s.{column} = e.subject_ref "
            f"WHERE e.subject = '{subject}' AND s.{column} IS NULL ORDER BY e.sequence"))
        found += [Trouble(f"journal {number}", "entry_from_nowhere") for (number,) in rows]
    for question in BOOKED.values():
        found += [Trouble(str(name), "not_booked") for (name,) in session.execute(text(question))]
    return found
