"""Column types, said once: TEXT, INTEGER or BLOB on SQLite (its STRICT tables know no others), the native type on PostgreSQL."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Key = BigInteger().with_variant(Integer, "sqlite")
"""An internal row number; never leaves the server."""

Whole = BigInteger().with_variant(Integer, "sqlite")
"""A whole number: thousandths, minutes, counts."""


class Cents(TypeDecorator[int]):
    """Money in whole cents; refuses anything that is not an int, so that part of a cent cannot get in."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, BIGINT on PostgreSQL."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Let whole cents through; raises TypeError for a float, Decimal or text."""
        if value is not None and type(value) is not int:
            raise TypeError(f"money is whole cents, not {value!r}")
        return value


class Day(TypeDecorator[date]):
    """A civil day: TEXT YYYY-MM-DD on SQLite, DATE on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT or DATE."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """ISO text for SQLite; a datetime is refused, for it is no day."""
        if value is None:
            return None
        if isinstance(value, datetime):
            raise TypeError("a day, not an instant")
        return value.isoformat() if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """A date again, by a look into a dictionary: hundreds of thousands of rows have the same few days."""
        return _DAYS.__getitem__ if dialect.name == "sqlite" else None


class _Days(dict[str | None, date | None]):
    """The day of each text that was met; None stays None."""

    def __missing__(self, text: str | None) -> date | None:
        self[text] = made = None if text is None else date.fromisoformat(text)
        return made


_DAYS = _Days()


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: ISO text with microseconds and Z on SQLite, TIMESTAMPTZ on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT or TIMESTAMPTZ."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """UTC; raises TypeError for a datetime without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs its time zone")
        utc = value.astimezone(UTC)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """A datetime in UTC again."""
        if isinstance(value, str):
            return datetime.fromisoformat(value).astimezone(UTC)  # far quicker than strptime, and lists have many rows
        return value.astimezone(UTC) if value is not None else None


class Flag(TypeDecorator[bool]):
    """Yes or no, as 1 or 0 on both databases, so that checks and triggers read the same."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """True or False."""
        return None if value is None else bool(value)


class Json(TypeDecorator[Any]):
    """Plain data: TEXT on SQLite, JSONB on PostgreSQL. Hashed texts are not this type: they are Text, byte for byte."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT or JSONB."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else JSONB())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """JSON text for SQLite."""
        if value is None or dialect.name != "sqlite":
            return value
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Plain data again."""
        return json.loads(value) if isinstance(value, str) else value


Ref = Text
"""A random reference, 26 letters and digits: what a browser sees and what the books call a person."""

Bytes = LargeBinary

_IN_ORDER = "23456789abcdefghijkmnpqrstuvwxyz"
_LETTERS = b"abcdefghijkmnpqrstuvwxyz23456789" * 8  # 32 letters: each stands for as many of the 256 bytes as any other


def ref_from(digest: bytes) -> str:
    """The reference that belongs to a hash of 26 bytes or more: the same each time."""
    return digest[:26].translate(_LETTERS).decode("ascii")


def new_ref() -> str:
    """A fresh random reference of 130 bits without letters that look alike."""
    return ref_from(secrets.token_bytes(26))


def new_refs() -> Iterator[str]:
    """Fresh references for rows that are written in bulk: a random beginning of 95 bits, then letters that count. They lie side by
    side in the index, where random ones would each change a page of their own. For rows that no browser asks for by reference."""
    beginning = new_ref()[:19]
    return (beginning + "".join(letters) for letters in product(_IN_ORDER, repeat=7))
