"""What a Jinja text says as it is: its data, and the strings in its expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import syntax_of

if TYPE_CHECKING:
    from goldenpath.adapters.jinja import Dialect


def literals_of(text: str, dialect: Dialect, *, file: str) -> tuple[str, ...]:
    """Everything that Jinja hands through: what stands outside of tags, in `raw`, and between quotes.

    Raises TemplateError for what Jinja can't read.
    """
    environment = syntax_of(text, dialect, file=file)[0].environment
    return tuple(_plain(kind, value) for _, kind, value in environment.lex(text) if kind in {"data", "string"})


def _plain(kind: str, value: str) -> str:
    return value[1:-1].replace("\\n", "\n") if kind == "string" else value


_USUAL = {"variable": ("{{", "}}"), "block": ("{%", "%}"), "comment": ("{#", "#}")}


def signs_of(dialect: Dialect) -> dict[str, tuple[str, str]]:
    """How a `variable`, a `block` and a `comment` of the dialect begin and end."""
    options = dialect.options
    return {
        name: (
            str(options.get(f"{name}_start_string", usual[0])),
            str(options.get(f"{name}_end_string", usual[1])),
        )
        for name, usual in _USUAL.items()
    }
