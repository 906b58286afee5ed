"""A template is inspected before its first question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from goldenpath.core.model import Template
from goldenpath.flows.inspect_template import inspect_template

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Json


@pytest.fixture
def template(tmp_path: Path) -> Template:
    for name in ("README.md", "README.md.jinja", "template/a.txt", "template/b.txt.jinja"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return Template("x", "goldenpath:x.git", "1.0.0", "0" * 40, tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"_subdirectory": "template"},
        {"_subdirectory": "{{ kind }}"},
        {"_external_data": {"x": ".other.yml", "y": "{{ name }}.yml", "z": "a/../b.yml"}},
        {"_external_data": [1], "_subdirectory": 1, "_templates_suffix": ""},
    ],
)
def test_a_plain_template_passes(template: Template, settings: dict[str, Json]) -> None:
    inspect_template(template, settings)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.yml", "a/../../x.yml", ".."])
def test_data_from_outside_the_project_is_refused(template: Template, path: str) -> None:
    with pytest.raises(TemplateError, match=r"reads .* which is not in the project"):
        inspect_template(template, {"_external_data": {"x": path}})


@pytest.mark.parametrize("below", ["template", "{{ kind }}"])
def test_two_files_of_one_name_are_refused(template: Template, below: str) -> None:
    (template.folder / "template" / "a.txt.jinja").write_text("")
    with pytest.raises(TemplateError, match=r"has template/a.txt twice, as it is and as a.txt.jinja"):
        inspect_template(template, {"_subdirectory": below})
