"""`prod down` and `prod reset`: nothing of production runs; after a reset, nothing of it is left."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.production import keeping, supervisor
from goldenpath.core.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from goldenpath.adapters.settings import Settings


@dataclass(frozen=True, slots=True)
class Lowered:
    """What ran and does not any more; `is_forgotten` when nothing is remembered either."""

    programs: tuple[str, ...]
    is_forgotten: bool = False


def lower_production(settings: Settings) -> Generator[str, None, Lowered]:
    """Yields what is being done. What is deployed is remembered. Raises MachineError for what does not end."""
    folder = settings.production
    if not folder.is_dir():
        return (yield from _stopped(folder))
    yield from keeping.waiting(folder)
    with keeping.locked(folder):
        return (yield from _stopped(folder))


def reset_production(settings: Settings) -> Generator[str, None, Lowered]:
    """The same, and forget what was deployed, every release, metric and log. Raises MachineError and OSError."""
    folder = settings.production.resolve()
    lowered = yield from lower_production(settings)
    gone = folder.with_name(f"{folder.name}.gone")
    if folder.is_dir():
        with keeping.locked(folder):
            yield "forgetting what was deployed"
            yield from _stopped(folder)
            shutil.rmtree(gone, ignore_errors=True)
            folder.rename(gone)
    if gone.is_dir():
        shutil.rmtree(gone)
    return Lowered(lowered.programs, is_forgotten=True)


def _stopped(folder: Path) -> Generator[str, None, Lowered]:
    running = [name for name, each in supervisor.processes(folder).items() if each.pid]
    running += [] if running else [f"process {pid}" for pid in supervisor.left_running(folder)]
    yield "stopping production"
    supervisor.stop(folder)
    left = supervisor.left_running(folder)
    if left:
        raise MachineError(f"process {left[0]} does not end", hint=f"look at it: ps -p {left[0]}")
    return Lowered(tuple(running))
