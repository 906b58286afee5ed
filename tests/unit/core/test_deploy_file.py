"""deploy.toml: what is right is read, what is wrong is refused by its key, and nothing else is ever raised."""

from __future__ import annotations

import contextlib
import tomllib
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goldenpath.core.deploy_file import KINDS, DeployFile, read_deploy_file
from goldenpath.core.errors import TemplateError

SMALLEST = 'name = "songs"\ncommand = ["songs"]\n'
KEYS = [field.name for field in fields(DeployFile)]
FUZZ = settings(max_examples=200, deadline=None, database=None, derandomize=True)


def refusal(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        read_deploy_file(text)
    return caught.value


def test_a_name_and_a_command_are_enough() -> None:
    assert read_deploy_file(SMALLEST) == DeployFile("songs", command=("songs",))


def test_every_key_is_taken() -> None:
    text = """
name = "songs"
kind = "service"
command = ["songs", "--quiet"]
host = "SONGS_HOST"
port = "SONGS_PORT"
commit = "SONGS_COMMIT"
health = "/readyz"
version = "/about/version.json"
smoke = ["/songs/1", "/"]
metrics = "/metrics"
metrics_file = "SONGS_METRICS"
monitoring = "ops/monitoring"
folder = "site"
every_seconds = 60
ready_seconds = 600
stop_seconds = 1
environment = {LOG_LEVEL = "INFO", MOTTO = "two\\nlines, 'quoted'", EMPTY = ""}
"""
    read = read_deploy_file(text)
    assert set(tomllib.loads(text)) == set(KEYS)
    assert (read.command, read.smoke) == (("songs", "--quiet"), ("/songs/1", "/"))
    assert read.environment["MOTTO"] == "two\nlines, 'quoted'"
    assert all(
        getattr(read, key) != field.default for key, field in DeployFile.__dataclass_fields__.items() if key != "kind"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks `name`"),
        ('command = ["songs"]', "lacks `name`"),
        ('name = "songs"', "lacks `command`"),
        ('name = "songs"\nkind = "job"', "lacks `command`"),
        ('name = "songs"\nkind = "static"', "lacks `folder`"),
        ('name = "songs"\nkind = "servise"', "`kind` is 'servise': it is one of service, job, static"),
    ],
)
def test_what_is_missing_is_named(text: str, words: str) -> None:
    assert words in str(refusal(text))
    assert refusal(text).hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (SMALLEST + 'helth = "/"', "did you mean `health`?"),
        (SMALLEST + 'kind = "statik"', "did you mean `static`?"),
        ('command = ["songs"]', 'name = "playlist-api"'),
        ('name = "songs"', 'command = ["songs"]'),
    ],
)
def test_the_hint_says_what_to_write(text: str, hint: str) -> None:
    assert hint in refusal(text).hint


def test_a_file_that_is_no_toml_is_refused_with_the_line() -> None:
    error = refusal('name = "songs"\ncommand = [\n')
    assert str(error).startswith("deploy.toml: is no TOML: ")
    assert "line 3" in str(error) or "end of document" in str(error)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(
            (key, value)
            for key in ("name", "kind", "host", "port", "health", "folder")
            for value in ("1", "true", "[]")
        ),
        *((key, '"two\\nlines"') for key in ("name", "version", "monitoring", "metrics", "commit", "metrics_file")),
        *((key, value) for key in ("command", "smoke") for value in ('"songs"', "[1]", '["a\\nb"]', '["a\\u0000"]')),
        ("command", '[""]'),
        *((key, value) for key in ("ready_seconds", "stop_seconds") for value in ("0", "601", "1.5", "true", '"9"')),
        *(("every_seconds", value) for value in ("0", "-1", "604801", "inf")),
        *(("environment", value) for value in ('"A=1"', "{A = 1}", '{"A B" = ""}', '{"" = ""}', '{A = "\\u0000"}')),
        *(
            ("name", f'"{name}"')
            for name in ("", "Songs", "songs_api", "-songs", "songs-", "a--b", "1a", "a.b", "a" * 64)
        ),
        *(
            (key, f'"{text}"')
            for key in ("host", "port", "commit", "metrics_file")
            for text in ("", "A-B", "1A", "A B")
        ),
        *((key, f'"{text}"') for key in ("health", "version") for text in ("", "healthz", "/a b", "http://x/", "/ä")),
        ("smoke", '["/", "songs"]'),
        ("metrics", '"metrics"'),
        *((key, f'"{text}"') for key in ("monitoring", "folder") for text in ("/etc", "../up", "a/../../b", "..")),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_key(key: str, value: str) -> None:
    given = {"name": '"songs"', "command": '["songs"]', key: value}
    error = refusal("\n".join(f"{name} = {text}" for name, text in given.items()))
    assert str(error).startswith("deploy.toml: ")
    assert f"`{key}`" in str(error)


@pytest.mark.parametrize("name", ["a", "songs-2", "a" * 63, "playlist-api"])
def test_a_name_that_dns_takes_is_taken(name: str) -> None:
    assert read_deploy_file(f'name = "{name}"\ncommand = ["songs"]').name == name


def test_a_folder_that_only_begins_with_dots_stays_inside() -> None:
    assert read_deploy_file('name = "songs"\nkind = "static"\nfolder = "..site/.public"').folder == "..site/.public"


def only_refused(text: str) -> None:
    with contextlib.suppress(TemplateError):
        assert read_deploy_file(text).kind in KINDS


@FUZZ
@given(st.text())
@example("x = " + "[" * 100_000)
@example(f"ready_seconds = {'9' * 5000}")
@example("name = 2026-13-45")
@example("name.a = 1\nname = 2")
@example('"\\uD800" = 1')
def test_no_text_raises_anything_else(text: str) -> None:
    only_refused(text)


SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from([*KEYS, *KINDS, "/", "songs"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["A", "b c", ""]), inner, max_size=2)
    ),
    max_leaves=6,
)


def in_toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(each):08x}" for each in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(in_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{in_toml(key)} = {in_toml(item)}" for key, item in value.items()) + "}"
    return repr(value)


@FUZZ
@given(st.dictionaries(st.sampled_from([*KEYS, "other"]), VALUES))
def test_no_value_of_a_key_raises_anything_else(found: dict[str, Any]) -> None:
    text = SMALLEST if not {"name", "command"} & found.keys() else ""
    only_refused(text + "\n".join(f"{key} = {in_toml(value)}" for key, value in found.items()))
