"""A command that is a name in a table until somebody asks it for more."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Callable

HELP_FLAGS = {"help_option_names": ["-h", "--help"]}


class DeferredCommand(TyperCommand):
    """Imports its function for its help line, and builds its options when it is run or completed.

    Importing and building all commands at each start took as long as importing Typer did.
    """

    def __init__(self, name: str, target: str) -> None:
        """`target` is `module:function`, the module without `goldenpath.cli`."""
        super().__init__(name, rich_markup_mode=None)
        self._target = target

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first line of the function's docstring, which thus stands in one place only."""
        self.help = inspect.getdoc(self._function())
        return super().get_short_help_str(limit)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """A context whose command is the one that has the options: what runs, completes and prints its help is that."""
        return self._whole().make_context(info_name, args, parent, **extra)

    def _whole(self) -> Any:
        app = application(add_completion=False)
        app.command(self.name)(self._function())
        return typer.main.get_command(app)

    def _function(self) -> Callable[..., None]:
        module, _, name = self._target.partition(":")
        function: Callable[..., None] = getattr(import_module(f"goldenpath.cli.{module}"), name)
        return function


def application(**settings: Any) -> typer.Typer:
    """An empty Typer application: plain help, and errors left to the boundary."""
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=HELP_FLAGS, **settings)
