"""A secret reaches neither answers file, ledger, log, JSON, error nor traceback; credentials leave an address first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import QUIET, write
from tests.hostile.tables import ANSWERS, PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.machine import Machine

SECRET = "S3CRET"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Told:
    """A secret question, the answer to it, and how the start ends."""

    name: str
    question: str
    answer: str
    code: int
    more: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


STRING = "type: str, secret: true, default: ''"
ANSWERED = (
    Told("taken", STRING, SECRET, 0),
    Told("taken-json", STRING, SECRET, 0, ("--json",)),
    Told("dry-run", STRING, SECRET, 0, ("--dry-run",)),
    Told("yaml", "type: yaml, secret: true, default: 1", f"[{SECRET}", 2),
    Told("json", "type: json, secret: true, default: 1", f"{{{SECRET}", 2),
    Told("not-asked", f"{STRING}, when: false", SECRET, 2),
    Told("undefined", STRING, SECRET, 3, files=(("template/b.jinja", "{{ tok.nothing.at_all }}"),)),
    Told("not-a-number", "type: int, secret: true, default: 1", SECRET, 2),
    Told("no-choice", "type: str, secret: true, choices: [a, b], default: a", SECRET, 2),
    Told("refused", f"{STRING}, validator: '{{% if tok %}}no{{% endif %}}'", SECRET, 2),
    Told("repeated-by-its-validator", f"{STRING}, validator: '{{{{ tok }}}}'", SECRET, 2),
    Told("not-utf-8", STRING, f"{SECRET}\udcff", 2),
    Told(
        "a-file-name",
        STRING,
        f"../{SECRET}",
        3,
        files=(("template/{{ tok }}", "x"),),
    ),
    Told("too-deep", "type: json, secret: true, default: 1", f'["{SECRET}",' + "[" * 20_000, 2),
    Told("a-failing-task", f"{STRING}", SECRET, 3, ("--trust",), (("copier.yml", "task"),)),
)


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.name)
def test_a_secret_answer_is_nowhere(machine: Machine, case: Told) -> None:
    copier = f"_subdirectory: template\ntok: {{{case.question}}}\n"
    files = {**PLAIN, **ANSWERS, "copier.yml": copier, **dict(case.files)}
    if files["copier.yml"] == "task":
        files["copier.yml"] = f"{copier}_tasks: ['test -z {{{{ tok }}}}']\n"
    template = write(machine.home.parent / "template", files)
    ended = machine.run("start", template, "p", *QUIET, "-d", f"tok={case.answer}", *case.more)
    assert ended.code == case.code, ended.said
    assert SECRET not in ended.said
    assert holding(machine.home.parent) == []


def holding(folder: Path) -> list[str]:
    """The files below a folder that hold the secret, in their names or inside."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return [str(file) for file in files if SECRET in file.name or SECRET.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    "address",
    [
        "https://user:S3CRET@127.0.0.1:1/x.git",
        "https://S3CRET@127.0.0.1:1/x.git",
        "http://S3CRET:x-oauth-basic@127.0.0.1:1/x.git",
        "ssh://user:S3CRET@127.0.0.1:1/x.git",
        "https://user:one@S3CRET@127.0.0.1:1/x.git",
        "https://127.0.0.1:1/x.git?private_token=S3CRET",
        "https://user:a/S3CRET@127.0.0.1:1/x.git",
        "HTTPS://user:S3CRET@127.0.0.1:1/x.git",
        "git+https://user:S3CRET@127.0.0.1:1/x.git",
        "ftp://user:S3CRET@127.0.0.1:1/x.git",
        "user:S3CRET@127.0.0.1:x.git",
    ],
)
def test_the_credentials_of_an_address_are_not_shown(machine: Machine, address: str) -> None:
    ended = machine.run("start", address, "p", *QUIET)
    assert ended.code in {2, 3}
    assert SECRET not in ended.said
    assert holding(machine.home.parent) == []


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_the_credentials_of_a_forge_are_neither_kept_nor_shown(machine: Machine, flags: tuple[str, ...]) -> None:
    template = write(machine.home.parent / "template", PLAIN)
    forge = "https://user:S3CRET@127.0.0.1:1/x.git"
    ended = machine.run("start", template, "p", *QUIET, "--forge", forge, *flags)
    assert ended.code == 0, ended.said
    assert SECRET not in ended.said
    assert holding(machine.home.parent) == []


def crashed(machine: Machine, *arguments: object) -> str:
    """The log of a command that met what nobody thought of: a file where our cache should be."""
    write(machine.state, {"cache": "in the way"})
    ended = machine.run(*arguments)
    assert ended.code == 70, ended.said
    assert "Traceback" not in ended.said
    error, hint = ended.err.splitlines()[-2:]
    assert error.startswith("error: this is a bug of goldenpath: ")
    (log,) = (machine.state / "state" / "logs").iterdir()
    assert str(log) in hint
    assert log.parent.stat().st_mode & 0o077 == 0, "others can read it"
    return log.read_text()


def test_the_log_of_a_crash_has_versions_and_traceback_and_no_value(machine: Machine) -> None:
    template = write(machine.home.parent / "template", PLAIN)
    text = crashed(
        machine, "start", template, "p", *QUIET, "-d", f"who={SECRET}", "--author", f"Ada <{SECRET}@x.example>"
    )
    assert text.startswith("goldenpath ")
    assert "Python 3." in text
    assert "Traceback" in text
    assert SECRET not in text


def test_the_log_of_a_crash_has_no_credentials(machine: Machine) -> None:
    assert SECRET not in crashed(machine, "start", "https://user:S3CRET@127.0.0.1:1/x.git", "p")
