"""Small folders of CSV files for the tests of bringing in, and how they are read."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from ledger.core.faults import Fault
from ledger.core.imports import Known, Reading, read_folder

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 21)
HEADERS = {
    "dalyviai": "Nr.;Vardas;Pavardė;Gimimo data;Pradėjo;Baigė;Sąskaita (IBAN)",
    "gaminiai": "Kodas;Pavadinimas;Matas;Kaina, €;Medžiagos vienetui, €;Paslauga;Galioja nuo",
    "lankomumas": "Data;Dalyvis;Valandos;Žyma",
    "gamyba": "Partija;Data;Gaminys;Geri;Brokas;Dalyvis;Dalis",
    "pardavimai": "Eil. Nr.;Data;Dokumentas;Kanalas;Gaminys;Kiekis;Kaina, €;Nuolaida, %;PVM, %;Grąžinta eil.",
}


def folder(name: str) -> dict[str, bytes]:
    """The five files of tests/data/<name>."""
    return {f"{file}.csv": (DATA / name / f"{file}.csv").read_bytes() for file in HEADERS}


def csv_of(file: str, *rows: str) -> bytes:
    """A file with its header and these rows."""
    return "\r\n".join([HEADERS[file], *rows, ""]).encode()


def read(known: Known | None = None, *, vat_payer: bool = False, **files: str | list[str] | bytes) -> Reading:
    """Read files given as rows (or bytes) by their names without .csv; what is known is a small workshop."""
    rows = {name: [given] if isinstance(given, str) else given for name, given in files.items()}
    data = {f"{name}.csv": given if isinstance(given, bytes) else csv_of(name, *given) for name, given in rows.items()}
    return read_folder(data, workshop() if known is None else known, today=TODAY, vat_payer=vat_payer)


def told(reading: Reading) -> list[tuple[str, int, str, str, str]]:
    """The faults as (file, line, column, code, severity)."""
    return [
        (fault.file.removesuffix(".csv"), fault.line, fault.column, fault.code, fault.severity)
        for fault in reading.faults
    ]


def codes(reading: Reading) -> list[str]:
    """The codes of the faults."""
    return [fault.code for fault in reading.faults]


def only(reading: Reading) -> Fault:
    """The one fault there is."""
    (fault,) = reading.faults
    return fault


@cache
def workshop() -> Known:
    """D1 and D2 since September, D3 until October; candles (vnt) and apples (kg); lots, a sale and a day of October."""
    return Known().after(
        read(
            Known(),
            dalyviai=[
                "D1;Aistė;Žukauskaitė;1980-02-08;2026-09-01;;LT399999910000007919",
                "D2;Žygimantas;Ąžuolaitis;1985-03-15;2026-09-01;;",
                "D3;Eglė;Šimkutė;1990-04-22;2026-09-01;2026-10-30;",
            ],
            gaminiai=["ZV;Žvakė;vnt;8,05;2,10;ne;", "OB;Obuoliai;kg;14,00;3,65;ne;"],
            lankomumas=["2026-10-05;D1;6;D", "2026-10-05;D2;0;L"],
            gamyba=["P1;2026-10-05;ZV;10;1;D1;1", "P1;2026-10-05;ZV;10;1;D3;2", "P2;2026-10-06;OB;2,5;0;D2;1"],
            pardavimai=["1;2026-10-07;MUG/1;mugė;ZV;4;8,05;0;0;", "2;2026-10-09;MUG/1;mugė;ZV;-1;8,05;0;0;MUG/1/1"],
        )
    )
