"""Rendering in a process of its own: the same bytes as plain Copier's, within limits, and gone when we are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from goldenpath.adapters.bundled import bundled_names
from goldenpath.adapters.rendering import process
from goldenpath.adapters.rendering.process import render_template
from goldenpath.core.errors import MachineError, TemplateError, UsageError
from tests.unit.adapters.rendering_ground import content, cool, order, plainly

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.rendering.process import Ordered
    from goldenpath.adapters.settings import Settings

__all__ = ["cool", "order"]
TEMPLATES = Path(__file__).parents[3] / "templates"
SETS = [
    (name, file) for name in bundled_names() for file in (None, *sorted((TEMPLATES / name / "answers").glob("*.yml")))
]
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("name", "file"), SETS, ids=[f"{name}-{file.stem if file else 'defaults'}" for name, file in SETS]
)
def test_a_bundled_template_renders_the_same_bytes_with_and_without_shortcuts(
    name: str, file: Path | None, order: Callable[..., Ordered], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = yaml.safe_load(file.read_text(encoding="utf-8")) if file else {}
    ordered = order(name, answers=answers)
    render_template(ordered)
    quick = content(ordered.into)
    assert len(quick) > 10
    render_template(again := order(name, answers=answers))
    assert content(again.into) == quick
    assert plainly(ordered, tmp_path / "plain", monkeypatch) == quick


@pytest.mark.parametrize(
    ("files", "setting", "problem"),
    [
        ({"a.txt.jinja": LOOP}, ("SECONDS", "2"), "longer than 2 s"),
        ({"a.txt.jinja": "{{ 'x' * 3000000 }}"}, ("MEGABYTES", "2"), "larger than the limit|more than 2 MB"),
        ({f"{n}.jinja": "{{ 'x' * 500000 }}" for n in range(8)}, ("MEGABYTES", "2"), "more than 2 MB"),
        ({f"{n}.txt": "" for n in range(30)}, ("FILES", "20"), "more than 20 files"),
        ({"a.txt.jinja": "{{ 'x' * 10 ** 11 }}"}, ("SECONDS", "20"), "memory"),
        ({"a.txt.jinja": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"}, ("SECONDS", "20"), "recursion"),
    ],
    ids=["a loop", "one large file", "large files", "many files", "memory", "recursion"],
)
def test_a_bomb_is_given_up_and_the_next_render_works(
    files: dict[str, str],
    setting: tuple[str, str],
    problem: str,
    order: Callable[..., Ordered],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"GOLDENPATH_RENDER_{setting[0]}", setting[1])
    begun = time.monotonic()
    with pytest.raises(TemplateError, match=f"(?i){problem}") as caught:
        render_template(order(files))
    assert time.monotonic() - begun < 20
    assert "\n" not in caught.value.message
    monkeypatch.delenv(f"GOLDENPATH_RENDER_{setting[0]}")
    render_template(order("backend"))


@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf", "1e99"])
def test_a_limit_that_is_none_is_refused(
    text: str, order: Callable[..., Ordered], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDENPATH_RENDER_SECONDS", text)
    with pytest.raises(UsageError, match="GOLDENPATH_RENDER_SECONDS"):
        render_template(order({"a.txt": ""}))


def test_a_render_whose_process_is_killed_says_so_and_the_next_one_works(order: Callable[..., Ordered]) -> None:
    process.warm_up()
    os.kill(process._running[0]._process._process.pid, signal.SIGKILL)
    with pytest.raises(MachineError, match="SIGKILL"):
        render_template(order({"a.txt": ""}))
    render_template(order({"a.txt": ""}))


def test_a_line_that_fails_is_named_though_it_was_compiled_for_another_version(order: Callable[..., Ordered]) -> None:
    files = {"copier.yml": "n: 1", "deep/share.txt.jinja": "one\n{{ 6 // n }}\n", "other.txt": "first"}
    render_template(order(files, answers={"n": 1}))
    with pytest.raises(TemplateError) as caught:
        render_template(order({**files, "other.txt": "second"}, answers={"n": 0}))
    assert caught.value.fault is not None
    assert (caught.value.fault.file, caught.value.fault.line) == ("deep/share.txt.jinja", 2)


def test_a_task_sees_the_environment_of_the_command_and_no_answer_in_a_process_list(
    order: Callable[..., Ordered], monkeypatch: pytest.MonkeyPatch
) -> None:
    process.warm_up()
    monkeypatch.setenv("SEEN", "later")
    tasks = "token: {type: str, secret: true, default: ''}\n_tasks: ['echo $SEEN > seen', 'ps -eo args > list']\n"
    ordered = order({"copier.yml": tasks}, answers={"token": "s3cr3t-word"}, is_trusted=True)
    render_template(ordered)
    assert (ordered.into / "seen").read_text() == "later\n"
    assert "rendering.worker" in (ordered.into / "list").read_text()
    assert "s3cr3t-word" not in (ordered.into / "list").read_text()


def test_nothing_goes_on_rendering_when_who_ordered_is_killed(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "copier.yml").write_text("")
    (tmp_path / "t" / "a.txt.jinja").write_text(LOOP)
    command = [sys.executable, "-m", "goldenpath", "start", "./t", "p", "--defaults", "--no-input"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as starting:
        workers = wait_for(lambda: children(starting.pid))
        time.sleep(2)
        starting.kill()
    wait_for(lambda: not any(Path(f"/proc/{each}").exists() for each in workers))


def children(parent: int) -> list[int]:
    done = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", "rendering.worker"], capture_output=True, text=True, check=False
    )
    return [int(each) for each in done.stdout.split()]


def wait_for(look: Callable[[], object]) -> list[int]:
    for _ in range(200):
        found = look()
        if found:
            return found if isinstance(found, list) else []
        time.sleep(0.1)
    raise AssertionError("it did not come")
