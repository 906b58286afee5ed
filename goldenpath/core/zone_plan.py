"""What would change in production's zone, or has changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """One name's values of one type. `action` is create, update or delete; TTLs are seconds, 0 where there is none."""

    action: str
    name: str
    type: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    ttl: int
    ttl_before: int


@dataclass(frozen=True, slots=True)
class ZonePlan:
    """The way from the zone that is served to the one that is wanted.

    `existing` counts what is served: sets of values, without those that are the server's own. `unsafe` says why
    octoDNS refuses the plan; it is empty when it does not.
    """

    changes: tuple[ZoneChange, ...]
    existing: int
    unsafe: str
