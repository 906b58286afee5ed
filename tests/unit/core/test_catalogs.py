"""Names: of catalogs, of their templates, and in tags and sources."""

from __future__ import annotations

import pytest

from goldenpath.core.catalogs import is_catalog_name, is_template_name, split_source, split_tag, usual_name


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("https://git.example.org/acme/paths.git", "acme"),
        ("https://git.example.org/group/Sub/paths/", "sub"),
        ("https://git.example.org:8443/acme/paths", "acme"),
        ("https://git.example.org/paths.git", "paths"),
        ("git@git.example.org:acme/paths.git", "acme"),
        ("git@git.example.org:paths.git", "paths"),
        ("ssh://git@git.example.org/~acme/paths.git", "acme"),
        ("https://git.example.org/acme.io/paths.git", "acme-io"),
        ("file:///srv/git/paths.git", "paths"),
        ("/home/somebody/Our Paths", "our-paths"),
        ("/", ""),
    ],
)
def test_a_catalog_is_called_after_its_owner_else_itself(place: str, name: str) -> None:
    assert usual_name(place) == name
    assert is_catalog_name(name) == bool(name)


@pytest.mark.parametrize("name", ["bundled", "trees", "folder", "by-url", "", "A", "a.git", "..", "a/b", "-a", "a b"])
def test_a_catalog_is_not_called_what_the_store_has_another_use_for(name: str) -> None:
    assert not is_catalog_name(name)


@pytest.mark.parametrize(
    "name", ["..", ".x", "a..b", "a.git", "a.lock", "a.", "a/b", "a#b", "a b", "a\n", "\x1b[31m", ""]
)
def test_a_template_is_not_called_what_leads_elsewhere(name: str) -> None:
    assert not is_template_name(name)


@pytest.mark.parametrize("name", ["backend", "data-pipeline", "A_1", "v2.0", "c++"])
def test_a_template_is_called_as_folders_are(name: str) -> None:
    assert is_template_name(name)


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("backend-v1.2.0", ("backend", "1.2.0")),
        ("data-pipeline-v1.0.0rc1", ("data-pipeline", "1.0.0rc1")),
        ("a-v1-v2.0", ("a-v1", "2.0")),
        ("v1.2.0", ("", "")),
        ("backend-1.2.0", ("", "")),
        ("..-v1.0", ("", "")),
        ("backend-vnext", ("", "")),
    ],
)
def test_a_tag_names_a_template_and_a_version(tag: str, parts: tuple[str, str]) -> None:
    assert split_tag(tag) == parts


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("https://h/acme/paths.git#backend", ("https://h/acme/paths.git", "backend")),
        ("git@h:acme/paths.git#backend", ("git@h:acme/paths.git", "backend")),
        ("https://h/acme/paths.git", ("https://h/acme/paths.git", "")),
        ("https://h/acme/paths.git#../x", ("https://h/acme/paths.git#../x", "")),
        ("ext::sh -c id#backend", ("ext::sh -c id#backend", "")),
        ("goldenpath:acme/backend.git", ("goldenpath:acme/backend.git", "")),
        ("#backend", ("#backend", "")),
    ],
)
def test_a_source_names_a_catalogs_address_and_a_template(source: str, parts: tuple[str, str]) -> None:
    assert split_source(source) == parts
