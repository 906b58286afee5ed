"""A template as its author wrote it: everything that could be read, and the faults that reading met."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import Dialect
from goldenpath.core.answers import settle
from goldenpath.core.errors import GoldenpathError, TemplateError, TooSlowError
from goldenpath.core.mappings import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from goldenpath.adapters.markdown import Marks, Page
    from goldenpath.core.answers import Language
    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Answers, GoldenPath, Json, Step
    from goldenpath.core.questions import Question
    from goldenpath.rules.texts import JinjaText

NOWHERE = "is a link that leads nowhere"
SUFFIX = ".jinja"
STARTS = ("block_start_string", "variable_start_string", "comment_start_string")
"""The settings of Jinja that say how something to evaluate begins; with `{` unless a template says otherwise."""
_WITHOUT_NAMES = ("jinja2.ext.", "jinja2_time.")
"""Where Jinja extensions are from that bring tags, and functions at most."""
DEFAULTS = "the defaults"
"""What the set of answers is called in which nothing is answered."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file of the template."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Before:
    """The template at a base revision: its version there, and the files that changed since."""

    revision: str
    version: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below a template's folder, by names with slashes; `odd` are those that can't be read, and why.

    `links` are those that are links, with what they lead to as it is written.
    """

    folder: Path
    files: tuple[str, ...]
    texts: Mapping[str, str]
    odd: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A template as its author wrote it. `troubles` are the faults that reading it met.

    It is known when its copier.yml could be read.
    """

    tree: Tree
    copier_file: str
    settings: Mapping[str, Json]
    questions: tuple[Question, ...]
    places: Mapping[str, Place]
    page: Page | None
    path: GoldenPath | None
    answers: Mapping[str, Json]
    language: Language
    troubles: tuple[Fault, ...]
    is_known: bool = True
    is_bundled: bool = False
    before: Before | None = None

    def place(self, key: str) -> Place:
        """Where copier.yml has a question or setting; its first line when it has none of that name."""
        return self.places.get(key, Place(self.copier_file, 1))

    def text(self, file: str) -> str:
        """The content of a file that can be read; empty for any other."""
        return self.tree.texts.get(file, "")

    @property
    def has_front(self) -> bool:
        """Whether path.md has front matter that can be read."""
        return self.page is not None and not isinstance(self.page.front, Unreadable)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the path; none without a path."""
        return self.path.steps if self.path else ()

    @cached_property
    def dialect(self) -> Dialect:
        """The Jinja of the template's bodies, names and questions, without the extensions that it brings."""
        options = self.settings.get("_envops")
        return Dialect(options if isinstance(options, dict) else {})

    def is_jinja(self, text: str) -> bool:
        """Whether Copier may find something to evaluate in a text, by the signs that the template chose for Jinja."""
        signs = (self.dialect.options.get(key, "{") for key in STARTS)
        return any(str(sign) in text for sign in signs)

    @cached_property
    def has_extensions(self) -> bool:
        """Whether the template brings Jinja extensions, of which nothing is known here."""
        return bool(self.settings.get("_jinja_extensions"))

    @cached_property
    def may_set_names(self) -> bool:
        """Whether an extension may set names for every text: only those that are known to bring a tag do not."""
        brought = self.settings.get("_jinja_extensions")
        names = map(str, brought) if isinstance(brought, list) else ()
        return any(not name.startswith(_WITHOUT_NAMES) for name in names)

    @cached_property
    def suffix(self) -> str:
        """The ending of files that are rendered; it may be empty."""
        suffix = self.settings.get("_templates_suffix")
        return suffix if isinstance(suffix, str) else SUFFIX

    @property
    def is_rooted(self) -> bool:
        """Whether there is anything that is rendered; a folder that is not there is told as that alone."""
        return "" in self.roots or any(file.startswith(self.roots) for file in self.tree.files)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """What the names of rendered files begin with: `template/`; empty when the whole folder is rendered.

        More than one where answers choose the folder.
        """
        from goldenpath.rules.subfolders import roots_of

        return roots_of(self)

    def below(self, file: str) -> str:
        """The name of a rendered file below the folder that is rendered, the outermost one if there are more."""
        root = min((root for root in self.roots if file.startswith(root)), key=len, default="")
        return file.removeprefix(root)

    def is_kept_link(self, file: str) -> bool:
        """Whether Copier makes a link of this file, and does not look at what it leads to."""
        return file in self.tree.links and bool(self.settings.get("_preserve_symlinks"))

    @cached_property
    def rendered(self) -> tuple[str, ...]:
        """The files of the template that a project gets, each under a name that may be Jinja."""
        from goldenpath.rules.targets import rendered_files

        return tuple(rendered_files(self))

    @cached_property
    def settled(self) -> Mapping[str, Answers | GoldenpathError]:
        """The named sets of answers by their files, and the defaults: completed, or why the questions refuse them."""
        given = {DEFAULTS: {}, **{name: each for name, each in self.answers.items() if isinstance(each, dict)}}
        return {name: self._settle(answers) for name, answers in given.items()}

    def _settle(self, given: Answers) -> Answers | GoldenpathError:
        try:
            return settle(self.questions, given, self.language)
        except TooSlowError:
            raise
        except GoldenpathError as error:
            return error
        except (ValueError, TypeError) as error:
            return TemplateError(f"{self.copier_file}: {error}", hint=f"put it right in {self.copier_file}")

    @cached_property
    def targets(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The names of rendered files, each with the name that it gets, by set of answers."""
        from goldenpath.rules.targets import targets_of

        fitting = {name: answers for name, answers in self.settled.items() if isinstance(answers, dict)}
        sets = fitting or {"made-up answers": {question.name: question.name for question in self.questions}}
        return {name: tuple(targets_of(self, answers)) for name, answers in sets.items()}

    @cached_property
    def texts(self) -> tuple[JinjaText, ...]:
        """Every text of the template that Jinja renders, with what it uses."""
        from goldenpath.rules.texts import jinja_texts

        return tuple(jinja_texts(self))

    @cached_property
    def marks(self) -> Mapping[str, Marks]:
        """Links, headings and code blocks of the template's own pages: path.md, and what no project gets."""
        from goldenpath.adapters.markdown import read_marks

        return {file: read_marks(self.text(file)) for file in self._pages()}

    def _pages(self) -> Iterator[str]:
        for file in self.tree.texts:
            is_own = not file.startswith((*self.roots, "solutions/"))
            if file.endswith(".md") and (is_own or file == "path.md"):
                yield file
