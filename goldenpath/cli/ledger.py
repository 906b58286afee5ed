"""`ledger path | log | verify | export | import | backup | forget`: the record itself, and what can be done with it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.options import Json, Yes
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, LedgerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goldenpath.adapters.ledger.audit import Audit
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.forget_engineer import Forgotten
    from goldenpath.flows.import_ledger import Imported
    from goldenpath.flows.tell_log import Log

_SHOWN = 20
"""How many refused lines the screen shows; `--json` has all."""


def path(json: Json = False) -> None:
    """Print where the ledger is."""
    session = Session("ledger path", json)
    session.show({"path": session.settings.ledger}, lambda screen, report: screen.line(str(report["path"])))


def log(
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Only what happened since, such as 2026-11-22T09:30.")
    ] = "",
    kind: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="Only these events: step.completed, or all of step.")
    ] = "",
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="Only of this project, by name or id.")
    ] = "",
    json: Json = False,
) -> None:
    """Show the events, oldest first."""
    from goldenpath.core.times import parse_given
    from goldenpath.flows.tell_log import Wanted, tell_log

    session = Session("ledger log", json)
    moment = parse_given(since, session.now(), "--since") if since else None
    report = tell_log(session.strict_ledger, Wanted(moment, kind, project))
    if json:
        session.emit("data", report.events)
    else:
        _show_log(session.screen, report, is_all=not (since or kind or project))


def _show_log(screen: Screen, report: Log, *, is_all: bool) -> None:
    from goldenpath.core.visible import visible_line
    from goldenpath.flows.tell_log import type_name

    if not report.events and is_all:
        screen.line("The ledger is empty. Begin with: ", ("goldenpath start backend", "command"))
    elif not report.events:
        screen.line("No such event. See all: ", ("goldenpath ledger log", "command"))
    for event in report.events:
        keys = ("step", "milestone", "name", "number")
        what = next((str(event.data[key]) for key in keys if event.data.get(key)), "")
        learned = f"{event.data['learned']}  " if event.data.get("learned") else ""
        screen.line(
            (f"{event.time.astimezone():%Y-%m-%d %H:%M:%S}", "faint"),
            f"  {type_name(event.type):<20} {visible_line(what):<20} ",
            (visible_line(f"{learned}{report.names.get(event.subject, event.subject)}"), "faint"),
        )


def verify(
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="Nothing of this export may be lost, either.")
    ] = None,
    json: Json = False,
) -> None:
    """Verify that no event was changed or lost.

    A chain does not show that its end was cut off: keep an export elsewhere, and verify against it.
    """
    from goldenpath.flows.verify_ledger import verify_against, verify_ledger

    session = Session("ledger verify", json)
    with session.screen.busy("Verifying the ledger"):
        found = verify_ledger(session.strict_ledger)
        problems = list(found.problems)
        for name, file in _opened([against] if against is not None else []):
            problems += verify_against(session.strict_ledger, file, name)
    if problems:
        shown = "; ".join(problems[:3]) + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")
        raise LedgerError(f"the ledger does not hold: {shown}", hint="keep a copy: goldenpath ledger backup FILE")
    session.show(found, _show_audit)
    if against is not None and not json:
        session.screen.line((f"  all that {against} holds is here as it is there", "faint"))


def _show_audit(screen: Screen, found: Audit) -> None:
    writers = f"{len(found.heads)} writer{'' if len(found.heads) == 1 else 's'}"
    screen.line(("✓ ", "good"), f"{found.events - found.unchained} events by {writers}, every chain is whole")
    for writer, head in found.heads.items():
        screen.line((f"  {writer} ends with {head[:16]}", "faint"))
    if found.unchained:
        screen.line((f"  {found.unchained} events of others are in no chain: nothing proves them", "faint"))


def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="By default stdout.")] = None,
    json: Json = False,
) -> None:
    """Export the events as CloudEvents.

    One JSON object a line; no name or address is in them.
    """
    from goldenpath.flows.export_ledger import export_lines, write_export

    session = Session("ledger export", json)
    if file is None and json:
        raise UsageError("--json needs a file for the events", hint="goldenpath ledger export FILE --json")
    if file is None:
        for line in export_lines(session.strict_ledger):
            sys.stdout.write(line)
        return
    with session.screen.busy("Exporting the ledger"), _named_trouble(file):
        count = write_export(session.strict_ledger, file.absolute())
    session.show({"file": file.absolute(), "events": count}, _show_written)


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports; - for standard input.")],
    json: Json = False,
) -> None:
    """Import what other ledgers exported.

    In any order and however often: nothing is there twice. A line that can't be trusted is refused by its number, and
    the rest goes in; exit 1 then.
    """
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.flows.import_ledger import import_files

    session = Session("ledger import", json)
    # Not yet what waits in the spool: in a ledger that was brought back from a backup it would begin a fork.
    ledger = Ledger(session.settings.ledger)
    report = session.screen.follow(import_files(ledger, _opened(files), session.now()))
    session.show(report, _show_imported)
    if report.refused:
        raise typer.Exit(ChecksFailedError.exit_code)


def _show_imported(screen: Screen, report: Imported) -> None:
    for each in report.refused[:_SHOWN]:
        screen.note(("refused: ", "bad"), f"{each.file}, line {each.line}: {each.reason}")
    if len(report.refused) > _SHOWN:
        screen.note((f"and {len(report.refused) - _SHOWN} more; all with --json", "faint"))
    for fork in report.forks:
        forked = f"writer {fork.writer}, event {fork.number}: two ledgers write under one id; both are kept"
        screen.note(("warning: ", "warn"), forked)
    if report.is_writer_new:
        screen.note(("note: ", "strong"), "this ledger's own id is in use elsewhere too; its next event gets a new one")
    sign = ("✗ ", "bad") if report.refused else ("✓ ", "good")
    refused = f", {len(report.refused)} lines refused" if report.refused else ""
    screen.line(sign, f"{report.new} events are new, {report.known} were there already{refused}")


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; nothing may be there.")],
    json: Json = False,
) -> None:
    """Copy the ledger, whole and private, while others write.

    Names and addresses are in it. To bring it back, put it where `goldenpath ledger path` says.
    """
    from goldenpath.adapters.ledger.keeping import back_up

    session = Session("ledger backup", json)
    with session.screen.busy("Copying the ledger"):
        count = back_up(session.strict_ledger, file.absolute())
    session.show({"file": file.absolute(), "events": count}, _show_written)


def _show_written(screen: Screen, report: dict[str, object]) -> None:
    screen.line(("✓ ", "good"), f"{report['events']} events are in {report['file']}")


def forget(
    engineer: Annotated[str, typer.Argument(metavar="ENGINEER", help="An id, an address or a name.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete the names and addresses of an engineer.

    The events stay, under an id; every chain holds as before.
    """
    from goldenpath.flows.forget_engineer import find_engineer, forget_engineer

    session = Session("ledger forget", json)
    ident = find_engineer(session.strict_ledger, engineer)
    if not session.confirm(f"Delete what the ledger knows of the names of {ident}?", is_yes=yes):
        raise UsageError("nothing was deleted", hint="say yes, or add --yes")
    session.show(forget_engineer(session.strict_ledger, ident), _show_forgotten)


def _show_forgotten(screen: Screen, report: Forgotten) -> None:
    screen.line(("✓ ", "good"), f"{report.deleted} names and addresses of {report.engineer} are deleted")
    screen.line(f"  {report.events} events keep the id. Not reached from here:")
    for each in report.beyond_reach:
        screen.line(f"  - {each}")


def _opened(files: Sequence[Path]) -> Iterator[tuple[str, IO[bytes]]]:
    """Each file, open; every one was opened once before the first is read. Raises UsageError for one that can't be."""
    for file in files:
        if not file.is_fifo():
            _open(file).close()
    for file in files:
        with _open(file) as stream:
            yield "stdin" if str(file) == "-" else str(file), stream


def _open(file: Path) -> IO[bytes]:
    try:
        return os.fdopen(sys.stdin.fileno(), "rb", closefd=False) if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="name a file of `goldenpath ledger export`") from error


@contextlib.contextmanager
def _named_trouble(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="name a file that can be written") from error
