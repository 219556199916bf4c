"""Photos of products and of people's work, the provider's logo; the skill of steps that a goal names."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table('logo',
        sa.Column('png', sa.LargeBinary(), nullable=False),
        sa.Column('width', types.Key, nullable=False),
        sa.Column('height', types.Key, nullable=False),
        sa.Column('put_by', sa.Text(), nullable=False),
        sa.Column('put_at', types.Instant(), nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('width > 0 AND height > 0', name=op.f('ck_logo_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_logo_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_logo')),
        sa.UniqueConstraint('organisation_id', name=op.f('uq_logo_organisation_id')),
        sa.UniqueConstraint('ref', name=op.f('uq_logo_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_logo_organisation_id'), 'logo', ['organisation_id'], unique=False)
    op.create_table('product_photo',
        sa.Column('product_id', types.Key, nullable=False),
        sa.Column('large', sa.LargeBinary(), nullable=False),
        sa.Column('small', sa.LargeBinary(), nullable=False),
        sa.Column('put_by', sa.Text(), nullable=False),
        sa.Column('put_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_product_photo_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_product_photo_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_product_photo_workshop_id_product_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_product_photo_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_product_photo')),
        sa.UniqueConstraint('ref', name=op.f('uq_product_photo_ref')),
        sa.UniqueConstraint('workshop_id', 'product_id', name=op.f('uq_product_photo_workshop_id_product_id')),
        sqlite_strict=True)
    op.create_index(op.f('ix_product_photo_organisation_id'), 'product_photo', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_product_photo_workshop_id'), 'product_photo', ['workshop_id'], unique=False)
    op.create_table('goal_photo',
        sa.Column('goal_id', types.Key, nullable=False),
        sa.Column('person_ref', sa.Text(), nullable=False),
        sa.Column('taken_on', types.Day(), nullable=False),
        sa.Column('words', sa.LargeBinary(), nullable=False),
        sa.Column('width', types.Key, nullable=False),
        sa.Column('height', types.Key, nullable=False),
        sa.Column('large', sa.LargeBinary(), nullable=False),
        sa.Column('small', sa.LargeBinary(), nullable=False),
        sa.Column('put_by', sa.Text(), nullable=False),
        sa.Column('put_by_name', sa.Text(), nullable=False),
        sa.Column('put_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('width > 0 AND height > 0', name=op.f('ck_goal_photo_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_goal_photo_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_goal_photo_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'goal_id'], ['goal.workshop_id', 'goal.id'], name=op.f('fk_goal_photo_workshop_id_goal_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_goal_photo_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_photo')),
        sa.UniqueConstraint('ref', name=op.f('uq_goal_photo_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_goal_photo_goal_id'), 'goal_photo', ['goal_id'], unique=False)
    op.create_index(op.f('ix_goal_photo_organisation_id'), 'goal_photo', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_goal_photo_person_ref'), 'goal_photo', ['person_ref'], unique=False)
    op.create_index(op.f('ix_goal_photo_workshop_id'), 'goal_photo', ['workshop_id'], unique=False)
    op.add_column('goal', sa.Column('skill', sa.Text(), nullable=True))
    op.add_column('product', sa.Column('photo_ref', sa.Text(), nullable=True))
