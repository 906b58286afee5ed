"""The environment: where state lives, who asks, what child processes inherit. The only file that reads os.environ."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.errors import MachineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this machine keeps our state. Each folder is made when it is first written to."""

    data: Path
    cache: Path
    config: Path
    state: Path

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.data / "ledger.sqlite3"

    @property
    def spool(self) -> Path:
        """The folder of events that wait for the ledger."""
        return self.state / "spool"

    @property
    def forge(self) -> Path:
        """The local forge's folder of bare repositories."""
        return self.data / "forge"

    @property
    def production(self) -> Path:
        """The folder of production on this machine, with all that belongs to it."""
        return self.data / "production"

    @property
    def store(self) -> Path:
        """The folder of templates, a bare repository each."""
        return self.cache / "store"


def read_settings() -> Settings:
    """Where state lives: below `GOLDENPATH_HOME` if that is set, else where the platform says. Raises MachineError."""
    base = _home()
    if base is not None:
        return Settings(base / "data", base / "cache", base / "config", base / "state")
    import platformdirs

    folders = platformdirs.PlatformDirs("goldenpath", appauthor=False)
    return Settings(folders.user_data_path, folders.user_cache_path, folders.user_config_path, folders.user_state_path)


def _home() -> Path | None:
    home = os.environ.get("GOLDENPATH_HOME")
    try:
        return Path(home).expanduser().absolute() if home else None
    except RuntimeError as error:
        raise MachineError(
            f"GOLDENPATH_HOME is {home!r}, and this machine knows no such home", hint=_OTHER_HOME
        ) from error


def home_expanded(text: str | Path) -> Path:
    """The absolute path that a person means, `~` being their home. Raises UsageError for a home that nobody has."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise UsageError(f"{text}: this machine knows no such home", hint="write ~/ for your own") from error


_OTHER_HOME = "set GOLDENPATH_HOME to a folder of your own"


def trouble_with_home(error: OSError) -> MachineError | None:
    """What is wrong with `GOLDENPATH_HOME`, when it is no folder and can't become one, and `error` comes of that."""
    home = _home()
    if home is None or error.filename is None or not Path(os.fsdecode(error.filename)).is_relative_to(home):
        return None
    with contextlib.suppress(OSError):
        if home.is_dir():
            return None
    return MachineError(f"GOLDENPATH_HOME is {home}, which can't be a folder: {error.strerror}", hint=_OTHER_HOME)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a render may take before it is given up: wall-clock seconds, megabytes in all, files and folders."""

    seconds: float = 120.0
    megabytes: int = 500
    files: int = 20_000


def read_limits() -> Limits:
    """The limits of a render, as `GOLDENPATH_RENDER_SECONDS`, `_MEGABYTES` and `_FILES` set them. Raises UsageError."""
    usual = Limits()
    return Limits(
        seconds=_amount("GOLDENPATH_RENDER_SECONDS", usual.seconds),
        megabytes=int(_amount("GOLDENPATH_RENDER_MEGABYTES", usual.megabytes)),
        files=int(_amount("GOLDENPATH_RENDER_FILES", usual.files)),
    )


def _amount(name: str, otherwise: float) -> float:
    text = os.environ.get(name)
    if not text:
        return otherwise
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount < _MOST:
        raise UsageError(f"{name} is {text!r}, which is no amount", hint=f"write it like: {name}=300")
    return amount


_MOST = 1e9


def prepare_environment() -> None:
    """Drop what would lead git or Copier astray, before anything inherits it, and put our scripts on the PATH's end."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "COPIER_")) and name not in _KEPT]:
        del os.environ[name]
    os.environ["GIT_TERMINAL_PROMPT"] = "0"
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(scripts_folder())])


def forget_pythonpath() -> None:
    """Import nothing more from `PYTHONPATH`: a `yaml.py` there is not ours. The folder that we came from stays."""
    own = str(Path(__file__).parents[2])
    named = {os.path.abspath(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep)}  # noqa: PTH100 - as site does
    if "PYTHONPATH" in os.environ:
        sys.path[:] = [folder for folder in sys.path if folder == own or folder not in named]


_KEPT = frozenset(
    {
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_SSH_COMMAND",
        "GIT_SSL_CAINFO",
    }
)


def scripts_folder() -> Path:
    """The folder that holds our own console script, and uv's."""
    if sys.prefix != sys.base_prefix:  # asking sysconfig takes 3 ms at every start, and in a venv there is one answer
        return Path(sys.prefix) / "bin"
    import sysconfig

    return Path(sysconfig.get_path("scripts"))


def is_on_path(tool: str) -> bool:
    """Whether a person can type `tool` in their own shell: it is found without our scripts folder at the PATH's end."""
    folders = os.environ.get("PATH", "").split(os.pathsep)[:-1]
    return any(os.access(Path(folder) / tool, os.X_OK) for folder in folders if folder)


def path_command() -> str:
    """What to type so that a terminal finds goldenpath and uv; uv would note an activated environment."""
    return f'export PATH="$PATH:{scripts_folder()}"'


def variable(name: str) -> str | None:
    """The value of an environment variable, or None when it is not set."""
    return os.environ.get(name)


@contextlib.contextmanager
def variables(**values: str) -> Iterator[None]:
    """Environment variables of our own process that hold for a while, for a library that reads them."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def child_environment(**extra: str) -> dict[str, str]:
    """What a command we run inherits: our environment, without what steers our own Python, plus `extra`."""
    kept = {
        name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV" and not name.startswith("PYTHON")
    }
    return {**kept, **extra}


def lasting_environment(**extra: str) -> dict[str, str]:
    """What a program inherits that goes on when we are gone: who and where it is, no secret of this terminal."""
    return {
        **{name: value for name, value in os.environ.items() if name in _LASTING or name.startswith("LC_")},
        **extra,
    }


_LASTING = frozenset({"HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"})


def replace_environment(values: Mapping[str, str]) -> None:
    """Make these variables our whole environment: for a process that works for another one."""
    os.environ.clear()
    os.environ.update(values)


def may_prompt() -> bool:
    """Whether somebody is there to answer: a terminal on both ends, and no CI."""
    in_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    try:
        return not in_ci and sys.stdin.isatty() and sys.stderr.isatty()
    except (AttributeError, ValueError):
        return False


def wants_colour() -> bool:
    """Whether the person has not asked for a screen without colour."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
