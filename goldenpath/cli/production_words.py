"""How commands about production put things: ages and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.tell_production import Alert

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def age(seconds: int) -> str:
    """A duration in its largest unit; empty for none."""
    return next((f"{seconds // size} {unit}" for size, unit in _UNITS if seconds >= size), "")


def tell_alert(screen: Screen, alert: Alert) -> None:
    """An alert on a line of the result."""
    style = "bad" if alert.state == "firing" else "warn"
    of = f" of {alert.service}" if alert.service else ""
    screen.line(("! ", style), (f"{alert.name}{of}", "strong"), f" is {alert.state}: {alert.summary}")
