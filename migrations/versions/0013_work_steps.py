"""Steps of products with their time studies, who did which step of a lot, lists of materials, orders of customers."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0013"
down_revision = "0012"

SQLITE = (
    "CREATE TRIGGER lot_step_no_replace BEFORE INSERT ON lot_step WHEN EXISTS (SELECT 1 FROM lot_step t WHERE (t.id = NEW.id) OR (t.lot_id = NEW.lot_id AND t.step_id = NEW.step_id AND t.participant_id = NEW.participant_id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: lot_step'); END",
    "CREATE TRIGGER lot_step_no_replace_update BEFORE UPDATE ON lot_step WHEN EXISTS (SELECT 1 FROM lot_step t WHERE t.id <> OLD.id AND ((t.id = NEW.id) OR (t.lot_id = NEW.lot_id AND t.step_id = NEW.step_id AND t.participant_id = NEW.participant_id) OR (t.ref = NEW.ref))) BEGIN SELECT RAISE(ABORT, 'sealed: lot_step'); END",
    "CREATE TRIGGER lot_step_approved_insert_new BEFORE INSERT ON lot_step WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = NEW.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_step_approved_update_old BEFORE UPDATE ON lot_step WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = OLD.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_step_approved_update_new BEFORE UPDATE ON lot_step WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = NEW.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_step_approved_delete_old BEFORE DELETE ON lot_step WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = OLD.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_step_closed_insert_new BEFORE INSERT ON lot_step WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = NEW.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_step_closed_update_old BEFORE UPDATE ON lot_step WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = OLD.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_step_closed_update_new BEFORE UPDATE ON lot_step WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = NEW.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_step_closed_delete_old BEFORE DELETE ON lot_step WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = OLD.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER lot_step_no_truncate BEFORE TRUNCATE ON lot_step EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER lot_step_approved_new BEFORE INSERT OR UPDATE ON lot_step FOR EACH ROW EXECUTE FUNCTION refuse_maker_new()",
    "CREATE TRIGGER lot_step_approved_old BEFORE UPDATE OR DELETE ON lot_step FOR EACH ROW EXECUTE FUNCTION refuse_maker_old()",
    "CREATE TRIGGER lot_step_closed_new BEFORE INSERT OR UPDATE ON lot_step FOR EACH ROW EXECUTE FUNCTION refuse_shut_maker_new()",
    "CREATE TRIGGER lot_step_closed_old BEFORE UPDATE OR DELETE ON lot_step FOR EACH ROW EXECUTE FUNCTION refuse_shut_maker_old()",
)


def upgrade() -> None:
    op.create_table('customer_job',
        sa.Column('product_id', types.Key, nullable=False),
        sa.Column('customer_ref', sa.Text(), nullable=False),
        sa.Column('taken_on', types.Day(), nullable=False),
        sa.Column('due_on', types.Day(), nullable=False),
        sa.Column('quantity', types.Whole, nullable=True),
        sa.Column('price_cents', types.Cents(), nullable=True),
        sa.Column('ended_on', types.Day(), nullable=True),
        sa.Column('ended_as', sa.Text(), nullable=False),
        sa.Column('version', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint("(ended_as = '') = (ended_on IS NULL)", name=op.f('ck_customer_job_ended')),
        sa.CheckConstraint("ended_as IN ('', 'done', 'off')", name=op.f('ck_customer_job_ended_as')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_customer_job_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_customer_job_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_customer_job_workshop_id_product_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_customer_job_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_job')),
        sa.UniqueConstraint('ref', name=op.f('uq_customer_job_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_customer_job_organisation_id'), 'customer_job', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_customer_job_product_id'), 'customer_job', ['product_id'], unique=False)
    op.create_index(op.f('ix_customer_job_workshop_id'), 'customer_job', ['workshop_id'], unique=False)
    op.create_table('product_material',
        sa.Column('product_id', types.Key, nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('quantity', types.Whole, nullable=False),
        sa.Column('unit', sa.Text(), nullable=False),
        sa.Column('unit_cents', types.Cents(), nullable=False),
        sa.Column('version', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_product_material_above_zero')),
        sa.CheckConstraint('unit_cents >= 0', name=op.f('ck_product_material_not_below_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_product_material_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_product_material_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_product_material_workshop_id_product_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_product_material_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_product_material')),
        sa.UniqueConstraint('ref', name=op.f('uq_product_material_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_product_material_organisation_id'), 'product_material', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_product_material_product_id'), 'product_material', ['product_id'], unique=False)
    op.create_index(op.f('ix_product_material_workshop_id'), 'product_material', ['workshop_id'], unique=False)
    op.create_table('product_step',
        sa.Column('product_id', types.Key, nullable=False),
        sa.Column('position', types.Whole, nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('picture', sa.Text(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('skill_kind', sa.Text(), nullable=False),
        sa.Column('skill', sa.Text(), nullable=False),
        sa.Column('weight', types.Whole, nullable=False),
        sa.Column('ended_on', types.Day(), nullable=True),
        sa.Column('version', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint("skill_kind IN ('', 'general', 'special')", name=op.f('ck_product_step_skill_kind')),
        sa.CheckConstraint('weight > 0', name=op.f('ck_product_step_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_product_step_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_product_step_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_product_step_workshop_id_product_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_product_step_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_product_step')),
        sa.UniqueConstraint('ref', name=op.f('uq_product_step_ref')),
        sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_product_step_workshop_id_id')),
        sqlite_strict=True)
    op.create_index(op.f('ix_product_step_organisation_id'), 'product_step', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_product_step_product_id'), 'product_step', ['product_id'], unique=False)
    op.create_index(op.f('ix_product_step_workshop_id'), 'product_step', ['workshop_id'], unique=False)
    op.create_table('lot_step',
        sa.Column('lot_id', types.Key, nullable=False),
        sa.Column('step_id', types.Key, nullable=False),
        sa.Column('participant_id', types.Key, nullable=False),
        sa.Column('weight', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('weight > 0', name=op.f('ck_lot_step_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_lot_step_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_lot_step_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'lot_id'], ['lot.workshop_id', 'lot.id'], name=op.f('fk_lot_step_workshop_id_lot_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_lot_step_workshop_id_participant_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'step_id'], ['product_step.workshop_id', 'product_step.id'], name=op.f('fk_lot_step_workshop_id_step_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_lot_step_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lot_step')),
        sa.UniqueConstraint('lot_id', 'step_id', 'participant_id', name=op.f('uq_lot_step_lot_id_step_id_participant_id')),
        sa.UniqueConstraint('ref', name=op.f('uq_lot_step_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_lot_step_lot_id'), 'lot_step', ['lot_id'], unique=False)
    op.create_index(op.f('ix_lot_step_organisation_id'), 'lot_step', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_lot_step_participant_id'), 'lot_step', ['participant_id'], unique=False)
    op.create_index(op.f('ix_lot_step_step_id'), 'lot_step', ['step_id'], unique=False)
    op.create_index(op.f('ix_lot_step_workshop_id'), 'lot_step', ['workshop_id'], unique=False)
    op.create_table('time_study',
        sa.Column('step_id', types.Key, nullable=False),
        sa.Column('studied_on', types.Day(), nullable=False),
        sa.Column('average', sa.Text(), nullable=False),
        sa.Column('units', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint("average IN ('mean', 'median')", name=op.f('ck_time_study_average')),
        sa.CheckConstraint('units > 0', name=op.f('ck_time_study_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_time_study_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_time_study_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'step_id'], ['product_step.workshop_id', 'product_step.id'], name=op.f('fk_time_study_workshop_id_step_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_time_study_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_time_study')),
        sa.UniqueConstraint('ref', name=op.f('uq_time_study_ref')),
        sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_time_study_workshop_id_id')),
        sqlite_strict=True)
    op.create_index(op.f('ix_time_study_organisation_id'), 'time_study', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_time_study_step_id'), 'time_study', ['step_id'], unique=False)
    op.create_index(op.f('ix_time_study_workshop_id'), 'time_study', ['workshop_id'], unique=False)
    op.create_table('timing',
        sa.Column('study_id', types.Key, nullable=False),
        sa.Column('position', types.Whole, nullable=False),
        sa.Column('tenths', types.Whole, nullable=False),
        sa.Column('left_out', types.Flag(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('tenths > 0', name=op.f('ck_timing_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_timing_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_timing_organisation_id')),
        sa.ForeignKeyConstraint(['study_id'], ['time_study.id'], name=op.f('fk_timing_study_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'study_id'], ['time_study.workshop_id', 'time_study.id'], name=op.f('fk_timing_workshop_id_study_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_timing_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_timing')),
        sa.UniqueConstraint('ref', name=op.f('uq_timing_ref')),
        sa.UniqueConstraint('study_id', 'position', name=op.f('uq_timing_study_id_position')),
        sqlite_strict=True)
    op.create_index(op.f('ix_timing_organisation_id'), 'timing', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_timing_study_id'), 'timing', ['study_id'], unique=False)
    op.create_index(op.f('ix_timing_workshop_id'), 'timing', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
