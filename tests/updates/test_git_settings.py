"""What the person told git to do elsewhere changes nothing of what an update does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.updates.actions import MINE, NEW, ODD, USERS, WILD, binary, clash, text
from tests.updates.ground import File, Files, Ground, commit, files_of, git, state_of, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.cli.conftest import Cli

CLEAN: dict[str, File | None] = {
    "notes.txt": text({2: MINE, 15: NEW}),
    "others.txt": text({2: MINE}, of="other"),
    ODD: None,
    WILD: text({15: NEW}, of="odd"),
    "own.txt": text(of="own"),
}
CLASHING: dict[str, File | None] = {
    "notes.txt": clash({15: MINE}, {15: NEW}, 15, 15),
    "folder/two.txt": text({2: MINE}, of="two"),
    "logo.bin": binary(3),
    ODD: None,
}
IN_CONFLICT = {"notes.txt": True, "folder/two.txt": False, "logo.bin": False}
TURN = "tr a-mn-z n-za-m"
SETTINGS = {
    "nothing": "",
    "autocrlf": "[core]\nautocrlf = true",
    "autocrlf-strict": "[core]\nautocrlf = true\nsafecrlf = true",
    "autocrlf-input": "[core]\nautocrlf = input\nsafecrlf = true\neol = crlf",
    "untracked": "[status]\nshowUntrackedFiles = no\nrelativePaths = false\nbranch = true\nrenames = copies",
    "style": "[merge]\nconflictStyle = merge",
    "style-zdiff3": "[merge]\nconflictStyle = zdiff3\nrenormalize = true\nverbosity = 0",
    "hooks": "[core]\nhooksPath = HOME/hooks\nfsmonitor = HOME/hooks/pre-commit",
    "signing": "[commit]\ngpgSign = true\n[gpg]\nprogram = /bin/false\n[log]\nshowSignature = true",
    "quoting": "[core]\nquotePath = true\nabbrev = 40\nprecomposeUnicode = true",
    "short-ids": "[core]\nabbrev = 4\n[i18n]\ncommitEncoding = ISO-8859-1\nlogOutputEncoding = ISO-8859-1",
    "diff": "[diff]\nnoprefix = true\nexternal = /bin/false\nrenames = false\n[color]\nui = always",
    "diff-words": "[diff]\nmnemonicPrefix = true\nrelative = true\norderFile = HOME/everything\n[core]\npager = false",
    "renames": "[merge]\nrenames = false\ndirectoryRenames = false\nrenameLimit = 1\n[diff]\nrenameLimit = 1",
    "no-text": "[core]\nattributesFile = HOME/no-text",
    "binary": "[core]\nattributesFile = HOME/binary",
    "ours": '[core]\nattributesFile = HOME/ours\n[merge "mine"]\ndriver = true\n[merge]\ndefault = mine',
    "filter": f'[core]\nattributesFile = HOME/filter\n[filter "turn"]\nclean = {TURN}\nsmudge = {TURN}',
    "modes": "[core]\nfileMode = false",
    "case": "[core]\nignoreCase = true",
    "ignored": "[core]\nexcludesFile = HOME/everything",
    "index": "[core]\nsplitIndex = true\nuntrackedCache = true\n[feature]\nmanyFiles = true\n[index]\nthreads = 4",
    "rerere": "[rerere]\nenabled = true\nautoUpdate = true\n[pull]\nrebase = true\n[merge]\nff = only",
    "new-repositories": "[init]\ntemplateDir = HOME/hooks\ndefaultBranch = trunk\n[safe]\nbareRepository = explicit",
}
"""`HOME` stands for a folder with a file for each thing that is named there."""
ATTRIBUTES = {
    "no-text": "* -text",
    "binary": "* merge=binary",
    "ours": "* merge=mine",
    "filter": "own.txt filter=turn\nothers.txt filter=turn\nlogo.bin filter=turn",
}
HOOKS = ("pre-commit", "commit-msg", "post-commit", "post-checkout", "post-index-change", "reference-transaction")


def tell_git(home: Path, setting: str) -> None:
    """Write a setting into the person's own configuration, and what it names beside it."""
    for name, line in ATTRIBUTES.items():
        (home / name).write_text(f"{line}\n")
    (home / "everything").write_text("*\n")
    write(home / "hooks", {name: File(b"#!/bin/sh\nexit 1\n", "100755") for name in HOOKS})
    with (home / ".gitconfig").open("a") as file:
        file.write(SETTINGS[setting].replace("HOME", str(home)) + "\n")


def check_out(root: Path) -> None:
    """Write every file of the project anew, as the configuration has it."""
    for name in files_of(root):
        (root / name).unlink()
    git(root, "-c", "core.fsmonitor=false", "checkout-index", "--all", "--force", "--index")


def with_crlf(files: Mapping[str, File]) -> Files:
    """The files, the lines of texts ended as on Windows."""
    return {
        name: file if b"\0" in file.content else File(file.content.replace(b"\n", b"\r\n"), file.mode)
        for name, file in files.items()
    }


def turned(files: Mapping[str, File]) -> Files:
    """The files, some of them as a filter writes them."""
    table = bytes.maketrans(*(f"{some}{more}".encode() for some, more in (_HALVES, _HALVES[::-1])))
    names = {"own.txt", "others.txt", "logo.bin"}
    return {
        name: File(file.content.translate(table), file.mode) if name in names else file for name, file in files.items()
    }


_HALVES = ("abcdefghijklm", "nopqrstuvwxyz")
ON_DISK: dict[str, Callable[[Mapping[str, File]], Files]] = {
    "autocrlf": with_crlf,
    "autocrlf-strict": with_crlf,
    "filter": turned,
}
"""What the person's configuration makes of the files when they are written."""


def blobs_of(root: Path) -> dict[str, str]:
    """What is staged, by file."""
    lines = git(root, "ls-files", "--stage", "-z").split("\0")
    return {line.split("\t", 1)[1]: line.split()[1] for line in lines if line}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_person_changes_nothing(
    setting: str, ground: Ground, home: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = ground.copy(tmp_path / "mine")
    monkeypatch.chdir(root)
    USERS["many"](root)
    commit(root)
    tell_git(home, setting)
    check_out(root)
    before = state_of(root)
    expected = ground.expected("many", CLEAN)
    shown = ON_DISK.get(setting, dict)(expected)
    for ending in ("--abort", "--continue"):
        result = cli(*ground.order("many"), "--no-input", "--json")
        assert (result.code, result.err.count("error")) == (0, 0), result.err
        assert files_of(root) == shown
        assert cli("update", ending, "--yes").code == 0
        if ending == "--abort":
            assert state_of(root) == before
    for name, blob in blobs_of(root).items():
        assert git(root, "cat-file", "blob", blob).encode(errors="surrogateescape") == expected[name].content
    assert state_of(root).status == ""


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_person_hides_no_conflict(
    setting: str, ground: Ground, home: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = ground.copy(tmp_path / "mine")
    monkeypatch.chdir(root)
    USERS["many-in-conflict"](root)
    commit(root)
    tell_git(home, setting)
    check_out(root)
    before = state_of(root)
    result = cli(*ground.order("many"), "--no-input", "--json")
    assert result.code == 5, result.err
    assert {each["path"]: each["has_markers"] for each in result.data["conflicts"]} == IN_CONFLICT
    assert result.data["deleted"] == [ODD]
    expected = ground.expected("many", CLASHING)
    assert files_of(root) == ON_DISK.get(setting, dict)(expected)
    assert cli("update", "--abort").code == 0
    assert state_of(root) == before
