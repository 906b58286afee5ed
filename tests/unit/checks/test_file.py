"""The `file` check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Json


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project" / "src").mkdir(parents=True)
    files = {
        "README.md": "# Shop\n\nSells things.\n",
        "src/a.py": "A = 1\n",
        "src/b.py": "B = 2\n",
        "a.json": '{"name": "shop", "ports": [80, 443], "tls": true}',
        "a.yml": "name: shop\nreplicas: 2\n",
        "a.toml": '[project]\nname = "shop"\n',
        "bad.json": "{",
        "bad.yml": "a: [",
        "bad.toml": "a = ",
        "latin.txt": "",
    }
    for name, text in files.items():
        (tmp_path / "project" / name).write_text(text)
    (tmp_path / "project" / "latin.txt").write_bytes(b"caf\xe9 found\n")
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "project" / "link.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "project" / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("name", "options", "outcome", "found"),
    [
        ("README.md", {}, "passed", "README.md: it is there"),
        ("src", {}, "passed", "src: it is there"),
        ("no.md", {}, "failed", "there is no no.md"),
        ("link.txt", {}, "failed", "there is no link.txt"),
        ("gone.txt", {}, "failed", "there is no gone.txt"),
        ("no.md", {"exists": False}, "passed", "it is not"),
        ("README.md", {"exists": False}, "failed", "it is there"),
        ("README.md", {"contains": "Sells"}, "passed", "README.md: found"),
        ("README.md", {"contains": "sells"}, "failed", "README.md: not found in it"),
        ("README.md", {"matches": "^Sells .*$"}, "passed", "README.md: found"),
        ("README.md", {"matches": "^things"}, "failed", "README.md: nothing in it matches"),
        ("README.md", {"contains": "Sells", "matches": "^things"}, "failed", "README.md: nothing in it matches"),
        ("README.md", {"contains": "nothing", "matches": "Sells"}, "failed", "README.md: not found in it"),
        ("src", {"contains": "x"}, "failed", "src: it is no file that can be read"),
        ("latin.txt", {"contains": "found"}, "passed", "latin.txt: found"),
        ("src/*.py", {"contains": "B ="}, "passed", "src/b.py: found"),
        ("src/*.py", {"contains": "C ="}, "failed", "src/a.py: not found in it"),
        ("**/*.py", {"matches": "A"}, "passed", "src/a.py: found"),
        ("*.rb", {}, "failed", "there is no *.rb"),
        ("a.json", {"json": "name"}, "passed", "a.json: it has 'shop'"),
        ("a.json", {"json": "ports.1", "equals": "443"}, "passed", "a.json: it has 443"),
        ("a.json", {"json": "tls", "equals": "true"}, "passed", "a.json: it has True"),
        ("a.json", {"json": "ports.2"}, "failed", "a.json: it has no ports.2"),
        ("a.json", {"json": "ports.²"}, "failed", "a.json: it has no ports.²"),
        ("a.json", {"json": "name", "equals": "bank"}, "failed", "a.json: it has 'shop'"),
        ("a.yml", {"yaml": "replicas", "equals": 2}, "passed", "a.yml: it has 2"),
        ("a.yml", {"yaml": "name.first"}, "failed", "a.yml: it has no name.first"),
        ("a.toml", {"toml": "project.name", "equals": "shop"}, "passed", "a.toml: it has 'shop'"),
        ("bad.json", {"json": "name"}, "failed", "bad.json: not valid JSON"),
        ("bad.yml", {"yaml": "name"}, "failed", "bad.yml: not valid YAML"),
        ("bad.toml", {"toml": "name"}, "failed", "bad.toml: not valid TOML"),
    ],
)
def test_a_file_is_there_and_says_what_it_should(
    name: str, options: dict[str, Json], outcome: str, found: str, root: Path
) -> None:
    finding = examine(check("file", name, **options), world(root))
    assert finding.outcome == outcome
    assert finding.found.startswith(found)
    assert name in finding.expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"contains": "a"}, "README.md contains 'a'"),
        ({"contains": "a", "matches": "b"}, "README.md contains 'a' and matches 'b'"),
        ({"json": "a.b", "equals": 3}, "README.md has a.b = 3"),
    ],
)
def test_what_is_expected_names_every_claim(options: dict[str, Json], expected: str, root: Path) -> None:
    assert examine(check("file", "README.md", **options), world(root)).expected == expected


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("../outside.txt", {}),
        ("/etc/passwd", {}),
        ("src/../../outside.txt", {}),
        ("", {}),
        ("src/**.py", {}),
        ("README.md", {"matches": "("}),
    ],
)
def test_a_check_that_its_author_got_wrong_names_the_line(name: str, options: dict[str, Json], root: Path) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `file`"):
        examine(check("file", name, **options), world(root))
