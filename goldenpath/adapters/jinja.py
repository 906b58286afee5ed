"""Jinja over answers: prose, check values, what questions compute. The only file that knows Jinja2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.sandbox import SandboxedEnvironment

    from goldenpath.core.model import Json


def render(text: str, values: Mapping[str, Json], *, where: str) -> str:
    """`text` with its expressions evaluated over `values`, strictly. Raises TemplateError naming `where`."""
    if "{" not in text:
        return text
    return _evaluate(_environment(strict=True), text, values, where)


def render_loosely(text: str, values: Mapping[str, Json], *, where: str) -> str:
    """As `render`, with Copier's own extensions and with undefined names empty, as Copier's questions have them."""
    if "{" not in text:
        return text
    return _evaluate(_environment(strict=False), text, values, where)


def _evaluate(environment: SandboxedEnvironment, text: str, values: Mapping[str, Json], where: str) -> str:
    import jinja2

    try:
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


def _environment(*, strict: bool) -> SandboxedEnvironment:
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    if strict:
        return SandboxedEnvironment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return SandboxedEnvironment(
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"], keep_trailing_newline=True
    )
