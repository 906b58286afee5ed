"""Inspect one case: what a finished render shouldn't hold, told with the line of the template that it came from."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from goldenpath.adapters.jinja_literals import literals_of, signs_of
from goldenpath.adapters.machine import Machine, machine_with, this_machine
from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault
from goldenpath.core.line_origin import line_of_origin
from goldenpath.core.secret_shapes import secrets_in
from goldenpath.rules import leftovers, parsing, tidiness
from goldenpath.rules.machine_marks import machine_names, machine_paths
from goldenpath.rules.made import Finding, Made, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from goldenpath.core.model import Answers, Json
    from goldenpath.rules.source import Source

FINDINGS: Mapping[str, str] = {
    leftovers.RULE: "no Jinja, no undefined value and no mark of a merge is left in what is rendered",
    parsing.RULE: "YAML, JSON, TOML and Python can be read as what they are",
    "secret": "nothing has the shape of a secret that somebody issued",
    "machine-path": "no path of the machine that renders is left in it",
    "machine-name": "no name of the machine that renders, or of its user, is left in it",
    "line-ends": "lines end in LF, or all of them as Windows wants it",
    "final-newline": "a text ends in one newline",
    "trailing-space": "no line ends in spaces, where they mean nothing",
    "byte-order-mark": "a text begins with its first letter",
    "execute-bit": "what begins with `#!` can be executed, and no other text can",
}
MOST_BYTES = 2_000_000
"""How long a file may be that is looked into."""
_MOST_BYTES_KEPT = 200_000
_MOST_KEPT = 5_000
_SNIFFED = 8_192
_PROGRAMS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"PK\x03\x04")
"""How programs begin, and archives that Python and Java run."""


def _secrets(made: Made) -> Iterator[Finding]:
    fix = "take it out, and have it revoked: whoever has the template has it"
    for line, kind in secrets_in(made.text):
        yield Finding("secret", line, f"it holds what looks like {kind}", fix)


_LOOKS: tuple[Callable[[Made], Iterable[Finding]], ...] = (
    leftovers.leftovers,
    parsing.unparsable,
    _secrets,
    tidiness.final_newline,
    tidiness.line_ends,
    tidiness.byte_order_mark,
    tidiness.trailing_space,
    tidiness.execute_bit,
)
_Key: TypeAlias = tuple[str, bytes, bool, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """What all renders of a template are held against. It remembers what was found in a file: most are alike.

    `copied` has the files that Copier copies as they are, by what they hold.
    """

    template: Source
    machine: Machine
    copied: Mapping[str, str]
    origins: dict[str, Origin] = field(default_factory=dict)
    found: dict[_Key, list[Fault]] = field(default_factory=dict)


_held: list[Held] = []
"""For the template that was inspected last."""


def inspect_case(
    root: Path, sources: Mapping[str, str], *, source: Source, answers: Answers, machine: Machine | None = None
) -> list[Fault]:
    """What is wrong with a finished render in a folder. Binary files, links and files over MOST_BYTES are passed over.

    `sources` has for the name of each file that was made the template's file that it came from. `machine` is the one
    that rendered: this one, if no other is given.
    """
    held = _held_of(source, machine)
    told = tuple(_texts(answers))
    said = tuple(dict.fromkeys(text for text in told if "{" in text or "[" in text or "Undefined" in text))
    around = [root, root.parent, held.template.tree.folder.absolute()]
    paths = tuple(dict.fromkeys([*machine_with(around, []).paths, *held.machine.paths]))

    def is_meant(name: str) -> bool:
        return any(name in text for texts in (told, held.template.tree.texts.values()) for text in texts)

    faults: list[Fault] = []
    for name, path in _files(root):
        made = _made(name, path, sources.get(name, ""), held, said)
        if made:
            marks = [*machine_paths(made, paths), *machine_names(made, held.machine.names, is_meant)]
            faults += [*_looked_at(made, held), *(_fault(each, made) for each in marks)]
    return sorted(dict.fromkeys(faults))


def _held_of(source: Source, machine: Machine | None) -> Held:
    if not _held or _held[0].template is not source or machine not in (None, _held[0].machine):
        copied = {source.text(file): file for file in source.rendered if not file.endswith(source.suffix)}
        _held[:] = [Held(source, machine or this_machine(), {text: file for text, file in copied.items() if text})]
    return _held[0]


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        here, inside = Path(folder), os.path.relpath(folder, root)
        for name in sorted(files):
            yield (name if inside == "." else f"{inside}/{name}"), here / name


def _made(name: str, path: Path, file: str, held: Held, said: tuple[str, ...]) -> Made | None:
    """What was made of a file of the template, or of a copy of one; None for what can't be looked into: no text."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
        return None
    content = path.read_bytes()
    if b"\0" in content[:_SNIFFED] or content.startswith(_PROGRAMS):
        return None
    text = content.removeprefix(tidiness.BOM).decode(errors="replace")
    origin = _origin(file or held.copied.get(text, ""), held)
    return Made(name, content, text, bool(status.st_mode & stat.S_IXUSR), origin, said)


def _looked_at(made: Made, held: Held) -> list[Fault]:
    if len(made.content) > _MOST_BYTES_KEPT:
        return _look(made)
    key = (made.name, made.content, made.is_executable, made.origin.file, made.said)
    if key not in held.found:
        if len(held.found) >= _MOST_KEPT:
            held.found.clear()
        held.found[key] = _look(made)
    return held.found[key]


def _look(made: Made) -> list[Fault]:
    return [_fault(finding, made) for look in _LOOKS for finding in look(made)]


def _fault(finding: Finding, made: Made) -> Fault:
    """The finding, told of the template's file. Without one it is told of copier.yml, and names what was made."""
    origin, problem = made.origin, finding.problem
    if not origin.text and origin.file != made.name:
        problem = f"{made.name}, line {finding.line}: {problem}"
    line = _line(finding.line, made) if origin.text else 1
    return Fault(origin.file, line, finding.rule, problem, finding.fix, finding.is_warning)


def _line(line: int, made: Made) -> int:
    if not made.origin.is_template:
        return line
    value, *tags = (rf"{re.escape(start)}.*?{re.escape(end)}" for start, end in made.origin.signs)
    return line_of_origin(made.text.splitlines(), made.origin.text.splitlines(), line, value=value, tag="|".join(tags))


def _origin(file: str, held: Held) -> Origin:
    if file not in held.origins:
        held.origins[file] = _read_origin(file, held.template)
    return held.origins[file]


def _read_origin(file: str, template: Source) -> Origin:
    """A file of the template. Without a name it is any of its files, as when Copier makes several of one."""
    text = template.text(file)
    return Origin(
        file=file or template.copier_file,
        text=text,
        is_template=not file or file.endswith(template.suffix),
        suffix=template.suffix,
        literals=cache(partial(_literals, file, text, template)),
        names=tuple(question.name for question in template.questions),
        signs=tuple(signs_of(template.dialect).values()),
    )


def _literals(file: str, text: str, template: Source) -> tuple[str, ...]:
    """What the file hands through, and the files that it may include. Of a text with unknown tags, that is all."""
    if file and not file.endswith(template.suffix):
        return (text,)
    included = [each.content for each in template.texts if each.is_included]
    anywhere = [] if file else [template.text(each) for each in template.rendered]
    found: list[str] = []
    for each in (text, *included, *anywhere):
        try:
            found += literals_of(each, template.dialect, file=file)
        except TemplateError:
            found.append(each)
    return tuple(found)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
