"""What happened to a day (begun, closed, opened again), people's weekly plans, days of trying, one person in two workshops."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0014"
down_revision = "0013"

SQLITE = (
    "CREATE TRIGGER day_event_no_update BEFORE UPDATE ON day_event BEGIN SELECT RAISE(ABORT, 'sealed: day_event'); END",
    "CREATE TRIGGER day_event_no_delete BEFORE DELETE ON day_event BEGIN SELECT RAISE(ABORT, 'sealed: day_event'); END",
    "CREATE TRIGGER day_event_no_replace BEFORE INSERT ON day_event WHEN EXISTS (SELECT 1 FROM day_event t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.day = NEW.day AND t.position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'sealed: day_event'); END",
    "CREATE TRIGGER day_event_follows BEFORE INSERT ON day_event WHEN NOT (NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day), 0) AND CASE NEW.kind WHEN 'begun' THEN NEW.position = 1 WHEN 'closed' THEN NEW.position = 1 OR EXISTS (SELECT 1 FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day AND e.position = NEW.position - 1 AND e.kind IN ('begun', 'reopened')) WHEN 'reopened' THEN EXISTS (SELECT 1 FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day AND e.position = NEW.position - 1 AND e.kind IN ('closed')) ELSE FALSE END) BEGIN SELECT RAISE(ABORT, 'day event'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER day_event_sealed BEFORE UPDATE OR DELETE ON day_event FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER day_event_no_truncate BEFORE TRUNCATE ON day_event EXECUTE FUNCTION refuse_sealed()",
    "CREATE FUNCTION refuse_day_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NOT (NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day), 0) AND CASE NEW.kind WHEN 'begun' THEN NEW.position = 1 WHEN 'closed' THEN NEW.position = 1 OR EXISTS (SELECT 1 FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day AND e.position = NEW.position - 1 AND e.kind IN ('begun', 'reopened')) WHEN 'reopened' THEN EXISTS (SELECT 1 FROM day_event e WHERE e.workshop_id = NEW.workshop_id AND e.day = NEW.day AND e.position = NEW.position - 1 AND e.kind IN ('closed')) ELSE FALSE END)) THEN RAISE EXCEPTION 'day event'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER day_event_follows BEFORE INSERT ON day_event FOR EACH ROW EXECUTE FUNCTION refuse_day_event_follows()",
)


def upgrade() -> None:
    op.create_table('day_event',
        sa.Column('day', types.Day(), nullable=False),
        sa.Column('position', types.Key, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('done_by', sa.Text(), nullable=False),
        sa.Column('done_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint("kind IN ('begun', 'closed', 'reopened')", name=op.f('ck_day_event_kind')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_day_event_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_day_event_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_day_event_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_day_event')),
        sa.UniqueConstraint('ref', name=op.f('uq_day_event_ref')),
        sa.UniqueConstraint('workshop_id', 'day', 'position', name=op.f('uq_day_event_workshop_id_day_position')),
        sqlite_strict=True)
    op.create_index(op.f('ix_day_event_organisation_id'), 'day_event', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_day_event_workshop_id'), 'day_event', ['workshop_id'], unique=False)
    op.create_table('same_person',
        sa.Column('person_ref', sa.Text(), nullable=False),
        sa.Column('joint', sa.Text(), nullable=False),
        sa.Column('joined_by', sa.Text(), nullable=False),
        sa.Column('joined_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_same_person_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_same_person_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_same_person_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_same_person')),
        sa.UniqueConstraint('person_ref', name=op.f('uq_same_person_person_ref')),
        sa.UniqueConstraint('ref', name=op.f('uq_same_person_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_same_person_joint'), 'same_person', ['joint'], unique=False)
    op.create_index(op.f('ix_same_person_organisation_id'), 'same_person', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_same_person_workshop_id'), 'same_person', ['workshop_id'], unique=False)
    op.create_table('trial_day',
        sa.Column('participant_id', types.Key, nullable=False),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('minutes', types.Key, nullable=False),
        sa.Column('logged_by', sa.Text(), nullable=False),
        sa.Column('logged_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('minutes BETWEEN 1 AND 1440', name=op.f('ck_trial_day_minutes')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_trial_day_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_trial_day_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_trial_day_workshop_id_participant_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_trial_day_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trial_day')),
        sa.UniqueConstraint('participant_id', 'happened_on', name=op.f('uq_trial_day_participant_id_happened_on')),
        sa.UniqueConstraint('ref', name=op.f('uq_trial_day_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_trial_day_organisation_id'), 'trial_day', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_trial_day_participant_id'), 'trial_day', ['participant_id'], unique=False)
    op.create_index(op.f('ix_trial_day_workshop_id'), 'trial_day', ['workshop_id'], unique=False)
    op.create_index('ix_trial_day_workshop_id_happened_on', 'trial_day', ['workshop_id', 'happened_on'], unique=False)
    op.create_table('week_plan',
        sa.Column('participant_id', types.Key, nullable=False),
        sa.Column('since', types.Day(), nullable=False),
        sa.Column('monday', types.Key, nullable=False),
        sa.Column('tuesday', types.Key, nullable=False),
        sa.Column('wednesday', types.Key, nullable=False),
        sa.Column('thursday', types.Key, nullable=False),
        sa.Column('friday', types.Key, nullable=False),
        sa.Column('saturday', types.Key, nullable=False),
        sa.Column('sunday', types.Key, nullable=False),
        sa.Column('set_by', sa.Text(), nullable=False),
        sa.Column('set_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Key, nullable=False),
        sa.Column('id', types.Key, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Key, nullable=False),
        sa.CheckConstraint('friday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_friday')),
        sa.CheckConstraint('monday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_monday')),
        sa.CheckConstraint('saturday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_saturday')),
        sa.CheckConstraint('sunday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_sunday')),
        sa.CheckConstraint('thursday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_thursday')),
        sa.CheckConstraint('tuesday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_tuesday')),
        sa.CheckConstraint('wednesday BETWEEN 0 AND 1440', name=op.f('ck_week_plan_wednesday')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_week_plan_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_week_plan_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_week_plan_workshop_id_participant_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_week_plan_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_week_plan')),
        sa.UniqueConstraint('participant_id', 'since', name=op.f('uq_week_plan_participant_id_since')),
        sa.UniqueConstraint('ref', name=op.f('uq_week_plan_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_week_plan_organisation_id'), 'week_plan', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_week_plan_participant_id'), 'week_plan', ['participant_id'], unique=False)
    op.create_index(op.f('ix_week_plan_workshop_id'), 'week_plan', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
