"""Processes that render case after case: what said what is wrong renders the next, what is still at it is ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.settings import Limits
from goldenpath.flows.prove_renders import Lane
from tests.unit.adapters.rendering_ground import content, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from goldenpath.adapters.rendering.process import Ordered
    from goldenpath.flows.prove_renders import Rendered

__all__ = ["order"]
LIMITS = Limits(seconds=20, megabytes=50, files=100)
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
TEMPLATE = {
    "copier.yml": "_envops: {undefined: jinja2.StrictUndefined}\nwhat: plain",
    "all.txt.jinja": "{{ what }}\n",
    "undefined.txt.jinja": "{% if what == 'undefined' %}{{ nobody }}{% endif %}",
    "memory.txt.jinja": "{% if what == 'memory' %}{{ 'x' * 10 ** 11 }}{% endif %}",
    "loop.txt.jinja": f"{{% if what == 'loop' %}}{LOOP}{{% endif %}}",
    "{% if what == 'name' %}{{ nobody.name }}{% endif %}": "",
    "recursion.txt.jinja": "{% macro m() %}{{ m() }}{% endmacro %}{% if what == 'recursion' %}{{ m() }}{% endif %}",
}


@pytest.fixture
def render(order: Callable[..., Ordered], tmp_path: Path) -> Iterator[Callable[[str], Rendered]]:
    """Render the template with this as its answer, in a lane that has one process at a time."""
    lane = Lane({"PYTHONHASHSEED": "1"}, LIMITS, 1)
    ordered = order(TEMPLATE)
    seen: list[str] = []

    def begin(what: str) -> Rendered:
        seen.append(what)
        into = tmp_path / "out" / str(len(seen))
        return lane.begin(replace(ordered, answers={"what": what}, into=into, is_traced=True)).result()

    begin.lane = lane  # type: ignore[attr-defined]
    yield begin
    lane.close()


@pytest.mark.parametrize("what", ["undefined", "name", "recursion"])
def test_a_process_that_said_what_is_wrong_renders_the_next_case(render: Callable[[str], Rendered], what: str) -> None:
    before = render("plain")
    assert render(what).error
    after = render("plain")
    assert len(render.lane._workers) == 1  # type: ignore[attr-defined]
    assert content(after.folder) == content(before.folder)
    assert (after.error, after.took) == (None, before.took)


@pytest.mark.parametrize("what", ["memory", "loop"])
def test_a_process_that_is_still_at_it_or_took_all_memory_is_ended(
    render: Callable[[str], Rendered], what: str
) -> None:
    render.lane.limits = replace(LIMITS, seconds=3)  # type: ignore[attr-defined]
    assert render(what).error
    assert render("plain").error is None
    first, second = render.lane._workers  # type: ignore[attr-defined]
    assert "SIGKILL" in first._process.ended()
    assert second.is_free
