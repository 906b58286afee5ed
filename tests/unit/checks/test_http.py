"""The `http` and `port` checks, against a real server on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.core.model import Json

BODIES = {
    "/health": (200, '{"status": "ok", "checks": [{"db": true}]}'),
    "/text": (200, "hello\nworld"),
    "/empty": (200, ""),
    "/missing": (404, "no such playlist"),
    "/broken": (500, "oh"),
}


class Service(BaseHTTPRequestHandler):
    """A small service."""

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(1.5)
        status, body = BODIES.get(self.path, (200, self.command))
        self.send_response(status)
        self.send_header("X-Request-Id", "abc123")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body.encode())

    do_POST = do_DELETE = do_GET  # noqa: N815 - http.server finds them by name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("path", "options", "outcome", "found"),
    [
        ("/health", {}, "passed", "it answered 200"),
        ("/missing", {}, "failed", "it answered 404: no such playlist"),
        ("/missing", {"status": 404}, "passed", "it answered 404"),
        ("/health", {"status": "404"}, "failed", "it answered 200"),
        ("/broken", {"status": 500, "contains": "oh"}, "passed", "it answered 500"),
        ("/text", {"contains": "lo\nwo"}, "passed", "it answered 200"),
        ("/text", {"contains": "bye"}, "failed", "hello"),
        ("/text", {"matches": "^world$"}, "passed", "it answered 200"),
        ("/text", {"matches": "^bye"}, "failed", "hello"),
        ("/text", {"contains": "hello", "matches": "^bye"}, "failed", "hello"),
        ("/empty", {"contains": "a"}, "failed", "an empty body"),
        ("/health", {"json": "status"}, "passed", "it answered 200"),
        ("/health", {"json": "status", "equals": "ok"}, "passed", "it answered 200"),
        ("/health", {"json": "checks.0.db", "equals": "true"}, "passed", "it answered 200"),
        ("/health", {"json": "status", "equals": "bad"}, "failed", '{"status"'),
        ("/health", {"json": "checks.1"}, "failed", '{"status"'),
        ("/text", {"json": "status"}, "failed", "hello"),
        ("/health", {"headers": {"x-request-id": "^[a-z0-9]+$"}}, "passed", "it answered 200"),
        ("/health", {"headers": {"X-Request-Id": "^z"}}, "failed", "it has 'abc123'"),
        ("/health", {"headers": {"X-None": "."}}, "failed", "it has None"),
        ("/echo", {"method": "POST", "contains": "POST"}, "passed", "it answered 200"),
        ("/echo", {"method": "DELETE", "contains": "GET"}, "failed", "DELETE"),
    ],
)
def test_a_server_answers_as_it_should(
    path: str, options: dict[str, Json], outcome: str, found: str, port: int, tmp_path: Path
) -> None:
    finding = examine(check("http", f"http://127.0.0.1:{port}{path}", **options), world(tmp_path))
    assert (finding.outcome, finding.found[: len(found)]) == (outcome, found)


def test_a_server_of_this_machine_that_does_not_answer_fails(closed_port: int, tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost"):
        finding = examine(check("http", f"http://{host}:{closed_port}/"), world(tmp_path))
        assert finding.outcome == "failed"
        assert "nothing answers there" in finding.found


def test_a_server_that_answers_too_late_fails(port: int, tmp_path: Path) -> None:
    finding = examine(replace(check("http", f"http://127.0.0.1:{port}/slow"), timeout_s=0.2), world(tmp_path))
    assert finding.outcome == "failed"


def test_what_is_no_http_fails(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_say_something_else, args=(server,))
        answering.start()
        finding = examine(check("http", f"http://127.0.0.1:{server.getsockname()[1]}/"), world(tmp_path))
        answering.join()
    assert finding.outcome == "failed"


def _say_something_else(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")


def test_another_machine_that_cannot_be_reached_is_unknown(tmp_path: Path) -> None:
    finding = examine(check("http", "http://service.invalid/"), world(tmp_path))
    assert finding.outcome == "unknown"
    assert "network" in finding.fix


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("ftp://127.0.0.1/", {}),
        ("file:///etc/passwd", {}),
        ("http://[::1", {}),
        ("/health", {}),
        ("http://127.0.0.1/", {"status": "ok"}),
    ],
)
def test_a_request_that_its_author_got_wrong_names_the_line(url: str, options: dict[str, Json], tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `http`"):
        examine(check("http", url, **options), world(tmp_path))


@pytest.mark.parametrize("options", [{"headers": "x"}, {"matches": "("}])
def test_an_expectation_that_its_author_got_wrong_names_the_line(
    options: dict[str, Json], port: int, tmp_path: Path
) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `http`"):
        examine(check("http", f"http://127.0.0.1:{port}/", **options), world(tmp_path))


def test_no_proxy_stands_between_us_and_the_server(
    port: int, closed_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert examine(check("http", f"http://127.0.0.1:{port}/health"), world(tmp_path)).outcome == "passed"


def test_a_port_on_which_something_listens_passes(port: int, tmp_path: Path) -> None:
    assert examine(check("port", port), world(tmp_path)).outcome == "passed"
    assert examine(check("port", str(port)), world(tmp_path)).outcome == "passed"


def test_a_port_on_which_nothing_listens_fails(closed_port: int, tmp_path: Path) -> None:
    assert examine(check("port", closed_port), world(tmp_path)).outcome == "failed"
    assert examine(check("port", 123456), world(tmp_path)).outcome == "failed"


def test_a_port_that_is_no_number_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `port`: `port` must be a whole number"):
        examine(check("port", "http"), world(tmp_path))
