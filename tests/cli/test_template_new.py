"""`goldenpath template new`: what it makes lints clean, can be walked, and is no project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.rules.reading import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

OURS = Path(__file__).parent.parent.parent / "templates" / "golden-path"
SETS = [None, *sorted((OURS / "answers").glob("*.yml"))]


def walk(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """The steps of a project with work in them, each with how its check ended before its solution and after it."""
    monkeypatch.chdir(root)
    walked = []
    for step in cli("status", "--json").data["steps"]:
        before = cli("check", step["id"], "--no-input").code
        if cli("solution", step["id"], "--apply", "--yes").code == 2:
            assert before == 0, "a step without a solution is one for reading"
            continue
        walked.append((step["id"], before, cli("check", step["id"], "--no-input").code))
    assert cli("check", "--all").code == 0
    return walked


@pytest.mark.parametrize("answers", SETS, ids=[file.stem if file else "defaults" for file in SETS])
def test_a_new_template_lints_clean_and_its_path_is_true_for_its_answers(
    cli: Cli, answers: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(read_source(OURS).settled[f"answers/{answers.name}"]["name"]) if answers else "greeter"  # type: ignore[index]
    made = cli("template", "new", name, "--no-input", *(["--answers", answers] if answers else []))
    assert made.code == 0, made.err
    assert cli("template", "lint", "--strict", f"./{name}").code == 0
    template = Path.cwd() / name
    for number, own in enumerate([None, template / "answers" / "no-changelog.yml"]):
        chosen = ["--answers", own] if own else ["--defaults"]
        started = cli("start", template, f"p{number}", "--no-input", "--trust", *chosen, "--json")
        assert walk(cli, Path(started.data["root"]), monkeypatch) == [
            ("greet-somebody", 1, 0),
            ("commit-on-a-branch", 1, 0),
        ]
        monkeypatch.chdir(template.parent)


def test_the_path_for_authors_is_true_and_what_comes_of_it_lints_clean(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("start", "golden-path", "mine", "--defaults", "--no-input").code == 0
    root = Path.cwd() / "mine"
    steps = ["ask-a-question", "teach-a-step", "prove-it"]
    assert walk(cli, root, monkeypatch) == [(step, 1, 0) for step in steps]
    assert cli("template", "lint", "--strict", root).code == 0
    monkeypatch.chdir(root.parent)
    assert cli("start", "./mine", "theirs", "--no-input", "--trust", "-d", "tagline=Hm.").code == 0
    assert [step for step, *_ in walk(cli, root.parent / "theirs", monkeypatch)][-1] == "keep-notes"


def test_it_says_what_to_type_next(cli: Cli) -> None:
    out = cli("template", "new", "greeter", "--into", "templates", "--no-input").out
    for command in ("template lint", "template test", "start"):
        assert f"goldenpath {command} ./templates/greeter" in out


def test_it_is_no_project_and_no_repository_and_the_ledger_does_not_know_it(cli: Cli, settings: Settings) -> None:
    assert cli("template", "new", "greeter", "--no-input").code == 0
    assert not Path("greeter/.git").exists()
    assert not Path("greeter/.goldenpath.toml").exists()
    assert not settings.ledger.exists()


def test_a_folder_that_is_there_is_left_alone(cli: Cli) -> None:
    Path("greeter").mkdir()
    result = cli("template", "new", "greeter", "--no-input")
    assert (result.code, list(Path("greeter").iterdir())) == (5, [])
    assert "is there already" in result.err


@pytest.mark.parametrize("name", ["Greeter", "a", "two--dashes", "-x-", "with space", "../up", "9lives", "x" * 41])
def test_what_is_no_name_of_a_path_is_refused(cli: Cli, name: str) -> None:
    assert cli("template", "new", "--no-input", "--", name).code == 2
    assert list(Path.cwd().iterdir()) == []


def test_a_name_that_is_said_twice_is_refused(cli: Cli) -> None:
    result = cli("template", "new", "greeter", "-d", "name=other", "--no-input")
    assert (result.code, list(Path.cwd().iterdir())) == (2, [])
    assert "both greeter and other" in result.err


def test_an_answer_that_the_template_does_not_take_is_refused(cli: Cli) -> None:
    assert cli("template", "new", "greeter", "-d", "title={{ x }}", "--no-input").code == 2
    assert list(Path.cwd().iterdir()) == []


def test_inside_a_repository_it_is_said_that_github_will_not_see_its_workflow(
    cli: Cli, git: Callable[..., str]
) -> None:
    note = "GitHub looks for workflows at the top"
    assert note not in cli("template", "new", "alone", "--no-input").err
    git(Path.cwd(), "init", "-q")
    assert note in cli("template", "new", "greeter", "--no-input").err
    assert note not in cli("template", "new", "without", "-d", "github_workflow=no", "--no-input").err
    assert not Path("without/.github").exists()


def test_the_same_answers_give_the_same_bytes_and_no_name_of_this_machine(cli: Cli) -> None:
    made = [cli("template", "new", "greeter", "--into", each, "--no-input", "--json").data for each in ("one", "two")]
    assert made[0]["files"] == made[1]["files"]
    for file in made[0]["files"]:
        content = Path("one/greeter", file).read_bytes()
        assert content == Path("two/greeter", file).read_bytes()
        for own in (b"Ada Example", b"ada@example.org", str(Path.home()).encode(), str(Path.cwd()).encode()):
            assert own not in content
