"""What octoDNS lets in of ours: it names these classes in its configuration, and makes one of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octodns.processor.base import BaseProcessor

if TYPE_CHECKING:
    from octodns.provider.plan import Plan
    from octodns.zone import Zone

SERVER = "ns"
"""The server's own name, which its zone has from the beginning."""


class Seen:
    """What octoDNS has come to: whether the zone file is read, how much is served, and the last plan."""

    is_file_read = False
    existing = 0
    plan: Plan | None = None


class KeptServer(BaseProcessor):  # type: ignore[misc]
    """A zone file that says nothing of the server's own name leaves it as it is, as octoDNS does with the apex's NS."""

    def process_target_zone(self, existing: Zone, **_: Any) -> Zone:
        """The served zone, as it is; the file is right when octoDNS comes to it."""
        Seen.is_file_read = True
        return existing

    def process_source_and_target_zones(self, desired: Zone, existing: Zone, *_: Any, **__: Any) -> tuple[Zone, Zone]:
        """Both zones; the served one without the server's name when the wanted one has nothing there."""
        if not any(record.name == SERVER for record in desired.records):
            for record in [each for each in existing.records if each.name == SERVER]:
                existing.remove_record(record)
        Seen.existing = len(existing.records)
        return desired, existing

    def process_plan(self, plan: Plan | None, **_: Any) -> Plan | None:
        """The plan, as it is, once seen."""
        Seen.plan = plan
        return plan


class Silent:
    """A plan output that prints nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, **_: Any) -> None:
        """Print nothing."""
