"""A request's time limit is one for the whole answer, however little of it comes at a time."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters import http

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S = 0.5
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"


@contextlib.contextmanager
def saying(first: bytes, then: bytes, *, every_s: float) -> Iterator[str]:
    """The URL of a server that says `first`, then `then` a byte at a time, without hurry."""
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(4096)
                connection.sendall(first)
                for byte in then:
                    if is_over.wait(every_s):
                        return
                    connection.sendall(bytes([byte]))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            is_over.set()
            thread.join()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (HEAD, b"x" * 40),
        (HEAD.replace(b"200 OK", b"503 No"), b"x" * 40),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: " + b"y" * 40),
        (b"", HEAD),
        (HEAD, b""),
    ],
    ids=["body", "body-of-an-error", "header", "status", "nothing-more"],
)
def test_who_answers_a_byte_at_a_time_does_not_hold_it_up(first: bytes, then: bytes) -> None:
    with saying(first, then or b"\0", every_s=0.1 if then else 60) as url:
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"no whole answer within 0\.5 s"):
            http.request(url, method="GET", timeout_s=LIMIT_S)
        assert LIMIT_S <= time.monotonic() - begun < LIMIT_S + 1


def test_what_comes_in_pieces_and_in_time_is_whole() -> None:
    with saying(HEAD, b"0123456789" * 4, every_s=0.005) as url:
        reply = http.request(url, method="GET", timeout_s=10)
    assert (reply.status, reply.body) == (200, "0123456789" * 4)


def test_of_an_answer_without_end_the_beginning_is_taken() -> None:
    with saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_100_000, b"", every_s=0) as url:
        assert len(http.request(url, method="GET", timeout_s=10).body) == 2_000_000
