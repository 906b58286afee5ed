"""Answering questions at a real terminal: forth and back, interrupted and resumed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


class Terminal:
    """A person at a terminal, who starts a project from a template."""

    def __init__(self, template: Path, *arguments: str) -> None:
        command = ["-m", "goldenpath", "start", str(template), "--trust", *arguments]
        self.process = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=20, dimensions=(50, 100))

    def answer(self, question: str, text: str) -> None:
        self.process.expect_exact(question)
        self.process.expect("> ")
        self.process.sendline(text)

    def end(self) -> int:
        self.process.expect(pexpect.EOF)
        self.process.close()
        code = self.process.exitstatus
        assert code is not None
        return code


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")


def readme() -> str:
    return Path("p/README.md").read_text()


def test_enter_takes_every_default(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    for question in ("What is it called?", "Which colour?", "With a shade?", "Enter goes on"):
        person.answer(question, "")
    assert person.end() == 0
    assert readme() == "# tiny, red\n"


def test_choices_are_taken_by_number_and_by_name_and_nothing_else(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    person.answer("What is it called?", "")
    person.answer("Which colour?", "blue")
    person.answer("'blue' is no choice", "2")
    person.answer("With a shade?", "perhaps")
    person.answer("answer yes or no", "no")
    person.answer("colour: green", "")
    assert person.end() == 0
    assert readme() == "# tiny, green\n"


def test_a_validator_says_why_and_asks_again(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    for question in ("What is it called?", "Which colour?"):
        person.answer(question, "")
    person.answer("With a shade?", "yes")
    person.answer("How dark?", "900")
    person.answer("At most 100.", "70")
    person.answer("shade: 70", "")
    assert person.end() == 0
    assert "shade 70" in readme()


def test_back_goes_to_the_question_before(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    person.answer("What is it called?", "wrong")
    person.answer("Which colour?", "<")
    person.answer("Enter takes: wrong", "right")
    for question in ("Which colour?", "With a shade?", "project_name: right"):
        person.answer(question, "")
    assert person.end() == 0
    assert readme() == "# right, red\n"


def test_an_answer_can_be_changed_at_the_end(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    for question in ("What is it called?", "Which colour?", "With a shade?"):
        person.answer(question, "")
    person.answer("Enter goes on", "3")
    person.answer("With a shade?", "y")
    person.answer("How dark?", "")
    person.answer("shade: 10", "")
    assert person.end() == 0
    assert "shade 10" in readme()


def test_an_interrupted_questionnaire_resumes_where_it_stopped(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    person.answer("What is it called?", "kept")
    person.process.expect_exact("Which colour?")
    person.process.expect("> ")
    person.process.sendintr()
    assert person.end() == 130
    assert not Path("p").exists()
    again = Terminal(tiny, "p")
    again.process.expect_exact("1 answer is kept")
    for question in ("Which colour?", "With a shade?", "project_name: kept"):
        again.answer(question, "")
    assert again.end() == 0
    assert readme() == "# kept, red\n"


def test_fresh_forgets_an_interrupted_questionnaire(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    person.answer("What is it called?", "kept")
    person.process.expect_exact("Which colour?")
    person.process.send("\x04")
    assert person.end() == 130
    again = Terminal(tiny, "p", "--fresh")
    again.answer("What is it called?", "")
    for question in ("Which colour?", "With a shade?", "project_name: tiny"):
        again.answer(question, "")
    assert again.end() == 0


def test_what_is_given_is_not_asked(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p", "-d", "colour=green", "-d", "project_name=given")
    person.answer("1/1  With a shade?", "")
    person.answer("has_shade: no", "")
    assert person.end() == 0
    assert readme() == "# given, green\n"


def test_a_no_to_trust_starts_nothing(cli: Cli, tiny: Path) -> None:
    process = pexpect.spawn(sys.executable, ["-m", "goldenpath", "start", str(tiny), "p"], encoding="utf-8", timeout=20)
    process.expect_exact("sh check.sh")
    process.expect_exact("Do you trust it with that?")
    process.expect("> ")
    process.sendline("n")
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 2
    assert not Path("p").exists()


def test_a_name_and_address_are_asked_for_when_git_has_none(cli: Cli, tiny: Path, home: Path) -> None:
    (home / ".gitconfig").unlink()
    person = Terminal(tiny, "p", "--defaults")
    person.answer("name", "Cy Example")
    person.answer("e-mail", "cy@example.org")
    assert person.end() == 0
    assert "cy@example.org" in Path("p/.git/config").read_text()


DERIVED = """\
_subdirectory: template
_templates_suffix: .jinja
project_name: {type: str, help: "Its name?", default: old}
package: {type: str, help: "Its package?", default: "{{ project_name }}_pkg"}
colour: {type: str, help: "Its colour?", default: red}
has_shade: {type: bool, default: false, when: false}
"""


def test_a_default_that_was_taken_follows_what_it_is_made_of(cli: Cli, tiny: Path) -> None:
    (tiny / "copier.yml").write_text(DERIVED)
    person = Terminal(tiny, "p")
    person.answer("Its name?", "old")
    person.answer("Its package?", "")
    person.answer("Its colour?", "<")
    person.answer("Its package?", "<")
    person.answer("Its name?", "new")
    person.answer("Enter takes: new_pkg", "")
    person.answer("Its colour?", "")
    person.answer("package: new_pkg", "")
    assert person.end() == 0


def test_an_answer_to_a_question_that_a_default_opens_is_taken(cli: Cli, tiny: Path) -> None:
    (tiny / "copier.yml").write_text(
        "_subdirectory: template\n_templates_suffix: .jinja\nproject_name: x\ncolour: red\nhas_shade: true\n"
        'shade: {type: int, default: 1, when: "{{ has_shade }}"}\n'
    )
    person = Terminal(tiny, "p", "-d", "shade=7")
    for question in ("project_name", "colour", "has_shade", "Enter goes on"):
        person.answer(question, "")
    assert person.end() == 0
    assert "shade 7" in readme()


def test_what_was_kept_and_is_no_answer_any_more_is_asked_again(cli: Cli, tiny: Path) -> None:
    person = Terminal(tiny, "p")
    person.answer("What is it called?", "kept")
    person.answer("Which colour?", "green")
    person.process.expect_exact("With a shade?")
    person.process.expect("> ")
    person.process.send("\x04")
    assert person.end() == 130
    text = (tiny / "copier.yml").read_text()
    (tiny / "copier.yml").write_text(text.replace("[red, green]", "[red, blue]"))
    again = Terminal(tiny, "p")
    again.process.expect_exact("1 answer is kept")
    for question in ("Which colour?", "With a shade?", "project_name: kept"):
        again.answer(question, "")
    assert again.end() == 0
    assert readme() == "# kept, red\n"
