"""Copier, through its public API. It runs in the process of `worker`."""

from __future__ import annotations

import contextlib
import errno
import io
import re
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

from goldenpath.adapters import documents, repo
from goldenpath.adapters.jinja import ANSWERS_FILE
from goldenpath.adapters.rendering import shortcuts, tracing
from goldenpath.adapters.rendering.reasons import HINT, fault, reason, without_places
from goldenpath.adapters.settings import variables
from goldenpath.core.errors import GoldenpathError, MachineError, TemplateError
from goldenpath.core.questions import parse_questions
from goldenpath.core.secrecy import masked, secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goldenpath.core.model import Json


@dataclass(frozen=True, slots=True)
class Render:
    """What to render: one commit of a template, which the store keeps in `repository` and exported in `tree`.

    The project's answers file names `source`, and `recorded` as the commit. A trusted template may use its Jinja
    extensions, also when its tasks are not run. `is_traced`: `tracing.drain` then tells which branches were taken.
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
    is_traced: bool = False


_WRONG = (
    *(CopierError, jinja2.TemplateError, yaml.YAMLError),
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
)
"""What a template that is wrong ends in: Copier lets through what its Jinja raises."""
_CONFLICT = re.compile(r"^(?:\x1b\[[0-9;]*m)* *conflict(?:\x1b\[[0-9;]*m)*  (.+)$", re.MULTILINE)
"""What Copier says when a file is there already; a render begins in an empty folder."""
_WRONG_NAMES = frozenset(
    {*(errno.ELOOP, errno.ENAMETOOLONG), *(errno.EISDIR, errno.ENOENT, errno.ENOTDIR, errno.EEXIST)}
)


def render(order: Render) -> None:
    """Render into an empty folder. Every answer is given, so Copier asks nothing.

    Raises TemplateError with Copier's reason, MachineError for what the disk says; neither repeats a secret answer.
    """
    try:
        _render(order)
    except GoldenpathError as error:
        error.message = masked(error.message, _secrets(order))
        raise


def _secrets(order: Render) -> set[str]:
    """The texts in secret answers, and the parts of those that are paths."""
    found: set[str] = set()
    for file in (Path(order.tree) / name for name in ("copier.yml", "copier.yaml")):
        if file.is_file():
            loaded = documents.load_all(file.read_text(encoding="utf-8"), file=file.name, folder=file.parent)
            found |= secrets_of(parse_questions(loaded)[0], order.answers)
    return found | {part for text in found for part in Path(text).parts}


def _render(order: Render) -> None:
    source = order.source
    try:
        with tracing.traced() if order.is_traced else contextlib.nullcontext():
            copy = _copy_from_tree if shortcuts.fits(order) else _copy_from_repository
            copy(order)
    except _WRONG as error:
        where = fault(order, error)
        raise TemplateError(f"{source}: {reason(order, error)}", hint=HINT, fault=where) from error
    except MemoryError as error:
        raise TemplateError(f"{source}: rendering takes too much memory", hint=HINT) from error
    except ProcessExecutionError as error:
        raise TemplateError(
            f"{source}: a command of the template failed: {reason(order, error)}", hint="nothing was written"
        ) from error
    except OSError as error:
        raise _refused_by_the_disk(order, error) from error


def _refused_by_the_disk(order: Render, error: OSError) -> TemplateError | MachineError:
    source = order.source
    if error.errno == errno.EFBIG:
        return TemplateError(
            f"{source}: makes a file larger than the limit",
            hint="nothing was written; if that is meant, set GOLDENPATH_RENDER_MEGABYTES",
        )
    if error.errno in _WRONG_NAMES and Path(order.tree).is_dir():
        name = without_places(order, str(error.filename))[-80:]
        return TemplateError(f"{source}: {error.strerror}: {name}", hint=HINT)
    return MachineError(
        f"rendering {source}: {without_places(order, str(error))}", hint="nothing was written; free some space?"
    )


def _copy_from_repository(order: Render) -> None:
    source = order.source
    with _redirected(source, Path(order.repository)):
        _copy(order, source if source.endswith(".git") else f"git+{source}")


def _copy_from_tree(order: Render) -> None:
    """Without git: a third of the time."""
    with shortcuts.taken(order):
        _copy(order, order.source)


def _copy(order: Render, address: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        copier.run_copy(
            address,
            order.into,
            data=dict(order.answers),
            answers_file=ANSWERS_FILE,
            vcs_ref=order.commit,
            defaults=True,
            overwrite=True,
            quiet=False,
            unsafe=order.is_trusted,
            skip_tasks=not order.runs_tasks,
            settings=copier.Settings(),
        )
    twice = _CONFLICT.search(said.getvalue())
    if twice:
        raise ValueError(f"two files of the template make {twice[1]}")


@contextlib.contextmanager
def _redirected(source: str, repository: Path) -> Iterator[None]:
    """Let `source` lead to the store, and let Copier keep no mirror of it after the render."""
    with (
        tempfile.TemporaryDirectory(prefix="goldenpath-copier-", ignore_cleanup_errors=True) as scratch,
        variables(COPIER_CACHE_DIR=scratch),
        local.env(**repo.as_environment((f"url.{repository.as_uri()}.insteadOf", source))),
    ):
        yield
