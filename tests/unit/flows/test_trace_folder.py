"""What a proof takes for a change of the project, and for another state of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from goldenpath.flows.trace_folder import Contents, changed, trace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

YESTERDAY_NS = 1_600_000_000_000_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a repository, an environment, and a cache; all of it was written yesterday."""
    texts = {
        "song.txt": "one\n",
        "deep/er/song.txt": "two\n",
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/refs/heads/main": "0" * 40,
        ".git/index": "",
        ".git/objects/aa/bb": "",
        ".venv/pyvenv.cfg": "",
        ".venv/CACHEDIR.TAG": "",
        ".venv/lib/library.py": "",
        ".cache/CACHEDIR.TAG": "",
        ".cache/deep/thing": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, text, YESTERDAY_NS)
    (tmp_path / "link").symlink_to("deep")
    return tmp_path


def write(file: Path, text: str, at_ns: int) -> None:
    file.write_text(text)
    os.utime(file, ns=(at_ns, at_ns))


def test_what_is_looked_at_are_files_and_links_but_not_caches_and_what_git_keeps(root: Path) -> None:
    assert sorted(trace(root)) == [
        ".git/HEAD",
        ".git/refs/heads/main",
        ".venv/CACHEDIR.TAG",
        ".venv/lib/library.py",
        ".venv/pyvenv.cfg",
        "deep/er/song.txt",
        "link",
        "song.txt",
    ]


@pytest.mark.parametrize(
    ("act", "named", "is_another"),
    [
        (lambda root: write(root / "song.txt", "one\n", YESTERDAY_NS + 1), ["song.txt"], False),
        (lambda root: write(root / "song.txt", "two\n", YESTERDAY_NS + 1), ["song.txt"], True),
        (lambda root: (root / "song.txt").unlink(), ["song.txt"], True),
        (lambda root: (root / "song.txt").chmod(0o755), ["song.txt"], True),
        (lambda root: (root / "new.txt").touch(), ["new.txt"], True),
        (lambda root: ((root / "link").unlink(), (root / "link").symlink_to("song.txt")), ["link"], True),
        (lambda root: write(root / ".venv/lib/library.py", "", YESTERDAY_NS + 1), [".venv/lib/library.py"], True),
        (lambda root: (root / ".cache/deep/more").touch(), [], False),
        (lambda root: (root / ".git/index").write_text("refreshed"), [], False),
    ],
    ids=["same anew", "other", "gone", "rights", "new", "link", "installed", "cache", "index"],
)
def test_a_change_is_named_and_only_what_files_hold_makes_another_state(
    root: Path, act: Callable[[Path], object], named: list[str], is_another: object
) -> None:
    contents = Contents()
    touches, state = trace(root), contents.of(root)
    assert contents.of(root) == state
    act(root)
    assert changed(touches, trace(root)) == named
    assert (contents.of(root) != state) is is_another


def test_what_comes_back_is_the_state_from_before(root: Path) -> None:
    contents = Contents()
    state = contents.of(root)
    (root / "song.txt").unlink()
    assert contents.of(root) != state
    write(root / "song.txt", "one\n", YESTERDAY_NS + 5)
    assert contents.of(root) == state


def test_what_nobody_may_read_is_no_trouble(root: Path) -> None:
    if os.getuid() == 0:
        os.mkfifo(root / "pipe")  # root may read everything, and would wait here
    else:
        (root / "song.txt").chmod(0)
        (root / "deep").chmod(0)
    contents = Contents()
    assert contents.of(root) == contents.of(root)
    (root / "deep").chmod(0o755)
