"""Rows of a bank's statement that were booked as the wrong thing and taken back by somebody's decision."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0012"
down_revision = "0011"

SQLITE = (
    "CREATE TRIGGER bank_taken_back_no_update BEFORE UPDATE ON bank_taken_back BEGIN SELECT RAISE(ABORT, 'sealed: bank_taken_back'); END",
    "CREATE TRIGGER bank_taken_back_no_delete BEFORE DELETE ON bank_taken_back BEGIN SELECT RAISE(ABORT, 'sealed: bank_taken_back'); END",
    "CREATE TRIGGER bank_taken_back_no_replace BEFORE INSERT ON bank_taken_back WHEN EXISTS (SELECT 1 FROM bank_taken_back t WHERE (t.id = NEW.id) OR (t.posting_ref = NEW.posting_ref) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: bank_taken_back'); END",
    "CREATE TRIGGER bank_taken_back_own BEFORE INSERT ON bank_taken_back WHEN NOT EXISTS (SELECT 1 FROM bank_posting b WHERE b.ref = NEW.posting_ref AND b.workshop_id = NEW.workshop_id AND b.kind IN ('receipt', 'fee', 'cash')) BEGIN SELECT RAISE(ABORT, 'no own movement'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER bank_taken_back_sealed BEFORE UPDATE OR DELETE ON bank_taken_back FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER bank_taken_back_no_truncate BEFORE TRUNCATE ON bank_taken_back EXECUTE FUNCTION refuse_sealed()",
    "CREATE FUNCTION refuse_bank_taken_back_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM bank_posting b WHERE b.ref = NEW.posting_ref AND b.workshop_id = NEW.workshop_id AND b.kind IN ('receipt', 'fee', 'cash'))) THEN RAISE EXCEPTION 'no own movement'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER bank_taken_back_own BEFORE INSERT ON bank_taken_back FOR EACH ROW EXECUTE FUNCTION refuse_bank_taken_back_own()",
)


def upgrade() -> None:
    op.create_table('bank_taken_back',
        sa.Column('posting_ref', sa.Text(), nullable=False),
        sa.Column('entry_key', sa.Text(), nullable=False),
        sa.Column('said_ref', sa.Text(), nullable=False),
        sa.Column('said_sha256', sa.Text(), nullable=False),
        sa.Column('taken_by', sa.Text(), nullable=False),
        sa.Column('taken_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.CheckConstraint("said_ref <> ''", name=op.f('ck_bank_taken_back_says_why')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_bank_taken_back_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_bank_taken_back_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_bank_taken_back_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_taken_back')),
        sa.UniqueConstraint('posting_ref', name=op.f('uq_bank_taken_back_posting_ref')),
        sa.UniqueConstraint('ref', name=op.f('uq_bank_taken_back_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_bank_taken_back_organisation_id'), 'bank_taken_back', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_bank_taken_back_workshop_id'), 'bank_taken_back', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
