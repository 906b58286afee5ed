"""Sockets: requests come in by UDP and TCP, on this machine only; a slow or hostile peer costs a bounded share."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.nameserver.exchange import Authority

HOST = "127.0.0.1"
MOST_CONNECTIONS = 32
"""How many are served at once; who comes then waits for a place."""
PATIENCE_S = 5.0
"""How long a connection has for sending a whole request, or for taking a whole response."""
_BACKLOG = 128
_DATAGRAM_BYTES = 65535


def opened(port: int) -> tuple[socket.socket, socket.socket]:
    """The UDP and the TCP socket at the same port. Raises OSError when somebody else has it."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of an earlier one linger
        datagrams.bind((HOST, port))
        stream.bind((HOST, port))
        stream.listen(_BACKLOG)
    except OSError:
        datagrams.close()
        stream.close()
        raise
    return datagrams, stream


def serve(datagrams: socket.socket, stream: socket.socket, authority: Authority) -> None:
    """Answer in threads of its own, until the process ends."""
    for work, own in ((_serve_datagrams, datagrams), (_serve_stream, stream)):
        threading.Thread(target=_for_ever, args=(work, own, authority), daemon=True).start()


def _for_ever(work: Callable[[socket.socket, Authority], None], own: socket.socket, authority: Authority) -> None:
    while True:
        try:
            work(own, authority)
        except OSError:  # out of descriptors or buffers: that passes
            time.sleep(0.1)


def _serve_datagrams(datagrams: socket.socket, authority: Authority) -> None:
    while True:
        wire, peer = datagrams.recvfrom(_DATAGRAM_BYTES)
        for response in authority.responses(wire, _named(peer), is_tcp=False):
            with contextlib.suppress(OSError):  # the peer is gone
                datagrams.sendto(response, peer)


def _serve_stream(stream: socket.socket, authority: Authority) -> None:
    places = threading.BoundedSemaphore(MOST_CONNECTIONS)
    while True:
        places.acquire()
        try:
            connection, peer = stream.accept()
            threading.Thread(target=_serve_one, args=(connection, _named(peer), authority, places), daemon=True).start()
        except BaseException:
            places.release()
            raise


def _serve_one(connection: socket.socket, peer: str, authority: Authority, places: threading.BoundedSemaphore) -> None:
    try:
        with connection, contextlib.suppress(OSError, EOFError):
            while True:
                wire = _received(connection)
                for response in authority.responses(wire, peer, is_tcp=True):
                    connection.settimeout(PATIENCE_S)
                    connection.sendall(struct.pack("!H", len(response)) + response)
    finally:
        places.release()


def _received(connection: socket.socket) -> bytes:
    """One whole message. Raises EOFError when the peer has ended, TimeoutError when it takes too long."""
    until = time.monotonic() + PATIENCE_S
    (length,) = struct.unpack("!H", _exactly(connection, 2, until))
    return _exactly(connection, length, until)


def _exactly(connection: socket.socket, count: int, until: float) -> bytes:
    got = bytearray()
    while len(got) < count:
        left_s = until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.settimeout(left_s)
        part = connection.recv(count - len(got))
        if not part:
            raise EOFError
        got += part
    return bytes(got)


def _named(peer: tuple[str, int]) -> str:
    return f"{peer[0]}:{peer[1]}"
