#!/usr/bin/env python3
"""Set goldenpath up in `.venv` beside this file, and run it: `python3 go.py start backend`, `python3 go.py test`.

Needs Python 3.11 or newer and git, and nothing else. What is up to date is not installed again.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
WHAT_MATTERS = ("pyproject.toml", "goldenpath/__init__.py")


def main(arguments: list[str]) -> NoReturn:
    """Install what is missing, then become the command."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have an older one
        _stop("goldenpath needs Python 3.11 or newer", "run it with one: python3.12 go.py start backend")
    is_test = arguments[:1] == ["test"]
    _install("dev" if is_test else "prod")
    if is_test:
        os.chdir(HERE)
        _become(VENV / "bin" / "python", ["-m", "pytest", *arguments[1:]])
    _become(VENV / "bin" / "goldenpath", arguments)


def _install(extra: str) -> None:
    text = "".join((HERE / name).read_text(encoding="utf-8") for name in WHAT_MATTERS)
    state = hashlib.sha256(f"{text}{sys.version}{HERE}".encode()).hexdigest()
    done = VENV / f"installed-{extra}"
    if done.is_file() and done.read_text(encoding="utf-8") == state:
        return
    print("Setting goldenpath up in .venv (once; about half a minute) ...", file=sys.stderr, flush=True)
    _run([sys.executable, "-m", "venv", str(VENV)], "install Python's venv module: apt-get install python3-venv")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--editable", f"{HERE}[{extra}]"], "is the network there? type the same again")
    done.write_text(state, encoding="utf-8")


def _run(command: list[str], hint: str) -> None:
    done = subprocess.run(command, check=False, stdout=sys.stderr)
    if done.returncode:
        _stop(f"`{' '.join(command[:4])} ...` ended with {done.returncode}", hint)


def _become(program: Path, arguments: list[str]) -> NoReturn:
    os.execv(program, [str(program), *arguments])  # noqa: S606 - no shell is wanted


def _stop(error: str, hint: str) -> NoReturn:
    print(f"error: {error}\nhint: {hint}", file=sys.stderr)
    sys.exit(4)


if __name__ == "__main__":
    main(sys.argv[1:])
