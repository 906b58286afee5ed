"""Small local facts that are no history: trust decisions, unfinished questionnaires, where projects were seen."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.durable import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers


def is_trusted(settings: Settings, key: str) -> bool:
    """Whether the person allowed what `key` (a source at a commit, or a project's mark) brings to run."""
    return _card(settings.config / "trust", key).is_file()


def trust(settings: Settings, key: str) -> None:
    """Keep the decision to allow what `key` brings. A file for each, so that two at once don't lose one."""
    write_whole(_card(settings.config / "trust", key), key + "\n")


def draft_path(settings: Settings, source: str, destination: Path) -> Path:
    """Where the answers of an unfinished questionnaire are kept."""
    digest = _digest(f"{source}\n{destination}")[:16]
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
    """Remember that a project was seen in a folder; not one whose name is no UTF-8, and not where nothing can stand."""
    card = _card(settings.state / "places" / _digest(project), str(root))
    with contextlib.suppress(UnicodeEncodeError, OSError):
        if not card.is_file():
            write_whole(card, f"{root}\n")


def places(settings: Settings, project: str) -> list[str]:
    """The folders in which a project was seen on this machine, the first one first."""
    cards = (settings.state / "places" / _digest(project)).glob("[0-9a-f]*")
    by_age = sorted(cards, key=lambda card: card.stat().st_mtime_ns)
    said = (card.read_text(encoding="utf-8", errors="surrogateescape").rstrip("\n") for card in by_age)
    return [place for place in said if place and "\0" not in place]


def _card(folder: Path, key: str) -> Path:
    return folder / _digest(key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError):
        return {}
    return value if isinstance(value, dict) else {}
