"""path.md: from its front matter and sections to a GoldenPath. Every key: docs/reference/path-file.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.mappings import Reader
from goldenpath.core.milestones import MILESTONES
from goldenpath.core.model import Check, GoldenPath, Json, Need, Step
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

FILE = "path.md"
FORMAT = 1

FRONT_KEYS = frozenset(
    {
        *("goldenpath", "id", "title", "summary", "version", "owner", "support"),
        *("audience", "minutes", "teaches", "checks", "needs"),
    }
)
STEP_KEYS = frozenset(["id", "minutes", "milestone", "network", "when", "reading", "owner"])
COMMON_CHECK_KEYS = frozenset(["expected", "fail", "timeout", "retries", "every", "not", "optional", "lasting"])
BLOCKS = frozenset({"goldenpath-step", "goldenpath-check", "goldenpath-hint"})
COMPOSITES = frozenset({"any", "all"})

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
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
    front: Json, intro: str, sections: Sequence[Section], kinds: Mapping[str, Collection[str]]
) -> GoldenPath:
    """The path that a file describes. `kinds` gives the keys of every check kind. Raises TemplateError."""
    reader = Reader(front, file=FILE, line=1, what="front matter")
    number = reader.integer("goldenpath")
    if number != FORMAT:
        way = (
            "update goldenpath: pip install --upgrade goldenpath"
            if number > FORMAT
            else f"write `goldenpath: {FORMAT}`"
        )
        raise reader.wrong("goldenpath", f"is format {number}, and this program reads {FORMAT}", way)
    reader.only(FRONT_KEYS)
    steps = tuple(_step(section, kinds) for section in sections)
    _refuse_twins(steps)
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
    )


def _identifier(reader: Reader, key: str) -> str:
    value = reader.text(key)
    if not _ID.fullmatch(value):
        raise reader.wrong(key, f"is {value!r}", "use lower-case letters, digits and single dashes")
    return value


def _version(reader: Reader) -> str:
    value = reader.text("version")
    if isinstance(reader.value["version"], float) or not _VERSION.fullmatch(value):
        raise reader.wrong(
            "version", f"is {value!r}", "use a PEP 440 version such as 1.2.0, and quotes around one like '1.10'"
        )
    return value


def _need(item: Json, front: Reader) -> Need:
    reader = Reader(item, file=FILE, line=front.line, what="needs")
    reader.only({"tool", "version", "fix"})
    return Need(reader.text("tool"), reader.text("fix"), reader.text("version", ""))


def _step(section: Section, kinds: Mapping[str, Collection[str]]) -> Step:
    name = f"step {section.title!r}"
    described = [block for block in section.blocks if block.info == "goldenpath-step"]
    at = described[0] if described else Block("goldenpath-step", {}, section.line)
    reader = Reader(at.value, file=FILE, line=at.line, what=name)
    if len(described) != 1:
        raise reader.wrong("", f"has {len(described)} goldenpath-step blocks", "give it exactly one, below its heading")
    reader.only(STEP_KEYS)
    checks = tuple(
        _check(item, block.line, kinds) for block in _of(section, "goldenpath-check") for item in _list(block, name)
    )
    hints = tuple(_hint(item, block) for block in _of(section, "goldenpath-hint") for item in _list(block, name))
    step = Step(
        id=_identifier(reader, "id"),
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
    _must_hold(step, reader)
    return step


def _hint(item: Json, block: Block) -> str:
    if isinstance(item, str):
        return item
    reader = Reader({"hint": item}, file=FILE, line=block.line, what="goldenpath-hint")
    raise reader.wrong("", f"has a hint that YAML reads as something else: {item!r}", "put the hint in quotes")


def _must_hold(step: Step, reader: Reader) -> None:
    if step.milestone and step.milestone not in MILESTONES:
        raise reader.wrong("milestone", f"is {step.milestone!r}", did_you_mean(step.milestone, MILESTONES))
    if not step.checks and not step.is_reading:
        raise reader.wrong("", "has no check", "add a goldenpath-check block, or say `reading: true`")
    if not step.hints and not step.is_reading:
        raise reader.wrong("", "has no hint", "add a goldenpath-hint block with at least one hint")


def _of(section: Section, info: str) -> list[Block]:
    return [block for block in section.blocks if block.info == info]


def _list(block: Block, what: str) -> list[Json]:
    reader = Reader({"items": block.value}, file=FILE, line=block.line, what=f"{what}, {block.info}")
    return reader.items("items")


def _check(item: Json, line: int, kinds: Mapping[str, Collection[str]], *, is_child: bool = False) -> Check:
    reader = Reader(item, file=FILE, line=line, what="check")
    found = [key for key in reader.value if key in kinds or key in COMPOSITES]
    if len(found) != 1:
        unknown = [key for key in reader.value if key not in COMMON_CHECK_KEYS]
        hint = did_you_mean(unknown[0] if unknown else "", [*kinds, *COMPOSITES])
        problem = f"names {' and '.join(found)}: one check, one kind" if found else "names no known kind"
        raise reader.wrong(unknown[0] if unknown and not found else "", problem, hint)
    kind = found[0]
    reader.what = f"check `{kind}`"
    reader.only({kind, *COMMON_CHECK_KEYS, *kinds.get(kind, ())})
    for key in ("optional", "lasting") if is_child else ():
        if key in reader.value:
            raise reader.wrong(key, "belongs to the whole check, not to one of its parts", "put it beside any or all")
    children: tuple[Check, ...] = ()
    if kind in COMPOSITES:
        children = tuple(_check(child, reader.line, kinds, is_child=True) for child in reader.items(kind))
        if not children:
            raise reader.wrong(kind, "is empty: name at least one check")
    return Check(
        kind=kind,
        options={key: value for key, value in reader.value.items() if key not in COMMON_CHECK_KEYS},
        line=reader.line,
        expected=reader.text("expected", ""),
        fail=reader.text("fail", "" if is_child else None),
        timeout_s=reader.number("timeout", 15.0),
        retries=reader.integer("retries", 0),
        every_s=reader.number("every", 1.0),
        is_negated=reader.flag("not", default=False),
        is_optional=reader.flag("optional", default=False),
        is_lasting=reader.flag("lasting", default=True),
        children=children,
    )


def _refuse_twins(steps: Sequence[Step]) -> None:
    seen: dict[str, Step] = {}
    for step in steps:
        if step.id in seen:
            reader = Reader({}, file=FILE, line=step.line, what=f"step {step.title!r}")
            raise reader.wrong("", f"has the id {step.id!r}, and so has the step in line {seen[step.id].line}")
        seen[step.id] = step
