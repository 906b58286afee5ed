"""Jinja over answers: prose, check values, what questions compute. The only file that knows Jinja2."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.bounds import TooMuchError, bounded, modest
from goldenpath.adapters.patterns import FILTERS, over_short_texts
from goldenpath.core.errors import TemplateError, TooSlowError
from goldenpath.core.faults import Fault, error_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.runtime import Context
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

    `extensions` are imported: give those of a trusted template only. They find its files in `template`.
    """

    options: Mapping[str, Json] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    destination: PurePath | None = None
    template: PurePath | None = None


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

    try:
        with bounded():
            return _expanded(environment, text, values, where, refused or {})
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        TooMuchError,
        TypeError,
        ValueError,
    ) as error:
        kind = TooSlowError if isinstance(error, TooMuchError) else TemplateError
        raise kind(
            f"{where}: Jinja: {error or 'too large for this machine'}",
            hint="the names that can be used are those of the template's questions",
        ) from error


def syntax_of(text: str, dialect: Dialect | None, *, file: str) -> tuple[Any, set[str]]:
    """The syntax tree of a text that nobody renders, and the names that nothing in it sets.

    Without a dialect the text is one of path.md or of a solution. Raises TemplateError naming the line.
    """
    import jinja2
    from jinja2 import meta

    environment = _environment_of(dialect, file) if dialect else _strict()
    try:
        with bounded():
            tree = environment.parse(text)
            tree.set_environment(_tolerant(environment))
            return tree, meta.find_undeclared_variables(tree)
    except TooMuchError as error:
        raise TooSlowError(f"{file}: Jinja: {error}", hint="tell the template's owner") from error
    except (jinja2.TemplateSyntaxError, MemoryError, RecursionError) as error:
        problem = f"Jinja: {getattr(error, 'message', '') or 'too large for this machine'}"
        fix = "see https://jinja.palletsprojects.com/templates, and write {% raw %} around braces that are to stay"
        raise error_of(Fault(file, getattr(error, "lineno", 1), "jinja-syntax", problem, fix)) from error


def filters_and_tests(dialect: Dialect | None) -> tuple[set[str], set[str]]:
    """The names of the filters and of the tests that a text in this dialect may use."""
    environment = _environment_of(dialect, "copier.yml") if dialect else _strict()
    return set(environment.filters), set(environment.tests)


class _Anything(dict[str, Any]):
    """Filters or tests with one for every name: whether there is one is not asked here."""

    def get(self, key: str, _default: Any = None) -> Any:
        return super().get(key, str)


def _tolerant(environment: SandboxedEnvironment) -> SandboxedEnvironment:
    overlay: SandboxedEnvironment = environment.overlay()
    overlay.filters, overlay.tests = _Anything(environment.filters), _Anything(environment.tests)
    return overlay


def _expanded(
    environment: SandboxedEnvironment,
    text: str,
    values: Mapping[str, object],
    where: str,
    refused: Mapping[str, str],
) -> str:
    template, undeclared = _compiled(environment, text)
    for name in sorted(undeclared & refused.keys()):
        raise TemplateError(f"{where}: `{name}` is not known here", hint=refused[name])
    rendered: str = template.render(dict(values))
    return rendered


@lru_cache(maxsize=512)
def _compiled(environment: SandboxedEnvironment, text: str) -> tuple[Any, set[str]]:
    """What renders a text, and the names that it doesn't set; the same texts are rendered over many answers."""
    from jinja2 import meta

    return environment.from_string(text), meta.find_undeclared_variables(environment.parse(text))


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

    return _sandbox()(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)


def _environment_of(dialect: Dialect, where: str) -> SandboxedEnvironment:
    try:
        template = dialect.template if dialect.extensions else None
        return _environment(tuple(sorted(dialect.options.items())), dialect.extensions, template)
    except (ImportError, AttributeError, KeyError, TypeError, ValueError, AssertionError) as error:
        raise TemplateError(
            f"{where}: Jinja as the template wants it: {error}",
            hint="look at _envops and _jinja_extensions in copier.yml; extensions are installed beside goldenpath",
        ) from error


@lru_cache(maxsize=1)
def _sandbox() -> type[SandboxedEnvironment]:
    from jinja2.sandbox import SandboxedEnvironment

    class Sandbox(SandboxedEnvironment):
        """As Copier's: a path must not lead to the modules behind it. And no expression makes something enormous."""

        intercepted_binops = frozenset({"*", "**"})

        def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
            return not (isinstance(obj, PurePath) and attr == "parser") and super().is_safe_attribute(obj, attr, value)

        def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
            modest(operator, left, right)
            return super().call_binop(context, operator, left, right)

    return Sandbox


@lru_cache(maxsize=8)
def _environment(
    options: tuple[tuple[str, Any], ...], extensions: tuple[str, ...], template: PurePath | None
) -> SandboxedEnvironment:
    import jinja2

    kinds = {"jinja2.Undefined": jinja2.Undefined, "jinja2.StrictUndefined": jinja2.StrictUndefined}
    wanted = {"keep_trailing_newline": True, "undefined": "jinja2.Undefined", **dict(options)}
    undefined = kinds[wanted.pop("undefined")]
    brought = ("jinja2_ansible_filters.AnsibleCoreFiltersExtension", *extensions)
    loader = jinja2.FileSystemLoader(template) if template else None
    environment = _sandbox()(loader=loader, extensions=brought, undefined=undefined, **wanted)
    environment.globals["pathjoin"] = _pathjoin
    environment.filters.update({name: over_short_texts(environment.filters[name]) for name in FILTERS})
    return environment


def _pathjoin(*parts: str, mode: str = "posix") -> str:
    return str(_PATHS[mode](*parts))
