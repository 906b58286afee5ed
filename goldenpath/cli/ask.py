"""Asking at the terminal: a template's questions one by one, back and forth, and plain yes or no."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.core.answers import choices_of, default_of, problem_with, still_fitting, take_turns
from goldenpath.core.casting import FALSE_WORDS, TRUE_WORDS, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.answers import Choice, Language, Turn
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


def ask_choice(screen: Screen, question: str, choices: Sequence[str] | None) -> str:
    """What the person says to a question: a choice, by number or in words; without choices yes or no; else anything."""
    screen.note((question, "strong"))
    for number, choice in enumerate(choices or (), start=1):
        screen.note(f"  {number}  {choice}")
    return read_line("[y/N] > " if choices is not None and not choices else "> ").strip()


@dataclass(slots=True)
class Questioner:
    """A questionnaire in progress. `given` is never asked; `save` keeps what was answered until now."""

    screen: Screen
    questions: Sequence[Question]
    language: Language
    given: Answers
    save: Callable[[Answers], None]
    answers: Answers = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def ask_all(self, kept: Answers) -> Answers:
        """Every answer that the person gave or confirmed. `kept` holds those from before an interruption."""
        fitting = still_fitting(self.questions, self.given, kept, self.language)
        for turn in self._asked():
            name = turn.question.name
            if name in fitting:
                self._take(turn, fitting[name])
        if self.seen:
            self.screen.note(
                (f"Going on where you stopped: {_count(self.seen)} kept. ", "strong"),
                f"Type {BACK} to go back, or start with --fresh to begin anew.",
            )
        self._walk()
        while True:
            wanted = self._review()
            if wanted is None:
                return {turn.question.name: turn.value for turn in self._asked()}
            self._ask(wanted, "again")
            self._walk()

    def _asked(self) -> list[Turn]:
        """The questions that apply and are to be asked, given the answers so far."""
        turns = take_turns(self.questions, {**self.answers, **self.given}, self.language)
        return [turn for turn in turns if turn.applies and turn.question.name not in self.given]

    def _walk(self) -> None:
        position = self._first_open()
        while position < len(self._asked()):
            asked = self._asked()
            is_forward = self._ask(asked[position], f"{position + 1}/{len(asked)}")
            position = position + 1 if is_forward else max(0, position - 1)
            if position >= len(self._asked()):
                position = self._first_open()

    def _first_open(self) -> int:
        """Where the first question stands that was not answered, or whose answer does not hold any more."""
        asked = self._asked()
        return next((place for place, turn in enumerate(asked) if self._is_open(turn)), len(asked))

    def _is_open(self, turn: Turn) -> bool:
        if turn.question.name not in self.seen:
            return True
        return bool(problem_with(turn.question, turn.value, turn.before, self.language))

    def _ask(self, turn: Turn, place: str) -> bool:
        """Ask until the answer can be taken; False when the person wants to go back."""
        question = turn.question
        choices = choices_of(question, turn.before, self.language)
        self._pose(turn, place, choices)
        while True:
            said = self._listen(question)
            if said.strip() == BACK:
                return False
            try:
                value = turn.value if said == "" else self._understood(question, said, choices)
            except ValueError as error:
                self.screen.note((f"  {error}", "warn"))
                continue
            is_missing = value is None
            problem = "an answer is needed" if is_missing else problem_with(question, value, turn.before, self.language)
            if not problem:
                self._take(turn, value)
                return True
            self.screen.note((f"  {problem}", "warn"))

    def _pose(self, turn: Turn, place: str, choices: Sequence[Choice]) -> None:
        question, default = turn.question, turn.value
        help_text = self.language.render(question.help, turn.before, "help") or question.name
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
        return _chosen(said.strip(), choices) if choices else cast(question, said, self.language)

    def _take(self, turn: Turn, value: Json) -> None:
        """Keep an answer. One that is the default stays the default, and follows the answers that it is made of."""
        name = turn.question.name
        self.seen.add(name)
        self.answers.pop(name, None)
        if value != default_of(turn.question, turn.before, self.language):
            self.answers[name] = value
        kept = [each for each in self._asked() if each.question.name in self.seen and not each.question.is_secret]
        self.save({each.question.name: each.value for each in kept})

    def _review(self) -> Turn | None:
        asked = self._asked()
        if not asked:
            return None
        self.screen.note()
        for number, turn in enumerate(asked, start=1):
            value = "(not shown)" if turn.question.is_secret else _plain(turn.value)
            self.screen.note((f"  {number}  ", "faint"), f"{turn.question.name}: ", (value, "strong"))
        while True:
            self.screen.note(("Enter goes on; a number changes that answer", "faint"))
            said = read_line("> ").strip()
            if said in {"", *TRUE_WORDS} - {"1"}:
                return None
            if said.isdigit() and 0 < int(said) <= len(asked):
                return asked[int(said) - 1]
            self.screen.note((f"type a number from 1 to {len(asked)}, or Enter", "warn"))


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


def _count(names: Collection[str]) -> str:
    return "1 answer is" if len(names) == 1 else f"{len(names)} answers are"
