"""Copier, through its public API. The only file that knows it."""

from __future__ import annotations

import contextlib
import tempfile
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import ANSWERS_FILE
from goldenpath.adapters.settings import variables
from goldenpath.core.errors import MachineError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.core.model import Answers, Template


def render_template(
    template: Template, repository: Path, *, into: Path, answers: Answers, is_trusted: bool, run_tasks: bool
) -> None:
    """Render one commit of a template into a folder, its answers file naming the template's source.

    `repository` is where the store keeps that source. Every answer is given, so Copier asks nothing. A trusted
    template may use its Jinja extensions, also when its tasks are not run. Raises TemplateError with Copier's reason.
    """
    import copier
    import jinja2
    import yaml
    from copier.errors import CopierError
    from plumbum.commands.processes import ProcessExecutionError

    source = template.source
    address = source if source.endswith(".git") else f"git+{source}"
    with _redirected(source, repository):
        try:
            copier.run_copy(
                address,
                into,
                data=dict(answers),
                answers_file=ANSWERS_FILE,
                vcs_ref=template.commit,
                defaults=True,
                overwrite=True,
                quiet=True,
                unsafe=is_trusted,
                skip_tasks=not run_tasks,
                settings=copier.Settings(),
            )
        except (CopierError, ValueError, jinja2.TemplateError, yaml.YAMLError, RecursionError) as error:
            raise TemplateError(
                f"{source}: {_reason(error)}", hint="tell the template's owner; nothing was written"
            ) from error
        except ProcessExecutionError as error:
            raise TemplateError(
                f"{source}: a command of the template failed: {_reason(error)}", hint="nothing was written"
            ) from error
        except OSError as error:
            raise MachineError(f"rendering {source}: {error}", hint="nothing was written; free some space?") from error


def _reason(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    name = type(error).__name__
    place = f" (line {error.lineno})" if hasattr(error, "lineno") else ""
    return f"{name}: {lines[0] if lines else 'no reason given'}{place}"


@contextlib.contextmanager
def _redirected(source: str, repository: Path) -> Iterator[None]:
    """Let `source` lead to the store, and let Copier keep no mirror of it after the render."""
    from plumbum import local

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
