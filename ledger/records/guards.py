"""Triggers that keep the books: sealed rows stay, an approved month takes no more rows, the header of a run fits its legs.

Made from the lists below for both databases. A migration carries their text as it was on its day; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import MetaData, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.engine import Connection

from ledger.records import payment_guards

SEALED = ("sealed_run", "sealed_person", "sealed_line", "sealed_sale", "sealed_match", "paper", "scheme", "audit",
          "seal", "journal_entry", "journal_leg",
          "month_event", "closing",
          "late_event", "correction", "correction_person", "corrected_sale", "corrected_share", "corrected_count",
          "debt_written_off",
          "restored", "skipped_number",
          "certificate",
          "day_event",
          "stock_move", "stock_count", "stock_counted",
          "sale_document", "sale_undone", "till_count", "till_counted", "customer_payment", "customer_payment_back",
          *payment_guards.TABLES)
"""Tables whose rows are never changed or deleted, from any connection."""

BOOKED = ("attendance", "lot", "sale_line", "work", "decision", "month_figure")
"""Tables whose rows are kept as they are once the month that books them is approved."""

SHARED = ("lot_maker", "lot_step")
"""Tables about who made a lot; their rows are kept like the lot's own."""

LEGS = ("sealed_person", "sealed_line", "sealed_sale", "sealed_match")


_SHUT = ("(SELECT e.kind FROM month_event e WHERE e.workshop_id = {row}.workshop_id AND e.month = {row}.booked_in "
         "ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')")
"""That the month which books a row is closed: so says its newest event."""

_SAME = "e.workshop_id = NEW.workshop_id AND e.month = NEW.month"
_BEFORE = f"EXISTS (SELECT 1 FROM month_event e WHERE {_SAME} AND e.position = NEW.position - 1 AND e.kind IN "
_FOLLOWS = (
    f"NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM month_event e WHERE {_SAME}), 0) AND CASE NEW.kind "
    f"WHEN 'closing' THEN NEW.position = 1 OR {_BEFORE}('reopened')) "
    f"WHEN 'closed' THEN {_BEFORE}('closing')) "
    f"WHEN 'reopen_asked' THEN {_BEFORE}('closed', 'reopen_refused')) "
    f"WHEN 'reopen_refused' THEN {_BEFORE}('reopen_asked')) "
    f"WHEN 'reopened' THEN {_BEFORE}('reopen_asked') AND e.done_by <> NEW.done_by) ELSE FALSE END")
"""Which event of a month may follow which; who asked to reopen it is not who does."""

_DAY_BEFORE = ("EXISTS (SELECT 1 FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day "
               "AND e.position = NEW.position - 1 AND e.kind IN ")


_START = "0" * 64
_LEGS_OF = "FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence"
_JOURNAL = (
    ("journal_leg_before_header", "journal_leg", "INSERT",
     "EXISTS (SELECT 1 FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id AND e.sequence = NEW.sequence)",
     "sealed: journal_leg"),
    ("journal_entry_fits", "journal_entry", "INSERT",
     f"(SELECT COALESCE(SUM(l.cents), 1) {_LEGS_OF}) <> 0 OR (SELECT COUNT(*) {_LEGS_OF}) < 2 "
     f"OR EXISTS (SELECT 1 {_LEGS_OF} AND (l.organisation_id <> NEW.organisation_id OR l.happened_on <> NEW.happened_on)) "
     "OR NEW.sequence <> 1 + COALESCE((SELECT MAX(e.sequence) FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id), 0) "
     "OR NEW.previous <> COALESCE((SELECT e.hash FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id "
     f"AND e.sequence = NEW.sequence - 1), '{_START}')", "the entry does not add up"),
    ("journal_entry_closed", "journal_entry", "INSERT", _SHUT.format(row="NEW"), "closed month"),
    ("seal_follows", "seal", "INSERT",
     "NEW.sequence <> 1 + COALESCE((SELECT MAX(s.sequence) FROM seal s WHERE s.organisation_id = NEW.organisation_id), 0) "
     "OR NEW.previous <> COALESCE((SELECT s.hash FROM seal s WHERE s.organisation_id = NEW.organisation_id "
     f"AND s.sequence = NEW.sequence - 1), '{_START}')", "the seal does not follow"),
    *((f"{leg}_before_header", leg, "INSERT",
       "EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref)", f"sealed: {leg}")
      for leg in ("correction_person", "corrected_sale", "corrected_share", "corrected_count")),
    ("correction_fits", "correction", "INSERT",
     "NEW.stipends_cents <> (SELECT COALESCE(SUM(p.plus_cents), 0) FROM correction_person p "
     "WHERE p.correction_ref = NEW.correction_ref) "
     "OR NOT EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref AND r.workshop_id = NEW.workshop_id "
     "AND r.month = NEW.month) "
     "OR (NEW.base_ref <> NEW.run_ref AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.base_ref "
     "AND c.run_ref = NEW.run_ref)) "
     "OR EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in)",
     "the correction does not fit"),
    ("said_only_erased", "said", "UPDATE",
     "NEW.text IS NOT NULL OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref OR NEW.salt <> OLD.salt OR NEW.sha256 <> OLD.sha256 "
     "OR NEW.workshop_id <> OLD.workshop_id OR NEW.organisation_id <> OLD.organisation_id", "sealed: said"),
    ("day_event_follows", "day_event", "INSERT",
     "NOT (NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM day_event e WHERE e.workshop_id = NEW.workshop_id "
     "AND e.day = NEW.day), 0) AND CASE NEW.kind WHEN 'begun' THEN NEW.position = 1 "
     f"WHEN 'closed' THEN NEW.position = 1 OR {_DAY_BEFORE}('begun', 'reopened')) "
     f"WHEN 'reopened' THEN {_DAY_BEFORE}('closed')) ELSE FALSE END)", "day event"),
    ("stock_move_undoes", "stock_move", "INSERT",
     "NEW.undoes_ref IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.ref = NEW.undoes_ref "
     "AND m.workshop_id = NEW.workshop_id AND m.undoes_ref IS NULL AND m.kind = NEW.kind AND m.product_id = NEW.product_id "
     "AND COALESCE(m.customer_id, 0) = COALESCE(NEW.customer_id, 0) AND m.store = -NEW.store AND m.shop = -NEW.shop "
     "AND m.sale_ref = NEW.sale_ref AND m.count_ref = NEW.count_ref AND m.happened_on = NEW.happened_on)", "stock move"),
    *payment_guards.RULES,
)
"""Name, table, verb, when and with which words the journal, the seals and what was said refuse a row."""


def statements(metadata: MetaData, dialect: str) -> list[str]:
    """All CREATE statements of triggers (and, on PostgreSQL, of their functions), in the order to run them."""
    return _sqlite(metadata) if dialect == "sqlite" else _postgres()


def create(metadata: MetaData, connection: Connection) -> None:
    """Make the triggers on a fresh schema."""
    for statement in statements(metadata, connection.dialect.name):
        connection.exec_driver_sql(statement)


def _sqlite(metadata: MetaData) -> list[str]:
    made = []
    for table in SEALED:
        made += [_sqlite_never(table, "UPDATE"), _sqlite_never(table, "DELETE"), _sqlite_no_replace(metadata, table)]
    for table in (*BOOKED, *SHARED, "person_value", "run"):
        made += [_sqlite_no_replace(metadata, table), _sqlite_no_replace_update(metadata, table)]
    for table in BOOKED:
        made += [_sqlite_booked(table, verb, row) for verb, row in
                 (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD"))]
    made += [_sqlite_maker(table, verb, row) for table in SHARED for verb, row in
             (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD"))]
    made += [_sqlite_value(verb, row) for verb, row in
             (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD"))]
    made += [_sqlite_leg(table) for table in LEGS]
    made += [_sqlite_never("said", "DELETE"), _sqlite_no_replace(metadata, "said")]
    made += _sqlite_months()
    made += [f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{why}'); END"
             for name, table, verb, when, why in _JOURNAL]
    return [*made, _SQLITE_APPROVED_UPDATE, _SQLITE_APPROVED_DELETE, _SQLITE_HEADER]


def _sqlite_never(table: str, verb: str) -> str:
    return (f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'sealed: {table}'); END")


def _sqlite_no_replace(metadata: MetaData, table: str) -> str:
    # OR REPLACE deletes without firing delete triggers unless the connection asked for it, so the insert itself looks
    return (f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} t WHERE {_same(metadata, table)}) "
            f"BEGIN SELECT RAISE(ABORT, 'sealed: {table}'); END")


def _sqlite_no_replace_update(metadata: MetaData, table: str) -> str:
    return (f"CREATE TRIGGER {table}_no_replace_update BEFORE UPDATE ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} t WHERE t.id <> OLD.id AND ({_same(metadata, table)})) "
            f"BEGIN SELECT RAISE(ABORT, 'sealed: {table}'); END")


def _same(metadata: MetaData, table: str) -> str:
    """That a row `t` has a unique key of NEW."""
    kept = UniqueConstraint, PrimaryKeyConstraint
    keys = {tuple(column.name for column in one.columns) for one in metadata.tables[table].constraints if isinstance(one, kept)}
    keys |= {(column.name,) for column in metadata.tables[table].columns if column.unique}
    same = ["(" + " AND ".join(f"t.{name} = NEW.{name}" for name in key) + ")" for key in sorted(keys)]
    return " OR ".join(same + _same_in_part(metadata, table))


def _same_in_part(metadata: MetaData, table: str) -> list[str]:
    """Likewise for unique indexes over a part of the rows; their condition begins with the column's name."""
    found = []
    for index in sorted(metadata.tables[table].indexes, key=lambda one: str(one.name)):
        part = index.dialect_options["sqlite"]["where"]
        if index.unique and part is not None:
            same = [f"t.{column.name} = NEW.{column.name}" for column in index.columns]
            found.append("(" + " AND ".join([*same, f"t.{part.text}", f"NEW.{part.text}"]) + ")")
    return found


def _sqlite_booked(table: str, verb: str, row: str) -> str:
    return (f"CREATE TRIGGER {table}_approved_{verb.lower()}_{row.lower()} BEFORE {verb} ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM sealed_run r WHERE r.workshop_id = {row}.workshop_id AND r.month = {row}.booked_in) "
            "BEGIN SELECT RAISE(ABORT, 'approved month'); END")


def _sqlite_maker(table: str, verb: str, row: str) -> str:
    return (f"CREATE TRIGGER {table}_approved_{verb.lower()}_{row.lower()} BEFORE {verb} ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in "
            f"WHERE l.id = {row}.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END")


def _sqlite_value(verb: str, row: str) -> str:
    # a value holds from its day on: every approved month from then on has read it, or would have
    return (f"CREATE TRIGGER person_value_approved_{verb.lower()}_{row.lower()} BEFORE {verb} ON person_value WHEN EXISTS "
            f"(SELECT 1 FROM sealed_run r WHERE r.workshop_id = {row}.workshop_id AND r.month >= substr({row}.since, 1, 7)) "
            "BEGIN SELECT RAISE(ABORT, 'approved month'); END")


def _sqlite_months() -> list[str]:
    made = []
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        name = f"closed_{verb.lower()}_{row.lower()}"
        stop = "BEGIN SELECT RAISE(ABORT, 'closed month'); END"
        made += [f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {_SHUT.format(row=row)} {stop}" for table in BOOKED]
        made += [f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN EXISTS (SELECT 1 FROM lot l "
                 f"WHERE l.id = {row}.lot_id AND {_SHUT.format(row='l')}) {stop}" for table in SHARED]
    return [*made, f"CREATE TRIGGER month_event_follows BEFORE INSERT ON month_event WHEN NOT ({_FOLLOWS}) "
            "BEGIN SELECT RAISE(ABORT, 'month event'); END"]


def _sqlite_leg(table: str) -> str:
    return (f"CREATE TRIGGER {table}_before_header BEFORE INSERT ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref) "
            f"BEGIN SELECT RAISE(ABORT, 'sealed: {table}'); END")


_SQLITE_APPROVED_UPDATE = ("CREATE TRIGGER run_approved_update BEFORE UPDATE ON run WHEN OLD.state IN ('approved', 'discarded') "
                           "BEGIN SELECT RAISE(ABORT, 'sealed: run'); END")
_SQLITE_APPROVED_DELETE = ("CREATE TRIGGER run_no_delete BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'sealed: run'); END")

_FITS = (
    "{row}.stipends_cents <> (SELECT COALESCE(SUM(p.total_cents), 0) FROM sealed_person p "
    "WHERE p.run_ref = {row}.run_ref) "
    "OR (SELECT COALESCE(SUM(l.cents), 0) FROM sealed_line l WHERE l.run_ref = {row}.run_ref) <> {row}.stipends_cents "
    "OR EXISTS (SELECT 1 FROM sealed_person p WHERE p.run_ref = {row}.run_ref AND p.total_cents <> "
    "(SELECT COALESCE(SUM(l.cents), 0) FROM sealed_line l WHERE l.run_ref = p.run_ref AND l.person_ref = p.person_ref)) "
    "OR (SELECT COALESCE(SUM(s.net_cents), 0) FROM sealed_sale s WHERE s.run_ref = {row}.run_ref) <> {row}.realised_net_cents"
)
_SQLITE_HEADER = ("CREATE TRIGGER sealed_run_fits BEFORE INSERT ON sealed_run WHEN " + _FITS.format(row="NEW")
                  + " BEGIN SELECT RAISE(ABORT, 'the run does not add up'); END")


def _postgres() -> list[str]:
    made = [
        "CREATE FUNCTION refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME; END $$",
        _postgres_when("refuse_booked_new", "SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id "
                       "AND r.month = NEW.booked_in", "approved month"),
        _postgres_when("refuse_booked_old", "SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id "
                       "AND r.month = OLD.booked_in", "approved month", old=True),
        _postgres_when("refuse_maker_new", "SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id "
                       "AND r.month = l.booked_in WHERE l.id = NEW.lot_id", "approved month"),
        _postgres_when("refuse_maker_old", "SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id "
                       "AND r.month = l.booked_in WHERE l.id = OLD.lot_id", "approved month", old=True),
        _postgres_when("refuse_value_new", "SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id "
                       "AND r.month >= to_char(NEW.since, 'YYYY-MM')", "approved month"),
        _postgres_when("refuse_value_old", "SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id "
                       "AND r.month >= to_char(OLD.since, 'YYYY-MM')", "approved month", old=True),
        _postgres_when("refuse_leg", "SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref", "sealed leg"),
        "CREATE FUNCTION refuse_misfit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
        + _FITS.format(row="NEW") + " THEN RAISE EXCEPTION 'the run does not add up'; END IF; RETURN NEW; END $$",
        "CREATE FUNCTION refuse_ended_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state IN "
        "('approved', 'discarded') THEN RAISE EXCEPTION 'sealed: run'; END IF; RETURN NEW; END $$",
    ]
    for table in SEALED:
        made.append(_postgres_on(table, "sealed", "UPDATE OR DELETE", "refuse_sealed"))
    for table in (*SEALED, *BOOKED, *SHARED, "person_value", "run"):
        made.append(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_sealed()")
    for table in BOOKED:
        made.append(_postgres_on(table, "approved_new", "INSERT OR UPDATE", "refuse_booked_new"))
        made.append(_postgres_on(table, "approved_old", "UPDATE OR DELETE", "refuse_booked_old"))
    for table in SHARED:
        made.append(_postgres_on(table, "approved_new", "INSERT OR UPDATE", "refuse_maker_new"))
        made.append(_postgres_on(table, "approved_old", "UPDATE OR DELETE", "refuse_maker_old"))
    made.append(_postgres_on("person_value", "approved_new", "INSERT OR UPDATE", "refuse_value_new"))
    made.append(_postgres_on("person_value", "approved_old", "UPDATE OR DELETE", "refuse_value_old"))
    made += [_postgres_on(table, "before_header", "INSERT", "refuse_leg") for table in LEGS]
    made += _postgres_months()
    for name, table, verb, when, why in _JOURNAL:
        made += [_postgres_when(f"refuse_{name}", f"SELECT 1 WHERE {when}", why),
                 f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"]
    made += [f"CREATE TRIGGER {name} BEFORE {verb} ON said EXECUTE FUNCTION refuse_sealed()"
             for name, verb in (("said_no_truncate", "TRUNCATE"), ("said_never", "DELETE"))]
    return [*made, _postgres_on("sealed_run", "fits", "INSERT", "refuse_misfit"),
            _postgres_on("run", "approved_update", "UPDATE", "refuse_ended_run"),
            _postgres_on("run", "no_delete", "DELETE", "refuse_sealed")]


def _postgres_months() -> list[str]:
    lot = "SELECT 1 FROM lot l WHERE l.id = {row}.lot_id AND "
    made = [
        _postgres_when("refuse_shut_new", "SELECT 1 WHERE " + _SHUT.format(row="NEW"), "closed month"),
        _postgres_when("refuse_shut_old", "SELECT 1 WHERE " + _SHUT.format(row="OLD"), "closed month", old=True),
        _postgres_when("refuse_shut_maker_new", lot.format(row="NEW") + _SHUT.format(row="l"), "closed month"),
        _postgres_when("refuse_shut_maker_old", lot.format(row="OLD") + _SHUT.format(row="l"), "closed month", old=True),
        _postgres_when("refuse_month_event", f"SELECT 1 WHERE NOT ({_FOLLOWS})", "month event")]
    for table in (*BOOKED, *SHARED):
        maker = "maker_" if table in SHARED else ""
        made.append(_postgres_on(table, "closed_new", "INSERT OR UPDATE", f"refuse_shut_{maker}new"))
        made.append(_postgres_on(table, "closed_old", "UPDATE OR DELETE", f"refuse_shut_{maker}old"))
    return [*made, _postgres_on("month_event", "follows", "INSERT", "refuse_month_event")]


def _postgres_when(name: str, query: str, message: str, *, old: bool = False) -> str:
    back = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;" if old else "RETURN NEW;"
    return (f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({query}) "
            f"THEN RAISE EXCEPTION '{message}'; END IF; {back} END $$")


def _postgres_on(table: str, name: str, verbs: str, function: str) -> str:
    return f"CREATE TRIGGER {table}_{name} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
