"""What `update` refuses, what it says then, and that nothing is changed by it."""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import write as write_texts
from tests.updates.ground import ANSWERS, commit, git, state_of
from tests.updates.places import ASKING, FIRST, NEXT, UPDATE, Site, here, made, site

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli, Result

__all__ = ["here", "made", "site"]
CODES = {2: "usage", 3: "template", 4: "machine", 5: "files"}


@dataclass(frozen=True)
class Refusal:
    """A trouble in a project, the exit code, and what is said of it and of the way out."""

    name: str
    make: Callable[[Path], object]
    code: int
    says: tuple[str, ...]
    order: tuple[str, ...] = UPDATE


def _write(name: str, text: str = "mine\n") -> Callable[[Path], object]:
    return lambda root: write_texts(root, {name: text})


def _staged(root: Path) -> None:
    write_texts(root, {"app.txt": "mine\n"})
    git(root, "add", "app.txt")


def _branches(root: Path) -> None:
    """Two branches that are in conflict."""
    git(root, "switch", "--quiet", "--create", "other")
    write_texts(root, {"app.txt": "theirs\n"})
    commit(root)
    git(root, "switch", "--quiet", "main")
    write_texts(root, {"app.txt": "mine\n"})
    commit(root)


def _in(*arguments: str) -> Callable[[Path], object]:
    """In the middle of what git does between two branches."""

    def make(root: Path) -> None:
        _branches(root)
        os.system(f"cd '{root}' && git {' '.join(arguments)} >/dev/null 2>&1")  # noqa: S605 - it is to fail

    return make


def _unmerged(root: Path) -> None:
    _in("merge", "other")(root)
    (root / ".git" / "MERGE_HEAD").unlink()


def _ignored(root: Path) -> None:
    (root / ".git" / "info").mkdir(exist_ok=True)
    write_texts(root, {".git/info/exclude": "new.txt\n", "new.txt": "mine\n"})


def _no_repository(root: Path) -> None:
    shutil.rmtree(root / ".git")


def _no_commit(root: Path) -> None:
    _no_repository(root)
    git(root, "init", "--quiet")


def _answers(**changed: str | None) -> Callable[[Path], object]:
    """The answers file with other lines, committed."""

    def make(root: Path) -> None:
        file = root / ANSWERS
        kept = [line for line in file.read_text().splitlines() if line.split(":")[0] not in changed]
        added = [f"{key}: {json.dumps(value)}" for key, value in changed.items() if value is not None]
        file.write_text("\n".join(sorted(kept + added)) + "\n")
        commit(root)

    return make


def _text(text: str) -> Callable[[Path], object]:
    def make(root: Path) -> None:
        (root / ANSWERS).write_text(text)
        commit(root)

    return make


def _without_answers(root: Path) -> None:
    (root / ANSWERS).unlink()
    commit(root)


def _linked_parent(root: Path) -> None:
    (root / "elsewhere").mkdir()
    (root / "deep").symlink_to("elsewhere")


def _link(root: Path) -> None:
    (root / "new.txt").symlink_to("nowhere")


def _nothing(_: Path) -> None:
    """Nothing is wrong with the project."""


def _locked(root: Path) -> None:
    (root / ".git" / "index.lock").touch()


def _record(text: str) -> Callable[[Path], object]:
    return _write(".git/goldenpath/update.json", text)


HOSTILE = {
    "ext": "ext::sh -c touch% pwned",
    "folder": "/etc",
    "option": "--upload-pack=touch pwned",
    "nobody-knows": "http://127.0.0.1:9/x.git",
}
REFUSALS = [
    Refusal("dirty", _write("app.txt"), 5, ("app.txt: changed and not committed", "git stash")),
    Refusal("staged", _staged, 5, ("app.txt: changed and not committed", "git commit")),
    Refusal("unmerged", _unmerged, 5, ("app.txt: changed and not committed", "git")),
    Refusal("mid-merge", _in("merge", "other"), 5, ("in the middle of something here (MERGE_HEAD)", "git status")),
    Refusal("mid-rebase", _in("rebase", "other"), 5, ("in the middle of something here (rebase-merge)", "git status")),
    Refusal("mid-pick", _in("cherry-pick", "other"), 5, ("middle of something here (CHERRY_PICK_HEAD)", "git status")),
    Refusal("untracked", _write("new.txt"), 5, ("does not track: new.txt", "move them away")),
    Refusal("ignored", _ignored, 5, ("does not track: new.txt", "move them away")),
    Refusal("folder", _write("new.txt/mine.txt"), 5, ("does not track: new.txt", "move them away")),
    Refusal("link", _link, 5, ("does not track: new.txt", "move them away")),
    Refusal("parent-is-a-file", _write("deep/down"), 5, ("does not track: deep/down", "move them away")),
    Refusal("parent-is-a-link", _linked_parent, 5, ("does not track: deep", "move them away")),
    Refusal("no-repository", _no_repository, 2, ("is in no git repository with a commit", "git init")),
    Refusal("no-commit", _no_commit, 2, ("is in no git repository with a commit", "git commit")),
    Refusal("answers-missing", _without_answers, 2, ("does not say which version", f"git restore {ANSWERS}")),
    Refusal("answers-empty", _text(""), 2, ("does not say which version", f"git restore {ANSWERS}")),
    Refusal("answers-list", _text("- 1\n"), 2, ("does not say which version", f"git restore {ANSWERS}")),
    Refusal("answers-damaged", _text("a: [\n"), 3, (f"{ANSWERS}:2: not valid YAML", f"put it right in {ANSWERS}")),
    Refusal("no-source", _answers(_src_path=None), 2, ("does not say which version", "_src_path")),
    Refusal("no-version", _answers(_commit=None), 2, ("does not say which version", "_commit")),
    Refusal("other-version", _answers(_commit="v0.0.7"), 3, ("0.0.7", f"{NEXT}")),
    *(
        Refusal(name, _answers(_src_path=source), 2, (f"names {source} now", "--trust"))
        for name, source in HOSTILE.items()
    ),
    *(
        Refusal(f"trusted-{name}", _answers(_src_path=source), 3, (source, "no address"), (*UPDATE, "--trust"))
        for name, source in HOSTILE.items()
        if name != "nobody-knows"
    ),
    Refusal("no-such-version", _nothing, 3, ("9.9.9", FIRST, NEXT), ("update", "--to", "9.9.9", "--no-input")),
    Refusal(
        "version-option", _nothing, 3, ("--upload-pack=x", FIRST), ("update", "--to=--upload-pack=x", "--no-input")
    ),
    Refusal("unknown-question", _nothing, 2, ("colr", "colour"), (*UPDATE, "-d", "colr=red")),
    Refusal(
        "bad-value", _nothing, 2, ("`colour` can't be 'green'", "-d colour=VALUE"), (*UPDATE, "-d", "colour=green")
    ),
    Refusal("needs-answer", _nothing, 2, ("port", "-d port="), ("update", "--to", ASKING, "--no-input")),
    Refusal("index-lock", _locked, 5, ("another git", ".git/index.lock", "rm ")),
    Refusal("record-damaged", _record("{"), 5, ("update.json can't be read", "rm ")),
    Refusal("record-other", _record('{"format": 9}'), 5, ("update.json can't be read", "rm ")),
    Refusal(
        "continue-nothing", _nothing, 2, ("no update is unfinished", "goldenpath update"), ("update", "--continue")
    ),
    Refusal("abort-nothing", _nothing, 2, ("no update is unfinished", "goldenpath update"), ("update", "--abort")),
    Refusal("both", _nothing, 2, ("go with no other option", "--help"), ("update", "--abort", "--continue")),
    Refusal("abort-to", _nothing, 2, ("go with no other option", "--help"), ("update", "--abort", "--to", NEXT)),
]


def everything(*folders: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below folders: its mode and content; folders and links as well."""
    found: dict[str, tuple[int, bytes]] = {}
    for folder in folders:
        for path in (Path(at, name) for at, below, files in os.walk(folder) for name in (*below, *files)):
            is_file = path.is_file() and not path.is_symlink()
            content = path.read_bytes() if is_file else os.fsencode(path.readlink()) if path.is_symlink() else b""
            found[str(path)] = (path.lstat().st_mode, content)
    return found


def refused(cli: Cli, *order: str) -> Result:
    """How a command ended that gives two lines, and one JSON object that says the same."""
    result = cli(*order, "--json")
    lines = result.err.strip().splitlines()
    error = json.loads(result.out)["error"]
    assert [line.partition(": ")[0] for line in lines[-2:]] == ["error", "hint"], result.err
    assert (error["code"], json.loads(result.out)["command"]) == (CODES[result.code], "update")
    return result


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_what_is_refused_is_told_and_changes_nothing(refusal: Refusal, here: Site, cli: Cli) -> None:
    refusal.make(here.root)
    before = everything(here.root)
    result = refused(cli, *refusal.order)
    assert result.code == refusal.code, result.err
    assert all(part in result.err for part in refusal.says), result.err
    after = everything(here.root)
    ours = {name for name in before.keys() ^ after.keys() if "/.git/objects" in name or "/.git/goldenpath" in name}
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed - ours if not name.endswith(".git/index")} == set()


def test_an_address_that_nobody_started_from_is_not_asked(here: Site, cli: Cli) -> None:
    shutil.rmtree(here.machine.state / "data")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        source = f"http://127.0.0.1:{server.getsockname()[1]}/x.git"
        _answers(_src_path=source)(here.root)
        before = state_of(here.root)
        result = refused(cli, "update", "--no-input")
        with pytest.raises(BlockingIOError):
            server.accept()
    assert (result.code, state_of(here.root)) == (2, before)
    assert f"Nothing was started from {source}" in result.err
