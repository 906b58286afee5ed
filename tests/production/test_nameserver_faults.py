"""What the name server survives, and how it says what it can't."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.query
import dns.update
import dns.zone
import psutil
import pytest
from dns.rcode import FORMERR, NOERROR, NOTIMP, REFUSED, SERVFAIL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldenpath.adapters.nameserver.asking import ask
from goldenpath.adapters.nameserver.serving import MOST_CONNECTIONS
from tests.production.conftest import FULL_ZONE
from tests.production.nameservers import ZONE, NameServer, free_port, ours, send, serial, start_ours, until_it_answers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUZZ = settings(
    max_examples=300, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def test_it_ends_cleanly_when_asked_to(our_nameserver: NameServer) -> None:
    assert our_nameserver.end() == 0
    assert our_nameserver.log.splitlines() == [f"serving prod.test. at 127.0.0.1:{our_nameserver.port}, serial 1"]


def test_it_listens_on_this_machine_only(our_nameserver: NameServer) -> None:
    sockets = psutil.Process(our_nameserver.process.pid).net_connections(kind="all")
    listening = {(each.type, each.laddr) for each in sockets if not each.raddr}
    assert listening == {(kind, ("127.0.0.1", our_nameserver.port)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)}


def updates_until_it_dies(server: NameServer, answered: list[int]) -> None:
    for number in range(200):
        update = dns.update.UpdateMessage(ZONE)
        update.add(f"n{number}", 60, "TXT", f'"{number}"')
        try:
            if send(server, update).rcode() == NOERROR:
                answered.append(number)
        except (OSError, EOFError, dns.exception.DNSException):
            return


@pytest.mark.parametrize("after", [1, 37, 120])
def test_no_answered_change_is_lost_when_it_is_killed(after: int, tmp_path: Path) -> None:
    with ours(tmp_path / "ours", FULL_ZONE) as server:
        answered: list[int] = []
        sender = threading.Thread(target=updates_until_it_dies, args=(server, answered))
        sender.start()
        while len(answered) < after:
            time.sleep(0.001)
        server.end(signal.SIGKILL)
        sender.join()
    assert after <= len(answered) < 200
    names = {str(name) for name in dns.zone.from_file(str(server.file), ZONE).nodes}
    kept = {int(name[1:]) for name in names if re.fullmatch(r"n\d+", name)}
    assert kept >= set(answered)
    assert len(kept) - len(answered) <= 1, "one may have been kept and not been answered any more"
    assert len(names - {f"n{number}" for number in kept}) == 27
    (server.folder / f".{ZONE}.zone-left").write_text("half a z")
    with ours(tmp_path / "ours") as again:
        assert ask(again.port, f"n{answered[-1]}.{ZONE}", "TXT", 5) == (f'"{answered[-1]}"',)
        assert serial(again) - 7 == len(kept)
        assert not list(again.folder.glob(f".{ZONE}.zone-*"))


@pytest.fixture(scope="module")
def hardened_nameserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameServer]:
    """One server for all that is thrown at it."""
    with ours(tmp_path_factory.mktemp("hardened") / "ours", FULL_ZONE) as server:
        yield server


def told(server: NameServer, packet: bytes) -> list[bytes]:
    """All that comes back for a datagram; a question asked after it ends the wait."""
    last = dns.message.make_query(f"ns.{ZONE}", "A", id=(int.from_bytes(packet[:2], "big") + 1) % 2**16).to_wire()
    came = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.settimeout(10)
        here.connect(("127.0.0.1", server.port))
        here.send(packet)
        here.send(last)
        while (response := here.recv(65535))[:2] != last[:2]:
            came.append(response)
    return came


SEEDS = [
    dns.message.make_query(f"one.{ZONE}", "A", use_edns=True).to_wire(),
    dns.message.make_query(ZONE, "AXFR").to_wire(),
    dns.message.make_query(f"large.{ZONE}", "TXT", want_dnssec=True).to_wire(),
]


def signed_update(server: NameServer) -> bytes:
    update = dns.update.UpdateMessage(ZONE, id=9)
    update.present("ns")
    update.delete("www", "A", "127.0.0.3")
    update.use_tsig(server.key)
    return update.to_wire()


@FUZZ
@given(packet=st.binary(max_size=600))
def test_garbage_is_answered_with_an_error_or_not_at_all(packet: bytes, hardened_nameserver: NameServer) -> None:
    responses = told(hardened_nameserver, packet)
    if len(packet) < 12 or packet[2] & 0x80:
        assert responses == []
    else:
        (response,) = responses
        assert response[:2] == packet[:2]
        assert response[3] & 0xF != SERVFAIL


@FUZZ
@given(data=st.data())
def test_a_damaged_request_is_answered_and_changes_nothing(
    data: st.DataObject, hardened_nameserver: NameServer
) -> None:
    packet = bytearray(data.draw(st.sampled_from([*SEEDS, signed_update(hardened_nameserver)])))
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(2, len(packet) - 1))] = data.draw(st.integers(0, 255))
    packet[2] &= 0x7F
    before = hardened_nameserver.file.read_bytes()
    (response,) = told(hardened_nameserver, bytes(packet))
    assert response[3] & 0xF != SERVFAIL
    if packet != signed_update(hardened_nameserver):
        assert hardened_nameserver.file.read_bytes() == before


def test_nothing_that_was_thrown_at_it_met_a_bug(hardened_nameserver: NameServer) -> None:
    assert "bug" not in hardened_nameserver.log
    assert hardened_nameserver.process.poll() is None


HOSTILE = {
    "a name that points at itself": (b"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1", FORMERR),
    "a name that points ahead": (b"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x20\0\1\0\1", FORMERR),
    "more records than there are": (b"\0\1\1\0\0\1\xff\xff\0\0\0\0\3www\0\0\1\0\1", FORMERR),
    "two questions": (b"\0\1\1\0\0\2\0\0\0\0\0\0" + b"\4prod\4test\0\0\1\0\1" * 2, FORMERR),
    "no question": (b"\0\1\1\0\0\0\0\0\0\0\0\0", FORMERR),
    "no zone and no signature": (b"\0\1\x28\0\0\0\0\0\0\0\0\0", REFUSED),
    "another request": (b"\0\1\x48\0\0\0\0\0\0\0\0\0", NOTIMP),
}


@pytest.mark.parametrize(("packet", "rcode"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_request_is_answered(packet: bytes, rcode: int, hardened_nameserver: NameServer) -> None:
    (response,) = told(hardened_nameserver, packet)
    assert response[3] & 0xF == rcode


def test_connections_that_say_nothing_keep_nobody_out(
    our_nameserver: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    idle = [socket.create_connection(("127.0.0.1", our_nameserver.port)) for _ in range(MOST_CONNECTIONS + 20)]
    for each in idle:
        each.sendall(b"\1\0")
    assert ask(our_nameserver.port, f"ns.{ZONE}", "A", 25) == ("127.0.0.1",)
    assert 3 < time.monotonic() - begun < 20, "it waited for a place"
    assert psutil.Process(our_nameserver.process.pid).num_threads() <= MOST_CONNECTIONS + 3
    for each in idle:
        each.close()


def test_several_requests_come_by_one_connection(our_nameserver: NameServer) -> None:
    with socket.create_connection(("127.0.0.1", our_nameserver.port), 5) as connection:
        for _ in range(3):
            query = dns.message.make_query(f"ns.{ZONE}", "A")
            dns.query.send_tcp(connection, query)
            assert dns.query.receive_tcp(connection)[0].answer


UNREADABLE = {
    "no zone": "this is no zone\n",
    "empty": "",
    "cut off": FULL_ZONE[: FULL_ZONE.index("mail")],
    "no SOA": "@ 60 IN NS ns\nns 60 IN A 127.0.0.1\n",
    "an alias beside data": FULL_ZONE + "www IN CNAME ns\n",
    "an include": FULL_ZONE + "$INCLUDE /etc/hostname\n",
    "an unserved type": FULL_ZONE + "x IN DNAME example.com.\n",
    "no text": "\0\1\2",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_zone_that_can_not_be_read_is_no_empty_zone(text: str, tmp_path: Path) -> None:
    (tmp_path / f"{ZONE}.zone").write_text(text)
    assert start_ours(tmp_path, free_port()).wait(20) == 3
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.startswith("error: ")
    assert f"{ZONE}.zone" in line
    assert (tmp_path / f"{ZONE}.zone").read_text() == text


@pytest.mark.parametrize("text", ["", "key goldenpath", 'key "k." { algorithm hmac-md5; secret "AAAA"; };'])
def test_a_key_that_can_not_be_read_is_not_replaced(text: str, tmp_path: Path) -> None:
    (tmp_path / "tsig.key").write_text(text)
    assert start_ours(tmp_path, free_port()).wait(20) == 3
    assert (tmp_path / "tsig.key").read_text() == text
    assert "tsig.key" in (tmp_path / "log").read_text()


def test_a_port_of_somebody_else_is_said(our_nameserver: NameServer, tmp_path: Path) -> None:
    assert start_ours(tmp_path, our_nameserver.port).wait(20) == 4
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.startswith(f"error: 127.0.0.1:{our_nameserver.port} can't be used: ")


def test_a_second_server_of_the_folder_waits_for_the_first(our_nameserver: NameServer) -> None:
    port = free_port()
    second = start_ours(our_nameserver.folder, port)
    try:
        time.sleep(1)
        assert second.poll() is None
        update = dns.update.UpdateMessage(ZONE)
        update.add("new", 60, "A", "127.0.1.1")
        assert send(our_nameserver, update).rcode() == NOERROR
        our_nameserver.end()
        until_it_answers(our_nameserver.folder, port, second)
        assert ask(port, f"new.{ZONE}", "A", 5) == ("127.0.1.1",)
    finally:
        second.kill()
        second.wait()


def test_a_change_that_can_not_be_kept_is_not_made(our_nameserver: NameServer) -> None:
    before = our_nameserver.file.read_bytes()
    limit = len(before) + 10
    psutil.Process(our_nameserver.process.pid).rlimit(psutil.RLIMIT_FSIZE, (limit, limit))
    update = dns.update.UpdateMessage(ZONE)
    update.add("new", 60, "TXT", "x" * 200)
    assert send(our_nameserver, update).rcode() == SERVFAIL
    assert ask(our_nameserver.port, f"new.{ZONE}", "TXT", 5) == ()
    assert serial(our_nameserver) == 1
    assert "UPDATE not kept" in our_nameserver.log
    assert our_nameserver.file.read_bytes() == before
