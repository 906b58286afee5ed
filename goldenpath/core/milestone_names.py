"""Which milestones there are: `record`, checks and path files know them by name, and fold no events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MILESTONES: Mapping[str, str] = {
    "started": "began a first path",
    "project-created": "has a repository with a first commit",
    "environment-ready": "has a development environment that works",
    "first-change": "changed the service and tested the change",
    "first-commit": "committed a change of their own",
    "first-pr-opened": "opened a pull request",
    "first-pr-merged": "had a pull request merged",
    "tenth-pr-merged": "had ten pull requests merged",
    "first-deploy": "released to production",
    "first-metric": "added a metric and saw it scraped",
    "first-alert": "saw an alert of their own fire and resolve",
    "exposed": "made the service reachable by name",
    "path-completed": "reached the end of a path",
}
