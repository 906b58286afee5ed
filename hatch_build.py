"""The wheel's build hook: every bundled template goes in as a git bundle, beside its path.md and copier.yml.

Loose template files would be byte-compiled and flattened by installers. The commits in a bundle are those that the
store makes, so their ids are the same everywhere.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

READ_WITHOUT_GIT = ("path.md", "copier.yml")


class CustomBuildHook(BuildHookInterface[Any]):
    """Makes `goldenpath/bundled/` for a wheel; an editable install reads `templates/` itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle the templates and name the result to the builder."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        self._made = Path(tempfile.mkdtemp(prefix="goldenpath-bundled-"))
        bundle_all(root, self._made)
        build_data["force_include"][str(self._made)] = "goldenpath/bundled"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Clear the scratch folder away."""
        if hasattr(self, "_made"):
            shutil.rmtree(self._made, ignore_errors=True)


def bundle_all(root: Path, target: Path) -> None:
    """Write one folder per template of `root/templates` below `target`."""
    sys.path.insert(0, str(root))
    try:
        from goldenpath.adapters.repo import git
        from goldenpath.adapters.store import keep_folder
    finally:
        sys.path.remove(str(root))
    for folder in sorted(path.parent for path in (root / "templates").glob("*/copier.yml")):
        made = target / folder.name
        made.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as scratch:
            kept = keep_folder(Path(scratch), folder.name, folder, version_of(folder / "path.md"))
            git(
                kept.repository,
                "-c",
                "pack.threads=1",
                "bundle",
                "create",
                "--quiet",
                str(made / "versions.bundle"),
                "--all",
            )
        for name in READ_WITHOUT_GIT:
            shutil.copyfile(folder / name, made / name)


def version_of(path_file: Path) -> str:
    """The version in a path file's front matter. Raises ValueError when there is none."""
    found = re.search(r"""^version:\s*["']?([^"'\s]+)""", path_file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{path_file} names no version")
    return found[1]
