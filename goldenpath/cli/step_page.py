"""A step as a page on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.model import Step

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.open_walk import Walk


def show_step(screen: Screen, walk: Walk, wanted: str | None, *, is_paged: bool) -> None:
    """Show one step (the current one when none is wanted) as readable Markdown."""
    step = walk.step(wanted)
    screen.markdown(page_of(walk, step), is_paged=is_paged)


def page_of(walk: Walk, step: Step) -> str:
    """The step's page: where it stands on the path, its prose, and whom to ask."""
    place = f"*Step {walk.number(step.id)} of {len(walk.steps)} · about {step.minutes} min · `{step.id}`*"
    network = " · needs the network" if step.needs_network else ""
    owner = f" ({step.owner or walk.path.owner})"
    return f"## {step.title}\n\n{place}{network}\n\n{step.body}\n\n*Stuck? Ask in {walk.path.support}{owner}.*"
