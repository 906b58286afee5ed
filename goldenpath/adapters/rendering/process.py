"""Rendering in a process beside this one: it can be started early, limited, and ended at any moment."""

from __future__ import annotations

import atexit
import json
import os
import select
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters import shell
from goldenpath.adapters.settings import child_environment, read_limits
from goldenpath.core.errors import MachineError, TemplateError
from goldenpath.core.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.adapters.settings import Limits
    from goldenpath.core.model import Answers, Template

_TICK_S = 0.1
_LOOK_EVERY_S = 1.0
_HINT = "tell the template's owner; nothing was written"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Which template to render into which folder; `repository` is where the store keeps its source."""

    template: Template
    repository: Path
    recorded: str
    into: Path
    answers: Answers
    is_trusted: bool
    runs_tasks: bool
    is_traced: bool = False


class Worker:
    """The process. One order at a time. `environment` is what it and every render in it have besides ours.

    `is_free`: it waits for an order, and the last one, if it failed, took neither its life nor all its memory.
    """

    def __init__(self, **environment: str) -> None:
        self.is_free = True
        self._environment = environment
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        module = "goldenpath.adapters.rendering.worker"
        command = [sys.executable, "-P", "-m", module, str(orders), str(answers)]
        self._process = shell.start_beside(command, pass_fds=(orders, answers), **environment)
        os.close(orders)
        os.close(answers)

    def render(self, ordered: Ordered, limits: Limits, scratch: str) -> list[str]:
        """Render, and say which branches that took, as `jinja_branches` has their keys; none when it is not traced.

        Raises TemplateError, also when a limit is passed, and MachineError; end the process then unless it is free.
        """
        self.is_free = False
        own = child_environment(TMPDIR=scratch, **self._environment)
        self._send(json.dumps({**_packed(ordered, limits), "environment": own}) + "\n")
        answer = json.loads(self._wait(ordered, limits))
        self.is_free = not answer.get("is_spent", False)
        kind = {"template": TemplateError, "machine": MachineError}.get(answer.get("error", ""))
        if kind:
            raise _again(kind(answer["message"], hint=answer["hint"]), answer)
        if "message" in answer:
            raise RuntimeError(answer["message"])
        _refuse_large(ordered, limits)
        took: list[str] = answer.get("took", [])
        return took

    def _send(self, text: str) -> None:
        try:
            with os.fdopen(os.dup(self._orders), "wb") as orders:
                orders.write(text.encode())
        except BrokenPipeError as error:
            raise MachineError(
                f"the process that renders was ended {self._process.ended()}", hint="type the same again"
            ) from error

    def kill(self) -> None:
        """End the process, and all that it started; whoever waits for it is told."""
        self._process.kill()

    def close(self) -> None:
        """End it, when nobody waits for it any more."""
        self.kill()
        os.close(self._orders)
        os.close(self._answers)

    def _wait(self, ordered: Ordered, limits: Limits) -> bytes:
        begun = looked = time.monotonic()
        said = b""
        while not said.endswith(b"\n"):
            if select.select([self._answers], [], [], _TICK_S)[0]:
                some = os.read(self._answers, 65536)
                said += some
                if not some:
                    raise TemplateError(
                        f"{ordered.template.source}: rendering was ended {self._process.ended()}", hint=_HINT
                    )
                continue
            now = time.monotonic()
            if now - begun > limits.seconds:
                raise _too_much(ordered, f"takes longer than {limits.seconds:g} s", "SECONDS")
            if now - looked > _LOOK_EVERY_S:
                looked = now
                _refuse_large(ordered, limits)
        return said


_spare: list[tuple[dict[str, str], Worker]] = []


def prepare(*environments: dict[str, str]) -> None:
    """Start a process for each environment, which loads Copier until somebody takes it."""
    atexit.register(_end_spare)
    _spare.extend((environment, Worker(**environment)) for environment in environments)


def take(environment: dict[str, str]) -> Worker:
    """A process with that environment: one that was prepared, or a new one. Whoever takes it closes it."""
    found = next((each for each in _spare if each[0] == environment), None)
    if found is None:
        return Worker(**environment)
    _spare.remove(found)
    return found[1]


def _end_spare() -> None:
    while _spare:
        _spare.pop()[1].close()


_running: list[Worker] = []


def warm_up() -> None:
    """Start the process, which loads Copier while this one does other things."""
    if not _running:
        _running.append(Worker())
        atexit.register(cool_down)


def cool_down() -> None:
    """End the process."""
    atexit.unregister(cool_down)
    while _running:
        _running.pop().close()


def render_template(ordered: Ordered) -> None:
    """Render one commit of a template into an empty folder, its answers file naming the template's source.

    Raises TemplateError with the reason, also when it takes more than a limit, and MachineError for the disk.
    """
    limits = read_limits()
    warm_up()
    with tempfile.TemporaryDirectory(dir=ordered.into.parent, prefix="rendering-", ignore_cleanup_errors=True) as own:
        try:
            _running[0].render(ordered, limits, own)
        finally:
            if not _running[0].is_free:
                cool_down()


def _again(error: TemplateError | MachineError, answer: Mapping[str, Any]) -> TemplateError | MachineError:
    """The error, with the line of the template in which it happened where that is known."""
    if isinstance(error, TemplateError) and answer["line"]:
        error.fault = Fault(answer["file"], answer["line"], "render", error.message, error.hint)
    return error


def _packed(ordered: Ordered, limits: Limits) -> dict[str, Any]:
    """The order as the process reads it, but for the environment."""
    template = ordered.template
    return {
        "source": template.source,
        "repository": str(ordered.repository),
        "tree": str(template.folder),
        "commit": template.commit,
        "recorded": ordered.recorded,
        "into": str(ordered.into),
        "answers": ordered.answers,
        "is_trusted": ordered.is_trusted,
        "runs_tasks": ordered.runs_tasks,
        "is_traced": ordered.is_traced,
        "bytes": limits.megabytes * 1_000_000,
    }


def _refuse_large(ordered: Ordered, limits: Limits) -> None:
    count = size = 0
    for folder, folders, files in os.walk(ordered.into):
        count += len(folders) + len(files)
        size += sum(_size(Path(folder) / name) for name in files)
        if count > limits.files:
            raise _too_much(ordered, f"makes more than {limits.files:,} files", "FILES")
        if size > limits.megabytes * 1_000_000:
            raise _too_much(ordered, f"makes more than {limits.megabytes:,} MB", "MEGABYTES")


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0


def _too_much(ordered: Ordered, what: str, setting: str) -> TemplateError:
    return TemplateError(
        f"{ordered.template.source}: rendering {what}",
        hint=f"nothing was written; if that is meant, set GOLDENPATH_RENDER_{setting}",
    )
