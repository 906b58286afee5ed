"""Settings for a rehearsal: what is known here is known there, and nothing real is written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def shadow_settings(settings: Settings, scratch: Path) -> Settings:
    """Settings below a scratch folder, with copies of the configuration and of the templates in the store."""
    shadow = Settings(scratch / "data", scratch / "cache", scratch / "config", scratch / "state")
    for real, copy in ((settings.config, shadow.config), (settings.store, shadow.store)):
        if real.is_dir():
            shutil.copytree(real, copy, symlinks=True, ignore=shutil.ignore_patterns(".making-*"))
    return shadow
