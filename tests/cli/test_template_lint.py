"""`goldenpath template lint`: what it says, how it ends, and what CI is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture
def sound(cli: Cli) -> Path:
    """A template without a fault, as `templates/greeter` of the working folder."""
    return Path(shutil.copytree(SAMPLES / "sound", Path.cwd() / "templates" / "greeter"))


@pytest.fixture
def slow(sound: Path) -> Path:
    """The same with a fault: its steps take less time than it says."""
    page = (sound / "path.md").read_text()
    (sound / "path.md").write_text(page.replace("minutes: 4\n", "minutes: 40\n"))
    return sound


@pytest.fixture
def repository(sound: Path, git: Callable[..., str]) -> Path:
    """The working folder as a repository with the template in its first commit, tagged `base`."""
    git(Path.cwd(), "init", "-q", "-b", "main")
    git(Path.cwd(), "add", "-A")
    git(Path.cwd(), "commit", "-q", "-m", "first")
    git(Path.cwd(), "tag", "base")
    return sound


def test_a_sound_template_is_clean_and_exits_0(cli: Cli, sound: Path) -> None:
    result = cli("template", "lint", sound)
    assert (result.code, result.out.splitlines()[0].split("  ")[0]) == (0, f"✓ {sound}")
    assert result.err == f"linting {sound} ...\n"


def test_a_fault_names_its_line_its_rule_and_the_way_out_and_exits_1(cli: Cli, slow: Path) -> None:
    result = cli("template", "lint", "./templates/greeter")
    assert result.code == 1
    assert result.out.splitlines()[1:] == [
        "  templates/greeter/path.md:10  fault minutes",
        "    front matter: `minutes` is 40, and the steps take 4",
        "    fix: write `minutes: 4`",
        "1 fault, 0 warnings",
        "next: put them right, or say why not under `ignore` in path.md; then the same again",
    ]


def test_a_template_without_a_path_is_not_told_to_ignore_a_rule_there(cli: Cli) -> None:
    Path("plain").mkdir()
    Path("plain/copier.yml").write_text("name: shop\n", encoding="utf-8")
    result = cli("template", "lint", "./plain")
    assert result.out.splitlines()[-1] == "next: put them right; then the same again"


def test_of_several_templates_the_one_with_a_fault_says_whether_a_rule_can_be_ignored(cli: Cli, sound: Path) -> None:
    Path("plain").mkdir()
    Path("plain/copier.yml").write_text("name: shop\n", encoding="utf-8")
    result = cli("template", "lint", "./plain", sound)
    assert result.out.splitlines()[-1] == "next: put them right; then the same again"


def test_without_a_name_the_templates_of_this_catalog_are_linted(cli: Cli, slow: Path) -> None:
    shutil.copytree(SAMPLES / "sound", "templates/other")
    result = cli("template", "lint", "--json")
    assert result.code == 1
    assert [(each["name"], len(each["faults"])) for each in result.data["templates"]] == [
        ("./templates/greeter", 1),
        ("./templates/other", 0),
    ]


def test_without_a_catalog_the_bundled_ones_are_linted_and_clean(cli: Cli) -> None:
    result = cli("template", "lint", "--json", "--strict")
    assert [each["name"] for each in result.data["templates"]] == ["backend", "golden-path"]
    assert [each["faults"] for each in result.data["templates"]] == [[], []]
    assert result.code == 0


def test_a_warning_fails_only_when_it_should(cli: Cli, sound: Path) -> None:
    (sound / "template" / "README.md.jinja").write_text("{{ service_name }} {{ nme }} {% if is_loud %}!{% endif %}\n")
    usual = cli("template", "lint", sound)
    assert usual.code == 0
    assert "README.md.jinja:1  warning undefined-variable" in usual.out
    assert cli("template", "lint", sound, "--strict").code == 1
    without = cli("template", "lint", sound, "--strict", "--no-warnings")
    assert without.code == 0
    assert "undefined-variable" not in without.out


def test_a_git_address_is_fetched_and_linted(cli: Cli, slow: Path, git: Callable[..., str]) -> None:
    git(slow, "init", "-q", "-b", "main")
    git(slow, "add", "-A")
    git(slow, "commit", "-q", "-m", "first")
    result = cli("template", "lint", slow.as_uri())
    assert result.code == 1
    assert "\n  path.md:10  fault minutes\n" in result.out


def test_a_plain_copier_template_is_linted_too(cli: Cli) -> None:
    Path("plain").mkdir()
    Path("plain/copier.yml").write_text("name: shop\n")
    Path("plain/a.txt.jinja").write_text("{{ name }\n")
    result = cli("template", "lint", "plain", "--no-warnings")
    assert result.code == 1
    assert "plain/a.txt.jinja:1  fault jinja-syntax" in result.out


# How it can't


def test_what_is_no_template_exits_3(cli: Cli) -> None:
    Path("empty").mkdir()
    result = cli("template", "lint", "empty")
    assert result.code == 3
    assert result.err.splitlines()[1:] == [
        "error: empty is no template: it has no copier.yml",
        "hint: name the folder that has one",
    ]


def test_a_template_that_can_t_be_read_doesn_t_hide_the_others(cli: Cli, slow: Path) -> None:
    Path("empty").mkdir()
    result = cli("template", "lint", "empty", slow, "--json")
    assert result.code == 3
    first, second = result.data["templates"]
    assert (first["unreadable"], second["unreadable"]) == ("empty is no template: it has no copier.yml", "")
    assert (result.data["unreadable"], result.data["errors"], len(second["faults"])) == (1, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["bakend"], "there is no path called `bakend`", "did you mean `backend`?"),
        (["./nowhere"], "no template", "copier.yml"),
        (["--basis", "x"], "No such option: --basis", "did you mean --base?"),
    ],
)
def test_a_wrong_command_line_exits_2(cli: Cli, arguments: list[str], message: str, hint: str) -> None:
    result = cli("template", "lint", *arguments)
    assert result.code == 2
    assert message in result.err
    assert hint in result.err


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("copier.yml", 'name: "{SLOW}"\n'),
        ("copier.yml", 'name: {default: a, validator: "{SLOW}"}\n'),
        ("{SLOW}.txt", ""),
    ],
)
def test_a_template_that_takes_for_ever_is_given_up_once(
    cli: Cli, file: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goldenpath.adapters.bounds.MOST_SECONDS", 0.2)
    slow = "{% for a in range(9**5) %}{% for b in range(9**5) %}{% endfor %}{% endfor %}a"
    Path("plain").mkdir()
    Path("plain/copier.yml").write_text("")
    (Path("plain") / file.replace("{SLOW}", slow)).write_text(text.replace("{SLOW}", slow))
    result = cli("template", "lint", "plain")
    assert result.code == 3
    assert "takes longer than 0.2 s" in result.err


def test_a_body_that_takes_for_ever_to_read_is_given_up(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("plain").mkdir()
    Path("plain/copier.yml").write_text("name: shop\n")
    Path("plain/a.txt.jinja").write_text("{{ name }}" * 100_000)
    monkeypatch.setattr("goldenpath.adapters.bounds.MOST_SECONDS", 0.1)
    result = cli("template", "lint", "plain")
    assert result.code == 3
    assert "a.txt.jinja: Jinja: takes longer than 0.1 s" in result.err


# Against a base revision


def test_a_change_without_a_new_version_is_found_against_the_base(
    cli: Cli, repository: Path, git: Callable[..., str]
) -> None:
    assert cli("template", "lint", "--base", "base").code == 0
    (repository / "template" / "check.sh").write_text("test -f README.md && echo fine\n")
    before = cli("template", "lint", "--base", "base")
    assert before.code == 1
    assert "path.md:6  fault new-version" in before.out
    assert "as old as at base, and since then template/check.sh changed" in before.out
    git(Path.cwd(), "commit", "-qam", "second")
    assert cli("template", "lint", "--base", "base").code == 1
    page = (repository / "path.md").read_text()
    (repository / "path.md").write_text(page.replace("version: 1.0.0", "version: 1.0.1"))
    assert cli("template", "lint", "--base", "base").code == 0


def test_a_new_file_that_is_not_committed_is_a_change_and_what_others_changed_on_main_is_none(
    cli: Cli, repository: Path, git: Callable[..., str]
) -> None:
    git(Path.cwd(), "switch", "-qc", "topic")
    git(Path.cwd(), "switch", "-q", "main")
    (repository / "README.md").write_text("# Greeter\n\n## What it is\n\nChanged on main.\n")
    git(Path.cwd(), "commit", "-qam", "on main")
    git(Path.cwd(), "switch", "-q", "topic")
    assert cli("template", "lint", "--base", "main").code == 0
    (repository / "template" / "more.txt").write_text("more\n")
    assert "template/more.txt changed" in cli("template", "lint", "--base", "main").out


@pytest.mark.parametrize(
    ("base", "message"), [("nowhere", "git knows no revision 'nowhere'"), ("--upload-pack=x", "git knows no revision")]
)
def test_an_unknown_base_exits_2(cli: Cli, repository: Path, base: str, message: str) -> None:
    result = cli("template", "lint", f"--base={base}")
    assert result.code == 2
    assert message in result.err
    assert "fetch-depth: 0" in result.err


def test_a_base_of_an_address_exits_2(cli: Cli, sound: Path, git: Callable[..., str]) -> None:
    git(sound, "init", "-q", "-b", "main")
    git(sound, "add", "-A")
    git(sound, "commit", "-q", "-m", "first")
    result = cli("template", "lint", sound.as_uri(), "--base", "main")
    assert result.code == 2
    assert "is no folder of a repository here" in result.err


def test_a_base_without_a_repository_exits_2(cli: Cli, sound: Path) -> None:
    result = cli("template", "lint", sound, "--base", "main")
    assert result.code == 2
    assert "is in no git repository" in result.err


# For machines


def test_the_rules_are_listed(cli: Cli) -> None:
    shown, listed = cli("template", "lint", "--rules"), cli("template", "lint", "--rules", "--json")
    assert (shown.code, listed.code) == (0, 0)
    assert [rule["id"] for rule in listed.data["rules"]] == list(RULES)
    assert all(name in shown.out for name in RULES)


def test_a_workflow_gets_an_annotation_beside_each_line(cli: Cli, slow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (slow / "path.md").read_text()
    (slow / "path.md").write_text(page.replace("- git: clean", "- file: 'x'\n  matches: '%,:(\n\n    '"))
    assert "::error" not in cli("template", "lint").err
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd()))
    monkeypatch.chdir("templates")
    result = cli("template", "lint", "./greeter", "--json")
    assert json.loads(result.out)["data"]["errors"] == 2
    minutes, option = [line for line in result.err.splitlines() if line.startswith("::")]
    assert minutes == (
        "::error file=templates/greeter/path.md,line=10,title=./greeter%3A minutes::"
        "front matter: `minutes` is 40, and the steps take 4%0Afix: write `minutes: 4`"
    )
    assert option.startswith("::error file=templates/greeter/path.md,line=79,title=./greeter%3A check-option::")


def test_a_warning_is_annotated_as_one_and_a_fetched_template_without_a_file(
    cli: Cli, sound: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (sound / "template" / "README.md.jinja").write_text("{{ service_name }} {{ nme }} {% if is_loud %}!{% endif %}\n")
    git(sound, "init", "-q", "-b", "main")
    git(sound, "add", "-A")
    git(sound, "commit", "-q", "-m", "first")
    line = cli("template", "lint", sound.as_uri()).err.splitlines()[-1]
    assert line.startswith("::warning title=file%3A///")
    assert "::template/README.md.jinja:1: `nme` is set by no question%0Afix: " in line


def test_signs_that_a_workflow_command_reads_are_escaped() -> None:
    from goldenpath.cli.fault_page import annotation
    from goldenpath.core.faults import Fault
    from goldenpath.flows.lint_template import Linted

    root = Path.cwd()
    each = Linted("a,b:c", root, is_at_hand=True)
    fault = Fault("x,%:\n.md", 3, "format", "50%\r\nmore, or: less", "do")
    assert annotation(each, fault, root) == (
        "::error file=x%2C%25%3A%0A.md,line=3,title=a%2Cb%3Ac%3A format::50%25%0D%0Amore, or: less%0Afix: do"
    )
