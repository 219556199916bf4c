"""Goods by place: movements, counts; indexes by which what lies where is summed up."""

import sqlalchemy as sa
from alembic import op

from ledger.records import types

revision = "0016"
down_revision = "0015"

SQLITE = (
    "CREATE TRIGGER stock_move_no_update BEFORE UPDATE ON stock_move BEGIN SELECT RAISE(ABORT, 'sealed: stock_move'); END",
    "CREATE TRIGGER stock_move_no_delete BEFORE DELETE ON stock_move BEGIN SELECT RAISE(ABORT, 'sealed: stock_move'); END",
    "CREATE TRIGGER stock_move_no_replace BEFORE INSERT ON stock_move WHEN EXISTS (SELECT 1 FROM stock_move t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref) OR (t.undoes_ref = NEW.undoes_ref)) BEGIN SELECT RAISE(ABORT, 'sealed: stock_move'); END",
    "CREATE TRIGGER stock_count_no_update BEFORE UPDATE ON stock_count BEGIN SELECT RAISE(ABORT, 'sealed: stock_count'); END",
    "CREATE TRIGGER stock_count_no_delete BEFORE DELETE ON stock_count BEGIN SELECT RAISE(ABORT, 'sealed: stock_count'); END",
    "CREATE TRIGGER stock_count_no_replace BEFORE INSERT ON stock_count WHEN EXISTS (SELECT 1 FROM stock_count t WHERE (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: stock_count'); END",
    "CREATE TRIGGER stock_counted_no_update BEFORE UPDATE ON stock_counted BEGIN SELECT RAISE(ABORT, 'sealed: stock_counted'); END",
    "CREATE TRIGGER stock_counted_no_delete BEFORE DELETE ON stock_counted BEGIN SELECT RAISE(ABORT, 'sealed: stock_counted'); END",
    "CREATE TRIGGER stock_counted_no_replace BEFORE INSERT ON stock_counted WHEN EXISTS (SELECT 1 FROM stock_counted t WHERE (t.count_ref = NEW.count_ref AND t.product_id = NEW.product_id) OR (t.id = NEW.id) OR (t.ref = NEW.ref)) BEGIN SELECT RAISE(ABORT, 'sealed: stock_counted'); END",
    "CREATE TRIGGER stock_move_undoes BEFORE INSERT ON stock_move WHEN NEW.undoes_ref IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.ref = NEW.undoes_ref AND m.workshop_id = NEW.workshop_id AND m.undoes_ref IS NULL AND m.kind = NEW.kind AND m.product_id = NEW.product_id AND COALESCE(m.customer_id, 0) = COALESCE(NEW.customer_id, 0) AND m.store = -NEW.store AND m.shop = -NEW.shop AND m.sale_ref = NEW.sale_ref AND m.count_ref = NEW.count_ref AND m.happened_on = NEW.happened_on) BEGIN SELECT RAISE(ABORT, 'stock move'); END",
)

POSTGRESQL = (
    "CREATE TRIGGER stock_move_sealed BEFORE UPDATE OR DELETE ON stock_move FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER stock_count_sealed BEFORE UPDATE OR DELETE ON stock_count FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER stock_counted_sealed BEFORE UPDATE OR DELETE ON stock_counted FOR EACH ROW EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER stock_move_no_truncate BEFORE TRUNCATE ON stock_move EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER stock_count_no_truncate BEFORE TRUNCATE ON stock_count EXECUTE FUNCTION refuse_sealed()",
    "CREATE TRIGGER stock_counted_no_truncate BEFORE TRUNCATE ON stock_counted EXECUTE FUNCTION refuse_sealed()",
    "CREATE FUNCTION refuse_stock_move_undoes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 WHERE NEW.undoes_ref IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.ref = NEW.undoes_ref AND m.workshop_id = NEW.workshop_id AND m.undoes_ref IS NULL AND m.kind = NEW.kind AND m.product_id = NEW.product_id AND COALESCE(m.customer_id, 0) = COALESCE(NEW.customer_id, 0) AND m.store = -NEW.store AND m.shop = -NEW.shop AND m.sale_ref = NEW.sale_ref AND m.count_ref = NEW.count_ref AND m.happened_on = NEW.happened_on)) THEN RAISE EXCEPTION 'stock move'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER stock_move_undoes BEFORE INSERT ON stock_move FOR EACH ROW EXECUTE FUNCTION refuse_stock_move_undoes()",
)


def upgrade() -> None:
    op.create_table('stock_count',
        sa.Column('customer_id', types.Whole, nullable=True),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('said_ref', sa.Text(), nullable=False),
        sa.Column('said_sha256', sa.Text(), nullable=False),
        sa.Column('counted_by', sa.Text(), nullable=False),
        sa.Column('counted_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_stock_count_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_stock_count_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'customer_id'], ['customer.workshop_id', 'customer.id'], name=op.f('fk_stock_count_workshop_id_customer_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_stock_count_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_count')),
        sa.UniqueConstraint('ref', name=op.f('uq_stock_count_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_stock_count_organisation_id'), 'stock_count', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_stock_count_workshop_id'), 'stock_count', ['workshop_id'], unique=False)
    op.create_table('stock_counted',
        sa.Column('count_ref', sa.Text(), nullable=False),
        sa.Column('product_id', types.Whole, nullable=False),
        sa.Column('expected', types.Whole, nullable=False),
        sa.Column('counted', types.Whole, nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.CheckConstraint('counted >= 0', name=op.f('ck_stock_counted_not_below_zero')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_stock_counted_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_stock_counted_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_stock_counted_workshop_id_product_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_stock_counted_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_counted')),
        sa.UniqueConstraint('count_ref', 'product_id', name=op.f('uq_stock_counted_count_ref_product_id')),
        sa.UniqueConstraint('ref', name=op.f('uq_stock_counted_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_stock_counted_organisation_id'), 'stock_counted', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_stock_counted_workshop_id'), 'stock_counted', ['workshop_id'], unique=False)
    op.create_table('stock_move',
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('product_id', types.Whole, nullable=False),
        sa.Column('customer_id', types.Whole, nullable=True),
        sa.Column('happened_on', types.Day(), nullable=False),
        sa.Column('store', types.Whole, nullable=False),
        sa.Column('shop', types.Whole, nullable=False),
        sa.Column('sale_ref', sa.Text(), nullable=False),
        sa.Column('count_ref', sa.Text(), nullable=False),
        sa.Column('undoes_ref', sa.Text(), nullable=True),
        sa.Column('said_ref', sa.Text(), nullable=False),
        sa.Column('said_sha256', sa.Text(), nullable=False),
        sa.Column('done_by', sa.Text(), nullable=False),
        sa.Column('done_at', types.Instant(), nullable=False),
        sa.Column('app_version', sa.Text(), nullable=False),
        sa.Column('workshop_id', types.Whole, nullable=False),
        sa.Column('id', types.Whole, autoincrement=True, nullable=False),
        sa.Column('ref', sa.Text(), nullable=False),
        sa.Column('organisation_id', types.Whole, nullable=False),
        sa.CheckConstraint("(kind = 'count') = (count_ref <> '')", name=op.f('ck_stock_move_counted')),
        sa.CheckConstraint("CASE WHEN kind IN ('given', 'brought') THEN customer_id IS NOT NULL AND shop <> 0 AND store + shop = 0 WHEN customer_id IS NULL THEN store <> 0 AND shop = 0 ELSE store = 0 AND shop <> 0 END", name=op.f('ck_stock_move_places')),
        sa.CheckConstraint("kind = 'count' OR (undoes_ref IS NULL) = (CASE kind WHEN 'given' THEN shop WHEN 'brought' THEN store WHEN 'opening' THEN store + shop WHEN 'explained' THEN store + shop ELSE -store - shop END > 0)", name=op.f('ck_stock_move_direction')),
        sa.CheckConstraint("kind IN ('given', 'brought', 'scrap', 'own', 'gift', 'count', 'opening', 'explained')", name=op.f('ck_stock_move_kind')),
        sa.CheckConstraint("sale_ref = '' OR kind IN ('opening', 'explained')", name=op.f('ck_stock_move_settles')),
        sa.CheckConstraint("undoes_ref IS NOT NULL OR said_ref <> '' OR kind IN ('given', 'brought', 'count')", name=op.f('ck_stock_move_says_why')),
        sa.ForeignKeyConstraint(['organisation_id', 'workshop_id'], ['workshop.organisation_id', 'workshop.id'], name=op.f('fk_stock_move_organisation_id_workshop_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_stock_move_organisation_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'customer_id'], ['customer.workshop_id', 'customer.id'], name=op.f('fk_stock_move_workshop_id_customer_id')),
        sa.ForeignKeyConstraint(['workshop_id', 'product_id'], ['product.workshop_id', 'product.id'], name=op.f('fk_stock_move_workshop_id_product_id')),
        sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_stock_move_workshop_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_move')),
        sa.UniqueConstraint('ref', name=op.f('uq_stock_move_ref')),
        sa.UniqueConstraint('undoes_ref', name=op.f('uq_stock_move_undoes_ref')),
        sqlite_strict=True)
    op.create_index(op.f('ix_stock_move_count_ref'), 'stock_move', ['count_ref'], unique=False)
    op.create_index(op.f('ix_stock_move_organisation_id'), 'stock_move', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_stock_move_sale_ref'), 'stock_move', ['sale_ref'], unique=False)
    op.create_index(op.f('ix_stock_move_workshop_id'), 'stock_move', ['workshop_id'], unique=False)
    op.create_index('ix_stock_move_workshop_id_product_id', 'stock_move', ['workshop_id', 'product_id', 'customer_id'], unique=False)
    op.create_index('ix_lot_stock', 'lot', ['workshop_id', 'product_id', 'happened_on', 'booked_in', 'good', 'organisation_id'], unique=False)
    op.create_index('ix_sale_line_stock', 'sale_line', ['workshop_id', 'product_id', 'happened_on', 'booked_in', 'quantity', 'organisation_id'], unique=False)
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
