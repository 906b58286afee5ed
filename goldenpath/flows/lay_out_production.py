"""Where everything in production listens: ports are remembered, but for those that somebody else has taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters.production import ports
from goldenpath.core.production import EDGE, SLOTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from goldenpath.core.production import Production, Service

ADDRESS = "address"
"""The port at which the edge serves a service."""


def lay_out(before: Production, programs: Collection[str], running: Collection[str]) -> Production:
    """Production with a free port for everything. What runs keeps its own. Raises OSError when there is none left."""
    used = {*before.ports.values(), *(port for each in before.services.values() for port in each.ports.values())}
    production = replace(before, ports=_ports(before.ports, programs, set(running), used))
    for service in before.services.values():
        production = production.with_service(with_ports(service, running, used))
    return production


def with_ports(service: Service, running: Collection[str], used: Collection[int]) -> Service:
    """The service with ports that it can have: at the edge, and for each slot."""
    busy = {service.slot} if service.program in running else set()
    if EDGE in running and service.live:
        busy.add(ADDRESS)
    return replace(service, ports=_ports(service.ports, (ADDRESS, *SLOTS), busy, used))


def _ports(
    known: Mapping[str, int], wanted: Collection[str], busy: Collection[str], used: Collection[int]
) -> dict[str, int]:
    """A port for each name that is wanted: the known one where its own program has it, or nobody has."""
    kept = {name: known[name] for name in wanted if name in known and (name in busy or ports.is_free(known[name]))}
    missing = [name for name in wanted if name not in kept]
    chosen = ports.free_ports(len(missing), avoided=frozenset(used))
    return {**kept, **dict(zip(missing, chosen, strict=True))}
