"""What `template test` is told, and what is in its way: parts of the work, kept folders, rights, disks and mistakes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.proof.seeds import COPIER, HELLO, PATH, RENDER, Seed, plant

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.hostile.machine import Ended, Machine

LONGEST_S = 120
UNSOLVED = Seed(((f"{HELLO}/files/hello.txt.jinja", "hello", "good-bye"),))
DEFAULTS = ("--answers", "defaults")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return plant(Seed(()), tmp_path / "sound")


@pytest.fixture
def unsolved(tmp_path: Path) -> Path:
    """A template with a solution that does not solve."""
    return plant(UNSOLVED, tmp_path / "unsolved")


def prove(machine: Machine, *arguments: object, **more: Any) -> Ended:
    return machine.run("template", "test", *arguments, timeout_s=LONGEST_S, **more)


def tried(ended: Ended) -> list[tuple[str, str]]:
    return [(result["level"], result["case"]) for each in ended.data["templates"] for result in each["results"]]


@pytest.mark.slow
def test_the_shards_together_try_exactly_what_is_tried_without(machine: Machine, sound: Path) -> None:
    whole, *parts = (
        tried(prove(machine, sound, "--trust", "--json", "--shard", shard)) for shard in ("1/1", "1/3", "2/3", "3/3")
    )
    assert sorted(each for part in parts for each in part) == sorted(whole)
    assert len(set(whole)) == len(whole) > 3
    assert all(parts), "a part of the work without work shows nothing"


@pytest.mark.parametrize("shard", ["0/3", "4/3", "x/3", "3", "1/0"])
def test_a_shard_that_is_none_is_refused(machine: Machine, sound: Path, shard: str) -> None:
    ended = prove(machine, sound, "--shard", shard, *RENDER)
    assert (ended.code, ended.err) == (2, f"error: --shard {shard}: not I/N\nhint: write it like: --shard 2/5\n")


def test_a_set_of_answers_that_is_not_there_is_refused_with_the_nearest(machine: Machine, sound: Path) -> None:
    ended = prove(machine, sound, "--answers", "lout", *RENDER)
    assert (ended.code, ended.err.splitlines()[-2:]) == (
        2,
        ["error: there is no set of answers `lout`", "hint: did you mean `loud`?"],
    )


def test_an_answer_set_alone_is_tried_alone(machine: Machine, sound: Path) -> None:
    ended = prove(machine, sound, "--answers", "loud", "--trust", "--json")
    assert sorted(tried(ended)) == [("path", "loud"), ("project", "loud"), ("render", "loud")]
    assert (ended.code, ended.data["cases"], ended.data["templates"][0]["feasible"]) == (0, 1, 0)


def test_changed_since_leaves_out_what_is_as_it_was(machine: Machine, git: Callable[..., str], tmp_path: Path) -> None:
    root = machine.folder
    for name in ("first", "second"):
        plant(Seed(()), root / "templates" / name)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    with (root / "templates" / "second" / "README.md").open("a") as file:
        file.write("More.\n")
    changed = prove(machine, "--changed-since", "HEAD", "--json", *RENDER)
    assert changed.data["unchanged"] == ["./templates/first"]
    assert [each["name"] for each in changed.data["templates"]] == ["./templates/second"]
    git(root, "commit", "-q", "-a", "-m", "second")
    nothing = prove(machine, "--changed-since", "HEAD", "--json")
    assert (nothing.code, nothing.data["templates"]) == (0, [])
    assert prove(machine, "--changed-since", "nothing", "--json").code == 2


def test_a_folder_without_trust_is_refused_where_nobody_can_be_asked(machine: Machine, sound: Path) -> None:
    ended = prove(machine, sound)
    assert ended.code == 2
    assert "--trust" in ended.err.splitlines()[-1]
    assert "sh check.sh" in ended.err
    assert list(machine.temporary.iterdir()) == []


def test_a_render_needs_no_trust_and_runs_no_task(machine: Machine, tmp_path: Path) -> None:
    seed = Seed(((COPIER, "_envops", f'_tasks: ["touch {tmp_path}/ran"]\n_envops'),))
    ended = prove(machine, plant(seed, tmp_path / "tasks"), "--json", *RENDER)
    assert (ended.code, {level for level, _ in tried(ended)}) == (0, {"render"})
    assert not (tmp_path / "ran").exists()


def test_a_folder_here_needs_no_dot_and_slash(machine: Machine) -> None:
    plant(Seed(()), machine.folder / "sound")
    ended = prove(machine, "sound", *RENDER, "--json")
    assert (ended.code, [each["name"] for each in ended.data["templates"]]) == (0, ["sound"])


def test_a_template_without_a_path_is_rendered_and_nothing_else(machine: Machine, sound: Path) -> None:
    (sound / PATH).unlink()
    shutil.rmtree(sound / "solutions")
    ended = prove(machine, sound, "--trust", "--json")
    assert (ended.code, {level for level, _ in tried(ended)}) == (0, {"render"})


def test_a_template_that_can_t_be_read_is_exit_3(machine: Machine, sound: Path) -> None:
    (sound / COPIER).write_text("colour: [\n")
    ended = prove(machine, sound, "--trust", "--json")
    assert (ended.code, json.loads(ended.out)["error"]["code"]) == (3, "template")


def test_beside_one_that_can_t_be_read_the_others_are_tried(machine: Machine, sound: Path, tmp_path: Path) -> None:
    broken = plant(Seed(()), tmp_path / "broken")
    (broken / COPIER).write_text("colour: [\n")
    ended = prove(machine, broken, sound, "--json", *RENDER)
    assert (ended.code, ended.data["unreadable"]) == (3, 1)
    assert [(bool(each["unreadable"]), bool(each["results"])) for each in ended.data["templates"]] == [
        (True, False),
        (False, True),
    ]


def test_junit_into_a_folder_that_is_not_there_is_refused_before_any_work(machine: Machine, sound: Path) -> None:
    ended = prove(machine, sound, "--junit", "no/such/report.xml", *RENDER)
    assert ended.code == 2, ended.said
    assert "no/such" in ended.err
    assert "testing" not in ended.err


def test_what_is_kept_can_be_stepped_into(machine: Machine, unsolved: Path) -> None:
    ended = prove(machine, unsolved, "--trust", "--keep", "--json", *DEFAULTS)
    (kept,) = (result["kept"] for result in ended.data["templates"][0]["results"] if result["kept"])
    assert ended.code == 1
    environment = machine.environment(SHELL="/bin/sh")
    script = 'echo "$HOME"; pwd; cat hello.txt; goldenpath status --json'
    stepped = subprocess.run(
        ["sh", f"{kept}/enter.sh"], input=script, env=environment, capture_output=True, text=True, check=True
    )
    home, folder, hello, status = stepped.stdout.splitlines()
    assert home.startswith(kept)
    assert folder.startswith(kept)
    assert hello == "good-bye red"
    assert json.loads(status)["data"]


def test_nothing_is_kept_of_a_case_without_a_fault(machine: Machine, sound: Path) -> None:
    ended = prove(machine, sound, "--trust", "--keep", "--json", *DEFAULTS)
    assert [result["kept"] for result in ended.data["templates"][0]["results"]] == ["", "", ""]
    assert list(machine.temporary.iterdir()) == []


def test_nobody_s_git_identity_and_settings_are_needed_or_used(machine: Machine, sound: Path) -> None:
    (machine.home / ".gitconfig").write_text("[commit]\n\tgpgSign = true\n[core]\n\thooksPath = /nowhere\n")
    more = {"GIT_AUTHOR_NAME": "Somebody Else", "GIT_DIR": "/nowhere"}
    ended = prove(machine, sound, "--trust", *DEFAULTS, variables=more)
    assert ended.code == 0, ended.said


def test_annotations_name_file_and_line_from_the_workspace(machine: Machine, unsolved: Path) -> None:
    workspace = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(unsolved.parent)}
    ended = prove(machine, unsolved, "--trust", *DEFAULTS, variables=workspace)
    (line,) = (line for line in ended.err.splitlines() if line.startswith("::"))
    assert line.startswith("::error file=unsolved/path.md,line=37,title=")
    assert "check-fails" in line


def test_a_disk_without_room_is_named(machine: Machine, sound: Path) -> None:
    assert prove(machine, sound, "--trust", *DEFAULTS).code == 0
    ended = prove(machine, sound, "--trust", *DEFAULTS, limits="ulimit -f 16;")
    assert ended.code in {4, 7}, ended.said  # whatever needs room first: the ledger, or another file
    assert (ended.said.count("Traceback"), ended.said.count("hint: ")) == (0, 1), ended.said
    assert re.search(r"disk I/O error|File too large|can't be written", ended.err), ended.said
    assert list(machine.temporary.iterdir()) == []


def test_without_its_own_temporary_folder_the_machine_s_is_taken(machine: Machine, sound: Path, tmp_path: Path) -> None:
    ended = prove(machine, sound, "--trust", *DEFAULTS, variables={"TMPDIR": str(tmp_path / "nowhere")})
    assert (ended.code, "Traceback" in ended.said) == (0, False), ended.said
