"""HTTP requests, without proxies or redirects to elsewhere. The only file that knows urllib."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from urllib.request import Request

_MOST_BYTES = 2_000_000
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: str


def host_of(url: str) -> str:
    """The host that a URL names; empty when it is no http or https URL."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""


def at(url: str, place: str) -> str:
    """The same URL with another host and port."""
    from urllib.parse import urlsplit

    return urlsplit(url)._replace(netloc=place).geturl()


def quoted(text: str) -> str:
    """A text as part of a URL's query."""
    from urllib.parse import quote

    return quote(text, safe="")


def request(
    url: str, *, method: str, timeout_s: float, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """Send one request. Raises OSError when nothing answers, or the whole answer is not there in time."""
    from http.client import HTTPException
    from urllib.error import URLError
    from urllib.request import Request

    try:
        asked = Request(url, body, dict(headers or {}), method=method)  # noqa: S310 - host_of refuses the rest
        return _answer(asked, timeout_s)
    except URLError as error:
        raise OSError(str(getattr(error.reason, "strerror", None) or error.reason)) from error
    except TimeoutError as error:
        raise OSError(f"no whole answer within {timeout_s:g} s") from error
    except (HTTPException, UnicodeError) as error:
        raise OSError(f"not an HTTP answer: {error!r}") from error


def _answer(asked: Request, timeout_s: float) -> Reply:
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, build_opener

    opener = build_opener(ProxyHandler({}), _stay(), *_punctual(time.monotonic() + timeout_s))
    try:
        with opener.open(asked, timeout=timeout_s) as answer:
            return Reply(answer.status, _lower(answer.headers), answer.read(_MOST_BYTES).decode(errors="replace"))
    except HTTPError as error:
        with error:
            return Reply(error.code, _lower(error.headers), error.read(_MOST_BYTES).decode(errors="replace"))


class _Until(io.RawIOBase):
    """What a socket brings until a moment of the monotonic clock: its own limit is one for each piece."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._end, self._file = sock, end, sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def _punctual(end: float) -> list[type]:
    """Handlers whose answers, header and body, are read until `end` and no longer."""
    from http.client import HTTPResponse
    from urllib.request import HTTPHandler, HTTPSHandler

    class Answer(HTTPResponse):
        def __init__(self, sock: socket.socket, *more: Any, **named: Any) -> None:
            super().__init__(sock, *more, **named)
            self.fp.close()
            self.fp = io.BufferedReader(_Until(sock, end))

    def opened(kind: Any, host: str, **named: Any) -> Any:
        connection = kind(host, **named)
        connection.response_class = Answer
        return connection

    class Plain(HTTPHandler):
        def do_open(self, http_class: Any, req: Request, **http_conn_args: Any) -> HTTPResponse:
            return super().do_open(partial(opened, http_class), req, **http_conn_args)

    class Secure(HTTPSHandler):
        def do_open(self, http_class: Any, req: Request, **http_conn_args: Any) -> HTTPResponse:
            return super().do_open(partial(opened, http_class), req, **http_conn_args)

    return [Plain, Secure]


def _stay() -> type:
    """A handler that reports a redirect as the answer that it is, instead of asking another server."""
    from urllib.request import HTTPRedirectHandler

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    return Stay


def _lower(headers: object) -> dict[str, str]:
    items = headers.items() if hasattr(headers, "items") else ()
    return {str(name).lower(): str(value) for name, value in items}
