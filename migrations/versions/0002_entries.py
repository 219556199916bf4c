"""What a month's calculation reads besides attendance, lots and sales: work, dated values, decisions, figures; rules being written."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0002"
down_revision = "0001"

SQLITE = (
    "CREATE TRIGGER work_no_replace BEFORE INSERT ON work WHEN EXISTS (SELECT 1 FROM work t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: work'); END",
    "CREATE TRIGGER work_no_replace_update BEFORE UPDATE ON work WHEN EXISTS (SELECT 1 FROM work t WHERE t.id <> OLD.id AND ((t.id = NEW.id) OR (t.ref = NEW.ref))) BEGIN SELECT RAISE(ABORT, 'sealed: work'); END",
    "CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: decision'); END",
    "CREATE TRIGGER decision_no_replace_update BEFORE UPDATE ON decision WHEN EXISTS (SELECT 1 FROM decision t WHERE t.id <> OLD.id AND ((t.id = NEW.id) OR (t.ref = NEW.ref))) BEGIN SELECT RAISE(ABORT, 'sealed: decision'); END",
    "CREATE TRIGGER month_figure_no_replace BEFORE INSERT ON month_figure WHEN EXISTS (SELECT 1 FROM month_figure t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.booked_in = NEW.booked_in AND t.name = NEW.name)) BEGIN SELECT RAISE(ABORT, 'sealed: month_figure'); END",
    "CREATE TRIGGER month_figure_no_replace_update BEFORE UPDATE ON month_figure WHEN EXISTS (SELECT 1 FROM month_figure t WHERE t.id <> OLD.id AND ((t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.booked_in = NEW.booked_in AND t.name = NEW.name))) BEGIN SELECT RAISE(ABORT, 'sealed: month_figure'); END",
    "CREATE TRIGGER person_value_no_replace BEFORE INSERT ON person_value WHEN EXISTS (SELECT 1 FROM person_value t WHERE (t.id = NEW.id) OR (t.participant_id = NEW.participant_id AND t.name = NEW.name AND t.since = NEW.since) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: person_value'); END",
    "CREATE TRIGGER person_value_no_replace_update BEFORE UPDATE ON person_value WHEN EXISTS (SELECT 1 FROM person_value t WHERE t.id <> OLD.id AND ((t.id = NEW.id) OR (t.participant_id = NEW.participant_id AND t.name = NEW.name AND t.since = NEW.since) OR (t.ref = NEW.ref))) BEGIN SELECT RAISE(ABORT, 'sealed: person_value'); END",
    "CREATE TRIGGER work_approved_insert_new BEFORE INSERT ON work WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER work_approved_update_old BEFORE UPDATE ON work WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER work_approved_update_new BEFORE UPDATE ON work WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER work_approved_delete_old BEFORE DELETE ON work WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER decision_approved_insert_new BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER decision_approved_update_old BEFORE UPDATE ON decision WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER decision_approved_update_new BEFORE UPDATE ON decision WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER decision_approved_delete_old BEFORE DELETE ON decision WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER month_figure_approved_insert_new BEFORE INSERT ON month_figure WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER month_figure_approved_update_old BEFORE UPDATE ON month_figure WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER month_figure_approved_update_new BEFORE UPDATE ON month_figure WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER month_figure_approved_delete_old BEFORE DELETE ON month_figure WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER person_value_approved_insert_new BEFORE INSERT ON person_value WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month >= substr(NEW.since, 1, 7)) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER person_value_approved_update_old BEFORE UPDATE ON person_value WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month >= substr(OLD.since, 1, 7)) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER person_value_approved_update_new BEFORE UPDATE ON person_value WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month >= substr(NEW.since, 1, 7)) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER person_value_approved_delete_old BEFORE DELETE ON person_value WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month >= substr(OLD.since, 1, 7)) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
)

POSTGRESQL = (
    "CREATE FUNCTION refuse_value_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month >= to_char(NEW.since, 'YYYY-MM')) THEN RAISE EXCEPTION 'approved month'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_value_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month >= to_char(OLD.since, 'YYYY-MM')) THEN RAISE EXCEPTION 'approved month'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER work_no_truncate BEFORE TRUNCATE ON work EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON decision EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER month_figure_no_truncate BEFORE TRUNCATE ON month_figure EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER person_value_no_truncate BEFORE TRUNCATE ON person_value EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER work_approved_new BEFORE INSERT OR UPDATE ON work FOR EACH ROW EXECUTE FUNCTION refuse_booked_new()",
    "CREATE TRIGGER work_approved_old BEFORE UPDATE OR DELETE ON work FOR EACH ROW EXECUTE FUNCTION refuse_booked_old()",
    "CREATE TRIGGER decision_approved_new BEFORE INSERT OR UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_booked_new()",
    "CREATE TRIGGER decision_approved_old BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_booked_old()",
    "CREATE TRIGGER month_figure_approved_new BEFORE INSERT OR UPDATE ON month_figure FOR EACH ROW EXECUTE FUNCTION refuse_booked_new()",
    "CREATE TRIGGER month_figure_approved_old BEFORE UPDATE OR DELETE ON month_figure FOR EACH ROW EXECUTE FUNCTION refuse_booked_old()",
    "CREATE TRIGGER person_value_approved_new BEFORE INSERT OR UPDATE ON person_value FOR EACH ROW EXECUTE FUNCTION refuse_value_new()",
    "CREATE TRIGGER person_value_approved_old BEFORE UPDATE OR DELETE ON person_value FOR EACH ROW EXECUTE FUNCTION refuse_value_old()",
)


def upgrade() -> None:
    op.create_index('ix_sealed_run_months', 'sealed_run', ['organisation_id', 'workshop_id', 'month'], unique=False)
    op.create_index('ix_sealed_run_reserve', 'sealed_run', ['workshop_id', 'month', 'to_reserve_cents', 'from_reserve_cents'],
                    unique=False)
    op.create_table('month_figure',
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.Column('set_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("name <> '' AND number <> ''", name=op.f('ck_month_figure_says_something')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_month_figure_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_month_figure_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_month_figure_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month_figure')),
    sa.UniqueConstraint('ref', name=op.f('uq_month_figure_ref')),
    sa.UniqueConstraint('workshop_id', 'booked_in', 'name', name=op.f('uq_month_figure_workshop_id_booked_in_name')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_month_figure_organisation_id'), 'month_figure', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_month_figure_workshop_id'), 'month_figure', ['workshop_id'], unique=False)
    op.create_table('scheme_draft',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('based_on', sa.Text(), nullable=False),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', types.Instant(), nullable=False),
    sa.Column('changed_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_scheme_draft_has_a_name')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_scheme_draft_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_scheme_draft_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_scheme_draft_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme_draft')),
    sa.UniqueConstraint('ref', name=op.f('uq_scheme_draft_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_scheme_draft_organisation_id'), 'scheme_draft', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_scheme_draft_workshop_id'), 'scheme_draft', ['workshop_id'], unique=False)
    op.create_table('decision',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('happened_on', types.Day(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('cents', types.Cents(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('decided_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("cents = 0 OR part <> ''", name=op.f('ck_decision_money_has_its_part')),
    sa.CheckConstraint("reason <> '' AND document <> ''", name=op.f('ck_decision_says_why')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_decision_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_decision_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_decision_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_decision_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('ref', name=op.f('uq_decision_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_decision_booked_in'), 'decision', ['booked_in'], unique=False)
    op.create_index(op.f('ix_decision_organisation_id'), 'decision', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_decision_participant_id'), 'decision', ['participant_id'], unique=False)
    op.create_index(op.f('ix_decision_workshop_id'), 'decision', ['workshop_id'], unique=False)
    op.create_table('person_value',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('since', types.Day(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.Column('set_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("name <> '' AND text <> ''", name=op.f('ck_person_value_says_something')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_person_value_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_person_value_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_person_value_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_person_value_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_value')),
    sa.UniqueConstraint('participant_id', 'name', 'since', name=op.f('uq_person_value_participant_id_name_since')),
    sa.UniqueConstraint('ref', name=op.f('uq_person_value_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_person_value_organisation_id'), 'person_value', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_person_value_participant_id'), 'person_value', ['participant_id'], unique=False)
    op.create_index(op.f('ix_person_value_workshop_id'), 'person_value', ['workshop_id'], unique=False)
    op.create_table('work',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('happened_on', types.Day(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('minutes', types.Key, nullable=False),
    sa.Column('good', types.Key, nullable=False),
    sa.Column('made', types.Key, nullable=False),
    sa.Column('points', types.Key, nullable=False),
    sa.Column('logged_at', types.Instant(), nullable=False),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("made = 0 OR task <> ''", name=op.f('ck_work_made_at_a_task')),
    sa.CheckConstraint('good BETWEEN 0 AND made', name=op.f('ck_work_good_of_made')),
    sa.CheckConstraint('minutes BETWEEN 0 AND 1440', name=op.f('ck_work_minutes')),
    sa.CheckConstraint('points >= 0 AND minutes + made + points > 0', name=op.f('ck_work_says_something')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_work_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_work_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_work_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_work_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work')),
    sa.UniqueConstraint('ref', name=op.f('uq_work_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_work_organisation_id'), 'work', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_work_participant_id'), 'work', ['participant_id'], unique=False)
    op.create_index(op.f('ix_work_workshop_id'), 'work', ['workshop_id'], unique=False)
    op.create_index('ix_work_workshop_id_booked_in_happened_on', 'work', ['workshop_id', 'booked_in', 'happened_on'], unique=False)
    op.create_index('ix_sealed_match_lot', 'sealed_match', ['workshop_id', 'lot_ref'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
