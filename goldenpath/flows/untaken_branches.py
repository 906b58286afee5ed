"""Which branches of a template no render took."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja_branches import branches, key_of, place_of
from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault
from goldenpath.rules.texts import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from goldenpath.rules.source import Source
    from goldenpath.rules.texts import JinjaText

RULE = "untaken-branch"
MEANING = "some case takes every branch of what is rendered"
_FIX = "add a set to answers/ that takes it, or take the branch out"


def untaken_branches(source: Source, took: Set[str]) -> list[Fault]:
    """A warning for every branch in the bodies and names of rendered files that is in no render's `took`.

    Of nested branches only the outermost one is named, and for a file that an untaken branch of its name leaves out,
    that one. A text that can't be read here, such as one with an extension's tags, has none.
    """
    texts = [text for text in source.texts if text.home in {Home.BODY, Home.NAME} and not text.is_ours]
    of_names = {part: fault for text in texts if text.home is Home.NAME for part, fault in _of_name(text, source, took)}
    found = list(of_names.values())
    for text in texts:
        is_left_out = any(part in of_names for part in text.file.split("/")) or text.is_included
        if text.home is not Home.BODY:
            continue
        if key_of(place_of(text.file, "")) in took:
            found += _untaken(text, source, took, {place_of(text.file, "")})
        elif not is_left_out:
            found.append(Fault(text.file, 1, RULE, "no case renders this file", _FIX, is_warning=True))
    return sorted(dict.fromkeys(found))


def _of_name(text: JinjaText, source: Source, took: Set[str]) -> Iterator[tuple[str, Fault]]:
    """Copier takes the suffix off the name of a file before it renders that."""
    names = {text.content, text.content.removesuffix(source.suffix), PurePosixPath(text.content).with_suffix("").name}
    for fault in _untaken(text, source, took, {place_of(None, name) for name in names}):
        yield text.content, fault


def _untaken(text: JinjaText, source: Source, took: Set[str], places: set[str]) -> Iterator[Fault]:
    try:
        found = branches(text.content, source.dialect, file=text.file)
    except TemplateError:
        return
    taken = {each.number for each in found if any(key_of(place, each.number) in took for place in places)}
    for each in found:
        if each.number not in taken and (not each.within or each.within in taken):
            line = each.line if text.is_whole_file else text.line
            problem = f"no case takes the branch `{each.label}`"
            yield Fault(text.file, line, RULE, problem, _FIX, is_warning=True)
