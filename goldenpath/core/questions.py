"""A template's questions, as copier.yml writes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.core.faults import at_once
from goldenpath.core.mappings import LinedDict, Reader
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.core.faults import Sink
    from goldenpath.core.model import Json

FILE = "copier.yml"
TYPES = ("bool", "float", "int", "json", "path", "str", "yaml")

_ADDED_UP = ("_exclude", "_jinja_extensions", "_secret_questions", "_skip_if_exists")
"""The settings of which every document of a copier.yml adds to those of the documents before it."""

QUESTION_KEYS = frozenset(
    {
        *("type", "help", "choices", "multiselect", "default", "multiline", "placeholder"),
        *("qmark", "secret", "validator", "when", "use_shortcuts", "ask"),
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a copier.yml. `default`, `choices`, `when`, `help` and `validator` may be Jinja."""

    name: str
    type: str
    help: str
    default: Json
    choices: Json
    when: Json
    validator: str
    placeholder: str
    is_multiselect: bool
    is_multiline: bool
    is_secret: bool
    has_default: bool


def parse_questions(documents: Iterable[Json], *, sink: Sink = at_once) -> tuple[tuple[Question, ...], dict[str, Json]]:
    """The questions, and the settings (keys that begin with `_`). Raises TemplateError unless `sink` goes on."""
    merged: dict[str, Json] = {}
    readers: dict[str, Reader] = {}
    for document in flat(documents):
        reader = Reader(document, file=FILE, line=1, what=FILE, sink=sink)
        for key, value in reader.value.items():
            merged[key] = [*_list(merged.get(key)), *_list(value)] if key in _ADDED_UP else value
            readers[key] = reader
    settings = {key: value for key, value in merged.items() if key.startswith("_")}
    secret = _list(settings.get("_secret_questions"))
    questions = [_question(name, merged[name], readers[name]) for name in merged if name not in settings]
    return tuple(replace(each, is_secret=each.is_secret or each.name in secret) for each in questions), settings


def flat(values: Iterable[Json]) -> Iterator[Json]:
    """The documents of copier.yml, those of an `!include` among them."""
    for value in values:
        if isinstance(value, list):
            yield from flat(value)
        elif value:
            yield value


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _question(name: str, written: Json, file: Reader) -> Question:
    value: dict[str, Json] = written if isinstance(written, dict) else {"default": written}
    line = file.value.line_of(name) if isinstance(file.value, LinedDict) else file.line
    reader = Reader(value, file=file.file, line=line, what=f"question `{name}`", sink=file.sink)
    reader.only(QUESTION_KEYS)
    default = value.get("default")
    kind = reader.text("type", _type_of(default))
    if kind not in TYPES:
        reader.refuse("type", f"is {kind!r}", did_you_mean(kind, TYPES))
    return Question(
        name=name,
        type=kind,
        help=reader.text("help", ""),
        default=default,
        choices=value.get("choices"),
        when=value.get("when", True),
        validator=reader.text("validator", ""),
        placeholder=reader.text("placeholder", ""),
        is_multiselect=reader.flag("multiselect", default=False),
        is_multiline=value.get("multiline") not in (None, False),
        is_secret=reader.flag("secret", default=False),
        has_default="default" in value,
    )


def _type_of(default: Json) -> str:
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int | float):
        return "int" if isinstance(default, int) else "float"
    return "str" if isinstance(default, str) else "yaml"
