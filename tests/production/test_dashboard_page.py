"""The dashboard's page: it needs nothing from elsewhere, and says in words what it has no data for."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.production.page import SOURCE, write_page, write_services
from goldenpath.core.deploy_file import DeployFile
from goldenpath.core.production import Production, Release, Service
from tests.production.browser import Sight, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = SOURCE.read_text(encoding="utf-8")
PORTS = {"address": 40001, "blue": 40002, "green": 40003}
HOSTILE = "<img src=x onerror=alert(1)>"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


class Once(Quiet):
    """Serves the page, and closes down as soon as it has."""

    def do_GET(self) -> None:
        """Serve, and say that it was the last time."""
        super().do_GET()
        threading.Thread(target=self.server.shutdown).start()


@contextlib.contextmanager
def serving(folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    """The URL at which a folder is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:

        def serve() -> None:
            server.serve_forever(poll_interval=0.01)
            server.server_close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def service(name: str, *releases: Release) -> Service:
    return Service(name, "prj-1", "/somewhere", PORTS, "blue", releases)


def release(name: str, number: int, **more: str) -> Release:
    file = DeployFile(name, command=("serve",), **more)  # type: ignore[arg-type]
    return Release(f"r{number}", f"{number}" * 40, file, f"2026-03-0{number}T09:00:00Z")


def page_of(folder: Path, production: Production) -> Path:
    write_page(folder)
    write_services(folder, production)
    return folder / "page"


def shown(folder: Path, production: Production) -> Sight:
    with serving(page_of(folder, production)) as url:
        return seen(url, folder)


def test_the_page_refers_to_nothing_elsewhere() -> None:
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(f"{tag} {key}" for key, _ in attrs if key in {"src", "href", "srcset", "action", "data"})

    Links().feed(PAGE)
    assert found == []
    assert re.findall(r"@import|\burl\(|(?:\w+:)?//\w[\w.]*", PAGE) == ["http://127.0.0.1"]


def test_the_policy_lets_in_this_script_and_this_style_and_nothing_else() -> None:
    def hash_of(tag: str) -> str:
        inside = PAGE.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"

    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)
    assert policy == (
        f"default-src 'none'; script-src {hash_of('script')}; style-src {hash_of('style')}; "
        "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
    )


def test_the_page_makes_no_markup_of_data() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", PAGE)


def test_what_is_deployed_is_written_for_the_page(tmp_path: Path) -> None:
    api = service("song-api", release("song-api", 2, metrics="/metrics"), release("song-api", 1))
    production = Production({"edge": 1, "prometheus": 2}, {"song-api": api}, {"songs.prod.test": "song-api"})
    found = json.loads((page_of(tmp_path, production) / "services.json").read_text())
    assert found["has_prometheus"]
    assert found["services"] == [
        {
            "name": "song-api",
            "kind": "service",
            "commit": "2" * 40,
            "deployed_at": "2026-03-02T09:00:00Z",
            "url": "http://127.0.0.1:40001/",
            "names": ["songs.prod.test"],
            "is_watched": True,
            "earlier": [{"commit": "1" * 40, "deployed_at": "2026-03-01T09:00:00Z"}],
        }
    ]


def test_what_never_went_live_is_not_written(tmp_path: Path) -> None:
    found = json.loads((page_of(tmp_path, Production({}, {"a": service("a")})) / "services.json").read_text())
    assert found["services"] == []


def test_an_empty_production_without_prometheus_says_both(tmp_path: Path) -> None:
    sight = shown(tmp_path, Production({"edge": 1}))
    assert "Nothing is deployed yet." in sight.text
    assert "This machine has no Prometheus, so there are no rates and no alerts. Install it:" in sight.text
    assert "Not known: nobody watches." in sight.text
    assert "does not answer" not in sight.text


def test_without_prometheus_services_and_releases_are_shown(tmp_path: Path) -> None:
    api = service("song-api", release("song-api", 2, metrics="/metrics"), release("song-api", 1))
    sight = shown(tmp_path, Production({"edge": 1}, {"song-api": api}, {"songs.prod.test": "song-api"}))
    assert "song-api not watched" in sight.text
    assert f"{'2' * 10} since" in sight.text
    assert "songs.prod.test" in sight.text
    assert "1 earlier release" in sight.text
    assert f"{'1' * 10} live from" in sight.text
    assert sight.hrefs == ["http://127.0.0.1:40001/"]


def test_a_prometheus_that_does_not_answer_is_said(tmp_path: Path) -> None:
    sight = shown(tmp_path, Production({"edge": 1, "prometheus": 2}))
    assert "Prometheus does not answer, so there are no rates and no alerts. Start it:" in sight.text


def test_markup_in_data_is_shown_as_text(tmp_path: Path) -> None:
    hostile = service(HOSTILE, release(HOSTILE, 1))
    sight = shown(tmp_path, Production({"edge": 1}, {HOSTILE: hostile}, {f"{HOSTILE}.prod.test": HOSTILE}))
    assert sight.text.count(HOSTILE) == 2
    assert "img" not in sight.tags


@pytest.mark.parametrize(
    ("handler", "said"),
    [(Quiet, "Production answers with something else since"), (Once, "Production does not answer since")],
    ids=["something-else", "nobody"],
)
def test_an_edge_that_went_away_is_said(tmp_path: Path, handler: type[Quiet], said: str) -> None:
    write_page(tmp_path)
    with serving(tmp_path / "page", handler) as url:
        sight = seen(url, tmp_path)
    assert said in sight.text
    assert "Start it: goldenpath prod up" in sight.text
