"""Whether a template needs git while it is rendered: whether anything in it asks where Copier's clone is."""

from __future__ import annotations

import re
from collections import ChainMap
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters import documents
from goldenpath.core.errors import TemplateError
from goldenpath.core.questions import flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ASKS = re.compile(rb"_copier_conf(?!\.(answers_file|data|dst_path|os|sep|vcs_ref|vcs_ref_hash)\b)")
"""Copier's settings, but for those that are the same without git. A letter may stand before: of `repr`'s `\\n`."""
_REACHES = re.compile(rb"\{%[-+]?\s*(include|import|extends|from)\b")
_UNREAD = frozenset(
    {
        *("_tasks", "_migrations", "_message_before_update", "_message_after_update"),
        *("_message_before_copy", "_message_after_copy"),
    }
)
"""What is not run here, and messages, which nobody sees."""
_SYNTAX = frozenset({"block_start_string", "line_statement_prefix"})
_LARGEST = 1_000_000


@lru_cache(maxsize=64)
def needs_git(tree: str) -> bool:
    """Whether a question, a setting, a file's name or a file that Jinja reads asks for it, or may do so."""
    root = Path(tree)
    try:
        written = _written(root)
    except (TemplateError, ValueError):  # what is wrong with it is told by Copier
        return True
    settings = ChainMap(*reversed(written))
    texts = [repr(value).encode() for each in written for key, value in each.items() if key not in _UNREAD]
    files = [file for file in root.rglob("*") if file.is_file()]
    names = [str(file.relative_to(root)).encode(errors="replace") for file in root.rglob("*")]
    targets = [str(file.readlink()).encode(errors="replace") for file in files if file.is_symlink()]
    suffix = settings.get("_templates_suffix", ".jinja")
    rendered = [file for file in files if not isinstance(suffix, str) or file.name.endswith(suffix)]
    if _is_asked([*texts, *names, *targets], rendered):
        return True
    return _reaches_others(settings, texts, rendered) and _is_asked([], files)


def _written(root: Path) -> list[dict[str, Any]]:
    """The documents of copier.yml, one after the other. Raises TemplateError, and ValueError when there is none."""
    file = next((root / name for name in ("copier.yml", "copier.yaml") if (root / name).is_file()), None)
    if file is None:
        raise ValueError("no copier.yml")
    loaded = documents.load_all(file.read_text(encoding="utf-8"), file=file.name, folder=root)
    return [each for each in flat(loaded) if isinstance(each, dict)]


def _is_asked(texts: Iterable[bytes], files: Iterable[Path]) -> bool:
    return any(_ASKS.search(text) for text in texts) or any(
        file.stat().st_size > _LARGEST or _ASKS.search(file.read_bytes()) for file in files
    )


def _reaches_others(settings: Mapping[str, Any], texts: Iterable[bytes], rendered: Iterable[Path]) -> bool:
    """Whether Jinja may read files that it doesn't render, because something includes them."""
    options = settings.get("_envops")
    if settings.get("_jinja_extensions") or (isinstance(options, dict) and not _SYNTAX.isdisjoint(options)):
        return True
    return any(_REACHES.search(text) for text in (*texts, *(file.read_bytes() for file in rendered)))
