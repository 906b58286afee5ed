"""A production of a test's own, and small projects that are deployed to it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.processes import marked
from goldenpath.core.deploy_file import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BIN = Path(sys.executable).parent
SERVE = """\
#!/usr/bin/env python3
import http.server, json, os, signal, sys, threading, time

HOST, PORT, COMMIT = os.environ["HOST"], int(os.environ["PORT"]), os.environ["COMMIT"]
ready = True


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        known = {"/healthz": "ok", "/version": json.dumps({"commit": COMMIT}), "/": "MESSAGE", "/metrics": "made 1\\n"}
        status = 200 if self.path in known and ready else 503
        body = known.get(self.path, "?").encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100


def leave(*_):
    threading.Thread(target=server.shutdown).start()


def main():
    global server
    signal.signal(signal.SIGTERM, leave)
    server = Server((HOST, PORT), Answer)
    print("serving", COMMIT, flush=True)
    server.serve_forever()
    time.sleep(0.2)  # what was being answered


# FAULT
main()
"""
DEPLOY = (
    'name = "song"\ncommand = ["serve"]\nstop_seconds = 2\nready_seconds = 3\nsmoke = ["/"]\nmetrics = "/metrics"\n'
)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The report of a command with `--json`."""
        return json.loads(self.out)["data"]


@dataclass(frozen=True)
class Ground:
    """A machine with an empty home, whose production is its own."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of its production."""
        return self.home / "goldenpath" / "data" / "production"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands inherit."""
        return {
            "HOME": str(self.home),
            "GOLDENPATH_HOME": str(self.home / "goldenpath"),
            "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(self.home / "uv")),
            **self.variables,
        }

    def begin(self, *words: str, folder: Path | None = None) -> subprocess.Popen[str]:
        """A command of goldenpath that is under way, in a session of its own."""
        return subprocess.Popen(
            [*self.prefix, str(BIN / "goldenpath"), *words],
            cwd=folder or self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, folder: Path | None = None, code: int | None = 0) -> Ran:
        """A command of goldenpath that has ended, with `code` unless that is None."""
        process = self.begin(*words, folder=folder)
        out, err = process.communicate(timeout=120)
        assert code is None or process.returncode == code, f"{words}: {process.returncode}\n{out}\n{err}"
        return Ran(process.returncode, out, err)

    def status(self) -> Any:
        """Production as it is now."""
        return self.run("prod", "status", "--json").data

    def states(self) -> dict[str, str]:
        """The state of each part and service."""
        status = self.status()
        return {each["name"]: each["state"] for each in (*status["parts"], *status["services"])}

    def address(self, service: str = "song") -> int:
        """The port at which the edge serves a service."""
        (url,) = (each["url"] for each in self.status()["services"] if each["name"] == service)
        return int(url.rsplit(":", 1)[1].strip("/"))

    def pids(self) -> list[int]:
        """Every process of its production, by the mark in its environment."""
        return marked(MARK, str(self.folder))

    def project(self, name: str = "song", deploy: str = DEPLOY) -> Path:
        """A project with a service that is one script."""
        root = self.home / "projects" / name
        root.mkdir(parents=True)
        (root / ".goldenpath.toml").write_text(f'id = "prj-{name}"\n')
        (root / "deploy.toml").write_text(deploy.replace('"song"', f'"{name}"'))
        (root / "serve").write_text(SERVE.replace("MESSAGE", "first"))
        (root / "serve").chmod(0o755)
        self.git(root, "init", "-q", "-b", "main")
        self.commit(root)
        return root

    def commit(self, root: Path) -> str:
        """Commit everything; the commit's id."""
        self.git(root, "add", "--all")
        self.git(root, "commit", "-qm", "Change it", "--allow-empty")
        return self.git(root, "rev-parse", "HEAD")

    def git(self, root: Path, *words: str) -> str:
        """What git prints."""
        who = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.org")
        command = ["git", "-C", str(root), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.environment).stdout.strip()

    def fault(self, root: Path, lines: str, message: str = "faulty") -> str:
        """Commit a release that does this before it serves; the commit's id."""
        (root / "serve").write_text(SERVE.replace("MESSAGE", message).replace("# FAULT", lines))
        return self.commit(root)

    def deploy(self, root: Path, *words: str, code: int = 0) -> Ran:
        """Deploy a project."""
        return self.run("prod", "deploy", "--trust", *words, folder=root, code=code)


@contextlib.contextmanager
def standing(home: Path, *, is_up: bool = True, **more: Any) -> Iterator[Ground]:
    """A machine whose production is up, and gone afterwards, whatever a test did to it."""
    home.mkdir(parents=True, exist_ok=True)
    ground = Ground(home, **more)
    try:
        if is_up:
            ground.run("prod", "up")
        yield ground
    finally:
        ground.run("prod", "reset", "--yes", code=None)
        for pid in ground.pids():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(ground.folder, ignore_errors=True)


def get(port: int, path: str = "/", host: str = "") -> tuple[int, str]:
    """What a server answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@dataclass
class Asker:
    """Asks a server all the time, and notes what came; `wrong` has what was no answer of a healthy service."""

    port: int
    said: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Asker:
        self._threads = [threading.Thread(target=self._ask) for _ in range(2)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._over.is_set():
            try:
                status, body = get(self.port)
                self.said.append(body)
                if status != 200:
                    self.wrong.append(f"{status} {body[:80]}")
            except OSError as error:
                self.wrong.append(repr(error))
            time.sleep(0.01)
