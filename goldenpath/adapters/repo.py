"""git, the program. The only file that starts it.

Hooks, fsmonitor, `ext::` and templates are off whenever we run git, because the files may be somebody else's. What
the person told git elsewhere does not change what we make.
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.adapters.settings import child_environment, variable
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.model import Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "core.quotePath=false",
    "core.excludesFile=",
    "core.attributesFile=",
    "protocol.allow=never",
    "protocol.ext.allow=never",
    "protocol.file.allow=user",
    *(f"protocol.{name}.allow=always" for name in ("git", "http", "https", "ssh")),
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=30",
    "submodule.recurse=false",
    "safe.bareRepository=all",
    "init.templateDir=",
    "init.defaultBranch=main",
    "clone.defaultRemoteName=origin",
    "clone.rejectShallow=false",
    "transfer.hideRefs=!refs",
    "push.default=simple",
    "push.gpgSign=false",
    "commit.gpgSign=false",
    "log.showSignature=false",
    "commit.cleanup=verbatim",
    "tag.gpgSign=false",
    "advice.detachedHead=false",
    "gc.auto=0",
)

ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""For git between two repositories of ours: the other end runs in a process of its own, which is not told SAFE."""

OURS = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "goldenpath"), ("EMAIL", "goldenpath@localhost"), ("DATE", "2026-01-01T00:00:00Z"))
}
"""Who commits what is made by us: the same on every machine and at any time, so that commit ids are, too."""

MOST_SECONDS = 600.0
"""How long any git may take."""


class GitError(MachineError):
    """git ended with another code than 0: `status`, below 0 for a signal. `said` is what it printed on stderr."""

    def __init__(self, argv: Sequence[str], status: int, said: str) -> None:
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with {status}"
        lines = said.strip().splitlines() or [f"it ended {how}"]
        name = next((each for each in argv if not each.startswith("-") and "=" not in each), argv[0])
        super().__init__(f"git {name}: {lines[-1]}", hint="look at the repository: git status")
        self.status = status
        self.said = said.strip()

    @property
    def reason(self) -> str:
        """The first line that says why: git ends with advice that fits any trouble."""
        lines = [line for line in self.said.splitlines() if line.strip()]
        fatal = (line for line in lines if line.startswith(("fatal: ", "error: ")))
        return next(fatal, lines[-1] if lines else "git could not fetch it")


def git(folder: Path, *arguments: str, text: str | None = None, **environment: str) -> str:
    """What git prints in `folder`, without the last newline. Raises GitError, and MachineError without git."""
    code, out, said = _execute(folder, arguments, text, environment)
    if code:
        raise GitError(arguments, code, said)
    return out


def asks(folder: Path, *arguments: str) -> str | None:
    """What git prints, or None when it ends with another code than 0: for questions with a no."""
    code, out, _ = _execute(folder, arguments, None, {})
    return None if code else out


def tells(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """The code that git ends with, what it prints, and what it says on stderr: where more than one code is fine."""
    return _execute(folder, arguments, None, environment)


def as_environment(*more: tuple[str, str]) -> dict[str, str]:
    """SAFE, and `more` settings, as variables for a git that somebody else runs (git-config, ENVIRONMENT)."""
    settings = [*(setting.split("=", 1) for setting in SAFE), *more]
    numbered = {
        f"GIT_CONFIG_{what}_{number}": value
        for number, setting in enumerate(settings)
        for what, value in zip(("KEY", "VALUE"), setting, strict=True)
    }
    return {"GIT_CONFIG_COUNT": str(len(settings)), **numbered}


def _execute(
    folder: Path, arguments: Sequence[str], text: str | None, environment: Mapping[str, str]
) -> tuple[int, str, str]:
    options = [part for setting in SAFE for part in ("-c", setting)]
    command = ["git", "-C", str(folder), *options, *arguments]
    code, out, said = _run(command, text, environment)
    if code == _TOOK_TOO_LONG:
        raise GitError(arguments, code, said)
    if code == _FATAL and arguments != _VERSION:
        _refuse_unable(folder)
    return code, out, said


def _run(command: Sequence[str], text: str | None, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """What a program prints, in plain English. Raises MachineError when it is not on this machine."""
    seconds = _most_seconds()
    own = child_environment(**{"LC_ALL": "C", "LANGUAGE": "C", **environment})
    with tempfile.TemporaryFile() as stdin:
        stdin.write((text or "").encode(errors="surrogateescape"))
        stdin.seek(0)
        try:
            ended = shell.run_to_its_end(lambda: shell.begin(command, own, stdin=stdin), seconds)
        except (FileNotFoundError, PermissionError) as error:
            raise MachineError("git is not on this machine", hint="install it: https://git-scm.com") from error
    out, said = (text.decode(errors="surrogateescape").removesuffix("\n") for text in (ended.stdout, ended.stderr))
    if ended.exit is None:
        return _TOOK_TOO_LONG, out, f"it was ended, because it took longer than {seconds:g} s"
    return ended.exit, out, said


def _refuse_unable(folder: Path) -> None:
    """Raise MachineError when git can't even tell its version: a broken configuration looks like any other trouble."""
    code, _, said = _execute(folder, _VERSION, None, {})
    if code:
        raise MachineError(f"git does not start: {' '.join(said.split())}", hint="open that file and put it right")


def _most_seconds() -> float:
    """How long git may take, as `GOLDENPATH_FETCH_SECONDS` sets it. Raises UsageError."""
    text = variable("GOLDENPATH_FETCH_SECONDS")
    if not text:
        return MOST_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < _A_LONG_TIME:
        raise UsageError(f"GOLDENPATH_FETCH_SECONDS is {text!r}, which is no time", hint="write it like: 600")
    return seconds


_A_LONG_TIME = 1e9
_TOOK_TOO_LONG = 124
_FATAL = 128
_VERSION = ("version",)


def identity(folder: Path) -> Person | None:
    """Who commits in `folder`, as git is configured there; None when nobody is."""
    lines = (asks(folder, "config", "--get-regexp", r"^user\.(name|email)$") or "").splitlines()
    known = {key: value for key, _, value in (line.partition(" ") for line in lines)}
    name = variable("GIT_AUTHOR_NAME") or known.get("user.name")
    email = variable("GIT_AUTHOR_EMAIL") or known.get("user.email")
    return Person(name, email) if name and email else None


def init_with_commit(folder: Path, person: Person, message: str) -> str:
    """Make `folder` a repository on branch `main` whose one commit holds everything; the commit's id.

    The identity is written into the repository only where git has no other.
    """
    git(folder, "init", "--quiet", "--initial-branch=main")
    if identity(folder) != person:
        git(folder, "config", "user.name", person.name)
        git(folder, "config", "user.email", person.email)
    git(folder, "add", "--all")
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", person.name), ("EMAIL", person.email))
    }
    git(folder, "commit", "--quiet", "--message", message, **who)
    return git(folder, "rev-parse", "HEAD")


def enclosing(folder: Path) -> Path | None:
    """The root of the repository that `folder` lies in, or None."""
    found = asks(folder, "rev-parse", "--show-toplevel")
    return Path(found) if found else None


def remote_url(folder: Path, name: str = "origin") -> str:
    """The address of a remote; empty when there is no such remote."""
    return asks(folder, "config", f"remote.{name}.url") or ""


def branch(folder: Path) -> str:
    """The current branch; empty on a detached HEAD."""
    return asks(folder, "symbolic-ref", "--quiet", "--short", "HEAD") or ""


def changes(folder: Path) -> list[str]:
    """What is not committed, as `git status` puts it, one line a file."""
    return git(folder, "--no-optional-locks", "status", "--porcelain", "--untracked-files=normal").splitlines()
