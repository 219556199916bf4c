"""Indexes of the sealed rows that nothing asks for: another begins with the same column, or every row of the books has the same
value. A month of thousands is sealed faster without them."""

from alembic import op

revision = "0011"
down_revision = "0010"

IDLE = (
    ("sealed_person", "run_ref"), ("sealed_line", "run_ref"), ("sealed_match", "lot"),
    *((table, column) for table in ("sealed_person", "sealed_line", "sealed_sale", "sealed_match")
      for column in ("organisation_id", "workshop_id")),
)


def upgrade() -> None:
    for table, column in IDLE:
        op.drop_index(f"ix_{table}_{column}", table)
