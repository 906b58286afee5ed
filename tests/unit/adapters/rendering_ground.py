"""Orders to render a template, and what plain Copier makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.rendering import copying, process, shortcuts
from goldenpath.adapters.rendering.process import Ordered
from goldenpath.adapters.store import sources, tags
from goldenpath.flows.fetch_template import fetch_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json


@pytest.fixture(autouse=True)
def cool() -> Iterator[None]:
    """No process is left for the next test."""
    yield
    process.cool_down()


@pytest.fixture
def order(settings: Settings, tmp_path: Path) -> Callable[..., Ordered]:
    """An order for a template that has these files, or for a bundled one."""

    def make(
        what: str | dict[str, str], *, answers: dict[str, Json] | None = None, is_trusted: bool = False
    ) -> Ordered:
        if isinstance(what, dict):
            for name, text in {"copier.yml": "", **what}.items():
                (tmp_path / "template" / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "template" / name).write_text(text)
        template = fetch_template(settings, what if isinstance(what, str) else str(tmp_path / "template"))
        repository = sources.repository_of(settings.store, template.source)
        into = tmp_path / f"into-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        recorded = tags.recorded(repository, template.commit)
        return Ordered(
            template, repository, recorded, into, answers or {}, is_trusted=is_trusted, runs_tasks=is_trusted
        )

    return make


def content(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its mode and what is in it."""
    files = [file for file in root.rglob("*") if file.is_file() or file.is_symlink()]
    return {str(file.relative_to(root)): (file.lstat().st_mode, file.read_bytes()) for file in files}


def wanted_by(ordered: Ordered, into: Path) -> copying.Render:
    """The order as the process that renders has it."""
    template = ordered.template
    return copying.Render(
        source=template.source,
        repository=str(ordered.repository),
        tree=str(template.folder),
        commit=template.commit,
        recorded=ordered.recorded,
        into=str(into),
        answers=ordered.answers,
        is_trusted=False,
        runs_tasks=False,
    )


def plainly(ordered: Ordered, into: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, bytes]]:
    """What Copier makes of it when its release is not one that the shortcuts were held against."""
    monkeypatch.setattr(shortcuts, "KNOWN_COPIER", "0.")
    shortcuts._is_known_copier.cache_clear()
    into.mkdir()
    wanted = wanted_by(ordered, into)
    assert not shortcuts.fits(wanted)
    copying.render(wanted)
    monkeypatch.undo()
    shortcuts._is_known_copier.cache_clear()
    assert shortcuts.fits(wanted)
    return content(into)
