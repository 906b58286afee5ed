"""A path.md becomes a path, or an error that names the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.markdown import read_page
from goldenpath.checks import KEYS
from goldenpath.core.errors import TemplateError
from goldenpath.core.pathfile import build_path

if TYPE_CHECKING:
    from goldenpath.core.model import GoldenPath

PATH = """\
---
goldenpath: 1
id: backend
title: Backend
summary: A service.
version: 1.2.0
owner: core-infra
support: "#help"
audience: New engineers.
minutes: 30
teaches: [http-api]
checks:
  - [uv, run, pytest, -q]
needs:
  - {tool: git, version: ">=2.38", fix: "https://git-scm.com"}
---

# Backend

Welcome.

## Look around

```goldenpath-step
id: look-around
minutes: 5
```

Look.

```goldenpath-check
- file: README.md
  fail: There is no README.md.
- any:
    - command: [git, status]
    - tool: git
  fail: No git.
  timeout: 3
  retries: 2
  lasting: false
```

```goldenpath-hint
- Look again.
- And again.
```

## Read on

```goldenpath-step
id: read-on
minutes: 1
reading: true
when: "{{ database }}"
```

That is all.
"""


def read(text: str = PATH) -> GoldenPath:
    page = read_page(text, file="path.md")
    return build_path(page.front, page.intro, page.sections, KEYS)


def changed(old: str, new: str) -> str:
    assert PATH.count(old) == 1, old
    return PATH.replace(old, new)


def test_a_path_has_its_front_matter_and_its_steps() -> None:
    path = read()
    assert (path.id, path.version, path.minutes, path.teaches) == ("backend", "1.2.0", 30, ("http-api",))
    assert path.checks == (("uv", "run", "pytest", "-q"),)
    assert (path.needs[0].tool, path.needs[0].version) == ("git", ">=2.38")
    assert path.intro == "# Backend\n\nWelcome."
    assert [step.id for step in path.steps] == ["look-around", "read-on"]
    look, on = path.steps
    assert (look.title, look.body, look.minutes, look.line) == ("Look around", "Look.", 5, 22)
    assert look.hints == ("Look again.", "And again.")
    assert (on.is_reading, on.when, on.checks) == (True, "{{ database }}", ())


def test_checks_have_their_options_and_the_common_ones_apart() -> None:
    file, either = read().steps[0].checks
    assert (file.kind, file.options, file.line) == ("file", {"file": "README.md"}, 32)
    assert (file.timeout_s, file.retries, file.is_lasting, file.is_negated) == (15.0, 0, True, False)
    assert (either.kind, either.timeout_s, either.retries, either.is_lasting) == ("any", 3.0, 2, False)
    assert [(child.kind, child.line, child.fail) for child in either.children] == [
        ("command", 35, ""),
        ("tool", 36, ""),
    ]


CASES = [
    ("goldenpath: 1\n", "goldenpath: 2\n", 2, "is format 2, and this program reads 1", "update goldenpath"),
    ("goldenpath: 1\n", "goldenpath: 0\n", 2, "is format 0", "write `goldenpath: 1`"),
    ("goldenpath: 1\n", 'goldenpath: "1"\n', 2, "must be a whole number", ""),
    ("goldenpath: 1\n", "", 2, "lacks `goldenpath`", ""),
    ("title: Backend\n", "titel: Backend\n", 4, "`titel` is not a known key", "did you mean `title`?"),
    ("title: Backend\n", "", 2, "lacks `title`", ""),
    ("id: backend\n", "id: Back End\n", 3, "`id` is 'Back End'", "lower-case"),
    ("version: 1.2.0\n", "version: one\n", 6, "`version` is 'one'", "PEP 440"),
    ("version: 1.2.0\n", "version: 1.10\n", 6, "`version` is '1.1'", "quotes"),
    ("  - [uv, run, pytest, -q]\n", "  - uv run pytest\n", 12, "`checks` must be a list of words", ""),
    ('fix: "https://git-scm.com"', 'fxi: "https://git-scm.com"', 15, "`fxi` is not a known key", "`fix`"),
    ("id: look-around\n", "id: Look\n", 25, "`id` is 'Look'", "lower-case"),
    ("id: look-around\n", "id: read-on\n", 48, "has the id 'read-on', and so has the step in line 22", ""),
    ("minutes: 5\n", "minuets: 5\n", 26, "`minuets` is not a known key", "did you mean `minutes`?"),
    ("minutes: 5\n", "", 25, "lacks `minutes`", ""),
    ("minutes: 5\n", "minutes: 5\nmilestone: first-comit\n", 27, "is 'first-comit'", "`first-commit`"),
    ("- file: README.md\n", "- flie: README.md\n", 32, "`flie` names no known kind", "did you mean `file`?"),
    ("- file: README.md\n", "- file: README.md\n  contians: x\n", 33, "`contians` is not a known key", "`contains`"),
    ("- file: README.md\n", "- file: README.md\n  tool: git\n", 32, "names file and tool", ""),
    ("  fail: There is no README.md.\n", "", 32, "check `file` lacks `fail`", ""),
    ("  timeout: 3\n", "  timeout: soon\n", 38, "`timeout` must be a number", ""),
    ("    - tool: git\n", "    - tooll: git\n", 36, "`tooll` names no known kind", "did you mean `tool`?"),
    ("- Look again.\n", "- Look: again.\n", 43, "has a hint that YAML reads as something else", "quotes"),
    ("reading: true\n", "", 51, "has no check", "reading: true"),
    ("reading: true\n", "reading: perhaps\n", 53, "must be true or false", ""),
]


@pytest.mark.parametrize(("old", "new", "line", "words", "hint"), CASES, ids=[f"{case[1]!r}" for case in CASES])
def test_an_error_names_the_line_and_what_is_wrong(old: str, new: str, line: int, words: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read(changed(old, new))
    assert words in caught.value.message
    assert caught.value.message.startswith(f"path.md:{line}: ")
    assert hint in caught.value.hint


def test_a_composite_must_name_a_check() -> None:
    text = changed("    - command: [git, status]\n    - tool: git\n", "    []\n")
    with pytest.raises(TemplateError, match=r"path.md:34: check `any`: `any` is empty"):
        read(text)


def test_a_step_must_have_a_hint() -> None:
    hints = "```goldenpath-hint\n- Look again.\n- And again.\n```\n"
    with pytest.raises(TemplateError, match=r"path.md:25: step 'Look around' has no hint"):
        read(changed(hints, ""))


@pytest.mark.parametrize(("number", "block"), [(0, ""), (2, "```goldenpath-step\nid: x\nminutes: 1\n```\n")])
def test_a_step_is_described_exactly_once(number: int, block: str) -> None:
    old = "```goldenpath-step\nid: look-around\nminutes: 5\n```\n"
    with pytest.raises(TemplateError, match=rf"path.md:2\d: step 'Look around' has {number} goldenpath-step blocks"):
        read(changed(old, old + block if block else ""))


def test_a_block_that_is_no_list_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"path.md:\d+: .*goldenpath-hint.*must be a list, and is text"):
        read(changed("- Look again.\n- And again.\n", "Look again.\n"))
