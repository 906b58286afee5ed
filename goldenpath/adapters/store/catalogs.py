"""Catalogs: the mirror of a git repository with many templates, and what each of them was at every version."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.reading import MOST_BYTES
from goldenpath.adapters.store.keeping import bare, commit_of
from goldenpath.adapters.store.sources import name_of
from goldenpath.adapters.store.taking import take_tag, withdrawn
from goldenpath.core.addresses import without_credentials, without_credentials_in
from goldenpath.core.catalogs import FOLDER, is_template_name, split_tag
from goldenpath.core.errors import ForgeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

COPIER_FILES = ("copier.yml", "copier.yaml")
PRESENT = ""
"""The version of what stands on the default branch, as long as nobody gave it one."""

TAGS = "refs/tags/"
WITHDRAWN = withdrawn("")
_BRANCH = "refs/heads/main"
_LINK = "120000"


@dataclass(frozen=True, slots=True)
class Stand:
    """What a template of a mirror holds at a version: the id of its tree."""

    template: str
    version: str
    tree: str


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """A template as it was found when its catalog was last read: its newest version, or what is wrong with it."""

    name: str
    version: str = ""
    commit: str = ""
    wrong: str = ""


def mirror_of(store: Path, url: str) -> Path:
    """Where the mirror of a catalog's address is, whether it is there or not."""
    return store / f"{name_of(_mirror(url))}.git"


def _mirror(url: str) -> str:
    """What the mirror is kept under: another name than the same address has as one template's."""
    return f"{without_credentials(url)}#"


def fetch_mirror(store: Path, url: str) -> Path:
    """Mirror a repository's tags and default branch, or bring its mirror up to date.

    Credentials in `url` are used, and neither kept nor shown. Raises ForgeError when git can't fetch it; then what
    was there before is there.
    """
    from goldenpath.adapters.repo import GitError, git

    shown = without_credentials(url)
    mirror = bare(store, name_of(_mirror(url)))
    refs = ("+refs/tags/*:refs/tags/*", f"+HEAD:{_BRANCH}")
    try:
        git(mirror, "fetch", "--quiet", "--prune", "--atomic", "--no-write-fetch-head", "--", url, *refs)
    except GitError as error:
        raise ForgeError(
            f"{shown}: {without_credentials_in(error.reason)}",
            hint=f"look at the address: git ls-remote {shown}",
        ) from None
    return mirror


def drop_mirror(store: Path, url: str) -> None:
    """Forget a mirror that is of no use."""
    shutil.rmtree(mirror_of(store, url), ignore_errors=True)


def no_templates(mirror: Path) -> dict[str, str]:
    """What stands among the templates and can't be started, by its name, with the reason."""
    found = _entries(mirror)
    links = {entry.name: "is a link, and no folder" for entry in found if entry.mode == _LINK}
    folders = [entry for entry in found if entry.kind == "tree" and not is_template_name(entry.name)]
    there = _with_copier_file(mirror, [entry.id for entry in folders])
    named = {entry.name: "has a name that no template can have" for entry in folders if entry.id in there}
    return {**links, **named}


def stands_in(mirror: Path) -> list[Stand]:
    """Every template in a mirror at every version, and as it is on the default branch: version PRESENT."""
    from goldenpath.adapters.repo import git

    lines = git(mirror, "for-each-ref", "--format=%(refname:strip=2)", "refs/tags").split("\n")
    tags = [line for line in lines if line.isascii()]
    split = ((*split_tag(tag), f"refs/tags/{tag}^{{commit}}") for tag in tags)
    tagged = [(name, _canonical(version), where) for name, version, where in split if _canonical(version)]
    found = _looked_up(mirror, "tree", (f"{where}:{FOLDER}/{name}" for name, _, where in tagged))
    present = [entry for entry in _entries(mirror) if entry.kind == "tree" and is_template_name(entry.name)]
    stands = [
        *(Stand(name, version, tree) for (name, version, _), tree in zip(tagged, found, strict=True) if tree),
        *(Stand(entry.name, PRESENT, entry.id) for entry in present),
    ]
    there = _with_copier_file(mirror, [stand.tree for stand in stands])
    return [stand for stand in stands if stand.tree in there]


def _with_copier_file(mirror: Path, trees: Sequence[str]) -> set[str]:
    """Those of the trees that are templates."""
    files = [_looked_up(mirror, "blob", (f"{tree}:{file}" for tree in trees)) for file in COPIER_FILES]
    return {tree for tree, *found in zip(trees, *files, strict=True) if any(found)}


def _canonical(text: str) -> str:
    """The one spelling of a version; empty for what is none."""
    from packaging.version import InvalidVersion, Version

    try:
        return str(Version(text))
    except InvalidVersion:
        return ""


def _entries(mirror: Path) -> list[_Entry]:
    """What stands in the folder of templates on the default branch."""
    from goldenpath.adapters.repo import asks

    found: list[_Entry] = []
    for line in (asks(mirror, "ls-tree", "-z", f"{_BRANCH}:{FOLDER}") or "").split("\0"):
        about, tab, name = line.partition("\t")
        if tab:
            mode, kind, tree = about.split()
            found.append(_Entry(mode, kind, tree, name))
    return found


def _looked_up(mirror: Path, kind: str, names: Iterable[str]) -> list[str]:
    """The ids of what is named, in order; empty for what is not there, or of another kind."""
    from goldenpath.adapters.repo import git

    said = git(mirror, "cat-file", "--batch-check=%(objecttype) %(objectname)", text="".join(f"{n}\n" for n in names))
    return [line.removeprefix(f"{kind} ") if line.startswith(f"{kind} ") else "" for line in said.split("\n") if line]


def text_in(mirror: Path, tree: str, file: str) -> str:
    """The text of a file in a tree; empty when there is none, or none that is worth reading."""
    from goldenpath.adapters.repo import asks

    size = asks(mirror, "cat-file", "-s", f"{tree}:{file}") or ""
    is_read = size.isdecimal() and int(size) <= MOST_BYTES
    return (asks(mirror, "cat-file", "blob", f"{tree}:{file}") or "") if is_read else ""


def take_trees(mirror: Path, repository: Path, trees: Sequence[str]) -> None:
    """Put trees, and everything in them, into the repository of one template."""
    from goldenpath.adapters.repo import git

    if trees:
        pack = str(repository / "objects" / "pack" / "pack")
        git(mirror, "pack-objects", "--quiet", "--revs", pack, text="".join(f"{tree}\n" for tree in trees))


def trees_of(repository: Path, place: str = TAGS) -> dict[str, tuple[str, str]]:
    """Commit and tree of each version that a repository of the store has."""
    from goldenpath.adapters.repo import git

    lines = git(repository, "for-each-ref", "--format=%(refname) %(objectname) %(tree)", place)
    found = (line.split(" ") for line in lines.split("\n") if line)
    return {name.removeprefix(f"{place}v"): (commit, tree) for name, commit, tree in found}


def withdraw(repository: Path, versions: Iterable[str]) -> None:
    """Let versions be none any more, which are still found by their names: projects stand at them."""
    from goldenpath.adapters.repo import git

    known = trees_of(repository)
    lines = [
        f"update {WITHDRAWN}v{version} {known[version][0]}\ndelete {TAGS}v{version}\n" for version in sorted(versions)
    ]
    if lines:
        git(repository, "update-ref", "--stdin", text="".join(lines))


def keep_stand(repository: Path, stand: Stand) -> None:
    """Commit a tree as the version that it is, under the same id on every machine. Raises TemplateError."""
    commit = commit_of(repository, stand.template, stand.tree, stand.version)
    take_tag(repository, stand.template, f"v{stand.version}", commit)


def point_branch(repository: Path, commit: str) -> None:
    """Let the default branch of a repository of the store be at a commit."""
    from goldenpath.adapters.repo import git

    git(repository, "update-ref", _BRANCH, commit)


def is_fetched(mirror: Path) -> bool:
    """Whether a mirror is here, and something in it."""
    from goldenpath.adapters.store.tags import head

    return mirror.is_dir() and bool(head(mirror))


def write_shelf(mirror: Path, shelf: Sequence[Shelved]) -> None:
    """Note what a mirror offers, so that nobody has to ask git for it."""
    write_whole(_shelf(mirror), json.dumps([asdict(each) for each in shelf]) + "\n")


def read_shelf(mirror: Path) -> list[Shelved] | None:
    """What a mirror offers; None when it is not there, or was not read to its end."""
    try:
        return [Shelved(**each) for each in json.loads(_shelf(mirror).read_text(encoding="utf-8"))]
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _shelf(mirror: Path) -> Path:
    return mirror / "goldenpath" / "templates.json"
