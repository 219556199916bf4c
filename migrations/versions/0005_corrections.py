"""Late rows and what happened to them, corrections of approved months, debts written off."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0005"
down_revision = "0004"

SQLITE = (
    "CREATE TRIGGER late_event_no_update BEFORE UPDATE ON late_event BEGIN SELECT RAISE(ABORT, 'sealed: late_event'); END",
    "CREATE TRIGGER late_event_no_delete BEFORE DELETE ON late_event BEGIN SELECT RAISE(ABORT, 'sealed: late_event'); END",
    "CREATE TRIGGER late_event_no_replace BEFORE INSERT ON late_event WHEN EXISTS (SELECT 1 FROM late_event t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.late_ref = NEW.late_ref AND t.position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'sealed: late_event'); END",
    "CREATE TRIGGER correction_no_update BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'sealed: correction'); END",
    "CREATE TRIGGER correction_no_delete BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'sealed: correction'); END",
    "CREATE TRIGGER correction_no_replace BEFORE INSERT ON correction WHEN EXISTS (SELECT 1 FROM correction t WHERE (t.base_ref = NEW.base_ref) OR (t.correction_ref = NEW.correction_ref) OR (t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.number = NEW.number) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: correction'); END",
    "CREATE TRIGGER correction_person_no_update BEFORE UPDATE ON correction_person BEGIN SELECT RAISE(ABORT, 'sealed: correction_person'); END",
    "CREATE TRIGGER correction_person_no_delete BEFORE DELETE ON correction_person BEGIN SELECT RAISE(ABORT, 'sealed: correction_person'); END",
    "CREATE TRIGGER correction_person_no_replace BEFORE INSERT ON correction_person WHEN EXISTS (SELECT 1 FROM correction_person t WHERE (t.correction_ref = NEW.correction_ref AND t.person_ref = NEW.person_ref) OR (t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.statement_number = NEW.statement_number) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: correction_person'); END",
    "CREATE TRIGGER corrected_sale_no_update BEFORE UPDATE ON corrected_sale BEGIN SELECT RAISE(ABORT, 'sealed: corrected_sale'); END",
    "CREATE TRIGGER corrected_sale_no_delete BEFORE DELETE ON corrected_sale BEGIN SELECT RAISE(ABORT, 'sealed: corrected_sale'); END",
    "CREATE TRIGGER corrected_sale_no_replace BEFORE INSERT ON corrected_sale WHEN EXISTS (SELECT 1 FROM corrected_sale t WHERE (t.correction_ref = NEW.correction_ref AND t.sale_ref = NEW.sale_ref) OR (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: corrected_sale'); END",
    "CREATE TRIGGER corrected_share_no_update BEFORE UPDATE ON corrected_share BEGIN SELECT RAISE(ABORT, 'sealed: corrected_share'); END",
    "CREATE TRIGGER corrected_share_no_delete BEFORE DELETE ON corrected_share BEGIN SELECT RAISE(ABORT, 'sealed: corrected_share'); END",
    "CREATE TRIGGER corrected_share_no_replace BEFORE INSERT ON corrected_share WHEN EXISTS (SELECT 1 FROM corrected_share t WHERE (t.correction_ref = NEW.correction_ref AND t.lot_ref = NEW.lot_ref AND t.person_ref = NEW.person_ref) OR (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: corrected_share'); END",
    "CREATE TRIGGER corrected_count_no_update BEFORE UPDATE ON corrected_count BEGIN SELECT RAISE(ABORT, 'sealed: corrected_count'); END",
    "CREATE TRIGGER corrected_count_no_delete BEFORE DELETE ON corrected_count BEGIN SELECT RAISE(ABORT, 'sealed: corrected_count'); END",
    "CREATE TRIGGER corrected_count_no_replace BEFORE INSERT ON corrected_count WHEN EXISTS (SELECT 1 FROM corrected_count t WHERE (t.correction_ref = NEW.correction_ref AND t.person_ref = NEW.person_ref) OR (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: corrected_count'); END",
    "CREATE TRIGGER debt_written_off_no_update BEFORE UPDATE ON debt_written_off BEGIN SELECT RAISE(ABORT, 'sealed: debt_written_off'); END",
    "CREATE TRIGGER debt_written_off_no_delete BEFORE DELETE ON debt_written_off BEGIN SELECT RAISE(ABORT, 'sealed: debt_written_off'); END",
    "CREATE TRIGGER debt_written_off_no_replace BEFORE INSERT ON debt_written_off WHEN EXISTS (SELECT 1 FROM debt_written_off t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: debt_written_off'); END",
    "CREATE TRIGGER correction_person_before_header BEFORE INSERT ON correction_person WHEN EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref) BEGIN SELECT RAISE(ABORT, 'sealed: correction_person'); END",
    "CREATE TRIGGER corrected_sale_before_header BEFORE INSERT ON corrected_sale WHEN EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref) BEGIN SELECT RAISE(ABORT, 'sealed: corrected_sale'); END",
    "CREATE TRIGGER corrected_share_before_header BEFORE INSERT ON corrected_share WHEN EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref) BEGIN SELECT RAISE(ABORT, 'sealed: corrected_share'); END",
    "CREATE TRIGGER corrected_count_before_header BEFORE INSERT ON corrected_count WHEN EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref) BEGIN SELECT RAISE(ABORT, 'sealed: corrected_count'); END",
    "CREATE TRIGGER correction_fits BEFORE INSERT ON correction WHEN NEW.stipends_cents <> (SELECT COALESCE(SUM(p.plus_cents), 0) FROM correction_person p WHERE p.correction_ref = NEW.correction_ref) OR NOT EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref AND r.workshop_id = NEW.workshop_id AND r.month = NEW.month) OR (NEW.base_ref <> NEW.run_ref AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.base_ref AND c.run_ref = NEW.run_ref)) OR EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'the correction does not fit'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER late_event_sealed BEFORE UPDATE OR DELETE ON late_event FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER correction_sealed BEFORE UPDATE OR DELETE ON correction FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER correction_person_sealed BEFORE UPDATE OR DELETE ON correction_person FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER corrected_sale_sealed BEFORE UPDATE OR DELETE ON corrected_sale FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER corrected_share_sealed BEFORE UPDATE OR DELETE ON corrected_share FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER corrected_count_sealed BEFORE UPDATE OR DELETE ON corrected_count FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER debt_written_off_sealed BEFORE UPDATE OR DELETE ON debt_written_off FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER late_event_no_truncate BEFORE TRUNCATE ON late_event EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER correction_no_truncate BEFORE TRUNCATE ON correction EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER correction_person_no_truncate BEFORE TRUNCATE ON correction_person EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER corrected_sale_no_truncate BEFORE TRUNCATE ON corrected_sale EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER corrected_share_no_truncate BEFORE TRUNCATE ON corrected_share EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER corrected_count_no_truncate BEFORE TRUNCATE ON corrected_count EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER debt_written_off_no_truncate BEFORE TRUNCATE ON debt_written_off EXECUTE FUNCTION refuse_sealed()",
    "CREATE FUNCTION refuse_correction_person_before_header() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref)) THEN RAISE EXCEPTION 'sealed: correction_person'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER correction_person_before_header BEFORE INSERT ON correction_person FOR EACH ROW EXECUTE FUNCTION refuse_correction_person_before_header()",
    "CREATE FUNCTION refuse_corrected_sale_before_header() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref)) THEN RAISE EXCEPTION 'sealed: corrected_sale'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER corrected_sale_before_header BEFORE INSERT ON corrected_sale FOR EACH ROW EXECUTE FUNCTION refuse_corrected_sale_before_header()",
    "CREATE FUNCTION refuse_corrected_share_before_header() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref)) THEN RAISE EXCEPTION 'sealed: corrected_share'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER corrected_share_before_header BEFORE INSERT ON corrected_share FOR EACH ROW EXECUTE FUNCTION refuse_corrected_share_before_header()",
    "CREATE FUNCTION refuse_corrected_count_before_header() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.correction_ref)) THEN RAISE EXCEPTION 'sealed: corrected_count'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER corrected_count_before_header BEFORE INSERT ON corrected_count FOR EACH ROW EXECUTE FUNCTION refuse_corrected_count_before_header()",
    "CREATE FUNCTION refuse_correction_fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NEW.stipends_cents <> (SELECT COALESCE(SUM(p.plus_cents), 0) FROM correction_person p WHERE p.correction_ref = NEW.correction_ref) OR NOT EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref AND r.workshop_id = NEW.workshop_id AND r.month = NEW.month) OR (NEW.base_ref <> NEW.run_ref AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.correction_ref = NEW.base_ref AND c.run_ref = NEW.run_ref)) OR EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in)) THEN RAISE EXCEPTION 'the correction does not fit'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER correction_fits BEFORE INSERT ON correction FOR EACH ROW EXECUTE FUNCTION refuse_correction_fits()",
)


def upgrade() -> None:
    """Tables and triggers."""
    op.create_table('corrected_count',
    sa.Column('correction_ref', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('days', types.Key, nullable=False),
    sa.Column('minutes', types.Key, nullable=False),
    sa.Column('points', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_corrected_count_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_corrected_count_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_corrected_count_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrected_count')),
    sa.UniqueConstraint('correction_ref', 'person_ref', name=op.f('uq_corrected_count_correction_ref_person_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_corrected_count_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_corrected_count_correction_ref'), 'corrected_count', ['correction_ref'], unique=False)
    op.create_index('ix_corrected_count_month', 'corrected_count', ['workshop_id', 'month'], unique=False)
    op.create_index(op.f('ix_corrected_count_organisation_id'), 'corrected_count', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_corrected_count_workshop_id'), 'corrected_count', ['workshop_id'], unique=False)
    op.create_table('corrected_sale',
    sa.Column('correction_ref', sa.Text(), nullable=False),
    sa.Column('sale_ref', sa.Text(), nullable=False),
    sa.Column('price_cents', types.Cents(), nullable=False),
    sa.Column('discount', types.Key, nullable=False),
    sa.Column('gross_cents', types.Cents(), nullable=False),
    sa.Column('net_cents', types.Cents(), nullable=False),
    sa.Column('materials_cents', types.Cents(), nullable=False),
    sa.Column('shared_cents', types.Cents(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_corrected_sale_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_corrected_sale_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_corrected_sale_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrected_sale')),
    sa.UniqueConstraint('correction_ref', 'sale_ref', name=op.f('uq_corrected_sale_correction_ref_sale_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_corrected_sale_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_corrected_sale_correction_ref'), 'corrected_sale', ['correction_ref'], unique=False)
    op.create_index(op.f('ix_corrected_sale_organisation_id'), 'corrected_sale', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_corrected_sale_sale_ref'), 'corrected_sale', ['sale_ref'], unique=False)
    op.create_index(op.f('ix_corrected_sale_workshop_id'), 'corrected_sale', ['workshop_id'], unique=False)
    op.create_table('corrected_share',
    sa.Column('correction_ref', sa.Text(), nullable=False),
    sa.Column('lot_ref', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('weight', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('weight > 0', name=op.f('ck_corrected_share_above_zero')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_corrected_share_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_corrected_share_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_corrected_share_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrected_share')),
    sa.UniqueConstraint('correction_ref', 'lot_ref', 'person_ref', name=op.f('uq_corrected_share_correction_ref_lot_ref_person_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_corrected_share_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_corrected_share_correction_ref'), 'corrected_share', ['correction_ref'], unique=False)
    op.create_index(op.f('ix_corrected_share_lot_ref'), 'corrected_share', ['lot_ref'], unique=False)
    op.create_index(op.f('ix_corrected_share_organisation_id'), 'corrected_share', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_corrected_share_workshop_id'), 'corrected_share', ['workshop_id'], unique=False)
    op.create_table('correction',
    sa.Column('correction_ref', sa.Text(), nullable=False),
    sa.Column('base_ref', sa.Text(), nullable=False),
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('order_number', sa.Text(), nullable=False),
    sa.Column('order_date', types.Day(), nullable=False),
    sa.Column('inputs', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('funds', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=False),
    sa.Column('made_at', types.Instant(), nullable=False),
    sa.Column('approved_at', types.Instant(), nullable=False),
    sa.Column('app_version', sa.Text(), nullable=False),
    sa.Column('realised_net_cents', types.Cents(), nullable=False),
    sa.Column('deducted_cents', types.Cents(), nullable=False),
    sa.Column('carried_in_cents', types.Cents(), nullable=False),
    sa.Column('from_reserve_cents', types.Cents(), nullable=False),
    sa.Column('from_budget_cents', types.Cents(), nullable=False),
    sa.Column('stipends_cents', types.Cents(), nullable=False),
    sa.Column('withheld_cents', types.Cents(), nullable=False),
    sa.Column('to_reserve_cents', types.Cents(), nullable=False),
    sa.Column('unassigned_cents', types.Cents(), nullable=False),
    sa.Column('carried_out_cents', types.Cents(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('approved_by <> made_by', name=op.f('ck_correction_another_approves')),
    sa.CheckConstraint('booked_in > month', name=op.f('ck_correction_booked_later')),
    sa.CheckConstraint('realised_net_cents - deducted_cents + carried_in_cents + from_reserve_cents + from_budget_cents = stipends_cents + withheld_cents + to_reserve_cents + unassigned_cents + carried_out_cents', name=op.f('ck_correction_identity')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_correction_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_correction_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_correction_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('base_ref', name=op.f('uq_correction_base_ref')),
    sa.UniqueConstraint('correction_ref', name=op.f('uq_correction_correction_ref')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_correction_organisation_id_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_correction_ref')),
    sqlite_strict=True
    )
    op.create_index('ix_correction_booked', 'correction', ['workshop_id', 'booked_in'], unique=False)
    op.create_index(op.f('ix_correction_organisation_id'), 'correction', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_correction_run_ref'), 'correction', ['run_ref'], unique=False)
    op.create_index(op.f('ix_correction_workshop_id'), 'correction', ['workshop_id'], unique=False)
    op.create_table('correction_draft',
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('base_ref', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('inputs', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('late_refs', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("state IN ('draft', 'approved', 'discarded')", name=op.f('ck_correction_draft_state')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_correction_draft_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_correction_draft_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_correction_draft_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_draft')),
    sa.UniqueConstraint('ref', name=op.f('uq_correction_draft_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_correction_draft_organisation_id'), 'correction_draft', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_correction_draft_workshop_id'), 'correction_draft', ['workshop_id'], unique=False)
    op.create_index('uq_correction_draft_one_at_a_time', 'correction_draft', ['workshop_id', 'month'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
    op.create_table('correction_person',
    sa.Column('correction_ref', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('person_number', sa.Text(), nullable=False),
    sa.Column('statement_number', sa.Text(), nullable=False),
    sa.Column('before_cents', types.Cents(), nullable=False),
    sa.Column('after_cents', types.Cents(), nullable=False),
    sa.Column('held_cents', types.Cents(), nullable=False),
    sa.Column('plus_cents', types.Cents(), nullable=False),
    sa.Column('debt_cents', types.Cents(), nullable=False),
    sa.Column('borne_cents', types.Cents(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('after_cents - before_cents = plus_cents - debt_cents - borne_cents', name=op.f('ck_correction_person_adds_up')),
    sa.CheckConstraint('plus_cents >= 0 AND debt_cents >= 0 AND (plus_cents = 0 OR debt_cents = 0)', name=op.f('ck_correction_person_one_way')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_correction_person_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_correction_person_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_correction_person_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_person')),
    sa.UniqueConstraint('correction_ref', 'person_ref', name=op.f('uq_correction_person_correction_ref_person_ref')),
    sa.UniqueConstraint('organisation_id', 'statement_number', name=op.f('uq_correction_person_organisation_id_statement_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_correction_person_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_correction_person_correction_ref'), 'correction_person', ['correction_ref'], unique=False)
    op.create_index(op.f('ix_correction_person_organisation_id'), 'correction_person', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_correction_person_person_ref'), 'correction_person', ['person_ref'], unique=False)
    op.create_index(op.f('ix_correction_person_workshop_id'), 'correction_person', ['workshop_id'], unique=False)
    op.create_table('debt_written_off',
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('since', sa.Text(), nullable=False),
    sa.Column('cents', types.Cents(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('said_ref', sa.Text(), nullable=False),
    sa.Column('said_sha256', sa.Text(), nullable=False),
    sa.Column('done_by', sa.Text(), nullable=False),
    sa.Column('done_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("cents > 0 AND said_ref <> ''", name=op.f('ck_debt_written_off_of_something')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_debt_written_off_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_debt_written_off_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_debt_written_off_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debt_written_off')),
    sa.UniqueConstraint('ref', name=op.f('uq_debt_written_off_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_debt_written_off_organisation_id'), 'debt_written_off', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_debt_written_off_person_ref'), 'debt_written_off', ['person_ref'], unique=False)
    op.create_index(op.f('ix_debt_written_off_workshop_id'), 'debt_written_off', ['workshop_id'], unique=False)
    op.create_index('ix_written_off', 'debt_written_off', ['workshop_id', 'booked_in'], unique=False)
    op.create_table('late_event',
    sa.Column('late_ref', sa.Text(), nullable=False),
    sa.Column('position', types.Key, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('fact_sha256', sa.Text(), nullable=False),
    sa.Column('correction_ref', sa.Text(), nullable=False),
    sa.Column('said_ref', sa.Text(), nullable=False),
    sa.Column('said_sha256', sa.Text(), nullable=False),
    sa.Column('done_by', sa.Text(), nullable=False),
    sa.Column('done_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("(kind = 'corrected') = (correction_ref <> '')", name=op.f('ck_late_event_corrected_says_by_which')),
    sa.CheckConstraint("kind <> 'refused' OR said_ref <> ''", name=op.f('ck_late_event_refused_says_why')),
    sa.CheckConstraint("kind IN ('accepted', 'refused', 'corrected')", name=op.f('ck_late_event_kind')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_late_event_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_late_event_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_late_event_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_late_event')),
    sa.UniqueConstraint('ref', name=op.f('uq_late_event_ref')),
    sa.UniqueConstraint('workshop_id', 'late_ref', 'position', name=op.f('uq_late_event_workshop_id_late_ref_position')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_late_event_organisation_id'), 'late_event', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_late_event_workshop_id'), 'late_event', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
