"""Jinja over answers: prose, check values, what questions compute. The only file that knows Jinja2."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.sandbox import SandboxedEnvironment

    from goldenpath.core.model import Json

ANSWERS_FILE = ".copier-answers.yml"
"""The name under which every project keeps its answers, whatever the template calls the file."""

_UNFOLLOWED = frozenset({"_copier_answers", "_external_data"})
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_PATHS = {"posix": PurePosixPath, "windows": PureWindowsPath, "native": PurePath}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a template's questions may use beside their names: Jinja options and extensions, and the project's folder.

    `extensions` are imported: give those of a trusted template only.
    """

    options: Mapping[str, Json] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    destination: PurePath | None = None


COPIER = Dialect()
"""The dialect of a template that changes nothing."""


def render(text: str, values: Mapping[str, Json], *, where: str) -> str:
    """`text` with its expressions evaluated over `values`, strictly. Raises TemplateError naming `where`."""
    if "{" not in text:
        return text
    return _evaluate(_strict(), text, values, where)


def render_loosely(text: str, values: Mapping[str, Json], *, where: str, dialect: Dialect = COPIER) -> str:
    """As `render`, in the dialect of a template's questions, with undefined names empty, as Copier has them."""
    if "{" not in text and not dialect.options:
        return text
    return _evaluate(
        _environment_of(dialect, where), text, {**values, **_names(dialect)}, where, refused=_refused(dialect)
    )


def _evaluate(
    environment: SandboxedEnvironment,
    text: str,
    values: Mapping[str, object],
    where: str,
    *,
    refused: Mapping[str, str] | None = None,
) -> str:
    import jinja2
    from jinja2 import meta

    try:
        unfollowed = meta.find_undeclared_variables(environment.parse(text)) & (refused or {}).keys()
        for name in sorted(unfollowed):
            raise TemplateError(f"{where}: `{name}` is not known here", hint=(refused or {})[name])
        return environment.from_string(text).render(dict(values))
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise TemplateError(
            f"{where}: Jinja: {error}",
            hint="the names that can be used are those of the template's questions",
        ) from error


def _refused(dialect: Dialect) -> dict[str, str]:
    hints = dict.fromkeys(_UNFOLLOWED, "a question that uses it can only be started with plain `copier copy`")
    if dialect.destination is None:
        hints["_folder_name"] = "name the project's folder: goldenpath start PATH FOLDER"
    return hints


def _names(dialect: Dialect) -> dict[str, object]:
    import jinja2

    class Settings(dict[str, object]):
        """Copier's settings that are the same for a start; any other is an error, never an empty text."""

        def __missing__(self, key: str) -> object:
            raise jinja2.TemplateRuntimeError(f"`_copier_conf.{key}` is not known here; name the folder, or do without")

    known = Settings(answers_file=PurePath(ANSWERS_FILE), sep=os.sep, os=_SYSTEMS.get(sys.platform))
    names: dict[str, object] = {"_copier_conf": known, "_copier_python": sys.executable, "_copier_phase": "prompt"}
    if dialect.destination is not None:
        known["dst_path"] = dialect.destination
        names["_folder_name"] = dialect.destination.name
    return names


@lru_cache(maxsize=1)
def _strict() -> SandboxedEnvironment:
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)


def _environment_of(dialect: Dialect, where: str) -> SandboxedEnvironment:
    try:
        return _environment(tuple(sorted(dialect.options.items())), dialect.extensions)
    except (ImportError, AttributeError, KeyError, TypeError, ValueError, AssertionError) as error:
        raise TemplateError(
            f"{where}: Jinja as the template wants it: {error}",
            hint="look at _envops and _jinja_extensions in copier.yml; extensions are installed beside goldenpath",
        ) from error


@lru_cache(maxsize=8)
def _environment(options: tuple[tuple[str, Any], ...], extensions: tuple[str, ...]) -> SandboxedEnvironment:
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    class Sandbox(SandboxedEnvironment):
        """As Copier's: a path must not lead to the modules behind it."""

        def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
            return not (isinstance(obj, PurePath) and attr == "parser") and super().is_safe_attribute(obj, attr, value)

    kinds = {"jinja2.Undefined": jinja2.Undefined, "jinja2.StrictUndefined": jinja2.StrictUndefined}
    wanted = {"keep_trailing_newline": True, "undefined": "jinja2.Undefined", **dict(options)}
    undefined = kinds[wanted.pop("undefined")]
    brought = ("jinja2_ansible_filters.AnsibleCoreFiltersExtension", *extensions)
    environment = Sandbox(extensions=brought, undefined=undefined, **wanted)
    environment.globals["pathjoin"] = _pathjoin
    return environment


def _pathjoin(*parts: str, mode: str = "posix") -> str:
    return str(_PATHS[mode](*parts))
