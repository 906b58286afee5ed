"""The tools that a shell script uses, as far as reading it tells."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_ASSIGNMENT = re.compile(r"\w+\+?=")
_NAME = re.compile(r"[A-Za-z_][\w.+-]*")
_OPENING = frozenset(
    {"if", "then", "else", "elif", "while", "until", "do", "!", "time", "{", "exec", "command", "builtin"}
)
_SKIPPING = frozenset({"for", "case", "select", "function", "in"})
_CLOSING = frozenset({"fi", "done", "esac", "}"})
_SEPARATING = frozenset(";&|()")

_SHELL = """
. : [ [[ alias bg break cd continue declare echo eval exit export false fg getopts hash jobs let local mapfile popd
printf pushd pwd read readonly return set shift shopt source test times trap true type typeset ulimit umask unalias
unset wait
"""
_SYSTEM = """
awk basename bash cat chmod chown cmp comm cp cut date dd df diff dirname du env expr find fold grep head hostname id
kill ln ls mkdir mktemp mv nl nohup od paste pgrep pkill ps readlink rm rmdir sed seq sh sleep sort stat tail tar tee
touch tr tty uname uniq wc which who whoami xargs yes
"""
EVERYWHERE = frozenset({*_SHELL.split(), *_SYSTEM.split(), "goldenpath"})
"""What every machine that we run on has: the shell's own words, POSIX and its neighbours, and ourselves."""


def tools_of(script: str) -> Iterator[tuple[str, int]]:
    """The tools that a script calls, each with its line, those that are everywhere left out."""
    functions = set(re.findall(r"(\w+)\s*\(\)", script))
    for line, text in _logical_lines(script):
        for tool in _first_words(text):
            if tool not in EVERYWHERE and tool not in functions:
                yield tool, line


def _logical_lines(script: str) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them; here-documents are data."""
    lines = script.splitlines()
    number = 0
    while number < len(lines):
        first, text = number, lines[number]
        number += 1
        while (text.endswith("\\") or not _is_closed(text)) and number < len(lines):
            text = text.removesuffix("\\") + ("" if text.endswith("\\") else "\n") + lines[number]
            number += 1
        ends = [found[2] for found in _HEREDOC.finditer(text)]
        for end in ends:
            while number < len(lines) and lines[number].strip() != end:
                number += 1
            number += 1
        yield first + 1, text


def _is_closed(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return True


def _first_words(text: str) -> Iterator[str]:
    lexer = shlex.shlex(text, posix=False, punctuation_chars=True)
    lexer.whitespace_split = True
    is_first, is_skipped = True, False
    try:
        words = list(lexer)
    except ValueError:
        return
    for word in words:
        if set(word) <= _SEPARATING or word in _CLOSING:
            is_first, is_skipped = True, False
        elif is_skipped or (is_first and word in _SKIPPING):
            is_skipped = True
        elif is_first and not _ASSIGNMENT.match(word) and word not in _OPENING:
            is_first = False
            if _NAME.fullmatch(word):
                yield word
