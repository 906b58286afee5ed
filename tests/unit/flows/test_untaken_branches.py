"""Branches that no render took, told by real renders: the quick way and Copier's own way with git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from goldenpath.adapters.rendering.process import Ordered, Worker
from goldenpath.adapters.settings import read_limits
from goldenpath.adapters.store import sources, tags
from goldenpath.core.errors import TemplateError
from goldenpath.flows.fetch_template import fetch_template
from goldenpath.flows.untaken_branches import untaken_branches
from goldenpath.rules.reading import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json

BACKEND = Path(__file__).parents[3] / "templates" / "backend"
WITH_GIT = {"from.txt.jinja": "{{ _copier_conf.vcs_ref_hash }}"}
"""A file that wants what only a clone tells, so that the template is rendered in Copier's own way."""
FILES = {
    "copier.yml": "a: {default: true}\nb: {default: true}\n_exclude: [copier.yml, .git, macros]\n",
    "text.txt.jinja": "{% if a %}\nA\n{% else %}\nno A\n{% if b %}B{% endif %}\n{% endif %}\n",
    "{% if b %}only{% endif %}/{% if a %}deep{% endif %}.txt.jinja": "{% if a %}{% endif %}",
    "{{ 'odd.txt' if not b }}.jinja": "{% if a %}{% endif %}",
    "{% if b %}folded{% endif %}": "",
    "uses.txt.jinja": "{% include 'macros/part.txt' %}",
    "macros/part.txt": "{% if a %}1{% elif b %}2{% endif %}",
}


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A process that renders."""
    started = Worker()
    yield started
    started.close()


@pytest.fixture
def render(worker: Worker, settings: Settings, tmp_path: Path) -> Callable[..., tuple[dict[str, bytes], set[str]]]:
    """What a render makes, and what it took: `render(folder, a=True)`."""

    def run(folder: Path, *, is_traced: bool = True, **answers: Json) -> tuple[dict[str, bytes], set[str]]:
        template = fetch_template(settings, str(folder))
        repository = sources.repository_of(settings.store, template.source)
        into = tmp_path / f"into-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        recorded = tags.recorded(repository, template.commit)
        wanted = Ordered(
            template, repository, recorded, into, answers, is_trusted=False, runs_tasks=False, is_traced=is_traced
        )
        took = worker.render(wanted, read_limits(), str(tmp_path))
        return {str(file.relative_to(into)): file.read_bytes() for file in into.rglob("*") if file.is_file()}, set(took)

    return run


@pytest.fixture(params=["quick", "with git"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A template with branches everywhere."""
    root = tmp_path / "template"
    for name, text in {**FILES, **(WITH_GIT if request.param == "with git" else {})}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def untaken(folder: Path, took: set[str]) -> list[tuple[str, int, str]]:
    found = untaken_branches(read_source(folder), took)
    assert all(fault.is_warning and fault.rule == "untaken-branch" for fault in found)
    return [(fault.file.split("/")[-1], fault.line, fault.problem.partition("`")[2][:-1]) for fault in found]


def test_branches_that_no_case_takes_are_named_once(
    folder: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    plain, nothing = render(folder, is_traced=False)
    files, took = render(folder)
    assert files == plain
    assert not nothing
    assert untaken(folder, took) == [
        ("part.txt", 1, "{% elif b %}"),
        ("text.txt.jinja", 3, "else of {% if a %}"),
        ("{{ 'odd.txt' if not b }}.jinja", 1, ""),
    ]


def test_what_several_renders_take_is_added_up(
    folder: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    first = render(folder, a=False, b=True)[1]
    assert ("text.txt.jinja", 1, "{% if a %}") in untaken(folder, first)
    second = render(folder, a=True, b=False)[1]
    assert first - second
    assert not first & {key for key in second if key.startswith("text.txt.jinja#0.0")}
    assert untaken(folder, first | second) == [("{% if a %}deep{% endif %}.txt.jinja", 1, "{% if a %}")]
    third = render(folder, a=True, b=True)[1]
    assert not untaken(folder, first | second | third)


def test_a_file_that_no_answer_has_rendered_is_not_missed(
    tmp_path: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    root = tmp_path / "chosen"
    files = {
        "copier.yml": "_subdirectory: '{{ kind }}'\nkind: {choices: [one, two]}\n_exclude: ['*.txt']\n",
        "one/a.md.jinja": "{{ kind }}\n",
        "two/b.md.jinja": "{{ kind }}\n",
        "two/drop.txt.jinja": "{{ kind }}\n",
        "docs/c.md.jinja": "{{ kind }}\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    made, one = render(root, kind="one")
    assert made == {"a.md": b"one\n"}
    assert untaken(root, one) == [("b.md.jinja", 1, "")]
    assert not untaken(root, one | render(root, kind="two")[1])


def test_of_a_link_that_is_kept_its_name_and_what_it_leads_to_have_branches(
    tmp_path: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    root = tmp_path / "linked"
    root.mkdir()
    (root / "copier.yml").write_text("a: true\nb: true\n_preserve_symlinks: true\n_exclude: [copier.yml]\n")
    name = "{% if a %}link.txt{% endif %}.jinja"
    (root / name).symlink_to("{% if b %}b{% else %}c{% endif %}.txt")
    (root / "body.txt.jinja").write_text("")
    (root / "whole.txt.jinja").symlink_to("body.txt.jinja")
    first, second = render(root, a=True, b=True)[1], render(root, a=True, b=False)[1]
    assert not untaken(root, first | second)
    assert untaken(root, first) == [(name, 1, "else of {% if b %}")]
    assert (name, 1, "{% if a %}") in untaken(root, render(root, a=False, b=True)[1])


def test_of_a_file_that_its_name_leaves_out_the_name_is_told_and_the_body_is_not(
    folder: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    took = render(folder, a=True, b=False)[1]
    found = untaken(folder, took)
    assert ("{% if b %}folded{% endif %}", 1, "{% if b %}") in found
    assert [each for each in found if "deep" in each[0]] == [
        ("{% if a %}deep{% endif %}.txt.jinja", 1, "{% if a %}"),
        ("{% if a %}deep{% endif %}.txt.jinja", 1, "{% if b %}"),
    ]


def test_a_render_that_fails_tells_nothing_to_the_next(
    tmp_path: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    root = tmp_path / "failing"
    root.mkdir()
    (root / "copier.yml").write_text("a: {type: bool, default: true}\n")
    (root / "1.txt.jinja").write_text("{% if a %}{{ 1 // 0 }}{% else %}{% endif %}")
    with pytest.raises(TemplateError, match="ZeroDivision"):
        render(root)
    assert ("1.txt.jinja", 1, "{% if a %}") in untaken(root, render(root, a=False)[1])


@pytest.mark.parametrize("extra", [{}, WITH_GIT], ids=["quick", "with git"])
def test_a_traced_render_is_strict_however_many_were_before_it(
    extra: dict[str, str], tmp_path: Path, render: Callable[..., tuple[dict[str, bytes], set[str]]]
) -> None:
    root = tmp_path / "lenient"
    root.mkdir()
    files = {"copier.yml": "a: {default: true}\n", "1.txt.jinja": "{% if not a %}{{ missing }}{% endif %}", **extra}
    for name, text in files.items():
        (root / name).write_text(text)
    assert render(root, is_traced=False, a=False)[0]["1.txt"] == b""
    for _ in range(30):
        render(root, a=True)
    with pytest.raises(TemplateError, match="missing"):
        render(root, a=False)
    assert render(root, is_traced=False, a=False)[0]["1.txt"] == b""


def test_the_answers_of_the_backend_template_take_all_its_branches(
    render: Callable[..., tuple[dict[str, bytes], set[str]]],
) -> None:
    source = read_source(BACKEND)
    sets = {file.stem: yaml.safe_load(file.read_text()) for file in sorted(BACKEND.glob("answers/*.yml"))}
    plain = {name: render(BACKEND, is_traced=False, **answers)[0] for name, answers in sets.items()}
    traced = {name: render(BACKEND, **answers) for name, answers in sets.items()}
    assert {name: files for name, (files, _) in traced.items()} == plain
    assert not untaken_branches(source, set().union(*(took for _, took in traced.values())))
    missed = untaken_branches(source, traced["no-database"][1])
    assert len(missed) > 20
    assert {fault.problem for fault in missed} == {"no case takes the branch `{% if database %}`"}
