"""What the render level costs: 20 answer sets of a template of 33 files, against what people use for that today.

    python benchmarks/proving.py [ROUNDS]

Three run in turns over the same sets: `goldenpath template test --level render` (two passes, one strict and traced, and
every file inspected), copier-template-tester 3.0.0 in an environment of its own, and a loop over the API of Copier.
Then one pass of ours alone, whose output is compared with that of the loop, byte by byte. Each figure is a median of
ROUNDS (at least 3). Wanted: at least 4 times as fast as both, 6 times in a single pass.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

PEER = "copier-template-tester==3.0.0"
BIN = Path(sys.executable).parent
SETS, FILES = 20, 33
ROUNDS = 3
TWO_PASSES, ONE_PASS = 4.0, 6.0
QUESTIONS = """\
_subdirectory: template
_templates_suffix: .jinja
_envops: {undefined: jinja2.StrictUndefined}
name: {type: str, default: listening-room}
package: {type: str, default: "{{ name|replace('-', '_') }}"}
port: {type: int, default: 8000}
style: {type: str, choices: [rest, graphql, grpc], default: rest}
database: {type: str, choices: [none, sqlite, postgres], default: none}
has_docs: {type: bool, default: true}
has_metrics: {type: bool, default: true}
is_public: {type: bool, default: false}
"""
LOOP = """\
import json, sys
import copier
template, into, sets = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3]))
for name, answers in sets.items():
    copier.run_copy(template, f"{into}/{name}", data=answers, defaults=True, overwrite=True, quiet=True)
"""


def page(number: int) -> str:
    """A file of the template: sixty lines, some of which depend on the answers."""
    lines = [f"# {{{{ name }}}}, part {number}", "{% if has_docs %}", "documented = True", "{% endif %}"]
    for line in range(10):
        lines += [
            f"value_{line} = {{{{ port + {line} }}}}",
            "{% if style == 'rest' %}",
            f"route_{line} = '/{{{{ package }}}}/{line}'",
            "{% elif database != 'none' %}",
            f"table_{line} = '{{{{ package }}}}_{{{{ database }}}}'",
            "{% endif %}",
        ]
    loop = ["{% for word in ['a', 'b', 'c'] if has_metrics %}", "count_{{ word }} = 0", "{% endfor %}"]
    return "\n".join([*lines, *loop, "last = {{ port }}", ""])


def answer_sets() -> dict[str, dict[str, object]]:
    """Twenty different ones."""
    styles, databases = ("rest", "graphql", "grpc"), ("none", "sqlite", "postgres")
    return {
        f"set-{number:02}": {
            "name": f"service-{number}",
            "port": 8000 + number,
            "style": styles[number % 3],
            "database": databases[number // 3 % 3],
            "has_docs": number % 2 == 0,
            "has_metrics": number % 4 < 2,
            "is_public": number % 8 < 4,
        }
        for number in range(SETS)
    }


def make_template(root: Path) -> None:
    """A template of 33 files in a repository of its own, with its answer sets for ours and for the peer's tool."""
    inside = root / "template"
    names = [f"src/{{{{ package }}}}/part_{number}.py.jinja" for number in range(24)]
    names += [f"{{% if has_docs %}}docs{{% endif %}}/page_{number}.md.jinja" for number in range(6)]
    names += ["README.md.jinja", "{% if database != 'none' %}database.txt{% endif %}.jinja"]
    for number, name in enumerate(names):
        write(inside / name, page(number))
    write(inside / "{{ _copier_conf.answers_file }}.jinja", "{{ _copier_answers|to_nice_yaml -}}\n")
    if sum(file.is_file() for file in inside.rglob("*")) != FILES:
        raise SystemExit(f"the template has not {FILES} files")
    write(root / "copier.yml", QUESTIONS)
    sets = answer_sets()
    for name, answers in sets.items():
        write(root / "answers" / f"{name}.yml", yaml.safe_dump(answers))
    tables = ["[defaults]"]
    for name, answers in sets.items():
        tables += [f'[output.".ctt/{name}"]', *(f"{key} = {json.dumps(value)}" for key, value in answers.items())]
    write(root / "ctt.toml", "\n".join(tables) + "\n")
    write(root.parent / "sets.json", json.dumps(sets))
    write(root.parent / "loop.py", LOOP)
    git = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.invalid"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"], ["tag", "v1.0.0"]):
        subprocess.run([*git, *command], check=True)


def write(file: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def peer(scratch: Path) -> Path:
    """The program of the peer, installed into an environment of its own with the Copier that we use."""
    uv, home = str(BIN / "uv"), scratch / "peer"
    copier = subprocess.run([BIN / "copier", "--version"], capture_output=True, text=True, check=True).stdout.split()[
        -1
    ]
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(home), PEER, f"copier=={copier}"], check=True)
    return home / "bin" / "ctt"


def timed(command: list[str], folder: Path, home: Path) -> float:
    """Seconds that a command takes, which must succeed."""
    environment = {**os.environ, "HOME": str(home), "GOLDENPATH_HOME": str(home / "goldenpath")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun


def one_pass(template: str, into: Path, sets: Path) -> None:
    """Render all sets once, on two processes of ours; what `template test` does without its second pass."""
    from dataclasses import replace

    from goldenpath.adapters.settings import prepare_environment, read_limits, read_settings
    from goldenpath.core.answers import settle
    from goldenpath.flows.plan_start import plan_start
    from goldenpath.flows.prove_renders import Lane, order_of

    prepare_environment()
    settings = read_settings()
    lane = Lane({}, read_limits(), 2)
    try:
        plan = plan_start(settings, template)
        order = order_of(settings, plan, is_trusted=False)
        from goldenpath.adapters.language import LANGUAGE

        given = json.loads(sets.read_text(encoding="utf-8"))
        complete = {name: settle(plan.questionnaire.questions, answers, LANGUAGE) for name, answers in given.items()}
        for each in [lane.begin(replace(order, answers=a, into=into / name)) for name, a in complete.items()]:
            if each.result().error:
                raise SystemExit(str(each.result().error))
    finally:
        lane.close()


def differing(one: Path, other: Path) -> list[str]:
    """The files in which two folders of renders differ, but for the lines that say where the template came from."""
    names = {str(file.relative_to(each)) for each in (one, other) for file in each.rglob("*") if file.is_file()}
    return [name for name in sorted(names) if not _is_same(one / name, other / name)]


def _is_same(one: Path, other: Path) -> bool:
    if not (one.is_file() and other.is_file()):
        return False
    if one.name != ".copier-answers.yml":
        return filecmp.cmp(one, other, shallow=False)
    own = ("_commit:", "_src_path:")
    kept = [[line for line in file.read_text().splitlines() if not line.startswith(own)] for file in (one, other)]
    return kept[0] == kept[1]


def main(rounds: int) -> int:
    """Measure and print; 1 when we are not as fast as wanted, or render other bytes."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        template, home = scratch / "template-of-33", scratch / "home"
        home.mkdir()
        make_template(template)
        theirs = scratch / "template-of-the-peer"  # it renders into the template's folder
        shutil.copytree(template, theirs)
        ours = [str(BIN / "goldenpath"), "template", "test", str(template), "--level", "render"]
        ours += [part for each in answer_sets() for part in ("--answers", each)]
        loop = [
            sys.executable,
            str(scratch / "loop.py"),
            str(template),
            str(scratch / "loop"),
            str(scratch / "sets.json"),
        ]
        alone = [sys.executable, __file__, "one-pass", str(template), str(scratch / "one"), str(scratch / "sets.json")]
        runs = {"two passes": ours, "one pass": alone, "Copier's API": loop, PEER: [str(peer(scratch))]}
        taken: dict[str, list[float]] = {each: [] for each in runs}
        for _ in range(rounds):
            for each, command in runs.items():
                shutil.rmtree(scratch / "one", ignore_errors=True)
                taken[each].append(timed(command, theirs if each == PEER else template, home))
        medians = {each: statistics.median(seconds) for each, seconds in taken.items()}
        subprocess.run(alone, check=True, env={**os.environ, "GOLDENPATH_HOME": str(home / "goldenpath")})
        wrong = differing(scratch / "one", scratch / "loop")
    for each, seconds in medians.items():
        ratios = "".join(f"{medians[other] / seconds:>8.1f} x" for other in ("Copier's API", PEER))
        sys.stdout.write(f"  {each:<32}{seconds:>8.2f} s {ratios}\n")
    sys.stdout.write(f"  files that differ from Copier's: {len(wrong)} {wrong[:3]}\n")
    slowest = min(medians["Copier's API"], medians[PEER])
    return int(bool(wrong) or slowest < TWO_PASSES * medians["two passes"] or slowest < ONE_PASS * medians["one pass"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["one-pass"]:
        one_pass(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        sys.exit(main(max(ROUNDS, int(sys.argv[1]) if sys.argv[1:] else ROUNDS)))
