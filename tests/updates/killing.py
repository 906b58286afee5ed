"""Updates that are killed at random moments: a process that has everything loaded forks one for each.

`python -m tests.updates.killing WHAT COUNT SEED` in a project at the first version prints what each left, a JSON object
a line. WHAT is killed: `update`, or what ends it, `abort` or `continue`. Then the same is typed once more.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from random import Random

from tests.hostile.killing import SHORTEST_S, SIGNALS, begin, load_everything
from tests.updates.ground import State, git, state_of
from tests.updates.places import UPDATE

COMMANDS = {"update": UPDATE, "abort": ("update", "--abort"), "continue": ("update", "--continue")}
ROOT, SAID, PROJECT = Path(), Path("../said"), ".git/goldenpath"


def load() -> None:
    """Import what an update imports, so that the children need not."""
    import goldenpath.adapters.ledger.spooling
    import goldenpath.cli.update_page
    import goldenpath.cli.update_source
    import goldenpath.flows.abort_update
    import goldenpath.flows.finish_update
    import goldenpath.flows.update_project  # noqa: F401

    load_everything()


def run_whole(what: str) -> int:
    """Run a command to its end; its code."""
    return os.waitstatus_to_exitcode(os.waitpid(begin(*COMMANDS[what]), 0)[1])


def set_up(what: str, head: str) -> None:
    """The project at its first version, or updated and not committed where that is to be ended."""
    git(ROOT, "reset", "--quiet", "--hard", head.strip())
    git(ROOT, "clean", "--quiet", "-fdx")
    shutil.rmtree(PROJECT, ignore_errors=True)
    if what != "update":
        assert run_whole("update") == 0, SAID.read_text()


def wait_for_others() -> list[str]:
    """The command lines of the other processes of this machine that do not end by themselves."""
    for _ in range(100):
        found = list(_others())
        if not found:
            return []
        time.sleep(0.1)
    return found


def _others() -> list[str]:
    home, found = f"HOME={os.environ['HOME']}".encode(), []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = int(each.name) != os.getpid() and home in (each / "environ").read_bytes().split(b"\0")
            found += [(each / "cmdline").read_text()] if is_ours else []
        except OSError:
            continue
    return found


def stands(before: State, after: State) -> str:
    """How the project stands: as before the update, as after it, `committed`, or something else."""
    now = state_of(ROOT)
    if now.head != before.head:
        is_whole = (now.files, now.index, now.status) == (after.files, after.index, "")
        return (
            "committed"
            if is_whole and git(ROOT, "rev-list", "--count", f"{before.head.strip()}..").strip() == "1"
            else "else"
        )
    return "before" if now == before else "after" if now == after else "else"


def scratch() -> set[str]:
    """What lies in the temporary folder."""
    return {str(file) for file in Path(os.environ["TMPDIR"]).rglob("*")}


def events() -> int:
    """How many updates the ledger knows."""
    begin_log = begin("ledger", "log", "--json")
    os.waitpid(begin_log, 0)
    return SAID.read_text().count("project.updated")


def run(what: str, count: int, seed: int) -> None:
    """Kill a command `count` times and print what each time left."""
    load()
    random = Random(seed)
    before = state_of(ROOT)
    set_up("abort", before.head)
    after = state_of(ROOT)
    set_up(what, before.head)
    begun = time.monotonic()
    assert run_whole(what) == 0, SAID.read_text()
    longest_s = (time.monotonic() - begun) * 1.05
    for number in range(count):
        set_up(what, before.head)
        known, others, deadly = events(), scratch(), SIGNALS[number % 3]
        moment_s = random.uniform(SHORTEST_S, longest_s)
        child = begin(*COMMANDS[what])
        time.sleep(moment_s)
        os.kill(child, deadly)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        row = {"signal": deadly, "moment_s": moment_s, "code": code, "said": SAID.read_text()}
        row |= {"others": wait_for_others(), "lock": Path(".git/index.lock").exists(), "stands": stands(before, after)}
        row |= {
            "temporary": sorted(scratch() - others),
            "next": run_whole(what),
            "next_said": SAID.read_text(),
        }
        row |= {
            "ends": stands(before, after),
            "events": events() - known,
            "kept": sorted(each.name for each in Path(PROJECT).iterdir()),
        }
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
