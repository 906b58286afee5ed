"""Reading a mapping that somebody wrote by hand: typed values, and faults that name the file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault, at_once
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from goldenpath.core.faults import Sink
    from goldenpath.core.model import Json


class LinedDict(dict[str, "Json"]):
    """A mapping that knows on which line of which file it begins, and the line of each of its keys."""

    file: str = ""
    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of `key`, or of the mapping when it lacks the key."""
        return self.lines.get(key, self.line or 1)


class Unreadable(LinedDict):
    """Stands for a value that could not be read. That is a fault already; what it lacks is none."""


class Reader:
    """Typed access to one mapping of a file.

    What is wrong goes to `sink`. The usual one raises TemplateError naming `file:line`; with one that returns, every
    method goes on with an empty value of its type.
    """

    def __init__(self, value: Json, *, file: str, line: int, what: str, sink: Sink = at_once) -> None:
        self.file, self.line, self.what, self.sink = file, line, what, sink
        if isinstance(value, LinedDict):
            self.file, self.line = value.file or file, value.line or line
        self._is_void = isinstance(value, Unreadable) or not isinstance(value, dict)
        self.value: dict[str, Json] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.refuse("", f"must be a mapping of keys to values, and is {_kind(value)}")

    def refuse(self, key: str, problem: str, hint: str = "", *, rule: str = "format") -> None:
        """Tell the sink about `key` (or, when empty, about the whole mapping)."""
        line = self.value.line_of(key) if key and isinstance(self.value, LinedDict) else self.line
        name = f"{self.what}: `{key}`" if key else self.what
        way = hint or f"put it right in {self.file}, line {line}"
        self.sink(Fault(self.file, line, rule, f"{name} {problem}", way))

    def only(self, known: Collection[str]) -> None:
        """Refuse keys that are not known."""
        for key in self.value:
            if key not in known:
                self.refuse(key, "is not a known key", did_you_mean(key, known), rule="unknown-key")

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required when there is no default."""
        if not self._has(key, is_required=default is None):
            return default or ""
        value = self.value[key]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.refuse(key, f"must be text, and is {_kind(value)}")
            return default or ""
        return str(value)

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number that is not negative."""
        if not self._has(key, is_required=default is None):
            return default or 0
        value = self.value[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.refuse(key, f"must be a whole number, and is {value!r}")
            return default or 0
        return value

    def number(self, key: str, default: float) -> float:
        """A number that is not negative."""
        value = self.value.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self.refuse(key, f"must be a number, and is {value!r}")
            return default
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, f"must be true or false, and is {value!r}")
            return default
        return value

    def items(self, key: str) -> list[Json]:
        """A list; an absent one is empty."""
        value = self.value.get(key, [])
        if isinstance(value, list):
            return value
        if not isinstance(value, Unreadable):
            self.refuse(key, f"must be a list, and is {_kind(value)}")
        return []

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; an absent one is empty."""
        return tuple(self.words(self.items(key), key))

    def words(self, value: Json, key: str) -> list[str]:
        """`value` as a list of strings."""
        if not isinstance(value, list) or any(isinstance(item, dict | list | None) for item in value):
            self.refuse(key, "must be a list of words, like [uv, run, pytest]")
            return []
        return [str(item) for item in value]

    def texts_by_name(self, key: str) -> dict[str, str]:
        """A mapping of names to strings that say something; an absent one is empty."""
        value = self.value.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, f"must be a mapping of names to text, and is {_kind(value)}")
            return {}
        below = Reader(value, file=self.file, line=self.line, what=f"{self.what}, `{key}`", sink=self.sink)
        for name, item in value.items():
            if isinstance(item, str) and not item.strip():
                below.refuse(name, "says nothing")
        return {name: text for name in value if (text := below.text(name).strip())}

    def _has(self, key: str, *, is_required: bool) -> bool:
        if key not in self.value and is_required and not self._is_void:
            self.refuse("", f"lacks `{key}`")
        return key in self.value


def _kind(value: Json) -> str:
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", type(None): "empty"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")
