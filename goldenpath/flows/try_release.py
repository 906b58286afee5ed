"""Try a release in the free slot: it has to be ready, be the commit that it says, and stay up, before it is let in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from goldenpath.adapters import http
from goldenpath.adapters.processes import listening
from goldenpath.adapters.production import program_files as files
from goldenpath.adapters.production import supervisor
from goldenpath.core.errors import ChecksFailedError, MachineError
from goldenpath.core.production import program_of
from goldenpath.flows.write_production import write_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.core.production import Release, Service

HELD_S = 2.0
"""How long a release has to stay ready before it gets traffic: what ends two seconds after a start has by then."""
_PROBE_S = 2.0
_EDGE_S = 5.0


def start_release(folder: Path, service: Service, slot: str) -> None:
    """Start the newest of a service's releases in a slot. Raises OSError."""
    (folder / "logs" / f"{program_of(service.name, slot)}.log").unlink(missing_ok=True)
    write_program(folder, service, slot)
    supervisor.take_in(folder)


def stop_release(folder: Path, service: str, slot: str) -> None:
    """Stop what runs in a slot, by force when it does not heed, and forget it."""
    files.drop_program(folder, program_of(service, slot))
    supervisor.take_in(folder)


def await_release(folder: Path, service: Service, slot: str) -> Iterator[str]:
    """Wait until a release may get traffic; says for what. Raises ChecksFailedError with the reason and its log."""
    release, begun = service.releases[0], time.monotonic()
    pid = pid_of(folder, service.name, slot)  # the supervisor starts anew what ends
    yield f"waiting until {release.commit[:10]} is ready"
    while not is_ready_at(service.ports[slot], release):
        refuse_dead(folder, service, slot, pid)
        if time.monotonic() - begun > release.file.ready_seconds:
            why = f"{release.file.health} did not answer 200 within {release.file.ready_seconds} s"
            raise refused(folder, service, slot, f"it does not get ready: {why}")
        time.sleep(0.05)
    ready = time.monotonic()
    _refuse_stranger(folder, service, slot)
    _refuse_open(folder, service, slot)
    for path in release.file.smoke:
        _refuse_smoke(folder, service, slot, path)
    yield "seeing whether it stays up"
    while time.monotonic() - ready < HELD_S:
        refuse_dead(folder, service, slot, pid)
        time.sleep(0.05)
    is_still_ready = is_ready_at(service.ports[slot], release)
    refuse_dead(folder, service, slot, pid)
    if not is_still_ready:
        raise refused(folder, service, slot, "it was ready, and is not any more")


def await_traffic(service: Service) -> None:
    """Wait until the edge answers with the newest release. Raises MachineError when it does not."""
    release, end = service.releases[0], time.monotonic() + _EDGE_S
    while not _names_commit(service.address, release):
        if time.monotonic() > end:
            raise MachineError(
                f"the edge does not answer for {service.name} with {release.commit[:10]}",
                hint="see what it says: goldenpath prod logs edge",
            )
        time.sleep(0.05)


def refused(folder: Path, service: Service, slot: str, why: str) -> ChecksFailedError:
    """The error about a release that is turned away, with the end of its log."""
    said = supervisor.log_end(folder / "logs" / f"{program_of(service.name, slot)}.log", lines=8)
    still = f"{service.releases[1].commit[:10]} stays live" if len(service.releases) > 1 else "nothing is live"
    return ChecksFailedError(
        f"{service.releases[0].commit[:10]} gets no traffic, and {still}: {why}",
        hint="put it right, commit it, and deploy again",
        log=said,
    )


def refuse_dead(folder: Path, service: Service, slot: str, pid: int) -> None:
    """Raise ChecksFailedError when what was started in a slot is not that process any more."""
    if pid_of(folder, service.name, slot) != pid or not pid:
        raise refused(folder, service, slot, "it ended by itself")


def pid_of(folder: Path, service: str, slot: str) -> int:
    """The process of what was started in a slot; 0 when it does not run."""
    process = supervisor.processes(folder).get(program_of(service, slot))
    return process.pid if process is not None and process.is_running else 0


def is_ready_at(port: int, release: Release) -> bool:
    """Whether a release that listens there says that it is ready."""
    try:
        return _ask(port, release.file.health).status == 200
    except OSError:
        return False


def _names_commit(port: int, release: Release) -> bool:
    try:
        reply = _ask(port, release.file.version)
    except OSError:
        return False
    return reply.status == 200 and release.commit in reply.body


def _refuse_stranger(folder: Path, service: Service, slot: str) -> None:
    path = service.releases[0].file.version
    if not _names_commit(service.ports[slot], service.releases[0]):
        raise refused(folder, service, slot, f"{path} does not answer with its commit")


def _refuse_open(folder: Path, service: Service, slot: str) -> None:
    pid = pid_of(folder, service.name, slot)
    elsewhere = [place for place in listening(pid) if not place.startswith(("127.", "::1"))]
    if elsewhere:
        why = f"it listens on {elsewhere[0]}, where all the network sees it; tell it to listen on 127.0.0.1"
        raise refused(folder, service, slot, why)


def _refuse_smoke(folder: Path, service: Service, slot: str, path: str) -> None:
    try:
        reply = _ask(service.ports[slot], path)
    except OSError as error:
        raise refused(folder, service, slot, f"its smoke check {path} fails: {error}") from error
    if reply.status != 200:
        raise refused(folder, service, slot, f"its smoke check {path} fails: it answers {reply.status}")


def _ask(port: int, path: str) -> http.Reply:
    return http.request(f"http://127.0.0.1:{port}{path}", method="GET", timeout_s=_PROBE_S)
