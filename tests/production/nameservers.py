"""Name servers for tests: ours, and BIND with the same zone and key; both in the foreground, on free ports."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import dns.exception
import dns.query
import dns.tsig
import dns.update
import pytest

from goldenpath.adapters.nameserver.keys import read_key
from goldenpath.adapters.nameserver.signing import signing_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dns.message import Message

IN_CI = bool(os.environ.get("CI"))
ZONE = "prod.test"
REPOSITORY = Path(__file__).parent.parent.parent
NAMED_CONF = """\
options {{
  directory "{folder}"; pid-file none; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; minimal-responses yes; max-udp-size 1232; edns-udp-size 1232; answer-cookie no; notify no;
  zero-no-soa-ttl no;
  allow-transfer {{ any; }}; dnssec-validation no; session-keyfile none; check-names primary ignore;
}};
controls {{ }};
include "{folder}/tsig.key";
zone "prod.test" {{ type primary; file "{folder}/prod.test.zone"; allow-update {{ key "goldenpath."; }}; }};
"""


@dataclass(frozen=True, slots=True)
class NameServer:
    """A server that answers."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def file(self) -> Path:
        """The zone's master file."""
        return self.folder / f"{ZONE}.zone"

    @property
    def log(self) -> str:
        """What it printed."""
        return (self.folder / "log").read_text()

    @property
    def key(self) -> dns.tsig.Key:
        """The key that it takes changes with."""
        return signing_key(read_key(self.folder / "tsig.key"))

    def end(self, deadly: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code after the signal."""
        self.process.send_signal(deadly)
        return self.process.wait(10)


def needs(tool: str) -> str:
    """Where the tool is. Without it: a skip on a laptop, a failure in CI."""
    found = shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        (pytest.fail if IN_CI else pytest.skip)(f"{tool} is not installed")
    return str(found)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has by TCP and by UDP."""
    while True:
        with socket.socket() as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            stream.bind(("127.0.0.1", 0))
            port = int(stream.getsockname()[1])
            with contextlib.suppress(OSError):
                datagrams.bind(("127.0.0.1", port))
                return port


def start_ours(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Our server's process, which may not answer yet."""
    words = ["--port", str(port), "--folder", str(folder), "--zone", ZONE]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "goldenpath.adapters.nameserver", *words],
            cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, stdout=log, stderr=log,
        )  # fmt: skip


def until_it_answers(folder: Path, port: int, process: subprocess.Popen[bytes]) -> NameServer:
    """The server, once it answers for its zone."""
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, EOFError, dns.exception.Timeout):
            query = dns.message.make_query(ZONE, "SOA")
            if dns.query.tcp(query, "127.0.0.1", port=port, timeout=1).answer:
                return NameServer(folder, port, process)
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"it does not answer: {(folder / 'log').read_text()}")


@contextlib.contextmanager
def ours(folder: Path, zone: str = "") -> Iterator[NameServer]:
    """Our server in `folder`, with this master file if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    if zone:
        (folder / f"{ZONE}.zone").write_text(zone)
    port = free_port()
    process = start_ours(folder, port)
    try:
        yield until_it_answers(folder, port, process)
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def bind(folder: Path, like: NameServer, zone: str) -> Iterator[NameServer]:
    """BIND in `folder`, with the key of another server."""
    named = needs("named")
    folder.mkdir(parents=True)
    (folder / f"{ZONE}.zone").write_text(zone)
    (folder / "tsig.key").write_bytes((like.folder / "tsig.key").read_bytes())
    port = free_port()
    (folder / "named.conf").write_text(NAMED_CONF.format(folder=folder, port=port))
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([named, "-g", "-n", "1", "-c", folder / "named.conf"], stdout=log, stderr=log)
    try:
        yield until_it_answers(folder, port, process)
    finally:
        process.kill()
        process.wait()


def dig(server: NameServer, *words: str) -> str:
    """What dig shows of a response, in small letters and each section in order; without its id and times."""
    argv = [needs("dig"), "@127.0.0.1", "-p", str(server.port), "+tries=1", "+timeout=5", "+nocookie", "+noad", *words]
    shown = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.lower()
    sections: list[list[str]] = [[]]
    for line in shown.splitlines():
        if " section:" in line:
            sections.append([line])
        elif "status:" in line or "failed" in line or "edns:" in line or "flags:" in line:
            sections[0].append(re.sub(r", id: \d+", "", line))
        elif line and line[0] not in ";<":
            sections[-1].append(" ".join(line.split()))
    return "\n".join(line for section in sections for line in [*section[:1], *sorted(section[1:])])


def nsupdate(server: NameServer, script: str) -> str:
    """What BIND's own client says of a signed update: nothing when it was taken."""
    lines = f"server 127.0.0.1 {server.port}\nzone {ZONE}\n{script}\nsend\n"
    argv = [needs("nsupdate"), "-v", "-t", "10", "-k", str(server.folder / "tsig.key")]
    return subprocess.run(argv, input=lines, capture_output=True, text=True, check=False).stderr.strip()


def send(server: NameServer, update: dns.update.UpdateMessage, key: dns.tsig.Key | None = None) -> Message:
    """The response to a signed update."""
    update.use_tsig(key or server.key)
    return dns.query.tcp(update, "127.0.0.1", port=server.port, timeout=10)


def records(server: NameServer) -> list[str]:
    """All records of the zone as a transfer has them, but for the serial."""
    shown = {" ".join(line.split()) for line in dig(server, "AXFR", ZONE, "+onesoa").splitlines()}
    return sorted(re.sub(r"( soa \S+ \S+) \d+", r"\1", line) for line in shown if " in " in line)


def serial(server: NameServer) -> int:
    """The zone's serial."""
    response = dns.query.tcp(dns.message.make_query(ZONE, "SOA"), "127.0.0.1", port=server.port, timeout=5)
    return int(response.answer[0][0].serial)
