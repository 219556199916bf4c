"""Journal, seals and what people said in their own words. Months approved before there was a journal are posted in the order in
which they were approved, and one link of the chain of seals covers every protected row that is there.

The forms that are hashed have their numbers, so that today's code writes here what later code reads (core/journal.py).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from ledger.core import canonical, journal
from ledger.core.journal import DaySales, Entry, Head
from ledger.core.periods import Month
from ledger.records import seals, types
from ledger.records.journal import By, header_fields
from ledger.records.organisation import Scope
from ledger.settings import app_version

revision = "0003"
down_revision = "0002"

SYSTEM = "migration"
PROTECTED = ("audit", "paper", "scheme", "sealed_line", "sealed_match", "sealed_person", "sealed_run", "sealed_sale")

SQLITE = (
    "CREATE TRIGGER seal_no_update BEFORE UPDATE ON seal BEGIN SELECT RAISE(ABORT, 'sealed: seal'); END",
    "CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal BEGIN SELECT RAISE(ABORT, 'sealed: seal'); END",
    "CREATE TRIGGER seal_no_replace BEFORE INSERT ON seal WHEN EXISTS (SELECT 1 FROM seal t WHERE (t.organisation_id = NEW.organisation_id AND t.sequence = NEW.sequence)) BEGIN SELECT RAISE(ABORT, 'sealed: seal'); END",
    "CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, 'sealed: journal_entry'); END",
    "CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'sealed: journal_entry'); END",
    "CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry WHEN EXISTS (SELECT 1 FROM journal_entry t WHERE (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.kind = NEW.kind AND t.subject_ref = NEW.subject_ref) OR (t.workshop_id = NEW.workshop_id AND t.sequence = NEW.sequence)) BEGIN SELECT RAISE(ABORT, 'sealed: journal_entry'); END",
    "CREATE TRIGGER journal_leg_no_update BEFORE UPDATE ON journal_leg BEGIN SELECT RAISE(ABORT, 'sealed: journal_leg'); END",
    "CREATE TRIGGER journal_leg_no_delete BEFORE DELETE ON journal_leg BEGIN SELECT RAISE(ABORT, 'sealed: journal_leg'); END",
    "CREATE TRIGGER journal_leg_no_replace BEFORE INSERT ON journal_leg WHEN EXISTS (SELECT 1 FROM journal_leg t WHERE (t.workshop_id = NEW.workshop_id AND t.sequence = NEW.sequence AND t.position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'sealed: journal_leg'); END",
    "CREATE TRIGGER said_no_delete BEFORE DELETE ON said BEGIN SELECT RAISE(ABORT, 'sealed: said'); END",
    "CREATE TRIGGER said_no_replace BEFORE INSERT ON said WHEN EXISTS (SELECT 1 FROM said t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: said'); END",
    "CREATE TRIGGER journal_leg_before_header BEFORE INSERT ON journal_leg WHEN EXISTS (SELECT 1 FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id AND e.sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'sealed: journal_leg'); END",
    "CREATE TRIGGER journal_entry_fits BEFORE INSERT ON journal_entry WHEN (SELECT COALESCE(SUM(l.cents), 1) FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence) <> 0 OR (SELECT COUNT(*) FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence) < 2 OR EXISTS (SELECT 1 FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence AND (l.organisation_id <> NEW.organisation_id OR l.happened_on <> NEW.happened_on)) OR NEW.sequence <> 1 + COALESCE((SELECT MAX(e.sequence) FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id), 0) OR NEW.previous <> COALESCE((SELECT e.hash FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id AND e.sequence = NEW.sequence - 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'the entry does not add up'); END",
    "CREATE TRIGGER seal_follows BEFORE INSERT ON seal WHEN NEW.sequence <> 1 + COALESCE((SELECT MAX(s.sequence) FROM seal s WHERE s.organisation_id = NEW.organisation_id), 0) OR NEW.previous <> COALESCE((SELECT s.hash FROM seal s WHERE s.organisation_id = NEW.organisation_id AND s.sequence = NEW.sequence - 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'the seal does not follow'); END",
    "CREATE TRIGGER said_only_erased BEFORE UPDATE ON said WHEN NEW.text IS NOT NULL OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref OR NEW.salt <> OLD.salt OR NEW.sha256 <> OLD.sha256 OR NEW.workshop_id <> OLD.workshop_id OR NEW.organisation_id <> OLD.organisation_id BEGIN SELECT RAISE(ABORT, 'sealed: said'); END",
)

POSTGRESQL = (
    'CREATE TRIGGER seal_sealed BEFORE UPDATE OR DELETE ON seal FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER journal_entry_sealed BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER journal_leg_sealed BEFORE UPDATE OR DELETE ON journal_leg FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER seal_no_truncate BEFORE TRUNCATE ON seal EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER journal_leg_no_truncate BEFORE TRUNCATE ON journal_leg EXECUTE FUNCTION refuse_sealed()',
    "CREATE FUNCTION refuse_journal_leg_before_header() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE EXISTS (SELECT 1 FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id AND e.sequence = NEW.sequence)) THEN RAISE EXCEPTION 'sealed: journal_leg'; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER journal_leg_before_header BEFORE INSERT ON journal_leg FOR EACH ROW EXECUTE FUNCTION refuse_journal_leg_before_header()',
    "CREATE FUNCTION refuse_journal_entry_fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE (SELECT COALESCE(SUM(l.cents), 1) FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence) <> 0 OR (SELECT COUNT(*) FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence) < 2 OR EXISTS (SELECT 1 FROM journal_leg l WHERE l.workshop_id = NEW.workshop_id AND l.sequence = NEW.sequence AND (l.organisation_id <> NEW.organisation_id OR l.happened_on <> NEW.happened_on)) OR NEW.sequence <> 1 + COALESCE((SELECT MAX(e.sequence) FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id), 0) OR NEW.previous <> COALESCE((SELECT e.hash FROM journal_entry e WHERE e.workshop_id = NEW.workshop_id AND e.sequence = NEW.sequence - 1), '0000000000000000000000000000000000000000000000000000000000000000')) THEN RAISE EXCEPTION 'the entry does not add up'; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER journal_entry_fits BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION refuse_journal_entry_fits()',
    "CREATE FUNCTION refuse_seal_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NEW.sequence <> 1 + COALESCE((SELECT MAX(s.sequence) FROM seal s WHERE s.organisation_id = NEW.organisation_id), 0) OR NEW.previous <> COALESCE((SELECT s.hash FROM seal s WHERE s.organisation_id = NEW.organisation_id AND s.sequence = NEW.sequence - 1), '0000000000000000000000000000000000000000000000000000000000000000')) THEN RAISE EXCEPTION 'the seal does not follow'; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER seal_follows BEFORE INSERT ON seal FOR EACH ROW EXECUTE FUNCTION refuse_seal_follows()',
    "CREATE FUNCTION refuse_said_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NEW.text IS NOT NULL OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref OR NEW.salt <> OLD.salt OR NEW.sha256 <> OLD.sha256 OR NEW.workshop_id <> OLD.workshop_id OR NEW.organisation_id <> OLD.organisation_id) THEN RAISE EXCEPTION 'sealed: said'; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER said_only_erased BEFORE UPDATE ON said FOR EACH ROW EXECUTE FUNCTION refuse_said_only_erased()',
    'CREATE TRIGGER said_no_truncate BEFORE TRUNCATE ON said EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER said_never BEFORE DELETE ON said EXECUTE FUNCTION refuse_sealed()',
)

def upgrade() -> None:
    op.create_table('seal',
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.Column('sequence', types.Key, autoincrement=False, nullable=False),
        sa.Column('rows', sa.Text(), nullable=False),
        sa.Column('count', types.Key, nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('previous', sa.Text(), nullable=False),
        sa.Column('hash', sa.Text(), nullable=False),
        sa.CheckConstraint('sequence > 0 AND count > 0 AND length(hash) = 64 AND length(previous) = 64', name=op.f('ck_seal_chained')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_seal_organisation_id')),
        sa.PrimaryKeyConstraint('organisation_id', 'sequence', name=op.f('pk_seal')),
        sqlite_strict=True
        )
    op.create_table('journal_entry',
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('sequence', types.Key, autoincrement=False, nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('booked_in', sa.Text(), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('subject_ref', sa.Text(), nullable=False),
        sa.Column('at', types.Instant(), nullable=False),
        sa.Column('actor', sa.Text(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('previous', sa.Text(), nullable=False),
        sa.Column('hash', sa.Text(), nullable=False),
        sa.CheckConstraint('sequence > 0 AND length(hash) = 64 AND length(previous) = 64', name=op.f('ck_journal_entry_chained')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_journal_entry_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_journal_entry_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_journal_entry_workshop_id')),
        sa.PrimaryKeyConstraint('workshop_id', 'sequence', name=op.f('pk_journal_entry')),
        sa.UniqueConstraint('ref', name=op.f('uq_journal_entry_ref')),
        sa.UniqueConstraint('workshop_id', 'kind', 'subject_ref', name=op.f('uq_journal_entry_workshop_id_kind_subject_ref')),
        sqlite_strict=True
        )
    op.create_index('ix_journal_entry_booked', 'journal_entry', ['workshop_id', 'booked_in', 'sequence'], unique=False)
    op.create_index(op.f('ix_journal_entry_organisation_id'), 'journal_entry', ['organisation_id'], unique=False)
    op.create_table('said',
        sa.Column('salt', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('sha256', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_said_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_said_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_said_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_said')),
        sa.UniqueConstraint('ref', name=op.f('uq_said_ref')),
        sqlite_strict=True
        )
    op.create_index(op.f('ix_said_organisation_id'), 'said', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_said_workshop_id'), 'said', ['workshop_id'], unique=False)
    op.create_table('journal_leg',
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('sequence', types.Key, autoincrement=False, nullable=False),
        sa.Column('position', types.Key, autoincrement=False, nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.Column('account', sa.Text(), nullable=False),
        sa.Column('person_ref', sa.Text(), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('cents', types.Cents(), nullable=False),
        sa.CheckConstraint('cents <> 0', name=op.f('ck_journal_leg_of_something')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_journal_leg_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_journal_leg_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'sequence'], ['journal_entry.workshop_id', 'journal_entry.sequence'], name=op.f('fk_journal_leg_workshop_id_sequence'), initially='DEFERRED', deferrable=True),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_journal_leg_workshop_id')),
        sa.PrimaryKeyConstraint('workshop_id', 'sequence', 'position', name=op.f('pk_journal_leg')),
        sqlite_strict=True
        )
    op.create_index('ix_journal_leg_balance', 'journal_leg', ['workshop_id', 'account', 'person_ref', 'happened_on', 'cents'], unique=False)
    op.create_index('ix_journal_leg_person', 'journal_leg', ['workshop_id', 'person_ref', 'sequence'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
    for workshop, organisation in connection.execute(sa.text("SELECT id, organisation_id FROM workshop ORDER BY id")).all():
        _post_runs(connection, Scope(organisation, workshop))
    for (organisation,) in connection.execute(sa.text("SELECT id FROM organisation ORDER BY id")).all():
        _seal_rows(connection, organisation)


def _post_runs(connection: sa.Connection, scope: Scope) -> None:
    """The sales and the division of every approved month, in the order of approval."""
    newest = journal.EMPTY
    runs = connection.execute(sa.text(
        "SELECT run_ref, month, inputs, result FROM sealed_run WHERE workshop_id = :w ORDER BY id"), {"w": scope.workshop}).all()
    by = By(SYSTEM, datetime.now(UTC), app_version())
    for run_ref, month, inputs_text, result_text in runs:
        inputs, _scheme = canonical.inputs_from_canonical(inputs_text)
        result, booked = canonical.result_from_canonical(result_text), Month.parse(month)
        lines = {line.key: line for line in inputs.lines}
        sold: dict[tuple[date, str], list[int]] = {}
        for one in result.lines:
            cents = sold.setdefault((lines[one.line].day, lines[one.line].channel), [0, 0])
            cents[0], cents[1] = cents[0] + one.amounts.gross, cents[1] + one.amounts.net
        days = (DaySales(day, channel, gross, net) for (day, channel), (gross, net) in sold.items())
        divided = journal.run_entry(run_ref, booked, journal.division_of(inputs, result))
        for entry in (*journal.sales_entries(run_ref, booked, days), *divided):
            newest = _append(connection, scope, by, newest, entry)


def _append(connection: sa.Connection, scope: Scope, by: By, before: Head, entry: Entry) -> Head:
    fields = header_fields(scope, before, entry, by)
    hashed = journal.chained(before.hash, fields, [[leg.account.value, leg.person, leg.detail, leg.cents] for leg in entry.legs])
    for place, leg in enumerate(entry.legs):
        _insert(connection, "journal_leg", {
            "workshop_id": scope.workshop, "organisation_id": scope.organisation, "sequence": before.sequence + 1,
            "position": place, "account": leg.account.value, "person_ref": leg.person, "detail": leg.detail,
            "happened_on": entry.happened_on, "cents": leg.cents})
    _insert(connection, "journal_entry", {**fields, "happened_on": entry.happened_on, "at": by.at, "hash": hashed})
    return Head(before.sequence + 1, hashed)


def _insert(connection: sa.Connection, table: str, row: Mapping[str, Any]) -> None:
    kinds = {"happened_on": types.Day(), "at": types.Instant()}
    columns = [sa.column(name, kinds.get(name)) for name in row]
    connection.execute(sa.insert(sa.table(table, *columns)).values(**row))


def _seal_rows(connection: sa.Connection, organisation: int) -> None:
    """The first link of the chain of seals."""
    parts, count, hashed = [], 0, seals.sha256()
    for table in PROTECTED:
        ids = [row[0] for row in connection.execute(sa.text(
            f"SELECT id FROM {table} WHERE organisation_id = :o ORDER BY id"), {"o": organisation})]  # noqa: S608 - names from above
        parts += seals.ranges([[table, one] for one in ids])
    for part in parts:
        for row in _rows(connection, *part):
            count += 1
            hashed.update(seals.row_bytes(row))
        hashed.update(b"|")
    if not count:
        return
    fields: dict[str, str | int] = {
        "organisation_id": organisation, "sequence": 1, "count": count, "content": hashed.hexdigest(),
        "rows": json.dumps(parts, separators=(",", ":")), "app_version": app_version()}
    link = seals.link_hash(journal.START, fields)
    _insert(connection, "seal", {**fields, "previous": journal.START, "hash": link})


def _rows(connection: sa.Connection, table: str, spans: list[list[int]]) -> Iterator[Mapping[str, Any]]:
    names = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    lite = connection.dialect.name == "sqlite"
    columns = ", ".join(f'CAST("{name}" AS BLOB)' if lite else f'"{name}"' for name in names)
    for first, last in spans:
        query = sa.text(f"SELECT {columns} FROM {table} WHERE id BETWEEN :a AND :b ORDER BY id")  # noqa: S608 - names of the schema
        for row in connection.execute(query, {"a": first, "b": last}):
            yield dict(zip(names, row, strict=True))
