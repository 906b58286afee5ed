"""What `start` costs, and twenty projects in one process, against plain Copier and git on the same template.

    python benchmarks/starts.py [ROUNDS]

Ratios, because machines differ: both sides run in turns, and each figure is a median of ROUNDS (at least 9; the twenty
are done three times). What plain Copier gets is the template as a git repository, as `copier update` needs it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from appends import LEAST_ROUNDS, RECORD, medians_in_turns, process

from goldenpath.adapters.language import LANGUAGE
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.rendering.process import cool_down
from goldenpath.adapters.settings import Settings, variables
from goldenpath.core.answers import take_turns
from goldenpath.core.model import Person
from goldenpath.flows.plan_start import plan_start
from goldenpath.flows.start_project import Order, start_project

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDENPATH = RECORD[0]
COPIER = str(Path(sys.executable).with_name("copier"))
TEMPLATE = Path(__file__).parent.parent / "templates" / "backend"
MOST, MOST_OF_TWENTY, PROJECTS, ROUNDS_OF_TWENTY = 1.1, 0.2, 20, 3
GIT = "git init --quiet && git add --all && git commit --quiet --message Start"


def in_new_folders(command: list[str], home: Path) -> Callable[[], None]:
    """The command in a folder of its own each time, so that no round finds what another one made."""
    numbers = iter(range(1_000_000))

    def run() -> None:
        folder = home / f"{Path(command[0]).name}-{next(numbers)}"
        folder.mkdir()
        process(command, home, folder=folder)()

    return run


def repository(home: Path) -> str:
    """The template as a git repository with a tag; its address."""
    folder = home / "backend.git"
    subprocess.run(["cp", "-r", str(TEMPLATE), str(folder)], check=True)
    for words in ("init --quiet", "add --all", "commit --quiet --message One", "tag v1.0.0"):
        subprocess.run(["git", "-C", str(folder), *words.split()], check=True)
    return f"git+{folder.as_uri()}"


def twenty(home: Path) -> None:
    """Twenty projects by our own flow, forge, ledger and inspection included, in this process."""
    settings = Settings(home / "data", home / "cache", home / "config", home / "state")
    plan, ledger = plan_start(settings, "backend"), Ledger(settings.ledger)
    answers = {turn.question.name: turn.value for turn in take_turns(plan.questionnaire.questions, {}, LANGUAGE)}
    with tempfile.TemporaryDirectory(dir=home) as folder:
        for number in range(PROJECTS):
            order = Order(
                plan=plan,
                answers=answers,
                destination=Path(folder) / f"project-{number}",
                person=Person("A Reader", "reader@example.com"),
                forge="local",
                is_trusted=True,
                begun_at=datetime.now(UTC),
            )
            for _ in start_project(settings, ledger, order, lambda: datetime.now(UTC)):
                pass
    cool_down()


def seconds(work: Callable[[], None]) -> float:
    """How long the work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def tell(what: str, ours: float, theirs: float, most: float) -> bool:
    """Print one comparison; whether it takes longer than is wanted."""
    sys.stdout.write(f"{what}\n  plain Copier {theirs:8.2f} s\n  goldenpath   {ours:8.2f} s {ours / theirs:8.2f} x, ")
    sys.stdout.write(f"at most {most} is wanted\n")
    sys.stdout.flush()
    return ours / theirs > most


def main(rounds: int) -> int:
    """Measure and print; 1 when something takes longer than is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / ".gitconfig").write_text("[user]\nname = A Reader\nemail = reader@example.com\n", encoding="utf-8")
        with variables(HOME=str(home), GOLDENPATH_HOME=str(home / "goldenpath")):
            copy = f"'{COPIER}' copy --quiet --defaults {repository(home)} project && cd project && {GIT}"
            works = {
                "theirs": in_new_folders(["sh", "-c", copy], home),
                "ours": in_new_folders([GOLDENPATH, "start", "backend", "project", "--defaults", "--no-input"], home),
            }
            taken = medians_in_turns(works, rounds)
            is_slow = tell("one project, a process each", taken["ours"], taken["theirs"], MOST)
            ours = median(seconds(lambda: twenty(home / "twenty")) for _ in range(ROUNDS_OF_TWENTY))
            is_slow |= tell("twenty projects in one process", ours, PROJECTS * taken["theirs"], MOST_OF_TWENTY)
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main(max(LEAST_ROUNDS, int(sys.argv[1]) if sys.argv[1:] else LEAST_ROUNDS)))
