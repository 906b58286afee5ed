"""What checks about production share: whether it is up, and the part that they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.production import edge, keeping, supervisor, watching
from goldenpath.checks.verdict import blind, unknown, verdict
from goldenpath.core.model import Finding
from goldenpath.core.production import DNS, EDGE, PROMETHEUS

if TYPE_CHECKING:
    from goldenpath.checks.world import World
    from goldenpath.core.production import Production, Service

_IDENTITY = ".goldenpath.toml"
_PATIENCE_S = 5.0
UP = "start it: goldenpath prod up"
INSTALL = f"install them: {supervisor.INSTALL}"


def production_of(world: World, expected: str) -> Production | Finding:
    """Production as it is remembered, when it is up; else what the check finds instead."""
    if not supervisor.is_installed() or not edge.program():
        return unknown(expected, "the parts of production are not installed", INSTALL)
    if not supervisor.is_up(world.production):
        return blind(expected=expected, found=f"production is not up; {UP}")
    return keeping.read(world.production)


def prometheus_of(world: World, expected: str) -> int | Finding:
    """The port of Prometheus, when it is there; else what the check finds instead."""
    production = production_of(world, expected)
    if isinstance(production, Finding):
        return production
    if PROMETHEUS in production.ports:
        return production.ports[PROMETHEUS]
    if watching.program(PROMETHEUS):
        return blind(expected=expected, found=f"Prometheus is installed since then, and not started; {UP}")
    install = f"{watching.how_to_install()}, then: goldenpath prod up"
    return unknown(expected, "this machine has no Prometheus", install)


def own_service(world: World, expected: str) -> Service | Finding:
    """What is deployed of the project, whatever its name; else what the check finds instead."""
    import tomllib

    try:
        project = tomllib.loads((world.root / _IDENTITY).read_text(encoding="utf-8")).get("id")
    except (OSError, ValueError, RecursionError) as error:
        return blind(expected=expected, found=f"{_IDENTITY} can't be read: {error}")
    services = keeping.read(world.production).services.values()
    found = next((each for each in services if each.live and each.project == project), None)
    return found or verdict(holds=False, expected=expected, found="nothing of this project is deployed")


def by_name(world: World, host: str, expected: str) -> str | Finding:
    """The address and port at which production's edge answers for a name of its zone; else what is found instead."""
    from goldenpath.adapters.nameserver.asking import ask

    production = production_of(world, expected)
    if isinstance(production, Finding):
        return production
    try:
        addresses = ask(production.ports[DNS], host, "A", _PATIENCE_S)
    except ImportError:
        return unknown(expected, "dnspython is not installed", INSTALL)
    except OSError as error:
        return blind(expected=expected, found=f"production's name server does not answer: {error}")
    if not addresses:
        return blind(expected=expected, found=f"production's zone has no address for {host}")
    return f"{addresses[0]}:{production.ports[EDGE]}"
