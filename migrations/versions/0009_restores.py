"""Backups brought back, and the numbers that are skipped because they had been issued after one."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0009"
down_revision = "0008"

SQLITE = (
    "CREATE TRIGGER restored_no_update BEFORE UPDATE ON restored BEGIN SELECT RAISE(ABORT, 'sealed: restored'); END",
    "CREATE TRIGGER restored_no_delete BEFORE DELETE ON restored BEGIN SELECT RAISE(ABORT, 'sealed: restored'); END",
    "CREATE TRIGGER restored_no_replace BEFORE INSERT ON restored WHEN EXISTS (SELECT 1 FROM restored t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: restored'); END",
    "CREATE TRIGGER skipped_number_no_update BEFORE UPDATE ON skipped_number BEGIN SELECT RAISE(ABORT, 'sealed: skipped_number'); END",
    "CREATE TRIGGER skipped_number_no_delete BEFORE DELETE ON skipped_number BEGIN SELECT RAISE(ABORT, 'sealed: skipped_number'); END",
    "CREATE TRIGGER skipped_number_no_replace BEFORE INSERT ON skipped_number WHEN EXISTS (SELECT 1 FROM skipped_number t WHERE (t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.kind = NEW.kind AND t.year = NEW.year AND t.first = NEW.first) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: skipped_number'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER restored_sealed BEFORE UPDATE OR DELETE ON restored FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER skipped_number_sealed BEFORE UPDATE OR DELETE ON skipped_number FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER restored_no_truncate BEFORE TRUNCATE ON restored EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER skipped_number_no_truncate BEFORE TRUNCATE ON skipped_number EXECUTE FUNCTION refuse_sealed()",
)


def upgrade() -> None:
    op.create_table('restored',
        sa.Column('at', types.Instant(), nullable=False),
        sa.Column('backup_made_at', types.Instant(), nullable=False),
        sa.Column('backup_sha256', sa.Text(), nullable=False),
        sa.Column('backup_sequence', types.Whole, nullable=False),
        sa.Column('backup_hash', sa.Text(), nullable=False),
        sa.Column('replaced_sequence', types.Whole, nullable=False),
        sa.Column('replaced_hash', sa.Text(), nullable=False),
        sa.Column('actor', sa.Text(), nullable=False),
        sa.Column('second', sa.Text(), nullable=False),
        sa.Column('said_ref', sa.Text(), nullable=False),
        sa.Column('said_sha256', sa.Text(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('actor <> second', name=op.f('ck_restored_two_people')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_restored_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_restored')),
        sa.UniqueConstraint('ref', name=op.f('uq_restored_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_restored_organisation_id'), 'restored', ['organisation_id'], unique=False)
    op.create_table('skipped_number',
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('year', types.Whole, nullable=False),
        sa.Column('first', types.Whole, nullable=False),
        sa.Column('last', types.Whole, nullable=False),
        sa.Column('restored_ref', sa.Text(), nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('first > 0 AND first <= last', name=op.f('ck_skipped_number_some')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_skipped_number_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_skipped_number')),
        sa.UniqueConstraint('ref', name=op.f('uq_skipped_number_ref')),
        sa.UniqueConstraint('organisation_id', 'kind', 'year', 'first', name=op.f('uq_skipped_number_organisation_id_kind_year_first')),
        sqlite_strict=True)
    op.create_index(op.f('ix_skipped_number_organisation_id'), 'skipped_number', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_skipped_number_restored_ref'), 'skipped_number', ['restored_ref'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
