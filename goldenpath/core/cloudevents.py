"""CloudEvents: how an event is shown to others, as a CloudEvent whose data is a CDEvent.

Sources: CloudEvents 1.0.2 with its JSON event format, https://github.com/cloudevents/spec, and CDEvents 0.5.1 with its
custom events, https://github.com/cdevents/spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.times import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goldenpath.core.events import Event
    from goldenpath.core.model import Json

CDEVENTS = "0.5.1"
SCHEME = "goldenpath:"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TOPICS = ("path", "version", "step", "hint", "milestone")


def as_cloudevent(event: Event) -> dict[str, Json]:
    """The event as a CloudEvents 1.0 JSON object; its facts are `data.customData`, whole.

    The chain travels in four extension attributes, so that an import can verify it. An event of others is given back
    as it came.
    """
    if not event.writer:
        return _as_it_came(event)
    source = SCHEME + event.source
    return {
        "specversion": "1.0",
        **_attributes(event, source),
        "datacontenttype": "application/json",
        "goldenpathwriter": event.writer,
        "goldenpathseq": event.wseq,
        "goldenpathprev": event.prev,
        "goldenpathhash": event.hash,
        "data": _as_cdevent(event, source),
    }


def _attributes(event: Event, source: str) -> dict[str, Json]:
    # CloudEvents has no empty subject: others may have none, and then the attribute is left out.
    subject: dict[str, Json] = {"subject": event.subject} if event.subject else {}
    return {"id": event.id, "source": source, "type": event.type, **subject, "time": stamp(event.time)}


def _as_it_came(event: Event) -> dict[str, Json]:
    # An import keeps what is left of the envelope, and the time where it was written in another way than ours; without
    # an envelope, what is kept is the data alone.
    bare: dict[str, Json] = {"specversion": "1.0", "datacontenttype": "application/json", "data": dict(event.data)}
    return {**_attributes(event, event.source), **(event.data if "specversion" in event.data else bare)}


def _as_cdevent(event: Event, source: str) -> dict[str, Json]:
    # The facts are not `subject.content`, because CDEvents allows no names there but its own.
    kind = "".join(event.type.split(".")[2:3])
    return {
        "context": {
            "specversion": CDEVENTS,
            "id": event.id,
            "source": source,
            "type": event.type,
            "timestamp": stamp(event.time),
        },
        "subject": {"id": _subject(event, kind), "content": _CONTENT.get(kind, _topics)(event)},
        "customData": dict(event.data),
        "customDataContentType": "application/json",
    }


def _subject(event: Event, kind: str) -> str:
    # To CDEvents two pull requests of one project are two subjects; to the ledger they are about the same project.
    number = event.data.get("number") if kind == "change" else None
    return event.subject if number is None else f"{event.subject}/{number}"


def _repository(event: Event) -> dict[str, Json]:
    return {"name": str(event.data.get("name") or event.subject), "uri": _uri(event.subject)}


def _change(event: Event) -> dict[str, Json]:
    project = event.data.get("project")
    return {"repository": {"id": str(project)}} if project else {}


def _service(event: Event) -> dict[str, Json]:
    # A release is named as a package URL, github.com/package-url/purl-spec: `generic` is for what no registry has.
    data = event.data
    artifact = f"pkg:generic/{data.get('service')}@{data.get('commit')}"
    environment: dict[str, Json] = {"id": str(data.get("environment") or "local")}
    is_removed = event.type.split(".")[3:4] == ["removed"]
    return {"environment": environment, **({} if is_removed else {"artifactId": artifact})}


def _topics(event: Event) -> dict[str, Json]:
    # What a custom event may hold is ours to say: the things that it is about.
    return {name: event.data[name] for name in _TOPICS if event.data.get(name) not in (None, "")}


def _uri(ident: str) -> str:
    """A URI that names a project and leads nowhere: where its repository is, the ledger does not know.

    A repository may be on this machine only, and a path of this machine is nobody else's business. RFC 3986 lets a URI
    be a name (section 1.1.3) and says how to write what is not ASCII (section 2.1): an id is whatever stands in a file.
    """
    return SCHEME + "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in ident.encode())


_CONTENT: Mapping[str, Callable[[Event], dict[str, Json]]] = {
    "repository": _repository,
    "change": _change,
    "service": _service,
}
