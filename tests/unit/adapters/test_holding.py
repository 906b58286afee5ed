"""Events that are held while something is made: they count when it is there, and are forgotten when it is not."""

from __future__ import annotations

import fcntl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.holding import holding, settle
from goldenpath.core.events import REPOSITORY_CREATED, Draft

if TYPE_CHECKING:
    from pathlib import Path

DRAFTS = [Draft(REPOSITORY_CREATED, "prj-1", datetime(2026, 1, 1, tzinfo=UTC), {}, "0197-a")]


class KilledError(Exception):
    """Stands for a kill: the process goes, and the file stays."""


def killed(folder: Path) -> None:
    with pytest.raises(KilledError), holding(folder, DRAFTS):
        raise KilledError


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()] if folder.is_dir() else []


def test_nothing_is_left_when_all_went_well(tmp_path: Path) -> None:
    with holding(tmp_path / "held", DRAFTS):
        assert names(tmp_path / "held") == ["0197-a.json"]
    assert names(tmp_path / "held") == []


@pytest.mark.parametrize(("there", "kept"), [({"prj-1"}, ["0197-a.json"]), ({"prj-2"}, [])])
def test_the_events_of_who_was_killed_count_when_the_project_is_there(
    tmp_path: Path, there: set[str], kept: list[str]
) -> None:
    killed(tmp_path / "held")
    settle(tmp_path / "held", tmp_path / "spool", there.__contains__)
    assert names(tmp_path / "held") == []
    assert names(tmp_path / "spool") == kept


def test_what_somebody_works_on_is_left_alone(tmp_path: Path) -> None:
    with holding(tmp_path / "held", DRAFTS):
        settle(tmp_path / "held", tmp_path / "spool", lambda _: True)
        assert names(tmp_path / "held") == ["0197-a.json"]
    assert names(tmp_path / "spool") == []


def test_what_was_cut_off_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "held").mkdir()
    for name in (".making-x", "0197-b.json"):
        (tmp_path / "held" / name).write_text("[")
    settle(tmp_path / "held", tmp_path / "spool", lambda _: True)
    assert names(tmp_path / "held") == names(tmp_path / "spool") == []


def test_where_nothing_can_be_kept_it_goes_on_without(tmp_path: Path) -> None:
    (tmp_path / "held").write_text("in the way")
    with holding(tmp_path / "held", DRAFTS):
        pass


def test_where_nothing_can_be_locked_it_goes_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with holding(tmp_path, DRAFTS):
        assert names(tmp_path) == []
