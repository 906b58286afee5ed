"""Open and list pull requests on the project's forge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.core import events as ev
from goldenpath.core.errors import ForgeError
from goldenpath.core.model import PullRequestState
from goldenpath.forges import local

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json, Project, PullRequest
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


def list_pull_requests(settings: Settings, project: Project) -> list[PullRequest]:
    """The project's pull requests, oldest first. Raises ForgeError."""
    return local.pull_requests(forge_of(settings, project))


def open_pull_request(
    settings: Settings, ledger: Ledger, project: Project, title: str | None, now: datetime
) -> PullRequest:
    """A new pull request from the current branch to `main`. Raises ForgeError naming why the forge refuses."""
    forge = forge_of(settings, project)
    branch = repo.branch(project.root)
    _must_be_ready(forge, project, branch)
    subject = title or repo.git(project.root, "log", "-1", "--format=%s", branch)
    pull = local.open_pull_request(forge, branch=branch, title=subject, author=ledger.engineer(), now=now)
    ledger.append([opened(pull, project, ledger.engineer())])
    return pull


def opened(pull: PullRequest, project: Project, engineer: str) -> ev.Draft:
    """The event of a pull request that was opened."""
    return ev.Draft(ev.CHANGE_CREATED, project.id, pull.opened_at, about_pull(pull, project, engineer))


def about_pull(pull: PullRequest, project: Project, engineer: str) -> dict[str, Json]:
    """What the events of a pull request say; `tutorial` marks those that were made along a path."""
    return {
        "project": project.id,
        "engineer": engineer,
        "number": pull.number,
        "forge": "local",
        "tutorial": bool(project.path_id),
    }


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
    for pull in local.pull_requests(forge):
        if pull.branch == branch and pull.state is PullRequestState.OPEN:
            raise ForgeError(
                f"pull request #{pull.number} is open for {branch} already",
                hint="go on with: goldenpath pr merge",
            )
