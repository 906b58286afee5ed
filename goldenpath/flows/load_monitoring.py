"""What Prometheus is told of a service: its alert rules and where its metrics are, for as long as it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production import watching
from goldenpath.core.errors import ChecksFailedError
from goldenpath.core.production import PROMETHEUS
from goldenpath.core.production_files import targets

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.deploy_file import DeployFile
    from goldenpath.core.production import Production, Service

RULES = "alerts.yml"
"""The file of a monitoring folder that holds the alert rules."""


def refuse_bad_rules(production: Production, source: Path, file: DeployFile) -> None:
    """Raise ChecksFailedError when promtool refuses the alert rules of a release, or they are not there."""
    if not file.monitoring:
        return
    rules = source / file.monitoring / RULES
    if not rules.is_file():
        raise ChecksFailedError(
            f"the commit has no {file.monitoring}/{RULES}", hint="write one, or leave `monitoring` out of deploy.toml"
        )
    if PROMETHEUS in production.ports:
        watching.check_rules(source, rules)


def load_monitoring(folder: Path, production: Production, service: Service) -> None:
    """Let Prometheus scrape the live release, with its rules. Raises MachineError, and OSError.

    Where there is no Prometheus, it finds them when it comes.
    """
    live = service.live
    rules = folder / "rules" / f"{service.name}.yml"
    source = folder / "services" / service.name / live.id / "source" / live.file.monitoring / RULES if live else None
    if live and live.file.monitoring and source and source.is_file():
        write_whole(rules, source.read_text(encoding="utf-8"))
    else:
        rules.unlink(missing_ok=True)
    write_whole(folder / "targets" / f"{service.name}.json", targets(production, service))
    _reload(production)


def unload_monitoring(folder: Path, production: Production, name: str) -> None:
    """Let Prometheus forget a service's rules and where it was. Raises MachineError."""
    (folder / "rules" / f"{name}.yml").unlink(missing_ok=True)
    (folder / "targets" / f"{name}.json").unlink(missing_ok=True)
    _reload(production)


def _reload(production: Production) -> None:
    if PROMETHEUS in production.ports:
        watching.reload(production.ports[PROMETHEUS])
