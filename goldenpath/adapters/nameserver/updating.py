"""What an UPDATE asks for and makes of a zone: RFC 2136, sections 3.2 and 3.4, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import dns.wire
from dns.rcode import FORMERR, NOTAUTH, NOTZONE, NXDOMAIN, NXRRSET, REFUSED, YXDOMAIN, YXRRSET
from dns.rdataclass import ANY, IN, NONE
from dns.rdataset import Rdataset
from dns.rdatatype import AAAA, CNAME, NS, SOA, A, is_metatype, is_singleton
from dns.rdatatype import ANY as EVERY

from goldenpath.adapters.nameserver.zone import UNSERVED, RefusedError, Sets, Zone, content, serial_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dns.name import Name
    from dns.rdata import Rdata
    from dns.rdataclass import RdataClass
    from dns.rdatatype import RdataType
    from dns.rrset import RRset
    from dns.update import UpdateMessage


class _Record(NamedTuple):
    """One record of a request, with the class and TTL that stood in it."""

    name: Name
    kind: RdataType
    means: RdataClass
    ttl: int
    value: Rdata | None


def updated(zone: Zone, update: UpdateMessage) -> Zone:
    """The zone after the update; the same one when it changes nothing. Raises RefusedError."""
    if len(update.zone) != 1:
        raise RefusedError(FORMERR)
    if update.zone[0].name != zone.origin or update.zone[0].rdclass != IN:
        raise RefusedError(NOTAUTH)
    ttls = list(_ttls(update.wire or b""))
    asked, wanted = (_records(each, ttls) for each in (update.prerequisite, update.update))
    _ask(zone, asked)
    _scan(zone, wanted)
    sets = dict(zone.sets)
    for record in wanted:
        _STEPS[record.means](zone.origin, sets, record)
    if content(sets) == content(zone.sets):
        return zone
    _see_servers(zone.origin, sets)
    if sets[zone.origin, SOA][0] == zone.soa:
        following = (serial_of(zone.soa) + 1).value or 1  # some take 0 for none
        _start(zone.origin, sets, zone.soa.replace(serial=following), sets[zone.origin, SOA].ttl)
    return zone_of(zone.origin, sets)


def _ttls(wire: bytes) -> Iterator[int]:
    """The TTLs of prerequisites and updates in their order: dnspython keeps none where there is no value."""
    parser = dns.wire.Parser(wire, 4)
    zones, prerequisites, updates, _ = parser.get_struct("!HHHH")
    for _ in range(zones):
        parser.get_name(decompress=True)
        parser.get_struct("!HH")
    for _ in range(prerequisites + updates):
        parser.get_name(decompress=True)
        *_, ttl, length = parser.get_struct("!HHIH")
        parser.get_bytes(length)
        yield ttl


def _records(section: list[RRset], ttls: list[int]) -> list[_Record]:
    """A section's records; it takes their TTLs from the front of `ttls`."""
    own, ttls[:] = ttls[: len(section)], ttls[len(section) :]
    return [
        _Record(
            each.name,
            each.rdtype,
            each.rdclass if each.deleting is None else each.deleting,
            ttl,
            next(iter(each), None),
        )
        for each, ttl in zip(section, own, strict=True)
    ]


def _ask(zone: Zone, asked: list[_Record]) -> None:
    """RFC 2136, 3.2.5."""
    exact: dict[tuple[Name, RdataType], set[Rdata]] = {}
    for record in asked:
        if record.ttl != 0:
            raise RefusedError(FORMERR)
        if not record.name.is_subdomain(zone.origin):
            raise RefusedError(NOTZONE)
        if record.means in {ANY, NONE}:
            _ask_whether(zone, record)
        elif record.means == IN and record.value is not None and not is_metatype(record.kind):
            exact.setdefault((record.name, record.kind), set()).add(record.value)
        else:
            raise RefusedError(FORMERR)
    if any(set(zone.sets.get(key, ())) != values for key, values in exact.items()):
        raise RefusedError(NXRRSET)


def _ask_whether(zone: Zone, record: _Record) -> None:
    """Whether a name is in use, or has records of a type; or is not and has not."""
    is_about_name = record.kind == EVERY
    if not is_about_name and is_metatype(record.kind):
        raise RefusedError(FORMERR)
    is_there = bool(zone.at.get(record.name)) if is_about_name else (record.name, record.kind) in zone.sets
    if record.means == ANY and not is_there:
        raise RefusedError(NXDOMAIN if is_about_name else NXRRSET)
    if record.means == NONE and is_there:
        raise RefusedError(YXDOMAIN if is_about_name else YXRRSET)


def _scan(zone: Zone, wanted: list[_Record]) -> None:
    """RFC 2136, 3.4.1.3."""
    for record in wanted:
        if not record.name.is_subdomain(zone.origin):
            raise RefusedError(NOTZONE)
        is_delete = record.means in {ANY, NONE}
        if (record.means != IN and not is_delete) or (is_delete and record.ttl != 0):
            raise RefusedError(FORMERR)
        if is_metatype(record.kind) and not (record.means == ANY and record.kind == EVERY):
            raise RefusedError(FORMERR)
        if record.means != ANY and record.value is None:
            raise RefusedError(FORMERR)
        if record.means == IN and record.kind in UNSERVED:
            raise RefusedError(REFUSED)


def _add(origin: Name, sets: Sets, record: _Record) -> None:
    """RFC 2136, 3.4.2.2. A record that is there already brings its TTL, which is that of all its set."""
    name, kind, value = record.name, record.kind, cast("Rdata", record.value)
    ttl = record.ttl if record.ttl < 2**31 else 0  # RFC 2181, section 8
    if kind == SOA:
        if name == origin and serial_of(value) > serial_of(sets[origin, SOA][0]):
            _start(origin, sets, value, ttl)
        return
    others = {each for owner, each in sets if owner == name} - {kind}
    if others if kind == CNAME else CNAME in others:
        return
    before = () if is_singleton(kind) else tuple(sets.get((name, kind), ()))
    sets[name, kind] = _set_of(kind, ttl, *(each for each in before if each != value), value)


def _start(origin: Name, sets: Sets, soa: Rdata, ttl: int) -> None:
    sets[origin, SOA] = _set_of(SOA, ttl, soa)


def _set_of(kind: RdataType, ttl: int, *values: Rdata) -> Rdataset:
    records = Rdataset(IN, kind, ttl=ttl)
    for each in values:
        records.add(each)
    return records


def _delete_sets(origin: Name, sets: Sets, record: _Record) -> None:
    """RFC 2136, 3.4.2.3: all of a name, or of one type; never the apex's SOA and NS."""
    for name, kind in [*sets]:
        is_kept = name == origin and kind in {SOA, NS}
        if name == record.name and record.kind in {kind, EVERY} and not is_kept:
            del sets[name, kind]


def _delete_record(origin: Name, sets: Sets, record: _Record) -> None:
    """RFC 2136, 3.4.2.4: one record; never the SOA, nor the last NS of the apex."""
    before = sets.get((record.name, record.kind))
    if before is None or record.value not in before or record.kind == SOA:
        return
    left = [each for each in before if each != record.value]
    if left:
        sets[record.name, record.kind] = _set_of(record.kind, before.ttl, *left)
    elif (record.name, record.kind) != (origin, NS):
        del sets[record.name, record.kind]


_STEPS = {IN: _add, ANY: _delete_sets, NONE: _delete_record}


def _see_servers(origin: Name, sets: Sets) -> None:
    """Every server of the zone that is named in it keeps an address, as BIND holds it, too. Raises RefusedError."""
    for each in sets[origin, NS]:
        target = cast("Name", each.target)
        if target.is_subdomain(origin) and not ((target, A) in sets or (target, AAAA) in sets):
            raise RefusedError(REFUSED)
