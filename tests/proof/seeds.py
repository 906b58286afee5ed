"""Sound templates and broken ones, as people break them: each by a few changes to the sound template of tests/samples.

A change is (FILE, OLD, NEW): OLD becomes NEW in the file. Without OLD the file is new, or NEW is added at its end.
`@PORT@` is a port of this machine on which something answers.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

SOUND = Path(__file__).parents[1] / "samples" / "sound"
DEFAULTS = ("--answers", "defaults", "--mutate")
RENDER, PROJECT = ("--level", "render"), ("--level", "project")

PATH, HELLO, SHARE = "path.md", "solutions/say-hello", "solutions/share-it"
COPIER, README = "copier.yml", "template/README.md.jinja"
CHECK = '- file: hello.txt\n  contains: "hello {{ colour }}"\n'
CONNECT = "exec 3<>/dev/tcp/127.0.0.1/@PORT@"
FAIL = "  fail: Write it.\n"
CHANGED = ["-# greeter", "+# Greeter", " ", "-It says hello", "+It says hello, and means it"]
TWO_HUNKS = "\n".join(["--- a/README.md", "+++ b/README.md", "@@ -1,3 +1,3 @@", *CHANGED, ""])
SLEEPER = """\
setsid sh -c 'echo $$ > ~/sleeper; exec sleep 97' >/dev/null 2>&1 &
until test -s ~/sleeper; do sleep 0.02; done
"""
ADD_ALL = (f"{SHARE}/run.sh", "add hello.txt", "add --all")
LOUD = frozenset({"loud", "maximal"})


@dataclass(frozen=True, slots=True)
class Seed:
    """What is changed, and the faults that this must bring, as (RULE, FILE:LINE, words of the problem)."""

    changes: tuple[tuple[str, str, str], ...]
    faults: tuple[tuple[str, str, str], ...] = ()
    options: tuple[str, ...] = DEFAULTS
    cases: frozenset[str] = frozenset({"defaults"})
    """The cases in which they must be found, of those with a name of their own."""


def command(script: str, *more: str) -> str:
    """A check that runs a line of sh."""
    return f"- command: [sh, -c, '{script}']\n{''.join(f'  {each}' for each in more)}"


BROKEN: dict[str, Seed] = {
    "a-check-that-passes-unsolved": Seed(
        ((PATH, CHECK, "- file: README.md\n"),),
        (("passes-unsolved", "path.md:37", "step `say-hello` is passed before anything of it is done"),),
    ),
    "a-solution-that-breaks-an-earlier-step": Seed(
        ((f"{SHARE}/run.sh", "", "git rm -q hello.txt\ngit commit -q -m Tidy\n"),),
        (("breaks-earlier", f"{SHARE}/run.sh:1", "check 1 of step `say-hello` (path.md:37)"),),
    ),
    "a-claim-that-a-later-step-rightly-undoes": Seed(
        (
            (PATH, CHECK, CHECK + FAIL + "- git: branch\n  name: main\n"),
            (f"{SHARE}/run.sh", "", "git switch -q -c other\n"),
        ),
        (("breaks-earlier", f"{SHARE}/run.sh:1", "check 2 of step `say-hello` (path.md:40)"),),
    ),
    "a-file-that-no-check-notices": Seed(
        ((f"{HELLO}/files/notes.txt", "", "one\ntwo\n"), ADD_ALL),
        (("unnoticed", f"{HELLO}/files/notes.txt:1", "no check of step `say-hello` notices when notes.txt is undone"),),
    ),
    "a-line-of-a-patch-that-no-check-notices": Seed(
        (
            (PATH, CHECK, '- file: README.md\n  contains: "hello, "\n'),
            ADD_ALL,
            (f"{HELLO}/files/hello.txt.jinja", "hello {{ colour }}\n", ""),
            (f"{HELLO}/change.patch", "", TWO_HUNKS),
        ),
        (("unnoticed", f"{HELLO}/change.patch:5", "when README.md#1 is undone ('+# Greeter')"),),
    ),
    "a-script-that-no-check-notices": Seed(
        ((f"{HELLO}/run.sh", "", "git status\n"),),
        (("unnoticed", f"{HELLO}/run.sh:1", "leaving the script out"),),
    ),
    "a-waiver-of-what-is-not-there": Seed(
        ((f"{HELLO}/waived.yml", "", "# Prose.\nnotes.txt: Prose.\n"),),
        (("idle-waiver", f"{HELLO}/waived.yml:2", "`notes.txt` is waived, and the solution changes no such thing"),),
    ),
    "a-waiver-without-a-reason": Seed(
        ((f"{HELLO}/waived.yml", "", "hello.txt:\n"),),
        (("solution-fails", f"{HELLO}/waived.yml:1", "no reason for each name"),),
    ),
    "a-waiver-of-what-a-check-notices": Seed(
        ((f"{HELLO}/waived.yml", "", "hello.txt: Prose.\n"),),
        (("idle-waiver", f"{HELLO}/waived.yml:1", "`hello.txt` is waived, and a check notices it"),),
    ),
    "a-waiver-of-a-script-that-is-not-there": Seed(
        ((f"{HELLO}/waived.yml", "", "run.sh: It tidies up.\n"),),
        (("idle-waiver", f"{HELLO}/waived.yml:1", "`run.sh` is waived"),),
    ),
    "a-check-that-writes-a-file": Seed(
        ((PATH, CHECK, CHECK + FAIL + command("test -f hello.txt && date >> seen.log")), ADD_ALL),
        (("check-changes", "path.md:40", "checking step `say-hello` changes seen.log"),),
    ),
    "a-check-that-writes-a-file-once-and-unsolved": Seed(
        ((PATH, CHECK, command("test -f seen.log || date > seen.log; test -f hello.txt")), ADD_ALL),
        (("check-changes", "path.md:37", "checking step `say-hello` changes seen.log"),),
    ),
    "a-check-that-writes-a-file-when-some-of-the-work-is-missing": Seed(
        (
            ADD_ALL,
            (f"{HELLO}/files/more.txt", "", "more\n"),
            (
                PATH,
                CHECK,
                command("test -f hello.txt || ! test -f more.txt || date > seen.log; cat hello.txt more.txt"),
            ),
        ),
        (("check-changes", "path.md:37", "checking step `say-hello` changes seen.log"),),
    ),
    "a-check-that-rewrites-a-file": Seed(
        ((PATH, CHECK, command("sort -o README.md README.md && test -f hello.txt")), ADD_ALL),
        (("check-changes", "path.md:37", "checking step `say-hello` changes README.md"),),
    ),
    "a-check-that-commits": Seed(
        ((PATH, CHECK, CHECK + FAIL + command("test -f hello.txt && git commit -q --allow-empty -m Look")),),
        (("check-changes", "path.md:40", "checking step `say-hello` changes .git/refs/heads/main"),),
    ),
    "a-check-that-makes-a-branch": Seed(
        ((PATH, CHECK, CHECK + FAIL + command("test -f hello.txt && git branch -f seen")),),
        (("check-changes", "path.md:40", "checking step `say-hello` changes .git/refs/heads/seen"),),
    ),
    "a-check-that-passes-once": Seed(
        ((PATH, CHECK, command("test -f hello.txt && mkdir ~/once")),),
        (("check-unsteady", "path.md:37", "check 1 of step `say-hello` passed, and does not pass again"),),
    ),
    "a-check-that-needs-a-tool-that-nobody-has": Seed(
        ((PATH, CHECK, "- command: [no-such-tool-of-anybody]\n"),),
        (("check-unknown", "path.md:37", "no-such-tool-of-anybody is not on this machine"),),
    ),
    "a-check-that-can-t-be-looked-at-with-these-answers": Seed(
        ((PATH, CHECK, CHECK + FAIL + "- command: [echo]\n  stdout: \"{% if colour == 'red' %}({% endif %}\"\n"),),
        (("check-option", "path.md:40", "`stdout` is no regular expression"),),
    ),
    "a-solution-that-does-not-solve": Seed(
        ((f"{HELLO}/files/hello.txt.jinja", "hello", "good-bye"),),
        (("check-fails", "path.md:37", "check 1 of step `say-hello` does not pass after its solution"),),
    ),
    "a-solution-whose-script-fails": Seed(
        ((f"{HELLO}/run.sh", "", "set -e\nfalse\n"),),
        (("solution-fails", f"{HELLO}/run.sh:1", "the solution's script ended with 1"),),
    ),
    "a-solution-whose-patch-does-not-apply": Seed(
        ((f"{HELLO}/change.patch", "", "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# other\n+# Other\n"),),
        (("solution-fails", f"{HELLO}/change.patch:1", "does not fit"),),
    ),
    "a-step-that-takes-longer-than-it-says": Seed(
        ((PATH, "id: say-hello\nminutes: 1", "id: say-hello\nminutes: 0"),),
        (("over-time", "path.md:22", "of its 0 minutes"),),
    ),
    "a-step-that-no-set-of-answers-has": Seed(
        ((PATH, "id: share-it\n", "id: share-it\nwhen: \"{{ is_loud == 'true' }}\"\n"),),
        (("never-walked", "path.md:64", "step `share-it` is proven with no set of answers"),),
        ("--level", "path"),
        frozenset({""}),
    ),
    "a-project-that-starts-with-one-answer-only": Seed(
        ((COPIER, "_envops", '_tasks: ["test {{ colour }} = red"]\n_envops'),),
        (("start-fails", "copier.yml:1", "test green = red"),),
        ("--answers", "loud"),
        frozenset({"loud"}),
    ),
    "a-project-check-that-fails-under-one-answer": Seed(
        (("template/check.sh", "test -f README.md", "test ! -f loud.txt"),),
        (("project-check", "path.md:13", "in a fresh project, `sh check.sh` ends with 1"),),
        PROJECT,
        LOUD,
    ),
    "a-variable-that-is-undefined-under-one-combination": Seed(
        ((README, "", "{% if is_loud and colour == 'green' %}{{ nobody }}\n{% endif %}"),),
        (("undefined", f"{README}:4", "'nobody' is undefined"),),
        (),
        LOUD,
    ),
    "an-undefined-variable-that-renders-as-nothing": Seed(
        (
            (README, "", "{% if is_loud and colour == 'green' %}{{ nobody }}\n{% endif %}"),
            (COPIER, "_envops:\n  undefined: jinja2.StrictUndefined\n", ""),
        ),
        (("undefined", f"{README}:4", "'nobody' is undefined"),),
        RENDER,
        LOUD,
    ),
    "an-order-that-differs-from-run-to-run": Seed(
        ((README, "", "{{ (dict(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8).keys() - ['i'])|join(' ') }}\n"),),
        (("unsteady-render", f"{README}:1", "README.md differs between two renders"),),
        (*RENDER, *DEFAULTS[:2]),
    ),
    "a-merge-that-was-left-half-way": Seed(
        (("template/check.sh", "", "<<<<<<< HEAD\ntwo\n=======\nthree\n>>>>>>> other\n"),),
        (("leftover", "template/check.sh:2", "marks of a merge conflict"),),
        (*RENDER, *DEFAULTS[:2]),
    ),
    "yaml-that-does-not-parse-under-one-answer": Seed(
        (("template/settings.yml.jinja", "", "colour: {{ colour }}\n{% if is_loud %}loud: yes: very\n{% endif %}"),),
        (("unparsable", "template/settings.yml.jinja:2", "not valid YAML"),),
        RENDER,
        LOUD,
    ),
}

SECRETLY_ONLINE: dict[str, Seed] = {
    "a-solution-that-secretly-needs-the-network": Seed(
        ((f"{SHARE}/run.sh", "git add", f"set -e\n{CONNECT}\ngit add"),),
        (("needs-network", "path.md:64", "step `share-it` needs the network, and does not say so"),),
    ),
    "a-check-that-secretly-needs-the-network": Seed(
        (
            (
                PATH,
                CHECK,
                CHECK + FAIL + f'- command: [bash, -c, "test -f hello.txt && {CONNECT}"]\n',
            ),
        ),
        (("needs-network", "path.md:22", "step `say-hello` needs the network, and does not say so"),),
    ),
}

GOOD: dict[str, Seed] = {
    "as-it-is": Seed((), options=("--mutate",)),
    "a-step-that-says-that-it-needs-the-network": Seed(
        (
            (PATH, "id: share-it\n", "id: share-it\nnetwork: true\n"),
            (f"{SHARE}/run.sh", "git add", f"set -e\n{CONNECT}\ngit add"),
        ),
    ),
    "a-claim-that-does-not-last": Seed(
        (
            (PATH, CHECK, CHECK + FAIL + "- git: branch\n  name: main\n  lasting: false\n"),
            (f"{SHARE}/run.sh", "", "git switch -q -c other\n"),
        ),
    ),
    "prose-that-is-waived": Seed(
        (
            ADD_ALL,
            (f"{HELLO}/files/notes.txt", "", "one\n"),
            (f"{HELLO}/waived.yml", "", "notes.txt: Prose.\n"),
        ),
    ),
    "a-script-that-is-waived": Seed(
        (
            (f"{HELLO}/run.sh", "", "git status\n"),
            (f"{HELLO}/waived.yml", "", "run.sh: It only shows.\n"),
        ),
    ),
    "a-solution-that-uses-goldenpath": Seed(
        (
            (PATH, "- git: clean\n", "- pr: merged\n"),
            (
                f"{SHARE}/run.sh",
                "",
                "git push -q -u origin hello\ngoldenpath pr open\ngoldenpath pr merge\n",
            ),
            (f"{SHARE}/run.sh", "git add", "set -e\ngit switch -q -c hello\ngit add"),
        ),
    ),
    "a-server-that-goes-on": Seed(
        (
            (PATH, CHECK, CHECK + FAIL + "- command: [sh, -c, 'kill -0 $(cat ~/sleeper)']\n"),
            (f"{HELLO}/run.sh", "", SLEEPER),
        ),
    ),
}


def plant(seed: Seed, folder: Path, *, port: int = 0) -> Path:
    """The sound template with the seed's changes, in a folder that is made."""
    shutil.copytree(SOUND, folder)
    for name, old, new in seed.changes:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text() if file.exists() else ""
        assert old in text, f"{name} holds no {old!r}"
        text = text.replace(old, new) if old else text + new
        file.write_text(text.replace("@PORT@", str(port)))
        if not text:
            file.unlink()
    return folder
