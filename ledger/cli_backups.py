"""Verbs of the operator: backup, restore, move. `cli.py` puts them beside the others."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ledger import backups, jobs, settings
from ledger.backups import Asked, Seen
from ledger.i18n import gettext as _
from ledger.i18n import moment
from ledger.sentences import refusal


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--as-it-is", is_flag=True, help="Write it even when the books are not sound.")
def backup(file: Path | None, *, as_it_is: bool) -> None:
    """Write a backup into FILE (or a folder; by default backups in the data folder) while the server goes on.

    With LEDGER_BACKUP_KEY or LEDGER_BACKUP_KEY_FILE it is encrypted and holds the master key too.
    """
    made = backups.backup(settings.load(), file, jobs.now(), as_it_is=as_it_is)
    click.echo(_("The backup is in %(file)s: %(rows)s rows, read back and compared.", file=str(made.file),
                 rows=sum(made.facts.rows.values())))
    if made.encrypted:
        click.echo(_("It is encrypted and holds the master key. Keep the key of the backups in another place: without it nobody "
                     "can open the backup."))
    else:
        click.echo(_("It is not encrypted and does not hold the master key (%(print)s): keep master.key or its printed sheet in "
                     "another place. Without it nobody can read who the people are.", print=made.master_print))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "login", metavar="ACCOUNT", default="", help="Who does it: the sign-in name of the account.")
@click.option("--second", metavar="ACCOUNT", default="", help="The director who allows it; types the password.")
@click.option("--issued", multiple=True, metavar="NUMBER", help="The last number on paper of a series: SL-2026-0123.")
@click.option("--even-if-older", "reason", default="", metavar="REASON", help="Why books that know more are replaced.")
@click.option("--dry-run", is_flag=True, help="Only read the backup and hold it against the books.")
def restore(file: Path, login: str, second: str, issued: tuple[str, ...], reason: str, *, dry_run: bool) -> None:
    """Bring a backup back, into an empty place or over the books that stand there; these are set aside, never deleted.

    Stop the server first. Two people do it: --as and --second.
    """
    chosen = settings.load()
    if dry_run:
        _say_seen(backups.look(chosen, file))
        return
    login = login or click.prompt(_("Who brings the books back (sign-in name)"))
    second = second or click.prompt(_("The director who allows it (sign-in name)"))
    password = click.prompt(_("Password of %(login)s", login=second), hide_input=True)
    done = backups.restore(chosen, file, Asked(login, second, password, issued, reason), jobs.now())
    click.echo(_("The books are back: %(rows)s rows.", rows=sum(done.facts.rows.values())))
    for kind, year, first, last in done.skipped:
        click.echo(_("Numbers %(first)s to %(last)s are skipped: they stand on papers already.",
                     first=f"{kind}-{year}-{first:04}", last=f"{kind}-{year}-{last:04}"))
    if done.aside:
        click.echo(_("The books that stood here are set aside: %(place)s. Delete them when nobody needs them.", place=done.aside))
    if done.troubles:
        click.echo(_("Troubles found: %(count)s.", count=done.troubles))
    click.echo(_("Everybody has to sign in again. What was done after the backup (also changed passwords, roles and badges) "
                 "must be done again."))


def _say_seen(seen: Seen) -> None:
    last = {f"{kind}-{year}": number for (_ref, kind, year), number in sorted(seen.facts.series.items())}
    at = moment(datetime.fromisoformat(str(seen.manifest["made_at"])))
    click.echo(_("Backup of %(name)s, made %(at)s by version %(version)s: %(rows)s rows.",
                 name=", ".join(seen.facts.organisations.values()), at=at,
                 version=str(seen.manifest.get("app_version", "")), rows=sum(seen.facts.rows.values())))
    click.echo(_("Last numbers: %(numbers)s.", numbers=", ".join(f"{name}-{number:04}" for name, number in last.items()) or "0"))
    for code in seen.worse:
        click.echo(refusal("restore_" + code, {"name": ", ".join(seen.facts.organisations.values())}))


@click.command()
@click.option("--to", required=True, metavar="URL", help="The empty database: postgresql+psycopg://owner@host/name.")
def move(to: str) -> None:
    """Carry the books into an empty database at another address and compare everything before it counts.

    Stop the server first. The books that stand here stay as they are.
    """
    chosen = settings.load()
    moved = backups.move(chosen, to)
    click.echo(_("Moved: %(rows)s rows in %(tables)s tables; sums of money, numbers and seals are the same on both sides.",
                 rows=sum(moved.rows.values()), tables=len(moved.rows)))
    click.echo(_("Now set LEDGER_DATABASE_URL to the new address and start the server. The old books stay as they were: put them "
                 "away, so that nobody writes into both."))
