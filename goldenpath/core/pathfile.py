"""path.md: from its front matter and sections to a GoldenPath. Every key: docs/reference/path-file.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.checkblock import COMMON_CHECK_KEYS, COMPOSITES, read_check
from goldenpath.core.faults import at_once
from goldenpath.core.mappings import Reader, Unreadable
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.model import GoldenPath, Json, Need, Step
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from goldenpath.core.faults import Sink

__all__ = ["BLOCKS", "COMMON_CHECK_KEYS", "COMPOSITES", "FILE", "FORMAT", "FRONT_KEYS", "STEP_KEYS", "build_path"]

FILE = "path.md"
FORMAT = 1

FRONT_KEYS = frozenset(
    {
        *("goldenpath", "id", "title", "summary", "version", "owner", "support"),
        *("audience", "minutes", "teaches", "checks", "needs", "ignore"),
    }
)
STEP_KEYS = frozenset(["id", "minutes", "milestone", "network", "when", "reading", "owner"])
BLOCKS = frozenset({"goldenpath-step", "goldenpath-check", "goldenpath-hint"})

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""What names of paths and steps look like."""
_VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.dev\d+)?")


@dataclass(frozen=True, slots=True)
class Block:
    """A machine-read block of a section: its info string, its YAML value and its first line."""

    info: str
    value: Json
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A `##` section: title, line of the heading, prose without the machine-read blocks, and those blocks."""

    title: str
    line: int
    body: str
    blocks: tuple[Block, ...]


def build_path(
    front: Json,
    intro: str,
    sections: Sequence[Section],
    kinds: Mapping[str, Collection[str]],
    *,
    sink: Sink = at_once,
) -> GoldenPath:
    """The path that a file describes, `kinds` being the keys of every check kind. Raises TemplateError unless `sink`
    goes on.
    """
    reader = Reader(front, file=FILE, line=1, what="front matter", sink=sink)
    _refuse_format(reader)
    reader.only(FRONT_KEYS)
    steps = tuple(_step(section, kinds, sink) for section in sections)
    _refuse_twins(steps, sink)
    return GoldenPath(
        id=_identifier(reader, "id"),
        title=reader.text("title"),
        summary=reader.text("summary"),
        version=_version(reader),
        owner=reader.text("owner"),
        support=reader.text("support"),
        audience=reader.text("audience"),
        minutes=reader.integer("minutes"),
        intro=intro,
        teaches=reader.texts("teaches"),
        checks=tuple(tuple(reader.words(item, "checks")) for item in reader.items("checks")),
        needs=tuple(_need(item, reader) for item in reader.items("needs")),
        steps=steps,
        ignore=reader.texts_by_name("ignore"),
    )


def _refuse_format(reader: Reader) -> None:
    number = reader.integer("goldenpath")
    if number != FORMAT and "goldenpath" in reader.value and isinstance(reader.value["goldenpath"], int):
        newer = "update goldenpath: pip install --upgrade goldenpath"
        way = newer if number > FORMAT else f"write `goldenpath: {FORMAT}`"
        reader.refuse("goldenpath", f"is format {number}, and this program reads {FORMAT}", way)


def _identifier(reader: Reader, key: str, rule: str = "format") -> str:
    value = reader.text(key)
    if isinstance(reader.value.get(key), str | int | float) and not ID.fullmatch(value):
        reader.refuse(key, f"is {value!r}", "use lower-case letters, digits and single dashes", rule=rule)
    return value


def _version(reader: Reader) -> str:
    value = reader.text("version")
    written = reader.value.get("version")
    if isinstance(written, float) or (isinstance(written, str | int) and not _VERSION.fullmatch(value)):
        reader.refuse(
            "version", f"is {value!r}", "use a PEP 440 version such as 1.2.0, and quotes around one like '1.10'"
        )
    return value


def _need(item: Json, front: Reader) -> Need:
    reader = Reader(item, file=FILE, line=front.line, what="needs", sink=front.sink)
    reader.only({"tool", "version", "fix"})
    return Need(reader.text("tool"), reader.text("fix"), reader.text("version", ""))


def _step(section: Section, kinds: Mapping[str, Collection[str]], sink: Sink) -> Step:
    name = f"step {section.title!r}"
    described = [block for block in section.blocks if block.info == "goldenpath-step"]
    at = described[0] if described else Block("goldenpath-step", Unreadable(), section.line)
    reader = Reader(at.value, file=FILE, line=at.line, what=name, sink=sink)
    if len(described) != 1:
        reader.line = at.line
        reader.refuse("", f"has {len(described)} goldenpath-step blocks", "give it exactly one, below its heading")
    reader.only(STEP_KEYS)
    checks = tuple(
        read_check(item, Reader({}, file=FILE, line=block.line, what="check", sink=sink), kinds)
        for block in _of(section, "goldenpath-check")
        for item in _list(block, reader)
    )
    hints = tuple(
        _hint(item, block, sink) for block in _of(section, "goldenpath-hint") for item in _list(block, reader)
    )
    step = Step(
        id=_identifier(reader, "id", "step-id"),
        title=section.title,
        body=section.body,
        minutes=reader.integer("minutes"),
        line=section.line,
        checks=checks,
        hints=hints,
        milestone=reader.text("milestone", ""),
        owner=reader.text("owner", ""),
        when=str(reader.value.get("when", "")),
        needs_network=reader.flag("network", default=False),
        is_reading=reader.flag("reading", default=False),
    )
    _must_hold(step, section, reader)
    return step


def _hint(item: Json, block: Block, sink: Sink) -> str:
    if isinstance(item, str):
        return item
    reader = Reader({"hint": item}, file=FILE, line=block.line, what="goldenpath-hint", sink=sink)
    problem = f"has a hint that YAML reads as something else: {item!r}"
    reader.refuse("", problem, "put the hint in quotes", rule="step-hint")
    return ""


def _must_hold(step: Step, section: Section, reader: Reader) -> None:
    if step.milestone and step.milestone not in MILESTONES:
        way = did_you_mean(step.milestone, MILESTONES)
        reader.refuse("milestone", f"is {step.milestone!r}", way, rule="milestone")
    described = _of(section, "goldenpath-step")
    is_known = any(not isinstance(block.value, Unreadable) for block in described)
    if step.is_reading or not is_known or not isinstance(reader.value.get("reading", False), bool):
        return
    if not step.checks and not _hides(section, "goldenpath-check"):
        way = "add a goldenpath-check block, or say `reading: true`"
        reader.refuse("", "has no check", way, rule="step-check")
    if not step.hints and not _hides(section, "goldenpath-hint"):
        way = "add a goldenpath-hint block with at least one hint"
        reader.refuse("", "has no hint", way, rule="step-hint")


def _of(section: Section, info: str) -> list[Block]:
    return [block for block in section.blocks if block.info == info]


def _hides(section: Section, info: str) -> bool:
    """Whether a block of the section could not be read, so that nobody knows what it holds."""
    return any(not isinstance(block.value, list) for block in _of(section, info))


def _list(block: Block, step: Reader) -> list[Json]:
    what = f"{step.what}, {block.info}"
    return Reader({"items": block.value}, file=FILE, line=block.line, what=what, sink=step.sink).items("items")


def _refuse_twins(steps: Sequence[Step], sink: Sink) -> None:
    seen: dict[str, Step] = {}
    for step in steps:
        if step.id and step.id in seen:
            problem = f"has the id {step.id!r}, and so has the step in line {seen[step.id].line}"
            reader = Reader({}, file=FILE, line=step.line, what=f"step {step.title!r}", sink=sink)
            reader.refuse("", problem, rule="step-id")
        seen.setdefault(step.id, step)
