"""The dashboard: one page that the edge serves, and what it reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production.watching import how_to_install
from goldenpath.core.deploy_file import JOB, KINDS, STATIC
from goldenpath.core.production import PROMETHEUS, ZONE

if TYPE_CHECKING:
    from goldenpath.core.production import Production, Release, Service

SOURCE = Path(__file__).with_name("dashboard.html")
SERVICES = "services.json"


def write_page(folder: Path) -> None:
    """Put the page where the edge serves it. Raises OSError."""
    write_whole(folder / "page" / "index.html", SOURCE.read_text(encoding="utf-8"))


def write_services(folder: Path, production: Production) -> None:
    """Let the page read what is deployed. Raises OSError; then it reads what was before."""
    write_whole(folder / "page" / SERVICES, json.dumps(_told(production), indent=1) + "\n")


def _told(production: Production) -> dict[str, Any]:
    live = [(service, service.live) for service in production.services.values() if service.live]
    live.sort(key=lambda each: (KINDS.index(each[1].file.kind), each[0].name))
    return {
        "format": 1,
        "zone": ZONE,
        "has_prometheus": PROMETHEUS in production.ports,
        "install": how_to_install(),
        "services": [_service(service, release, production) for service, release in live],
    }


def _service(service: Service, live: Release, production: Production) -> dict[str, Any]:
    kind = live.file.kind
    return {
        "name": service.name,
        "kind": kind,
        **_release(live),
        "url": f"http://127.0.0.1:{service.address}/" if kind != JOB else "",
        "names": [name for name, target in production.names.items() if target == service.name],
        "is_watched": kind == JOB or (kind != STATIC and bool(live.file.metrics)),
        "earlier": [_release(each) for each in service.releases[1:]],
    }


def _release(release: Release) -> dict[str, str]:
    return {"commit": release.commit, "deployed_at": release.deployed_at}
