"""The nouns of production on one machine: its parts, what is deployed there, and where each listens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.deploy_file import DeployFile

ZONE = "prod.test"
"""The zone of production's names: RFC 6761 keeps `test` from ever being anybody's."""

EDGE, DNS, PROMETHEUS, ALERTMANAGER = "edge", "dns", "prometheus", "alertmanager"
PARTS = (DNS, PROMETHEUS, ALERTMANAGER, EDGE)
"""What runs beside the services, in the order in which it is started."""
WATCHING = (PROMETHEUS, ALERTMANAGER)
"""The parts that are found on the machine, and may be missing there."""
SLOTS = ("blue", "green")
JOB_SLOT, STATIC_SLOT = "job", "static"
"""A job has one slot, and no port; what is static has no process at all."""
KEPT_RELEASES = 3
"""How many releases of a service stay on disk, the live one included."""


@dataclass(frozen=True, slots=True)
class Release:
    """One build of a service: its folder's name, the commit that it was made of, and its deploy.toml."""

    id: str
    commit: str
    file: DeployFile
    deployed_at: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What is deployed under a name: its project, its ports, the live release with its slot, and earlier ones.

    `releases` are those that went live, newest first; the first is live unless `slot` is empty.
    """

    name: str
    project: str
    root: str
    ports: Mapping[str, int]
    slot: str = ""
    releases: tuple[Release, ...] = ()

    @property
    def live(self) -> Release | None:
        """The release that gets the traffic; None before the first one."""
        return self.releases[0] if self.releases else None

    @property
    def address(self) -> int:
        """The port at which the edge serves it, whatever its slot."""
        return self.ports["address"]

    @property
    def free_slot(self) -> str:
        """The slot that gets no traffic."""
        return next(slot for slot in SLOTS if slot != self.slot)

    @property
    def program(self) -> str:
        """The supervisor's program of the live release; empty when it has none."""
        return program_of(self.name, self.slot) if self.slot not in {"", STATIC_SLOT} else ""


@dataclass(frozen=True, slots=True)
class Production:
    """All that is remembered of production: ports chosen once, and what is deployed."""

    ports: Mapping[str, int] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """The names that the zone gives to services: `playlist-api.prod.test` to `playlist-api`."""

    def with_service(self, service: Service) -> Production:
        """The same, with a service in its present state."""
        return replace(self, services={**self.services, service.name: service})

    def without_service(self, name: str) -> Production:
        """The same, without a service."""
        return replace(self, services={key: value for key, value in self.services.items() if key != name})


def program_of(service: str, slot: str) -> str:
    """What the supervisor calls a service in a slot; a service can't have the name of a part."""
    return f"{service}.{slot}"
