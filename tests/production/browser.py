"""Chromium, for tests of pages: what a page looks like to it once its script has run for a while."""

from __future__ import annotations

import os
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tests.production.nameservers import needs

if TYPE_CHECKING:
    from pathlib import Path

QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
VOID = {"meta", "link", "img", "input", "br", "hr"}


class Sight(HTMLParser):
    """The words that a page shows, as one line, and the tags that it has; what is hidden is left out."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []
        self._words: list[str] = []
        self._hidden: list[bool] = []
        self.feed(markup)

    @property
    def text(self) -> str:
        """The words, with single spaces between them."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, and whether what is in it can be seen."""
        found = dict(attrs)
        self.tags.append(tag)
        self.hrefs.extend(value for key, value in attrs if key == "href" and value)
        if tag not in VOID:
            self._hidden.append("hidden" in found or tag in {"script", "style", "template", "noscript", "title"})

    def handle_endtag(self, tag: str) -> None:
        """Leave the tag."""
        if tag not in VOID:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        """Note words that can be seen."""
        if not any(self._hidden):
            self._words.append(data)


def seen(url: str, scratch: Path, *, for_ms: int = 5000) -> Sight:
    """What Chromium shows of a page after its script ran for some time, which passes faster than real time."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    place = [f"--user-data-dir={scratch / 'chromium'}", f"--virtual-time-budget={for_ms}"]
    done = subprocess.run(
        [needs("chromium"), "--headless", *root, *QUIET, *place, "--dump-dom", url],
        capture_output=True, text=True, timeout=60, check=True, env={**os.environ, "HOME": str(scratch)},
    )  # fmt: skip
    return Sight(done.stdout)
