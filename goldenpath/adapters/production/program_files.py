"""What the supervisor starts: for each program a script, and a file that names it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production import edge, watching
from goldenpath.core.production import ALERTMANAGER, DNS, EDGE, PROMETHEUS, WATCHING, ZONE
from goldenpath.core.production_files import alertmanager_config, program_ini, prometheus_config, script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from goldenpath.core.production import Production


def available_parts() -> dict[str, str]:
    """The parts that this machine can run, and where the program of each is."""
    found = {DNS: sys.executable, EDGE: edge.program(), **{part: watching.program(part) for part in WATCHING}}
    return {part: program for part, program in found.items() if program}


def write_parts(folder: Path, production: Production, programs: Mapping[str, str]) -> list[str]:
    """Write what starts each part, and its configuration; those that are started in another way now. Raises OSError."""
    for each in ("rules", "targets", "page/jobs", "prometheus", "alertmanager", "dns", "services", "caddy"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    write_whole(folder / "prometheus.yml", prometheus_config(production.ports))
    write_whole(folder / "alertmanager.yml", alertmanager_config())
    changed: list[str] = []
    for part, program in programs.items():
        argv = [program, *_arguments(folder, production.ports)[part]]
        if write_program(folder, part, argv, cwd=str(folder), stop_s=10):
            changed.append(part)
    return changed


def write_program(
    folder: Path, name: str, argv: Sequence[str], *, cwd: str, stop_s: int, variables: Mapping[str, str] | None = None
) -> bool:
    """Write what starts a program, for `take_in` to read; whether that is another way than before. Raises OSError."""
    text, place = script(argv, folder=cwd, variables=variables or {}), folder / "programs" / f"{name}.sh"
    is_known = place.is_file() and place.read_text(encoding="utf-8") == text
    write_whole(place, text)
    write_whole(folder / "programs" / f"{name}.ini", program_ini(name, stop_s=stop_s))
    return not is_known


def drop_program(folder: Path, name: str) -> None:
    """Forget a program."""
    for suffix in ("ini", "sh"):
        (folder / "programs" / f"{name}.{suffix}").unlink(missing_ok=True)


def known_programs(folder: Path) -> set[str]:
    """The programs that have a file."""
    return {path.stem for path in (folder / "programs").glob("*.ini")}


def _arguments(folder: Path, ports: Mapping[str, int]) -> dict[str, list[str]]:
    at = {part: f"127.0.0.1:{port}" for part, port in ports.items()}
    found = {
        DNS: [
            "-P",
            "-m",
            "goldenpath.adapters.nameserver",
            "--port",
            str(ports[DNS]),
            "--folder",
            str(folder / "dns"),
            "--zone",
            ZONE,
        ],
        EDGE: ["run", "--config", edge.CONFIG],
    }
    if PROMETHEUS in ports:
        found[PROMETHEUS] = [
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=prometheus",
            "--storage.tsdb.retention.time=7d",
            f"--web.listen-address={at[PROMETHEUS]}",
        ]
    if ALERTMANAGER in ports:
        found[ALERTMANAGER] = [
            "--config.file=alertmanager.yml",
            "--storage.path=alertmanager",
            "--cluster.listen-address=",
            f"--web.listen-address={at[ALERTMANAGER]}",
        ]
    return found
