"""An installation of our own making: a checkout whose templates are ours, or what a wheel of it would bring."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import goldenpath
from goldenpath.adapters.store.refs import refs_of

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]
SOUND = ROOT / "tests" / "samples" / "sound"
RELEASE = ROOT / "scripts" / "release_templates.py"


@dataclass(frozen=True)
class Checkout:
    """A folder with `templates/shop`, and what was released of it."""

    root: Path

    @property
    def template(self) -> Path:
        return self.root / "templates" / "shop"

    @property
    def bundle(self) -> Path:
        return self.root / "releases" / "shop.bundle"

    def write(self, version: str, text: str = "text") -> None:
        """Give the template a version, and content."""
        page = (SOUND / "path.md").read_text()
        (self.template / "path.md").write_text(page.replace("version: 1.0.0", f"version: {version}"))
        (self.template / "template" / "text.txt").write_text(text)

    def versions(self) -> list[str]:
        """What is released."""
        mark = "refs/tags/v"
        return [ref.removeprefix(mark) for ref in refs_of(self.bundle) if ref.startswith(mark)]

    def script(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the release script over this checkout."""
        command = [sys.executable, str(RELEASE), "--root", str(self.root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    def release(self, version: str, text: str = "text") -> None:
        """Release the template with this content."""
        self.write(version, text)
        done = self.script("shop")
        assert done.returncode == 0, done.stderr

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be the checkout that we run from."""
        monkeypatch.setattr(goldenpath, "__file__", str(self.root / "goldenpath" / "__init__.py"))

    def build(self, where: Path) -> Path:
        """What the build hook puts into a wheel, beside an empty package; its `__init__.py`."""
        from hatch_build import bundle_all

        bundle_all(self.root, where / "goldenpath" / "bundled")
        return where / "goldenpath" / "__init__.py"


def make_checkout(root: Path) -> Checkout:
    """A checkout with one template, at version 1.0.0, of which nothing is released."""
    shutil.copytree(SOUND, root / "templates" / "shop")
    checkout = Checkout(root)
    checkout.write("1.0.0")
    return checkout
