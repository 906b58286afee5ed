"""A PromQL query has a value that satisfies a comparison."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING

from goldenpath.adapters.production import watching
from goldenpath.checks.standing import prometheus_of
from goldenpath.checks.verdict import blind, option, verdict, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"satisfies"})
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_COMPARISON = re.compile(r"(==|!=|>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")


def look(check: Check, world: World) -> Finding:
    """Ask Prometheus; one series that satisfies is enough. Unknown when this machine has no Prometheus."""
    expression, wanted = option(check, "metric"), option(check, "satisfies")
    compare, limit = _comparison(check, "satisfies") if wanted else (None, 0.0)
    expected = f"{expression} {wanted or 'has a value'}"
    port = prometheus_of(world, expected)
    if not isinstance(port, int):
        return port
    try:
        values = [value for _, value in watching.query(port, expression)]
    except OSError as error:
        return blind(expected=expected, found=f"Prometheus does not answer: {error}")
    except ValueError as error:
        raise wrong(check, f"Prometheus can't read {expression!r}: {error}") from error
    if not values:
        return verdict(holds=False, expected=expected, found="Prometheus has no such value")
    said = ", ".join(f"{value:g}" for value in values[:5])
    holds = compare is None or any(compare(value, limit) for value in values)
    return verdict(holds=holds, expected=expected, found=f"it is {said}")


def _comparison(check: Check, key: str) -> tuple[Callable[[float, float], bool], float]:
    found = _COMPARISON.fullmatch(option(check, key).strip())
    if found is None:
        raise wrong(check, f"`{key}` is no comparison with a number, like `> 0`")
    return _COMPARISONS[found[1]], float(found[2])


READS: Mapping[str, Read] = {"satisfies": _comparison}
