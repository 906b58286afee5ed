"""What a template changes in its next version, and what an engineer did in the project meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.updates.ground import File, move, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MINE, NEW = "written by the engineer", "from the new version"


def lines(changed: Mapping[int, str] | None = None, *, of: str = "line", count: int = 30) -> list[str]:
    """Numbered lines, these of them changed."""
    return [(changed or {}).get(number, f"{of} {number:02}") for number in range(1, count + 1)]


def text(changed: Mapping[int, str] | None = None, *, of: str = "line", mode: str = "100644") -> File:
    """A text of such lines."""
    return File("".join(f"{line}\n" for line in lines(changed, of=of)).encode(), mode)


def clash(
    mine: Mapping[int, str],
    new: Mapping[int, str],
    first: int,
    last: int,
    *,
    of: str = "line",
    mine_of: str = "",
    names: tuple[str, str, str] | None = None,
    size: int = 7,
    has_base: bool = True,
) -> File:
    """Such a text with both sides of the lines from `first` to `last` in it.

    `names` are what the file is called on each side, `VERSION` is the new one.
    """
    here = slice(first - 1, last)
    base, ours, theirs = lines(of=of), lines(mine, of=mine_of or of), lines(new, of=of)
    yours, old, later = (f":{name}" for name in names) if names else ("", "", "")
    middle = [
        *("<" * size + f" yours{yours}", *ours[here]),
        *("|" * size + f" tpl-1.0.0{old}", *(base[here] if has_base else [])),
        *("=" * size, *theirs[here]),
        ">" * size + f" tpl-VERSION{later}",
    ]
    whole = [*base[: first - 1], *middle, *base[last:]]
    return File("".join(f"{line}\n" for line in whole).encode())


def binary(seed: int) -> File:
    """Bytes that are no text."""
    return File(bytes((seed * number * 7919) % 251 for number in range(2000)) + b"\0")


ODD = "süß & klein/ñandú 1.txt"
TEMPLATE = {
    "notes.txt": text(),
    "other.txt": text(of="other"),
    "logo.bin": binary(1),
    "folder/one.txt": text(of="one"),
    "folder/two.txt": text(of="two"),
    "{{package}}/code.txt": text(of="code"),
    "{{package}}/more.txt": text(of="more"),
    ODD: text(of="odd"),
}


def _put(name: str, file: File) -> Callable[[Path], None]:
    return lambda root: write(root, {name: file})


def _move(before: str, after: str) -> Callable[[Path], None]:
    return lambda root: move(root / before, root / after)


def _drop(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def _both(*acts: Callable[[Path], None]) -> Callable[[Path], None]:
    def act(root: Path) -> None:
        for each in acts:
            each(root)

    return act


def _link(name: str, target: str) -> Callable[[Path], None]:
    return _both(_drop(name), _put(name, File(target.encode(), "120000")))


ACTIONS: dict[str, Callable[[Path], None]] = {
    "change": _put("notes.txt", text({15: NEW})),
    "rename": _move("notes.txt", "remarks.txt"),
    "rename-change": _both(_move("notes.txt", "remarks.txt"), _put("remarks.txt", text({15: NEW}))),
    "move": _move("notes.txt", "docs/deep/notes.txt"),
    "delete": _drop("notes.txt"),
    "add": _put("new.txt", text(of="new")),
    "mode": lambda root: (root / "notes.txt").chmod(0o755),
    "binary": _put("logo.bin", binary(2)),
    "link": _link("notes.txt", "other.txt"),
    "folder": _move("folder", "place"),
    "file-to-folder": _both(_drop("notes.txt"), _put("notes.txt/inside.txt", text(of="inside"))),
    "many": _both(
        _put("notes.txt", text({15: NEW})),
        _move("other.txt", "others.txt"),
        _put("logo.bin", binary(2)),
        _put("new.txt", text(of="new")),
        _drop("folder/two.txt"),
        _put("folder/one.txt", text(of="one", mode="100755")),
        _put(ODD, text({15: NEW}, of="odd")),
    ),
}
"""What the template's next version changes, by name."""
WILD = 'größer "als"\n\t\\ $(x) *?[a]/ñandú.txt'
"""A name that no template may have; engineers do."""
USERS: dict[str, Callable[[Path], None]] = {
    "nothing": lambda _: None,
    "far": _put("notes.txt", text({2: MINE})),
    "near": _put("notes.txt", text({14: MINE})),
    "same": _put("notes.txt", text({15: MINE})),
    "alike": _put("notes.txt", text({15: NEW})),
    "delete": _drop("notes.txt"),
    "move": _move("notes.txt", "mine/notes.txt"),
    "move-change": _both(_move("notes.txt", "mine/notes.txt"), _put("mine/notes.txt", text({2: MINE}))),
    "move-same": _both(_move("notes.txt", "mine/notes.txt"), _put("mine/notes.txt", text({15: MINE}))),
    "mode": lambda root: (root / "notes.txt").chmod(0o755),
    "link": _link("notes.txt", "logo.bin"),
    "binary": _put("logo.bin", binary(3)),
    "delete-binary": _drop("logo.bin"),
    "add-same": _put("new.txt", text(of="new")),
    "add-other": _put("new.txt", text({15: MINE}, of="new")),
    "add-far": _put("new.txt", text(of="mine")),
    "add-renamed": _put("remarks.txt", text(of="mine")),
    "add-in-folder": _put("folder/mine.txt", text(of="mine")),
    "edit-in-folder": _put("folder/one.txt", text({2: MINE}, of="one")),
    "delete-in-folder": _drop("folder/one.txt"),
    "add-in-package": _put("app/mine.txt", text(of="mine")),
    "edit-in-package": _put("app/code.txt", text({2: MINE}, of="code")),
    "move-in-package": _move("app/code.txt", "app/mine.txt"),
    "delete-in-package": _drop("app/code.txt"),
    "many": _both(
        _put("notes.txt", text({2: MINE})),
        _put("other.txt", text({2: MINE}, of="other")),
        _move(ODD, WILD),
        _put("own.txt", text(of="own")),
    ),
    "many-in-conflict": _both(
        _put("notes.txt", text({15: MINE})),
        _put("folder/two.txt", text({2: MINE}, of="two")),
        _put("logo.bin", binary(3)),
        _drop(ODD),
    ),
}
"""What the engineer did and committed, by name."""
