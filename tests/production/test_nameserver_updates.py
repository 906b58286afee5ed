"""UPDATE: the same requests make the same zone of ours and of BIND's, and get the same answers; signed ones only."""

from __future__ import annotations

import base64
import re
import socket
import time
from typing import TYPE_CHECKING

import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.tsig
import dns.update
import pytest
from dns.rcode import BADKEY, BADSIG, BADTIME, NOERROR, NOTAUTH, REFUSED

from tests.production.conftest import FULL_ZONE
from tests.production.nameservers import ZONE, NameServer, nsupdate, ours, records, send, serial

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dns.message import Message
    from dns.update import UpdateMessage

CHANGES = {
    "a new name": "update add new.prod.test 60 A 127.0.1.1",
    "a second value brings its TTL": "update add new.prod.test 90 A 127.0.1.2",
    "what is there already": "update add new.prod.test 90 A 127.0.1.2",
    "what is there already, with another TTL": "update add new.prod.test 30 A 127.0.1.2",
    "one value goes": "update delete new.prod.test A 127.0.1.1",
    "a value that is not there": "update delete new.prod.test A 127.0.9.9",
    "a type goes": "update delete new.prod.test A",
    "a name goes": "update delete www.prod.test",
    "a name that is not there": "update delete nobody.prod.test",
    "several at once": "update add x.prod.test 60 A 127.0.1.1\nupdate add y.prod.test 60 TXT \"a\" \"b;c\"",
    "replaced in one": "update delete x.prod.test A\nupdate add x.prod.test 60 A 127.0.1.9",
    "there and back": "update add back.prod.test 60 A 127.0.1.1\nupdate delete back.prod.test A",
    "an alias beside other data": "update add x.prod.test 60 CNAME y.prod.test",
    "other data beside an alias": "update add one.prod.test 60 A 127.0.1.1",
    "another alias": "update add one.prod.test 60 CNAME y.prod.test",
    "an alias in place of data": "update delete x.prod.test\nupdate add x.prod.test 60 CNAME y.prod.test",
    "data in place of an alias": "update delete x.prod.test\nupdate add x.prod.test 60 A 127.0.1.1",
    "all of the apex": "update delete prod.test",
    "the apex's servers": "update delete prod.test NS",
    "the SOA": "update delete prod.test SOA",
    "the last server": "update delete prod.test NS ns.prod.test",
    "a second server": "update add ns2.prod.test 60 A 127.0.1.1\nupdate add prod.test 300 NS ns2.prod.test",
    "the first of two servers": "update delete prod.test NS ns.prod.test",
    "and back": "update add prod.test 300 NS ns.prod.test\nupdate delete prod.test NS ns2.prod.test",
    "the address of the server": "update delete ns.prod.test",
    "one address of two": "update delete ns.prod.test AAAA",
    "a server without address": "update add prod.test 300 NS nowhere.prod.test",
    "a server elsewhere": "update add prod.test 300 NS ns.example.com",
    "an older SOA": "update add prod.test 60 SOA ns hostmaster.prod.test. 2 1 1 1 1",
    "a newer SOA": "update add prod.test 60 SOA ns.prod.test. host.prod.test. 1000 60 61 62 63",
    "an SOA below the apex": "update add x.prod.test 60 SOA ns.prod.test. host.prod.test. 9000 60 61 62 63",
    "outside": "update add www.example.com 60 A 127.0.1.1",
    "inside and outside": "update add inside.prod.test 60 A 127.0.1.1\nupdate add www.example.com 60 A 127.0.1.1",
    "a wildcard": "update add *.star.prod.test 60 A 127.0.1.1",
    "a delegation": "update add team.prod.test 60 NS ns.team.prod.test\nupdate add ns.team.prod.test 60 A 127.0.1.1",
    "an unknown type": "update add y.prod.test 60 TYPE65281 \\# 3 abcdef",
    "other capitals": "update add Y.Prod.Test 60 MX 10 MAIL.prod.test.",
    "name in use": "prereq yxdomain y.prod.test\nupdate add a1.prod.test 60 A 127.0.1.1",
    "name not in use": "prereq yxdomain nobody.prod.test\nupdate add a2.prod.test 60 A 127.0.1.1",
    "name with names below only": "prereq yxdomain in.it.prod.test\nupdate add a3.prod.test 60 A 127.0.1.1",
    "a free name": "prereq nxdomain nobody.prod.test\nupdate add a4.prod.test 60 A 127.0.1.1",
    "no free name": "prereq nxdomain y.prod.test\nupdate add a5.prod.test 60 A 127.0.1.1",
    "type in use": "prereq yxrrset y.prod.test TXT\nupdate add a6.prod.test 60 A 127.0.1.1",
    "type not in use": "prereq yxrrset y.prod.test AAAA\nupdate add a7.prod.test 60 A 127.0.1.1",
    "a free type": "prereq nxrrset y.prod.test AAAA\nupdate add a8.prod.test 60 A 127.0.1.1",
    "no free type": "prereq nxrrset y.prod.test TXT\nupdate add a9.prod.test 60 A 127.0.1.1",
    "exactly this": "prereq yxrrset y.prod.test TXT \"a\" \"b;c\"\nupdate add b1.prod.test 60 A 127.0.1.1",
    "not exactly this": "prereq yxrrset y.prod.test TXT \"a\"\nupdate add b2.prod.test 60 A 127.0.1.1",
    "not all of it": "prereq yxrrset many.prod.test TXT \"0\"\nupdate add b3.prod.test 60 A 127.0.1.1",
    "one right, one wrong": "prereq yxdomain y.prod.test\nprereq nxdomain y.prod.test\nupdate delete y.prod.test",
    "a question about elsewhere": "prereq yxdomain www.example.com\nupdate add b4.prod.test 60 A 127.0.1.1",
    "a question only": "prereq yxdomain y.prod.test",
    "nothing": "",
}  # fmt: skip


def since(server: NameServer, change: Callable[[NameServer], str]) -> tuple[str, int, list[str]]:
    """What was answered, by how much the serial rose, and what the zone is now."""
    before = serial(server)
    said = change(server)
    return said, serial(server) - before, records(server)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_update_does_what_it_does_to_bind(
    change: str, two_changing_nameservers: tuple[NameServer, NameServer]
) -> None:
    own, oracle = (since(server, lambda each: nsupdate(each, change)) for server in two_changing_nameservers)
    assert own == oracle
    assert len(own[2]) > 30


def raw(
    section: str, *, name: str = f"x.{ZONE}", kind: int = 1, rdclass: int = 1, ttl: int = 0, value: bytes = b""
) -> bytes:
    """An update with one record as no client would send it."""
    update = dns.update.UpdateMessage(ZONE, id=7)
    header = update.to_wire()
    owner = dns.name.from_text(name).to_wire() or b""
    counts = {"prerequisite": b"\0\1\0\1\0\0\0\0", "update": b"\0\1\0\0\0\1\0\0"}[section]
    numbers = b"".join((kind.to_bytes(2, "big"), rdclass.to_bytes(2, "big"), ttl.to_bytes(4, "big")))
    record = owner + numbers + len(value).to_bytes(2, "big") + value
    return header[:4] + counts + header[12:] + record


ADDRESS = b"\x7f\0\1\1"
ANY, NONE, CH = 255, 254, 3
WRONG = {
    "a question with a TTL": raw("prerequisite", rdclass=ANY, ttl=1),
    "a question for values with a TTL": raw("prerequisite", ttl=1, value=ADDRESS),
    "a question in another class": raw("prerequisite", rdclass=CH, value=ADDRESS),
    "a question with a value too much": raw("prerequisite", rdclass=ANY, value=ADDRESS),
    "a question without its value": raw("prerequisite"),
    "a delete with a TTL": raw("update", rdclass=ANY, ttl=1),
    "a delete of a value with a TTL": raw("update", rdclass=NONE, ttl=1, value=ADDRESS),
    "a delete with a value too much": raw("update", rdclass=ANY, value=ADDRESS),
    "a delete of any value": raw("update", rdclass=NONE, kind=255, value=ADDRESS),
    "an add of any type": raw("update", kind=255, value=ADDRESS),
    "an add of a transfer": raw("update", kind=252, value=ADDRESS),
    "an add in another class": raw("update", rdclass=CH, value=ADDRESS),
    "an add without a value": raw("update"),
    "an add with half a value": raw("update", value=b"\x7f"),
}


def signed(wire: bytes, key: dns.tsig.Key, seconds: float = 0) -> bytes:
    """The message with a signature of `seconds` ago."""
    unsigned = dns.message.Message(id=7)
    unsigned.use_tsig(key)
    assert unsigned.tsig
    signature, _ = dns.tsig.sign(wire, key, unsigned.tsig[0], int(time.time() - seconds))  # type: ignore[no-untyped-call]
    value: bytes = signature.to_wire()
    owner = key.name.to_wire() or b""
    record = owner + b"\0\xfa\0\xff\0\0\0\0" + len(value).to_bytes(2, "big") + value
    return wire[:11] + bytes([wire[11] + 1]) + wire[12:] + record


def exchange(server: NameServer, wire: bytes) -> Message:
    """The response to what was sent, its own signature aside."""
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection, connection.makefile("rwb") as stream:
        stream.write(len(wire).to_bytes(2, "big") + wire)
        stream.flush()
        return dns.message.from_wire(stream.read(int.from_bytes(stream.read(2), "big")), keyring=False)


@pytest.mark.parametrize("wire", WRONG.values(), ids=WRONG)
def test_a_malformed_update_is_answered_as_bind_answers_it(
    wire: bytes, two_changing_nameservers: tuple[NameServer, NameServer]
) -> None:
    def change(server: NameServer) -> str:
        return dns.rcode.to_text(exchange(server, signed(wire, server.key)).rcode())

    own, oracle = (since(server, change) for server in two_changing_nameservers)
    assert own == oracle
    assert own[0] != "NOTAUTH"


def an_update() -> UpdateMessage:
    """A small one."""
    update = dns.update.UpdateMessage(ZONE)
    update.add("new", 60, "A", "127.0.1.1")
    return update


def test_an_update_that_is_not_signed_is_refused(two_changing_nameservers: tuple[NameServer, NameServer]) -> None:
    own, oracle = (
        since(each, lambda it: str(exchange(it, an_update().to_wire()).rcode())) for each in two_changing_nameservers
    )
    assert own == oracle
    assert own[0] == str(REFUSED)


OTHER_SECRET = base64.b64encode(b"x" * 32).decode()


RIGHT_SECRET = ""
SIGNATURES = {
    "another name": ("other.", RIGHT_SECRET, "hmac-sha256", 0, BADKEY),
    "another algorithm": ("goldenpath.", RIGHT_SECRET, "hmac-sha512", 0, BADKEY),
    "another secret": ("goldenpath.", OTHER_SECRET, "hmac-sha256", 0, BADSIG),
    "too old": ("goldenpath.", RIGHT_SECRET, "hmac-sha256", 900, BADTIME),
    "of tomorrow": ("goldenpath.", RIGHT_SECRET, "hmac-sha256", -900, BADTIME),
    "another secret, too old": ("goldenpath.", OTHER_SECRET, "hmac-sha256", 900, BADSIG),
    "right, though late": ("GoldenPath.", RIGHT_SECRET, "hmac-sha256", 200, NOERROR),
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_is_judged_as_by_bind(
    signature: tuple[str, str, str, int, dns.rcode.Rcode], two_changing_nameservers: tuple[NameServer, NameServer]
) -> None:
    name, secret, algorithm, seconds_ago, error = signature

    def change(server: NameServer) -> str:
        key = dns.tsig.Key(name, secret or server.key.secret, algorithm)
        response = exchange(server, signed(an_update().to_wire(), key, seconds_ago))
        assert response.tsig
        theirs = response.tsig[0]
        return f"{response.rcode()} {theirs.error} {bool(theirs.mac)} {len(theirs.other)}"

    own, oracle = (since(server, change) for server in two_changing_nameservers)
    assert own == oracle
    is_signed, clock_bytes = error in {BADTIME, NOERROR}, 6 if error == BADTIME else 0
    assert own[0] == f"{NOERROR if error == NOERROR else NOTAUTH} {error} {is_signed} {clock_bytes}"


def test_a_wrong_signature_turns_a_question_away_too(our_nameserver: NameServer) -> None:
    query = dns.message.make_query(ZONE, "AXFR")
    query.use_tsig(dns.tsig.Key("goldenpath.", OTHER_SECRET))
    assert exchange(our_nameserver, query.to_wire()).rcode() == NOTAUTH


def test_a_client_verifies_the_response(our_nameserver: NameServer) -> None:
    response = send(our_nameserver, an_update())
    assert response.rcode() == NOERROR
    assert response.had_tsig


def test_a_client_whose_clock_is_wrong_is_told_so(our_nameserver: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() - 900)
    with pytest.raises(dns.tsig.PeerBadTime):
        send(our_nameserver, an_update())


def test_a_serial_rises_past_its_end(tmp_path: Path) -> None:
    with ours(tmp_path / "ours", FULL_ZONE.replace("hostmaster 7", f"hostmaster {2**32 - 2}")) as server:
        serials = []
        for number in range(3):
            update = dns.update.UpdateMessage(ZONE)
            update.add("new", 60, "A", f"127.0.1.{number}")
            assert send(server, update).rcode() == NOERROR
            serials.append(serial(server))
    assert serials == [2**32 - 1, 1, 2]


@pytest.mark.parametrize("kind", ["DNAME", "RRSIG", "NSEC"])
def test_types_that_would_need_more_than_an_answer_are_refused(kind: str, our_nameserver: NameServer) -> None:
    values = {
        "DNAME": "example.com.",
        "RRSIG": "A 13 3 60 20300101000000 20200101000000 1 prod.test. AAAA",
        "NSEC": "a.prod.test. A",
    }
    update = dns.update.UpdateMessage(ZONE)
    update.add("new", 60, kind, values[kind])
    assert send(our_nameserver, update).rcode() == REFUSED
    assert serial(our_nameserver) == 1


def test_a_ttl_that_no_ttl_can_be_is_none(our_nameserver: NameServer) -> None:
    """As RFC 2181, section 8, has it; BIND hands it on."""
    wire = raw("update", ttl=2**32 - 1, value=ADDRESS)
    assert exchange(our_nameserver, signed(wire, our_nameserver.key)).rcode() == NOERROR
    assert "x.prod.test. 0 in a 127.0.1.1" in records(our_nameserver)


def test_each_change_is_one_line(our_nameserver: NameServer) -> None:
    send(our_nameserver, an_update())
    exchange(our_nameserver, an_update().to_wire())
    _, taken, refused = our_nameserver.log.splitlines()
    assert re.fullmatch(r"UPDATE taken from 127\.0\.0\.1:\d+ by goldenpath\.: serial 2", taken)
    assert re.fullmatch(r"UPDATE refused from 127\.0\.0\.1:\d+: not signed", refused)
