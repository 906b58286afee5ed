"""The shapes of what `goldenpath prod ... --json` prints, by command line. A list holds any number of its one item."""

from __future__ import annotations

from typing import Any

ALERT = dict.fromkeys(("name", "service", "state", "since", "summary"), str)
PHASES = {"switch": float, "retire": float}
DEPLOYED = {
    **dict.fromkeys(("service", "commit", "release", "kind", "url", "before"), str),
    "is_rollback": bool,
    "is_watched": bool,
    "phases": PHASES,
    "seconds": float,
}
LOWERED = {"programs": [str], "is_forgotten": bool}
ZONE = {
    "plan": {
        "changes": [
            {
                **dict.fromkeys(("action", "name", "type"), str),
                "before": [str],
                "after": [str],
                "ttl": int,
                "ttl_before": int,
            }
        ],
        "existing": int,
        "unsafe": str,
    },
    "folder": str,
    "is_applied": bool,
    "names": dict,
    "idle": [str],
}

PRODUCTION: dict[str, Any] = {
    "prod up": {
        "ports": {"edge": int, "dns": int},
        "missing": [str],
        "install": str,
        "moved": [str],
        "services": [str],
        "unready": [str],
        "refused_rules": [str],
        "zone_repository": str,
        "seconds": float,
    },
    "prod deploy": {**DEPLOYED, "phases": {**PHASES, "build": float}},
    "prod deploy --rollback": DEPLOYED,
    "prod status": {
        "is_up": bool,
        "folder": str,
        "dashboard": str,
        "zone": str,
        "parts": [{**dict.fromkeys(("name", "state", "address"), str), "uptime_s": int}],
        "services": [
            {
                **dict.fromkeys(("name", "kind", "state", "commit", "release", "slot", "url", "project"), str),
                "deployed_at": str,
                "uptime_s": int,
                "releases": [str],
                "names": [str],
            }
        ],
        "alerts": [ALERT],
        "is_watched": bool,
    },
    "prod logs": [{"program": str, "text": str}],
    "prod alerts": [ALERT],
    "prod dns plan": ZONE,
    "prod dns apply": ZONE,
    "prod remove": {"service": str, "names": [str]},
    "prod down": LOWERED,
    "prod reset": LOWERED,
}
"""Of commands that need production, and something that is deployed there."""
