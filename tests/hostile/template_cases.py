"""Templates that reach for what is not theirs: through names, links, kinds of files, rights and settings."""

from __future__ import annotations

import os
import socket
from contextlib import chdir
from typing import TYPE_CHECKING

from tests.hostile.tables import PLAIN, Case

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.hostile.machine import Machine

SUB = "_subdirectory: template\n"
LINKS = f"{SUB}_preserve_symlinks: true\n"


def named(name: str) -> dict[str, str | bytes]:
    """A template with a file whose name is the answer to a question."""
    return {"copier.yml": f"{SUB}where: plain.txt\n", "template/{{ where }}": name}


def linked(name: str, target: str) -> Callable[[Path, Machine], None]:
    """Put a link into the template."""

    def prepare(template: Path, _machine: Machine) -> None:
        (template / "template").mkdir(exist_ok=True)
        (template / "template" / name).symlink_to(target)

    return prepare


def _folder_link_to_home(template: Path, machine: Machine) -> None:
    (template / "template" / "out").symlink_to(machine.home)


def _link_for_copier(template: Path, machine: Machine) -> None:
    (machine.temporary.parent / "mine.yml").write_text("who: world\n")
    (template / "copier.yml").symlink_to(machine.temporary.parent / "mine.yml")


def _link_for_path(template: Path, _machine: Machine) -> None:
    (template / "path.md").symlink_to("/etc/passwd")


def _pipe(template: Path, _machine: Machine) -> None:
    os.mkfifo(template / "template" / "pipe")


def _socket(template: Path, _machine: Machine) -> None:
    with socket.socket(socket.AF_UNIX) as made, chdir(template / "template"):
        made.bind("s")


def _secret(template: Path, _machine: Machine) -> None:
    (template.parent / "secret.yml").write_text("mine")


def _reached(name: str, where: str, *words: str, lacking: str = "") -> Case:
    return Case(name, named("x"), 3, words, arguments=("-d", f"where={where}"), lacking=lacking)


GIT = "is a git folder"
NAMES = (
    _reached("name-above", "../x", "../x"),
    _reached("name-far-above", "a/../../../x", "x"),
    _reached("name-absolute", "/tmp/goldenpath-hostile-x", "goldenpath-hostile-x"),  # noqa: S108
    _reached("name-git-hook", ".git/hooks/post-commit", ".git", GIT),
    _reached("name-git-config", ".git/config", ".git", GIT),
    _reached("name-git-upper", ".GIT/config", ".GIT", GIT),
    _reached("name-git-short", "git~1/config", "git~1", GIT),
    _reached("name-git-space", ".git /config", ".git ", GIT),
    _reached("name-git-dot", ".git./config", ".git.", GIT),
    _reached("name-git-stream", ".git::$INDEX_ALLOCATION/config", GIT),
    _reached("name-git-joiner", ".git\u200c/config", GIT),
    _reached("name-git-wide", "\uff0egit/config", GIT),
    _reached("name-git-below", "src/.git/config", "src/.git", GIT),
    _reached("name-git-file", ".git", GIT),
    _reached("name-identity", ".goldenpath.toml", "goldenpath writes itself"),
    _reached("name-identity-upper", ".GoldenPath.TOML", "goldenpath writes itself"),
    _reached("name-identity-dot", ".goldenpath.toml.", "goldenpath writes itself"),
    _reached("name-too-long", "x" * 300, "File name too long"),
)

FOLDED = tuple(
    Case(f"name-{label}", {**PLAIN, **{f"template/{name}": "x" for name in names}}, 3, names[-1:])
    for label, names in (
        ("con", ("CON",)),
        ("aux", ("src/aux.txt",)),
        ("com1", ("com1.tar.gz",)),
        ("colon", ("a:b",)),
        ("star", ("a*b",)),
        ("backslash", ("a\\b",)),
        ("trailing-dot", ("end.",)),
        ("trailing-space", ("end ",)),
        ("same-but-case", ("Read.md", "READ.md")),
        ("same-but-form", ("caf\u00e9.md", "cafe\u0301.md")),
        ("same-folder-but-case", ("Src/a", "src/b")),
    )
)
"""What Windows or a disk that ignores case would refuse or fold."""

LINES = (
    Case("name-new-line", {**PLAIN, "template/a\nb": "x"}, 3, ("a\\nb",)),
    Case("name-escape", {**PLAIN, "template/a\x1b[31mb": "x"}, 3, ("a\\x1b[31mb",)),
    Case("two-sources-one-target", {**PLAIN, "template/a.txt": "other"}, 3, ("a.txt",)),
    Case("two-names-one-target", {**PLAIN, "template/{{ 'a' }}.txt": "other"}, 3, ("make a.txt",)),
    Case(
        "two-names-one-target-with-a-task",
        {"copier.yml": f"{SUB}_tasks: ['true']\n", "template/b": "1", "template/{{ 'b' }}": "2"},
        3,
        ("make b",),
        arguments=("--trust",),
    ),
)

TO_A_LINK = "is a link that leaves the project"
REACHES = (
    Case("link-absolute", {**PLAIN, "copier.yml": LINKS}, 3, ("up", TO_A_LINK), linked("up", "/etc/passwd")),
    Case("link-above", {**PLAIN, "copier.yml": LINKS}, 3, ("up", TO_A_LINK), linked("up", "../../outside")),
    Case("link-followed", PLAIN, 3, ("up",), linked("up", "/etc/passwd")),
    Case("link-rendered", {"copier.yml": LINKS}, 3, (TO_A_LINK,), linked("up.jinja", "{{ '/etc' }}/passwd")),
    Case("link-into-git", {"copier.yml": LINKS}, 3, ("link into a git",), linked("x", ".git/config")),
    Case("link-to-itself", {"copier.yml": LINKS}, 3, ("x",), linked("x", "x")),
    Case("link-endless-folder", PLAIN, 3, ("x",), linked("x", ".")),
    Case(
        "file-through-a-link",
        {**PLAIN, "copier.yml": LINKS, 'template/{{ "out" }}/x.txt': "x"},
        3,
        ("out",),
        _folder_link_to_home,
    ),
    Case("copier-yml-is-a-link", {"a.txt": "x"}, 3, ("copier.yml is a link",), _link_for_copier),
    Case("path-md-is-a-link", PLAIN, 3, ("path.md is a link",), _link_for_path),
    Case("pipe", PLAIN, 3, ("pipe", "named pipe"), _pipe),
    Case("socket", PLAIN, 3, ("template/s",), _socket),
    Case("subdirectory-above", {**PLAIN, "copier.yml": "_subdirectory: ..\n"}, 3, ("..",)),
    Case("subdirectory-absolute", {**PLAIN, "copier.yml": "_subdirectory: /etc\n"}, 3, ("/etc",)),
    Case("jinja-include-above", {**PLAIN, "template/b.jinja": "{% include '../../../etc/passwd' %}"}, 3, ("passwd",)),
    Case("jinja-include-absolute", {**PLAIN, "template/b.jinja": "{% include '/etc/passwd' %}"}, 3, ("passwd",)),
    Case(
        "yaml-include-above",
        {**PLAIN, "copier.yml": "!include ../../../../../../secret.yml\n"},
        3,
        ("leaves the template",),
        _secret,
    ),
    Case(
        "external-data",
        {
            **PLAIN,
            "copier.yml": f"{SUB}_external_data: {{x: /etc/hostname}}\n",
            "template/b.jinja": "{{ _external_data.x }}",
        },
        3,
        ("/etc/hostname",),
    ),
    Case(
        "external-data-of-a-trusted-one",
        {
            "copier.yml": f"{SUB}_tasks: ['true']\n_external_data: {{x: ../../secret.yml}}\n",
            "template/b.jinja": "{{ _external_data.x }}",
        },
        3,
        ("secret.yml",),
        _secret,
        ("--trust",),
    ),
    Case("task-makes-a-pipe", {**PLAIN, "copier.yml": f"{SUB}_tasks: [mkfifo q]\n"}, 3, ("q",), arguments=("--trust",)),
    Case(
        "task-sets-an-id",
        {**PLAIN, "copier.yml": f"{SUB}_tasks: [touch q, chmod 4755 q]\n"},
        3,
        ("q",),
        arguments=("--trust",),
    ),
    Case("task-not-trusted", {**PLAIN, "copier.yml": f"{SUB}_tasks: [touch q]\n"}, 2, ("touch q", "--trust")),
    Case("migration-not-trusted", {**PLAIN, "copier.yml": f"{SUB}_migrations: [touch q]\n"}, 2, ("touch q", "--trust")),
    Case("extension-not-trusted", {**PLAIN, "copier.yml": f"{SUB}_jinja_extensions: [os.x]\n"}, 2, ("os.x", "--trust")),
    Case(
        "sandbox",
        {**PLAIN, "template/b.jinja": "{{ ''.__class__.__mro__[1].__subclasses__() }}"},
        3,
        ("SecurityError",),
    ),
    Case(
        "sandbox-of-a-question",
        {**PLAIN, "copier.yml": "who: \"{{ cycler.__init__.__globals__.os.system('touch q') }}\"\n"},
        3,
        ("who",),
    ),
)
