"""Every event is shown as a valid CloudEvent with a valid CDEvent in it, and nothing of it is lost."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cloudevents.core.formats.json import JSONFormat

from goldenpath.core import events as ev
from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.events import EVENT_TYPES, GENESIS, Event, canonical
from tests.conftest import NOW
from tests.interchange import FORMATS, faults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.model import Json

WRITER, PROJECT, ENGINEER = "wri-3f0a9c5b7d21e8466a90", "prj-5f0c1a77b2e94d3380aa", "eng-90b1c2d3e4f5a6b7c8d9"
COMMIT = "25341a6d1f3f7c6b8f0f4f0a0a7f0ad0f7b1c2d3"
WALK: Mapping[str, Json] = {"project": PROJECT, "engineer": ENGINEER, "path": "backend", "version": "1.0.0"}
STEP: Mapping[str, Json] = {**WALK, "step": "add-endpoint"}
PULL: Mapping[str, Json] = {
    "project": PROJECT,
    "engineer": ENGINEER,
    "number": 1,
    "forge": "local",
    "tutorial": True,
}
SAID: Mapping[str, Json] = {
    "project": PROJECT,
    "engineer": ENGINEER,
    "milestone": "first-deploy",
    "learned": "said",
    "url": "https://example.org/1",
}
START: Mapping[str, Json] = {**WALK, "template": "goldenpath:backend.git"}
UPDATED: Mapping[str, Json] = {
    "project": PROJECT,
    "engineer": ENGINEER,
    "template": "goldenpath:backend.git",
    "before": "0.9.0",
    "version": "1.0.0",
    "commit": COMMIT,
    "conflicts": 2,
}
SERVED: Mapping[str, Json] = {
    "project": PROJECT,
    "engineer": ENGINEER,
    "service": "playlist-api",
    "commit": COMMIT,
    "environment": "local",
}
RELEASED: Mapping[str, Json] = {**SERVED, "release": f"20260302T090000000000-{COMMIT[:10]}", "seconds": 4.2}
FACTS: Mapping[str, Mapping[str, Json]] = {
    ev.REPOSITORY_CREATED: {**START, "commit": COMMIT, "name": "playlists", "forge": "local"},
    ev.CHANGE_CREATED: PULL,
    ev.CHANGE_MERGED: {**PULL, "commit": COMMIT},
    ev.SERVICE_DEPLOYED: RELEASED,
    ev.SERVICE_ROLLED_BACK: RELEASED,
    ev.SERVICE_REMOVED: SERVED,
    ev.PROJECT_UPDATED: UPDATED,
    ev.PATH_STARTED: START,
    ev.PATH_COMPLETED: {**WALK, "learned": "verified"},
    ev.STEP_CHECKED: {**STEP, "failed": [1, 3]},
    ev.STEP_COMPLETED: {**STEP, "learned": "verified", "checks": 2, "milestone": "first-change"},
    ev.STEP_REOPENED: {**STEP, "failed": [2]},
    ev.STEP_SKIPPED: STEP,
    ev.STEP_CHOSEN: STEP,
    ev.HINT_SHOWN: {**STEP, "hint": 1},
    ev.SOLUTION_SHOWN: STEP,
    ev.SOLUTION_APPLIED: STEP,
    ev.MILESTONE_RECORDED: SAID,
}
"""What the flows write."""
NOT_SEEN = {"name": "", "path": "", "url": "", "step": "", "milestone": None}
BARE = {**NOT_SEEN, "project": "", "engineer": ENGINEER}
AWKWARD = {**WALK, "name": 'Ärger & "Söhne" \u2028 🎵', "path": "../..", "step": "<b>\n", "url": "not a url at all"}


def event_of(kind: str, facts: Mapping[str, Json], subject: str = PROJECT) -> Event:
    return Event(
        "019d2f4e-8a10-7c3b-9f52-6b1f0e7a4c11", WRITER, 18, kind, subject, NOW, facts, GENESIS, "b" * 64, WRITER
    )


def exported(event: Event) -> Any:
    """The event as somebody reads it who has only the line."""
    return json.loads(canonical(as_cloudevent(event)))


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_type_keeps_both_standards(kind: str) -> None:
    assert faults(exported(event_of(kind, FACTS[kind]))) == []


@pytest.mark.parametrize("kind", EVENT_TYPES)
@pytest.mark.parametrize(
    ("facts", "subject"),
    [
        ({}, ENGINEER),
        (BARE, ENGINEER),
        ({**WALK, **NOT_SEEN}, PROJECT),
        (AWKWARD, PROJECT),
        ({**WALK, "project": "über uns/50 %", "name": ["no", "name"], "number": "one"}, "über uns/50 %"),
    ],
    ids=["none", "empty", "nothing-seen", "awkward", "edited-by-hand"],
)
def test_no_fact_makes_a_line_invalid_or_is_lost(kind: str, facts: Mapping[str, Json], subject: str) -> None:
    line = exported(event_of(kind, facts, subject))
    assert faults(line) == []
    assert (line["subject"], line["data"]["customData"]) == (subject, facts)


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_the_sdk_of_cloudevents_reads_every_type(kind: str) -> None:
    event = event_of(kind, FACTS[kind])
    read = JSONFormat().read(None, canonical(as_cloudevent(event)))
    assert (read.get_id(), read.get_source(), read.get_type()) == (event.id, f"goldenpath:{WRITER}", kind)
    assert (read.get_subject(), read.get_time(), read.get_extension("goldenpathseq")) == (PROJECT, NOW, 18)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"source": "a b"}, "$.source"),
        ({"time": "yesterday"}, "$.time"),
        ({"subject": ""}, "$.subject"),
        ({"data": {"context": {}}}, "$.context"),
    ],
)
def test_a_broken_line_is_noticed(change: dict[str, Json], where: str) -> None:
    line = {**exported(event_of(ev.REPOSITORY_CREATED, FACTS[ev.REPOSITORY_CREATED])), **change}
    assert [fault.split(":")[0] for fault in faults(line)][:1] == [where]


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("context", "specversion", ""),
        ("context", "version", "0.5.1"),
        ("context", "source", "a b"),
        ("context", "timestamp", "yesterday"),
        ("subject", "id", ""),
        ("subject", "type", "repository"),
        ("content", "name", ""),
        ("content", "uri", "no uri"),
        ("content", "commit", COMMIT),
    ],
)
def test_a_broken_cdevent_is_noticed(part: str, name: str, value: str) -> None:
    line = exported(event_of(ev.REPOSITORY_CREATED, FACTS[ev.REPOSITORY_CREATED]))
    (line["data"]["subject"] if part == "content" else line["data"])[part][name] = value
    assert faults(line)


def test_the_formats_are_looked_at() -> None:
    assert set(FORMATS.checkers) >= {"uri", "uri-reference", "date-time"}
    assert not FORMATS.conforms("no uri", "uri")


def test_a_line_has_the_attributes_of_cloudevents_and_the_context_of_cdevents() -> None:
    line = exported(event_of(ev.STEP_COMPLETED, FACTS[ev.STEP_COMPLETED]))
    assert {key: value for key, value in line.items() if key != "data" and not key.startswith("goldenpath")} == {
        "specversion": "1.0",
        "id": "019d2f4e-8a10-7c3b-9f52-6b1f0e7a4c11",
        "source": f"goldenpath:{WRITER}",
        "type": ev.STEP_COMPLETED,
        "subject": PROJECT,
        "time": "2026-03-02T09:00:00.000Z",
        "datacontenttype": "application/json",
    }
    assert line["data"]["context"] == {
        "specversion": "0.5.1",
        "id": line["id"],
        "source": line["source"],
        "type": line["type"],
        "timestamp": line["time"],
    }
    assert line["data"]["customDataContentType"] == "application/json"


def test_the_chain_is_in_extension_attributes_with_legal_names() -> None:
    line = exported(event_of(ev.HINT_SHOWN, FACTS[ev.HINT_SHOWN]))
    assert [line[f"goldenpath{name}"] for name in ("writer", "seq", "prev", "hash")] == [WRITER, 18, GENESIS, "b" * 64]
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", name) for name in line)


def test_a_repository_has_its_name_and_a_uri_that_leads_nowhere() -> None:
    kind = ev.REPOSITORY_CREATED
    assert exported(event_of(kind, FACTS[kind]))["data"]["subject"] == {
        "id": PROJECT,
        "content": {"name": "playlists", "uri": f"goldenpath:{PROJECT}"},
    }
    awkward = exported(event_of(kind, BARE, "a b/ü"))["data"]["subject"]["content"]
    assert awkward == {"name": "a b/ü", "uri": "goldenpath:a%20b%2F%C3%BC"}


def test_two_pull_requests_of_a_project_are_two_changes_to_one_repository() -> None:
    changes = [exported(event_of(ev.CHANGE_MERGED, {**PULL, "number": number})) for number in (1, 2)]
    assert [line["data"]["subject"]["id"] for line in changes] == [f"{PROJECT}/1", f"{PROJECT}/2"]
    assert [line["subject"] for line in changes] == [PROJECT, PROJECT]
    assert [line["data"]["subject"]["content"] for line in changes] == [{"repository": {"id": PROJECT}}] * 2


@pytest.mark.parametrize("kind", [ev.SERVICE_DEPLOYED, ev.SERVICE_ROLLED_BACK])
def test_a_release_is_named_as_a_package_of_its_commit(kind: str) -> None:
    assert exported(event_of(kind, FACTS[kind]))["data"]["subject"] == {
        "id": PROJECT,
        "content": {"environment": {"id": "local"}, "artifactId": f"pkg:generic/playlist-api@{COMMIT}"},
    }


def test_a_service_that_was_removed_has_no_artifact() -> None:
    content = exported(event_of(ev.SERVICE_REMOVED, FACTS[ev.SERVICE_REMOVED]))["data"]["subject"]["content"]
    assert content == {"environment": {"id": "local"}}


def test_an_event_of_our_own_says_what_it_is_about() -> None:
    content = exported(event_of(ev.HINT_SHOWN, FACTS[ev.HINT_SHOWN]))["data"]["subject"]["content"]
    assert content == {"path": "backend", "version": "1.0.0", "step": "add-endpoint", "hint": 1}


ELSEWHERE = Event("7", "https://ci.example.org", 0, "org.example.built", "job/7", NOW, {}, "", "")
ENVELOPE: Mapping[str, Json] = {"specversion": "1.0", "data": {"outcome": "success"}, "traceid": "abc"}


def test_an_event_of_others_is_given_back_with_all_that_its_envelope_had() -> None:
    line = exported(replace(ELSEWHERE, data=ENVELOPE))
    about = {"id": "7", "source": "https://ci.example.org", "type": "org.example.built", "subject": "job/7"}
    assert line == {**ENVELOPE, **about, "time": "2026-03-02T09:00:00.000Z"}


@pytest.mark.parametrize("data", [{}, {"a": [1, None], "ü": {"b": "c"}}])
def test_the_data_of_others_is_given_back_verbatim(data: dict[str, Json]) -> None:
    line = exported(replace(ELSEWHERE, data=data))
    assert (line["specversion"], line["source"], line["data"]) == ("1.0", "https://ci.example.org", data)
    assert not [name for name in line if name.startswith("goldenpath")]


def test_no_empty_subject_is_made_up_for_others() -> None:
    assert "subject" not in exported(replace(ELSEWHERE, subject="", data=ENVELOPE))
