"""HTTP over a socket that is a file: whoever may not read production's folder can't speak to its programs."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException


class UnixConnection(HTTPConnection):
    """A connection to a server that listens on a file."""

    def __init__(self, path: str, *, timeout_s: float) -> None:
        super().__init__("127.0.0.1", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Connect. Raises OSError."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.sock.close()
            raise


def ask(path: str, method: str, target: str, *, body: str = "", timeout_s: float) -> tuple[int, str]:
    """The status and text of an answer. Raises OSError when nobody answers."""
    connection = UnixConnection(path, timeout_s=timeout_s)
    try:
        connection.request(method, target, body.encode(), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read().decode(errors="replace")
    except HTTPException as error:
        raise OSError(f"not an HTTP answer: {error!r}") from error
    finally:
        connection.close()
