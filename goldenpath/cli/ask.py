"""Asking at the terminal: a template's questions one by one, back and forth, and plain yes or no."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.core.answers import FALSE_WORDS, TRUE_WORDS, cast, choices_of, default_of, is_asked, problem_with
from goldenpath.flows.read_questions import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.answers import Choice
    from goldenpath.core.model import Answers, Json
    from goldenpath.core.questions import Question

BACK = "<"


def read_line(prompt: str) -> str:
    """One line from the terminal, with line editing. Raises EOFError at its end."""
    if sys.stdout.isatty():
        import readline  # noqa: F401 - input() edits lines once it is loaded

        return input(prompt)
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def ask_yes_no(screen: Screen, question: str) -> bool:
    """Whether the person says yes; no is the default."""
    while True:
        screen.note(question, (" [y/N]", "faint"))
        said = read_line("> ").strip().lower()
        if said in TRUE_WORDS:
            return True
        if said in FALSE_WORDS or not said:
            return False
        screen.note(("answer y or n", "warn"))


def ask_choice(screen: Screen, question: str, choices: Sequence[str]) -> str:
    """What the person says to a question with choices (by number or in words), or without."""
    screen.note((question, "strong"))
    for number, choice in enumerate(choices, start=1):
        screen.note(f"  {number}  {choice}")
    return read_line("> " if choices else "[y/N] > ").strip()


@dataclass(slots=True)
class Questioner:
    """A questionnaire in progress. `given` is never asked; `save` keeps what was answered until now."""

    screen: Screen
    questions: Sequence[Question]
    given: Answers
    save: Callable[[Answers], None]
    answers: Answers = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)

    def ask_all(self, kept: Answers) -> Answers:
        """Every answer that the person gave or confirmed. `kept` holds those from before an interruption."""
        known = [question.name for question in self.questions]
        self.answers = {name: kept[name] for name in known if name in kept and name not in self.given}
        self.chosen = set(self.answers)
        if self.answers:
            self.screen.note(
                (f"Going on where you stopped: {_count(self.answers)} kept. ", "strong"),
                f"Type {BACK} to go back, or start with --fresh to begin anew.",
            )
        self._walk()
        while True:
            wanted = self._review()
            if wanted is None:
                return {question.name: self.answers[question.name] for question in self._asked()}
            self._change(wanted)

    def _asked(self) -> list[Question]:
        """The questions that apply and are to be asked, given the answers so far."""
        values: Answers = {}
        asked: list[Question] = []
        for question in self.questions:
            applies = is_asked(question, values, LANGUAGE)
            if question.name in self.given:
                values[question.name] = self.given[question.name]
            elif applies and question.name in self.chosen:
                values[question.name] = self.answers[question.name]
            else:
                values[question.name] = default_of(question, values, LANGUAGE)
            if applies and question.name not in self.given:
                asked.append(question)
        return asked

    def _walk(self) -> None:
        position = next((i for i, q in enumerate(self._asked()) if q.name not in self.chosen), len(self._asked()))
        while position < len(self._asked()):
            question = self._asked()[position]
            is_forward = self._ask(question, f"{position + 1}/{len(self._asked())}")
            position = position + 1 if is_forward else max(0, position - 1)

    def _before(self, question: Question) -> Answers:
        values: Answers = {}
        for each in self.questions:
            if each.name == question.name:
                break
            if each.name in self.given or each.name in self.chosen:
                values[each.name] = self.given.get(each.name, self.answers.get(each.name))
            else:
                values[each.name] = default_of(each, values, LANGUAGE)
        return values

    def _ask(self, question: Question, place: str) -> bool:
        """Ask until the answer can be taken; False when the person wants to go back."""
        before = self._before(question)
        default = (
            self.answers[question.name] if question.name in self.chosen else default_of(question, before, LANGUAGE)
        )
        choices = choices_of(question, before, LANGUAGE)
        self._pose(question, place, default, choices)
        while True:
            said = self._listen(question)
            if said.strip() == BACK:
                return False
            try:
                value = default if said == "" else self._understood(question, said, choices)
            except ValueError as error:
                self.screen.note((f"  {error}", "warn"))
                continue
            problem = "an answer is needed" if value is None else problem_with(question, value, before, LANGUAGE)
            if not problem:
                self._take(question, value)
                return True
            self.screen.note((f"  {problem}", "warn"))

    def _pose(self, question: Question, place: str, default: Json, choices: Sequence[Choice]) -> None:
        help_text = LANGUAGE.render(question.help, self._before(question), "help") or question.name
        self.screen.note()
        self.screen.note((f"{place}  ", "faint"), (help_text.strip(), "strong"))
        for number, choice in enumerate(choices, start=1):
            refused = f"  (not now: {choice.refusal})" if choice.refusal else ""
            self.screen.note(f"     {number}  {choice.label}{refused}")
        ways = [f"Enter takes: {_shown(question, default, choices)}"] if default not in (None, "") else []
        ways += [f"for example {question.placeholder}"] if question.placeholder else []
        ways += ["yes or no"] if question.type == "bool" else []
        ways += ["several numbers, with commas"] if question.is_multiselect else []
        ways += ["end with a line that holds a single dot"] if question.is_multiline else []
        self.screen.note((f"     {'; '.join([*ways, f'{BACK} goes back'])}", "faint"))

    def _listen(self, question: Question) -> str:
        if question.is_secret:
            return getpass.getpass("   > ")
        first = read_line("   > ")
        if not question.is_multiline or first.strip() in {"", BACK}:
            return first
        lines = [first]
        while (line := read_line("   | ")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def _understood(self, question: Question, said: str, choices: Sequence[Choice]) -> Json:
        if question.is_multiselect:
            return [_chosen(word.strip(), choices) for word in said.split(",") if word.strip()]
        return _chosen(said.strip(), choices) if choices else cast(question, said, LANGUAGE)

    def _take(self, question: Question, value: Json) -> None:
        self.answers[question.name] = value
        self.chosen.add(question.name)
        secret = {each.name for each in self.questions if each.is_secret}
        self.save({name: item for name, item in self.answers.items() if name not in secret})

    def _review(self) -> Question | None:
        asked = self._asked()
        if not asked:
            return None
        self.screen.note()
        for number, question in enumerate(asked, start=1):
            value = "(not shown)" if question.is_secret else _plain(self.answers.get(question.name))
            self.screen.note((f"  {number}  ", "faint"), f"{question.name}: ", (value, "strong"))
        while True:
            self.screen.note(("Enter goes on; a number changes that answer", "faint"))
            said = read_line("> ").strip()
            if said in {"", *TRUE_WORDS} - {"1"}:
                return None
            if said.isdigit() and 0 < int(said) <= len(asked):
                return asked[int(said) - 1]
            self.screen.note((f"type a number from 1 to {len(asked)}, or Enter", "warn"))

    def _change(self, question: Question) -> None:
        derived = [each for each in self._asked() if each is not question and self._is_default(each)]
        self._ask(question, "again")
        for each in derived:
            self.chosen.discard(each.name)
            self.answers[each.name] = default_of(each, self._before(each), LANGUAGE)
            self.chosen.add(each.name)
        self._walk()

    def _is_default(self, question: Question) -> bool:
        return self.answers.get(question.name) == default_of(question, self._before(question), LANGUAGE)


def _chosen(word: str, choices: Sequence[Choice]) -> Json:
    if word.isdigit() and 0 < int(word) <= len(choices):
        return choices[int(word) - 1].value
    for choice in choices:
        if word in {choice.label, str(choice.value)}:
            return choice.value
    raise ValueError(f"{word!r} is no choice; type a number from 1 to {len(choices)}")


def _plain(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _shown(question: Question, value: Json, choices: Sequence[Choice]) -> str:
    if question.is_secret:
        return "the default, which is not shown"
    label = next((choice.label for choice in choices if choice.value == value), None)
    return label or _plain(value)


def _count(answers: Answers) -> str:
    return "1 answer is" if len(answers) == 1 else f"{len(answers)} answers are"
