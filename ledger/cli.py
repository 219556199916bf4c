"""The command `dirbtuve`: every verb is an action of the house. Exit codes: 0 done, 1 refused with the reason, 2 wrong use."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from tqdm import tqdm

from ledger import cli_backups, i18n, jobs, settings, worker
from ledger.actions import exports, import_files, restores, stipends, verify
from ledger.actions.organisation import Provider
from ledger.core.faults import Hidden, Refused
from ledger.core.imported import Reading
from ledger.core.periods import Month
from ledger.core.schemes import SchemeRefused
from ledger.core.stipends import Result
from ledger.i18n import gettext as _
from ledger.i18n import mark
from ledger.jobs import Tools
from ledger.records import backup, schema
from ledger.records.opened import open_books, prepare, secret_key
from ledger.records.stipends import Run
from ledger.resources import resource_dir
from ledger.sentences import fault_text, refusal, sentence
from ledger.settings import WrongSetting

DEMO_DIR = Path("tests/data")
SEVERITIES = {"refused": mark("refused"), "warning": mark("warning"), "late": mark("late")}


class Verbs(click.Group):
    """Says a refusal as one sentence and ends with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb in the chosen language; what people can mend is a sentence, what is broken stays a traceback."""
        with i18n.use(ctx.params["language"]):
            try:
                return super().invoke(ctx)
            except (SchemeRefused, Refused, Hidden, WrongSetting, DBAPIError, OSError) as stopped:
                for line in _why(stopped):
                    click.echo(line, err=True)
                ctx.exit(1)


def _why(stopped: Exception) -> list[str]:
    """The sentences of what stopped a verb."""
    if isinstance(stopped, SchemeRefused):
        return [f"{fault.place or '-'}: {sentence(fault.code, fault.values)}" for fault in stopped.faults]
    if isinstance(stopped, Refused):
        return [refusal(stopped.code, stopped.values)]
    if isinstance(stopped, DBAPIError):
        return [_why_database(stopped)]
    if isinstance(stopped, OSError) and stopped.filename:
        return [_("%(path)s cannot be used: %(why)s.", path=str(stopped.filename), why=str(stopped.strerror))]
    return [sentence("not_allowed", {}) if isinstance(stopped, Hidden) else str(stopped)]


def _why_database(stopped: DBAPIError) -> str:
    """A database that cannot be had, or whose guards refused; what is wrong with the program itself stays a traceback."""
    why = " ".join(str(stopped.orig).split())
    if isinstance(stopped, IntegrityError | InternalError):
        return _("The database refused the change, and nothing of it was kept: %(why)s.", why=why)
    if isinstance(stopped, OperationalError) and not why.startswith("no such"):
        return _("The database cannot be used now: %(why)s. It may be stopped, busy, full or read-only.", why=why.rstrip("."))
    raise stopped


class MonthType(click.ParamType[Month]):
    """A month as 2026-10."""

    name = "MONTH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        """Read it; a wrong one is wrong use."""
        try:
            return value if isinstance(value, Month) else Month.parse(value)
        except Refused:
            self.fail(f"«{value}» is no month; write it as 2026-10.", param, ctx)


MONTH = MonthType()
as_account = click.option("--as", "login", required=True, metavar="ACCOUNT", help="Who does it: the sign-in name of the account.")
as_json = click.option("--json", "wants_json", is_flag=True, help="Answer as JSON, for machines.")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", type=click.Choice(i18n.LANGUAGES), default="lt", envvar="DIRBTUVE_LANGUAGE",
              help="The language of the answers.")
@click.version_option(package_name="dirbtuve")
def main(language: str) -> None:
    """Dirbtuvė: a ledger for social workshops, from what was made and sold to a stipend that can be explained.

    Where the books are is told by LEDGER_DATA_DIR (by default the folder "data").
    """

for _verb in (cli_backups.backup, cli_backups.restore, cli_backups.move):
    main.add_command(_verb)


@contextmanager
def tools() -> Iterator[Tools]:
    """The opened books for one verb."""
    opened = open_books(settings.load())
    try:
        yield Tools(opened)
    finally:
        opened.close()


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], object]]:
    """A progress bar that appears when the work takes longer than two seconds."""
    with tqdm(total=total, desc=what, delay=2, file=sys.stderr, leave=False) as bar:
        yield bar.update


@main.command()
@click.option("--demo", is_flag=True, help="A made-up provider with accounts of every role and an approved scheme.")
@click.option("--vat-payer", is_flag=True, help="The provider pays VAT.")
@click.option("--books-from", type=MONTH, metavar="MONTH", help="The month in which the books begin; by default this month.")
@click.option("--name", help="The provider's name.")
@click.option("--code", help="The provider's code.")
@click.option("--workshop", help="The workshop's name.")
@click.option("--director", help="The director's sign-in name.")
@click.option("--director-name", help="The director's name.")
def init(*, demo: bool, vat_payer: bool, books_from: Month | None, name: str | None, code: str | None, workshop: str | None,
         director: str | None, director_name: str | None) -> None:
    """Make the books: keys, tables, provider, workshop and the first director."""
    chosen = settings.load()
    scheme = (demo_dir() / "scheme-2026-10.toml").read_text(encoding="utf-8") if demo else ""
    _tell_key(chosen, prepare(chosen))
    with tools() as ready:
        if demo:
            jobs.begin_demo(ready, scheme, books_from or Month(2026, 10), vat_payer=vat_payer)
        else:
            provider = Provider(
                name or click.prompt(_("Provider")), code or click.prompt(_("Provider's code")),
                workshop or click.prompt(_("Workshop")), vat_payer, books_from or Month.of(ready.today()))
            login = director or click.prompt(_("Director's sign-in name"))
            full = director_name or click.prompt(_("Director's name"))
            password = click.prompt(_("Director's password (12 characters or more)"), hide_input=True,
                                    confirmation_prompt=_("The same password again"))
            jobs.begin(ready, provider, login, full, password)
    click.echo(_("The books are in %(folder)s.", folder=str(chosen.data_dir)))


def _tell_key(chosen: settings.Settings, printed: str) -> None:
    """The sheet to print, at once: whoever stops at a later question finds it too."""
    if not printed:
        return
    sheet = chosen.data_dir / "master-key-to-print.txt"
    sheet.touch(mode=0o600)
    sheet.write_text(_key_sheet(printed), encoding="utf-8")
    click.echo(_("The master key is in %(key)s. Print %(sheet)s, lock the paper away and delete the file.",
                 key=str(chosen.master_key_file), sheet=str(sheet)))


def _key_sheet(key: str) -> str:
    groups = [key[start:start + 4] for start in range(0, len(key), 4)]
    rows = [" ".join(groups[start:start + 7]) for start in range(0, len(groups), 7)]
    title = _("Dirbtuvė: master key")
    warning = _("Without it nobody can read who the people are. Keep this paper locked away.")
    return f"{title}\n\n{warning}\n\n" + "\n".join(rows) + "\n"


@main.command()
def migrate() -> None:
    """Bring the tables to this version of the program. Make a backup first."""
    chosen = settings.load()
    schema.migrate(chosen.migrate_url, chosen.database_url)
    click.echo(_("The tables are of this version of the program."))


@main.command(name="import")
@click.argument("folder", type=click.Path(path_type=Path))
@as_account
@click.option("--dry-run", is_flag=True, help="Only show how the files would be read.")
@click.option("--late-reason", default="", help="Why rows of an approved month come late; they wait for a correction.")
@as_json
def import_folder(folder: Path, login: str, *, dry_run: bool, late_reason: str, wants_json: bool) -> None:
    """Bring in the CSV, XLSX and ODS files of a folder: everything, or nothing when a row is refused."""
    files = jobs.read_folder(folder)
    with tools() as ready:
        reading = jobs.look_at(ready, login, files)
        stopped = reading.refused or (reading.late and not late_reason)
        if not dry_run and not stopped:
            rows = sum(count.new + count.changed for count in reading.taken.values())
            with progress(rows, "import") as told:
                reading = jobs.bring_in(ready, login, files, late_reason, told)
    _say_reading(reading, taken=not dry_run and not stopped, wants_json=wants_json)
    if stopped:
        sys.exit(1)


def _place(reading: Reading, kind: str) -> str:
    """The file, with its sheet, that was read as this kind."""
    source = reading.sources.get(kind)
    return import_files.label(source) if source else kind


def _say_reading(reading: Reading, *, taken: bool, wants_json: bool) -> None:
    if wants_json:
        faults = [{"file": _place(reading, one.file), "line": one.line, "column": one.column, "code": one.code,
                   "severity": one.severity, "text": fault_text(one)} for one in reading.faults]
        counts = {name: asdict(count) for name, count in reading.taken.items()}
        _say_json({"faults": faults, "taken": counts if taken else {}, "read": counts, "not_read": list(reading.not_read),
                   "imported": taken})
        return
    for one in reading.faults:
        click.echo(f"{_place(reading, one.file)}:{one.line} {one.column} [{_(SEVERITIES[one.severity])}] {fault_text(one)}")
    for name, count in reading.taken.items():
        click.echo(_("%(file)s: %(new)s new, %(changed)s changed, %(same)s the same", file=name, new=count.new,
                     changed=count.changed, same=count.same))
    if reading.not_read:
        click.echo(_("Not read: %(names)s", names=", ".join(reading.not_read)))
    click.echo(_("Brought in.") if taken else _("Nothing was kept."))


@main.command()
@click.argument("month", type=MONTH)
@as_account
@click.option("--scheme", "scheme_file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Try the month by the scheme in this file, whatever its dates; nothing is saved.")
@as_json
def run(month: Month, login: str, *, scheme_file: Path | None, wants_json: bool) -> None:
    """Work a month out and keep it as the draft."""
    with tools() as ready:
        if scheme_file is not None:
            with ready.opened.read() as session:
                doing = jobs.acting(ready, session, login)
                result = stipends.work_out(doing, month, _text(scheme_file)).result
        else:
            result = jobs.unit(ready, login, lambda doing: _kept(stipends.calculate_month(doing, month)))
    _say_result(result, wants_json=wants_json)


def _kept(run: Run) -> Result:
    return stipends.stored(run.inputs, run.result).result


def _text(path: Path) -> str:
    """A scheme's text. Raises Refused when the file is no UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused("not_utf8", file=path.name) from None


def _say_result(result: Result, *, wants_json: bool) -> None:
    cents = stipends.identity_cents(result)
    if wants_json:
        people = [{"participant": one.number, "lines": [{"part": line.part, "cents": line.cents} for line in one.lines],
                   "total_cents": one.total} for one in result.people]
        _say_json({"month": cents, "people": people})
        return
    for one in result.people:
        click.echo(f"{one.number:>6}  {i18n.amount(one.total):>12}   "
                   + " + ".join(f"{line.part} {i18n.amount(line.cents)}" for line in one.lines))
    for name, value in cents.items():
        click.echo(f"{name.removesuffix('_cents'):>14}  {i18n.amount(value):>12}")


@main.command()
@click.argument("month", type=MONTH)
@as_account
def submit(month: Month, login: str) -> None:
    """Hand the month's draft in for approval."""
    with tools() as ready:
        jobs.unit(ready, login, lambda doing: stipends.submit(doing, month))
    click.echo(_("%(month)s is submitted.", month=str(month)))


@main.command(name="declare-empty")
@click.argument("month", type=MONTH)
@as_account
def declare_empty(month: Month, login: str) -> None:
    """Say that a month has nothing to pay, so that later months may be submitted."""
    with tools() as ready:
        jobs.unit(ready, login, lambda doing: stipends.declare_empty(doing, month))
    click.echo(_("%(month)s is declared empty.", month=str(month)))


@main.command()
@click.argument("month", type=MONTH)
@as_account
@click.option("--order", required=True, metavar="TEXT",
              help="Number of the director's order, with its date if it is not today's: «V-87 2026-11-04».")
def approve(month: Month, login: str, order: str) -> None:
    """Approve what is submitted: it is sealed, numbered, and its papers are made."""
    with tools() as ready:
        number, day = _order(order, ready.today())
        sealed = jobs.approve(ready, login, month, number, day)
        with progress(2 * jobs.count_paid(ready, sealed) + 1, "papers") as told:
            made = jobs.make_papers(ready, login, month, told)
    click.echo(_("%(month)s is approved as %(number)s; papers made: %(papers)s.", month=str(month), number=sealed.number,
                 papers=made))


def _order(text: str, today: date) -> tuple[str, date]:
    """The order's number and date: a date anywhere in the text is the order's, else today."""
    words, day = text.split(), today
    for word in words:
        try:
            day = date.fromisoformat(word.strip(",."))
        except ValueError:
            continue
        words.remove(word)
        break
    number = " ".join(words).removeprefix("Nr. ").strip(" ,")
    return number, day


@main.command()
@click.argument("month", type=MONTH)
@as_account
def papers(month: Month, login: str) -> None:
    """Make the papers of an approved month that are not made yet; `approve` does it by itself unless it was cut short."""
    with tools() as ready, progress(0, "papers") as told:
        made = jobs.make_papers(ready, login, month, told)
    click.echo(_("Papers made: %(papers)s.", papers=made))


@main.command()
@click.argument("month", type=MONTH)
@click.argument("out_dir", type=click.Path(path_type=Path, file_okay=False))
def documents(month: Month, out_dir: Path) -> None:
    """Write the papers of an approved month into a folder: leaves, calculations and the pay sheet, each kind apart."""
    with tools() as ready:
        written = jobs.write_papers(ready, month, out_dir)
    click.echo(_("Papers in %(folder)s: %(papers)s.", folder=str(out_dir), papers=written))


@main.command()
@click.argument("month", type=MONTH)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(exports.FORMATS)), required=True, help="The kind of file.")
@click.option("--to", "last", type=MONTH, metavar="MONTH", help="The last month; by default the same one.")
@as_account
def export(month: Month, file: Path, kind: str, last: Month | None, login: str) -> None:
    """Write what the journal booked in a month (or in several) as a file for the accountant's own program."""
    with tools() as ready, ready.opened.read() as session:
        _name, content = exports.file_of(jobs.acting(ready, session, login), month, last or month, kind)
    file.write_bytes(content)
    click.echo(_("The journal is in %(file)s.", file=str(file)))


@main.command(name="audit-pack")
@click.argument("month", type=MONTH)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--pseudonymised", is_flag=True, help="Without names, papers and what the run read.")
def write_audit_pack(month: Month, file: Path, *, pseudonymised: bool) -> None:
    """Write the audit pack of an approved month as a ZIP: open formats, hashes, and a script that checks it offline."""
    with tools() as ready:
        written = jobs.write_audit_pack(ready, month, file, pseudonymised=pseudonymised)
    click.echo(_("The audit pack of %(month)s is in %(file)s.", month=str(month), file=", ".join(str(one) for one in written)))


@main.command(name="verify")
@click.option("--head", "heads", multiple=True, metavar="NUMBER:HASH",
              help="A head of the journal or of the seals from a closing sheet, as «57:ab12cd34…»; it must still be there.")
@as_json
def verify_books(heads: tuple[str, ...], *, wants_json: bool) -> None:
    """Walk the chains, work every approved run out again and compare it with the books, both ways."""
    with tools() as ready, ready.opened.read() as session, progress(0, "verify") as told:
        found = verify.verify(session, ready.opened.vault, told, heads)
    last = backup.last(settings.load().data_dir)
    if wants_json:
        _say_json({**asdict(found), "ok": not found.troubles, "last_backup": last and last.made_at.isoformat()})
    else:
        for trouble in found.troubles:
            click.echo(f"{trouble.where}: {sentence('verify_' + trouble.code, {})}")
        click.echo(_("Runs: %(runs)s, statements: %(statements)s, papers: %(papers)s, entries of the journal: %(entries)s.",
                     runs=found.runs, statements=found.statements, papers=found.papers, entries=found.entries))
        click.echo(_("Everything is as it was sealed.") if not found.troubles
                   else _("Troubles found: %(count)s.", count=len(found.troubles)))
        for code, values in restores.standing(last, jobs.now()).told:
            click.echo(sentence(code, values))
    if found.troubles:
        sys.exit(1)


@main.command()
@click.option("--host", help="The address to listen on; LEDGER_HOST.")
@click.option("--port", type=int, help="The port; LEDGER_PORT.")
def serve(host: str | None, port: int | None) -> None:
    """Start the web server (2 workers with 4 threads each) and its workers in the background (LEDGER_WORKERS)."""
    chosen = settings.load()
    open_books(chosen).close()
    secret_key(chosen)
    _serve(chosen, host or chosen.host, port or chosen.port)


def _serve(chosen: settings.Settings, host: str, port: int) -> None:
    from ledger.server import serve_forever  # imports gunicorn, which other verbs need not wait for
    serve_forever(host, port, chosen.workers, send=bool(chosen.broker_url))


@main.command(name="worker")
@click.option("--send", is_flag=True, help="Make nothing here: send to Celery's workers what waits (LEDGER_BROKER_URL).")
@click.option("--parent", type=int, default=0, hidden=True)
def work_in_background(*, send: bool, parent: int) -> None:
    """Make the papers that are asked for, until told to stop; as many of these may run as you like."""
    with tools() as ready:
        hands = worker.Worker(ready.opened, ready.clock)
        worker.stop_on_signals(hands)
        step = None
        if send:
            from ledger import celery_app  # of the extra `worker`, which need not be installed
            step = worker.sender(hands, celery_app.send)
        worker.run(hands, parent, step)


@main.command()
@click.option("--serve/--no-serve", "then_serve", default=True, help="Start the web server at the end.")
def demo(*, then_serve: bool) -> None:
    """A workshop with October 2026: made, worked out, approved, printed, and shown in the browser."""
    chosen = settings.load()
    badges, month = chosen.data_dir / "badges.json", demo_dir()
    if not badges.exists():
        prepare(chosen)
        if schema.begun(chosen.database_url):
            raise WrongSetting(_("%(folder)s holds other books, or a demo that was stopped halfway. Delete the folder, or point "
                                 "LEDGER_DATA_DIR to another one.", folder=str(chosen.data_dir)))
        with tools() as ready:
            tokens = jobs.demo_month(ready, month)
        badges.touch(mode=0o600)
        badges.write_text(json.dumps(tokens), encoding="utf-8")
    with tools() as ready:
        papers = jobs.write_papers(ready, Month(2026, 10), chosen.data_dir / "papers")
    click.echo(_demo_words(f"http://{chosen.host}:{chosen.port}", chosen.data_dir, papers))
    if then_serve:
        _serve(chosen, chosen.host, chosen.port)


def _demo_words(address: str, folder: Path, papers: int) -> str:
    accounts = "\n".join(f"  {login:<12} {what}" for login, what in (
        ("meistras", _("instructor: the day")), ("buhalteris", _("accountant: the month")),
        ("vadovas", _("director: approval, devices")), ("socialine", _("social worker: goals"))))
    return "\n".join((
        _("October 2026 is approved; its papers (%(papers)s) are in %(folder)s.", papers=papers, folder=str(folder / "papers")),
        _("Open %(address)s and sign in. The password of every account is %(password)s", address=address,
          password=jobs.DEMO_PASSWORD),
        accounts,
        _("Participants are D1 to D12: the same password here, or a badge on a device that the director registers; "
          "the badge codes are in %(file)s.", file=str(folder / "badges.json"))))


def demo_dir() -> Path:
    """The folder of the demo's month and scheme. Raises FileNotFoundError when the program runs without its checkout."""
    for folder in (DEMO_DIR, resource_dir("templates").parent / DEMO_DIR):
        if (folder / "scheme-2026-10.toml").exists():
            return folder
    raise FileNotFoundError("The demo's month (tests/data) is in the checkout of Dirbtuvė, not in the installed program. "
                            "Run it in a checkout.")


def _say_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))
