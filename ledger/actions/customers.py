"""Writing down who buys: a shop, a firm, a person."""

from __future__ import annotations

import re

from ledger.actions.doing import Doing, check_version
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.i18n import mark
from ledger.records import customers as rows
from ledger.records.customers import Buyer, Customer
from ledger.records.types import new_ref
from ledger.sentences import learn

MOST_NAME = 140
MOST_CODE = 20
MOST_EMAIL = 120
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_CODE = re.compile(r"[0-9A-Za-z-]+")

learn({
    "customer_there": mark("A customer with this code is written down already: %(name)s."),
    "customer_code_odd": mark("A code has digits and letters only: 302486917."),
    "email_odd": mark("This is no e-mail address: write it as vardas@imone.lt."),
})


def add_customer(doing: Doing, buyer: Buyer) -> Customer:
    """Write a customer down. Raises Refused `customer_there` for a code that another one has."""
    doing.check(May.KEEP_CUSTOMERS)
    doing.gate()
    buyer = _checked(doing, buyer, "")
    row = Customer(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, person=buyer.person,
                   code_mac=_mac(doing, buyer.code), added_at=doing.at, version=1, ref=new_ref())
    rows.seal(doing.session, doing.vault, row, buyer)
    doing.session.add(row)
    doing.session.flush()
    doing.note("add_customer", "customer", row.ref, after={"person": buyer.person})
    return row


def change_customer(doing: Doing, ref: str, version: int, buyer: Buyer) -> Customer:
    """Change who a customer is. The audit entry says what was changed, not to what: that can be erased."""
    doing.check(May.KEEP_CUSTOMERS)
    doing.gate()
    known = rows.get_customer(doing.session, doing.vault, doing.scope, ref)
    check_version(known.row, version)
    buyer = _checked(doing, buyer, ref)
    changed = [name for name in ("name", "person", "code", "vat_code", "email")
               if getattr(buyer, name) != getattr(known.buyer, name)]
    known.row.person, known.row.code_mac, known.row.version = buyer.person, _mac(doing, buyer.code), known.row.version + 1
    rows.seal(doing.session, doing.vault, known.row, buyer)
    doing.session.flush()
    doing.note("change_customer", "customer", ref, after={"changed": changed})
    return known.row


def _mac(doing: Doing, code: str) -> str:
    return doing.vault.mac(f"customer {code.upper()}") if code else ""


def _checked(doing: Doing, buyer: Buyer, own: str) -> Buyer:
    name, code, vat_code, email = (text.strip() for text in (buyer.name, buyer.code, buyer.vat_code, buyer.email))
    if not name:
        raise Refused("empty_text", at="name")
    for at, text, most in (("name", name, MOST_NAME), ("code", code, MOST_CODE), ("vat_code", vat_code, MOST_CODE),
                           ("email", email, MOST_EMAIL)):
        if len(text) > most:
            raise Refused("text_too_long", at=at, most=most)
    for at, text in (("code", code), ("vat_code", vat_code)):
        if text and not _CODE.fullmatch(text):
            raise Refused("customer_code_odd", at=at)
    if email and not _EMAIL.fullmatch(email):
        raise Refused("email_odd", at="email")
    there = rows.find_by_code(doing.session, doing.scope, _mac(doing, code)) if code else None
    if there is not None and there.ref != own:
        raise Refused("customer_there", at="code",
                      name=rows.get_customer(doing.session, doing.vault, doing.scope, there.ref).buyer.name)
    return Buyer(name, buyer.person, code, vat_code.upper(), email)
