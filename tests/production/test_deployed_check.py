"""The check `deployed`: of a commit, and with `not`, of anything under a name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.outcomes import Outcome
from tests.production.ground import Ground, standing
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
SITE = 'name = "site"\nkind = "static"\nfolder = "pages"\n'


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with standing(tmp_path / "home") as ground:
        yield ground


def outcomes(ground: Ground, root: Path) -> tuple[Outcome, Outcome, Outcome]:
    """Of HEAD, of nothing at all, and of not this HEAD."""
    where = replace(world(root), production=ground.folder)
    of_head = check("deployed", "site")
    nothing = replace(of_head, is_negated=True)
    not_head = replace(check("deployed", "site", commit="HEAD"), is_negated=True)
    first, second, third = (examine(each, where).outcome for each in (of_head, nothing, not_head))
    return first, second, third


def test_what_is_deployed_as_another_commit_is_not_gone(ground: Ground) -> None:
    root = ground.project("site", SITE)
    (root / "pages").mkdir()
    (root / "pages" / "index.html").write_text("<p>one")
    ground.commit(root)
    assert outcomes(ground, root) == (Outcome.FAILED, Outcome.PASSED, Outcome.PASSED)
    ground.deploy(root)
    assert outcomes(ground, root) == (Outcome.PASSED, Outcome.FAILED, Outcome.FAILED)
    ground.commit(root)
    assert outcomes(ground, root) == (Outcome.FAILED, Outcome.FAILED, Outcome.PASSED)
    ground.run("prod", "remove", "site", "--yes")
    assert outcomes(ground, root) == (Outcome.FAILED, Outcome.PASSED, Outcome.PASSED)
    ground.run("prod", "down")
    assert outcomes(ground, root) == (Outcome.FAILED, Outcome.FAILED, Outcome.FAILED)
