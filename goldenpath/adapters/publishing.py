"""Publishing: what a repository elsewhere has, and pushing to it. Nothing that is there is ever replaced."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.addresses import without_credentials, without_credentials_in
from goldenpath.core.errors import ForgeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAIN = "refs/heads/main"
_TAGS = "refs/tags/"
_FETCHED = "refs/goldenpath/published"
_NOTHING_YET = ("not found", "could not be found", "does not exist", "does not appear to be a git repository")
"""What git says of a place where a push may make the repository; every other trouble is one of the push, too."""


def refs_at(repository: Path, address: str) -> dict[str, str]:
    """The commits of the branch `main` and of the tags at an address, by ref; none where no repository is yet.

    Raises ForgeError when nobody answers, or does not let us look.
    """
    from goldenpath.adapters.repo import tells

    code, out, said = tells(repository, "ls-remote", "--", address, MAIN, f"{_TAGS}*")
    if code and not any(each in said.lower() for each in _NOTHING_YET):
        raise _refused(address, out, said)
    found = (line.split("\t") for line in out.split("\n") if line) if not code else ()
    return {name.removesuffix("^{}"): commit for commit, name in found}  # a peeled tag stands behind itself


def push(repository: Path, address: str, refs: Mapping[str, str]) -> None:
    """Push commits under names that are new there, or that they are ahead of. Raises ForgeError for what is refused."""
    from goldenpath.adapters.repo import SAFE, tells

    safe = " ".join(f"-c {shlex.quote(setting)}" for setting in SAFE)
    receiver = [f"--receive-pack=git {safe} receive-pack"] if is_local(address) else []
    options = ("--porcelain", "--no-verify", "--no-follow-tags", "--no-recurse-submodules", *receiver)
    named = [f"{commit}:{name}" for name, commit in refs.items()]
    code, out, said = tells(repository, "push", *options, "--", address, *named)
    if code:
        raise _refused(address, out, said)


def is_local(address: str) -> bool:
    """Whether the address is a repository of this machine."""
    return address.startswith(("/", "file://"))


def make_bare(target: Path) -> None:
    """Make an empty bare repository. Raises ForgeError when it can't be made there."""
    from goldenpath.adapters.repo import git

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-", ignore_cleanup_errors=True) as scratch:
            made = Path(scratch) / target.name
            made.mkdir()  # with the rights that the person's other folders have
            git(made, "init", "--quiet", "--bare", "--initial-branch=main")
            with contextlib.suppress(FileExistsError):
                os.rename(made, target)  # noqa: PTH104 - fails when somebody was faster, and then takes nothing away
    except OSError as error:
        raise ForgeError(
            f"{target} can't be made: {error.strerror}", hint="name another folder: --to FOLDER"
        ) from error


def is_unmade(target: Path) -> bool:
    """Whether nothing is there yet that a repository would replace."""
    return not os.path.lexists(target) or (target.is_dir() and not any(target.iterdir()))


@contextlib.contextmanager
def fetched(repository: Path, address: str) -> Iterator[dict[str, str]]:
    """The tree of each tag and of `main` at an address, by ref, for as long as their commits are kept here.

    Raises ForgeError when git can't fetch them.
    """
    from goldenpath.adapters.repo import git, tells

    place = f"{_FETCHED}/{secrets.token_hex(8)}"
    refs = (f"{_TAGS}*:{place}/tags/*", f"{MAIN}:{place}/heads/main")
    try:
        code, out, said = tells(
            repository, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", address, *refs
        )
        if code:
            raise _refused(address, out, said)
        lines = git(repository, "for-each-ref", "--format=%(tree) %(*tree)\t%(refname)", place).split("\n")
        found = (line.partition("\t") for line in lines if line)
        yield {f"refs{name.removeprefix(place)}": trees.split()[-1] for trees, _, name in found if trees.strip()}
    finally:
        names = git(repository, "for-each-ref", "--format=delete %(refname)", place)
        git(repository, "update-ref", "--stdin", text=f"{names}\n" if names else "")


def tree_of(repository: Path, commit: str) -> str:
    """The tree of a commit that is here."""
    from goldenpath.adapters.repo import git

    return git(repository, "rev-parse", f"{commit}^{{tree}}")


def ahead_of(repository: Path, before: str, release: str, message: str) -> str:
    """A commit with the content of a release that is ahead of `before` too, so that `main` moves without force."""
    from goldenpath.adapters.repo import OURS, git

    parents = ("-p", before, "-p", release)
    return git(repository, "commit-tree", tree_of(repository, release), *parents, "-m", message, **OURS)


def _refused(address: str, out: str, said: str) -> ForgeError:
    shown = without_credentials(address)
    return ForgeError(
        f"{shown}: {without_credentials_in(_reason(out, said))}",
        hint=f"the repository has to be there, and to take what you push: git ls-remote {shown}",
    )


def _reason(out: str, said: str) -> str:
    """What git and the other end say, as one line."""
    lines = [line.strip() for line in said.splitlines()]
    fatal = next((line.partition(": ")[2] for line in lines if line.startswith("fatal: ")), "")
    refused = [line.split("\t")[1:] for line in out.splitlines() if line.startswith("!\t")]
    named = "; ".join(f"{ref.rpartition(':')[2]}: {why}" for ref, why in refused[:1])
    remote = (line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:"))
    told = next((line for line in remote if any(sign.isalnum() for sign in line)), "")
    found = [text for text in (named or fatal, told) if text]
    return "; ".join(dict.fromkeys(found)) or (lines[-1] if lines else "git could not reach it")
