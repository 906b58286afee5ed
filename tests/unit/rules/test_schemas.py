"""The published schemas and our own readers say the same of good files and of bad ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from goldenpath.adapters import documents
from goldenpath.adapters.markdown import read_page
from goldenpath.checks import KEYS
from goldenpath.core.checkblock import COMMON_CHECK_KEYS, COMPOSITES
from goldenpath.core.copier_settings import SETTINGS, problem_with_setting
from goldenpath.core.errors import TemplateError
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.pathfile import FRONT_KEYS, STEP_KEYS, build_path
from goldenpath.core.questions import QUESTION_KEYS, TYPES, parse_questions

if TYPE_CHECKING:
    from goldenpath.core.faults import Fault

ROOT = Path(__file__).parent.parent.parent.parent
REFERENCE = ROOT / "docs" / "reference"
PATH = json.loads((REFERENCE / "path.schema.json").read_text(encoding="utf-8"))
COPIER = json.loads((REFERENCE / "copier.schema.json").read_text(encoding="utf-8"))
PART_OF = {"goldenpath-step": "step", "goldenpath-check": "checks", "goldenpath-hint": "hints"}
TEMPLATES = [
    ROOT / "templates" / "backend",
    *(folder for name in ("sound", "tiny") for folder in [ROOT / "tests" / "samples" / name]),
]


def part(name: str) -> Draft202012Validator:
    """The validator of one part of a path.md."""
    return Draft202012Validator({**PATH, "$ref": f"#/$defs/{name}"})


def by_schema(text: str) -> bool:
    """Whether the schemas take a path.md."""
    page = read_page(text, file="path.md")
    blocks = [(PART_OF[block.info], block.value) for section in page.sections for block in section.blocks]
    return all(part(name).is_valid(value) for name, value in [("front", page.front), *blocks])


def by_reader(text: str) -> bool:
    """Whether our reader takes a path.md, as far as it looks at single values."""
    faults: list[Fault] = []
    page = read_page(text, file="path.md", sink=faults.append)
    build_path(page.front, page.intro, page.sections, KEYS, sink=faults.append)
    return not faults


def test_both_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(PATH)
    Draft202012Validator.check_schema(COPIER)


def test_the_schemas_know_the_keys_that_the_readers_know() -> None:
    assert set(PATH["$defs"]["front"]["properties"]) == FRONT_KEYS
    assert set(PATH["$defs"]["step"]["properties"]) == STEP_KEYS
    assert set(PATH["$defs"]["step"]["properties"]["milestone"]["enum"]) == {"", *MILESTONES}
    assert set(COPIER["properties"]) == set(SETTINGS)
    assert set(COPIER["$defs"]["question"]["properties"]) == QUESTION_KEYS
    assert COPIER["$defs"]["question"]["properties"]["type"]["enum"] == list(TYPES)


@pytest.mark.parametrize("where", ["checks", "part"])
def test_the_schema_knows_every_kind_of_check_with_its_keys(where: str) -> None:
    kinds = PATH["$defs"][where]["items" if where == "checks" else "oneOf"]
    kinds = kinds["oneOf"] if isinstance(kinds, dict) else kinds
    common = COMMON_CHECK_KEYS - ({"optional", "lasting"} if where == "part" else set())
    wanted = {name: {name, *keys, *common} for name, keys in {**KEYS, **dict.fromkeys(COMPOSITES, ())}.items()}
    assert {kind["required"][0]: set(kind["properties"]) for kind in kinds} == wanted


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: folder.name)
def test_good_files_are_taken_by_both(folder: Path) -> None:
    text = (folder / "path.md").read_text(encoding="utf-8")
    assert by_schema(text)
    assert by_reader(text)
    values = documents.load_all((folder / "copier.yml").read_text(encoding="utf-8"), file="copier.yml")
    assert all(Draft202012Validator(COPIER).is_valid(value) for value in values)
    assert takes(values)


FRONT = (ROOT / "tests" / "samples" / "sound" / "path.md").read_text(encoding="utf-8")

TAKEN = [
    ("minutes: 4\n", "minutes: 4\nignore: {minutes: They read slowly.}\n"),
    ("title: Greeter", "title: 2026"),
    ("reading: true", "reading: true\nowner: others\nwhen: '{{ is_loud }}'\nnetwork: true"),
    ("- git: clean\n", "- all:\n    - git: clean\n    - any:\n        - port: 80\n  expected: 3\n  optional: true\n"),
    ("- git: clean\n", "- command: git status\n  exit: [0, 1]\n  timeout: 0.5\n  retries: 2\n"),
    ("- git: clean\n", "- http: 'http://127.0.0.1'\n  status: 200\n  headers: {a: b}\n  json: a.b\n  equals: [1]\n"),
    ("- git: clean\n", "- tool: git\n  version: '>=2'\n  not: true\n  lasting: false\n"),
    ("- git: clean\n", "- milestone: started\n"),
    ("- git: clean\n", "- pr: merged\n  count: 2\n"),
    ("- git: clean\n", "- env: HOME\n  matches: /.*\n"),
    ("- git: clean\n", "- file: a\n  yaml: b\n  equals: {c: 1}\n"),
    ("- git: clean\n", "- confirm: How was it?\n  open: true\n  optional: true\n"),
    ("- git: clean\n", "- deployed: songs\n  commit: main\n"),
    ("- git: clean\n", "- metric: up\n  satisfies: '> 0'\n"),
    ("- git: clean\n", "- alert: Down\n  provoke: [sh, break.sh]\n  relieve: [sh, mend.sh]\n"),
    ("- git: clean\n", "- alert: Down\n  state: resolved\n"),
    ("- git: clean\n", "- dns: songs.prod.test\n  type: A\n  value: [127.0.0.1]\n"),
]

REFUSED = [
    ("goldenpath: 1", "goldenpath: 2"),
    ("goldenpath: 1\n", ""),
    ("id: greeter", "id: Greeter"),
    ("title: Greeter", "title: [Greeter]"),
    ("title: Greeter", "title: true"),
    ("version: 1.0.0", "version: one"),
    ("version: 1.0.0", "version: 1.10"),
    ("owner: greeting-squad\n", ""),
    ("minutes: 4", "minutes: -4"),
    ("minutes: 4", "minutes: 4.5"),
    ("minutes: 4", "minutes: true"),
    ("teaches:", "teeches:"),
    ("teaches: [greeting]", "teaches: greeting"),
    ("- [sh, check.sh]", "- sh check.sh"),
    ("tool: git,", "tol: git,"),
    ('version: ">=2.38", fix:', 'version: ">=2.38", fxi:'),
    ("minutes: 4\n", "minutes: 4\nignore: [minutes]\n"),
    ("minutes: 4\n", "minutes: 4\nignore: {minutes: ' '}\n"),
    ("minutes: 4\n", "minutes: 4\nignore: {minutes: }\n"),
    ("id: read-on", "id: read_on"),
    ("milestone: first-change", "milestone: first-chance"),
    ("reading: true", "reading: 1"),
    ("reading: true", "reading: true\nnote: x"),
    ("minutes: 2\n", ""),
    ("- git: clean", "- gitt: clean"),
    ("- git: clean", "- git: clean\n  tool: git"),
    ("- git: clean", "- git: clean\n  contains: x"),
    ("- git: clean", "- metric: up\n  value: 1"),
    ("- git: clean", "- any: []"),
    ("- git: clean", "- any:\n    - git: clean\n      optional: true"),
    ("- git: clean", "- git: clean\n  timeout: soon"),
    ("- git: clean", "- git: clean\n  retries: 1.5"),
    ("- git: clean", "- git: clean\n  not: perhaps"),
    ("  fail: Look at hello.txt.\n", ""),
    ("- git: clean\n", "- git\n- git: clean\n"),
    ("- What does `git status` say?", "- Ask: git"),
]


@pytest.mark.parametrize(("old", "new"), TAKEN)
def test_what_is_right_is_taken_by_both(old: str, new: str) -> None:
    assert FRONT.count(old) == 1
    text = FRONT.replace(old, new)
    assert (by_schema(text), by_reader(text)) == (True, True)


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_what_is_wrong_is_refused_by_both(old: str, new: str) -> None:
    assert FRONT.count(old) == 1
    text = FRONT.replace(old, new)
    assert (by_schema(text), by_reader(text)) == (False, False)


def takes(values: list[Any]) -> bool:
    """Whether our readers take the documents of a copier.yml."""
    try:
        _, settings = parse_questions(values)
    except TemplateError:
        return False
    return not any(problem_with_setting(key, value) for key, value in settings.items())


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("name: shop", True),
        ("name: {type: str, default: shop, choices: [a], help: 3}", True),
        ("name: {type: string}", False),
        ("name: {typ: str}", False),
        ("name: {secret: 1}", False),
        ("name: {multiselect: many}", False),
        ("name: {help: [a]}", False),
        ("_tasks: [make, [a, b], {command: c}]", True),
        ("_tasks: make", False),
        ("_tasks:", True),
        ("_envops: {undefined: jinja2.StrictUndefined}", True),
        ("_envops: strict", False),
        ("_subdirectory: [a]", False),
        ("_preserve_symlinks: yes please", False),
        ("_preserve_symlinks: true", True),
        ("_min_copier_version: 9.1", True),
        ("_min_copier_version: true", False),
        ("_ours: {anything: 1}", True),
        ("- a", False),
    ],
)
def test_both_say_the_same_of_a_copier_yml(text: str, *, is_right: bool) -> None:
    value = documents.load(text, file="copier.yml")
    flattened = {"list": value} if isinstance(value, list) else value
    by_ours = takes([flattened]) if not isinstance(value, list) else False
    assert (Draft202012Validator(COPIER).is_valid(value), by_ours) == (is_right, is_right)
