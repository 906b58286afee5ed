"""Files of a render that nothing can read: YAML, JSON, TOML and Python."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
import warnings
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from goldenpath.adapters import documents
from goldenpath.rules.made import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from goldenpath.rules.made import Made

RULE = "unparsable"
Trouble: TypeAlias = tuple[int, str]
"""A line, and what is wrong there."""

_WITH_COMMENTS = re.compile(
    r"(?:^|/)(?:(?:tsconfig|jsconfig|devcontainer|tslint|language-configuration|api-extractor)[^/]*\.json"
    r"|\.eslintrc\.json|\.(?:vscode|devcontainer|zed)/.*\.json)$"
)
"""JSON files in which their programs allow comments."""
_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*(?:.*?\*/|.*)', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])')
_IN_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_OTHERS = re.compile(r"^[ \t-]*\{[{%]|:[ \t]+\{\{", re.MULTILINE)
"""Where a template of another language, of Helm say, begins or fills a line: then it is none of these yet."""


def unparsable(made: Made) -> Iterator[Finding]:
    """The first thing that its own language doesn't allow."""
    suffix = PurePosixPath(made.name).suffix.lower()
    if suffix not in _READERS or _OTHERS.search(made.text):
        return
    language, trouble_in = _READERS[suffix]
    trouble = trouble_in(made)
    if trouble:
        yield Finding(RULE, trouble[0], f"not valid {language}: {trouble[1]}", f"put it right in {made.origin.file}")


def _yaml(made: Made) -> Trouble | None:
    return documents.trouble_in(made.text)


def _json(made: Made) -> Trouble | None:
    text = made.text
    if _WITH_COMMENTS.search(made.name):
        text = _LAST_COMMA.sub(lambda found: found[1] or "", _COMMENT.sub(_blank, text))
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return error.lineno, error.msg
    except RecursionError:
        return 1, "nested too deep"
    return None


def _blank(found: re.Match[str]) -> str:
    """A string stays; of a comment only its lines do."""
    return found[1] or "\n" * found[0].count("\n")


def _toml(made: Made) -> Trouble | None:
    try:
        tomllib.loads(made.text)
    except tomllib.TOMLDecodeError as error:
        place = _IN_LINE.search(str(error))
        return int(place[1]) if place else made.text.count("\n") + 1, _IN_LINE.sub("", str(error)).strip()
    except (RecursionError, ValueError) as error:
        return 1, str(error)
    return None


def _python(made: Made) -> Trouble | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(made.content)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (RecursionError, MemoryError, ValueError) as error:
        return 1, str(error) or "nested too deep"
    return None


_PYTHON = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
_READERS: Mapping[str, tuple[str, Callable[[Made], Trouble | None]]] = {
    ".yml": ("YAML", _yaml),
    ".yaml": ("YAML", _yaml),
    ".json": ("JSON", _json),
    ".ipynb": ("JSON", _json),
    ".toml": ("TOML", _toml),
    ".py": (_PYTHON, _python),
    ".pyi": (_PYTHON, _python),
}
