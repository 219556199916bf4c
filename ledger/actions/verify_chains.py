"""Walking the chains: every entry of the journal and every link of the seals is hashed again, every protected row must be covered
by a link, every erasable text must have the hash it was kept with, and heads that were printed must still be there."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ledger.core.journal import START, chained
from ledger.records import guards, seals
from ledger.records.base import Books
from ledger.records.months import Closing
from ledger.records.organisation import Organisation, Workshop
from ledger.records.said import Said, salted

ENTRY_NUMBERS = ("workshop_id", "organisation_id", "sequence")
LINK_NUMBERS = ("organisation_id", "sequence", "count")

Raw = Mapping[str, bytes | None]


@dataclass(frozen=True)
class Trouble:
    """Something that is not as it was sealed: where it stands and a code."""

    where: str
    code: str


@dataclass(frozen=True)
class Walked:
    """How many entries and links there are, and what is wrong with them."""

    entries: int
    links: int
    troubles: tuple[Trouble, ...]


def walk(session: Session, heads: Iterable[str] = ()) -> Walked:
    """Walk every chain. `heads` are what a closing sheet prints: the number and the hash (or its beginning) with a colon."""
    troubles: list[Trouble] = []
    hashes: dict[int, dict[int, str]] = {}
    for workshop in session.scalars(select(Workshop.id).order_by(Workshop.id)).all():
        hashes[workshop] = _journal(session, workshop, troubles)
    links = {organisation: _seals(session, organisation, troubles)
             for organisation in session.scalars(select(Organisation.id).order_by(Organisation.id)).all()}
    chains = [*hashes.values(), *links.values()]
    troubles += _strays(session) + _said(session) + _printed(chains, heads) + _closing_heads(session, hashes, links)
    return Walked(sum(map(len, hashes.values())), sum(map(len, links.values())), tuple(troubles))


def _journal(session: Session, workshop: int, troubles: list[Trouble]) -> dict[int, str]:
    """The hashes of a workshop's entries by their number."""
    legs: defaultdict[bytes | None, list[Raw]] = defaultdict(list)
    where = f"workshop_id = {workshop}"
    for leg in _raw(session, "journal_leg", where, "sequence", "position"):
        legs[leg["sequence"]].append(leg)
    previous, expected, found = START, 1, {}
    for entry in _raw(session, "journal_entry", where, "sequence"):
        number = _whole(entry["sequence"])
        name, own = f"journal {number}", legs.pop(entry["sequence"], [])
        if number != expected:
            troubles.append(Trouble(name, "journal_gap"))
        if _text(entry["previous"]) != previous or not _as_hashed(entry, own):
            troubles.append(Trouble(name, "journal_changed"))
        elif len(own) < 2 or sum(_whole(leg["cents"]) for leg in own) != 0:
            troubles.append(Trouble(name, "journal_unbalanced"))
        previous, expected = _text(entry["hash"]), number + 1
        found[number] = previous
    troubles += [Trouble(f"journal {_text(number)}", "journal_changed") for number in legs]  # legs without a header
    return found


def _as_hashed(entry: Raw, legs: list[Raw]) -> bool:
    fields: dict[str, str | int] = {
        name: _whole(value) if name in ENTRY_NUMBERS else _text(value)
        for name, value in entry.items() if name not in ("hash", "previous")}
    told: list[list[str | int]] = [
        [_text(leg["account"]), _text(leg["person_ref"]), _text(leg["detail"]), _whole(leg["cents"])] for leg in legs]
    places = [_whole(leg["position"]) for leg in legs] == list(range(len(legs)))
    same = all(leg[name] == entry[name] for leg in legs for name in ("organisation_id", "happened_on"))
    return places and same and chained(_text(entry["previous"]), fields, told) == _text(entry["hash"])


def _seals(session: Session, organisation: int, troubles: list[Trouble]) -> dict[int, str]:
    """The hashes of an organisation's links by their number."""
    previous, expected, found = START, 1, {}
    covered: Counter[str] = Counter()
    for link in _raw(session, "seal", f"organisation_id = {organisation}", "sequence"):
        number = _whole(link["sequence"])
        if number != expected:
            troubles.append(Trouble(f"seal {number}", "seal_gap"))
        fields: dict[str, str | int] = {
            name: _whole(value) if name in LINK_NUMBERS else _text(value)
            for name, value in link.items() if name not in ("hash", "previous")}
        if _text(link["previous"]) != previous or seals.link_hash(_text(link["previous"]), fields) != _text(link["hash"]):
            troubles.append(Trouble(f"seal {number}", "seal_changed"))
        previous, expected = _text(link["hash"]), number + 1
        found[number] = previous
        covered += _link_rows(session, number, link, troubles)
    for table in sorted(seals.COVERED):
        columns = Books.metadata.tables[table].columns
        there = session.scalar(select(func.count()).where(columns["organisation_id"] == organisation)) or 0
        if there > covered[table]:
            troubles.append(Trouble(table, "rows_uncovered"))
    return found


def _strays(session: Session) -> list[Trouble]:
    """Protected rows of organisations that there are not: no chain would cover them."""
    there, found = select(Organisation.id), []
    for table in sorted(guards.SEALED):
        columns = Books.metadata.tables[table].columns
        if session.scalar(select(func.count()).where(columns["organisation_id"].not_in(there))):
            found.append(Trouble(table, "rows_uncovered"))
    return found


def _link_rows(session: Session, number: int, link: Raw, troubles: list[Trouble]) -> Counter[str]:
    """The rows a link covers, counted by table; trouble when they are not those that were sealed."""
    counts: Counter[str] = Counter()
    try:
        parts = json.loads(_text(link["rows"]))
        count, content = seals.digest(session, parts, counts)
    except (ValueError, TypeError, LookupError):
        troubles.append(Trouble(f"seal {number}", "seal_changed"))
        return counts
    if (count, content) != (_whole(link["count"]), _text(link["content"])):
        troubles.append(Trouble(f"seal {number}: {_told(parts)}", "rows_changed"))
    return counts


def _told(parts: list[seals.Part]) -> str:
    """Which rows these are, for people: tables with row numbers or the reference of the run."""
    return ", ".join(
        f"{part[0]} {part[2]}" if len(part) == 3 else
        f"{part[0]} " + " ".join(str(first) if first == last else f"{first}–{last}" for first, last in part[1]) for part in parts)


def _said(session: Session) -> list[Trouble]:
    """Texts that are not those of their hash, and sealed rows whose hash is not that of the text which they name."""
    rows = session.execute(select(Said.ref, Said.salt, Said.text, Said.sha256).where(Said.text.is_not(None)))
    wrong = {ref for ref, salt, words, sha in rows if salted(salt, words or "") != sha}
    for table in sorted(guards.SEALED):
        columns = Books.metadata.tables[table].columns
        if "said_sha256" in columns:
            wrong |= set(session.scalars(
                select(columns["said_ref"]).outerjoin(Said, Said.ref == columns["said_ref"])
                .where(columns["said_ref"] != "", func.coalesce(Said.sha256, "") != columns["said_sha256"])))
    return [Trouble(f"said {ref}", "said_changed") for ref in sorted(wrong)]


def _printed(chains: Iterable[Mapping[int, str]], heads: Iterable[str]) -> list[Trouble]:
    """Heads from paper must stand in the journal of one of the workshops or in one of the chains of seals."""
    chains, missing = list(chains), []
    for head in heads:
        number, _, start = head.replace(" ", "").partition(":")
        found = [chain.get(int(number), "") for chain in chains] if number.isdigit() else []
        if len(start) < 8 or not any(one.startswith(start.lower()) for one in found):
            missing.append(Trouble(head, "head_missing"))
    return missing


def _closing_heads(session: Session, hashes: Mapping[int, Mapping[int, str]],
                   links: Mapping[int, Mapping[int, str]]) -> list[Trouble]:
    """Closings hold the heads of both chains as they were."""
    rows = session.execute(select(
        Closing.number, Closing.workshop_id, Closing.journal_sequence, Closing.journal_hash, Closing.organisation_id,
        Closing.seal_sequence, Closing.seal_hash))
    return [Trouble(number, "head_missing") for number, workshop, entry, entry_hash, organisation, link, link_hash in rows
            if (entry > 0 and hashes.get(workshop, {}).get(entry) != entry_hash)
            or (link > 0 and links.get(organisation, {}).get(link) != link_hash)]


def _raw(session: Session, table: str, where: str, *order: str) -> Iterator[Raw]:
    """Rows as SQLite keeps them, column by column as bytes."""
    columns = seals.as_stored(session, Books.metadata.tables[table])
    by = ", ".join(f"{table}.{name}" for name in order)  # not the bytes of the same name
    result = session.connection().execute(text(f"SELECT {columns} FROM {table} WHERE {where} ORDER BY {by}"))  # noqa: S608 - ours
    names = list(result.keys())
    for row in result:
        yield {name: None if value is None else seals.stored(value) for name, value in zip(names, row, strict=True)}


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "surrogateescape")


def _whole(value: Any) -> int:  # Any: bytes of a number
    return int(_text(value) or 0)
