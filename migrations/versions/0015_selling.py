"""Documents of sales: the till's baskets, orders, shops' reports, returns; counts of the cash; customers and what they paid."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0015"
down_revision = "0014"

SQLITE = (
    "CREATE TRIGGER sale_document_no_update BEFORE UPDATE ON sale_document BEGIN SELECT RAISE(ABORT, 'sealed: sale_document'); END",
    "CREATE TRIGGER sale_document_no_delete BEFORE DELETE ON sale_document BEGIN SELECT RAISE(ABORT, 'sealed: sale_document'); END",
    "CREATE TRIGGER sale_document_no_replace BEFORE INSERT ON sale_document WHEN EXISTS (SELECT 1 FROM sale_document t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.workshop_id = NEW.workshop_id AND t.number = NEW.number)) BEGIN SELECT RAISE(ABORT, 'sealed: sale_document'); END",
    "CREATE TRIGGER sale_undone_no_update BEFORE UPDATE ON sale_undone BEGIN SELECT RAISE(ABORT, 'sealed: sale_undone'); END",
    "CREATE TRIGGER sale_undone_no_delete BEFORE DELETE ON sale_undone BEGIN SELECT RAISE(ABORT, 'sealed: sale_undone'); END",
    "CREATE TRIGGER sale_undone_no_replace BEFORE INSERT ON sale_undone WHEN EXISTS (SELECT 1 FROM sale_undone t WHERE (t.document_ref = NEW.document_ref) OR (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: sale_undone'); END",
    "CREATE TRIGGER till_count_no_update BEFORE UPDATE ON till_count BEGIN SELECT RAISE(ABORT, 'sealed: till_count'); END",
    "CREATE TRIGGER till_count_no_delete BEFORE DELETE ON till_count BEGIN SELECT RAISE(ABORT, 'sealed: till_count'); END",
    "CREATE TRIGGER till_count_no_replace BEFORE INSERT ON till_count WHEN EXISTS (SELECT 1 FROM till_count t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: till_count'); END",
    "CREATE TRIGGER till_counted_no_update BEFORE UPDATE ON till_counted BEGIN SELECT RAISE(ABORT, 'sealed: till_counted'); END",
    "CREATE TRIGGER till_counted_no_delete BEFORE DELETE ON till_counted BEGIN SELECT RAISE(ABORT, 'sealed: till_counted'); END",
    "CREATE TRIGGER till_counted_no_replace BEFORE INSERT ON till_counted WHEN EXISTS (SELECT 1 FROM till_counted t WHERE (t.document_ref = NEW.document_ref) OR (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: till_counted'); END",
    "CREATE TRIGGER customer_payment_no_update BEFORE UPDATE ON customer_payment BEGIN SELECT RAISE(ABORT, 'sealed: customer_payment'); END",
    "CREATE TRIGGER customer_payment_no_delete BEFORE DELETE ON customer_payment BEGIN SELECT RAISE(ABORT, 'sealed: customer_payment'); END",
    "CREATE TRIGGER customer_payment_no_replace BEFORE INSERT ON customer_payment WHEN EXISTS (SELECT 1 FROM customer_payment t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: customer_payment'); END",
    "CREATE TRIGGER customer_payment_back_no_update BEFORE UPDATE ON customer_payment_back BEGIN SELECT RAISE(ABORT, 'sealed: customer_payment_back'); END",
    "CREATE TRIGGER customer_payment_back_no_delete BEFORE DELETE ON customer_payment_back BEGIN SELECT RAISE(ABORT, 'sealed: customer_payment_back'); END",
    "CREATE TRIGGER customer_payment_back_no_replace BEFORE INSERT ON customer_payment_back WHEN EXISTS (SELECT 1 FROM customer_payment_back t WHERE (t.id = NEW.id) OR (t.payment_ref = NEW.payment_ref) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: customer_payment_back'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER sale_document_sealed BEFORE UPDATE OR DELETE ON sale_document FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER sale_undone_sealed BEFORE UPDATE OR DELETE ON sale_undone FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER till_count_sealed BEFORE UPDATE OR DELETE ON till_count FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER till_counted_sealed BEFORE UPDATE OR DELETE ON till_counted FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER customer_payment_sealed BEFORE UPDATE OR DELETE ON customer_payment FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER customer_payment_back_sealed BEFORE UPDATE OR DELETE ON customer_payment_back FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER sale_document_no_truncate BEFORE TRUNCATE ON sale_document EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER sale_undone_no_truncate BEFORE TRUNCATE ON sale_undone EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER till_count_no_truncate BEFORE TRUNCATE ON till_count EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER till_counted_no_truncate BEFORE TRUNCATE ON till_counted EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER customer_payment_no_truncate BEFORE TRUNCATE ON customer_payment EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER customer_payment_back_no_truncate BEFORE TRUNCATE ON customer_payment_back EXECUTE FUNCTION refuse_sealed()",
)


def upgrade() -> None:
    op.create_table('customer',
        sa.Column('person', types.Flag(), nullable=False),
        sa.Column('sealed', types.Bytes, nullable=False),
        sa.Column('code_mac', sa.Text(), nullable=False),
        sa.Column('added_at', types.Instant(), nullable=False),
        sa.Column('version', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_customer_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_customer_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_customer_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
        sa.UniqueConstraint('ref', name=op.f('uq_customer_ref')),
        sa.UniqueConstraint('workshop_id', 'id', name=op.f('uq_customer_workshop_id_id')),
        sqlite_strict=True)
    op.create_index(op.f('ix_customer_organisation_id'), 'customer', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_customer_workshop_id'), 'customer', ['workshop_id'], unique=False)
    op.create_table('customer_payment',
        sa.Column('document_ref', sa.Text(), nullable=False),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('cents', types.Cents(), nullable=False),
        sa.Column('rounding_cents', types.Cents(), nullable=False),
        sa.Column('way', sa.Text(), nullable=False),
        sa.Column('posting_ref', sa.Text(), nullable=False),
        sa.Column('taken_by', sa.Text(), nullable=False),
        sa.Column('taken_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.CheckConstraint("way = 'cash' OR rounding_cents = 0", name=op.f('ck_customer_payment_only_cash_is_rounded')),
        sa.CheckConstraint("way IN ('cash', 'bank')", name=op.f('ck_customer_payment_way')),
        sa.CheckConstraint('cents > 0', name=op.f('ck_customer_payment_above_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_customer_payment_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_customer_payment_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_customer_payment_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_payment')),
        sa.UniqueConstraint('ref', name=op.f('uq_customer_payment_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_customer_payment_document_ref'), 'customer_payment', ['document_ref'], unique=False)
    op.create_index(op.f('ix_customer_payment_organisation_id'), 'customer_payment', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_customer_payment_workshop_id'), 'customer_payment', ['workshop_id'], unique=False)
    op.create_table('customer_payment_back',
        sa.Column('payment_ref', sa.Text(), nullable=False),
        sa.Column('said_ref', sa.Text(), nullable=False),
        sa.Column('said_sha256', sa.Text(), nullable=False),
        sa.Column('taken_by', sa.Text(), nullable=False),
        sa.Column('taken_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.CheckConstraint("said_ref <> ''", name=op.f('ck_customer_payment_back_says_why')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_customer_payment_back_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_customer_payment_back_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_customer_payment_back_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_payment_back')),
        sa.UniqueConstraint('payment_ref', name=op.f('uq_customer_payment_back_payment_ref')),
        sa.UniqueConstraint('ref', name=op.f('uq_customer_payment_back_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_customer_payment_back_organisation_id'), 'customer_payment_back', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_customer_payment_back_workshop_id'), 'customer_payment_back', ['workshop_id'], unique=False)
    op.create_table('sale_undone',
        sa.Column('document_ref', sa.Text(), nullable=False),
        sa.Column('undone_by', sa.Text(), nullable=False),
        sa.Column('undone_at', types.Instant(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_sale_undone_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sale_undone_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sale_undone_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sale_undone')),
        sa.UniqueConstraint('document_ref', name=op.f('uq_sale_undone_document_ref')),
        sa.UniqueConstraint('ref', name=op.f('uq_sale_undone_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_sale_undone_organisation_id'), 'sale_undone', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sale_undone_workshop_id'), 'sale_undone', ['workshop_id'], unique=False)
    op.create_table('till_count',
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('float_cents', types.Cents(), nullable=False),
        sa.Column('takings_cents', types.Cents(), nullable=False),
        sa.Column('counted_cents', types.Cents(), nullable=False),
        sa.Column('pieces', sa.Text(), nullable=False),
        sa.Column('posted', types.Flag(), nullable=False),
        sa.Column('said_ref', sa.Text(), nullable=False),
        sa.Column('said_sha256', sa.Text(), nullable=False),
        sa.Column('counted_by', sa.Text(), nullable=False),
        sa.Column('counted_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.CheckConstraint("counted_cents = float_cents + takings_cents OR said_ref <> ''", name=op.f('ck_till_count_says_why')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_till_count_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_till_count_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_till_count_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_till_count')),
        sa.UniqueConstraint('ref', name=op.f('uq_till_count_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_till_count_organisation_id'), 'till_count', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_till_count_workshop_id'), 'till_count', ['workshop_id'], unique=False)
    op.create_index('ix_till_count_workshop_id_happened_on', 'till_count', ['workshop_id', 'happened_on'], unique=False)
    op.create_table('till_counted',
        sa.Column('count_ref', sa.Text(), nullable=False),
        sa.Column('document_ref', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_till_counted_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_till_counted_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_till_counted_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_till_counted')),
        sa.UniqueConstraint('document_ref', name=op.f('uq_till_counted_document_ref')),
        sa.UniqueConstraint('ref', name=op.f('uq_till_counted_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_till_counted_count_ref'), 'till_counted', ['count_ref'], unique=False)
    op.create_index(op.f('ix_till_counted_organisation_id'), 'till_counted', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_till_counted_workshop_id'), 'till_counted', ['workshop_id'], unique=False)
    op.create_table('sale_document',
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('booked_in', sa.Text(), nullable=False),
        sa.Column('channel', sa.Text(), nullable=False),
        sa.Column('way', sa.Text(), nullable=False),
        sa.Column('customer_id', types.Whole, nullable=True),
        sa.Column('returns_ref', sa.Text(), nullable=False),
        sa.Column('due_on', types.Day(), nullable=True),
        sa.Column('gross_cents', types.Cents(), nullable=False),
        sa.Column('off_cents', types.Cents(), nullable=False),
        sa.Column('total_cents', types.Cents(), nullable=False),
        sa.Column('rounding_cents', types.Cents(), nullable=False),
        sa.Column('given_cents', types.Cents(), nullable=False),
        sa.Column('commission_cents', types.Cents(), nullable=False),
        sa.Column('discount', types.Whole, nullable=False),
        sa.Column('vat', types.Whole, nullable=False),
        sa.Column('made_by', sa.Text(), nullable=False),
        sa.Column('made_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.CheckConstraint("(kind = 'return') = (returns_ref <> '')", name=op.f('ck_sale_document_return_names_its_sale')),
        sa.CheckConstraint("kind IN ('sale', 'return', 'order', 'report')", name=op.f('ck_sale_document_kind')),
        sa.CheckConstraint("way <> 'cash' OR (rounding_cents BETWEEN -2 AND 2 AND (total_cents + rounding_cents) % 5 = 0)", name=op.f('ck_sale_document_cash_in_fives')),
        sa.CheckConstraint("way <> 'transfer' OR (customer_id IS NOT NULL AND due_on IS NOT NULL)", name=op.f('ck_sale_document_owed_by_somebody')),
        sa.CheckConstraint("way = 'cash' OR (rounding_cents = 0 AND given_cents = 0)", name=op.f('ck_sale_document_only_cash_is_rounded')),
        sa.CheckConstraint("way IN ('cash', 'card', 'transfer')", name=op.f('ck_sale_document_way')),
        sa.CheckConstraint('total_cents = gross_cents - off_cents', name=op.f('ck_sale_document_adds_up')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_sale_document_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sale_document_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'customer_id'], ['customer.workshop_id', 'customer.id'], name=op.f('fk_sale_document_workshop_id_customer_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_sale_document_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sale_document')),
        sa.UniqueConstraint('ref', name=op.f('uq_sale_document_ref')),
        sa.UniqueConstraint('workshop_id', 'number', name=op.f('uq_sale_document_workshop_id_number')),
        sqlite_strict=True)
    op.create_index(op.f('ix_sale_document_customer_id'), 'sale_document', ['customer_id'], unique=False)
    op.create_index(op.f('ix_sale_document_organisation_id'), 'sale_document', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_sale_document_returns_ref'), 'sale_document', ['returns_ref'], unique=False)
    op.create_index(op.f('ix_sale_document_workshop_id'), 'sale_document', ['workshop_id'], unique=False)
    op.create_index('ix_sale_document_workshop_id_booked_in', 'sale_document', ['workshop_id', 'booked_in'], unique=False)
    op.create_index('ix_sale_document_workshop_id_happened_on', 'sale_document', ['workshop_id', 'happened_on'], unique=False)
    op.add_column('sale_line', sa.Column('off_cents', types.Cents(), nullable=True))
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
