"""`prod dns plan | apply`: what a change to the zone's file would do to production's names, and doing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters import zone_plans
from goldenpath.adapters.nameserver import asking
from goldenpath.adapters.production import keeping, supervisor
from goldenpath.core.production import DNS, ZONE
from goldenpath.flows.write_production import tell_edge
from goldenpath.flows.zone_repository import zones_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.production import Production
    from goldenpath.core.zone_plan import ZonePlan

NAME_SERVER = f"ns.{ZONE}"
"""The name server's own name, which leads to this machine and to no service."""


@dataclass(frozen=True, slots=True)
class ZoneReport:
    """A plan, of the file in `folder` (empty: of the merged one), and what the served names lead to.

    `names` maps those that lead to a deployed service to it; `idle` are those that lead to this machine, and to none.
    """

    plan: ZonePlan
    folder: str
    is_applied: bool
    names: dict[str, str]
    idle: tuple[str, ...]


def plan_zone(settings: Settings, folder: Path | None) -> Generator[str, None, ZoneReport]:
    """What the zone's file in a checkout, or the merged one, would change. Nothing is changed.

    Raises MachineError when production is not up, and what octoDNS says of a file that it can't read.
    """
    production = _up(settings)
    yield "planning with octoDNS"
    with zones_of(settings, folder) as zones:
        found = zone_plans.plan(zones, production.ports[DNS], key_file(settings))
    return _report(found, production, folder=str(folder) if folder else "")


def apply_zone(settings: Settings, *, is_forced: bool = False) -> Generator[str, None, ZoneReport]:
    """Bring the merged zone to the name server, and let the edge route by its names.

    Raises ChecksFailedError when octoDNS refuses the plan as unsafe; then nothing is changed.
    """
    yield from keeping.waiting(settings.production)
    with keeping.locked(settings.production):
        production = _up(settings)
        yield "planning and applying with octoDNS"
        with zones_of(settings, None) as zones:
            done = zone_plans.apply(zones, production.ports[DNS], key_file(settings), is_forced=is_forced)
        after = replace(production, names=asking.services(production.ports[DNS], ZONE))
        keeping.write(settings.production, after)
        tell_edge(settings.production, after)
    return _report(done, after, is_applied=True)


def key_file(settings: Settings) -> Path:
    """Where the key is that changes the zone."""
    return settings.production / "dns" / "tsig.key"


def _report(plan: ZonePlan, production: Production, *, folder: str = "", is_applied: bool = False) -> ZoneReport:
    names = {name: service for name, service in production.names.items() if service in production.services}
    idle = tuple(name for name in production.names if name not in names and name != NAME_SERVER)
    return ZoneReport(plan, folder, is_applied, names, idle)


def _up(settings: Settings) -> Production:
    supervisor.require_up(settings.production)
    return keeping.read(settings.production)
