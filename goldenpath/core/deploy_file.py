"""deploy.toml: what production needs to know of a project. The template brings it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from goldenpath.core.errors import TemplateError
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE = "deploy.toml"
SERVICE, JOB, STATIC = "service", "job", "static"
KINDS = (SERVICE, JOB, STATIC)
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""A service's name is a label of DNS, and part of file names."""
RESERVED = frozenset({"ns"})
"""The name server's own name in production's zone."""
MARK = "GOLDENPATH_PRODUCTION"
"""The variable by which a process is known to be one of a production folder's, whoever its parent is."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = {"name": 63, "ready_seconds": 600, "stop_seconds": 600, "every_seconds": 7 * 86_400}


@dataclass(frozen=True, slots=True)
class DeployFile:
    """How a project is run: `command` in its release's environment, told its address, port and commit by variables.

    Paths are asked of the service: `health` must answer 200 before it gets traffic, `version` must name the commit,
    each of `smoke` must answer 200. A job is run every `every_seconds`, and writes its metrics into the file that
    `metrics_file` names. Of a static one, the edge serves `folder` as the commit has it.
    """

    name: str
    kind: str = SERVICE
    command: tuple[str, ...] = ()
    host: str = "HOST"
    port: str = "PORT"
    commit: str = "COMMIT"
    health: str = "/healthz"
    version: str = "/version"
    smoke: tuple[str, ...] = ()
    metrics: str = ""
    metrics_file: str = "METRICS_FILE"
    monitoring: str = ""
    folder: str = ""
    every_seconds: int = 3600
    ready_seconds: int = 30
    stop_seconds: int = 10
    environment: Mapping[str, str] = field(default_factory=dict)


def read_deploy_file(text: str) -> DeployFile:
    """What a deploy.toml says. Raises TemplateError naming the key, or the line, that is wrong."""
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise wrong(f"is no TOML: {str(error).partition(';')[0]}") from error
    keys = DeployFile.__dataclass_fields__
    for key, value in found.items():
        if key not in keys:
            raise wrong(f"`{key}` is not a known key", did_you_mean(key, keys))
        _refuse(key, value)
    if "name" not in found:
        raise wrong("lacks `name`", 'name it like its repository: name = "playlist-api"')
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
    made = DeployFile(**values)
    _refuse_contradictions(made)
    return made


def wrong(problem: str, hint: str = "") -> TemplateError:
    """The error about a deploy.toml."""
    return TemplateError(f"{FILE}: {problem}", hint=hint or f"put it right in {FILE}, and commit it")


def _refuse(key: str, value: Any) -> None:
    """Raise TemplateError for a value that is not of the kind that the key wants."""
    if key in {"command", "smoke"}:
        if not isinstance(value, list) or not all(isinstance(word, str) and word and _is_line(word) for word in value):
            raise wrong(f'`{key}` must be a list of words, like ["playlist-api"]')
    elif key == "environment":
        _refuse_environment(value)
    elif key.endswith("_seconds"):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST[key]:
            raise wrong(f"`{key}` must be a whole number from 1 to {_MOST[key]}")
    elif not isinstance(value, str) or not _is_line(value):
        raise wrong(f"`{key}` must be one line of text")


def _refuse_environment(value: Any) -> None:
    fine = isinstance(value, dict) and all(
        _VARIABLE.fullmatch(name) and isinstance(text, str) and "\0" not in text for name, text in value.items()
    )
    if not fine:
        raise wrong('`environment` must map variables to text, like LOG_LEVEL = "INFO"')


def _refuse_contradictions(file: DeployFile) -> None:
    if file.kind not in KINDS:
        raise wrong(f"`kind` is {file.kind!r}: it is one of {', '.join(KINDS)}", did_you_mean(file.kind, KINDS))
    if file.kind == STATIC and not file.folder:
        raise wrong("lacks `folder`", 'say which folder is served: folder = "site"')
    if file.kind != STATIC and not file.command:
        raise wrong("lacks `command`", f'say how it is started: command = ["{file.name}"]')
    _refuse_shared_variables(file)
    for key, (is_fine, what) in _FORMS.items():
        value = getattr(file, key)
        for each in value if isinstance(value, tuple) else [value]:
            if not is_fine(each):
                raise wrong(f"`{key}` is {each!r}: {what}")


def _refuse_shared_variables(file: DeployFile) -> None:
    """Two things can't be told by one variable, nor what is ours by the environment."""
    told = {key: getattr(file, key) for key in ("host", "port", "commit", "metrics_file")}
    taken = {MARK: "goldenpath's own", **dict.fromkeys(file.environment, "`environment`")}
    for key, name in told.items():
        if name in taken:
            raise wrong(f"`{key}` is {name}, which is {taken[name]} already")
        taken[name] = f"`{key}`"
    if MARK in file.environment:
        raise wrong(f"`environment` has {MARK}, which is goldenpath's own")


def _is_plain_path(text: str) -> bool:
    return re.fullmatch(r"/[\w./~-]*", text, re.ASCII) is not None


def _is_path(text: str) -> bool:
    return re.fullmatch(r"/[!-~]*", text) is not None


def _is_variable(text: str) -> bool:
    return _VARIABLE.fullmatch(text) is not None


def _is_inside(text: str) -> bool:
    return not text.startswith("/") and ".." not in text.split("/")


def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None and len(text) <= _MOST["name"] and text not in RESERVED


_FORMS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "name": (_is_name, "use lower-case letters, digits and single hyphens, at most 63, and not `ns`"),
    **dict.fromkeys(("host", "port", "commit", "metrics_file"), (_is_variable, "it names an environment variable")),
    "version": (_is_plain_path, "a path begins with /, and has letters, digits and ./~- in it"),
    **dict.fromkeys(("health", "smoke"), (_is_path, "a path begins with /, and has no spaces")),
    "metrics": (lambda text: not text or _is_path(text), "a path begins with /, and has no spaces"),
    **dict.fromkeys(("monitoring", "folder"), (_is_inside, "it leaves the project")),
}


def _is_line(text: str) -> bool:
    return text.isprintable() and text == text.strip()
