"""Small local facts that are no history: trust decisions, unfinished questionnaires, where projects were seen."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers


def write_whole(path: Path, text: str) -> None:
    """Write a private file so that it is there whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 - both are names of one file system
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise


def is_trusted(settings: Settings, key: str) -> bool:
    """Whether the person allowed what `key` (a source at a commit, or a project) brings to run."""
    return key in _read(settings.config / "trust.json").get("allowed", [])


def trust(settings: Settings, key: str) -> None:
    """Keep the decision to allow what `key` brings."""
    path = settings.config / "trust.json"
    allowed = sorted({*_read(path).get("allowed", []), key})
    write_whole(path, json.dumps({"allowed": allowed}, indent=1) + "\n")


def draft_path(settings: Settings, source: str, destination: Path) -> Path:
    """Where the answers of an unfinished questionnaire are kept."""
    digest = hashlib.sha256(f"{source}\n{destination}".encode()).hexdigest()[:16]
    return settings.state / "drafts" / f"{digest}.json"


def read_draft(path: Path) -> Answers:
    """The answers that were given before the questionnaire was interrupted; none when it was not."""
    return dict(_read(path).get("answers", {}))


def write_draft(path: Path, answers: Answers) -> None:
    """Keep the answers given so far."""
    write_whole(path, json.dumps({"answers": answers}) + "\n")


def drop_draft(path: Path) -> None:
    """Forget an unfinished questionnaire."""
    path.unlink(missing_ok=True)


def note_place(settings: Settings, project: str, root: Path) -> None:
    """Remember that a project was seen in a folder of this machine."""
    path = settings.state / "places.json"
    places = _read(path)
    known = places.get(project, [])
    if str(root) not in known:
        write_whole(path, json.dumps({**places, project: [*known, str(root)]}, indent=1) + "\n")


def places(settings: Settings, project: str) -> list[str]:
    """The folders in which a project was seen on this machine."""
    return list(_read(settings.state / "places.json").get(project, []))


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError):
        return {}
    return value if isinstance(value, dict) else {}
