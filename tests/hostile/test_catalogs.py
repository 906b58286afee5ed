"""Catalogs in trouble: several commands at once, and one that is killed at any moment. The next command is fine."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import Machine, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.machine import Ended

TINY = Path(__file__).parent.parent / "samples" / "tiny"
KILLS = int(os.environ.get("HOSTILE_KILLS", "50")) // 10


def repository(machine: Machine, name: str, *templates: str) -> str:
    """The address of a new repository with templates, each released as 1.0.0."""
    folder = machine.home.parent / "far" / name
    for template in templates:
        shutil.copytree(TINY, folder / "templates" / template)
    tags = [f"git tag {template}-v1.0.0" for template in templates]
    for line in ("git init -q", "git add -A", "git commit -qm x", *tags):
        subprocess.run(line.split(), cwd=folder, env=machine.environment(), check=True)
    return folder.as_uri()


def names(machine: Machine) -> set[str]:
    ended = machine.run("list", "--json")
    assert ended.code == 0, ended.said
    return {each["name"] for each in ended.data} - {"backend", "golden-path"}


def at_once(machine: Machine, *lines: tuple[str, ...]) -> list[Ended]:
    running = [machine.begin(*line) for line in lines]
    return [each.end() for each in running]


def test_catalogs_that_are_added_at_once_are_all_listed(machine: Machine) -> None:
    urls = [repository(machine, f"paths{number}", f"t{number}") for number in range(3)]
    ended = at_once(machine, *(("catalog", "add", url) for url in urls))
    assert [each.code for each in ended] == [0, 0, 0], [each.said for each in ended]
    assert names(machine) == {"t0", "t1", "t2"}


def test_who_changes_the_list_waits_for_another_and_loses_nothing_of_it(machine: Machine) -> None:
    url, config = repository(machine, "paths", "one"), machine.state / "config"
    config.mkdir(parents=True)
    with (config / "catalogs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = machine.begin("catalog", "add", url)
        wait_until(lambda: list((machine.state / "cache" / "store").glob("trees/*/path.md")))
        time.sleep(1)
        assert running.process.poll() is None
        mine = {"name": "mine", "folder": str(TINY.parent)}
        (config / "catalogs.json").write_text(json.dumps({"catalogs": [mine]}))
    assert running.end().code == 0
    assert [each["name"] for each in machine.run("catalog", "list", "--json").data] == ["bundled", "mine", "paths"]


def wait_until(is_so: Callable[[], object]) -> None:
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never was so")


def test_one_catalog_that_is_added_and_fetched_at_once_is_there_once(machine: Machine) -> None:
    url = repository(machine, "paths", "tiny")
    ended = at_once(machine, *[("catalog", "add", url)] * 3, ("list",), ("catalog", "fetch"))
    assert [each.code for each in ended] == [0] * 5, [each.said for each in ended]
    assert len(machine.run("catalog", "list", "--json").data) == 2
    assert names(machine) == {"tiny"}


def test_the_same_name_at_once_is_given_to_one_of_two(machine: Machine) -> None:
    urls = [repository(machine, f"paths{number}", f"t{number}") for number in range(2)]
    ended = at_once(machine, *(("catalog", "add", url, "--name", "acme") for url in urls))
    assert sorted(each.code or 0 for each in ended) == [0, 2], [each.said for each in ended]
    assert len(names(machine)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_whenever_an_add_is_killed_the_next_one_is_fine(machine: Machine, number: signal.Signals) -> None:
    url, random = repository(machine, "paths", "one", "two"), Random(number)
    begun = time.monotonic()
    assert machine.run("catalog", "add", url).code == 0
    longest_s = time.monotonic() - begun
    for _ in range(KILLS):
        shutil.rmtree(machine.state)
        running = machine.begin("catalog", "add", url)
        time.sleep(random.uniform(longest_s / 4, longest_s))
        running.send(number)
        running.end()
        assert names(machine) in ({"one", "two"}, set())
        again = machine.run("catalog", "add", url)
        assert again.code == 0, again.said
        assert names(machine) == {"one", "two"}
        running.clear_up()


def raw(folder: Path, *entries: tuple[str, str, str]) -> str:
    """The id of a tree with any names at all, past what `git mktree` refuses."""
    content = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    hashed = ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"]
    return subprocess.run(hashed, cwd=folder, input=content, capture_output=True, check=True).stdout.decode().strip()


def crafted(machine: Machine, entries: Callable[[Path, str], list[tuple[str, str, str]]]) -> str:
    """The address of a repository with the template `tiny`, and beside it entries that no checkout would make."""
    url = repository(machine, "paths", "tiny")
    folder = machine.home.parent / "far" / "paths"
    ours = subprocess.run(["git", "rev-parse", "HEAD:templates/tiny"], cwd=folder, capture_output=True, check=True)
    good = ours.stdout.decode().strip()
    templates = raw(folder, *entries(folder, good), ("40000", "tiny", good))
    root = raw(folder, ("40000", "templates", templates))
    line = ["git", "commit-tree", root, "-m", "x"]
    made = subprocess.run(line, cwd=folder, env=machine.environment(), capture_output=True, check=True)
    subprocess.run(["git", "update-ref", "HEAD", made.stdout.decode().strip()], cwd=folder, check=True)
    return url


def above(_folder: Path, good: str) -> list[tuple[str, str, str]]:
    return [("40000", "..", good), ("40000", ".git", good)]


def with_hook(folder: Path, good: str) -> list[tuple[str, str, str]]:
    """A template with a `.git/hooks` of its own."""
    copier = subprocess.run(["git", "rev-parse", f"{good}:copier.yml"], cwd=folder, capture_output=True, check=True)
    blob = copier.stdout.decode().strip()
    hooks = raw(folder, ("100755", "pre-commit", blob))
    git = raw(folder, ("40000", "hooks", hooks))
    return [("40000", "evil", raw(folder, ("40000", ".git", git), ("100644", "copier.yml", blob)))]


@pytest.mark.parametrize("entries", [above, with_hook])
def test_names_that_lead_elsewhere_are_refused_and_the_rest_is_listed(
    machine: Machine, entries: Callable[[Path, str], list[tuple[str, str, str]]]
) -> None:
    ended = machine.run("catalog", "add", crafted(machine, entries), "--name", "acme")
    assert ended.code == 0, ended.said
    listed = {each["name"]: each["wrong"] for each in machine.run("list", "--json").data}
    assert listed["tiny"] == ""
    assert all(wrong for name, wrong in listed.items() if name not in {"tiny", "backend", "golden-path"})
    assert len(listed) > 3
    for name in listed.keys() - {"tiny", "backend", "golden-path"}:
        assert machine.run("start", name, "p", "--defaults", "--no-input", "--trust").code in {2, 3}
    assert machine.left() == []
    assert not list((machine.state / "cache" / "store" / "trees").rglob(".git"))


def test_a_list_is_fast_and_asks_no_git(machine: Machine) -> None:
    """git is replaced by a program that leaves a mark."""
    assert machine.run("catalog", "add", repository(machine, "paths", "one", "two")).code == 0
    mark = machine.home.parent / "asked"
    fake = write(machine.home.parent / "bin", {"git": f"#!/bin/sh\ntouch {mark}\nexit 1\n"})
    (fake / "git").chmod(0o755)
    path = f"{fake}:{os.environ['PATH']}"
    for line in (("list",), ("show", "one"), ("catalog", "list")):
        assert machine.run(*line, variables={"PATH": path}).code == 0
    assert not mark.exists()


def test_a_project_of_a_catalog_knows_where_it_stands_without_git(machine: Machine) -> None:
    assert machine.run("catalog", "add", repository(machine, "paths", "one")).code == 0
    started = machine.run("start", "one", "p", "--defaults", "--no-input", "--trust", "--forge", "none")
    assert started.code == 0, started.said
    fake = write(machine.home.parent / "bin", {"git": "#!/bin/sh\nexit 1\n"})
    (fake / "git").chmod(0o755)
    ended = machine.run("status", cwd=machine.folder / "p", variables={"PATH": f"{fake}:{os.environ['PATH']}"})
    assert ended.code == 0, ended.said
