"""A server whose metrics follow the convention of production: what a dashboard or a rule is held against."""

from __future__ import annotations

import contextlib
import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURED = ("song-api", "fine-api", "quiet-api")
OWN_ROUTES = ("/healthz", "/readyz", "/metrics", "/version")


class Metrics(BaseHTTPRequestHandler):
    """Metrics of three services.

    Of song-api, one request in four fails, half of them take up to 0.1 s and all up to 0.5 s; its own routes are slow
    and always fail. To fine-api, nothing ever failed. To quiet-api, nobody sends a request any more.
    """

    asked = itertools.count(1)

    def do_GET(self) -> None:
        """Each look at song-api or fine-api sees 40 requests more."""
        number = 40 if self.path == "/quiet-api" else 40 * next(self.asked)
        lines = counted("/songs", "200", number * 3 // 4) + timed("/songs", number // 2, number, number)
        if self.path == "/song-api":
            lines += counted("/songs", "503", number // 4)
            for route in OWN_ROUTES:
                lines += counted(route, "503", 9 * number) + timed(route, 0, 0, 9 * number)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write("\n".join([*lines, ""]).encode())

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def counted(route: str, status: str, number: int) -> list[str]:
    """The samples of a counter of requests."""
    return [f'http_requests_total{{route="{route}",status="{status}"}} {number}']


def timed(route: str, *numbers: int) -> list[str]:
    """The samples of a histogram: how many took up to 0.1 s, 0.5 s, and longer."""
    name = f'http_request_duration_seconds_bucket{{route="{route}"'
    limits = zip(("0.1", "0.5", "+Inf"), numbers, strict=True)
    return [f'{name},le="{limit}"}} {number}' for limit, number in limits]


@contextlib.contextmanager
def serving_metrics() -> Iterator[list[dict[str, Any]]]:
    """The targets of a server that runs meanwhile, for file-based discovery."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield [target(name, server.server_address[1]) for name in MEASURED]
        server.shutdown()
        thread.join()


def target(name: str, port: int) -> dict[str, Any]:
    """Where Prometheus finds the metrics of one of them."""
    labels = {"job": name, "instance": name, "__metrics_path__": f"/{name}"}
    return {"targets": [f"127.0.0.1:{port}"], "labels": labels}
