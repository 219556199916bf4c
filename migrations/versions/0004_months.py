"""Months: what happened to each, closing sheets, codes of accounts; a closed month takes no rows."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0004"
down_revision = "0003"

SQLITE = (
    "CREATE TRIGGER month_event_no_update BEFORE UPDATE ON month_event BEGIN SELECT RAISE(ABORT, 'sealed: month_event'); END",
    "CREATE TRIGGER month_event_no_delete BEFORE DELETE ON month_event BEGIN SELECT RAISE(ABORT, 'sealed: month_event'); END",
    "CREATE TRIGGER month_event_no_replace BEFORE INSERT ON month_event WHEN EXISTS (SELECT 1 FROM month_event t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.month = NEW.month AND t.position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'sealed: month_event'); END",
    "CREATE TRIGGER closing_no_update BEFORE UPDATE ON closing BEGIN SELECT RAISE(ABORT, 'sealed: closing'); END",
    "CREATE TRIGGER closing_no_delete BEFORE DELETE ON closing BEGIN SELECT RAISE(ABORT, 'sealed: closing'); END",
    "CREATE TRIGGER closing_no_replace BEFORE INSERT ON closing WHEN EXISTS (SELECT 1 FROM closing t WHERE (t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.number = NEW.number) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: closing'); END",
    "CREATE TRIGGER attendance_closed_insert_new BEFORE INSERT ON attendance WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_closed_insert_new BEFORE INSERT ON lot WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER sale_line_closed_insert_new BEFORE INSERT ON sale_line WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER work_closed_insert_new BEFORE INSERT ON work WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER decision_closed_insert_new BEFORE INSERT ON decision WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER month_figure_closed_insert_new BEFORE INSERT ON month_figure WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_maker_closed_insert_new BEFORE INSERT ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = NEW.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER attendance_closed_update_old BEFORE UPDATE ON attendance WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_closed_update_old BEFORE UPDATE ON lot WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER sale_line_closed_update_old BEFORE UPDATE ON sale_line WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER work_closed_update_old BEFORE UPDATE ON work WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER decision_closed_update_old BEFORE UPDATE ON decision WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER month_figure_closed_update_old BEFORE UPDATE ON month_figure WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_maker_closed_update_old BEFORE UPDATE ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = OLD.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER attendance_closed_update_new BEFORE UPDATE ON attendance WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_closed_update_new BEFORE UPDATE ON lot WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER sale_line_closed_update_new BEFORE UPDATE ON sale_line WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER work_closed_update_new BEFORE UPDATE ON work WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER decision_closed_update_new BEFORE UPDATE ON decision WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER month_figure_closed_update_new BEFORE UPDATE ON month_figure WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_maker_closed_update_new BEFORE UPDATE ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = NEW.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER attendance_closed_delete_old BEFORE DELETE ON attendance WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_closed_delete_old BEFORE DELETE ON lot WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER sale_line_closed_delete_old BEFORE DELETE ON sale_line WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER work_closed_delete_old BEFORE DELETE ON work WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER decision_closed_delete_old BEFORE DELETE ON decision WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER month_figure_closed_delete_old BEFORE DELETE ON month_figure WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER lot_maker_closed_delete_old BEFORE DELETE ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l WHERE l.id = OLD.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) BEGIN SELECT RAISE(ABORT, 'closed month'); END",
    "CREATE TRIGGER month_event_follows BEFORE INSERT ON month_event WHEN NOT (NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month), 0) AND CASE NEW.kind WHEN 'closing' THEN NEW.position = 1 OR EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('reopened')) WHEN 'closed' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('closing')) WHEN 'reopen_asked' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('closed', 'reopen_refused')) WHEN 'reopen_refused' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('reopen_asked')) WHEN 'reopened' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('reopen_asked') AND e.done_by <> NEW.done_by) ELSE FALSE END) BEGIN SELECT RAISE(ABORT, 'month event'); END",
    "CREATE TRIGGER journal_entry_closed BEFORE INSERT ON journal_entry WHEN (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused') BEGIN SELECT RAISE(ABORT, 'closed month'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER month_event_sealed BEFORE UPDATE OR DELETE ON month_event FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER closing_sealed BEFORE UPDATE OR DELETE ON closing FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER month_event_no_truncate BEFORE TRUNCATE ON month_event EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER closing_no_truncate BEFORE TRUNCATE ON closing EXECUTE FUNCTION refuse_sealed()",
    "CREATE FUNCTION refuse_shut_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) THEN RAISE EXCEPTION 'closed month'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_shut_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE (SELECT e.kind FROM month_event e WHERE e.workshop_id = OLD.workshop_id AND e.month = OLD.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) THEN RAISE EXCEPTION 'closed month'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_shut_maker_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM lot l WHERE l.id = NEW.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) THEN RAISE EXCEPTION 'closed month'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_shut_maker_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM lot l WHERE l.id = OLD.lot_id AND (SELECT e.kind FROM month_event e WHERE e.workshop_id = l.workshop_id AND e.month = l.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) THEN RAISE EXCEPTION 'closed month'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_month_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NOT (NEW.position = 1 + COALESCE((SELECT MAX(e.position) FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month), 0) AND CASE NEW.kind WHEN 'closing' THEN NEW.position = 1 OR EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('reopened')) WHEN 'closed' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('closing')) WHEN 'reopen_asked' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('closed', 'reopen_refused')) WHEN 'reopen_refused' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('reopen_asked')) WHEN 'reopened' THEN EXISTS (SELECT 1 FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.month AND e.position = NEW.position - 1 AND e.kind IN ('reopen_asked') AND e.done_by <> NEW.done_by) ELSE FALSE END)) THEN RAISE EXCEPTION 'month event'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER attendance_closed_new BEFORE INSERT OR UPDATE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_shut_new()",
    "CREATE TRIGGER attendance_closed_old BEFORE UPDATE OR DELETE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_shut_old()",
    "CREATE TRIGGER lot_closed_new BEFORE INSERT OR UPDATE ON lot FOR EACH ROW EXECUTE FUNCTION refuse_shut_new()",
    "CREATE TRIGGER lot_closed_old BEFORE UPDATE OR DELETE ON lot FOR EACH ROW EXECUTE FUNCTION refuse_shut_old()",
    "CREATE TRIGGER sale_line_closed_new BEFORE INSERT OR UPDATE ON sale_line FOR EACH ROW EXECUTE FUNCTION refuse_shut_new()",
    "CREATE TRIGGER sale_line_closed_old BEFORE UPDATE OR DELETE ON sale_line FOR EACH ROW EXECUTE FUNCTION refuse_shut_old()",
    "CREATE TRIGGER work_closed_new BEFORE INSERT OR UPDATE ON work FOR EACH ROW EXECUTE FUNCTION refuse_shut_new()",
    "CREATE TRIGGER work_closed_old BEFORE UPDATE OR DELETE ON work FOR EACH ROW EXECUTE FUNCTION refuse_shut_old()",
    "CREATE TRIGGER decision_closed_new BEFORE INSERT OR UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_shut_new()",
    "CREATE TRIGGER decision_closed_old BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_shut_old()",
    "CREATE TRIGGER month_figure_closed_new BEFORE INSERT OR UPDATE ON month_figure FOR EACH ROW EXECUTE FUNCTION refuse_shut_new()",
    "CREATE TRIGGER month_figure_closed_old BEFORE UPDATE OR DELETE ON month_figure FOR EACH ROW EXECUTE FUNCTION refuse_shut_old()",
    "CREATE TRIGGER lot_maker_closed_new BEFORE INSERT OR UPDATE ON lot_maker FOR EACH ROW EXECUTE FUNCTION refuse_shut_maker_new()",
    "CREATE TRIGGER lot_maker_closed_old BEFORE UPDATE OR DELETE ON lot_maker FOR EACH ROW EXECUTE FUNCTION refuse_shut_maker_old()",
    "CREATE TRIGGER month_event_follows BEFORE INSERT ON month_event FOR EACH ROW EXECUTE FUNCTION refuse_month_event()",
    "CREATE FUNCTION refuse_journal_entry_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE (SELECT e.kind FROM month_event e WHERE e.workshop_id = NEW.workshop_id AND e.month = NEW.booked_in ORDER BY e.position DESC LIMIT 1) IN ('closed', 'reopen_asked', 'reopen_refused')) THEN RAISE EXCEPTION 'closed month'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER journal_entry_closed BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION refuse_journal_entry_closed()",
)


def upgrade() -> None:
    op.create_table('account_code',
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.Column('set_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_account_code_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_account_code_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_account_code_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_code')),
    sa.UniqueConstraint('ref', name=op.f('uq_account_code_ref')),
    sa.UniqueConstraint('workshop_id', 'account', name=op.f('uq_account_code_workshop_id_account')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_account_code_organisation_id'), 'account_code', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_account_code_workshop_id'), 'account_code', ['workshop_id'], unique=False)
    op.create_table('closing',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('counted_cash_cents', types.Cents(), nullable=False),
    sa.Column('counted_bank_cents', types.Cents(), nullable=False),
    sa.Column('book_cash_cents', types.Cents(), nullable=False),
    sa.Column('book_bank_cents', types.Cents(), nullable=False),
    sa.Column('posted', types.Flag(), nullable=False),
    sa.Column('said_ref', sa.Text(), nullable=False),
    sa.Column('said_sha256', sa.Text(), nullable=False),
    sa.Column('missing', sa.Text(), nullable=False),
    sa.Column('run_number', sa.Text(), nullable=False),
    sa.Column('journal_sequence', types.Key, nullable=False),
    sa.Column('journal_hash', sa.Text(), nullable=False),
    sa.Column('seal_sequence', types.Key, nullable=False),
    sa.Column('seal_hash', sa.Text(), nullable=False),
    sa.Column('closed_by', sa.Text(), nullable=False),
    sa.Column('closed_at', types.Instant(), nullable=False),
    sa.Column('app_version', sa.Text(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("(counted_cash_cents = book_cash_cents AND counted_bank_cents = book_bank_cents) OR said_ref <> ''", name=op.f('ck_closing_difference_says_why')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_closing_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_closing_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_closing_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closing')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_closing_organisation_id_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_closing_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_closing_organisation_id'), 'closing', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_closing_workshop_id'), 'closing', ['workshop_id'], unique=False)
    op.create_table('month_event',
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('position', types.Key, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('done_by', sa.Text(), nullable=False),
    sa.Column('done_at', types.Instant(), nullable=False),
    sa.Column('said_ref', sa.Text(), nullable=False),
    sa.Column('said_sha256', sa.Text(), nullable=False),
    sa.Column('closing_ref', sa.Text(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("(kind = 'closed') = (closing_ref <> '')", name=op.f('ck_month_event_closed_has_its_sheet')),
    sa.CheckConstraint("kind IN ('closing', 'closed', 'reopen_asked', 'reopen_refused', 'reopened')", name=op.f('ck_month_event_kind')),
    sa.CheckConstraint("kind NOT IN ('reopen_asked', 'reopen_refused') OR said_ref <> ''", name=op.f('ck_month_event_says_why')),
    sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_month_event_organisation_id_workshop_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_month_event_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_month_event_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month_event')),
    sa.UniqueConstraint('ref', name=op.f('uq_month_event_ref')),
    sa.UniqueConstraint('workshop_id', 'month', 'position', name=op.f('uq_month_event_workshop_id_month_position')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_month_event_organisation_id'), 'month_event', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_month_event_workshop_id'), 'month_event', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
