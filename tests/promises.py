"""The promises of the ledger (design/ledger.md), each as a question in SQL whose answer must be empty, on both databases."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

PROMISES = {
    "L1 identity of a run":
        "SELECT number FROM sealed_run WHERE realised_net_cents - deducted_cents + carried_in_cents + from_reserve_cents "
        "+ from_budget_cents <> stipends_cents + withheld_cents + to_reserve_cents + unassigned_cents + carried_out_cents",
    "L1 statements of a run":
        "SELECT r.number FROM sealed_run r WHERE r.stipends_cents <> "
        "(SELECT COALESCE(SUM(p.total_cents), 0) FROM sealed_person p WHERE p.run_ref = r.run_ref)",
    "L2 entries sum to zero":
        "SELECT sequence FROM journal_leg GROUP BY workshop_id, sequence HAVING SUM(cents) <> 0 OR COUNT(*) < 2",
    "L2 legs have their header":
        "SELECT l.sequence FROM journal_leg l LEFT JOIN journal_entry e ON e.workshop_id = l.workshop_id "
        "AND e.sequence = l.sequence WHERE e.sequence IS NULL",
    "L6 a match has its sale":
        "SELECT m.sale_ref FROM sealed_match m LEFT JOIN sealed_sale s ON s.sale_ref = m.sale_ref WHERE s.sale_ref IS NULL",
    "L6 a match has its lot":
        "SELECT m.lot_ref FROM sealed_match m LEFT JOIN lot l ON l.ref = m.lot_ref WHERE m.lot_ref <> '' AND l.ref IS NULL",
    "L7 no lot gives more than was made, or less than nothing":
        "SELECT l.ref FROM lot l JOIN sealed_match m ON m.lot_ref = l.ref GROUP BY l.ref, l.good "
        "HAVING SUM(m.quantity) > l.good OR SUM(m.quantity) < 0",
    "L8 a key is claimed once":
        "SELECT key FROM request_key GROUP BY actor, key HAVING COUNT(*) > 1",
    "L9 no entry before its month":
        "SELECT sequence FROM journal_entry WHERE booked_in < SUBSTR(CAST(happened_on AS TEXT), 1, 7) AND kind <> 'opening'",
    "L10 a base is corrected once":
        "SELECT base_ref FROM correction GROUP BY base_ref HAVING COUNT(*) > 1",
    "L10 a correction stands on a run or on a correction":
        "SELECT c.number FROM correction c WHERE NOT EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = c.base_ref) "
        "AND NOT EXISTS (SELECT 1 FROM correction b WHERE b.correction_ref = c.base_ref)",
    "L11 numbers of runs":
        "SELECT s.last FROM number_series s WHERE s.kind = 'SK' AND s.last <> (SELECT COUNT(*) FROM sealed_run r "
        "WHERE r.organisation_id = s.organisation_id AND r.number LIKE 'SK-' || s.year || '-%') + {skipped}",
    "L11 numbers of statements":
        "SELECT s.last FROM number_series s WHERE s.kind = 'SL' AND s.last <> (SELECT COUNT(*) FROM sealed_person p "
        "WHERE p.organisation_id = s.organisation_id AND p.statement_number LIKE 'SL-' || s.year || '-%') + {skipped}",
    "L12 an entry names the hash before it":
        "SELECT e.sequence FROM journal_entry e LEFT JOIN journal_entry b ON b.workshop_id = e.workshop_id "
        "AND b.sequence = e.sequence - 1 WHERE e.previous <> COALESCE(b.hash, '" + "0" * 64 + "')",
    "L12 a seal names the hash before it":
        "SELECT e.sequence FROM seal e LEFT JOIN seal b ON b.organisation_id = e.organisation_id "
        "AND b.sequence = e.sequence - 1 WHERE e.previous <> COALESCE(b.hash, '" + "0" * 64 + "')",
    "L13 who calculated did not approve":
        "SELECT number FROM sealed_run WHERE approved_by IN (calculated_by, submitted_by)",
    "L14 nobody is paid more than is owed":
        "SELECT person_ref FROM journal_leg WHERE account = 'payable' GROUP BY workshop_id, person_ref HAVING SUM(cents) > 0",
    "L14 what waits and what went out is owed or was":
        "SELECT p.person_ref FROM payment p JOIN payment_event e ON e.payment_ref = p.ref AND e.position = "
        "(SELECT MAX(n.position) FROM payment_event n WHERE n.payment_ref = p.ref) "
        "WHERE e.state <> 'returned' GROUP BY p.person_ref HAVING SUM(p.cents) > "
        "(SELECT COALESCE(-SUM(l.cents), 0) FROM journal_leg l JOIN journal_entry j ON j.workshop_id = l.workshop_id AND "
        "j.sequence = l.sequence WHERE l.account = 'payable' AND l.person_ref = p.person_ref AND j.kind IN ('run', 'correction')) "
        "+ (SELECT COALESCE(SUM(a.cents), 0) FROM payment a WHERE a.person_ref = p.person_ref AND a.advance = 1)",
    "L17 every entry says who and with which version":
        "SELECT sequence FROM journal_entry WHERE actor = '' OR app_version = ''",
    "sales and their division are the same":
        "SELECT workshop_id FROM journal_leg WHERE account IN ('sales', 'pool') GROUP BY workshop_id HAVING SUM(cents) <> 0",
    "the journal has what each run owes":
        "SELECT r.number FROM sealed_run r LEFT JOIN journal_entry e ON e.workshop_id = r.workshop_id AND e.kind = 'run' "
        "AND e.subject_ref = r.run_ref WHERE r.stipends_cents <> 0 AND r.stipends_cents <> COALESCE((SELECT -SUM(l.cents) "
        "FROM journal_leg l WHERE l.workshop_id = e.workshop_id AND l.sequence = e.sequence AND l.account = 'payable'), 0)",
    "debts are those of the runs and corrections":
        "SELECT workshop_id FROM journal_leg WHERE account IN ('debts', 'debts_borne') GROUP BY workshop_id HAVING SUM(cents) <> 0",
}


SKIPPED = ("(SELECT COALESCE(SUM(k.last - k.first + 1), 0) FROM skipped_number k "
           "WHERE k.organisation_id = s.organisation_id AND k.kind = s.kind AND k.year = s.year)")


ASKED = text(" UNION ALL ".join(
    f"SELECT '{name}' AS promise, COUNT(*) AS times FROM ({query.replace('{skipped}', SKIPPED)}) q HAVING COUNT(*) > 0"
    for name, query in PROMISES.items()))


def broken(session: Session) -> list[str]:
    """The promises that these books break, each with how many times."""
    return [f"{name}: {times}" for name, times in session.execute(ASKED)]
