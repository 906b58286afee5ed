"""Reading a mapping that somebody wrote by hand: typed values, and errors that name the file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from goldenpath.core.model import Json


class LinedDict(dict[str, "Json"]):
    """A mapping that knows on which line of its file it begins, and each of its keys."""

    line: int = 1
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line of `key`, or of the mapping when it lacks the key."""
        return self.lines.get(key, self.line)


class Reader:
    """Typed access to one mapping of a file. Every method raises TemplateError naming `file:line`."""

    def __init__(self, value: Json, *, file: str, line: int, what: str) -> None:
        self.file, self.what = file, what
        self.line = value.line if isinstance(value, LinedDict) else line
        if not isinstance(value, dict):
            raise self.wrong("", f"must be a mapping of keys to values, and is {_kind(value)}")
        self.value = value

    def wrong(self, key: str, problem: str, hint: str = "") -> TemplateError:
        """The error to raise about `key` (or, when empty, about the whole mapping)."""
        line = self.value.line_of(key) if key and isinstance(self.value, LinedDict) else self.line
        name = f"{self.what}: `{key}`" if key else self.what
        return TemplateError(
            f"{self.file}:{line}: {name} {problem}", hint=hint or f"put it right in {self.file}, line {line}"
        )

    def only(self, known: Collection[str]) -> None:
        """Refuse keys that are not known."""
        for key in self.value:
            if key not in known:
                raise self.wrong(key, "is not a known key", did_you_mean(key, known))

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required when there is no default."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong(key, f"must be text, and is {_kind(value)}")
        return str(value)

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number that is not negative."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(key, f"must be a whole number, and is {value!r}")
        return value

    def number(self, key: str, default: float) -> float:
        """A number that is not negative."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise self.wrong(key, f"must be a number, and is {value!r}")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, and is {value!r}")
        return value

    def items(self, key: str) -> list[Json]:
        """A list; an absent one is empty."""
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, f"must be a list, and is {_kind(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; an absent one is empty."""
        return tuple(self.words(self.items(key), key))

    def words(self, value: Json, key: str) -> list[str]:
        """`value` as a list of strings."""
        if not isinstance(value, list) or any(isinstance(item, dict | list | None) for item in value):
            raise self.wrong(key, "must be a list of words, like [uv, run, pytest]")
        return [str(item) for item in value]

    def _get(self, key: str, default: Json) -> Json:
        if key in self.value:
            return self.value[key]
        if default is None:
            raise self.wrong("", f"lacks `{key}`")
        return default


def _kind(value: Json) -> str:
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", type(None): "empty"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")
