"""Small local facts: written whole, private, forgiving when damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters import state

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings


def test_nothing_is_trusted_until_it_is(settings: Settings) -> None:
    assert not state.is_trusted(settings, "goldenpath:a.git@1")
    state.trust(settings, "goldenpath:a.git@1")
    state.trust(settings, "goldenpath:b.git@1")
    assert state.is_trusted(settings, "goldenpath:a.git@1")
    assert state.is_trusted(settings, "goldenpath:b.git@1")
    for other in ("goldenpath:a.git@2", "goldenpath:a.git", ""):
        assert not state.is_trusted(settings, other)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_damaged_draft_means_that_nothing_was_answered(content: bytes, settings: Settings, tmp_path: Path) -> None:
    path = state.draft_path(settings, "goldenpath:a.git", tmp_path)
    state.write_draft(path, {"name": "x"})
    path.write_bytes(content)
    assert state.read_draft(path) == {}


def test_a_draft_is_kept_until_it_is_dropped(settings: Settings, tmp_path: Path) -> None:
    path = state.draft_path(settings, "goldenpath:a.git", tmp_path / "shop")
    assert state.read_draft(path) == {}
    state.write_draft(path, {"name": "é", "ports": [1, 2]})
    assert state.read_draft(path) == {"name": "é", "ports": [1, 2]}
    state.drop_draft(path)
    state.drop_draft(path)
    assert state.read_draft(path) == {}


def test_every_template_and_folder_has_a_draft_of_its_own(settings: Settings, tmp_path: Path) -> None:
    pairs = [("a", "x"), ("a", "y"), ("b", "x")]
    paths = {state.draft_path(settings, source, tmp_path / name) for source, name in pairs}
    assert len(paths) == 3
    assert state.draft_path(settings, "a", tmp_path / "x") in paths


def test_the_places_of_a_project_are_remembered_once_each(settings: Settings, tmp_path: Path) -> None:
    for project, name in (("prj-1", "a"), ("prj-1", "b"), ("prj-1", "a"), ("prj-2", "c")):
        state.note_place(settings, project, tmp_path / name)
    assert state.places(settings, "prj-1") == [str(tmp_path / "a"), str(tmp_path / "b")]
    assert state.places(settings, "prj-2") == [str(tmp_path / "c")]
    assert state.places(settings, "prj-3") == []


def test_a_damaged_place_is_no_place_of_a_project(settings: Settings, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        state.note_place(settings, "prj-1", tmp_path / name)
    damaged = zip((settings.state / "places").glob("*/*"), (b"\xff\xfe\n", b"", b"\0x\n"), strict=False)
    for card, content in damaged:
        card.write_bytes(content)
    assert len(state.places(settings, "prj-1")) == 2
    assert "\udcff\udcfe" in state.places(settings, "prj-1")


def test_a_folder_whose_name_is_no_utf_8_is_never_in_the_way(settings: Settings, tmp_path: Path) -> None:
    state.note_place(settings, "prj-1", tmp_path / "\udcff")
    assert state.places(settings, "prj-1") == []
    assert state.read_draft(state.draft_path(settings, "a", tmp_path / "\udcff")) == {}
