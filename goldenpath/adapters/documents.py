"""YAML, read safely and with line numbers. The only file that knows PyYAML."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from goldenpath.adapters.bounds import TooMuchError, bounded
from goldenpath.core.faults import Fault, error_of
from goldenpath.core.mappings import LinedDict

if TYPE_CHECKING:
    from goldenpath.core.errors import TemplateError
    from goldenpath.core.model import Json


_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times faster, same values."""


MOST_NESTED = 50
"""How deep the collections of a document may be nested."""
MOST_VALUES = 100_000
"""How many values a document may hold, those that its aliases repeat counted every time."""
MOST_CHARACTERS = 2_000_000
"""How long a document may be."""
MOST_INCLUDED = 8
"""How many files may include one another in a row."""


class _Loader(_Fast):  # type: ignore[misc]
    file = ""
    first_line = 1
    folder: Path | None = None
    included = 0


def _mapping(loader: _Loader, node: yaml.MappingNode) -> LinedDict:
    result = LinedDict()
    result.file, result.line = loader.file, node.start_mark.line + loader.first_line
    for key, (key_node, value_node) in _pairs(loader, node, {}).items():
        result[key] = loader.construct_object(value_node, deep=True)
        result.lines[key] = key_node.start_mark.line + loader.first_line
    return result


_Pairs = dict[str, tuple[yaml.Node, yaml.Node]]


def _pairs(loader: _Loader, node: yaml.MappingNode, known: dict[int, _Pairs]) -> _Pairs:
    """The keys of a mapping and those that `<<` brings; its own win, then the first. `known` ends bombs."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = {}
    own: _Pairs = {}
    merged: _Pairs = {}
    for key_node, value_node in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            for each in value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]:
                if not isinstance(each, yaml.MappingNode):
                    raise yaml.constructor.ConstructorError(None, None, "<< takes mappings", key_node.start_mark)
                merged = {**_pairs(loader, each, known), **merged}
            continue
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else str(loader.construct_object(key_node))
        if key in own:
            raise yaml.constructor.ConstructorError(None, None, f"`{key}` stands there twice", key_node.start_mark)
        own[key] = (key_node, value_node)
    known[id(node)] = {**merged, **own}
    return known[id(node)]


def _include(loader: _Loader, node: yaml.Node) -> list[Json]:
    """The documents of the files that a pattern names, as Copier has it: inside the template's folder only."""
    pattern = str(loader.construct_scalar(node))
    if loader.folder is None or PurePosixPath(pattern).is_absolute() or loader.included >= MOST_INCLUDED:
        raise yaml.constructor.ConstructorError(None, None, f"!include {pattern} is not possible here", node.start_mark)
    found: list[Json] = []
    for file in sorted(loader.folder.glob(pattern)):
        if not file.resolve().is_relative_to(loader.folder.resolve()):
            problem = f"!include {pattern} leaves the template"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        for value in _documents_of(file, loader.folder, loader.included + 1):
            found += value if isinstance(value, list) else [value]
    return found


def _documents_of(file: Path, folder: Path, included: int) -> list[Json]:
    name = str(file.relative_to(folder))
    try:
        return _values(file.read_text(encoding="utf-8"), name, 1, folder, included)
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise _no_yaml(error, name, 1) from error


def _no_yaml(error: Exception, file: str, first_line: int) -> TemplateError:
    mark = getattr(error, "problem_mark", None)
    line = first_line + (mark.line if mark else 0)
    problem = getattr(error, "problem", None) or (str(error) or "too large for this machine").splitlines()[0]
    return error_of(Fault(file, line, "format", f"not valid YAML: {problem}", f"put it right in {file}, line {line}"))


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
_Loader.add_constructor("!include", _include)


def load(text: str, *, file: str, first_line: int = 1) -> Json:
    """The value of one YAML document; mappings are LinedDicts. Raises TemplateError naming `file:line`."""
    documents = load_all(text, file=file, first_line=first_line)
    return documents[0] if documents else None


def load_all(text: str, *, file: str, first_line: int = 1, folder: Path | None = None) -> list[Json]:
    """The values of all documents in `text`. Raises TemplateError naming `file:line`.

    With `folder`, `!include PATTERN` is the list of the documents in the files of that folder.
    """
    try:
        with bounded():
            return _values(text, file, first_line, folder, 0)
    except (yaml.YAMLError, OSError, ValueError, RecursionError, MemoryError, TooMuchError) as error:
        raise _no_yaml(error, file, first_line) from error


def trouble_in(text: str) -> tuple[int, str] | None:
    """The line that is no YAML, and why; None for good YAML, whatever its tags, and for what is too large to judge.

    No value is ever made of it.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        with bounded():
            _refuse_bombs(text)
            for node in yaml.compose_all(text, Loader=_Fast):
                _refuse_doubled(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return (mark.line + 1 if mark else 1), getattr(error, "problem", None) or str(error).splitlines()[0]
    except (OSError, ValueError, RecursionError, MemoryError, TooMuchError):
        return None
    return None


def _refuse_doubled(tree: yaml.Node) -> None:
    """Raise ConstructorError for a key that stands twice in a mapping: programs refuse it, or take the last."""
    waiting: list[yaml.Node] = [tree]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        pairs = node.value if isinstance(node, yaml.MappingNode) else [(each, each) for each in node.value]
        waiting += [value for _, value in pairs]
        keys: set[tuple[str, str]] = set()
        for key in [key for key, _ in pairs if isinstance(key, yaml.ScalarNode) and isinstance(node, yaml.MappingNode)]:
            if (key.tag, key.value) in keys and key.value != "<<":
                raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` stands there twice", key.start_mark)
            keys.add((key.tag, key.value))


def _values(text: str, file: str, first_line: int, folder: Path | None, included: int) -> list[Json]:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"longer than {MOST_CHARACTERS:,} characters")
    _refuse_bombs(text)
    loader = _Loader(text)
    loader.file, loader.first_line, loader.folder, loader.included = file, first_line, folder, included
    values: list[Json] = []
    while loader.check_data():
        values.append(loader.get_data())
    return values


def _refuse_bombs(text: str) -> None:
    """libyaml builds values by recursion in C, which ends the whole process when they are nested too deep.

    Aliases cost nothing while a document is read, and everything when its values are walked over.
    """
    counts, anchors, sizes = [0], [""], dict[str, int]()
    for event in yaml.parse(text, Loader=_Fast):
        if isinstance(event, yaml.CollectionStartEvent):
            counts.append(1)
            anchors.append(event.anchor or "")
        elif isinstance(event, yaml.CollectionEndEvent):
            size = counts.pop()
            sizes[anchors.pop()] = size
            counts[-1] += size
        elif isinstance(event, yaml.AliasEvent):
            counts[-1] += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.ScalarEvent):
            counts[-1] += 1
        if len(counts) > MOST_NESTED + 1:
            raise ValueError(f"nested deeper than {MOST_NESTED}")
        if counts[-1] > MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES:,} values")
