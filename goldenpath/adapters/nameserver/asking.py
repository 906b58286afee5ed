"""What production's name server says: it is asked itself, and never the system's resolver."""

from __future__ import annotations

from typing import Any

HOST = "127.0.0.1"
_PATIENCE_S = 5.0


def ask(port: int, name: str, kind: str, timeout_s: float) -> tuple[str, ...]:
    """The values that the server at `port` gives for a name, aliases followed; none when it has no such record.

    Raises OSError when it does not answer or does not answer that, ValueError when name or type can't be asked for.
    """
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode
    from dns.rdatatype import RdataType

    try:
        asked = RdataType.make(kind.upper())
        query = dns.message.make_query(name, asked, flags=0)
    except dns.exception.DNSException as error:
        raise ValueError(f"{name} {kind} can't be asked for: {error}") from error
    try:
        response = dns.query.tcp(query, HOST, timeout=timeout_s, port=port)  # who is not there is known at once
    except (dns.exception.DNSException, EOFError) as error:
        raise OSError(f"no answer from {HOST}:{port}: {error or type(error).__name__}") from error
    if response.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        raise OSError(f"{HOST}:{port} answers {dns.rcode.to_text(response.rcode())} for {name}")
    return tuple(sorted(each.to_text() for found in response.answer if found.rdtype == asked for each in found))


def is_installed() -> bool:
    """Whether dnspython is among our libraries."""
    from importlib.util import find_spec

    return find_spec("dns") is not None


def services(port: int, zone: str) -> dict[str, str]:
    """The names of the zone that lead to this machine, aliases followed, and the first label of where each leads.

    Raises OSError when the server does not transfer its zone (RFC 5936).
    """
    import dns.exception
    import dns.query
    import dns.xfr
    import dns.zone

    found = dns.zone.Zone(zone)
    try:
        dns.query.inbound_xfr(HOST, found, port=port, timeout=_PATIENCE_S)
    except (dns.exception.DNSException, EOFError) as error:
        raise OSError(f"{HOST}:{port} does not transfer {zone}: {error or type(error).__name__}") from error
    leading: dict[str, str] = {}
    for name in found:
        end = _end_of(found, name)
        if end is not None and HOST in {each.to_text() for each in found.find_rdataset(end, "A")}:
            leading[f"{name}.{zone}"] = end.labels[0].decode()
    return leading


def _end_of(zone: Any, name: Any) -> Any:
    """Where a name leads in the zone when aliases are followed; None when that has no address."""
    seen: set[Any] = set()
    while name is not None and name not in seen:
        seen.add(name)
        alias = zone.get_rdataset(name, "CNAME")
        if alias is None:
            return name if name.labels and zone.get_rdataset(name, "A") else None
        name = alias[0].target.relativize(zone.origin)
    return None
