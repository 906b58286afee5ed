"""YAML, read safely and with line numbers. The only file that knows PyYAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from goldenpath.core.errors import TemplateError
from goldenpath.core.mappings import LinedDict

if TYPE_CHECKING:
    from goldenpath.core.model import Json


_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times faster, same values."""


MOST_NESTED = 50
"""How deep the collections of a document may be nested."""


class _Loader(_Fast):  # type: ignore[misc]
    first_line = 1


def _mapping(loader: _Loader, node: yaml.MappingNode) -> LinedDict:
    result = LinedDict()
    result.line = node.start_mark.line + loader.first_line
    result.lines = {}
    for key_node, value_node in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            message = "merge keys (<<) are not supported"
            raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else str(loader.construct_object(key_node))
        if key in result:
            raise yaml.constructor.ConstructorError(None, None, f"`{key}` stands there twice", key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
        result.lines[key] = key_node.start_mark.line + loader.first_line
    return result


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)


def load(text: str, *, file: str, first_line: int = 1) -> Json:
    """The value of one YAML document; mappings are LinedDicts. Raises TemplateError naming `file:line`."""
    documents = load_all(text, file=file, first_line=first_line)
    return documents[0] if documents else None


def load_all(text: str, *, file: str, first_line: int = 1) -> list[Json]:
    """The values of all documents in `text`. Raises TemplateError naming `file:line`."""
    try:
        _refuse_depth(text)
        loader = _Loader(text)
        loader.first_line = first_line
        values: list[Json] = []
        while loader.check_data():
            values.append(loader.get_data())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise TemplateError(
            f"{file}:{line}: not valid YAML: {problem}", hint=f"put it right in {file}, line {line}"
        ) from error
    return values


def _refuse_depth(text: str) -> None:
    """libyaml builds values by recursion in C, which ends the whole process when they are nested too deep."""
    depth = 0
    for event in yaml.parse(text, Loader=_Fast):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_NESTED:
            raise ValueError(f"nested deeper than {MOST_NESTED}")
