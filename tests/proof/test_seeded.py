"""What `template test` must catch, and nothing else: broken templates, each with the rule that is meant for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.apart import Offline
from tests.proof.seeds import BROKEN, CHECK, GOOD, PATH, SECRETLY_ONLINE, SHARE, Seed, plant

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.machine import Machine

LONGEST_S = 120
NAMED = {"", "defaults", "loud", "minimal", "maximal"}
"""The cases that are always there; how the others are called is nobody's business."""


@pytest.fixture(scope="session")
def no_namespace() -> str:
    """Why the network can't be shut here; empty where it can."""
    offline = Offline()
    offline.stop()
    return offline.trouble


def proven(machine: Machine, seed: Seed, folder: Path, port: int = 0) -> Any:
    """What the command says about the seed's template."""
    template = plant(seed, folder, port=port)
    ended = machine.run("template", "test", template, "--trust", "--json", *seed.options, timeout_s=LONGEST_S)
    assert ended.code == (1 if seed.faults else 0), ended.said
    assert not [file.name for file in machine.temporary.iterdir() if file.name.startswith("goldenpath-proof-")]
    return ended.data["templates"][0]


def found(told: Any) -> dict[str, set[tuple[str, str, str]]]:
    """By case: the faults, as (RULE, FILE:LINE, problem)."""
    cases = [(result["case"], result["faults"]) for result in told["results"]] + [("", told["faults"])]
    by_case: dict[str, set[tuple[str, str, str]]] = {}
    for case, faults in cases:
        for fault in faults:
            at = f"{fault['file']}:{fault['line']}"
            by_case.setdefault(case, set()).add((fault["rule"], at, fault["problem"]))
    return by_case


def assert_caught(seed: Seed, told: Any) -> None:
    caught = found(told)
    assert caught.keys() & NAMED == seed.cases, caught
    for faults in caught.values():
        assert sorted(each[:2] for each in faults) == sorted(each[:2] for each in seed.faults), caught
        for (_, _, problem), (_, _, words) in zip(sorted(faults), sorted(seed.faults), strict=True):
            assert words in problem


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_is_caught_by_the_rule_that_is_meant_for_it(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    assert_caught(BROKEN[name], proven(machine, BROKEN[name], tmp_path / name))


@pytest.mark.slow
@pytest.mark.parametrize("name", SECRETLY_ONLINE)
def test_a_step_that_secretly_needs_the_network_is_caught(
    machine: Machine, tmp_path: Path, port: int, no_namespace: str, name: str
) -> None:
    if no_namespace:
        pytest.skip(no_namespace)
    seed = SECRETLY_ONLINE[name]
    assert_caught(seed, proven(machine, seed, tmp_path / name, port))


PUSH = """
## Push it

```goldenpath-step
id: push-it
minutes: 1
```

```goldenpath-check
- git: pushed
  fail: Push it.
```

```goldenpath-hint
- Push it.
```
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "then", "looked"),
    [
        ("", "", 5),
        ("echo one >more.txt\ngit add more.txt\ngit commit -qm More\n", "", 6),
        ("", "cp hello.txt hello.txt.new\nmv hello.txt.new hello.txt\n", 5),
        ("", "git switch -q --detach @~\ngit switch -q -\n", 5),
    ],
    ids=["pushes", "commits more before", "writes the same anew", "takes away and brings back"],
)
def test_a_step_that_changes_nothing_but_commits_is_looked_back_from_later(
    machine: Machine, tmp_path: Path, more: str, then: str, looked: int
) -> None:
    """say-hello is looked at before, after, again, without its file, and back at from each new state and the end."""
    changes = (
        (PATH, CHECK, f'- command: [sh, -c, "echo >>{tmp_path}/looks; grep -q hello hello.txt"]\n'),
        (PATH, "minutes: 4", "minutes: 5"),
        (PATH, "- What does `git status` say?\n```\n", f"- What does `git status` say?\n```\n{PUSH}"),
        (f"{SHARE}/run.sh", "", f"mkdir __pycache__\necho >__pycache__/a.pyc\n{more}"),
        ("solutions/push-it/run.sh", "", f"git push -q -u origin HEAD\n{then}"),
        ("template/.gitignore", "", "__pycache__\n"),
    )
    assert found(proven(machine, Seed(changes), tmp_path / "counted")) == {}
    assert len((tmp_path / "looks").read_text().splitlines()) == looked


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_a_sound_template_is_proven_and_nothing_is_found(
    machine: Machine, tmp_path: Path, port: int, no_namespace: str, name: str
) -> None:
    told = proven(machine, GOOD[name], tmp_path / name, port)
    assert found(told) == {}
    walks = [result["steps"] for result in told["results"] if result["level"] == "path"]
    assert [[step["proof"] for step in walk] for walk in walks] == [["proven", "reading", "proven"]] * len(walks)
    assert walks
    if not no_namespace:
        steps = [step for walk in walks for step in walk]
        assert [step["is_offline"] for step in steps] == [not step["needs_network"] for step in steps]
