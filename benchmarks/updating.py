"""What `update` costs, against `copier update` of the same change in the same project.

    python benchmarks/updating.py [ROUNDS]

CPU seconds of everything that a command starts (getrusage(2) of children, those that outlive their parents included:
this process is their subreaper), because both render in processes beside their own. Both sides run in turns, each in
a fresh copy of the project, and each figure is a median of ROUNDS (at least 9).

Once as whole commands, of which loading Copier is a large part on both sides, and once without loading: each side does
an update that changes nothing first, in the same process, and is measured from then on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

LEAST_ROUNDS = 9
BIN = Path(sys.executable).parent
TEMPLATE = Path(__file__).parent.parent / "templates" / "backend"
MOST, MOST_CACHED = 0.45, 0.3
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""
CLOCK = """
import os, resource, sys, time

def cpu(*others):
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    own = sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, kinds))
    stats = (open(f"/proc/{pid}/stat").read().rpartition(")")[2].split() for pid in others)
    return own + sum(int(each[11]) + int(each[12]) for each in stats) / os.sysconf("SC_CLK_TCK")
"""
THEIRS = (
    CLOCK
    + """
import copier
copier.run_update(".", vcs_ref="v1.0.0", defaults=True, overwrite=True, quiet=True)
begun = cpu()
copier.run_update(".", defaults=True, overwrite=True, quiet=True)
print(cpu() - begun)
"""
)
OURS = (
    CLOCK
    + """
from goldenpath.adapters.rendering import process
from goldenpath.cli.boundary import main
process.warm_up()
(worker,) = (int(pid) for pid in open(f"/proc/self/task/{os.getpid()}/children").read().split())
print(main(["update", "--no-input", "--trust", "--to", "1.0.0"]), main(["--version"]))
time.sleep(2)
begun = cpu(worker)
print(main(["update", "--no-input", "--trust"]))
print(cpu(worker) - begun)
"""
)


def run(*command: str, folder: Path) -> tuple[float, str]:
    """CPU seconds of a command, which must succeed, and of all its descendants; and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


def git(folder: Path, *words: str) -> None:
    """Run git, which must succeed."""
    run("git", *words, folder=folder)


def change(template: Path) -> None:
    """What a new version brings: four files edited, one added, one renamed, one deleted."""
    inside = template / "template"
    for name in ("README.md.jinja", "Dockerfile.jinja", "pyproject.toml.jinja", "docs/runbook.md.jinja"):
        file = inside / name
        file.write_text(file.read_text(encoding="utf-8") + "\n# The second version.\n", encoding="utf-8")
    (inside / "NEWS.md").write_text("# News\n\nThe second version.\n", encoding="utf-8")
    (inside / "docs" / "runbook.md.jinja").rename(inside / "docs" / "operations.md.jinja")
    (inside / ".editorconfig").unlink()


def set_up(scratch: Path) -> Path:
    """A project at the first of two versions, with edits of its own that meet none of the second."""
    template, project = scratch / "backend", scratch / "project"
    shutil.copytree(TEMPLATE, template)
    git(template, "init", "--quiet")
    for words in ("add --all", "commit --quiet --message One", "tag v1.0.0"):
        git(template, *words.split())
    answers = ["-d", "service_name=playlists", "-d", "database=true"]
    where = template.as_uri() + "/.git"
    run(str(BIN / "goldenpath"), "start", where, str(project), "--no-input", "--trust", *answers, folder=scratch)
    api = project / "src" / "playlists" / "api.py"
    api.write_text(api.read_text(encoding="utf-8") + "\n# An edit.\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message", "Mine")
    change(template)
    for words in ("add --all", "commit --quiet --message Two", "tag v1.1.0"):
        git(template, *words.split())
    return project


def keep_only_old_renders(cache: Path) -> None:
    """Take what a run put into the cache away, but for the renders of the first version."""
    for answers in cache.glob("renders/*/*/.copier-answers.yml"):
        if "v1.1.0" in answers.read_text(encoding="utf-8"):
            shutil.rmtree(answers.parent.parent)


def measured(scratch: Path, project: Path, rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each side, by round."""
    python, cache = sys.executable, scratch / "goldenpath" / "cache"
    whole = [str(BIN / "goldenpath"), "update", "--no-input", "--trust"]
    commands = {
        "copier update": [str(BIN / "copier"), "update", "--defaults"],
        "goldenpath update": whole,
        "old render cached": whole,
        "copier update, loaded": [python, "-c", THEIRS],
        "goldenpath update, loaded": [python, "-c", OURS],
        "old render cached, loaded": [python, "-c", OURS],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            copy = scratch / "copy" / project.name
            shutil.rmtree(copy.parent, ignore_errors=True)
            shutil.copytree(project, copy, symlinks=True)
            git(copy, "update-index", "-q", "--refresh")
            if not name.startswith("old"):
                shutil.rmtree(cache / "renders", ignore_errors=True)
            keep_only_old_renders(cache)
            seconds, said = run(*command, folder=copy)
            taken[name].append(float(said.split()[-1]) if name.endswith("loaded") else seconds)
            if "v1.1.0" not in (copy / ".copier-answers.yml").read_text(encoding="utf-8"):
                raise SystemExit(f"{name} brought nothing")
    return taken


def main(rounds: int) -> int:
    """Measure and print; 1 when something takes longer than is wanted."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / ".gitconfig").write_text("[user]\nname = A Reader\nemail = reader@example.com\n", encoding="utf-8")
        os.environ.update(HOME=folder, GOLDENPATH_HOME=str(scratch / "goldenpath"))
        project = set_up(scratch)
        files = sum(file.is_file() for file in project.rglob("*") if ".git" not in file.parts)
        taken = {name: median(each) for name, each in measured(scratch, project, rounds).items()}
    sys.stdout.write(f"a project of {files} files, CPU seconds, medians of {rounds}\n")
    is_slow = False
    for name, seconds in taken.items():
        peer = "copier update, loaded" if name.endswith("loaded") else "copier update"
        most = {"g": MOST, "o": MOST_CACHED}.get(name[0])
        ratio = seconds / taken[peer]
        wanted = f" {ratio:6.2f} x, at most {most} is wanted" if most else ""
        sys.stdout.write(f"  {name:<26} {seconds:6.2f}{wanted}\n")
        is_slow |= most is not None and ratio > most
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main(max(LEAST_ROUNDS, int(sys.argv[1]) if sys.argv[1:] else LEAST_ROUNDS)))
