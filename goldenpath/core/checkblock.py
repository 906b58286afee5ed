"""A goldenpath-check block: from what its list holds to checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.mappings import Reader
from goldenpath.core.model import Check
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from goldenpath.core.model import Json

COMMON_CHECK_KEYS = frozenset(["expected", "fail", "timeout", "retries", "every", "not", "optional", "lasting"])
COMPOSITES = frozenset({"any", "all"})


def read_check(item: Json, above: Reader, kinds: Mapping[str, Collection[str]], *, is_child: bool = False) -> Check:
    """The check that an item of the list describes; `above` is the block, or the check that it is a part of."""
    reader = Reader(item, file=above.file, line=above.line, what="check", sink=above.sink)
    kind = _kind(reader, kinds) if reader.value else ""
    if not kind:
        return Check("", {}, reader.line)
    reader.what = f"check `{kind}`"
    reader.only({kind, *COMMON_CHECK_KEYS, *kinds.get(kind, ())})
    for key in ("optional", "lasting") if is_child else ():
        if key in reader.value:
            reader.refuse(key, "belongs to the whole check, not to one of its parts", "put it beside any or all")
    children: tuple[Check, ...] = ()
    if kind in COMPOSITES:
        parts = reader.items(kind)
        children = tuple(read_check(part, reader, kinds, is_child=True) for part in parts)
        if not parts and isinstance(reader.value[kind], list):
            reader.refuse(kind, "is empty: name at least one check")
    return Check(
        kind=kind,
        options={key: value for key, value in reader.value.items() if key not in COMMON_CHECK_KEYS},
        line=reader.line,
        expected=reader.text("expected", ""),
        fail=_fail(reader, is_child=is_child),
        timeout_s=reader.number("timeout", 15.0),
        retries=reader.integer("retries", 0),
        every_s=reader.number("every", 1.0),
        is_negated=reader.flag("not", default=False),
        is_optional=reader.flag("optional", default=False),
        is_lasting=reader.flag("lasting", default=True),
        children=children,
    )


def _kind(reader: Reader, kinds: Mapping[str, Collection[str]]) -> str:
    found = [key for key in reader.value if key in kinds or key in COMPOSITES]
    if len(found) == 1:
        return found[0]
    unknown = [key for key in reader.value if key not in COMMON_CHECK_KEYS]
    hint = did_you_mean(unknown[0] if unknown else "", [*kinds, *COMPOSITES])
    problem = f"names {' and '.join(found)}: one check, one kind" if found else "names no known kind"
    reader.refuse(unknown[0] if unknown and not found else "", problem, hint, rule="check-kind")
    return ""


def _fail(reader: Reader, *, is_child: bool) -> str:
    if "fail" not in reader.value and not is_child:
        reader.refuse("", "lacks `fail`", "say what puts it right, after `fail:`", rule="check-fail")
    return reader.text("fail", "")
