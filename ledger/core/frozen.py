"""Fields that were added to a frozen form after it was first stored: they are written only when they say something, so that
what was stored before keeps its bytes and its hash."""

from __future__ import annotations

from dataclasses import Field, field
from typing import Any, TypeVar

Kept = TypeVar("Kept")


def later(default: Kept) -> Kept:
    """A dataclass field that the canonical form leaves out while it has its default."""
    made: Any = field(default=default, metadata={"later": True})  # Any: dataclasses.field is typed as its value
    return made  # type: ignore[no-any-return]  # likewise


def unsaid(one: Field[Any], value: object) -> bool:
    """Whether a field was added later and says nothing."""
    return bool(one.metadata.get("later")) and value == one.default
