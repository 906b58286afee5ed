"""Events are named as CDEvents and chained."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import replace
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import EVENT_TYPES, GENESIS, Draft, Event, canonical, link, short_type
from tests.conftest import NOW

if TYPE_CHECKING:
    from goldenpath.core.model import Json

CUSTOM = re.compile(r"^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$")
SPECIFIED = {
    "dev.cdevents.repository.created.0.3.0",
    "dev.cdevents.change.created.0.4.0",
    "dev.cdevents.change.merged.0.3.0",
    "dev.cdevents.service.deployed.0.3.0",
    "dev.cdevents.service.rolledback.0.3.0",
    "dev.cdevents.service.removed.0.3.0",
}
EVENT = Event(
    id="018f",
    source="wri-1",
    wseq=3,
    type=ev.STEP_COMPLETED,
    subject="prj-1",
    time=NOW,
    data={"step": "add-endpoint", "checks": 2, "name": "é"},
    prev=GENESIS,
    hash="",
    writer="wri-1",
)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_type_is_one_of_cdevents_or_has_its_custom_form(name: str) -> None:
    assert name in SPECIFIED or CUSTOM.fullmatch(name)


def test_every_type_that_is_defined_is_listed() -> None:
    defined = {value for value in vars(ev).values() if isinstance(value, str) and value.startswith("dev.cdevents")}
    assert defined == set(EVENT_TYPES)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [1, 2]}, '{"a":[1,2],"b":1}'),
        ({"é": "ü"}, '{"é":"ü"}'),
        ({"a": {"d": None, "c": True}}, '{"a":{"c":true,"d":null}}'),
        ([], "[]"),
    ],
)
def test_canonical_json_has_one_spelling(value: object, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_canonical_json_refuses_what_json_lacks(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": value})


@pytest.mark.parametrize(
    "other",
    [
        replace(EVENT, id="018e"),
        replace(EVENT, source="wri-2"),
        replace(EVENT, writer="wri-2"),
        replace(EVENT, wseq=4),
        replace(EVENT, type=ev.STEP_SKIPPED),
        replace(EVENT, subject="prj-2"),
        replace(EVENT, time=NOW + timedelta(milliseconds=1)),
        replace(EVENT, data={**EVENT.data, "checks": 3}),
        replace(EVENT, prev="1" * 64),
    ],
)
def test_the_hash_covers_every_field(other: Event) -> None:
    assert link(other) != link(EVENT)


def test_the_hash_is_that_of_canonical_json_and_of_nothing_else() -> None:
    about = [ev.STEP_COMPLETED, "prj-1", "2026-03-02T09:00:00.000Z", dict(EVENT.data)]
    fields = [1, GENESIS, "018f", "wri-1", "wri-1", 3, *about]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert link(EVENT) == hashlib.sha256(text.encode()).hexdigest()
    assert link(replace(EVENT, hash="f" * 64, data=dict(reversed(list(EVENT.data.items()))))) == link(EVENT)


def test_the_hash_does_not_depend_on_the_zone_of_the_clock() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert link(replace(EVENT, time=elsewhere)) == link(EVENT)


@pytest.mark.parametrize(
    ("facts", "subject"),
    [({"project": "prj-1"}, "prj-1"), ({"project": ""}, "eng-1"), ({}, "eng-1"), ({"engineer": "eng-2"}, "eng-2")],
)
def test_an_event_is_about_the_project_or_else_about_the_engineer(facts: dict[str, Json], subject: str) -> None:
    draft = Draft.about(ev.HINT_SHOWN, NOW, facts).of("eng-1")
    assert draft == Draft(ev.HINT_SHOWN, subject, NOW, {"engineer": "eng-1", **facts})


@pytest.mark.parametrize(
    ("name", "short"),
    [(ev.STEP_COMPLETED, "step.completed"), (ev.CHANGE_MERGED, "change.merged"), (ev.HINT_SHOWN, "hint.shown")],
)
def test_a_person_reads_the_short_form_of_a_type(name: str, short: str) -> None:
    assert short_type(name) == short
