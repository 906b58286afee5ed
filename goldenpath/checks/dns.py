"""Production's name server gives a name the values that it should have. The system's resolver is never asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.adapters.nameserver.asking import ask
from goldenpath.checks.standing import INSTALL, production_of
from goldenpath.checks.verdict import blind, option, unknown, verdict, words, wrong
from goldenpath.core.model import Finding
from goldenpath.core.production import DNS, ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check

KEYS = frozenset({"type", "value"})
TYPES = ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")
_LABEL = re.compile(r"[a-z0-9_*-]{1,63}", re.IGNORECASE)


def look(check: Check, world: World) -> Finding:
    """Ask for the name; each of the values has to be there. Unknown when production's parts are not installed."""
    name, kind, wanted = _name(check, "dns"), _type(check, "type"), words(check, "value")
    leads = f" leads to {', '.join(wanted)}" if wanted else " is there"
    expected = f"{name} ({kind}){leads}"
    production = production_of(world, expected)
    if isinstance(production, Finding):
        return production
    try:
        found = ask(production.ports[DNS], name, kind, min(check.timeout_s, 5.0))
    except ImportError:
        return unknown(expected, "dnspython is not installed", INSTALL)
    except OSError as error:
        return blind(expected=expected, found=f"production's name server does not answer: {error}")
    except ValueError as error:
        raise wrong(check, str(error)) from error
    if not found:
        return verdict(holds=False, expected=expected, found="the zone has no such record")
    return verdict(holds=set(wanted) <= set(found), expected=expected, found=f"it leads to {', '.join(found)}")


def _name(check: Check, key: str) -> str:
    name = option(check, key)
    host = name.lower().removesuffix(".")
    *labels, rest = host.removesuffix(ZONE).split(".")
    if not host.endswith(ZONE) or rest or not all(map(_LABEL.fullmatch, labels)):
        raise wrong(check, f"`{key}` is {name!r}, which is no name below {ZONE}")
    return name


def _type(check: Check, key: str) -> str:
    kind = option(check, key, TYPES[0]).upper()
    if kind not in TYPES:
        raise wrong(check, f"`{key}` is {kind!r}: it is one of {', '.join(TYPES)}")
    return kind


READS: Mapping[str, Read] = {"dns": _name, "type": _type}
