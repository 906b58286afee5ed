"""Projects and templates of somebody else: what lies in them runs nothing, reads nothing and stops nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bomb_cases import DEEP, laughs
from tests.hostile.machine import QUIET, Machine, write
from tests.hostile.tables import PLAIN, check_two_lines, expected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _pytest.mark import ParameterSet

IDENTITY, ANSWERS = ".goldenpath.toml", ".copier-answers.yml"
ENDLESS_S = 6


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a project as it came from elsewhere, and how `status` ends there. `lacking` is why it does not yet."""

    name: str
    file: str
    content: str | bytes | Callable[[Path], object]
    code: int
    words: str = ""
    lacking: str = ""


def answers(source: str, commit: str = "v1.0.0") -> str:
    return f"_src_path: {source!r}\n_commit: {commit!r}\n"


def link(target: str) -> Callable[[Path], object]:
    return lambda file: file.symlink_to(target)


FOUND = (
    Found("source-helper", ANSWERS, answers("ext::sh -c touch% ran"), 3, "no address"),
    Found("source-option", ANSWERS, answers("--upload-pack=touch ran"), 3, "no address"),
    Found("source-path", ANSWERS, answers("/etc"), 3, "no address"),
    Found("source-home", ANSWERS, answers("~/x"), 3, "no address"),
    Found("source-above", ANSWERS, answers("goldenpath:../../../etc.git"), 3, "as its template"),
    Found("source-absolute", ANSWERS, answers("goldenpath:/etc.git"), 3, "as its template"),
    Found("source-address", ANSWERS, answers("https://127.0.0.1:1/x"), 2, "check --trust"),
    Found("source-ssh-option", ANSWERS, answers("ssh://-oProxyCommand=touch ran/x"), 3, "no address"),
    Found("version-above", ANSWERS, answers("goldenpath:backend.git", "../../../x"), 3, "has no version"),
    Found("version-option", ANSWERS, answers("goldenpath:backend.git", "--output=ran"), 3, "has no version"),
    Found("version-escape", ANSWERS, answers("goldenpath:backend.git", "\x1b[31m"), 3, ""),
    Found("answers-deep", ANSWERS, f"a: {DEEP}\n", 3, "nested deeper"),
    Found("answers-laughs", ANSWERS, laughs(12), 3, "more than"),
    Found("answers-binary", ANSWERS, b"\xff\xfe", 3, "not UTF-8"),
    Found("answers-python", ANSWERS, "a: !!python/object/apply:os.system [touch ran]\n", 3, "not valid YAML"),
    Found("answers-a-folder", ANSWERS, lambda file: file.mkdir(), 3, ANSWERS),
    Found("answers-a-pipe", ANSWERS, os.mkfifo, 3, ANSWERS),
    Found("answers-a-link", ANSWERS, link("/etc/passwd"), 3, ANSWERS),
    Found("answers-endless", ANSWERS, link("/dev/zero"), 3, ANSWERS),
    Found("identity-binary", IDENTITY, b"\xff", 3, IDENTITY),
    Found("identity-broken", IDENTITY, "id = ", 3, IDENTITY),
    Found("identity-a-list", IDENTITY, "id = [1]\npath = {a = 1}\n", 3, IDENTITY),
    Found("identity-escape", IDENTITY, 'id = "\\u001b[31m"\n', 3, IDENTITY),
    Found("identity-long", IDENTITY, f'id = "{"x" * 1_000_000}"\n', 3, IDENTITY),
)


def found() -> list[ParameterSet]:
    return [pytest.param(case, id=case.name, marks=expected(case.lacking)) for case in FOUND]


def came_from_elsewhere(machine: Machine) -> Machine:
    """A machine whose working folder is a repository with an identity and answers."""
    files = {IDENTITY: 'id = "prj-0123456789abcdef"\npath = "backend"\n', ANSWERS: answers("goldenpath:backend.git")}
    write(machine.folder, files)
    machine.run("init", "-q", program=("git",))
    return machine


@pytest.mark.parametrize("case", found())
@pytest.mark.parametrize("command", ["status", "next"])
def test_a_file_of_a_project_from_elsewhere_is_refused(machine: Machine, case: Found, command: str) -> None:
    file = came_from_elsewhere(machine).folder / case.file
    file.unlink()
    if callable(case.content):
        case.content(file)
    else:
        write(file.parent, {file.name: case.content})
    ended = machine.run(command, timeout_s=ENDLESS_S)
    assert ended.code == case.code, ended.said
    assert case.words in ended.err
    check_two_lines(ended)
    assert not list(machine.home.parent.rglob("ran"))


def test_the_table_refuses_what_is_hostile_and_nothing_else(machine: Machine) -> None:
    ended = came_from_elsewhere(machine).run("status")
    assert ended.code == 0, ended.said


TRAPS = """
[core]
	fsmonitor = {trap}
	hooksPath = {trap}s
	pager = {trap}
	editor = {trap}
	sshCommand = {trap}
	askPass = {trap}
	gitProxy = {trap}
	alternateRefsCommand = {trap}
[diff]
	external = {trap}
[filter "x"]
	clean = {trap}
	smudge = {trap}
	process = {trap}
[remote "origin"]
	url = ext::{trap}
	uploadpack = {trap}
	receivepack = {trap}
[credential]
	helper = {trap}
[gpg]
	program = {trap}
[alias]
	status = !{trap}
	log = !{trap}
"""


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "next",
        "hint",
        "check",
        "check --all",
        "doctor",
        "solution",
        "milestones",
        "pr list",
        "pr open",
        "pr merge",
    ],
)
def test_the_repository_of_a_project_from_elsewhere_runs_nothing(machine: Machine, command: str) -> None:
    came_from_elsewhere(machine)
    trap = machine.home / "trap"
    write(machine.home, {"trap": f"#!/bin/sh\necho $0 $* >> {machine.home}/ran\n"})
    trap.chmod(0o755)
    for hook in ("post-checkout", "pre-push", "reference-transaction"):
        (machine.home / "traps").mkdir(exist_ok=True)
        (machine.home / "traps" / hook).symlink_to(trap)
        (machine.folder / ".git" / "hooks").mkdir(exist_ok=True)
        (machine.folder / ".git" / "hooks" / hook).symlink_to(trap)
    with (machine.folder / ".git" / "config").open("a") as file:
        file.write(TRAPS.format(trap=trap))
    write(machine.folder, {".gitattributes": "* filter=x diff=x\n", "a.txt": "x"})
    ended = machine.run(*command.split())
    assert ended.code in {0, 1, 2, 3, 4, 6}, ended.said
    assert not (machine.home / "ran").exists(), (machine.home / "ran").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("command", ["status", "next", "check"])
def test_a_project_of_another_owner_is_told_of(machine: Machine, command: str) -> None:
    came_from_elsewhere(machine)
    for file in (machine.folder, *machine.folder.rglob("*")):
        os.chown(file, 12345, 12345)
    ended = machine.run(command)
    assert ended.code in {0, 2}, ended.said
    assert "Traceback" not in ended.said


def published(machine: Machine, module: str) -> str:
    """The address of a template with a submodule at this address."""
    files = {**PLAIN, "template/commit.jinja": "{{ _copier_conf.vcs_ref_hash }}"}  # so that Copier clones it
    template = write(machine.home.parent / "template", files)
    lines = (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("commit", "-qm", "one"),
        ("update-index", "--add", "--cacheinfo", "160000,0123456789012345678901234567890123456789,s"),
    )
    for line in lines:
        assert machine.run(*line, program=("git",), cwd=template).code == 0
    write(template, {".gitmodules": f'[submodule "s"]\n\tpath = s\n\turl = {module}\n'})
    for line in (("add", ".gitmodules"), ("commit", "-qm", "two"), ("tag", "v1.0.0")):
        assert machine.run(*line, program=("git",), cwd=template).code == 0
    return template.as_uri()


@pytest.mark.parametrize(
    ("allowed", "module"),
    [
        ("", "ext::sh -c touch% {home}/ran"),
        ("", "--upload-pack=touch {home}/ran"),
        ("", "file:///etc"),
        ('[protocol "ext"]\n\tallow = always\n', "ext::sh -c touch% {home}/ran"),
        ("[protocol]\n\tallow = always\n", "ext::sh -c touch% {home}/ran"),
    ],
)
def test_a_submodule_of_a_template_runs_nothing(machine: Machine, allowed: str, module: str) -> None:
    with (machine.home / ".gitconfig").open("a") as file:
        file.write(allowed)
    address = published(machine, module.format(home=machine.home))
    ended = machine.run("start", address, "p", *QUIET)
    assert not (machine.home / "ran").exists()
    assert ended.code in {0, 3}, ended.said
    assert "Traceback" not in ended.said


def test_a_repository_of_a_template_runs_nothing(machine: Machine) -> None:
    template = write(machine.home.parent / "template", PLAIN)
    assert machine.run("init", "-q", program=("git",), cwd=template).code == 0
    trap = write(machine.home, {"trap": f"#!/bin/sh\ntouch {machine.home}/ran\n"}) / "trap"
    trap.chmod(0o755)
    for hook in ("post-checkout", "post-index-change", "pre-commit", "reference-transaction"):
        (template / ".git" / "hooks").mkdir(exist_ok=True)
        (template / ".git" / "hooks" / hook).symlink_to(trap)
    (template / ".git" / "config").write_text(TRAPS.format(trap=trap))
    ended = machine.run("start", template, "p", *QUIET)
    assert ended.code == 0, ended.said
    assert not (machine.home / "ran").exists()
    project = replace(machine, folder=machine.folder / "p")
    assert project.run("status").code == 2
