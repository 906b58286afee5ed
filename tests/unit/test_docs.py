"""The docs: what the code knows has its place on a page, examples are read by the real parser, links lead somewhere."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import importlib.util
import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from goldenpath.adapters.markdown import read_page
from goldenpath.checks import KEYS, KINDS
from goldenpath.cli.app import COMMANDS, GROUPS
from goldenpath.core import deploy_file as production
from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.deploy_file import KINDS as DEPLOYED_KINDS
from goldenpath.core.deploy_file import DeployFile, read_deploy_file
from goldenpath.core.errors import GoldenpathError
from goldenpath.core.events import EVENT_TYPES, FORMAT, GENESIS, Event, canonical, link
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.outcomes import Evidence
from goldenpath.core.pathfile import BLOCKS, COMMON_CHECK_KEYS, COMPOSITES, FRONT_KEYS, STEP_KEYS, build_path
from goldenpath.core.production import KEPT_RELEASES
from goldenpath.core.times import stamp
from goldenpath.flows.switch_release import WATCHED_S
from goldenpath.flows.try_release import HELD_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from goldenpath.adapters.settings import Settings

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "changelog.md", *DOCS.rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
COMMAND_NAMES = [*COMMANDS, *(f"{group} {name}" for group, (_, below) in GROUPS.items() for name in below)]
EVENT = Event(
    "id",
    "wri-1",
    7,
    next(iter(EVENT_TYPES)),
    "prj-1",
    datetime(2026, 3, 2, 9, tzinfo=UTC),
    {"b": 1},
    GENESIS,
    "",
    "wri-1",
)


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")


def sections(text: str, level: int = 2) -> dict[str, str]:
    """What stands below each heading of a level, by the heading without backticks."""
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    return dict(zip([title.replace("`", "") for title in parts[1::2]], parts[2::2], strict=True))


def first_cells(text: str) -> set[str]:
    """The words in backticks in the first column of every table."""
    cells = re.findall(r"^\| ([^|]*) \|", text, flags=re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def fences(text: str) -> Iterator[tuple[str, str, int]]:
    """Info string, content and line of each fenced block."""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence" and token.map:
            yield token.info, token.content, token.map[0] + 1


def in_code(text: str) -> str:
    """Everything that a page shows as code."""
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*inline, *(content for info, content, _ in fences(text) if info in {"sh", "bash"})])


# What the code knows


@pytest.mark.parametrize("name", COMMAND_NAMES)
def test_every_command_has_a_section_about_its_options_and_one_about_its_json(name: str) -> None:
    assert f"goldenpath {name}" in sections(reference("cli"))
    assert name in sections(reference("json"))


def test_the_command_page_is_what_the_script_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    script = load(ROOT / "scripts" / "write_reference.py")
    assert script.reference() == reference("cli"), "type: python scripts/write_reference.py"


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", KINDS)
def test_every_check_kind_has_a_section_with_its_keys_its_outcomes_and_an_example(kind: str) -> None:
    section = sections(reference("checks"))[kind]
    rows = "".join(line for line in section.splitlines() if line.startswith("|"))
    assert KEYS[kind] | {kind} <= set(re.findall(r"`([a-z_]+):?`", rows))
    for outcome in ("Pass|passes when", "Fails", "(?i)unknown"):
        assert re.search(outcome, section), outcome
    assert any(re.match(rf"- {kind}:", content) for info, content, _ in fences(section) if info == "goldenpath-check")


@pytest.mark.parametrize("kind", sorted(COMPOSITES))
def test_any_and_all_have_a_section_too(kind: str) -> None:
    assert f"- {kind}:" in sections(reference("checks"))[kind]


@pytest.mark.parametrize(
    ("section", "known"),
    [
        ("Front matter", FRONT_KEYS),
        ("Steps", STEP_KEYS),
        ("Blocks", BLOCKS),
        ("Common check keys", COMMON_CHECK_KEYS),
    ],
)
def test_the_page_about_path_files_has_every_key_and_no_other(section: str, known: frozenset[str]) -> None:
    assert first_cells(sections(reference("path-file"))[section]) == known


def deploy_keys() -> dict[str, tuple[str, str]]:
    """Of each key on the page about deploy.toml, its default and what it is for, as they stand there."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", sections(reference("deploy-file"))["Keys"], re.MULTILINE)
    return {key: (default, kinds) for key, default, kinds in rows}


def test_the_page_about_deploy_toml_has_every_key_and_no_other() -> None:
    assert list(deploy_keys()) == [field.name for field in dataclasses.fields(DeployFile)]
    assert {kind for _, kinds in deploy_keys().values() for kind in kinds.split(", ")} == {"all", *DEPLOYED_KINDS}


@pytest.mark.parametrize("field", dataclasses.fields(DeployFile), ids=lambda field: field.name)
def test_the_page_about_deploy_toml_has_the_default_of_each_key(field: dataclasses.Field[Any]) -> None:
    default, _ = deploy_keys()[field.name]
    smallest = read_deploy_file('name = "songs"\ncommand = ["songs"]')
    if not default.startswith("required"):
        assert json.loads(default.strip("`")) == json.loads(json.dumps(getattr(smallest, field.name)))
        return
    with pytest.raises(GoldenpathError, match=f"lacks `{field.name}`"):
        read_deploy_file({"command": 'name = "songs"', "folder": 'name = "songs"\nkind = "static"'}.get(field.name, ""))


def test_the_page_about_production_has_the_figures_of_the_code() -> None:
    page = " ".join((DOCS / "explanation" / "production-on-one-machine.md").read_text(encoding="utf-8").split())
    assert f"it has been ready for {HELD_S:g} s, as one process" in page
    assert f"for {WATCHED_S:g} s the release before is still there" in page
    assert f"{production.MARK}`, whose value is production's folder" in page
    how_to = (DOCS / "how-to" / "deploy-a-service.md").read_text(encoding="utf-8")
    assert {3: "Three"}[KEPT_RELEASES] + " releases are kept" in how_to


def test_the_example_of_a_deploy_toml_is_one() -> None:
    (example,) = [content for info, content, _ in fences(reference("deploy-file")) if info == "toml"]
    assert read_deploy_file(example).name == "playlist-api"


@pytest.mark.parametrize(("name", "meaning"), EVENT_TYPES.items())
def test_every_event_type_is_documented(name: str, meaning: str) -> None:
    assert f"| `{name}` | {meaning} |" in reference("events")


def test_every_column_of_the_ledger_is_documented() -> None:
    columns = {field.name for field in dataclasses.fields(Event)} | {"seq"}
    assert first_cells(sections(reference("events"))["Columns"]) == columns


def test_the_formula_of_the_chain_gives_the_hash() -> None:
    found = re.search(r"canonical\(\[(.+)\]\)", reference("events"))
    assert found is not None
    values = [FORMAT if name == "format" else getattr(EVENT, name) for name in found[1].split(", ")]
    text = canonical([stamp(value) if isinstance(value, datetime) else value for value in values])
    assert hashlib.sha256(text.encode()).hexdigest() == link(EVENT)


def test_the_exported_event_on_the_page_has_the_shape_of_one() -> None:
    example = next(json.loads(content) for info, content, _ in fences(reference("events")) if info == "json")
    assert shape(example) == shape(as_cloudevent(EVENT))


def shape(value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    return {key: None if key in {"content", "customData"} else shape(item) for key, item in value.items()}


@pytest.mark.parametrize(("name", "meaning"), MILESTONES.items())
def test_every_milestone_is_documented(name: str, meaning: str) -> None:
    assert f"| `{name}` | {meaning} |" in reference("milestones")


def test_every_way_to_learn_a_milestone_is_documented_from_best_to_worst() -> None:
    section = sections(reference("milestones"))["How it is known"]
    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == [kind.value for kind in Evidence]


def errors(above: type[GoldenpathError]) -> list[type[GoldenpathError]]:
    return [above, *(error for below in above.__subclasses__() for error in errors(below))]


@pytest.mark.parametrize("error", errors(GoldenpathError))
def test_every_error_has_its_exit_code_on_the_page(error: type[GoldenpathError]) -> None:
    assert f"| {error.exit_code} | `{error.code}` |" in reference("exit-codes")


def test_no_exit_code_is_documented_that_does_not_exist() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", reference("exit-codes"), flags=re.MULTILINE)}
    assert documented == {error.exit_code for error in errors(GoldenpathError)} | {0, 130, 143}


def test_every_environment_variable_is_documented() -> None:
    tree = ast.parse((ROOT / "goldenpath" / "adapters" / "settings.py").read_text(encoding="utf-8"))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    variables = {text for text in strings if re.fullmatch(r"[A-Z][A-Z_]+", text)}
    assert {"GOLDENPATH_HOME", "CI", "NO_COLOR", "TERM", "PATH"} <= variables
    assert variables <= set(re.findall(r"`(\w+)`", reference("settings")))


def test_the_places_of_state_are_those_of_the_page(settings: Settings) -> None:
    home, section = settings.data.parent, sections(reference("settings"))["Where state lives"]
    for place in (settings.data, settings.cache, settings.config, settings.state):
        assert f"`$GOLDENPATH_HOME/{place.relative_to(home)}`" in section
    assert f"`{settings.ledger.relative_to(home)}`" in section
    assert f"`{settings.forge.relative_to(home)}/*.git`" in section
    assert f"`{settings.store.relative_to(home)}/`" in section


# What the pages say


FRONT = """---
goldenpath: 1
id: example
title: Example
summary: An example.
version: 1.0.0
owner: core-infra
support: "#example"
audience: Readers.
minutes: 1
---
"""
STEP, CHECK, HINT = "id: example\nminutes: 1\n", "- file: example\n  fail: Make it.\n", "- A hint.\n"


def example_file(info: str, content: str) -> str | None:
    """The path file that an example is, or the smallest one that it can be part of; None when it is none."""
    if info == "markdown":
        return content
    if info == "yaml":
        return f"---\n{content}---\n"
    if info not in BLOCKS:
        return None
    given = {"goldenpath-step": STEP, "goldenpath-check": CHECK, "goldenpath-hint": HINT, info: content}
    return "\n".join([FRONT, "## Example\n", *(f"```{name}\n{text}```\n" for name, text in given.items())])


EXAMPLES = [
    pytest.param(text, id=f"{name}.md:{line}")
    for name in ("path-file", "checks")
    for info, content, line in fences(reference(name))
    if (text := example_file(info, content)) is not None
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_what_the_parser_reads(text: str) -> None:
    page = read_page(text, file="path.md")
    path = build_path(page.front, page.intro, page.sections, KEYS)
    assert path.id
    assert all(step.checks for step in path.steps)


def test_there_is_an_example_of_every_kind_of_block() -> None:
    shown = {info for info, _, _ in fences(reference("path-file"))}
    assert {"markdown", "yaml", *BLOCKS} <= shown
    assert len(EXAMPLES) > len(KINDS)


def anchors(text: str) -> set[str]:
    """The names that a page's headings get: lower case, no punctuation, dashes for spaces."""
    tokens = MarkdownIt("commonmark").parse(text)
    titles = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(text: str) -> list[str]:
    """Where a page links to, on this disk."""
    found = [
        str(child.attrGet("href"))
        for token in MarkdownIt("commonmark").enable("table").parse(text)
        for child in token.children or ()
        if child.type == "link_open"
    ]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def dead_links(page: Path, text: str) -> list[str]:
    dead = []
    for target in links(text):
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
            dead.append(target)
    return dead


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_to_a_page_and_a_heading_that_is_there(page: Path) -> None:
    assert not dead_links(page, page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", ["nowhere.md", "README.md#no-such-heading", "#no-such-heading"])
def test_a_dead_link_is_noticed_even_in_a_table(target: str) -> None:
    assert dead_links(DOCS / "README.md", f"# A heading\n\n| a |\n|---|\n| [b]({target}) |\n") == [target]


def test_every_page_is_reached_from_the_index() -> None:
    index = DOCS / "README.md"
    reached = {(DOCS / target.partition("#")[0]).resolve() for target in links(index.read_text(encoding="utf-8"))}
    assert {page for page in DOCS.rglob("*.md") if page != index} <= reached


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_names_only_files_and_commands_that_are_there(page: Path) -> None:
    text = in_code(page.read_text(encoding="utf-8"))
    invented = {"goldenpath/checks/size.py", "goldenpath/cli/where.py"} if page.parent.name == "how-to" else set()
    for name in set(re.findall(r"\b(?:goldenpath|tests|scripts)/[\w/]+\.py\b", text)) - invented:
        assert (ROOT / name).is_file(), name
    known = {*COMMANDS, *GROUPS} | ({"where"} if page.name == "add-a-command.md" else set())
    for word in re.findall(r"(?:^|[\s(])goldenpath ([a-z]+)\b", text, flags=re.MULTILINE):
        assert word in known, f"goldenpath {word}"


def test_decisions_are_numbered_without_a_gap_and_say_why() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert list(sections(page.read_text(encoding="utf-8"))) == ["Context", "Decision", "Consequences"]
