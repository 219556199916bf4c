"""Certificates of stipends received: stored once, never changed."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0008"
down_revision = "0007"

SQLITE = (
    "CREATE TRIGGER certificate_no_update BEFORE UPDATE ON certificate BEGIN SELECT RAISE(ABORT, 'sealed: certificate'); END",
    "CREATE TRIGGER certificate_no_delete BEFORE DELETE ON certificate BEGIN SELECT RAISE(ABORT, 'sealed: certificate'); END",
    "CREATE TRIGGER certificate_no_replace BEFORE INSERT ON certificate WHEN EXISTS (SELECT 1 FROM certificate t WHERE (t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.number = NEW.number) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: certificate'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER certificate_sealed BEFORE UPDATE OR DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER certificate_no_truncate BEFORE TRUNCATE ON certificate EXECUTE FUNCTION refuse_sealed()",
)


def upgrade() -> None:
    op.create_table('certificate',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('first_month', sa.Text(), nullable=False),
    sa.Column('last_month', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', types.Instant(), nullable=False),
    sa.Column('app_version', sa.Text(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('first_month <= last_month', name=op.f('ck_certificate_in_order')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_certificate_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_certificate_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_certificate_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_certificate_organisation_id_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_certificate_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_certificate_organisation_id'), 'certificate', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_certificate_person_ref'), 'certificate', ['person_ref'], unique=False)
    op.create_index(op.f('ix_certificate_workshop_id'), 'certificate', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
