"""The bundled templates: git bundles in an installed wheel, folders and releases in a checkout."""

from __future__ import annotations

from pathlib import Path

import goldenpath

BUNDLE = "versions.bundle"
"""In an installed wheel, beside a template's path.md."""
RELEASES = "releases"
"""The folder of a checkout with a bundle for each template that was ever released."""


def bundled_folder() -> Path:
    """The folder with one sub-folder per bundled template, each holding at least its path.md and copier.yml."""
    package = Path(goldenpath.__file__).parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "templates"


def releases_of(name: str) -> Path:
    """The git bundle with every released version of a bundled template, whether it is there or not."""
    installed = bundled_folder() / name / BUNDLE
    return installed if installed.is_file() else bundled_folder().parent / RELEASES / f"{name}.bundle"


def bundled_names() -> list[str]:
    """The names of the bundled templates, sorted."""
    folder = bundled_folder()
    return (
        sorted(entry.name for entry in folder.iterdir() if (entry / "copier.yml").is_file()) if folder.is_dir() else []
    )
