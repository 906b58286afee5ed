"""The update that stands in a project and is not committed: kept in its git folder, read, settled and forgotten."""

from __future__ import annotations

import contextlib
import errno
import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from goldenpath.adapters import locking
from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.signals import put_off
from goldenpath.core.errors import FilesInTheWayError, GoldenpathError, MachineError
from goldenpath.core.updating import Unfinished
from goldenpath.flows.find_project import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.adapters.checkout import Place

FORMAT = 1
_REF = "refs/worktree/goldenpath/update"
"""What keeps the tree of the update from `git gc`; of this work tree alone."""
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})


def file_in(git_folder: Path) -> Path:
    """Where it is kept."""
    return git_folder / "goldenpath" / "update.json"


def may_be_near(folder: Path) -> bool:
    """A look without git, for every command: whether one may be kept in the repository around a folder."""
    git_folder = _git_folder(folder)
    return git_folder is not None and (git_folder.is_file() or file_in(git_folder).exists())


def title_near(folder: Path) -> str:
    """What the update is called that is not committed in the repository around a folder; empty when there is none."""
    git_folder = _git_folder(folder)
    try:
        update = read_file(file_in(git_folder)) if git_folder is not None and git_folder.is_dir() else None
    except FilesInTheWayError:
        return ""
    return update.title if update else ""


def _git_folder(folder: Path) -> Path | None:
    return next((each / ".git" for each in (folder, *folder.parents) if (each / ".git").exists()), None)


@contextlib.contextmanager
def alone(place: Place) -> Iterator[None]:
    """Wait until no other process of ours writes into the repository, and let none begin. Raises OSError.

    Who finds an update there that is being laid over the project knows that whoever did that is gone. Where no file can
    be locked, as in some network homes, nobody waits.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locking.alone(file_in(place.git_folder).with_suffix(".lock")))
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield


def begin(place: Place, update: Unfinished) -> None:
    """Keep it, unless somebody else began one. Raises FilesInTheWayError, OSError."""
    file = file_in(place.git_folder)
    for left in file.parent.glob(f".{file.name}-*"):  # of one that was killed meanwhile
        left.unlink(missing_ok=True)
    if file.exists():
        raise FilesInTheWayError("another update began here meanwhile", hint="look at the project: git status")
    place.git("update-ref", _REF, update.tree)
    keep(place, update)


def keep(place: Place, update: Unfinished) -> None:
    """Keep it, in the place of what was known of it before. Raises OSError."""
    write_whole(file_in(place.git_folder), _text(update))


def _text(update: Unfinished) -> str:
    return json.dumps({"format": FORMAT, **asdict(update)}, indent=1) + "\n"


def forget(place: Place) -> None:
    """It is over."""
    file_in(place.git_folder).unlink(missing_ok=True)
    with contextlib.suppress(GoldenpathError):  # what it kept from being cleared away is small
        place.git("update-ref", "-d", _REF)


def read(place: Place) -> Unfinished | None:
    """The unfinished update of the repository; None when there is none. Raises FilesInTheWayError for a damaged one."""
    return read_file(file_in(place.git_folder))


def read_file(file: Path) -> Unfinished | None:
    """The same from where it is kept."""
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(file) from error
    names = {each.name for each in fields(Unfinished)}
    if not isinstance(known, dict) or known.get("format") != FORMAT:
        raise _damaged(file)
    try:
        values: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in known.items()}
        return Unfinished(**{key: value for key, value in values.items() if key in names})
    except TypeError as error:
        raise _damaged(file) from error


def is_given_up(place: Place, update: Unfinished) -> bool:
    """Whether the engineer took it back with git, so that nothing of it is left."""
    from goldenpath.adapters import checkout

    is_gone = not update.is_applying and place.head == update.head
    return is_gone and not checkout.unmerged(place) and not checkout.differing(place, "HEAD", update.touched)


def edited_since(place: Place, update: Unfinished) -> list[str]:
    """The files of the update that are not as it left them: who takes it back loses what was done to them.

    While it is being laid over the project, or taken back, a file may also be as it was, missing, or half-written.
    """
    from goldenpath.adapters import checkout

    found = checkout.differing(place, update.tree, update.touched)
    if not update.is_applying or not found:
        return found
    found = checkout.differing(place, update.head, found)
    return [path for path in found if (place.top / path).is_file() and not _is_half(place, update, path)]


def _is_half(place: Place, update: Unfinished, path: str) -> bool:
    """Whether a file is the beginning of the one before or after the update."""
    from goldenpath.adapters.repo import asks

    begun = (place.top / path).read_bytes()
    wholes = (asks(place.top, "cat-file", "blob", f"{tree}:{path}") or "" for tree in (update.head, update.tree))
    return any(whole.encode(errors="surrogateescape").startswith(begun) for whole in wholes)


def undo(place: Place, update: Unfinished) -> None:
    """Bring the project back to its last commit. Only kill -9 can interrupt that; then the next update goes on with it.

    Raises FilesInTheWayError while another git works there, MachineError when it fails; it can be tried again.
    """
    from goldenpath.adapters import checkout

    refuse_locked(place)
    _refuse_covering(place, update)
    try:
        with put_off():
            if not update.is_applying:
                keep(place, replace(update, is_applying=True))
            checkout.bring_back(place, update.touched)
            forget(place)
    except (GoldenpathError, OSError) as error:
        raise MachineError(
            f"the project could not be brought back: {error}",
            hint="put that right, then type: goldenpath update --abort",
        ) from error


def _refuse_covering(place: Place, update: Unfinished) -> None:
    """Raise FilesInTheWayError where what nobody has committed stands in the place of a file that comes back."""
    from goldenpath.adapters import checkout

    committed = checkout.committed(place)
    back = [path for path in update.touched if path in committed and not _is_file(place, path)]
    covering = checkout.in_the_way(place, back, {*committed, *update.touched})
    if covering:
        raise FilesInTheWayError(
            f"files come back to where others are that git does not track: {', '.join(covering[:5])}",
            hint="move them away, then type: goldenpath update --abort",
        )


def _is_file(place: Place, path: str) -> bool:
    whole = place.top / path
    return whole.is_symlink() or whole.is_file()


def refuse_locked(place: Place) -> None:
    """Raise FilesInTheWayError while another git holds the index of the repository."""
    from goldenpath.adapters import checkout

    lock = checkout.lock_of(place)
    if lock is not None:
        raise FilesInTheWayError(
            f"another git is at work here, or one was killed: {lock} is there",
            hint=f"try again when it is done; when none runs any more: rm '{lock}'",
        )


def is_committed(place: Place, update: Unfinished) -> bool:
    """Whether the engineer has committed it: HEAD moved on, and the answers there are of the new version."""
    if update.is_applying or place.head == update.head:
        return False
    wanted = _blob(place, update, update.tree)
    commits = place.git("rev-list", "--max-count=50", f"{update.head}..HEAD").split()
    return wanted is not None and any(_blob(place, update, commit) == wanted for commit in commits)


def _blob(place: Place, update: Unfinished, tree: str) -> str | None:
    """The answers file there; None where there is none, or git has cleared the tree away by now."""
    from goldenpath.adapters.repo import asks

    return asks(place.top, "rev-parse", "--verify", "--quiet", f"{tree}:{update.below}{ANSWERS}")


def _damaged(file: Path) -> FilesInTheWayError:
    return FilesInTheWayError(
        f"{file} can't be read, so nobody knows which update is unfinished",
        hint=f"look at the project with `git status`, then remove it: rm {file}",
    )
