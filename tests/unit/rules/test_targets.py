"""What `_exclude` keeps back, as Copier has it: by the name that a file gets, read as gitignore does."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from pathspec import PathSpec

from goldenpath.rules.reading import read_source
from goldenpath.rules.targets import is_excluded, targets_of

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("a.txt", "docs/a.txt", "src/docs/a.txt", "docs", "src/a.md", "a.txt.bak", "deep/src/a.md")
PATTERNS = ("*.txt", "docs", "/docs", "docs/", "src/*.md", "**/src", "!a.txt", "!docs/a.txt", "*", "a.*")


@pytest.mark.parametrize("patterns", list(itertools.permutations(PATTERNS, 2)), ids=" ".join)
def test_patterns_mean_what_they_mean_to_copier(patterns: tuple[str, ...]) -> None:
    spec = PathSpec.from_lines("gitignore", patterns)
    assert {name for name in NAMES if is_excluded(name, patterns)} == {name for name in NAMES if spec.match_file(name)}


def rendered(folder: Path, copier: str, *files: str) -> list[str]:
    """The names of files that a template has with the defaults."""
    for name, text in {"copier.yml": copier, **{file: file for file in files}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    source = read_source(folder)
    made = dict(targets_of(source, {"docs": False, "name": "tea"}))
    assert made.keys() <= set(source.rendered)
    return sorted(made.values())


@pytest.mark.parametrize(
    ("copier", "names"),
    [
        ("", ["a.md", "b.txt", "c"]),
        ("_exclude: ['*.txt']\n", ["a.md", "c", "copier.yml", "~d"]),
        ("_exclude: ['*.jinja', copier.yml, '~*']\n", ["a.md", "b.txt", "c"]),
        ("_exclude: []\n", ["a.md", "b.txt", "c", "copier.yml", "~d"]),
        ('_exclude: ["*", "!c"]\n', ["c"]),
        ('_exclude: ["{% if not docs %}*.md{% endif %}"]\ndocs: false\n', ["b.txt", "c", "copier.yml", "~d"]),
        ("_exclude: [\"{% if _copier_operation == 'copy' %}c\\nb.txt{% endif %}\"]\n", ["a.md", "copier.yml", "~d"]),
    ],
)
def test_a_file_is_kept_back_by_the_name_that_it_gets(tmp_path: Path, copier: str, names: list[str]) -> None:
    assert rendered(tmp_path, copier, "a.md.jinja", "b.txt.jinja", "c", "~d") == names


def test_without_exclude_a_folder_of_its_own_has_everything(tmp_path: Path) -> None:
    assert rendered(tmp_path, "_subdirectory: t\n", "t/copier.yml", "t/a.jinja") == ["a", "copier.yml"]


def test_only_what_stands_after_the_last_dot_is_taken_off(tmp_path: Path) -> None:
    copier = "_templates_suffix: .in.txt\n_exclude: [copier.yml]\n"
    assert rendered(tmp_path, copier, "a.in.txt", "b.txt") == ["a.in", "b.txt"]
