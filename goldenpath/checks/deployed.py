"""Production answers with a commit of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import http, repo
from goldenpath.checks.standing import production_of
from goldenpath.checks.verdict import blind, brief, option, verdict, wrong
from goldenpath.core.deploy_file import JOB, NAME
from goldenpath.core.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check
    from goldenpath.core.production import Production

KEYS = frozenset({"commit"})


def look(check: Check, world: World) -> Finding:
    """Ask the live service for its version. Unknown when production's parts are not installed.

    With `not`, and no commit named, nothing may be deployed under the name, whatever its commit.
    """
    name, revision = _name(check, "deployed"), option(check, "commit", "HEAD")
    expected = f"{name} is live in production as {revision}"
    production = production_of(world, expected)
    if isinstance(production, Finding):
        return production
    if check.is_negated and "commit" not in check.options:
        return _present(production, name)
    commit = repo.asks(world.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    service = production.services.get(name)
    if not commit:
        return blind(expected=expected, found=f"the project has no {revision}")
    if service is None or service.live is None:
        return verdict(holds=False, expected=expected, found=f"nothing is deployed as {name}")
    expected = f"{name} is live in production as {revision}, {commit[:10]}"
    if service.live.file.kind == JOB:
        return verdict(
            holds=service.live.commit == commit, expected=expected, found=f"it is {service.live.commit[:10]}"
        )
    try:
        url = f"http://127.0.0.1:{service.address}{service.live.file.version}"
        reply = http.request(url, method="GET", timeout_s=check.timeout_s)
    except OSError as error:
        return blind(expected=expected, found=f"{name} does not answer: {error}")
    is_live = reply.status == 200 and commit in reply.body
    return verdict(holds=is_live, expected=expected, found=f"it answered {reply.status}: {brief(reply.body, 200)}")


def _name(check: Check, key: str) -> str:
    name = option(check, key)
    if not NAME.fullmatch(name):
        raise wrong(check, f"`{key}` is {name!r}, which is no name of a service")
    return name


READS: Mapping[str, Read] = {"deployed": _name}


def _present(production: Production, name: str) -> Finding:
    live = production.services[name].live if name in production.services else None
    found = f"it is live as {live.commit[:10]}" if live else f"nothing is deployed as {name}"
    return verdict(holds=live is not None, expected=f"{name} is live in production", found=found)
