"""git, through GitPython. The only file that knows it.

Hooks, fsmonitor, `ext::` and templates are off whenever we run git, because the files may be somebody else's.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import variable
from goldenpath.core.errors import MachineError
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
    "protocol.ext.allow=never",
    "init.templateDir=",
    "init.defaultBranch=main",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "advice.detachedHead=false",
    "gc.auto=0",
)


class GitError(MachineError):
    """git ended with another code than 0. `said` is what it printed on stderr."""

    def __init__(self, argv: Sequence[str], status: int, said: str) -> None:
        lines = said.strip().splitlines() or [f"it ended with {status}"]
        super().__init__(f"git {argv[0]}: {lines[-1]}", hint="look at the repository: git status")
        self.said = said.strip()


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


def _execute(
    folder: Path, arguments: Sequence[str], text: str | None, environment: Mapping[str, str]
) -> tuple[int, str, str]:
    from git import Git, GitCommandNotFound

    options = [part for setting in SAFE for part in ("-c", setting)]
    command = ["git", "-C", str(folder), *options, *arguments]
    with tempfile.TemporaryFile() as stdin:
        stdin.write((text or "").encode())
        stdin.seek(0)
        try:
            code, out, said = Git().execute(
                command, istream=stdin, with_extended_output=True, with_exceptions=False, env=environment
            )
        except GitCommandNotFound as error:
            raise MachineError("git is not on this machine", hint="install it: https://git-scm.com") from error
    return code, _words(out), _words(said)


def _words(value: str | bytes | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value or ""


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
