"""The bundled templates: git bundles in an installed wheel, plain folders in a checkout of this repository."""

from __future__ import annotations

from pathlib import Path

import goldenpath

BUNDLE = "versions.bundle"


def bundled_folder() -> Path:
    """The folder with one sub-folder per bundled template, each holding at least its path.md and copier.yml."""
    package = Path(goldenpath.__file__).parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "templates"


def bundled_names() -> list[str]:
    """The names of the bundled templates, sorted."""
    folder = bundled_folder()
    return (
        sorted(entry.name for entry in folder.iterdir() if (entry / "copier.yml").is_file()) if folder.is_dir() else []
    )
