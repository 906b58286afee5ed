"""The command line as a table: every command and where its function is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

import goldenpath
from goldenpath.cli.deferred import HELP_FLAGS, DeferredCommand, application

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "list": "paths:list_",
    "show": "paths:show",
    "start": "start:start",
    "status": "walk:status",
    "next": "walk:next_step",
    "check": "check:check",
    "hint": "walk:hint",
    "skip": "walk:skip",
    "goto": "walk:goto",
    "solution": "solution:solution",
    "update": "update:update",
    "doctor": "doctor:doctor",
    "milestones": "milestones:milestones",
    "record": "milestones:record",
}
"""Names, not functions: a start imports the module of the one command that is typed."""

GROUPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "pr": (
        "Pull requests through the project's forge.",
        {"open": "pull_requests:open_", "list": "pull_requests:list_", "merge": "pull_requests:merge"},
    ),
    "prod": (
        "Production on this machine: deploy, watch, expose.",
        {
            "up": "production:up",
            "deploy": "deploy:deploy",
            "status": "production:status",
            "logs": "production_logs:logs",
            "alerts": "production:alerts",
            "remove": "deploy:remove",
            "down": "production:down",
            "reset": "production:reset",
        },
    ),
    "prod dns": (
        "Production's names: from a reviewed file, through octoDNS.",
        {"plan": "dns:plan", "apply": "dns:apply"},
    ),
    "ledger": (
        "The record of what happened on this machine.",
        {
            "path": "ledger:path",
            "log": "ledger:log",
            "verify": "ledger:verify",
            "export": "ledger:export",
            "import": "ledger:import_",
            "backup": "ledger:backup",
            "forget": "ledger:forget",
        },
    ),
    "template": (
        "Templates: make one, and find out what is wrong with it.",
        {
            "new": "template_new:new",
            "lint": "template:lint",
            "test": "proof:prove",
            "solve": "template_solve:solve",
            "publish": "template_publish:publish",
        },
    ),
    "catalog": (
        "Where paths come from.",
        {
            "list": "catalog:catalogs",
            "add": "catalog:add",
            "remove": "catalog:remove",
            "fetch": "catalog:fetch",
        },
    ),
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


def command() -> Any:
    """The whole command line, ready to be run with `.main(args=...)`."""
    app = application(invoke_without_command=True)
    app.callback()(_root)
    whole: Any = typer.main.get_command(app)
    for name, target in COMMANDS.items():
        whole.add_command(DeferredCommand(name, target))
    groups: dict[str, Any] = {"": whole}
    for group, (help_text, commands) in GROUPS.items():
        above, _, own = group.rpartition(" ")
        groups[group] = TyperGroup(name=own, help=help_text, rich_markup_mode=None, context_settings=HELP_FLAGS)
        for name, target in commands.items():
            groups[group].add_command(DeferredCommand(name, target))
        groups[above].add_command(groups[group])
    return whole


def command_name(arguments: list[str]) -> str:
    """The command that the arguments name: `start`, `pr open`; empty when they name none."""
    words = [word for word in arguments if not word.startswith("-")]
    if not words:
        return ""
    group = next((name for name in (" ".join(words[:2]), words[0]) if name in GROUPS), "")
    if not group:
        return words[0] if words[0] in COMMANDS else ""
    rest = words[len(group.split()) :]
    return f"{group} {rest[0]}" if rest and rest[0] in GROUPS[group][1] else group
