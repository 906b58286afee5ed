"""What the zone answers to a question: RFC 1034 (4.3.2), 2308 (negative answers), 4592 (wildcards), 5936 (AXFR)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import dns.name
import dns.rrset
from dns.flags import AA
from dns.rcode import NOTAUTH, NXDOMAIN, REFUSED
from dns.rdataclass import IN
from dns.rdatatype import AAAA, ANY, AXFR, CNAME, DS, IXFR, NS, SOA, A

from goldenpath.adapters.nameserver.zone import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dns.message import Message
    from dns.name import Name
    from dns.rdataset import Rdataset
    from dns.rdatatype import RdataType
    from dns.rrset import RRset

    from goldenpath.adapters.nameserver.zone import Zone

_STAR = dns.name.Name(["*"])
MOST_LINKS = 16
"""How many aliases are followed."""
_MESSAGE_BYTES = 16_000
"""About how much of a transfer goes into one message."""


def answer(zone: Zone, response: Message) -> None:
    """Fill in the response to its own one question."""
    question = response.question[0]
    if question.rdclass != IN or not question.name.is_subdomain(zone.origin):
        response.set_rcode(REFUSED)
        return
    response.flags |= AA
    name = question.name
    seen: set[Name] = set()
    while len(seen) < MOST_LINKS and name not in seen and name.is_subdomain(zone.origin):
        seen.add(name)
        target = _answer_one(zone, response, name, question.rdtype)
        if target is None:
            return
        name = target


def _answer_one(zone: Zone, response: Message, name: Name, kind: RdataType) -> Name | None:
    """Answer for one name of a chain; the next name when it is an alias."""
    cut = _cut_above(zone, name, kind)
    if cut is not None:
        _refer(zone, response, cut)
        return None
    owner = name if name in zone.at else _wildcard(zone, name)
    found = zone.at.get(owner)
    if found is None:
        response.set_rcode(NXDOMAIN)
        response.authority.append(_negative(zone))
        return None
    fitting = [each for each in found if kind in {each.rdtype, ANY}]
    response.answer += [_named(name, each) for each in fitting]
    if kind == NS and fitting:
        _add_addresses(zone, response, response.answer[-1])
    alias = zone.get(owner, CNAME)
    if fitting or alias is None:
        response.authority += [] if fitting else [_negative(zone)]
        return None
    response.answer.append(_named(name, alias))
    return _target(alias[0])


def _cut_above(zone: Zone, name: Name, kind: RdataType) -> Name | None:
    """The highest name, at or above this one, that the zone delegates; its DS stays here (RFC 4035, 3.1.4.1)."""
    labels = len(zone.origin.labels)
    above = (name.split(depth)[1] for depth in range(labels + 1, len(name.labels) + 1))
    return next((each for each in above if zone.is_cut(each) and (each, kind) != (name, DS)), None)


def _refer(zone: Zone, response: Message, cut: Name) -> None:
    """Say who is to be asked, and where they are when nobody else could tell."""
    if not response.answer:
        response.flags &= ~AA
    servers = _named(cut, zone.sets[cut, NS])
    response.authority.append(servers)
    _add_addresses(zone, response, servers)


def _add_addresses(zone: Zone, response: Message, servers: RRset) -> None:
    for each in servers:
        found = (zone.get(_target(each), kind) for kind in (A, AAAA))
        response.additional += [_named(_target(each), addresses) for addresses in found if addresses]


def _wildcard(zone: Zone, name: Name) -> Name:
    """The name that would stand for one that does not exist: `*` below the closest that does."""
    while name not in zone.at:
        name = name.parent()
    return _STAR.concatenate(name)


def _target(alias_or_server: Any) -> Name:
    return cast("Name", alias_or_server.target)


def _negative(zone: Zone) -> RRset:
    return dns.rrset.from_rdata(zone.origin, zone.negative_ttl, zone.soa)


def _named(name: Name, records: Rdataset) -> RRset:
    named = dns.rrset.RRset(name, IN, records.rdtype)
    for each in records:
        named.add(each, records.ttl)
    return named


def is_transfer(kind: RdataType) -> bool:
    """Whether the whole zone is asked for; a change since a serial is answered with all of it, too (RFC 1995, 4)."""
    return kind in {AXFR, IXFR}


def transfer(zone: Zone, question: RRset) -> Iterator[list[RRset]]:
    """The answer sections of the messages of a transfer. Raises RefusedError for any other name than the zone's."""
    if question.rdclass != IN or question.name != zone.origin:
        raise RefusedError(NOTAUTH)
    start = dns.rrset.from_rdata(zone.origin, zone.sets[zone.origin, SOA].ttl, zone.soa)
    rest = (
        dns.rrset.from_rdata(name, records.ttl, each)
        for name in sorted(zone.at)
        for records in zone.at[name]
        for each in records
        if records.rdtype != SOA
    )
    section, size = [start], 0
    for record in (*rest, start):
        size += len(record.name.to_wire() or b"") + 10 + len(record[0].to_wire() or b"")
        if size > _MESSAGE_BYTES:
            yield section
            section, size = [], 0
        section.append(record)
    yield section
