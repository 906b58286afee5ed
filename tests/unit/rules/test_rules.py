"""Each rule finds what it is there for, on the line where it stands, and leaves the rest to the others."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.flows.lint_template import judge
from goldenpath.rules import RULES
from goldenpath.rules.reading import read_source
from goldenpath.rules.source import Before
from tests.unit.rules.cases import ANSWERS_FILE, CASES

if TYPE_CHECKING:
    from goldenpath.core.faults import Fault
    from tests.unit.rules.cases import Case

SAMPLES = Path(__file__).parent.parent.parent / "samples"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A copy of the template in which no rule finds anything."""
    return Path(shutil.copytree(SAMPLES / "sound", tmp_path / "sound"))


def change(folder: Path, case: Case) -> None:
    """Make the case's change; the text that it replaces must be there once."""
    file = folder / case.file
    if case.new is None:
        assert file.read_text() == case.old
        file.unlink()
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    text = file.read_text() if file.exists() else ""
    assert text.count(case.old) == 1 if case.old else not text, case.old
    file.write_text(text.replace(case.old, case.new) if case.old else case.new)


def lint(folder: Path, *, is_bundled: bool = False) -> tuple[Fault, ...]:
    """What the rules find in a template."""
    return judge(read_source(folder, is_bundled=is_bundled))[0]


def test_no_rule_finds_anything_in_the_sound_template(sound: Path) -> None:
    assert lint(sound, is_bundled=True) == ()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{case.at}" for case in CASES])
def test_a_fault_is_found_by_its_own_rule_where_it_stands(sound: Path, case: Case) -> None:
    change(sound, case)
    found = lint(sound)
    assert [(fault.rule, f"{fault.file}:{fault.line}") for fault in found] == [(case.rule, case.at)]
    assert case.words in found[0].problem + found[0].fix
    assert case.fix in found[0].fix
    assert found[0].fix


def test_every_rule_has_a_case() -> None:
    elsewhere = {"readable", "nothing-runs", "new-version"}
    assert {case.rule for case in CASES} | elsewhere == set(RULES)


def broken_in_every_way(folder: Path) -> None:
    """Make a fault in each part of a template."""
    for file, old, new in (
        ("path.md", "minutes: 4", "minutes: 40"),
        ("path.md", "milestone: first-change", "milestone: first-chance"),
        ("path.md", "- git: clean", "- git: claen"),
        ("path.md", "reading: true", "reeding: true\nreading: true"),
        ("copier.yml", "choices: [red", "choises: [red"),
        ("answers/loud.yml", "is_loud: true", "is_laud: true"),
        ("template/README.md.jinja", "{% endif %}", ""),
    ):
        text = (folder / file).read_text()
        assert text.count(old) == 1
        (folder / file).write_text(text.replace(old, new))


def test_all_faults_are_told_at_once_and_in_order(sound: Path) -> None:
    broken_in_every_way(sound)
    found = lint(sound)
    rules = {"unknown-key", "minutes", "milestone", "check-option", "jinja-syntax"}
    assert rules <= {fault.rule for fault in found}
    assert sum(fault.rule == "unknown-key" for fault in found) == 2
    assert [(fault.file, fault.line) for fault in found] == sorted((fault.file, fault.line) for fault in found)


def test_a_step_that_takes_no_time_is_found(sound: Path) -> None:
    page = (sound / "path.md").read_text()
    (sound / "path.md").write_text(page.replace("minutes: 2\n", "minutes: 0\n").replace("minutes: 4\n", "minutes: 2\n"))
    assert [(fault.rule, fault.line) for fault in lint(sound)] == [("minutes", 64)]


@pytest.mark.parametrize(("minutes", "is_fine"), [(1, False), (2, True), (3, True), (4, True), (5, False)])
def test_a_step_that_not_everybody_has_may_count_or_not(sound: Path, *, minutes: int, is_fine: bool) -> None:
    page = (sound / "path.md").read_text().replace("minutes: 2\n", 'minutes: 2\nwhen: "{{ is_loud }}"\n')
    (sound / "path.md").write_text(page.replace("minutes: 4\n", f"minutes: {minutes}\n"))
    assert [fault.rule for fault in lint(sound)] == ([] if is_fine else ["minutes"])


def test_what_path_md_ignores_with_a_reason_is_counted_and_not_shown(sound: Path) -> None:
    page = (sound / "path.md").read_text()
    (sound / "path.md").write_text(page.replace("minutes: 4\n", "minutes: 40\nignore: {minutes: Most read slowly.}\n"))
    assert judge(read_source(sound)) == ((), 1)


@pytest.mark.parametrize(
    ("link", "problem"),
    [("/etc/hosts", "leaves the template"), ("nowhere", "leads nowhere"), ("../../other", "leaves the template")],
)
def test_a_link_that_leads_out_or_nowhere_is_not_followed(sound: Path, link: str, problem: str) -> None:
    (sound / "template" / "linked.txt").symlink_to(link)
    found = lint(sound)
    assert [(fault.rule, fault.file) for fault in found] == [("readable", "template/linked.txt")]
    assert problem in found[0].problem


@pytest.mark.parametrize(
    ("file", "is_read"),
    [
        ("solutions/share-it/waived.yml", True),
        ("solutions/waived.yml", False),
        ("solutions/share-it/more/waived.yml", False),
    ],
)
def test_waivers_are_read_beside_a_solution_and_nowhere_else(sound: Path, file: str, *, is_read: bool) -> None:
    (sound / file).parent.mkdir(parents=True, exist_ok=True)
    (sound / file).write_text("run.sh: A reason.\n")
    found = [(fault.rule, fault.file) for fault in lint(sound)]
    assert found == ([] if is_read else [("unreferenced", file)])


def test_a_link_inside_the_template_is_read(sound: Path) -> None:
    (sound / "template" / "linked.txt.jinja").symlink_to("README.md.jinja")
    (sound / "template" / "README.md.jinja").write_text("{{ service_name }} {% if is_loud %}\n")
    assert [fault.file for fault in lint(sound)] == ["template/README.md.jinja", "template/linked.txt.jinja"]


def test_a_pipe_is_named_and_not_opened(sound: Path) -> None:
    os.mkfifo(sound / "template" / "pipe.jinja")
    found = lint(sound)
    assert [(fault.rule, fault.file) for fault in found] == [("readable", "template/pipe.jinja")]


@pytest.mark.parametrize(
    "line", ["_tasks: [make]", "_migrations: [make]", "_jinja_extensions: [os.path]", "_secret_questions: [colour]"]
)
def test_only_a_bundled_template_must_bring_nothing_to_run(sound: Path, line: str) -> None:
    text = (sound / "copier.yml").read_text()
    (sound / "copier.yml").write_text(text.replace("_envops:", f"{line}\n_envops:"))
    bundled = [fault for fault in lint(sound, is_bundled=True) if fault.rule == "nothing-runs"]
    assert bundled[0].line == 3
    assert not [fault for fault in lint(sound) if fault.rule == "nothing-runs"]


def test_a_secret_question_of_a_bundled_template_is_found_where_it_is_asked(sound: Path) -> None:
    text = (sound / "copier.yml").read_text()
    (sound / "copier.yml").write_text(text.replace("default: red", "default: red\n  secret: true"))
    assert [(fault.rule, fault.line) for fault in lint(sound, is_bundled=True)] == [("nothing-runs", 12)]


@pytest.mark.parametrize(
    ("version", "changed", "found"),
    [
        ("1.0.0", ("README.md",), True),
        ("1.1.0", ("README.md",), True),
        ("0.9.0", ("README.md",), False),
        ("1.0.0", (), False),
        ("", ("path.md",), False),
    ],
)
def test_what_changed_since_the_base_has_a_newer_version(
    sound: Path, *, version: str, changed: tuple[str, ...], found: bool
) -> None:
    faults = judge(read_source(sound, before=Before("main", version, changed)))[0]
    assert [(fault.rule, fault.line) for fault in faults] == ([("new-version", 6)] if found else [])


def test_a_path_is_walked_by_the_answers_file_of_copiers_own_name_alone(sound: Path) -> None:
    (sound / "template" / ".copier").mkdir()
    (sound / ANSWERS_FILE).rename(sound / "template" / ".copier" / "answers.yml.jinja")
    (sound / "copier.yml").write_text(f"_answers_file: .copier/answers.yml\n{(sound / 'copier.yml').read_text()}")
    assert [(fault.rule, fault.is_warning) for fault in lint(sound)] == [("answers-file", False)]


def test_the_page_about_rules_has_each_of_them_as_it_is_listed() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "lint-rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (\w+) \|$", page, flags=re.MULTILINE)
    wanted = [(name, rule.meaning, "paths" if rule.needs_path else "all") for name, rule in RULES.items()]
    assert [(name, meaning, "all" if of == "bundled" else of) for name, meaning, of in rows] == wanted


def test_every_rule_that_a_reader_names_is_listed() -> None:
    package = Path(__file__).parents[3] / "goldenpath"
    named = {
        found
        for folder in ("adapters", "checks", "core")
        for file in (package / folder).glob("*.py")
        for found in re.findall(r'rule="([\w-]+)"|Fault\([^"()]*, "([\w-]+)"', file.read_text(encoding="utf-8"))
    }
    assert {first or second for first, second in named} <= set(RULES)
