"""The payment file for the bank: pain.001.001.09, or .03 for banks that still want it, checked against the schema before anybody
has it.

sepaxml writes it; what it would take from the clock and from chance (creation time, ids) comes from the batch, so that the same
batch
gives the same bytes. The schemas are those that sepaxml ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import SubElement

from lxml import etree
from sepaxml import SepaTransfer

from ledger.core.faults import Refused
from ledger.core.payments import bank_text

FORMATS = ("pain.001.001.09", "pain.001.001.03")
"""The first is proposed."""

MOST_DESCRIPTION = 140


@dataclass(frozen=True)
class Transfer:
    """One payment: our reference (at most 35 letters), whom it goes to, cents, and what the receiver reads."""

    end_to_end: str
    name: str
    iban: str
    cents: int
    text: str


@dataclass(frozen=True)
class Order:
    """A file: its own number, the instant it is made (UTC), who pays from which account on which day."""

    number: str
    made_at: datetime
    day: date
    name: str
    iban: str
    bic: str
    format: str
    transfers: Sequence[Transfer]


class _File(SepaTransfer):  # type: ignore[misc]  # sepaxml ships no types
    """sepaxml's file with our ids and our time."""

    def __init__(self, order: Order, config: dict[str, Any]) -> None:
        self.order = order
        super().__init__(config, schema=order.format, clean=False)

    def _create_header(self) -> None:
        self.msg_id = self.order.number
        super()._create_header()
        self._xml.find("CstmrCdtTrfInitn/GrpHdr/CreDtTm").text = self.order.made_at.strftime("%Y-%m-%dT%H:%M:%S")

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for batch in self._xml.iter("PmtInf"):
            batch.find("PmtInfId").text = self.order.number
            batch.find("BtchBookg").text = "false"
            bank = batch.find("DbtrAgt/FinInstnId")
            if len(bank) == 0:  # an empty element says nothing; this says that the bank knows its own account
                SubElement(SubElement(bank, "Othr"), "Id").text = "NOTPROVIDED"


def sepa_file(order: Order) -> bytes:
    """The file as bytes. Raises Refused `name_without_letters` (with the payment) when a bank could not write a name down, and
    ValueError when the schema refuses the file."""
    config = {"name": _named(order.name, order.number), "IBAN": order.iban, "batch": True, "currency": "EUR"}
    file = _File(order, {**config, "BIC": order.bic} if order.bic else config)
    for one in order.transfers:
        file.add_payment({
            "name": _named(one.name, one.end_to_end), "IBAN": one.iban, "amount": one.cents, "execution_date": order.day,
            "description": bank_text(one.text, MOST_DESCRIPTION), "endtoend_id": one.end_to_end})
    content: bytes = file.export(validate=False)
    check(content, order.format)
    return content


def _named(name: str, number: str) -> str:
    found = bank_text(name)
    if not found:
        raise Refused("name_without_letters", number=number)
    return found


def check(content: bytes, form: str) -> None:
    """Raises ValueError with the schema's first complaint when the file is not as the bank's schema wants it."""
    document = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    schema = _schema(form)
    if not schema.validate(document):
        raise ValueError(f"{form}: {schema.error_log[0].message}")


@cache
def _schema(form: str) -> Any:
    if form not in FORMATS:
        raise ValueError(form)
    return etree.XMLSchema(etree.fromstring((files("sepaxml") / "schemas" / f"{form}.xsd").read_bytes()))
