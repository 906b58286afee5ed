"""Hostile templates and answers: refused with the file named, and nothing of them is anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile import bomb_cases, template_cases
from tests.hostile.machine import QUIET, write
from tests.hostile.tables import PLAIN, Case, check_refused, rows, start

if TYPE_CHECKING:
    from tests.hostile.machine import Machine

REACHING = (*template_cases.NAMES, *template_cases.FOLDED, *template_cases.LINES, *template_cases.REACHES)
BOMBS = (*bomb_cases.YAML, *bomb_cases.JINJA, *bomb_cases.SIZES)


@pytest.mark.parametrize("case", rows(REACHING))
def test_what_reaches_for_what_is_not_its_own_is_refused(machine: Machine, case: Case) -> None:
    mine = write(machine.home.parent, {"outside": "mine"}) / "outside"
    homely = {file.name for file in machine.home.iterdir()}
    check_refused(machine, start(machine, case), case.code, case.words)
    assert mine.read_text() == "mine"
    assert {file.name for file in machine.home.iterdir()} - homely <= {"goldenpath"}


@pytest.mark.parametrize("case", rows(BOMBS))
def test_a_bomb_ends_in_one_line(machine: Machine, case: Case) -> None:
    ended = start(machine, case)
    assert ended.code is not None, "it did not end"
    check_refused(machine, ended, case.code, case.words)
    assert len(ended.err) < 2000


@pytest.mark.parametrize("case", [Case("plain", PLAIN, 0), Case("limited", PLAIN, 0, variables=bomb_cases.LIMITS)])
def test_the_tables_refuse_what_is_hostile_and_nothing_else(machine: Machine, case: Case) -> None:
    ended = start(machine, case)
    assert ended.code == case.code, ended.said
    assert (machine.folder / "p" / "a.txt").read_text() == "hello world\n"
    assert [name for name in machine.left() if name.startswith(("dev.", "p"))] == machine.left()


def test_a_link_inside_the_project_stays_a_link(machine: Machine) -> None:
    template = write(machine.home.parent / "template", {**PLAIN, "copier.yml": template_cases.LINKS})
    (template / "template" / "there").symlink_to("a.txt")
    assert machine.run("start", template, "p", *QUIET, "-d", "who=me").code == 2
    write(template, {"copier.yml": f"{template_cases.LINKS}who: me\n"})
    assert machine.run("start", template, "p", *QUIET).code == 0
    assert (machine.folder / "p" / "there").readlink().name == "a.txt"


def test_a_name_that_makes_several_files_makes_them(machine: Machine) -> None:
    files = {**PLAIN, "template/{% yield i from [1, 2] %}{{ i }}{% endyield %}.txt.jinja": "{{ i }}"}
    files |= {f"template/{name}.txt.jinja": "hello {{ who }}" for name in ("b", "c")}
    ended = machine.run("start", write(machine.home.parent / "template", files), "p", *QUIET)
    assert ended.code == 0, ended.said
    assert [(machine.folder / "p" / f"{number}.txt").read_text() for number in (1, 2)] == ["1", "2"]
