"""The wheel's build hook: every bundled template goes in as a git bundle of all its versions.

Its path.md and copier.yml lie beside it. Loose template files would be byte-compiled and flattened by installers. The
commits in a bundle are those that the store makes, so their ids are the same everywhere.
"""

from __future__ import annotations

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
    """Write one folder per template of `root/templates` below `target`.

    Its bundle holds every released version, and the present state: as a pre-release when it is no release.
    """
    sys.path.insert(0, str(root))
    try:
        from goldenpath.adapters.store.bundles import write_bundle
        from goldenpath.adapters.store.keeping import keep_present
        from goldenpath.core.releases import UNVERSIONED, version_in
    finally:
        sys.path.remove(str(root))
    for folder in sorted(path.parent for path in (root / "templates").glob("*/copier.yml")):
        made = target / folder.name
        made.mkdir(parents=True)
        version = version_in((folder / "path.md").read_text(encoding="utf-8")) or UNVERSIONED
        with tempfile.TemporaryDirectory() as scratch:
            kept = keep_present(
                Path(scratch), folder.name, folder, version, root / "releases" / f"{folder.name}.bundle"
            )
            write_bundle(kept.repository, made / "versions.bundle")
        for name in READ_WITHOUT_GIT:
            shutil.copyfile(folder / name, made / name)
