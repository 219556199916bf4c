"""Work in the background: batches and their items, with who has taken an item and until when."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table('batch',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_ref', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('asked_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_batch_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_batch_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_batch_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sa.UniqueConstraint('ref', name=op.f('uq_batch_ref')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_batch_workshop_id_id')),
    sa.UniqueConstraint('workshop_id', 'kind', 'subject_ref', name=op.f('uq_batch_workshop_id_kind_subject_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_batch_organisation_id'), 'batch', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_batch_workshop_id'), 'batch', ['workshop_id'], unique=False)
    op.create_table('batch_item',
    sa.Column('batch_id', types.Key, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('ready_at', types.Instant(), nullable=False),
    sa.Column('lease_until', types.Instant(), nullable=True),
    sa.Column('worker', sa.Text(), nullable=False),
    sa.Column('tries', types.Key, nullable=False),
    sa.Column('sent_at', types.Instant(), nullable=True),
    sa.Column('ended_at', types.Instant(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("(state = 'taken') = (lease_until IS NOT NULL)", name=op.f('ck_batch_item_lease')),
    sa.CheckConstraint("state IN ('waiting', 'taken', 'done', 'failed')", name=op.f('ck_batch_item_state')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_batch_item_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_batch_item_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'batch_id'], ['batch.workshop_id', 'batch.id'], name=op.f('fk_batch_item_workshop_id_batch_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_batch_item_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_item')),
    sa.UniqueConstraint('batch_id', 'kind', 'person_ref', name=op.f('uq_batch_item_batch_id_kind_person_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_batch_item_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_batch_item_batch_id'), 'batch_item', ['batch_id'], unique=False)
    op.create_index('ix_batch_item_open', 'batch_item', ['state', 'ready_at'], unique=False)
    op.create_index(op.f('ix_batch_item_organisation_id'), 'batch_item', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_batch_item_workshop_id'), 'batch_item', ['workshop_id'], unique=False)
