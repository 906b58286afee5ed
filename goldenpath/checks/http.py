"""A server answers a request as it should."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from goldenpath.adapters import http
from goldenpath.checks.standing import by_name
from goldenpath.checks.verdict import agrees, blind, brief, dig, option, pattern, unknown, verdict, whole, wrong
from goldenpath.core.model import Finding
from goldenpath.core.production import ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.adapters.http import Reply
    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Json

KEYS = frozenset({"method", "status", "headers", "contains", "matches", "json", "equals"})


def look(check: Check, world: World) -> Finding:
    """Hold the answer against status, headers and body. Unknown when another machine can't be reached.

    A name of production is looked up where production says what it leads to, and asked for at the edge.
    """
    url, status = option(check, "http"), whole(check, "status", 200)
    host = _host(check, "http")
    expected = f"{url} answers {status}"
    asked, headers = url, dict[str, str]()
    if host == ZONE or host.endswith(f".{ZONE}"):
        place = by_name(world, host, expected)
        if isinstance(place, Finding):
            return place
        asked, headers = http.at(url, place), {"Host": host}
    try:
        method = option(check, "method", "GET")
        reply = http.request(asked, method=method, timeout_s=check.timeout_s, headers=headers)
    except OSError as error:
        if headers or host in http.LOOPBACK:
            return blind(expected=expected, found=f"nothing answers there: {error}")
        return unknown(expected, f"{host} can't be reached: {error}", "check again when the network is there")
    if reply.status != status:
        return verdict(holds=False, expected=expected, found=f"it answered {reply.status}: {brief(reply.body, 200)}")
    for problem in (_headers(check, reply), _body(check, reply)):
        if problem:
            return verdict(holds=False, expected=f"{expected}, {problem[0]}", found=problem[1])
    return verdict(holds=True, expected=expected, found=f"it answered {reply.status}")


def _host(check: Check, key: str) -> str:
    host = http.host_of(option(check, key))
    if not host:
        raise wrong(check, f"{option(check, key)!r} is no http address")
    return host


def _patterns(check: Check, key: str) -> dict[str, re.Pattern[str]]:
    wanted: Json = check.options.get(key, {})
    if not isinstance(wanted, dict):
        raise wrong(check, f"`{key}` must map names to regular expressions")
    try:
        return {name: re.compile(str(expression)) for name, expression in wanted.items()}
    except re.error as error:
        raise wrong(check, f"`{key}` must map names to regular expressions: {error}") from error


READS: Mapping[str, Read] = {"http": _host, "status": whole, "headers": _patterns, "matches": pattern}


def _headers(check: Check, reply: Reply) -> tuple[str, str] | None:
    for name, expression in _patterns(check, "headers").items():
        value = reply.headers.get(name.lower())
        if value is None or not expression.search(value):
            return f"with header {name} like {expression.pattern!r}", f"it has {value!r}"
    return None


def _body(check: Check, reply: Reply) -> tuple[str, str] | None:
    found = brief(reply.body, 200) or "an empty body"
    if "contains" in check.options and option(check, "contains") not in reply.body:
        return f"with {option(check, 'contains')!r} in it", found
    if "matches" in check.options and not pattern(check, "matches").search(reply.body):
        return f"matching {option(check, 'matches')!r}", found
    if "json" not in check.options:
        return None
    try:
        there, item = dig(json.loads(reply.body), option(check, "json"))
    except ValueError:
        return "in JSON", found
    if not there or ("equals" in check.options and not agrees(item, check.options["equals"])):
        return f"with {option(check, 'json')} = {option(check, 'equals', 'anything')}", found
    return None
