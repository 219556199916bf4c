"""Movements of a bank's statement that are the bank's own fee or cash taken there and fetched: two more kinds of a posting."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0010"
down_revision = "0009"

KINDS = "kind IN ('settle', 'return', 'receipt', 'fee', 'cash')"

SQLITE = (
    "CREATE TRIGGER bank_posting_no_update BEFORE UPDATE ON bank_posting BEGIN SELECT RAISE(ABORT, 'sealed: bank_posting'); END",
    "CREATE TRIGGER bank_posting_no_delete BEFORE DELETE ON bank_posting BEGIN SELECT RAISE(ABORT, 'sealed: bank_posting'); END",
    "CREATE TRIGGER bank_posting_no_replace BEFORE INSERT ON bank_posting WHEN EXISTS (SELECT 1 FROM bank_posting t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.entry_key = NEW.entry_key)) BEGIN SELECT RAISE(ABORT, 'sealed: bank_posting'); END",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f('ck_bank_posting_kind'), 'bank_posting', type_='check')
        op.create_check_constraint(op.f('ck_bank_posting_kind'), 'bank_posting', KINDS)
        return
    # SQLite changes no check: the rows move, with their numbers, into a table that has the new one; its triggers come back by hand
    op.create_table('bank_posting_new',
        sa.Column('file_ref', sa.Text(), nullable=False),
        sa.Column('entry_key', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('cents', types.Cents(), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.Column('posted_by', sa.Text(), nullable=False),
        sa.Column('posted_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f('ck_bank_posting_kind')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_bank_posting_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_bank_posting_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_bank_posting_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_posting')),
        sa.UniqueConstraint('ref', name=op.f('uq_bank_posting_ref')),
        sa.UniqueConstraint('workshop_id', 'entry_key', name=op.f('uq_bank_posting_workshop_id_entry_key')),
        sqlite_strict=True)
    columns = ("file_ref, entry_key, kind, happened_on, cents, detail, posted_by, posted_at, app_version, workshop_id, id, ref, "
               "organisation_id")
    op.execute(f"INSERT INTO bank_posting_new ({columns}) SELECT {columns} FROM bank_posting ORDER BY id")  # noqa: S608 - own words
    op.drop_table('bank_posting')
    op.rename_table('bank_posting_new', 'bank_posting')
    op.create_index(op.f('ix_bank_posting_organisation_id'), 'bank_posting', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_bank_posting_workshop_id'), 'bank_posting', ['workshop_id'], unique=False)
    for statement in SQLITE:
        op.execute(statement)
