"""The books and the watching opened together with the key of their seals: what server, command line and tests start from."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from ledger.records import schema
from ledger.records.base import Writing, beside, open_engine, reading, writing
from ledger.records.vault import Vault, make_master, open_vault
from ledger.settings import Settings, WrongSetting


@dataclass(frozen=True)
class Opened:
    """Two engines and the vault. Sessions: `read` cannot write, `write` waits its turn, `watch` is outside the books. What makes
    them is made once, for each such maker is a class of its own."""

    books: Engine
    watching: Engine
    vault: Vault

    def read(self) -> Session:
        """A session that cannot write the books."""
        return self._reading()

    def write(self) -> Session:
        """A session that writes the books; commit it once, at the edge."""
        return self._writing()

    def watch(self) -> Session:
        """A session of the watching database, for writing."""
        return self._watching()

    def watched(self) -> Session:
        """A session that only reads the watching database, and so waits for nobody."""
        return self._watched()

    @cached_property
    def readers(self) -> tuple[Engine, Engine]:
        """The engines that only read: of the books and of the watching database."""
        return beside(self.books), beside(self.watching)

    @cached_property
    def _reading(self) -> sessionmaker[Session]:
        return reading(self.readers[0])

    @cached_property
    def _writing(self) -> sessionmaker[Writing]:
        return writing(self.books)

    @cached_property
    def _watching(self) -> sessionmaker[Writing]:
        return writing(self.watching)

    @cached_property
    def _watched(self) -> sessionmaker[Session]:
        return reading(self.readers[1])

    def close(self) -> None:
        """Let go of both databases."""
        for engine in (self.books, self.watching, *self.readers):
            engine.dispose()


def prepare(settings: Settings) -> str:
    """Make what `init` needs: the data folder, the keys, the tables. Returns the master key to print, "" if it was there.

    Raises WrongSetting when books are begun but their master key is gone: a new one would not open them.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    printed = ""
    if not settings.master_key_file.exists():
        if schema.begun(settings.database_url):
            raise WrongSetting(f"The books are begun, but their master key is not in {settings.data_dir}. "
                               "Put master.key back from the backup, or type it from the printed sheet.")
        printed = make_master(settings.master_key_file)
    if not settings.secret_key and not settings.secret_key_file.exists():
        settings.secret_key_file.touch(mode=0o600)
        settings.secret_key_file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    schema.migrate(settings.migrate_url, settings.database_url)
    watching = open_engine(settings.watch_url)
    schema.create_watch(watching)
    watching.dispose()
    return printed


def open_books(settings: Settings) -> Opened:
    """Open what `prepare` made. Raises WrongSetting with a sentence when it was not made or is of another version."""
    if not settings.master_key_file.exists():
        raise WrongSetting(f"There is no master key in {settings.data_dir}. Run `dirbtuve init` first, "
                           "or point LEDGER_DATA_DIR to the folder that has it.")
    books = open_engine(settings.database_url)
    if not schema.at_newest(books):
        books.dispose()
        raise WrongSetting("The tables of the books are not of this version of the program. "
                           "Make a backup, then run `dirbtuve migrate`.")
    return Opened(books, open_engine(settings.watch_url), _vault(settings, books))


def _vault(settings: Settings, books: Engine) -> Vault:
    """The vault of the master key. Raises WrongSetting when it is no key, or the key of other books."""
    try:
        vault = open_vault(settings.master_key_file)
        with reading(books)() as session:
            vault.try_one(session)
    except ValueError:
        books.dispose()
        raise WrongSetting(f"{settings.master_key_file} is not the master key of these books. "
                           "Put the right one back from the backup, or type it from the printed sheet.") from None
    return vault


def secret_key(settings: Settings) -> str:
    """The key that signs cookies. Raises WrongSetting when `init` made none and no setting gives one."""
    if not settings.secret_key and not settings.secret_key_file.exists():
        raise WrongSetting(f"There is no secret.key in {settings.data_dir}. Put it back from the backup, or set LEDGER_SECRET_KEY "
                           "to 32 random characters or more; everybody then signs in again.")
    return settings.secret_key or settings.secret_key_file.read_text(encoding="ascii")
