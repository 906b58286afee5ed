"""Copier, through its public API. It runs in the process of `worker`."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import copier
import jinja2
import yaml
from copier.errors import CopierError
from plumbum import local
from plumbum.commands.processes import ProcessExecutionError

from goldenpath.adapters.jinja import ANSWERS_FILE
from goldenpath.adapters.rendering import shortcuts
from goldenpath.adapters.settings import variables
from goldenpath.core.errors import MachineError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goldenpath.core.model import Json


@dataclass(frozen=True, slots=True)
class Render:
    """What to render: one commit of a template, which the store keeps in `repository` and exported in `tree`.

    The project's answers file names `source`, and `recorded` as the commit. A trusted template may use its Jinja
    extensions, also when its tasks are not run.
    """

    source: str
    repository: str
    tree: str
    commit: str
    recorded: str
    into: str
    answers: Mapping[str, Json]
    is_trusted: bool
    runs_tasks: bool


def render(order: Render) -> None:
    """Render into an empty folder. Every answer is given, so Copier asks nothing.

    Raises TemplateError with Copier's reason, MachineError for what the disk says.
    """
    source = order.source
    try:
        if shortcuts.fits(order):
            _copy_from_tree(order)
        else:
            _copy_from_repository(order)
    except (CopierError, ValueError, jinja2.TemplateError, yaml.YAMLError, RecursionError) as error:
        raise TemplateError(
            f"{source}: {_reason(error)}", hint="tell the template's owner; nothing was written"
        ) from error
    except MemoryError as error:
        raise TemplateError(
            f"{source}: rendering takes too much memory", hint="tell the template's owner; nothing was written"
        ) from error
    except ProcessExecutionError as error:
        raise TemplateError(
            f"{source}: a command of the template failed: {_reason(error)}", hint="nothing was written"
        ) from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise TemplateError(
                f"{source}: makes a file larger than the limit",
                hint="nothing was written; if that is meant, set GOLDENPATH_RENDER_MEGABYTES",
            ) from error
        raise MachineError(f"rendering {source}: {error}", hint="nothing was written; free some space?") from error


def _copy_from_repository(order: Render) -> None:
    source = order.source
    with _redirected(source, Path(order.repository)):
        _copy(order, source if source.endswith(".git") else f"git+{source}", vcs_ref=order.commit)


def _copy_from_tree(order: Render) -> None:
    """Without git: a third of the time. The answers file is given what Copier would have learned from git."""
    with shortcuts.taken(order):
        _copy(order, order.tree, vcs_ref=None)
    shortcuts.name_source(order)


def _copy(order: Render, address: str, vcs_ref: str | None) -> None:
    copier.run_copy(
        address,
        order.into,
        data=dict(order.answers),
        answers_file=ANSWERS_FILE,
        vcs_ref=vcs_ref,
        defaults=True,
        overwrite=True,
        quiet=True,
        unsafe=order.is_trusted,
        skip_tasks=not order.runs_tasks,
        settings=copier.Settings(),
    )


def _reason(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    name = type(error).__name__
    place = f" (line {error.lineno})" if hasattr(error, "lineno") else ""
    return f"{name}: {lines[0] if lines else 'no reason given'}{place}"


@contextlib.contextmanager
def _redirected(source: str, repository: Path) -> Iterator[None]:
    """Let `source` lead to the store, and let Copier keep no mirror of it after the render."""
    with (
        tempfile.TemporaryDirectory(prefix="goldenpath-copier-", ignore_cleanup_errors=True) as scratch,
        variables(COPIER_CACHE_DIR=scratch),
        local.env(
            GIT_CONFIG_COUNT="2",
            GIT_CONFIG_KEY_0=f"url.{repository.as_uri()}.insteadOf",
            GIT_CONFIG_VALUE_0=source,
            GIT_CONFIG_KEY_1="core.hooksPath",
            GIT_CONFIG_VALUE_1="/dev/null",
        ),
    ):
        yield
