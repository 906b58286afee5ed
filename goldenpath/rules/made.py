"""What a render made: a file, the template's file that it came from, and what is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Origin:
    """A file of the template, with everything that a finding needs to know of it.

    `literals` gives the texts that Jinja hands through, those of included files among them: few findings need to know,
    and reading them takes as long as rendering. `names` are those of questions; `signs` say how Jinja's variables,
    blocks and comments begin and end in this template.
    """

    file: str
    text: str
    is_template: bool
    suffix: str
    literals: Callable[[], tuple[str, ...]]
    names: tuple[str, ...]
    signs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A text file of a render. `said` are the answers that look like Jinja, or like a failure of it."""

    name: str
    content: bytes
    text: str
    is_executable: bool
    origin: Origin
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in one line of what was made."""

    rule: str
    line: int
    problem: str
    fix: str
    is_warning: bool = False
