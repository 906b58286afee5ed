"""Pins every library of the backend template, in the marked block of its pyproject.toml.

    python scripts/pin_backend.py             pin what is missing, keep the pins that are there
    python scripts/pin_backend.py --upgrade   forget the pins and take the newest versions
    python scripts/pin_backend.py --check     change nothing; exit 1 unless the pins are what `uv lock` resolves

The template ships no uv.lock, since that names the registry it was made with. Needs `copier` and `uv` on PATH.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "backend"
PYPROJECT = Path("template") / "pyproject.toml.jinja"
BLOCK = re.compile(r"(?<=# pins: begin\n).*?(?=# pins: end\n)", re.DOTALL)
NO_PINS = "constraint-dependencies = [\n]\n"

Versions = dict[str, str]


def main() -> int:
    """Return 0 if the template's pins are complete and exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--upgrade", action="store_true", help="take the newest versions")
    mode.add_argument("--check", action="store_true", help="change nothing")
    chosen = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        shutil.copytree(TEMPLATE, template)
        if not chosen.check:
            pin(template, NO_PINS if chosen.upgrade else None)
        differences = compare(template)
        print(*differences, sep="\n", file=sys.stderr, end="\n" if differences else "")
        if not chosen.check and not differences:
            shutil.copyfile(template / PYPROJECT, TEMPLATE / PYPROJECT)
    return 1 if differences else 0


def pin(template: Path, start: str | None) -> None:
    """Write the block of pins, from what both variants of the project resolve to."""
    if start is not None:
        write_block(template, start)
    everything = resolve(template, database=True)
    write_block(template, block(everything, always=set(everything)))
    without_database = resolve(template, database=False)
    write_block(template, block(everything, always=set(without_database)))
    print(f"{len(everything)} libraries, {len(without_database)} of them without a database")


def compare(template: Path) -> list[str]:
    """Return a line for each library whose pin is missing, idle or not what `uv lock` resolves."""
    differences = []
    for database in (True, False):
        resolved = resolve(template, database=database)
        pinned = pins(template, database=database)
        differences += [
            f"{name} (database: {database}): pinned {pinned.get(name)}, resolved {resolved.get(name)}"
            for name in sorted(resolved.keys() | pinned.keys())
            if resolved.get(name) != pinned.get(name)
        ]
    return differences


def block(versions: Versions, *, always: set[str]) -> str:
    """Return the lines of the block; those outside `always` are for projects with a database."""
    lines = ["constraint-dependencies = ["]
    inside = False
    for name, version in sorted(versions.items()):
        if (name not in always) != inside:
            inside = not inside
            lines.append("{%- if database %}" if inside else "{%- endif %}")
        lines.append(f'    "{name}=={version}",')
    if inside:
        lines.append("{%- endif %}")
    return "\n".join([*lines, "]", ""])


def write_block(template: Path, text: str) -> None:
    """Replace what stands between the two marks."""
    path = template / PYPROJECT
    path.write_text(BLOCK.sub(lambda _: text, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")


def pins(template: Path, *, database: bool) -> Versions:
    """Return the pins of a rendered project."""
    with tempfile.TemporaryDirectory() as folder:
        project = render(template, Path(folder), database=database)
        pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(line.split("==") for line in pyproject["tool"]["uv"]["constraint-dependencies"])


def resolve(template: Path, *, database: bool) -> Versions:
    """Return the version of each library, as `uv lock` resolves a rendered project."""
    with tempfile.TemporaryDirectory() as folder:
        project = render(template, Path(folder), database=database)
        subprocess.run(["uv", "lock", "--quiet", "--directory", project], check=True)
        packages = tomllib.loads((project / "uv.lock").read_text(encoding="utf-8"))["package"]
    libraries = [(item["name"], item["version"]) for item in packages if "registry" in item["source"]]
    versions = dict(libraries)
    if len(versions) != len(libraries):
        raise SystemExit(
            "error: a library has two versions, one for some Pythons; raise requires-python or its lower bound"
        )
    return versions


def render(template: Path, folder: Path, *, database: bool) -> Path:
    """Return a project rendered with the default answers, with or without a database."""
    project = folder / "project"
    command = ["copier", "copy", "--quiet", "--defaults", "--data", f"database={str(database).lower()}"]
    subprocess.run([*command, template, project], check=True)
    return project


if __name__ == "__main__":
    sys.exit(main())
