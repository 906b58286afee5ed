"""The command line as a table: every command and the function behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

import goldenpath
from goldenpath.cli import catalog, check, doctor, ledger, pull_requests, solution, start, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMMANDS: Mapping[str, Callable[..., None]] = {
    "list": catalog.list_,
    "show": catalog.show,
    "start": start.start,
    "status": walk.status,
    "next": walk.next_step,
    "check": check.check,
    "hint": walk.hint,
    "skip": walk.skip,
    "goto": walk.goto,
    "solution": solution.solution,
    "doctor": doctor.doctor,
    "milestones": ledger.milestones,
    "record": ledger.record,
}

GROUPS: Mapping[str, tuple[str, Mapping[str, Callable[..., None]]]] = {
    "pr": (
        "Pull requests through the project's forge.",
        {"open": pull_requests.open_, "list": pull_requests.list_, "merge": pull_requests.merge},
    ),
    "ledger": (
        "The record of what happened on this machine.",
        {"path": ledger.path, "log": ledger.log, "verify": ledger.verify, "export": ledger.export},
    ),
    "catalog": ("Where paths come from.", {"list": catalog.catalogs}),
}

PROGRAM = "goldenpath"

SHORT_HELP = """\
goldenpath: from an empty laptop to a merged pull request.

  goldenpath list             what can I start
  goldenpath start backend    start a project and its path
  goldenpath status           where am I, what is next
  goldenpath check            is the step done
  goldenpath --help           every command
"""

_HELP_FLAGS = {"help_option_names": ["-h", "--help"]}


def _version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"goldenpath {goldenpath.__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """From an empty laptop to a merged pull request, step by verified step."""
    if context.invoked_subcommand is None and not version:
        typer.echo(SHORT_HELP, nl=False)


def build() -> typer.Typer:
    """The application, made from the tables above."""
    app = _typer(invoke_without_command=True)
    app.callback()(_root)
    for name, function in COMMANDS.items():
        app.command(name)(function)
    for group, (help_text, commands) in GROUPS.items():
        below = _typer(help=help_text, no_args_is_help=False)
        for name, function in commands.items():
            below.command(name)(function)
        app.add_typer(below, name=group)
    return app


def _typer(**settings: Any) -> typer.Typer:
    return typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_HELP_FLAGS,
        **settings,
    )


def command() -> Any:
    """The whole command line, ready to be run with `.main(args=...)`."""
    return typer.main.get_command(build())


def command_name(arguments: list[str]) -> str:
    """The command that the arguments name: `start`, `pr open`; empty when they name none."""
    words = [word for word in arguments if not word.startswith("-")]
    if not words:
        return ""
    if words[0] in GROUPS:
        return " ".join(words[:2]) if len(words) > 1 and words[1] in GROUPS[words[0]][1] else words[0]
    return words[0] if words[0] in COMMANDS else ""
