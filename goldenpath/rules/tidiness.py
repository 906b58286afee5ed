"""How a rendered file is kept: its ends of lines, its last line, spaces, its first bytes, whether it can be run."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.rules.made import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.rules.made import Made

BOM = b"\xef\xbb\xbf"
_OF_WINDOWS = frozenset({".bat", ".cmd", ".csproj", ".ps1", ".psm1", ".reg", ".sln", ".vcxproj"})
_CRLF_BY_STANDARD = _OF_WINDOWS | {".csv", ".eml", ".ics", ".tsv", ".vcf"}
_BOM_BY_CUSTOM = _OF_WINDOWS | {".csv"}
_SPACES_MEAN_SOMETHING = frozenset({".csv", ".diff", ".markdown", ".md", ".mdx", ".patch", ".snap", ".tsv"})
_SPACES = re.compile(r"[ \t]+\r?$", re.MULTILINE)
_LF_ALONE = re.compile(rb"(?<!\r)\n")
_SHEBANG = re.compile(rb"#![ \t]*/")
"""Rust begins files with `#![` too."""


def final_newline(made: Made) -> Iterator[Finding]:
    """A text that does not end in one newline."""
    text = made.text.replace("\r\n", "\n")
    line = text.count("\n") + 1
    if text and not text.endswith("\n"):
        fix = f"add a newline at the end of {made.origin.file}"
        yield Finding("final-newline", line, "the last line has no end", fix, is_warning=True)
    elif text.endswith("\n\n"):
        fix = f"take the empty lines off the end of {made.origin.file}: {{%- trims what is before a tag"
        yield Finding("final-newline", line - 1, "it ends in empty lines", fix, is_warning=True)


def line_ends(made: Made) -> Iterator[Finding]:
    """Lines that end in CR LF, among others or where Windows has nothing to do with it."""
    alone = _LF_ALONE.search(made.content)
    crlf = made.content.find(b"\r\n")
    if crlf < 0:
        return
    fix = f"save {made.origin.file} with LF as the end of lines"
    if alone:
        line = made.content.count(b"\n", 0, max(crlf, alone.start())) + 1
        yield Finding("line-ends", line, "some lines end in CR LF and some in LF", fix)
    elif PurePosixPath(made.name).suffix.lower() not in _CRLF_BY_STANDARD:
        yield Finding("line-ends", 1, "its lines end in CR LF", fix, is_warning=True)


def byte_order_mark(made: Made) -> Iterator[Finding]:
    """A byte order mark, which UTF-8 has no need of and many programs stumble over."""
    if made.content.startswith(BOM) and PurePosixPath(made.name).suffix.lower() not in _BOM_BY_CUSTOM:
        fix = f"save {made.origin.file} as UTF-8 without it"
        yield Finding("byte-order-mark", 1, "it begins with a byte order mark", fix, is_warning=True)


def trailing_space(made: Made) -> Iterator[Finding]:
    """The first line that ends in spaces, where they mean nothing."""
    found = _SPACES.search(made.text)
    if found and PurePosixPath(made.name).suffix.lower() not in _SPACES_MEAN_SOMETHING:
        line = made.text.count("\n", 0, found.start()) + 1
        fix = "take the spaces off, and off the other lines that end in them"
        yield Finding("trailing-space", line, "a line ends in spaces", fix, is_warning=True)


def execute_bit(made: Made) -> Iterator[Finding]:
    """A script that can't be run, or a text that could."""
    has_shebang = bool(_SHEBANG.match(made.content))
    if has_shebang and not made.is_executable:
        fix = f"chmod +x '{made.origin.file}', or take its first line off"
        yield Finding("execute-bit", 1, "it begins with `#!` and can't be executed", fix, is_warning=True)
    is_of_windows = PurePosixPath(made.name).suffix.lower() in _OF_WINDOWS
    if made.is_executable and not has_shebang and not is_of_windows:
        fix = f"chmod -x '{made.origin.file}', or say in its first line what runs it"
        yield Finding("execute-bit", 1, "it can be executed and doesn't begin with `#!`", fix, is_warning=True)
