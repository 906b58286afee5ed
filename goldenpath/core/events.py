"""Events: what the ledger holds, how they are named and chained.

Type names are CDEvents where the specification (v0.5.1) has one, else its custom form `dev.cdeventsx.*`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.core.times import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from goldenpath.core.model import Json

REPOSITORY_CREATED = "dev.cdevents.repository.created.0.3.0"
CHANGE_CREATED = "dev.cdevents.change.created.0.4.0"
CHANGE_MERGED = "dev.cdevents.change.merged.0.3.0"
SERVICE_DEPLOYED = "dev.cdevents.service.deployed.0.3.0"
SERVICE_ROLLED_BACK = "dev.cdevents.service.rolledback.0.3.0"
SERVICE_REMOVED = "dev.cdevents.service.removed.0.3.0"
PROJECT_UPDATED = "dev.cdeventsx.goldenpath-project.updated.0.1.0"
PATH_STARTED = "dev.cdeventsx.goldenpath-path.started.0.1.0"
PATH_COMPLETED = "dev.cdeventsx.goldenpath-path.completed.0.1.0"
STEP_CHECKED = "dev.cdeventsx.goldenpath-step.checked.0.1.0"
STEP_COMPLETED = "dev.cdeventsx.goldenpath-step.completed.0.1.0"
STEP_REOPENED = "dev.cdeventsx.goldenpath-step.reopened.0.1.0"
STEP_SKIPPED = "dev.cdeventsx.goldenpath-step.skipped.0.1.0"
STEP_CHOSEN = "dev.cdeventsx.goldenpath-step.chosen.0.1.0"
HINT_SHOWN = "dev.cdeventsx.goldenpath-hint.shown.0.1.0"
SOLUTION_SHOWN = "dev.cdeventsx.goldenpath-solution.shown.0.1.0"
SOLUTION_APPLIED = "dev.cdeventsx.goldenpath-solution.applied.0.1.0"
MILESTONE_RECORDED = "dev.cdeventsx.goldenpath-milestone.recorded.0.1.0"

EVENT_TYPES: Mapping[str, str] = {
    REPOSITORY_CREATED: "a project was made",
    CHANGE_CREATED: "a pull request was opened",
    CHANGE_MERGED: "a pull request was merged",
    SERVICE_DEPLOYED: "a release of a service went live",
    SERVICE_ROLLED_BACK: "a service went back to the release before",
    SERVICE_REMOVED: "a service was taken out of production",
    PROJECT_UPDATED: "a project went to another version of its template",
    PATH_STARTED: "a path was started",
    PATH_COMPLETED: "the last step of a path was done",
    STEP_CHECKED: "a step was checked and is not done yet",
    STEP_COMPLETED: "every check of a step passed",
    STEP_REOPENED: "a lasting check of a done step failed",
    STEP_SKIPPED: "a step was skipped",
    STEP_CHOSEN: "the pointer was moved",
    HINT_SHOWN: "a hint was shown",
    SOLUTION_SHOWN: "a solution was shown",
    SOLUTION_APPLIED: "a solution was laid over the project",
    MILESTONE_RECORDED: "a milestone was reached that no other event tells of",
}

GENESIS = "0" * 64
"""What the first event of a writer names as its predecessor."""
FORMAT = 1
"""The number of the formula in `link`, which hashes it first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is not in the ledger yet. `time` is when it happened.

    `subject` is a project's or engineer's id. Without one it is about the engineer; without an `engineer` in its facts,
    that is the one whom the ledger is about. An `id` has who waited in the spool; others get theirs when written.
    """

    type: str
    subject: str
    time: datetime
    data: Mapping[str, Json]
    id: str = ""

    @classmethod
    def about(cls, kind: str, time: datetime, facts: Mapping[str, Json]) -> Draft:
        """A draft about the project that the facts name, or about the engineer when they name none."""
        return cls(kind, str(facts.get("project") or ""), time, facts)

    def of(self, engineer: str) -> Draft:
        """The draft with nothing left out: where it names nobody, it is this engineer's."""
        facts = {**self.data, "engineer": self.data.get("engineer", engineer)}
        return replace(self, data=facts, subject=self.subject or str(facts["engineer"]))


@dataclass(frozen=True, slots=True)
class Event:
    """An event in the ledger. `source` is where it comes from, `writer` whose chain it is in; for ours both are one.

    `wseq` counts per writer from 1; `hash` covers all else and `prev`. An event of others that is in no chain has
    neither: 0 and empty.
    """

    id: str
    source: str
    wseq: int
    type: str
    subject: str
    time: datetime
    data: Mapping[str, Json]
    prev: str
    hash: str
    writer: str = ""


def canonical(value: object) -> str:
    """JSON in one spelling: sorted keys, no spaces, no NaN. Raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(event: Event) -> str:
    """The SHA-256 (hex) that `event.hash` must be."""
    place = [FORMAT, event.prev, event.id, event.writer, event.source, event.wseq]
    fields = [*place, event.type, event.subject, stamp(event.time), event.data]
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def short_type(event_type: str) -> str:
    """The part of an event type that a person reads: `step.completed`, `change.merged`."""
    return ".".join(event_type.split(".")[2:4]).removeprefix("goldenpath-")
