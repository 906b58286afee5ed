"""The two standards that an exported line keeps: CloudEvents 1.0, and in its `data` CDEvents 0.5.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMAS = Path(__file__).parent.parent / "schemas"
PUBLISHED = SCHEMAS / "cdevents-0.5.1"
FORMATS = FormatChecker(("uri", "uri-reference", "date-time"))
TEXT = {"type": "string", "minLength": 1}
PLACE = {**TEXT, "format": "uri-reference"}
LINK = {"type": "string", "format": "uri"}
CUSTOM_TYPE = r"^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$"


def faults(line: Mapping[str, Any]) -> list[str]:
    """What is wrong with an exported line, and where; nothing when it keeps both standards."""
    envelope = json.loads((SCHEMAS / "cloudevents-1.0" / "cloudevents.json").read_text(encoding="utf-8"))
    found = [*Draft7Validator(envelope, format_checker=FORMATS).iter_errors(line)]
    if not found:
        schema = schema_of(line["type"])
        checker = Draft202012Validator(schema, registry=_registry(), format_checker=FORMATS)
        found = [*checker.iter_errors(line["data"])]
    return [f"{error.json_path}: {error.message}" for error in found]


def schema_of(kind: str) -> Any:
    """The published schema of an event type, and until it is here, its rules as we read them in the specification."""
    file = published_file(kind)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else _rules(kind)


def published_file(kind: str) -> Path:
    """Where the published schema of an event type belongs."""
    _, family, subject, predicate, *_ = kind.split(".")
    return PUBLISHED / ("custom/schema.json" if family == "cdeventsx" else f"{subject}{predicate}.json")


def _registry() -> Registry[Any]:
    return Registry().with_resources(_resources())


def _resources() -> Iterator[tuple[str, Resource[Any]]]:
    for file in PUBLISHED.rglob("*.json"):
        contents = json.loads(file.read_text(encoding="utf-8"))
        yield contents["$id"], Resource.from_contents(contents)


def _rules(kind: str) -> dict[str, Any]:
    """CDEvents 0.5.1: what every event has (spec.md), and the content of its subject (the page of its stage)."""
    custom = kind.startswith("dev.cdeventsx.")
    context = {
        "specversion": {"const": "0.5.1"},
        "id": TEXT,
        "source": PLACE,
        "type": {"pattern": CUSTOM_TYPE} if custom else {"const": kind},
        "timestamp": {"type": "string", "format": "date-time"},
    }
    content = {"type": "object"} if custom else _CONTENT[kind.removeprefix("dev.cdevents.")]
    subject = _object({"id": TEXT, "content": content}, {"source": PLACE})
    more = {"customData": {"type": "object"}, "customDataContentType": {"type": "string"}}
    return _object({"context": _object(context), "subject": subject}, more)


def _object(needed: Mapping[str, Any], allowed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An object with these members and no others."""
    members = {**needed, **(allowed or {})}
    return {"type": "object", "properties": members, "required": [*needed], "additionalProperties": False}


_REPOSITORY = {"repository": _object({"id": TEXT}, {"source": PLACE})}
_CONTENT = {
    "repository.created.0.3.0": _object({"name": TEXT, "uri": LINK}, {"owner": {"type": "string"}, "viewUrl": LINK}),
    "change.created.0.4.0": _object({}, {"description": TEXT, **_REPOSITORY}),
    "change.reviewed.0.3.0": _object({}, _REPOSITORY),
    "change.merged.0.3.0": _object({}, _REPOSITORY),
    **dict.fromkeys(
        ("service.deployed.0.3.0", "service.rolledback.0.3.0"),
        _object({"environment": _REPOSITORY["repository"], "artifactId": TEXT}),
    ),
    "service.removed.0.3.0": _object({}, {"environment": _REPOSITORY["repository"]}),
}
