"""What a unit of a product uses. The list proposes a material cost; what holds is the dated one that somebody sets."""

from __future__ import annotations

from ledger.actions.doing import Doing, check_version
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.work_steps import MOST_MATERIALS, Material, check_material
from ledger.records import production, work_steps
from ledger.records.work_steps import MaterialRow


def add_material(doing: Doing, product_ref: str, line: Material) -> MaterialRow:
    """A new line of the list. Raises Refused for what is missing and for more lines than MOST_MATERIALS."""
    doing.check(May.PRICE_PRODUCTS)
    doing.gate()
    product = production.get_product(doing.session, doing.scope, product_ref)
    check_material(line)
    if len(work_steps.materials_of(doing.session, doing.scope, product.id)) >= MOST_MATERIALS:
        raise Refused("too_many_materials", most=MOST_MATERIALS)
    row = MaterialRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, product_id=product.id, version=1)
    _fill(row, line)
    doing.session.add(row)
    doing.session.flush()
    doing.note("add_material", "product_material", row.ref, after={"product": product.code, **_values(row)})
    return row


def keep_material(doing: Doing, ref: str, version: int, line: Material) -> MaterialRow:
    """Change a line of the list."""
    doing.check(May.PRICE_PRODUCTS)
    doing.gate()
    row = work_steps.get_material(doing.session, doing.scope, ref)
    check_version(row, version)
    check_material(line)
    before = _values(row)
    _fill(row, line)
    row.version += 1
    doing.session.flush()
    doing.note("keep_material", "product_material", row.ref, before=before, after=_values(row))
    return row


def take_out_material(doing: Doing, ref: str) -> None:
    """Take a line out of the list; its audit entry keeps what it said."""
    doing.check(May.PRICE_PRODUCTS)
    doing.gate()
    row = work_steps.get_material(doing.session, doing.scope, ref)
    doing.note("take_out_material", "product_material", row.ref, before=_values(row))
    doing.session.delete(row)
    doing.session.flush()


def _fill(row: MaterialRow, line: Material) -> None:
    row.name, row.quantity, row.unit, row.unit_cents = line.name.strip(), line.quantity, line.unit, line.cents


def _values(row: MaterialRow) -> dict[str, object]:
    return {"name": row.name, "quantity": row.quantity, "unit": row.unit, "unit_cents": row.unit_cents}
