"""A path is loaded from its template, and told over a project's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from goldenpath.flows.load_path import load_path, steps_for, told

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Answers, GoldenPath

PATH = """\
---
goldenpath: 1
id: tiny
title: Tiny
summary: s
version: 1.0.0
owner: o
support: s
audience: a
minutes: 1
---

## Make {{ name }}

```goldenpath-step
id: make
minutes: 1
when: "{{ wanted }}"
```

Write `{{ name }}.txt`, not `{% raw %}${{ x }}{% endraw %}`.

```goldenpath-check
- file: "{{ name }}.txt"
  fail: There is no {{ name }}.txt.
- any:
    - command: [echo, "{{ name }}"]
    - http: "http://127.0.0.1:{{ port }}/"
      headers: {X-Name: "{{ name }}"}
  fail: Nothing.
```

```goldenpath-hint
- Type {{ name }}.
```
"""


@pytest.fixture
def path(tmp_path: Path) -> GoldenPath:
    return load(tmp_path, PATH)


def load(folder: Path, text: str) -> GoldenPath:
    (folder / "path.md").write_text(text)
    found = load_path(folder)
    assert found is not None
    return found


def test_a_template_without_a_path_has_none(tmp_path: Path) -> None:
    assert load_path(tmp_path) is None


def test_a_path_that_is_no_text_is_a_template_error(tmp_path: Path) -> None:
    (tmp_path / "path.md").write_bytes(b"---\ntitle: caf\xe9\n---\n")
    with pytest.raises(TemplateError, match=r"path.md: not UTF-8"):
        load_path(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "count"), [(True, 1), (False, 0), ("yes", 1), ("True", 1), ("no", 0), ("", 0), (1, 1), (0, 0)]
)
def test_a_step_applies_when_its_condition_says_so(wanted: bool | str | int, count: int, path: GoldenPath) -> None:  # noqa: FBT001
    assert len(steps_for(path, {"wanted": wanted, "name": "shop"})) == count


def test_everything_that_is_shown_or_checked_is_told_over_the_answers(path: GoldenPath) -> None:
    answers: Answers = {"wanted": True, "name": "shop", "port": 8080}
    (plain,) = steps_for(path, answers)
    step = told(plain, answers)
    assert step.title == "Make shop"
    assert step.body == "Write `shop.txt`, not `${{ x }}`."
    assert step.hints == ("Type shop.",)
    file, either = step.checks
    assert (file.options, file.fail) == ({"file": "shop.txt"}, "There is no shop.txt.")
    command, http = either.children
    assert command.options == {"command": ["echo", "shop"]}
    assert http.options == {"http": "http://127.0.0.1:8080/", "headers": {"X-Name": "shop"}}


@pytest.mark.parametrize(
    ("old", "line"),
    [("## Make {{ name }}", 13), ("Write `{{ name }}", 13), ('file: "{{ name }}', 24), ("- Type {{ name }}", 13)],
)
def test_a_name_that_nobody_asked_for_is_an_error_with_its_line(old: str, line: int, tmp_path: Path) -> None:
    assert PATH.count(old) == 1
    path = load(tmp_path, PATH.replace(old, old.replace("name", "nmae")))
    answers: Answers = {"wanted": True, "name": "shop", "port": 8080}
    with pytest.raises(TemplateError, match=rf"^path.md:{line}: Jinja: 'nmae' is undefined"):
        [told(step, answers) for step in steps_for(path, answers)]
