"""octoDNS's process: `python -m goldenpath.adapters.zone_plans.worker plan|apply|force ZONES PORT KEY` prints JSON."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from octodns.manager import Manager
from octodns.provider.plan import Plan, UnsafePlan
from octodns_bind import AxfrSourceException, Rfc2136ProviderException

from goldenpath.adapters.nameserver.keys import read_key
from goldenpath.adapters.zone_plans.hooks import Seen
from goldenpath.core.production import ZONE

if TYPE_CHECKING:
    from octodns.record.change import Change

HOST = "127.0.0.1"
LEAST_PROTECTED = 3
"""From how many served records on a plan is judged; octoDNS's 10 would let a young zone go without a word."""
MOST_CHANGED = 0.5
"""Which share may be updated, and which deleted; with octoDNS's 0.3, nobody could take one of three names away."""
_DEFAULT_TTL_S = 60
_DOTTED = {
    "CNAME": ["target-value-best-practice"],
    **{kind: ["targets-value-best-practice"] for kind in ("NS", "PTR")},
    **{kind: [f"{kind.lower()}-value-best-practice"] for kind in ("MX", "SRV", "HTTPS", "SVCB")},
}
"""What octoDNS does not hold against a file by itself: a name that lacks its final dot is one below the zone."""
_SERVERS = (AxfrSourceException, Rfc2136ProviderException, OSError, EOFError)


def main() -> None:
    """Plan, or plan and apply, and print the plan or the problem."""
    order, zones, port, key_file = sys.argv[1:]
    Plan.MIN_EXISTING_RECORDS = LEAST_PROTECTED
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "octodns.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(_settings(Path(zones), int(port), Path(key_file))), encoding="utf-8")
        said = _answer(Manager(str(file)), order, Path(zones))
    os.write(1, json.dumps(said).encode())


def _settings(zones: Path, port: int, key_file: Path) -> dict[str, Any]:
    key = read_key(key_file)
    server = {"class": "octodns_bind.Rfc2136Provider", "host": HOST, "port": port}
    signing = {"key_name": key.name, "key_secret": key.secret, "key_algorithm": key.algorithm}
    limits = {"update_pcent_threshold": MOST_CHANGED, "delete_pcent_threshold": MOST_CHANGED, "root_ns_warnings": False}
    source = {"class": "octodns.provider.yaml.YamlProvider", "directory": str(zones), "default_ttl": _DEFAULT_TTL_S}
    taken = {"enforce_order": False, "escaped_semicolons": False}
    hooks = "goldenpath.adapters.zone_plans.hooks"
    judged = {"enabled": ["legacy", "strict"], "record": {"validators": _DOTTED}}
    return {
        "manager": {"plan_outputs": {"silent": {"class": f"{hooks}.Silent"}}, "validators": judged},
        "providers": {"file": source | taken, "server": server | signing | limits},
        "processors": {"kept": {"class": f"{hooks}.KeptServer"}},
        "zones": {f"{ZONE}.": {"sources": ["file"], "processors": ["kept"], "targets": ["server"]}},
    }


def _answer(manager: Manager, order: str, zones: Path) -> dict[str, Any]:
    """The plan, or the problem and whether the zone file is to blame."""
    try:
        unsafe = _synchronized(manager, order)
    except Exception as error:
        is_server = isinstance(error, _SERVERS) or type(error).__module__.startswith("dns.")
        if not is_server and Seen.is_file_read:
            raise
        return {"problem": _in_a_line(error, zones), "is_file": not is_server, "line": _line_of(error)}
    changes, existing = _changes(Seen.plan), Seen.existing
    if order != "plan" and not (unsafe and order == "apply") and changes:
        manager.sync(dry_run=True, force=True)
        if Seen.plan:
            left = ", ".join(f"{each['name']} {each['type']}" for each in _changes(Seen.plan))
            return {
                "problem": f"it took the change, and still differs from the file: {left}",
                "is_file": False,
                "line": 0,
            }
    return {"changes": changes, "existing": existing, "unsafe": unsafe}


def _synchronized(manager: Manager, order: str) -> str:
    """Why octoDNS refuses the plan; what is forced is done in spite of it."""
    unsafe = ""
    try:
        manager.sync(dry_run=order != "apply")
    except UnsafePlan as error:
        unsafe = str(error).removesuffix(", force required").removeprefix(f"[{ZONE}.] ")
    if order == "force":
        manager.sync(dry_run=False, force=True)
    return unsafe


def _changes(plan: Plan | None) -> list[dict[str, Any]]:
    return [_change(each) for each in plan.changes] if plan else []


def _change(change: Change) -> dict[str, Any]:
    before, after = change.existing, change.new
    return {
        "action": type(change).__name__.lower(),
        "name": change.record.fqdn.removesuffix("."),
        "type": change.data["record_type"],
        "before": _values(before),
        "after": _values(after),
        "ttl": after.ttl if after else 0,
        "ttl_before": before.ttl if before else 0,
    }


def _values(record: Any) -> list[str]:
    return sorted(record.to_rrset().rdatas) if record else []


def _in_a_line(error: Exception, zones: Path) -> str:
    """What octoDNS says, without the places, of which one is told apart, and the names of its own rules."""
    file = re.escape(str(zones / f"{ZONE}.yaml"))
    place = rf'( \(|[,;]? (in )?"?)({file}|\S+\.json)"?, line \d+(, column \d+)?'
    said = re.sub(rf"({place})+\)?|, via: [\w-]+", "", str(error))
    words = " ".join(said.replace("\n  - ", ": ", 1).replace("\n  - ", "; ").split()).removesuffix(" existing: new:")
    is_told = type(error) is Exception or type(error).__module__.startswith(("octodns", "dns", "yaml"))
    return words if is_told or isinstance(error, OSError) else f"octoDNS can't read it: {words}"


def _line_of(error: Exception) -> int:
    found = re.search(r"\.yaml\"?, line (\d+)", str(error))
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
