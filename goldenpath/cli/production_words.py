"""How commands about production put things: ages and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.flows.tell_production import Alert, ServiceStatus

_WIDEST = 26
"""What is wider pushes the rest of its line to the right."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def age(seconds: int) -> str:
    """A duration in its largest unit; empty for none."""
    return next((f"{seconds // size} {unit}" for size, unit in _UNITS if seconds >= size), "")


def tell_alert(screen: Screen, alert: Alert) -> None:
    """An alert on a line of the result."""
    style = "bad" if alert.state == "firing" else "warn"
    who = f"{alert.name} of {alert.service}" if alert.service else alert.name
    says = f": {alert.summary}" if alert.summary else ""
    screen.line(("! ", style), (visible_line(who), "strong"), visible_line(f" is {alert.state}{says}"))


def tell_services(screen: Screen, services: Sequence[ServiceStatus]) -> None:
    """Services, each with its addresses on lines of their own: no terminal is too narrow to copy one whole."""
    rows = [("service", "state", "commit", "up for")]
    rows += [(each.name, each.state, each.commit[:10], age(each.uptime_s)) for each in services]
    name, state, commit = (min(_WIDEST, max(len(row[column]) for row in rows)) for column in range(3))
    lines = [f"{row[0]:<{name}}  {row[1]:<{state}}  {row[2]:<{commit}}  {row[3]}".rstrip() for row in rows]
    screen.line((lines[0], "strong"))
    for line, each in zip(lines[1:], services, strict=True):
        screen.line(line)
        if each.url:
            screen.line("  at ", (each.url, "command"))
        for number, own in enumerate(each.names):
            screen.line("     " if number else "  as ", own)
