"""What is to be deployed: a commit with its deploy.toml, and the service that it is a release of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.adapters.production import supervisor
from goldenpath.core.deploy_file import FILE, read_deploy_file
from goldenpath.core.errors import FilesInTheWayError, UsageError
from goldenpath.core.production import Service
from goldenpath.flows.lay_out_production import with_ports

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.deploy_file import DeployFile
    from goldenpath.core.model import Project
    from goldenpath.core.production import Production


def commit_of(root: Path, ref: str) -> str:
    """The commit that is meant: a revision, or HEAD when it is empty. Raises UsageError, and FilesInTheWayError for
    work that is not committed.
    """
    if ref:
        commit = repo.asks(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if not commit:
            raise UsageError(f"the project has no revision {ref}", hint="see what it has: git log --oneline")
        return commit
    changed = repo.changes(root)
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        files = ", ".join(line[3:] for line in changed[:3])
        raise FilesInTheWayError(
            f"not everything is committed: {files}{more}", hint="commit it, or name what to deploy: --ref HEAD"
        )
    return repo.git(root, "rev-parse", "HEAD")


def deploy_file_of(root: Path, commit: str) -> DeployFile:
    """The deploy.toml of a commit. Raises UsageError when it has none, TemplateError when it can't be read."""
    text = repo.asks(root, "show", f"{commit}:./{FILE}")
    if text is None:
        raise UsageError(
            f"commit {commit[:10]} has no {FILE}: nobody knows how it is run",
            hint="write one: docs/reference/deploy-file.md; a newer template may bring it: goldenpath update",
        )
    return read_deploy_file(text)


def own_service(production: Production, project: Project) -> Service:
    """What is deployed of a project. Raises UsageError when nothing is."""
    found = next((each for each in production.services.values() if each.project == project.id), None)
    if found is None:
        raise UsageError(f"nothing of {project.root.name} is deployed", hint="deploy it: goldenpath prod deploy")
    return found


def service_for(folder: Path, production: Production, project: Project, file: DeployFile) -> Service:
    """The service in its present state, with ports that it can have. Raises FilesInTheWayError for another's name."""
    known = production.services.get(file.name)
    if known and known.project != project.id:
        raise FilesInTheWayError(
            f"{file.name} is deployed already, from {known.root}", hint=f"give this one another `name` in {FILE}"
        )
    own = next((each for each in production.services.values() if each.project == project.id), None)
    if own and own.name != file.name:
        raise FilesInTheWayError(
            f"this project is deployed as {own.name}, and its {FILE} says {file.name} now",
            hint=f"take the old one out first: goldenpath prod remove {own.name}",
        )
    if known and known.live and known.live.file.kind != file.kind:
        raise FilesInTheWayError(
            f"{file.name} is a {known.live.file.kind}, and its {FILE} says {file.kind} now",
            hint=f"take it out first: goldenpath prod remove {file.name}",
        )
    fresh = Service(file.name, project.id, str(project.root), {})
    return replace(with_free_ports(folder, production, known or fresh), root=str(project.root))


def with_free_ports(folder: Path, production: Production, service: Service) -> Service:
    """The service with ports that it can have now."""
    running = [each.name for each in supervisor.processes(folder).values() if each.is_running]
    used = {
        *production.ports.values(),
        *(port for each in production.services.values() for port in each.ports.values()),
    }
    return with_ports(service, running, used)
