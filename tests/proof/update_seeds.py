"""Templates at two versions, sound ones and such as break the projects of the earlier one.

Each is the sound template of tests/samples without its path, with some files more, and others of them in the later
version. None: the file is gone.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.proof.seeds import SOUND

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Files = dict[str, str | None]

GUIDE, HANDBOOK = "template/guide.md", "template/handbook.md"
ANSWERS = "template/{{ _copier_conf.answers_file }}.jinja"
QUESTIONS, LOUD = (SOUND / "copier.yml").read_text(), (SOUND / "answers" / "loud.yml").read_text()
WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "grove", "heath", "iris", "juniper")
BOTH = frozenset({"v1.0.0 defaults", "v1.0.0 loud"})


def prose(word: str, *, lines: int = 40, but: Mapping[int, str] | None = None) -> str:
    """Lines that are all different, some of them other ones."""
    whole = [f"{WORDS[number % 10]} and {word} number {number} stand here" for number in range(1, lines + 1)]
    for number, line in (but or {}).items():
        whole[number - 1] = line
    return "".join(f"{line}\n" for line in whole)


def stamped(version: str) -> str:
    """A text with a stamp in every line."""
    return "".join(f"{line} (made by {version})\n" for line in prose("moss").splitlines())


@dataclass(frozen=True, slots=True)
class Leap:
    """The files of both versions, and the faults that updating brings, as (RULE, FILE:LINE, words of the problem)."""

    before: Files
    after: Files
    faults: tuple[tuple[str, str, str], ...] = ()
    cases: frozenset[str] = field(default=BOTH)


BROKEN: dict[str, Leap] = {
    "a-file-that-is-renamed-and-rewritten-at-once": Leap(
        {GUIDE: prose("moss")},
        {GUIDE: None, HANDBOOK: prose("moss", but={number: f"rewritten line {number}" for number in range(15, 41)})},
        (("update-conflicts", f"{HANDBOOK}:1", "guide.md of v1.0.0 is renamed to handbook.md and rewritten at once"),),
    ),
    "a-stamp-in-every-line": Leap(
        {GUIDE: stamped("1.0.0")},
        {GUIDE: stamped("1.1.0")},
        (("update-conflicts", f"{GUIDE}:1", "nearly every line of guide.md differs from v1.0.0 in white space"),),
    ),
    "every-line-indented-anew": Leap(
        {GUIDE: prose("moss")},
        {GUIDE: "".join(f"  {line}\n" for line in prose("moss").splitlines())},
        (("update-conflicts", f"{GUIDE}:1", "nearly every line of guide.md differs from v1.0.0 in white space"),),
    ),
    "texts-that-are-not-to-be-merged": Leap(
        {GUIDE: prose("moss"), "template/.gitattributes": "*.md -merge\n"},
        {GUIDE: prose("moss", but={20: "something new"})},
        (("update-conflicts", f"{GUIDE}:1", "a line in guide.md, 4 or more away from every change, ends"),),
    ),
    "a-new-question-without-a-default": Leap(
        {},
        {
            "copier.yml": f"{QUESTIONS}\nteam:\n  type: str\n  help: Whose is it?\n",
            "answers/loud.yml": f"{LOUD}team: shouters\n",
        },
        (("update-renders", "copier.yml:23", "`team` has no default, and a project at v1.0.0 has no answer to it"),),
        frozenset({"v1.0.0 defaults"}),
    ),
    "an-answer-that-is-not-recorded-any-more": Leap(
        {},
        {ANSWERS: "{% for key in ('_src_path', '_commit', 'service_name', 'is_loud') -%}\n{{ key }}: "
        "{{ _copier_answers[key]|tojson }}\n{% endfor -%}\n"},
        (("update-settles", f"{ANSWERS}:1", "updating once more changes loud.txt, because the answers file"),),
        frozenset({"v1.0.0 loud"}),
    ),
}  # fmt: skip

SOUND_LEAPS: dict[str, Leap] = {
    "a-folder-with-another-name-and-lines-that-change": Leap(
        {
            GUIDE: prose("moss"),
            "template/notes/first.md": prose("lichen"),
            "template/notes/second.md": prose("bark"),
            "template/gone.md": prose("pollen"),
        },
        {
            GUIDE: prose("moss", but={12: "something new", 30: "and here"}),
            "template/notes/first.md": None,
            "template/notes/second.md": None,
            "template/pages/first.md": prose("lichen", but={5: "something new"}),
            "template/pages/second.md": prose("bark"),
            "template/pages/third.md": prose("resin"),
            "template/gone.md": None,
        },
    ),
    "a-text-that-is-written-anew": Leap({GUIDE: prose("moss")}, {GUIDE: prose("lichen", lines=60)}),
    "questions-that-come-and-go": Leap(
        {
            "copier.yml": f"{QUESTIONS}\nold_team:\n  type: str\n  help: Whose is it?\n",
            "answers/loud.yml": f"{LOUD}old_team: shouters\n",
        },
        {
            "copier.yml": f"{QUESTIONS}\nteam:\n  type: str\n  default: nobody\n",
            "answers/loud.yml": LOUD,
            "template/README.md.jinja": "# {{ service_name }}\n\nIt is of {{ team }}.\n",
        },
    ),
    "a-binary-that-changes": Leap({"template/logo.bin": "\0one"}, {"template/logo.bin": "\0two"}),
    "a-file-that-only-new-projects-get": Leap(
        {GUIDE: prose("moss"), "copier.yml": f"_skip_if_exists: [guide.md]\n{QUESTIONS}"},
        {GUIDE: stamped("1.1.0")},
    ),
}  # fmt: skip


def lay(folder: Path, files: Files) -> None:
    """Lay files over a folder; the sound template, when it is not there yet."""
    if not folder.is_dir():
        shutil.copytree(SOUND, folder)
        (folder / "path.md").unlink()
        shutil.rmtree(folder / "solutions")
    for name, text in files.items():
        file = folder / name
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
