"""What Prometheus is told of the services: alert rules, checked before they are taken, and where their metrics are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.production import reloading, watching
from goldenpath.core.errors import ChecksFailedError, GoldenpathError
from goldenpath.core.production import PROMETHEUS

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
    hint = "write one, or leave `monitoring` out of deploy.toml"
    if not rules.is_file() or not rules.resolve().is_relative_to(source.resolve()):
        raise ChecksFailedError(f"the commit has no {file.monitoring}/{RULES}", hint=hint)
    try:
        rules.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ChecksFailedError(f"{file.monitoring}/{RULES} is no UTF-8", hint="save it as UTF-8") from error
    if PROMETHEUS in production.ports:
        watching.check_rules(source, rules)


def rules_of(folder: Path, service: Service) -> str:
    """The alert rules of a service's newest release; empty when it has none."""
    release = service.releases[0]
    rules = folder / "services" / service.name / release.id / "source" / release.file.monitoring / RULES
    return rules.read_text(encoding="utf-8") if release.file.monitoring and rules.is_file() else ""


def put_aside_bad_rules(folder: Path) -> tuple[str, ...]:
    """Take away the rules that Prometheus would not start with, once it is there; the services that they are of."""
    refused: list[str] = []
    for rules in sorted((folder / "rules").glob("*.yml")):
        try:
            watching.check_rules(folder, rules)
        except ChecksFailedError:
            rules.unlink()
            refused.append(rules.stem)
        except GoldenpathError:  # there is no promtool
            break
    return tuple(refused)


def reload_monitoring(folder: Path, production: Production) -> bool:
    """Let Prometheus read again what it is told; false when it does not run, and will read it when it starts.

    Where there is none, nothing is to be read. Raises MachineError when it refuses it.
    """
    return PROMETHEUS not in production.ports or reloading.reload(folder, production.ports[PROMETHEUS])
