"""`goldenpath prod up | status | alerts | down | reset`: production on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.cli.options import Json, NoInput, Yes
from goldenpath.cli.production_words import age, tell_alert, tell_services
from goldenpath.cli.session import Session

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.lower_production import Lowered
    from goldenpath.flows.raise_production import Raised
    from goldenpath.flows.tell_production import Alert, ProductionStatus


def up(json: Json = False) -> None:
    """Start production on this machine, and wait until each part answers.

    What runs already is left alone. Ports are chosen once and remembered; all of them are on 127.0.0.1.
    """
    from goldenpath.flows.raise_production import raise_production

    session = Session("prod up", json)
    session.show(session.screen.follow(raise_production(session.settings)), _show_up)


def _show_up(screen: Screen, raised: Raised) -> None:
    for part in raised.moved:
        screen.note(("note: ", "warn"), f"somebody else has the port of {part}; it has another one now")
    for service in raised.refused_rules:
        screen.note(
            ("warning: ", "warn"), f"Prometheus can't read the alert rules of {service}; put them right, and deploy"
        )
    for service in raised.unready:
        screen.note(("warning: ", "warn"), f"{service} does not get ready; see: goldenpath prod logs {service}")
    for part in raised.missing:
        screen.line(("? ", "warn"), f"{part} is not on this machine")
    if raised.missing:
        screen.line("  it watches the services; install it: ", (raised.install, "command"))
        screen.line("  then again: ", ("goldenpath prod up", "command"))
    screen.line(("✓ ", "good"), "production is up", (f"  {raised.seconds:.1f} s", "faint"))
    screen.line("  dashboard  ", (f"http://127.0.0.1:{raised.ports['edge']}/", "command"))
    screen.line("  names      ", (f"dig @127.0.0.1 -p {raised.ports['dns']} NAME.prod.test", "command"))
    screen.line("  zone       ", (f"git clone {raised.zone_repository} zone", "command"))
    screen.line("next: ", ("goldenpath prod deploy", "command"), ", in a project that is committed")


def status(json: Json = False) -> None:
    """Show what runs in production, what is deployed, and what is wrong."""
    from goldenpath.flows.tell_production import tell_production

    session = Session("prod status", json)
    session.show(tell_production(session.settings), _show_status)


def _show_status(screen: Screen, found: ProductionStatus) -> None:
    if not any(part.address for part in found.parts):
        screen.line("Production was never up here. Start it: ", ("goldenpath prod up", "command"))
        return
    screen.table(
        ["part", "state", "address", "up for"],
        [[part.name, part.state, part.address, age(part.uptime_s)] for part in found.parts],
    )
    if found.services:
        screen.line("")
        tell_services(screen, found.services)
    screen.line("")
    for alert in found.alerts:
        tell_alert(screen, alert)
    if not found.is_watched:
        screen.line(("? ", "warn"), "alerts are unknown: Prometheus can't be asked")
    if not found.is_up:
        screen.line(("✗ ", "bad"), "production is not up. Start it: ", ("goldenpath prod up", "command"))
    else:
        screen.line("dashboard: ", (found.dashboard, "command"))


def alerts(json: Json = False) -> None:
    """List the alerts that fire or are about to."""
    from goldenpath.flows.tell_production import tell_alerts

    session = Session("prod alerts", json)
    session.show(tell_alerts(session.settings), _show_alerts)


def _show_alerts(screen: Screen, found: tuple[Alert, ...]) -> None:
    for alert in found:
        tell_alert(screen, alert)
    if not found:
        screen.line(("✓ ", "good"), "no alert fires")


def down(json: Json = False) -> None:
    """Stop production: the parts, the services, and all that they started.

    What is deployed is remembered, and comes back with `prod up`.
    """
    from goldenpath.flows.lower_production import lower_production

    session = Session("prod down", json)
    session.show(session.screen.follow(lower_production(session.settings)), _show_down)


def reset(yes: Yes = False, no_input: NoInput = False, json: Json = False) -> None:
    """Stop production, and forget it: what was deployed, every release, metric and log."""
    from goldenpath.flows.lower_production import reset_production

    session = Session("prod reset", json, no_input)
    question = "Forget everything that is deployed, with its data and metrics?"
    if not session.confirm(question, is_yes=yes):
        session.screen.note("nothing was forgotten")
        return
    session.show(session.screen.follow(reset_production(session.settings)), _show_down)


def _show_down(screen: Screen, lowered: Lowered) -> None:
    what = f"{len(lowered.programs)} programs ended" if lowered.programs else "nothing of it ran"
    screen.line(("✓ ", "good"), f"production is down: {what}")
    if lowered.is_forgotten:
        screen.line(("✓ ", "good"), "what was deployed is forgotten")
    screen.line("next: ", ("goldenpath prod up", "command"), " starts it again")
