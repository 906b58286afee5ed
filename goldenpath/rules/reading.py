"""Reading a template's folder into a Source: what can't be read becomes a fault, and the rest goes on."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.adapters.language import language_of
from goldenpath.checks import KEYS
from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault, fault_of
from goldenpath.core.mappings import LinedDict
from goldenpath.core.pathfile import FILE as PATH_FILE
from goldenpath.core.pathfile import build_path
from goldenpath.core.questions import flat, parse_questions
from goldenpath.rules.source import NOWHERE, Place, Source, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goldenpath.adapters.markdown import Page
    from goldenpath.core.answers import Language
    from goldenpath.core.model import GoldenPath, Json
    from goldenpath.rules.source import Before

COPIER_FILES = ("copier.yml", "copier.yaml")
IGNORED = frozenset({".git", "__pycache__", ".venv", ".DS_Store", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
MOST_FILES = 20_000
MOST_BYTES = 2_000_000
MOST_BYTES_TOGETHER = 100_000_000


def read_source(
    folder: Path, *, is_bundled: bool = False, before: Before | None = None, is_trusted: bool = False
) -> Source:
    """The template in a folder that has a copier.yml. Raises TemplateError when there are too many files."""
    troubles: list[Fault] = []
    tree = read_tree(folder)
    copier_file = next((name for name in COPIER_FILES if name in tree.files), COPIER_FILES[0])
    loaded = _documents(tree, copier_file, troubles)
    is_known = not troubles
    questions, settings = parse_questions(loaded, sink=troubles.append)
    page, path = _path(tree, troubles)
    answers = {
        name: _yaml(tree, name, troubles)
        for name in tree.files
        if name.startswith("answers/") and name.endswith((".yml", ".yaml"))
    }
    return Source(
        tree=tree,
        copier_file=copier_file,
        settings=settings,
        questions=questions,
        places=_places(loaded),
        page=page,
        path=path,
        answers=answers,
        language=_language(settings, troubles, folder if is_trusted else None),
        troubles=tuple(troubles),
        is_known=is_known,
        is_bundled=is_bundled,
        before=before,
    )


def read_tree(folder: Path) -> Tree:
    """The files below a folder, those that are text with it. Nothing but a regular file inside it is ever opened."""
    texts: dict[str, str] = {}
    odd: dict[str, str] = {}
    names: list[str] = []
    together = 0
    for name, path in _walk(folder):
        names.append(name)
        if len(names) > MOST_FILES:
            raise TemplateError(f"{folder} has more than {MOST_FILES:,} files", hint="name the template's own folder")
        try:
            oddity = _oddity(folder, path)
            if oddity:
                odd[name] = oddity
                continue
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                continue
            together += found.st_size
            if found.st_size <= MOST_BYTES and together <= MOST_BYTES_TOGETHER:
                texts[name] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        except OSError as error:
            odd[name] = f"can't be read: {error.strerror}"
    links = {name: str((folder / name).readlink()) for name in names if (folder / name).is_symlink()}
    return Tree(folder, tuple(sorted(names)), texts, odd, links)


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for above, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(above) / name).is_symlink()]
        folders[:] = sorted(set(folders) - IGNORED - set(links))
        for name in sorted([*files, *links]):
            path = Path(above) / name
            if name not in IGNORED and not name.endswith((".pyc", ".pyo")):
                yield path.relative_to(folder).as_posix(), path


def _oddity(folder: Path, path: Path) -> str:
    if not path.resolve().is_relative_to(folder.resolve()):
        return "is a link that leaves the template"
    if not path.exists():
        return NOWHERE
    return "" if path.is_file() or path.is_dir() else "is neither a file nor a folder nor a link"


def _documents(tree: Tree, file: str, troubles: list[Fault]) -> list[Json]:
    if file in tree.files and file not in tree.texts:
        troubles.append(Fault(file, 1, "format", "is no text in UTF-8", f"save {file} as UTF-8"))
    try:
        return documents.load_all(tree.texts.get(file, ""), file=file, folder=tree.folder)
    except TemplateError as error:
        troubles.append(fault_of(error, file))
        return []


def _places(loaded: list[Json]) -> dict[str, Place]:
    lined = [document for document in flat(loaded) if isinstance(document, LinedDict)]
    return {key: Place(document.file, document.line_of(key)) for document in lined for key in document}


def _path(tree: Tree, troubles: list[Fault]) -> tuple[Page | None, GoldenPath | None]:
    from goldenpath.adapters.markdown import read_page

    if PATH_FILE not in tree.files:
        return None, None
    if PATH_FILE not in tree.texts:
        troubles.append(Fault(PATH_FILE, 1, "format", "is no text in UTF-8", f"save {PATH_FILE} as UTF-8"))
        return None, None
    page = read_page(tree.texts[PATH_FILE], file=PATH_FILE, sink=troubles.append)
    return page, build_path(page.front, page.intro, page.sections, KEYS, sink=troubles.append)


def _yaml(tree: Tree, file: str, troubles: list[Fault]) -> Json:
    try:
        return documents.load(tree.texts.get(file, ""), file=file)
    except TemplateError as error:
        troubles.append(fault_of(error, file))
        return None


def _language(settings: Mapping[str, Json], troubles: list[Fault], trusted: Path | None) -> Language:
    """What the questions are written in: with the extensions that the template brings if its folder is `trusted`."""
    try:
        return language_of(settings, Path("project"), is_trusted=trusted is not None, template=trusted)
    except TemplateError as error:
        troubles.append(fault_of(error, COPIER_FILES[0]))
        return language_of({}, Path("project"), is_trusted=False)
