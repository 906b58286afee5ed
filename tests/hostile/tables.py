"""What a row of a table of hostile cases says, and what holds for every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import QUIET, Machine, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from tests.hostile.machine import Ended

PLAIN = {"copier.yml": "_subdirectory: template\nwho: world\n", "template/a.txt.jinja": "hello {{ who }}\n"}
"""A template that does no harm."""

ANSWERS = {"template/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n"}
"""The answers file, which a template with a path needs."""


STUBBORN_PATH = """\
---
goldenpath: 1
id: stubborn
title: Stubborn
summary: A check that does not go away.
version: 1.0.0
owner: test-squad
support: "#test"
audience: Tests.
minutes: 1
teaches: [testing]
---

# Stubborn

## Wait

```goldenpath-step
id: wait
minutes: 1
```

Wait.

```goldenpath-check
- command: [python3, stubborn.py]
  timeout: 60
  fail: It did not end.
```

```goldenpath-hint
- Wait.
```
"""
"""A path whose check runs `stubborn.py`."""


@dataclass(frozen=True, slots=True)
class Case:
    """A template, how it is started, and what must come of it. `lacking` is why it does not yet."""

    name: str
    files: Mapping[str, str | bytes]
    code: int
    words: tuple[str, ...] = ()
    prepare: Callable[[Path, Machine], None] | None = None
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    limits: str = ""
    timeout_s: float = 60
    lacking: str = ""


def rows(cases: Iterable[Case]) -> list[ParameterSet]:
    """The cases as parameters of a test; those of what is not built yet must fail."""
    return [pytest.param(case, id=case.name, marks=expected(case.lacking)) for case in cases]


def expected(lacking: str) -> tuple[pytest.MarkDecorator, ...]:
    """The mark of what does not hold yet."""
    return (pytest.mark.xfail(strict=True, reason=lacking),) if lacking else ()


def template_of(machine: Machine, case: Case) -> Path:
    """The case's template, written beside the machine's working folder."""
    template = write(machine.home.parent / "template", case.files)
    if case.prepare is not None:
        case.prepare(template, machine)
    return template


def start(machine: Machine, case: Case) -> Ended:
    """Start the case's template into `p`."""
    template = template_of(machine, case)
    return machine.run(
        *("start", template, "p", *QUIET, *case.arguments),
        timeout_s=case.timeout_s,
        limits=case.limits,
        variables=case.variables,
    )


def check_refused(machine: Machine, ended: Ended, code: int, words: Iterable[str]) -> None:
    """A refusal: its exit code, two lines that name what is wrong, and nothing left anywhere."""
    assert ended.code == code, ended.said
    check_two_lines(ended)
    for word in words:
        assert word in ended.err, ended.err
    assert machine.left() == []


def check_two_lines(ended: Ended) -> None:
    """An expected error is two lines at the end, and no traceback."""
    assert "Traceback" not in ended.said
    error, hint = ended.err.splitlines()[-2:]
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert "\x1b" not in ended.said
