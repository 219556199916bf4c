"""Asking for many rows by their references, so that the time grows with the answer and not with the history around it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import InstrumentedAttribute, Session

from ledger.core.periods import Month
from ledger.records.base import Scoped
from ledger.records.organisation import Scope, Workshop
from ledger.records.types import Key

AT_ONCE = 5_000
"""So many rows are taken from the database at a time."""
built_once = lru_cache(maxsize=1024)
"""Keeps what a function builds of a query for a scope: building takes longer than asking, and a built query never changes."""


def among(session: Session, texts: Iterable[str]) -> Select[Any]:
    """These texts as a query for `in_`: one parameter, however many there are."""
    if session.get_bind().dialect.name == "postgresql":
        return select(func.jsonb_array_elements_text(cast(sorted(texts), JSONB)).column_valued("one"))
    return select(func.json_each(json.dumps(sorted(texts))).table_valued("value").c.value)


def whole(session: Session, numbers: Iterable[int]) -> Select[Any]:
    """These row numbers as a query for `in_`."""
    return select(cast(among(session, map(str, numbers)).subquery().columns[0], Key))


def plain_rows(session: Session, query: Executable) -> Iterator[Any]:  # Any: rows of whatever columns the query has
    """Rows of columns by the hundred thousand, without what a session does for each; what it has not written yet is written
    first, as it does itself."""
    session.flush()
    return chain.from_iterable(session.connection().execute(query).partitions(AT_ONCE))


def listed(session: Session, text: InstrumentedAttribute[str], path: str, name: str) -> Select[Any]:
    """What stands by this name in each item of a list in a JSON text, as texts: the database looks, megabytes stay there."""
    if session.get_bind().dialect.name == "postgresql":
        found = func.jsonb_path_query_array(cast(text, JSONB), cast(f"$.{path}[*].{name}", JSONPATH))
        return select(func.jsonb_array_elements_text(found).column_valued("one", joins_implicitly=True)).select_from(text.parent)
    items = func.json_each(text, f"$.{path}").table_valued("value", joins_implicitly=True)
    return select(func.json_extract(items.c.value, f"$.{name}")).select_from(text.parent, items)


@built_once
def within_scope(table: type[Scoped], scope: Scope) -> ColumnElement[bool]:
    """That a row is of the scope, said so that no database walks the whole workshop by the index of these two columns: for
    queries that another condition narrows down far more."""
    return and_(table.organisation_id + 0 == scope.organisation, table.workshop_id + 0 == scope.workshop)


def in_open_months(table: Any, scope: Scope, approved: Collection[Month]) -> ColumnElement[bool]:  # Any: lots or lines of sales
    """That a row of the scope is booked in a month that is not approved, said so that the index over the months finds these few
    and ten years of approved ones are not walked through."""
    if not approved:
        return and_(table.organisation_id == scope.organisation, table.workshop_id == scope.workshop)
    first, last = min(approved), max(approved)
    between = [str(month) for month in map(first.plus, range(last.index - first.index)) if month not in approved]
    return and_(or_(table.booked_in > str(last), table.booked_in < str(first), table.booked_in.in_(between)),
                within_scope(table, scope))


@built_once
def own_workshop(scope: Scope) -> Select[Any]:
    """The workshop of the scope as a query for `in_`: for headers of runs, whose own organisation stands behind texts of many
    megabytes."""
    return select(Workshop.id).where(Workshop.id == scope.workshop, Workshop.organisation_id == scope.organisation)
