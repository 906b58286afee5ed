"""Record a solution: the difference that an author made in an opened project, as files and a patch of its step."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.signals import uninterrupted
from goldenpath.adapters.staging import move_into_place, staging
from goldenpath.core.errors import GoldenpathError, TemplateError, UsageError
from goldenpath.core.solving import Changes, Recorded, literals_in
from goldenpath.flows.find_project import find_project
from goldenpath.flows.open_solution import BEFORE, START, tree_of
from goldenpath.flows.solve_step import SUFFIX

if TYPE_CHECKING:
    from goldenpath.core.solving import Opened

_PLAIN = "100644"
_REPLACED = ("files", "change.patch", f"change.patch{SUFFIX}")
_SCRIPTS = ("run.sh", f"run.sh{SUFFIX}")


def read_changes(opened: Opened) -> Changes:
    """What was changed since the project was opened. Raises UsageError when that is nothing."""
    from goldenpath.adapters.repo import git

    root, after = opened.root, tree_of(opened.root)
    lines = git(root, "diff-tree", "-r", "-z", "--no-renames", BEFORE, after).split("\0")
    changes = dict(zip(lines[1::2], (line.split() for line in lines[0::2]), strict=False))
    if not changes:
        raise UsageError(
            f"nothing was changed in {root}", hint=f"make step `{opened.step}` pass there, then record it again"
        )
    files = [name for name, (_, mode, _, _, kind) in changes.items() if kind == "A" and _may_be_file(root, name, mode)]
    others = [name for name in changes if name not in files]
    options = ("--binary", "--no-renames", "--no-color", "--no-ext-diff", "--src-prefix=a/", "--dst-prefix=b/")
    literal = [f":(literal,top){name}" for name in others]
    patch = git(root, "diff", *options, BEFORE, after, "--", *literal) + "\n" if others else ""
    _refuse_lossy(root, after, files, patch)
    answers = find_project(root).answers
    parts = {f"files/{name}": (root / name).read_bytes().decode("utf-8") for name in files}
    found = [each for name, text in parts.items() for each in literals_in(name, text, dict(answers))]
    found += literals_in("change.patch", patch, dict(answers)) if patch else []
    return Changes(
        step=opened.step,
        root=root,
        template=opened.template,
        files=tuple(sorted(files)),
        patch=patch,
        changed=tuple(sorted(others)),
        literals=tuple(found),
        commits=int(git(root, "rev-list", "--count", f"{START}..HEAD")),
    )


def replaced_by(changes: Changes) -> list[str]:
    """The parts of the step's solution that recording would replace, by their names in it."""
    folder = _folder(changes)
    return [name for name in _REPLACED if (folder / name).exists()]


def record_solution(changes: Changes) -> Recorded:
    """Write the step's solution; its files and patch are replaced whole, and its run.sh stays."""
    folder = _folder(changes)
    with staging(folder) as staged:
        if folder.is_dir():
            kept = shutil.ignore_patterns(*_REPLACED)
            shutil.copytree(folder, staged, ignore=kept, symlinks=True, dirs_exist_ok=True)
        for name in changes.files:
            target = staged / "files" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(changes.root / name, target)
        if changes.patch:
            (staged / "change.patch").write_text(changes.patch, encoding="utf-8", newline="")
        with uninterrupted():
            if folder.is_dir():
                folder.rename(staged.parent / "replaced")
            move_into_place(staged, folder)
    written = [f"files/{name}" for name in changes.files] + (["change.patch"] if changes.patch else [])
    return Recorded(
        step=changes.step,
        folder=folder,
        written=tuple(written),
        changed=changes.changed,
        literals=changes.literals,
        commits=changes.commits,
        has_script=any((folder / name).is_file() for name in _SCRIPTS),
    )


def _folder(changes: Changes) -> Path:
    return changes.template / "solutions" / changes.step


def _may_be_file(root: Path, name: str, mode: str) -> bool:
    """Whether `files/` can hold it, where names are Jinja, `.jinja` is cut off, and rights are not kept."""
    if mode != _PLAIN or "{" in name or name.endswith(SUFFIX):
        return False
    return _is_text(root / name)


def _is_text(file: Path) -> bool:
    try:
        file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return not file.is_file()
    return True


def _refuse_lossy(root: Path, after: str, files: list[str], patch: str) -> None:
    """Raise TemplateError when the files and the patch, laid over the project as it was, don't make what is there."""
    from goldenpath.adapters.repo import git

    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        git(root, "read-tree", BEFORE, **index)
        for name in files:
            blob = git(root, "rev-parse", f"{after}:{name}")
            git(root, "update-index", "--add", "--cacheinfo", f"{_PLAIN},{blob},{name}", **index)
        try:
            patch.encode("utf-8")  # git gave what is no UTF-8 as surrogates, and would take it back
            if patch:
                git(root, "apply", "--cached", "--whitespace=nowarn", "-", text=patch, **index)
            made = git(root, "write-tree", **index)
        except (GoldenpathError, UnicodeEncodeError):
            made = ""
    if made != after:
        changed = git(root, "diff-tree", "-r", "--name-only", made or BEFORE, after).splitlines()
        names = [name for name in changed if not _is_text(root / name)] or changed
        raise TemplateError(
            f"this can't be put into a patch: {', '.join(names)}",
            hint="write the files as text in UTF-8, or let solutions/STEP/run.sh make them",
        )
