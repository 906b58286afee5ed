"""Events are named by UUIDv7, everything else by chance."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from goldenpath.core.identifiers import event_id, mint
from tests.conftest import NOW

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_an_event_id_is_a_uuid_of_version_7() -> None:
    value = uuid.UUID(event_id(NOW))
    assert value.version == 7
    assert value.variant == uuid.RFC_4122


@pytest.mark.parametrize("offset", [0, 1, 999, 86_399_999, 31_536_000_123])
def test_an_event_id_begins_with_the_moment_in_milliseconds(offset: int) -> None:
    moment = NOW + timedelta(milliseconds=offset)
    assert uuid.UUID(event_id(moment)).int >> 80 == (moment - EPOCH) // timedelta(milliseconds=1)


def test_event_ids_sort_by_their_moments() -> None:
    made = [event_id(NOW + timedelta(milliseconds=number)) for number in range(300)]
    assert made == sorted(made)


def test_events_of_one_moment_have_different_ids() -> None:
    assert len({event_id(NOW) for _ in range(1000)}) == 1000


def test_a_minted_id_is_safe_in_file_names_and_given_once() -> None:
    made = {mint("prj") for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"prj-[0-9a-f]{20}", each) for each in made)
