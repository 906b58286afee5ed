"""Whatever stands in path.md, copier.yml, an answers file or an identity: it is read, or refused as we refuse."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenpath.adapters.language import language_of
from goldenpath.core.answers import choices_of, problem_with, take_turns
from goldenpath.core.errors import GoldenpathError
from goldenpath.flows.find_project import read_project
from goldenpath.flows.load_path import load_path, steps_for, told
from goldenpath.flows.read_questions import read_answers, read_questions
from goldenpath.rules import RULES
from goldenpath.rules.reading import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2] / "templates" / "backend"
PAGE = (ROOT / "path.md").read_text(encoding="utf-8").splitlines()
COPIER = (ROOT / "copier.yml").read_text(encoding="utf-8").splitlines()
FUZZ = settings(max_examples=120, deadline=None, database=None, derandomize=True)

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["{{ a }}", "{% for i in a %}", "{{ 1 / 0 }}", "yes", "1", "int", "&a", "*a", "<<", "!!python/x", "~"]
    ),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=10,
)
QUESTION = st.dictionaries(
    st.sampled_from(["type", "help", "choices", "multiselect", "default", "secret", "validator", "when", "ask", "x"]),
    VALUES,
)
QUESTIONS = st.dictionaries(
    st.one_of(
        TEXTS, st.sampled_from(["a", "b", "_envops", "_subdirectory", "_tasks", "_exclude", "_templates_suffix"])
    ),
    st.one_of(QUESTION, VALUES),
    max_size=5,
)
BLOCK = st.dictionaries(
    st.sampled_from(["id", "minutes", "milestone", "command", "file", "http", "any", "fail", "not", "timeout", "when"]),
    VALUES,
)


def mutated(lines: list[str]) -> st.SearchStrategy[str]:
    """The lines with a few dropped, doubled, cut, or exchanged for something else."""
    change = st.tuples(st.integers(0, len(lines) - 1), st.sampled_from(["drop", "double", "cut", "tab", "put"]), TEXTS)

    def apply(changes: list[tuple[int, str, str]]) -> str:
        found = list(lines)
        for number, how, text in changes:
            line = found[number]
            found[number] = {"drop": "", "double": f"{line}\n{line}", "cut": line[:5], "tab": f"\t{line}"}.get(
                how, text
            )
        return "\n".join(found)

    return st.lists(change, min_size=1, max_size=4).map(apply)


def refused_or_read(files: dict[str, bytes], read: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        refusal: GoldenpathError | None = None
        try:
            read(Path(folder))
        except GoldenpathError as error:
            refusal = error
        assert refusal is None or (refusal.message and refusal.hint)


def walk(folder: Path) -> None:
    path = load_path(folder)
    for step in steps_for(path, {}) if path else ():
        told(step, {})


def ask(folder: Path) -> None:
    asked = read_questions(folder)
    language = language_of(asked.settings, folder, is_trusted=False)
    for turn in take_turns(asked.questions, {}, language):
        choices_of(turn.question, turn.before, language)
        problem_with(turn.question, turn.value, turn.before, language)


def lint(folder: Path) -> None:
    source = read_source(folder)
    for rule in RULES.values():
        assert all(fault.problem and fault.fix for fault in rule.look(source))


@FUZZ
@given(st.one_of(st.binary(max_size=200), mutated(PAGE).map(str.encode), TEXTS.map(str.encode)))
def test_a_path_file(text: bytes) -> None:
    refused_or_read({"path.md": text, "copier.yml": b""}, walk)


@FUZZ
@given(st.lists(BLOCK, max_size=3), st.dictionaries(TEXTS, VALUES, max_size=4))
def test_blocks_of_a_path_file(blocks: list[object], front: dict[str, object]) -> None:
    head = "\n".join(PAGE[: PAGE.index("---", 1)])
    more = "\n".join(
        f"```goldenpath-{kind}\n{yaml.safe_dump(block)}```\n" for kind in ("step", "check", "hint") for block in blocks
    )
    text = f"{head}\n{yaml.safe_dump(front)}---\n\n# T\n\n## One\n\n{more}"
    refused_or_read({"path.md": text.encode()}, walk)


@FUZZ
@given(
    st.one_of(st.binary(max_size=200), mutated(COPIER).map(str.encode), QUESTIONS.map(yaml.safe_dump).map(str.encode))
)
def test_a_questionnaire(text: bytes) -> None:
    refused_or_read({"copier.yml": text}, ask)


@FUZZ
@given(mutated(PAGE), st.one_of(mutated(COPIER), QUESTIONS.map(yaml.safe_dump)))
def test_lint(page: str, questions: str) -> None:
    refused_or_read({"path.md": page.encode(), "copier.yml": questions.encode(), "a.txt.jinja": page.encode()}, lint)


@FUZZ
@given(
    st.one_of(st.binary(max_size=100), VALUES.map(yaml.safe_dump).map(str.encode)),
    st.one_of(st.binary(max_size=60), TEXTS.map(lambda text: f"id = {json.dumps(text)}".encode())),
)
def test_what_a_project_says_of_itself(answers: bytes, identity: bytes) -> None:
    refused_or_read({".copier-answers.yml": answers, ".goldenpath.toml": identity}, read_project)


@FUZZ
@given(
    st.one_of(st.binary(max_size=100), VALUES.map(yaml.safe_dump).map(str.encode)),
    st.lists(TEXTS.map(lambda text: f"a={text}")),
)
def test_answers(text: bytes, given_: list[str]) -> None:
    questions = read_questions(ROOT).questions
    refused_or_read({"answers.yml": text}, lambda folder: read_answers(questions, folder / "answers.yml", given_))
