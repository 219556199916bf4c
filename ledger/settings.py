"""Settings from `LEDGER_*` variables, each with a default that works; a wrong one is refused with a clear sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class WrongSetting(Exception):
    """A setting that cannot be used; the text says which, why and what to write."""


@dataclass(frozen=True)
class Settings:
    """Where things are and how the server behaves. `secret_key` is made by `init` unless given."""

    data_dir: Path
    database_url: str
    watch_url: str
    migrate_url: str
    secret_key: str
    host: str
    port: int
    trusted_hosts: tuple[str, ...]
    secure_cookies: bool
    proxies: int
    backup_key: str = field(default="", repr=False)
    workers: int = 2
    broker_url: str = field(default="", repr=False)

    @property
    def master_key_file(self) -> Path:
        """The master key of identities and papers."""
        return self.data_dir / "master.key"

    @property
    def secret_key_file(self) -> Path:
        """The key that signs cookies, when the variable gives none."""
        return self.data_dir / "secret.key"


LEAST_BACKUP_KEY = 20
NAMES = ("DATA_DIR", "DATABASE_URL", "WATCH_URL", "MIGRATE_URL", "SECRET_KEY", "HOST", "PORT", "TRUSTED_HOSTS",
         "SECURE_COOKIES", "PROXIES", "BACKUP_KEY", "BACKUP_KEY_FILE", "WORKERS", "BROKER_URL")


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises WrongSetting for an unknown `LEDGER_` name or a value that cannot be used."""
    given = {name[7:]: value for name, value in (os.environ if environment is None else environment).items()
             if name.startswith("LEDGER_")}
    for name in given:
        if name not in NAMES:
            raise WrongSetting(f"LEDGER_{name} is no setting. The settings are: {', '.join('LEDGER_' + n for n in NAMES)}.")
    data = Path(given.get("DATA_DIR", "data")).expanduser().resolve()
    database = database_address("LEDGER_DATABASE_URL", given.get("DATABASE_URL") or f"sqlite:///{data / 'books.db'}")
    return Settings(
        data_dir=data,
        database_url=database,
        watch_url=database_address("LEDGER_WATCH_URL", given.get("WATCH_URL") or f"sqlite:///{data / 'watch.db'}"),
        migrate_url=database_address("LEDGER_MIGRATE_URL", given.get("MIGRATE_URL") or database),
        secret_key=_secret(given.get("SECRET_KEY", "")),
        host=given.get("HOST", "127.0.0.1"),
        port=_whole("PORT", given.get("PORT", "8000"), 1, 65535),
        trusted_hosts=tuple(h.strip() for h in given.get("TRUSTED_HOSTS", "localhost,127.0.0.1").split(",") if h.strip()),
        secure_cookies=_yes_no("SECURE_COOKIES", given.get("SECURE_COOKIES", "no")),
        proxies=_whole("PROXIES", given.get("PROXIES", "0"), 0, 5),
        backup_key=_backup_key(given.get("BACKUP_KEY", ""), given.get("BACKUP_KEY_FILE", "")),
        workers=_whole("WORKERS", given.get("WORKERS", "2"), 0, 16),
        broker_url=_broker(given.get("BROKER_URL", "")),
    )


def database_address(name: str, text: str) -> str:
    """A database address as it is opened; raises WrongSetting (naming the setting) for one that cannot be."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise WrongSetting(f"{name} is no database address. Write for example sqlite:////srv/dirbtuve/books.db "
                           "or postgresql+psycopg://user@host/name.") from None
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise WrongSetting(f"{name} names {backend}. Dirbtuvė keeps its books in sqlite or postgresql.")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise WrongSetting(f"{name} is a database in memory. Books need a file, for example sqlite:////srv/dirbtuve/books.db.")
    return url.render_as_string(hide_password=False)


def _secret(text: str) -> str:
    if text and len(text) < 32:
        raise WrongSetting("LEDGER_SECRET_KEY is too short. Give it at least 32 random characters, or leave it out: "
                           "then `dirbtuve init` makes one.")
    return text


def _broker(text: str) -> str:
    if text and text.partition("://")[0] not in ("redis", "rediss", "redis+socket", "amqp", "amqps"):
        raise WrongSetting("LEDGER_BROKER_URL is no address of Redis or RabbitMQ. Write for example redis://localhost:6379/0 or "
                           "amqp://user:password@localhost//, or leave it out: then the server's own workers do the work.")
    return text


def _backup_key(text: str, file: str) -> str:
    """The key that encrypts backups, "" when none is set; from a file when one is named."""
    if file and text:
        raise WrongSetting("LEDGER_BACKUP_KEY and LEDGER_BACKUP_KEY_FILE are both set. Leave one of them out.")
    if file:
        try:
            text = Path(file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise WrongSetting(f"LEDGER_BACKUP_KEY_FILE: {file} cannot be read. Put the key of the backups there, "
                               "or leave the variable out.") from None
    if (text or file) and len(text) < LEAST_BACKUP_KEY:
        raise WrongSetting(f"The key of the backups is too short. Give it at least {LEAST_BACKUP_KEY} characters, "
                           "for example what `openssl rand -base64 32` answers.")
    return text


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise WrongSetting(f"LEDGER_{name} is «{text[:20]}». Write a whole number from {least} to {most}.")
    return int(text)


def _yes_no(name: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise WrongSetting(f"LEDGER_{name} is «{text[:20]}». Write yes or no.")
    return text == "yes"


@cache
def app_version() -> str:
    """The version of the program, which every audit entry and paper carries."""
    try:
        return version("dirbtuve")
    except PackageNotFoundError:
        return "0"
