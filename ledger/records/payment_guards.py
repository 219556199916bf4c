"""What the database itself refuses of payments: a row of `guards` each, as name, table, verb, when and with which words."""

from __future__ import annotations

TABLES = ("payment_batch", "payment", "payment_event", "payment_approval", "payment_file", "bank_file", "bank_posting",
          "pay_detail", "pay_detail_event", "bank_taken_back")
"""All of them are sealed."""

_SAME = "e.payment_ref = NEW.payment_ref"
_BEFORE = f"EXISTS (SELECT 1 FROM payment_event e WHERE {_SAME} AND e.position = NEW.position - 1 AND e.state IN "
_OF = "EXISTS (SELECT 1 FROM payment p WHERE p.ref = NEW.payment_ref AND p.workshop_id = NEW.workshop_id AND "
_APPROVED = "EXISTS (SELECT 1 FROM payment_approval a WHERE a.batch_ref = p.batch_ref)"
_FOLLOWS = (
    f"NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM payment_event e WHERE {_SAME}), 0) "
    f"AND NOT EXISTS (SELECT 1 FROM payment_event e WHERE {_SAME} AND e.happened_on > NEW.happened_on) AND CASE NEW.state "
    f"WHEN 'pending' THEN NEW.position = 1 AND {_OF} 1 = 1) "
    f"WHEN 'sent' THEN {_BEFORE}('pending')) AND {_OF} p.way = 'bank' AND {_APPROVED}) "
    f"WHEN 'settled' THEN {_OF} {_APPROVED} AND ((p.way = 'bank' AND {_BEFORE}('sent'))) "
    f"OR (p.way = 'cash' AND {_BEFORE}('pending'))))) "
    f"WHEN 'returned' THEN {_BEFORE}('pending', 'sent', 'settled')) ELSE FALSE END")

RULES = (
    ("payment_before_batch", "payment", "INSERT", "EXISTS (SELECT 1 FROM payment_batch b WHERE b.ref = NEW.batch_ref)",
     "sealed: payment"),
    ("payment_batch_fits", "payment_batch", "INSERT",
     "NEW.count <> (SELECT COUNT(*) FROM payment p WHERE p.batch_ref = NEW.ref AND p.way = NEW.way "
     "AND p.workshop_id = NEW.workshop_id) "
     "OR NEW.total_cents <> (SELECT COALESCE(SUM(p.cents), 0) FROM payment p WHERE p.batch_ref = NEW.ref)",
     "the batch does not add up"),
    ("payment_event_follows", "payment_event", "INSERT", f"NOT ({_FOLLOWS})", "payment event"),
    ("payment_approval_by_another", "payment_approval", "INSERT",
     "NOT EXISTS (SELECT 1 FROM payment_batch b WHERE b.ref = NEW.batch_ref AND b.workshop_id = NEW.workshop_id "
     "AND b.made_by <> NEW.approved_by)", "another approves"),
    ("payment_file_approved", "payment_file", "INSERT",
     "NOT EXISTS (SELECT 1 FROM payment_approval a WHERE a.batch_ref = NEW.batch_ref)", "not approved"),
    ("pay_detail_by_another", "pay_detail_event", "INSERT",
     "(NEW.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM pay_detail d WHERE d.ref = NEW.detail_ref "
     "AND d.made_by <> NEW.done_by)) "
     "OR EXISTS (SELECT 1 FROM pay_detail_event e WHERE e.detail_ref = NEW.detail_ref AND (e.state IN ('refused', 'ended') "
     "OR NEW.state = 'refused'))", "another confirms"),
    ("bank_taken_back_own", "bank_taken_back", "INSERT",
     "NOT EXISTS (SELECT 1 FROM bank_posting b WHERE b.ref = NEW.posting_ref AND b.workshop_id = NEW.workshop_id "
     "AND b.kind IN ('receipt', 'fee', 'cash'))", "no own movement"),
)
