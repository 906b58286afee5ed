"""The zone: what its names have, and its master file (RFC 1035, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.rdataset
import dns.zone
from dns.rdatatype import DNAME, NONE, NS, NSEC, NSEC3, RRSIG, SOA
from dns.serial import Serial

from goldenpath.adapters.durable import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from dns.name import Name
    from dns.rcode import Rcode
    from dns.rdataset import Rdataset
    from dns.rdatatype import RdataType

Sets = dict[tuple["Name", "RdataType"], "Rdataset"]

UNSERVED = frozenset({DNAME, NSEC, NSEC3, RRSIG})
"""Types whose records change the answers to other questions, in ways that this server does not know."""

_FIRST = """\
$ORIGIN {zone}
@ 60 IN SOA ns hostmaster 1 3600 600 604800 60
@ 60 IN NS ns
ns 60 IN A 127.0.0.1
"""


class RefusedError(Exception):
    """The server does not do what it was asked for; the response code says why."""

    def __init__(self, rcode: Rcode) -> None:
        super().__init__(rcode.name)
        self.rcode = rcode


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone holds at one moment. `sets` is never changed; a changed zone is another one."""

    origin: Name
    sets: Mapping[tuple[Name, RdataType], Rdataset]
    at: Mapping[Name, tuple[Rdataset, ...]]
    """Every name that exists with what it has: nothing, for one that only has names below it (RFC 4592, 2.2.2)."""

    def get(self, name: Name, kind: RdataType) -> Rdataset | None:
        """The records of one type at a name."""
        return self.sets.get((name, kind))

    @property
    def soa(self) -> Any:
        """The apex's SOA record."""
        return self.sets[self.origin, SOA][0]

    @property
    def negative_ttl(self) -> int:
        """For how many seconds it may be remembered that something is not there (RFC 2308, section 3)."""
        minimum: int = self.soa.minimum
        return min(self.sets[self.origin, SOA].ttl, minimum)

    def is_cut(self, name: Name) -> bool:
        """Whether the zone delegates `name` to another server."""
        return name != self.origin and (name, NS) in self.sets


def zone_of(origin: Name, sets: Sets) -> Zone:
    """The zone that holds `sets`."""
    at: dict[Name, tuple[Rdataset, ...]] = {}
    for (name, _), records in sets.items():
        at[name] = (*at.get(name, ()), records)
        above = name
        while above != origin and (above := above.parent()) not in at:
            at[above] = ()
    return Zone(origin, sets, at)


def parsed(text: str, origin: Name, file: str) -> Zone:
    """The zone in a master file's text. Raises ValueError that names the file and, where it is known, the line."""
    try:
        read = dns.zone.from_text(text, origin, relativize=False, filename=file)
    except (dns.exception.DNSException, ValueError, KeyError) as error:
        where = "" if file in str(error) else f"{file}: "
        raise ValueError(f"{where}{str(error) or type(error).__name__}") from error
    sets: Sets = {}
    for name, records in read.iterate_rdatasets():
        if records.rdtype in UNSERVED or records.covers != NONE:
            raise ValueError(f"{file}: {name} has a {records.rdtype.name} record, which this server can't serve")
        sets[name, records.rdtype] = records
    return zone_of(origin, sets)


def text_of(zone: Zone) -> str:
    """The master file of a zone, in canonical order."""
    lines = [zone.sets[zone.origin, SOA].to_text(zone.origin)]
    for name in sorted(zone.at):
        lines += [each.to_text(name) for each in sorted(zone.at[name], key=_kind) if each.rdtype != SOA]
    return "\n".join([*lines, ""])


def kept_zone(file: Path, origin: Name) -> Zone:
    """The zone in `file`, made when there is none. Raises OSError, and ValueError when it can't be read."""
    for left in file.parent.glob(f".{file.name}-*"):  # writing was killed
        left.unlink(missing_ok=True)
    try:
        return parsed(file.read_text(encoding="utf-8"), origin, str(file))
    except FileNotFoundError:
        first = parsed(_FIRST.format(zone=origin), origin, str(file))
        keep_zone(file, first)
        return first


def keep_zone(file: Path, zone: Zone) -> None:
    """Write the zone so that the file is whole at every moment. Raises OSError, and ValueError when it would not be
    read back as it is.
    """
    text = text_of(zone)
    if content(parsed(text, zone.origin, file.name).sets) != content(zone.sets):
        raise ValueError("the zone can't be written as a master file")
    write_whole(file, text)


def content(
    sets: Mapping[tuple[Name, RdataType], Rdataset],
) -> dict[tuple[Name, RdataType], tuple[int, frozenset[str]]]:
    """What can be compared: `Rdataset` takes two with other TTLs for equal, and names of another case for the same."""
    return {key: (each.ttl, frozenset(_texts(each))) for key, each in sets.items()}


def _texts(records: Rdataset) -> Iterable[str]:
    return (each.to_text() for each in records)


def _kind(records: Rdataset) -> int:
    return int(records.rdtype)


def serial_of(soa: Any) -> Serial:
    """The serial of an SOA record, with the arithmetic of RFC 1982."""
    return Serial(soa.serial)
