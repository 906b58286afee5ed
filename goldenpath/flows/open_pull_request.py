"""Open and list pull requests on the project's forge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.core.errors import ForgeError
from goldenpath.flows.record_pull_requests import record_pull_requests
from goldenpath.forges import local

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Project, PullRequest
    from goldenpath.forges.local import LocalForge


def forge_of(settings: Settings, project: Project) -> LocalForge:
    """The project's repository on its forge. Raises ForgeError when it has none that we can ask."""
    forge = local.find(settings.forge, project.root)
    if forge is None:
        url = repo.remote_url(project.root)
        where = f"its origin is {url}" if url else "it has no remote called origin"
        raise ForgeError(
            f"the project {project.root.name} has no forge here: {where}",
            hint="look at it: goldenpath doctor",
        )
    return forge


def list_pull_requests(settings: Settings, ledger: Ledger, project: Project) -> list[PullRequest]:
    """The project's pull requests, oldest first; what the ledger lacks of them is recorded. Raises ForgeError."""
    return current_pull_requests(forge_of(settings, project), ledger, project)


def current_pull_requests(forge: LocalForge, ledger: Ledger, project: Project) -> list[PullRequest]:
    """The same of a forge that is known; their heads are where their branches are."""
    pulls = local.pull_requests(forge)
    local.follow_branches(forge, pulls)
    record_pull_requests(ledger, project, pulls)
    return pulls


def open_pull_request(
    settings: Settings, ledger: Ledger, *, project: Project, title: str | None, now: datetime
) -> PullRequest:
    """A new pull request from the current branch to `main`. Raises ForgeError naming why the forge refuses."""
    forge = forge_of(settings, project)
    current_pull_requests(forge, ledger, project)
    branch = repo.branch(project.root)
    _must_be_ready(forge, project, branch)
    subject = title or repo.git(project.root, "log", "-1", "--format=%s", branch)
    pull = local.open_pull_request(forge, branch=branch, title=subject, author=ledger.engineer(), now=now)
    record_pull_requests(ledger, project, [pull])
    return pull


def _must_be_ready(forge: LocalForge, project: Project, branch: str) -> None:
    if branch in {"", local.TARGET}:
        raise ForgeError(
            f"you are on {branch or 'no branch'}; a pull request comes from a branch of its own",
            hint="make one: git switch -c my-change",
        )
    there, here = local.branch_head(forge, branch), repo.git(project.root, "rev-parse", branch)
    if there != here:
        what = "is not pushed" if not there else "has commits here that are not pushed, or the other way round"
        raise ForgeError(f"the branch {branch} {what}", hint=f"push it: git push -u origin {branch}")
    if not local.count_commits(forge, branch):
        raise ForgeError(
            f"the branch {branch} has nothing that {local.TARGET} lacks",
            hint="commit a change first: git commit",
        )
    local.refuse_second(forge, branch)
