"""Who buys: shops, firms and people. What tells who a customer is stands sealed under a key of its own and can be erased."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.records.among import whole
from ledger.records.base import Books, Scoped
from ledger.records.organisation import Scope
from ledger.records.types import Bytes, Flag, Instant, Whole
from ledger.records.vault import KeyGone, Vault


class Customer(Books, Scoped):
    """A customer; name, code, VAT code and e-mail stand in `sealed`. `code_mac` tells two of the same code apart from others."""

    __tablename__ = "customer"
    person: Mapped[bool] = mapped_column(Flag)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    code_mac: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (UniqueConstraint("workshop_id", "id"), {"sqlite_strict": True})


@dataclass(frozen=True)
class Buyer:
    """Who a customer is, as it is typed."""

    name: str
    person: bool = False
    code: str = ""
    vat_code: str = ""
    email: str = ""


@dataclass(frozen=True)
class Known:
    """A customer's row and who it is."""

    row: Customer
    buyer: Buyer


def customer_key(ref: str) -> str:
    """The subject of a customer's key."""
    return f"customer:{ref}"


def seal(session: Session, vault: Vault, row: Customer, buyer: Buyer) -> None:
    """Put into the row who it is; its key is made when it is first needed."""
    if not vault.has_key(session, customer_key(row.ref)):
        vault.make_key(session, row.organisation_id, customer_key(row.ref))
    text = json.dumps(asdict(buyer), ensure_ascii=False, sort_keys=True).encode()
    row.sealed = vault.seal(session, customer_key(row.ref), text, f"customer:{row.ref}")


def _customers(scope: Scope) -> Select[Customer]:
    return select(Customer).where(Customer.organisation_id == scope.organisation, Customer.workshop_id == scope.workshop)


def customers(session: Session, vault: Vault, scope: Scope) -> list[Known]:
    """Every customer by name. Two queries."""
    return _known(session, vault, list(session.scalars(_customers(scope).order_by(Customer.id))))


def customers_by_id(session: Session, vault: Vault, scope: Scope, ids: Collection[int]) -> dict[int, Known]:
    """The customers with these row numbers. Two queries."""
    rows = list(session.scalars(_customers(scope).where(Customer.id.in_(whole(session, ids)))))
    return {one.row.id: one for one in _known(session, vault, rows)}


def get_customer(session: Session, vault: Vault, scope: Scope, ref: str) -> Known:
    """A customer by reference; raises Hidden outside the scope."""
    row = session.scalar(_customers(scope).where(Customer.ref == ref))
    if row is None:
        raise Hidden
    return _known(session, vault, [row])[0]


def find_by_code(session: Session, scope: Scope, code_mac: str) -> Customer | None:
    """The customer whose code has this keyed hash."""
    return session.scalar(_customers(scope).where(Customer.code_mac == code_mac).limit(1))


def _known(session: Session, vault: Vault, rows: list[Customer]) -> list[Known]:
    vault.load(session, [customer_key(row.ref) for row in rows])
    known = [Known(row, _buyer(session, vault, row)) for row in rows]
    return sorted(known, key=lambda one: (one.buyer.name.casefold(), one.row.id))


def _buyer(session: Session, vault: Vault, row: Customer) -> Buyer:
    try:
        text = vault.open(session, customer_key(row.ref), row.sealed, f"customer:{row.ref}")
    except KeyGone:
        return Buyer("–", row.person)
    return Buyer(**json.loads(text))
