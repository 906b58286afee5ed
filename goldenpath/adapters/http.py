"""HTTP requests, without proxies or redirects to elsewhere. The only file that knows urllib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """Send one request. Raises OSError when nothing answers, or not in time."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    try:
        opener = build_opener(ProxyHandler({}), _stay())
        asked = Request(url, body, dict(headers or {}), method=method)  # noqa: S310 - host_of refuses the rest
        with opener.open(asked, timeout=timeout_s) as answer:
            return Reply(answer.status, _lower(answer.headers), answer.read(_MOST_BYTES).decode(errors="replace"))
    except HTTPError as error:
        with error:
            return Reply(error.code, _lower(error.headers), error.read(_MOST_BYTES).decode(errors="replace"))
    except URLError as error:
        raise OSError(str(getattr(error.reason, "strerror", None) or error.reason)) from error
    except (HTTPException, UnicodeError) as error:
        raise OSError(f"not an HTTP answer: {error!r}") from error


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
