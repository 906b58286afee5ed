"""Our name server answers what BIND answers, as `dig` shows it."""

from __future__ import annotations

import dns.query
import dns.rcode
import dns.update
import dns.xfr
import dns.zone
import pytest

from goldenpath.adapters.nameserver.asking import ask
from tests.production.nameservers import ZONE, NameServer, dig, free_port, send

QUESTIONS = [
    "www.prod.test A",
    "www.prod.test AAAA",
    "WwW.PROD.test A",
    "mixed.prod.test A",
    "nowhere.prod.test A",
    "nowhere.prod.test SOA",
    "a.b.nowhere.prod.test TXT",
    "prod.test SOA",
    "prod.test NS",
    "prod.test MX",
    "prod.test TXT",
    "prod.test CAA",
    "prod.test A",
    "prod.test DS",
    "ns.prod.test AAAA",
    "one.prod.test A",
    "one.prod.test CNAME",
    "one.prod.test TXT",
    "broken.prod.test A",
    "outside.prod.test A",
    "loop.prod.test CNAME",
    "toward.prod.test A",
    "any.wild.prod.test A",
    "two.any.wild.prod.test TXT",
    "any.wild.prod.test MX",
    "wild.prod.test A",
    "*.wild.prod.test A",
    "real.wild.prod.test A",
    "below.real.wild.prod.test A",
    "any.alias.prod.test A",
    "in.it.prod.test A",
    "it.prod.test A",
    "deep.in.it.prod.test A",
    "child.prod.test NS",
    "child.prod.test A",
    "child.prod.test DS",
    "www.child.prod.test A",
    "ns.child.prod.test A",
    "_sip._tcp.prod.test SRV",
    "text.prod.test TXT",
    "odd\\.name.prod.test A",
    "unknown.prod.test TYPE65280",
    "www.prod.test TYPE65281",
    "short.prod.test A",
    "example.com A",
    "test A",
    ". NS",
    "notprod.test A",
    "www.prod.test CH A",
    "prod.test ANY +tcp",
    "one.prod.test ANY +tcp",
    "nowhere.prod.test ANY +tcp",
    "www.prod.test A +norec",
    "www.prod.test A +noedns",
    "www.prod.test A +dnssec",
    "www.prod.test A +bufsize=100",
    "www.prod.test A +edns=1 +noednsneg",
    "www.prod.test A +tcp",
    "middle.prod.test TXT +noedns +ignore",
    "middle.prod.test TXT +noedns",
    "middle.prod.test TXT +bufsize=600 +ignore",
    "middle.prod.test TXT +bufsize=1232 +ignore",
    "large.prod.test TXT +bufsize=1232 +ignore",
    "large.prod.test TXT +bufsize=4096 +ignore",
    "large.prod.test TXT",
    "many.prod.test TXT +bufsize=512 +ignore",
    "many.prod.test TXT +tcp",
    "prod.test AXFR",
    "www.prod.test AXFR",
    "example.com AXFR",
    "prod.test IXFR=1 +tcp",
    "www.prod.test A +header-only",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_answers_as_bind_does(question: str, two_nameservers: tuple[NameServer, NameServer]) -> None:
    own, oracle = (dig(server, *question.split()) for server in two_nameservers)
    assert own == oracle
    assert "status: " in own or "in soa" in own or "failed" in own


@pytest.mark.parametrize("opcode", ["notify", "status", "reserved3", "reserved15"])
def test_other_requests_are_not_implemented(opcode: str, our_nameserver: NameServer) -> None:
    shown = dig(our_nameserver, ZONE, f"+opcode={opcode.removeprefix('reserved')}")
    assert f"opcode: {opcode}, status: notimp" in shown


def test_it_begins_with_a_zone_of_its_own(our_nameserver: NameServer) -> None:
    assert "ns.prod.test. 60 in a 127.0.0.1" in dig(our_nameserver, "ns.prod.test")
    assert "prod.test. 60 in ns ns.prod.test." in dig(our_nameserver, ZONE, "NS")
    modes = {each.name: each.stat().st_mode & 0o777 for each in our_nameserver.folder.iterdir()}
    assert modes.pop("log")
    assert modes == {"prod.test.zone": 0o600, "tsig.key": 0o600, "lock": 0o600}


def test_a_signed_transfer_of_a_large_zone_comes_in_several_messages(our_nameserver: NameServer) -> None:
    update = dns.update.UpdateMessage(ZONE)
    for number in range(300):
        update.add(f"n{number}", 60, "TXT", f'"{number}{"x" * 100}"')
    assert send(our_nameserver, update).rcode() == dns.rcode.NOERROR
    shown = dig(our_nameserver, ZONE, "AXFR", "-k", str(our_nameserver.folder / "tsig.key"))
    assert shown.count(" any tsig hmac-sha256. ") == 3
    assert "failed" not in shown
    zone = dns.zone.Zone(ZONE, relativize=False)
    query, _ = dns.xfr.make_query(zone, keyring=our_nameserver.key)
    dns.query.inbound_xfr("127.0.0.1", zone, query, port=our_nameserver.port)
    assert len(zone.nodes) == 302


ASKED: dict[tuple[str, str], tuple[str, ...]] = {
    ("www.prod.test", "A"): ("127.0.0.3", "127.0.0.4"),
    ("WWW.prod.test.", "a"): ("127.0.0.3", "127.0.0.4"),
    ("one.prod.test", "A"): ("127.0.0.3", "127.0.0.4"),
    ("one.prod.test", "CNAME"): ("two.prod.test.",),
    ("www.prod.test", "AAAA"): (),
    ("nowhere.prod.test", "A"): (),
    ("broken.prod.test", "A"): (),
    ("any.wild.prod.test", "TXT"): ('"a wildcard"',),
}


@pytest.mark.parametrize(("asked", "values"), ASKED.items())
def test_asking_gives_values_or_none(
    asked: tuple[str, str], values: tuple[str, ...], two_nameservers: tuple[NameServer, NameServer]
) -> None:
    assert [ask(each.port, *asked, timeout_s=5) for each in two_nameservers] == [values, values]


def test_who_does_not_answer_is_no_empty_answer(two_nameservers: tuple[NameServer, NameServer]) -> None:
    for server in two_nameservers:
        with pytest.raises(OSError, match=r"REFUSED for www\.example\.com"):
            ask(server.port, "www.example.com", "A", 5)
    with pytest.raises(OSError, match="refused"):
        ask(free_port(), "www.prod.test", "A", 5)


@pytest.mark.parametrize("words", [("a..b", "A"), ("x" * 64, "A"), ("www.prod.test", "NONSENSE")])
def test_what_can_not_be_asked_for_is_said(words: tuple[str, str], our_nameserver: NameServer) -> None:
    with pytest.raises(ValueError, match="can't be asked for"):
        ask(our_nameserver.port, *words, timeout_s=5)
