"""The books as they began: every table, and the triggers of both databases."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0001"
down_revision = None

SQLITE = (
    "CREATE TRIGGER sealed_run_no_update BEFORE UPDATE ON sealed_run BEGIN SELECT RAISE(ABORT, 'sealed: sealed_run'); END",
    "CREATE TRIGGER sealed_run_no_delete BEFORE DELETE ON sealed_run BEGIN SELECT RAISE(ABORT, 'sealed: sealed_run'); END",
    "CREATE TRIGGER sealed_run_no_replace BEFORE INSERT ON sealed_run WHEN EXISTS (SELECT 1 FROM sealed_run t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.number = NEW.number) OR (t.organisation_id = NEW.organisation_id AND t.paysheet_number = NEW.paysheet_number) OR (t.run_ref = NEW.run_ref) OR (t.workshop_id = NEW.workshop_id AND t.month = NEW.month) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_run'); END",
    "CREATE TRIGGER sealed_person_no_update BEFORE UPDATE ON sealed_person BEGIN SELECT RAISE(ABORT, 'sealed: sealed_person'); END",
    "CREATE TRIGGER sealed_person_no_delete BEFORE DELETE ON sealed_person BEGIN SELECT RAISE(ABORT, 'sealed: sealed_person'); END",
    "CREATE TRIGGER sealed_person_no_replace BEFORE INSERT ON sealed_person WHEN EXISTS (SELECT 1 FROM sealed_person t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.organisation_id = NEW.organisation_id AND t.statement_number = NEW.statement_number) OR (t.run_ref = NEW.run_ref AND t.person_ref = NEW.person_ref) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_person'); END",
    "CREATE TRIGGER sealed_line_no_update BEFORE UPDATE ON sealed_line BEGIN SELECT RAISE(ABORT, 'sealed: sealed_line'); END",
    "CREATE TRIGGER sealed_line_no_delete BEFORE DELETE ON sealed_line BEGIN SELECT RAISE(ABORT, 'sealed: sealed_line'); END",
    "CREATE TRIGGER sealed_line_no_replace BEFORE INSERT ON sealed_line WHEN EXISTS (SELECT 1 FROM sealed_line t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.run_ref = NEW.run_ref AND t.person_ref = NEW.person_ref AND t.position = NEW.position) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_line'); END",
    "CREATE TRIGGER sealed_sale_no_update BEFORE UPDATE ON sealed_sale BEGIN SELECT RAISE(ABORT, 'sealed: sealed_sale'); END",
    "CREATE TRIGGER sealed_sale_no_delete BEFORE DELETE ON sealed_sale BEGIN SELECT RAISE(ABORT, 'sealed: sealed_sale'); END",
    "CREATE TRIGGER sealed_sale_no_replace BEFORE INSERT ON sealed_sale WHEN EXISTS (SELECT 1 FROM sealed_sale t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.sale_ref = NEW.sale_ref) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_sale'); END",
    "CREATE TRIGGER sealed_match_no_update BEFORE UPDATE ON sealed_match BEGIN SELECT RAISE(ABORT, 'sealed: sealed_match'); END",
    "CREATE TRIGGER sealed_match_no_delete BEFORE DELETE ON sealed_match BEGIN SELECT RAISE(ABORT, 'sealed: sealed_match'); END",
    "CREATE TRIGGER sealed_match_no_replace BEFORE INSERT ON sealed_match WHEN EXISTS (SELECT 1 FROM sealed_match t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.run_ref = NEW.run_ref AND t.position = NEW.position) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_match'); END",
    "CREATE TRIGGER paper_no_update BEFORE UPDATE ON paper BEGIN SELECT RAISE(ABORT, 'sealed: paper'); END",
    "CREATE TRIGGER paper_no_delete BEFORE DELETE ON paper BEGIN SELECT RAISE(ABORT, 'sealed: paper'); END",
    "CREATE TRIGGER paper_no_replace BEFORE INSERT ON paper WHEN EXISTS (SELECT 1 FROM paper t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.run_ref = NEW.run_ref AND t.kind = NEW.kind AND t.person_ref = NEW.person_ref) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: paper'); END",
    "CREATE TRIGGER scheme_no_update BEFORE UPDATE ON scheme BEGIN SELECT RAISE(ABORT, 'sealed: scheme'); END",
    "CREATE TRIGGER scheme_no_delete BEFORE DELETE ON scheme BEGIN SELECT RAISE(ABORT, 'sealed: scheme'); END",
    "CREATE TRIGGER scheme_no_replace BEFORE INSERT ON scheme WHEN EXISTS (SELECT 1 FROM scheme t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR (t.workshop_id = NEW.workshop_id AND t.number = NEW.number) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: scheme'); END",
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'sealed: audit'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'sealed: audit'); END",
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit t WHERE (NEW.id IS NOT NULL AND t.id = NEW.id) OR t.ref = NEW.ref) BEGIN SELECT RAISE(ABORT, 'sealed: audit'); END",
    "CREATE TRIGGER attendance_approved_insert_new BEFORE INSERT ON attendance WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER attendance_approved_update_old BEFORE UPDATE ON attendance WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER attendance_approved_update_new BEFORE UPDATE ON attendance WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER attendance_approved_delete_old BEFORE DELETE ON attendance WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_approved_insert_new BEFORE INSERT ON lot WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_approved_update_old BEFORE UPDATE ON lot WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_approved_update_new BEFORE UPDATE ON lot WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_approved_delete_old BEFORE DELETE ON lot WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER sale_line_approved_insert_new BEFORE INSERT ON sale_line WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER sale_line_approved_update_old BEFORE UPDATE ON sale_line WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER sale_line_approved_update_new BEFORE UPDATE ON sale_line WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER sale_line_approved_delete_old BEFORE DELETE ON sale_line WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_maker_approved_insert BEFORE INSERT ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = NEW.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_maker_approved_update BEFORE UPDATE ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = OLD.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER lot_maker_approved_delete BEFORE DELETE ON lot_maker WHEN EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = OLD.lot_id) BEGIN SELECT RAISE(ABORT, 'approved month'); END",
    "CREATE TRIGGER sealed_person_before_header BEFORE INSERT ON sealed_person WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_person'); END",
    "CREATE TRIGGER sealed_line_before_header BEFORE INSERT ON sealed_line WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_line'); END",
    "CREATE TRIGGER sealed_sale_before_header BEFORE INSERT ON sealed_sale WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_sale'); END",
    "CREATE TRIGGER sealed_match_before_header BEFORE INSERT ON sealed_match WHEN EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref) BEGIN SELECT RAISE(ABORT, 'sealed: sealed_match'); END",
    "CREATE TRIGGER run_approved_update BEFORE UPDATE ON run WHEN OLD.state IN ('approved', 'discarded') BEGIN SELECT RAISE(ABORT, 'sealed: run'); END",
    "CREATE TRIGGER run_no_delete BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'sealed: run'); END",
    "CREATE TRIGGER sealed_run_fits BEFORE INSERT ON sealed_run WHEN NEW.stipends_cents <> (SELECT COALESCE(SUM(p.total_cents), 0) FROM sealed_person p WHERE p.run_ref = NEW.run_ref) OR (SELECT COALESCE(SUM(l.cents), 0) FROM sealed_line l WHERE l.run_ref = NEW.run_ref) <> NEW.stipends_cents OR EXISTS (SELECT 1 FROM sealed_person p WHERE p.run_ref = NEW.run_ref AND p.total_cents <> (SELECT COALESCE(SUM(l.cents), 0) FROM sealed_line l WHERE l.run_ref = p.run_ref AND l.person_ref = p.person_ref)) OR (SELECT COALESCE(SUM(s.net_cents), 0) FROM sealed_sale s WHERE s.run_ref = NEW.run_ref) <> NEW.realised_net_cents BEGIN SELECT RAISE(ABORT, 'the run does not add up'); END",
)

POSTGRESQL = (
    "CREATE FUNCTION refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME; END $$",
    "CREATE FUNCTION refuse_booked_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = NEW.workshop_id AND r.month = NEW.booked_in) THEN RAISE EXCEPTION 'approved month'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_booked_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM sealed_run r WHERE r.workshop_id = OLD.workshop_id AND r.month = OLD.booked_in) THEN RAISE EXCEPTION 'approved month'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_maker_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = NEW.lot_id) THEN RAISE EXCEPTION 'approved month'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_maker_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM lot l JOIN sealed_run r ON r.workshop_id = l.workshop_id AND r.month = l.booked_in WHERE l.id = OLD.lot_id) THEN RAISE EXCEPTION 'approved month'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_leg() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM sealed_run r WHERE r.run_ref = NEW.run_ref) THEN RAISE EXCEPTION 'sealed leg'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_misfit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.stipends_cents <> (SELECT COALESCE(SUM(p.total_cents), 0) FROM sealed_person p WHERE p.run_ref = NEW.run_ref) OR (SELECT COALESCE(SUM(l.cents), 0) FROM sealed_line l WHERE l.run_ref = NEW.run_ref) <> NEW.stipends_cents OR EXISTS (SELECT 1 FROM sealed_person p WHERE p.run_ref = NEW.run_ref AND p.total_cents <> (SELECT COALESCE(SUM(l.cents), 0) FROM sealed_line l WHERE l.run_ref = p.run_ref AND l.person_ref = p.person_ref)) OR (SELECT COALESCE(SUM(s.net_cents), 0) FROM sealed_sale s WHERE s.run_ref = NEW.run_ref) <> NEW.realised_net_cents THEN RAISE EXCEPTION 'the run does not add up'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION refuse_ended_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state IN ('approved', 'discarded') THEN RAISE EXCEPTION 'sealed: run'; END IF; RETURN NEW; END $$",
    'CREATE TRIGGER sealed_run_sealed BEFORE UPDATE OR DELETE ON sealed_run FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_person_sealed BEFORE UPDATE OR DELETE ON sealed_person FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_line_sealed BEFORE UPDATE OR DELETE ON sealed_line FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_sale_sealed BEFORE UPDATE OR DELETE ON sealed_sale FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_match_sealed BEFORE UPDATE OR DELETE ON sealed_match FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER paper_sealed BEFORE UPDATE OR DELETE ON paper FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER scheme_sealed BEFORE UPDATE OR DELETE ON scheme FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER audit_sealed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_run_no_truncate BEFORE TRUNCATE ON sealed_run EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_person_no_truncate BEFORE TRUNCATE ON sealed_person EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_line_no_truncate BEFORE TRUNCATE ON sealed_line EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_sale_no_truncate BEFORE TRUNCATE ON sealed_sale EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sealed_match_no_truncate BEFORE TRUNCATE ON sealed_match EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER paper_no_truncate BEFORE TRUNCATE ON paper EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER scheme_no_truncate BEFORE TRUNCATE ON scheme EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER attendance_no_truncate BEFORE TRUNCATE ON attendance EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER lot_no_truncate BEFORE TRUNCATE ON lot EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER sale_line_no_truncate BEFORE TRUNCATE ON sale_line EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER lot_maker_no_truncate BEFORE TRUNCATE ON lot_maker EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER run_no_truncate BEFORE TRUNCATE ON run EXECUTE FUNCTION refuse_sealed()',
    'CREATE TRIGGER attendance_approved_new BEFORE INSERT OR UPDATE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_booked_new()',
    'CREATE TRIGGER attendance_approved_old BEFORE UPDATE OR DELETE ON attendance FOR EACH ROW EXECUTE FUNCTION refuse_booked_old()',
    'CREATE TRIGGER lot_approved_new BEFORE INSERT OR UPDATE ON lot FOR EACH ROW EXECUTE FUNCTION refuse_booked_new()',
    'CREATE TRIGGER lot_approved_old BEFORE UPDATE OR DELETE ON lot FOR EACH ROW EXECUTE FUNCTION refuse_booked_old()',
    'CREATE TRIGGER sale_line_approved_new BEFORE INSERT OR UPDATE ON sale_line FOR EACH ROW EXECUTE FUNCTION refuse_booked_new()',
    'CREATE TRIGGER sale_line_approved_old BEFORE UPDATE OR DELETE ON sale_line FOR EACH ROW EXECUTE FUNCTION refuse_booked_old()',
    'CREATE TRIGGER lot_maker_approved_new BEFORE INSERT OR UPDATE ON lot_maker FOR EACH ROW EXECUTE FUNCTION refuse_maker_new()',
    'CREATE TRIGGER lot_maker_approved_old BEFORE UPDATE OR DELETE ON lot_maker FOR EACH ROW EXECUTE FUNCTION refuse_maker_old()',
    'CREATE TRIGGER sealed_person_before_header BEFORE INSERT ON sealed_person FOR EACH ROW EXECUTE FUNCTION refuse_leg()',
    'CREATE TRIGGER sealed_line_before_header BEFORE INSERT ON sealed_line FOR EACH ROW EXECUTE FUNCTION refuse_leg()',
    'CREATE TRIGGER sealed_sale_before_header BEFORE INSERT ON sealed_sale FOR EACH ROW EXECUTE FUNCTION refuse_leg()',
    'CREATE TRIGGER sealed_match_before_header BEFORE INSERT ON sealed_match FOR EACH ROW EXECUTE FUNCTION refuse_leg()',
    'CREATE TRIGGER sealed_run_fits BEFORE INSERT ON sealed_run FOR EACH ROW EXECUTE FUNCTION refuse_misfit()',
    'CREATE TRIGGER run_approved_update BEFORE UPDATE ON run FOR EACH ROW EXECUTE FUNCTION refuse_ended_run()',
    'CREATE TRIGGER run_no_delete BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION refuse_sealed()',
)


def upgrade() -> None:
    op.create_table('organisation',
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('vat_payer', types.Flag(), nullable=False),
    sa.Column('created_at', types.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('ref', name=op.f('uq_organisation_ref')),
    sqlite_strict=True
    )
    op.create_table('request_key',
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('status', types.Key, nullable=False),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('at', types.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_key')),
    sa.UniqueConstraint('actor', 'key', name=op.f('uq_request_key_actor_key')),
    sqlite_strict=True
    )
    op.create_table('account',
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('active', types.Flag(), nullable=False),
    sa.Column('created_at', types.Instant(), nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_account_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login')),
    sa.UniqueConstraint('person_ref', name=op.f('uq_account_person_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_account_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_account_organisation_id'), 'account', ['organisation_id'], unique=False)
    op.create_table('number_series',
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('year', types.Key, nullable=False),
    sa.Column('last', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_number_series_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'kind', 'year', name=op.f('pk_number_series')),
    sqlite_strict=True
    )
    op.create_table('secret_key',
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_secret_key_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_secret_key')),
    sa.UniqueConstraint('ref', name=op.f('uq_secret_key_ref')),
    sa.UniqueConstraint('subject', name=op.f('uq_secret_key_subject')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_secret_key_organisation_id'), 'secret_key', ['organisation_id'], unique=False)
    op.create_table('workshop',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('books_from', sa.Text(), nullable=False),
    sa.Column('project_name', sa.Text(), nullable=False),
    sa.Column('project_number', sa.Text(), nullable=False),
    sa.Column('funding', sa.Text(), nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("funding IN ('', 'part', 'full')", name=op.f('ck_workshop_funding')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_workshop_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workshop')),
    sa.UniqueConstraint('ref', name=op.f('uq_workshop_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_workshop_organisation_id'), 'workshop', ['organisation_id'], unique=False)
    op.create_table('audit',
    sa.Column('workshop_id', types.Key, nullable=True),
    sa.Column('at', types.Instant(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('actor_role', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('subject_ref', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('before', types.Json(), nullable=True),
    sa.Column('after', types.Json(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('app_version', sa.Text(), nullable=False),
    sa.Column('request', sa.Text(), nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_audit_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_audit_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    sa.UniqueConstraint('ref', name=op.f('uq_audit_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_audit_organisation_id'), 'audit', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_audit_subject_ref'), 'audit', ['subject_ref'], unique=False)
    op.create_index(op.f('ix_audit_workshop_id'), 'audit', ['workshop_id'], unique=False)
    op.create_table('device',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('registered_at', types.Instant(), nullable=False),
    sa.Column('voided_at', types.Instant(), nullable=True),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_device_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_device_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('ref', name=op.f('uq_device_ref')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_hash')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_device_organisation_id'), 'device', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_device_workshop_id'), 'device', ['workshop_id'], unique=False)
    op.create_table('identity',
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('iban_mac', sa.Text(), nullable=True),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_identity_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_identity_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
    sa.UniqueConstraint('person_ref', name=op.f('uq_identity_person_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_identity_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_identity_iban_mac'), 'identity', ['iban_mac'], unique=False)
    op.create_index(op.f('ix_identity_organisation_id'), 'identity', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_identity_workshop_id'), 'identity', ['workshop_id'], unique=False)
    op.create_table('late_row',
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('happened_on', types.Day(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('fact', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('offered_by', sa.Text(), nullable=False),
    sa.Column('offered_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_late_row_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_late_row_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_late_row')),
    sa.UniqueConstraint('ref', name=op.f('uq_late_row_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_late_row_organisation_id'), 'late_row', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_late_row_workshop_id'), 'late_row', ['workshop_id'], unique=False)
    op.create_table('month',
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('decided_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("state IN ('empty')", name=op.f('ck_month_state')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_month_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_month_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month')),
    sa.UniqueConstraint('ref', name=op.f('uq_month_ref')),
    sa.UniqueConstraint('workshop_id', 'month', name=op.f('uq_month_workshop_id_month')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_month_organisation_id'), 'month', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_month_workshop_id'), 'month', ['workshop_id'], unique=False)
    op.create_table('paper',
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', types.Instant(), nullable=False),
    sa.Column('app_version', sa.Text(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_paper_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_paper_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('ref', name=op.f('uq_paper_ref')),
    sa.UniqueConstraint('run_ref', 'kind', 'person_ref', name=op.f('uq_paper_run_ref_kind_person_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_paper_organisation_id'), 'paper', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_paper_person_ref'), 'paper', ['person_ref'], unique=False)
    op.create_index(op.f('ix_paper_run_ref'), 'paper', ['run_ref'], unique=False)
    op.create_index(op.f('ix_paper_workshop_id'), 'paper', ['workshop_id'], unique=False)
    op.create_table('participant',
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('started_on', types.Day(), nullable=False),
    sa.Column('ended_on', types.Day(), nullable=True),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_participant_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_participant_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant')),
    sa.UniqueConstraint('person_ref', name=op.f('uq_participant_person_ref')),
    sa.UniqueConstraint('ref', name=op.f('uq_participant_ref')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_participant_workshop_id_id')),
    sa.UniqueConstraint('workshop_id', 'number', name=op.f('uq_participant_workshop_id_number')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_participant_organisation_id'), 'participant', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_participant_workshop_id'), 'participant', ['workshop_id'], unique=False)
    op.create_table('product',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('service', types.Flag(), nullable=False),
    sa.Column('picture', sa.Text(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("unit IN ('vnt', 'kg')", name=op.f('ck_product_unit')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_product_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_product_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product')),
    sa.UniqueConstraint('ref', name=op.f('uq_product_ref')),
    sa.UniqueConstraint('workshop_id', 'code', name=op.f('uq_product_workshop_id_code')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_product_workshop_id_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_product_organisation_id'), 'product', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_product_workshop_id'), 'product', ['workshop_id'], unique=False)
    op.create_table('role_grant',
    sa.Column('account_id', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=True),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('from_day', types.Day(), nullable=False),
    sa.Column('until_day', types.Day(), nullable=True),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_role_grant_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_role_grant_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('ref', name=op.f('uq_role_grant_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_role_grant_account_id'), 'role_grant', ['account_id'], unique=False)
    op.create_index(op.f('ix_role_grant_organisation_id'), 'role_grant', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_role_grant_workshop_id'), 'role_grant', ['workshop_id'], unique=False)
    op.create_table('run',
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('scheme_ref', sa.Text(), nullable=False),
    sa.Column('inputs', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('calculated_by', sa.Text(), nullable=False),
    sa.Column('calculated_at', types.Instant(), nullable=False),
    sa.Column('submitted_by', sa.Text(), nullable=True),
    sa.Column('submitted_at', types.Instant(), nullable=True),
    sa.Column('sent_back_by', sa.Text(), nullable=True),
    sa.Column('sent_back_at', types.Instant(), nullable=True),
    sa.Column('sent_back_why', sa.Text(), nullable=True),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('approved_at', types.Instant(), nullable=True),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("(state = 'approved') = (approved_by IS NOT NULL)", name=op.f('ck_run_approved_has_a_name')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'discarded')", name=op.f('ck_run_state')),
    sa.CheckConstraint('approved_by IS NULL OR (approved_by <> calculated_by AND approved_by <> submitted_by)', name=op.f('ck_run_another_approves')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_run_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_run_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run')),
    sa.UniqueConstraint('ref', name=op.f('uq_run_ref')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_run_workshop_id_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_run_organisation_id'), 'run', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_run_workshop_id'), 'run', ['workshop_id'], unique=False)
    op.create_table('scheme',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('in_force_from', types.Day(), nullable=False),
    sa.Column('order_number', sa.Text(), nullable=False),
    sa.Column('order_date', types.Day(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=False),
    sa.Column('approved_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_scheme_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_scheme_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme')),
    sa.UniqueConstraint('ref', name=op.f('uq_scheme_ref')),
    sa.UniqueConstraint('workshop_id', 'number', name=op.f('uq_scheme_workshop_id_number')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_scheme_organisation_id'), 'scheme', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_scheme_workshop_id'), 'scheme', ['workshop_id'], unique=False)
    op.create_table('sealed_line',
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('position', types.Key, nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('payer', sa.Text(), nullable=False),
    sa.Column('cents', types.Cents(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sealed_line_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sealed_line_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_line')),
    sa.UniqueConstraint('ref', name=op.f('uq_sealed_line_ref')),
    sa.UniqueConstraint('run_ref', 'person_ref', 'position', name=op.f('uq_sealed_line_run_ref_person_ref_position')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sealed_line_organisation_id'), 'sealed_line', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sealed_line_run_ref'), 'sealed_line', ['run_ref'], unique=False)
    op.create_index(op.f('ix_sealed_line_workshop_id'), 'sealed_line', ['workshop_id'], unique=False)
    op.create_table('sealed_match',
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('position', types.Key, nullable=False),
    sa.Column('sale_ref', sa.Text(), nullable=False),
    sa.Column('lot_ref', sa.Text(), nullable=False),
    sa.Column('quantity', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sealed_match_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sealed_match_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_match')),
    sa.UniqueConstraint('ref', name=op.f('uq_sealed_match_ref')),
    sa.UniqueConstraint('run_ref', 'position', name=op.f('uq_sealed_match_run_ref_position')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sealed_match_lot_ref'), 'sealed_match', ['lot_ref'], unique=False)
    op.create_index(op.f('ix_sealed_match_organisation_id'), 'sealed_match', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sealed_match_sale_ref'), 'sealed_match', ['sale_ref'], unique=False)
    op.create_index(op.f('ix_sealed_match_workshop_id'), 'sealed_match', ['workshop_id'], unique=False)
    op.create_table('sealed_person',
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('person_ref', sa.Text(), nullable=False),
    sa.Column('person_number', sa.Text(), nullable=False),
    sa.Column('statement_number', sa.Text(), nullable=False),
    sa.Column('total_cents', types.Cents(), nullable=False),
    sa.Column('debt_cents', types.Cents(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('total_cents >= 0 AND debt_cents >= 0', name=op.f('ck_sealed_person_not_below_zero')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sealed_person_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sealed_person_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_person')),
    sa.UniqueConstraint('organisation_id', 'statement_number', name=op.f('uq_sealed_person_organisation_id_statement_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_sealed_person_ref')),
    sa.UniqueConstraint('run_ref', 'person_ref', name=op.f('uq_sealed_person_run_ref_person_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sealed_person_organisation_id'), 'sealed_person', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sealed_person_person_ref'), 'sealed_person', ['person_ref'], unique=False)
    op.create_index(op.f('ix_sealed_person_run_ref'), 'sealed_person', ['run_ref'], unique=False)
    op.create_index(op.f('ix_sealed_person_workshop_id'), 'sealed_person', ['workshop_id'], unique=False)
    op.create_table('sealed_run',
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('paysheet_number', sa.Text(), nullable=False),
    sa.Column('order_number', sa.Text(), nullable=False),
    sa.Column('order_date', types.Day(), nullable=False),
    sa.Column('scheme_ref', sa.Text(), nullable=False),
    sa.Column('scheme_text', sa.Text(), nullable=False),
    sa.Column('inputs', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('calculated_by', sa.Text(), nullable=False),
    sa.Column('submitted_by', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=False),
    sa.Column('calculated_at', types.Instant(), nullable=False),
    sa.Column('submitted_at', types.Instant(), nullable=False),
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
    sa.CheckConstraint('approved_by <> calculated_by AND approved_by <> submitted_by', name=op.f('ck_sealed_run_another_approves')),
    sa.CheckConstraint('realised_net_cents - deducted_cents + carried_in_cents + from_reserve_cents + from_budget_cents = stipends_cents + withheld_cents + to_reserve_cents + unassigned_cents + carried_out_cents', name=op.f('ck_sealed_run_identity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sealed_run_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sealed_run_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_run')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_sealed_run_organisation_id_number')),
    sa.UniqueConstraint('organisation_id', 'paysheet_number', name=op.f('uq_sealed_run_organisation_id_paysheet_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_sealed_run_ref')),
    sa.UniqueConstraint('run_ref', name=op.f('uq_sealed_run_run_ref')),
    sa.UniqueConstraint('workshop_id', 'month', name=op.f('uq_sealed_run_workshop_id_month')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sealed_run_organisation_id'), 'sealed_run', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sealed_run_workshop_id'), 'sealed_run', ['workshop_id'], unique=False)
    op.create_table('sealed_sale',
    sa.Column('run_ref', sa.Text(), nullable=False),
    sa.Column('sale_ref', sa.Text(), nullable=False),
    sa.Column('gross_cents', types.Cents(), nullable=False),
    sa.Column('net_cents', types.Cents(), nullable=False),
    sa.Column('materials_cents', types.Cents(), nullable=False),
    sa.Column('shared_cents', types.Cents(), nullable=False),
    sa.Column('uncovered', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sealed_sale_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sealed_sale_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_sale')),
    sa.UniqueConstraint('ref', name=op.f('uq_sealed_sale_ref')),
    sa.UniqueConstraint('sale_ref', name=op.f('uq_sealed_sale_sale_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sealed_sale_organisation_id'), 'sealed_sale', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sealed_sale_run_ref'), 'sealed_sale', ['run_ref'], unique=False)
    op.create_index(op.f('ix_sealed_sale_workshop_id'), 'sealed_sale', ['workshop_id'], unique=False)
    op.create_table('attendance',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('happened_on', types.Day(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('minutes', types.Key, nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("mark IN ('D', 'L', 'K', 'N')", name=op.f('ck_attendance_mark')),
    sa.CheckConstraint('minutes BETWEEN 0 AND 1440', name=op.f('ck_attendance_minutes')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_attendance_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_attendance_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_attendance_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('participant_id', 'happened_on', name=op.f('uq_attendance_participant_id_happened_on')),
    sa.UniqueConstraint('ref', name=op.f('uq_attendance_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_attendance_booked_in'), 'attendance', ['booked_in'], unique=False)
    op.create_index(op.f('ix_attendance_organisation_id'), 'attendance', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_attendance_participant_id'), 'attendance', ['participant_id'], unique=False)
    op.create_index(op.f('ix_attendance_workshop_id'), 'attendance', ['workshop_id'], unique=False)
    op.create_table('badge',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('made_at', types.Instant(), nullable=False),
    sa.Column('voided_at', types.Instant(), nullable=True),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_badge_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_badge_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_badge_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_badge')),
    sa.UniqueConstraint('ref', name=op.f('uq_badge_ref')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_badge_token_hash')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_badge_organisation_id'), 'badge', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_badge_participant_id'), 'badge', ['participant_id'], unique=False)
    op.create_index(op.f('ix_badge_workshop_id'), 'badge', ['workshop_id'], unique=False)
    op.create_table('concern',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('said_at', types.Instant(), nullable=False),
    sa.Column('settled_at', types.Instant(), nullable=True),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_concern_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_concern_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_concern_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concern')),
    sa.UniqueConstraint('ref', name=op.f('uq_concern_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_concern_organisation_id'), 'concern', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_concern_participant_id'), 'concern', ['participant_id'], unique=False)
    op.create_index(op.f('ix_concern_workshop_id'), 'concern', ['workshop_id'], unique=False)
    op.create_table('goal',
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('picture', sa.Text(), nullable=False),
    sa.Column('baseline', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('set_on', types.Day(), nullable=False),
    sa.Column('due_on', types.Day(), nullable=False),
    sa.Column('ended_on', types.Day(), nullable=True),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint("kind IN ('general', 'special')", name=op.f('ck_goal_kind')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_goal_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_goal_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_goal_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal')),
    sa.UniqueConstraint('ref', name=op.f('uq_goal_ref')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_goal_workshop_id_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_goal_organisation_id'), 'goal', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_goal_participant_id'), 'goal', ['participant_id'], unique=False)
    op.create_index(op.f('ix_goal_workshop_id'), 'goal', ['workshop_id'], unique=False)
    op.create_table('lot',
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('product_id', types.Key, nullable=False),
    sa.Column('happened_on', types.Day(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('good', types.Key, nullable=False),
    sa.Column('rejects', types.Key, nullable=False),
    sa.Column('shared_by', sa.Text(), nullable=False),
    sa.Column('logged_at', types.Instant(), nullable=False),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('good >= 0 AND rejects >= 0', name=op.f('ck_lot_not_below_zero')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_lot_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_lot_workshop_id_product_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_lot_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lot')),
    sa.UniqueConstraint('ref', name=op.f('uq_lot_ref')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_lot_workshop_id_id')),
    sa.UniqueConstraint('workshop_id', 'number', name=op.f('uq_lot_workshop_id_number')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_lot_booked_in'), 'lot', ['booked_in'], unique=False)
    op.create_index(op.f('ix_lot_happened_on'), 'lot', ['happened_on'], unique=False)
    op.create_index(op.f('ix_lot_organisation_id'), 'lot', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_lot_product_id'), 'lot', ['product_id'], unique=False)
    op.create_index(op.f('ix_lot_workshop_id'), 'lot', ['workshop_id'], unique=False)
    op.create_table('product_price',
    sa.Column('product_id', types.Key, nullable=False),
    sa.Column('valid_from', types.Day(), nullable=False),
    sa.Column('price_cents', types.Cents(), nullable=False),
    sa.Column('material_cents', types.Cents(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('price_cents >= 0 AND material_cents >= 0', name=op.f('ck_product_price_not_below_zero')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_product_price_organisation_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_price_product_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_product_price_workshop_id_product_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_product_price_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_price')),
    sa.UniqueConstraint('product_id', 'valid_from', name=op.f('uq_product_price_product_id_valid_from')),
    sa.UniqueConstraint('ref', name=op.f('uq_product_price_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_product_price_organisation_id'), 'product_price', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_product_price_product_id'), 'product_price', ['product_id'], unique=False)
    op.create_index(op.f('ix_product_price_workshop_id'), 'product_price', ['workshop_id'], unique=False)
    op.create_table('sale_line',
    sa.Column('document', sa.Text(), nullable=True),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('product_id', types.Key, nullable=False),
    sa.Column('happened_on', types.Day(), nullable=False),
    sa.Column('booked_in', sa.Text(), nullable=False),
    sa.Column('quantity', types.Key, nullable=False),
    sa.Column('price_cents', types.Cents(), nullable=False),
    sa.Column('discount', types.Key, nullable=False),
    sa.Column('vat', types.Key, nullable=False),
    sa.Column('returns_id', types.Key, nullable=True),
    sa.Column('logged_at', types.Instant(), nullable=False),
    sa.Column('version', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('discount BETWEEN 0 AND 100000 AND vat BETWEEN 0 AND 100000', name=op.f('ck_sale_line_percent')),
    sa.CheckConstraint('price_cents >= 0', name=op.f('ck_sale_line_not_below_zero')),
    sa.CheckConstraint('quantity <> 0 AND ((quantity < 0) = (returns_id IS NOT NULL))', name=op.f('ck_sale_line_return_names_its_line')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sale_line_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_sale_line_workshop_id_product_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'returns_id'], ['sale_line.workshop_id', 'sale_line.id'], name=op.f('fk_sale_line_workshop_id_returns_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sale_line_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sale_line')),
    sa.UniqueConstraint('ref', name=op.f('uq_sale_line_ref')),
    sa.UniqueConstraint('workshop_id', 'document', 'number', name=op.f('uq_sale_line_workshop_id_document_number')),
    sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_sale_line_workshop_id_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sale_line_booked_in'), 'sale_line', ['booked_in'], unique=False)
    op.create_index(op.f('ix_sale_line_happened_on'), 'sale_line', ['happened_on'], unique=False)
    op.create_index(op.f('ix_sale_line_organisation_id'), 'sale_line', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sale_line_product_id'), 'sale_line', ['product_id'], unique=False)
    op.create_index(op.f('ix_sale_line_returns_id'), 'sale_line', ['returns_id'], unique=False)
    op.create_index(op.f('ix_sale_line_workshop_id'), 'sale_line', ['workshop_id'], unique=False)
    op.create_index('ix_sale_line_workshop_id_booked_in_happened_on', 'sale_line', ['workshop_id', 'booked_in', 'happened_on'], unique=False)
    op.create_table('lot_maker',
    sa.Column('lot_id', types.Key, nullable=False),
    sa.Column('participant_id', types.Key, nullable=False),
    sa.Column('weight', types.Key, nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('weight > 0', name=op.f('ck_lot_maker_above_zero')),
    sa.ForeignKeyConstraint(['lot_id'], ['lot.id'], name=op.f('fk_lot_maker_lot_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_lot_maker_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'lot_id'], ['lot.workshop_id', 'lot.id'], name=op.f('fk_lot_maker_workshop_id_lot_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'participant_id'], ['participant.workshop_id', 'participant.id'], name=op.f('fk_lot_maker_workshop_id_participant_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_lot_maker_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lot_maker')),
    sa.UniqueConstraint('lot_id', 'participant_id', name=op.f('uq_lot_maker_lot_id_participant_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_lot_maker_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_lot_maker_lot_id'), 'lot_maker', ['lot_id'], unique=False)
    op.create_index(op.f('ix_lot_maker_organisation_id'), 'lot_maker', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_lot_maker_participant_id'), 'lot_maker', ['participant_id'], unique=False)
    op.create_index(op.f('ix_lot_maker_workshop_id'), 'lot_maker', ['workshop_id'], unique=False)
    op.create_table('observation',
    sa.Column('goal_id', types.Key, nullable=False),
    sa.Column('seen_on', types.Day(), nullable=False),
    sa.Column('score', types.Key, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('seen_by', sa.Text(), nullable=False),
    sa.Column('written_at', types.Instant(), nullable=False),
    sa.Column('workshop_id', types.Key, nullable=False),
    sa.Column('id', types.Key, autoincrement=True, nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.Key, nullable=False),
    sa.CheckConstraint('score BETWEEN 0 AND 5', name=op.f('ck_observation_score')),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_observation_goal_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_observation_organisation_id')),
    sa.ForeignKeyConstraint(['workshop_id', 'goal_id'], ['goal.workshop_id', 'goal.id'], name=op.f('fk_observation_workshop_id_goal_id')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_observation_workshop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation')),
    sa.UniqueConstraint('ref', name=op.f('uq_observation_ref')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_observation_goal_id'), 'observation', ['goal_id'], unique=False)
    op.create_index(op.f('ix_observation_organisation_id'), 'observation', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_observation_workshop_id'), 'observation', ['workshop_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
