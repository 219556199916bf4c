"""Filled by its room: journal."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet."""
