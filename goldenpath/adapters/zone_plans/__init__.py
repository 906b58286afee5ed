"""Plans for production's zone, made and applied by octoDNS from `zones/prod.test.yaml`.

octoDNS works in a process of its own: loading it takes half a second, it warns and logs as it likes, and its limits
are attributes of its classes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.documents import load
from goldenpath.adapters.locking import alone
from goldenpath.adapters.shell import run
from goldenpath.core.errors import ChecksFailedError, MachineError
from goldenpath.core.faults import Fault, error_of
from goldenpath.core.mappings import LinedDict
from goldenpath.core.production import ZONE
from goldenpath.core.zone_plan import ZoneChange, ZonePlan

if TYPE_CHECKING:
    from goldenpath.core.errors import GoldenpathError, TemplateError

FILE = f"zones/{ZONE}.yaml"
_TIMEOUT_S = 60.0


def plan(zones: Path, port: int, key_file: Path) -> ZonePlan:
    """What applying `FILE`, which lies in the folder `zones`, would change. Nothing is changed.

    Raises TemplateError naming file and line for a zone file that is wrong, MachineError when the server at `port` of
    this machine does not answer.
    """
    return _worked(zones, port, key_file, "plan")


def apply(zones: Path, port: int, key_file: Path, *, is_forced: bool = False) -> ZonePlan:
    """What was changed, so that the server has what `FILE` says: no plan is left then.

    Raises what `plan` raises, ChecksFailedError when octoDNS refuses the plan as unsafe and it is not forced, and
    MachineError when the server does not take it. What does not fit into one UPDATE of 64 kB is applied in several.
    """
    with alone(key_file.parent / "zone-plans.lock"):
        applied = _worked(zones, port, key_file, "force" if is_forced else "apply")
    if applied.unsafe and not is_forced:
        raise ChecksFailedError(
            f"the plan for {ZONE} is not safe: {applied.unsafe}",
            hint=f"put {FILE} right; if all of it is meant to change, apply with --force",
        )
    return applied


def _worked(zones: Path, port: int, key_file: Path, order: str) -> ZonePlan:
    _look_through(zones / f"{ZONE}.yaml")
    argv = [sys.executable, "-P", "-m", "goldenpath.adapters.zone_plans.worker"]
    ran = run([*argv, order, str(zones), str(port), str(key_file)], folder=Path("/"), timeout_s=_TIMEOUT_S)
    if ran is None or ran.exit is None:
        raise MachineError(f"planning {ZONE} did not end within {_TIMEOUT_S:.0f} s", hint="see: goldenpath prod status")
    if ran.exit != 0:
        raise RuntimeError(f"octoDNS ended with {ran.exit}: {ran.stderr}")
    said = json.loads(ran.stdout)
    if "problem" in said:
        raise _error_of(said)
    return ZonePlan(tuple(_change_of(each) for each in said["changes"]), said["existing"], said["unsafe"])


def _look_through(file: Path) -> None:
    """Refuse what octoDNS would take for no names at all, or for the last of two; and what it stumbles over."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _wrong(1, "there is no such file", f"add {FILE}; for a zone without names it is {{}}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(1, f"can't be read: {error}") from error
    names = load(text, file=FILE)
    if names is None:
        raise _wrong(1, "it is empty", f"see what was lost: git log -p {FILE}; for a zone without names it is {{}}")
    if not isinstance(names, LinedDict):
        raise _wrong(1, "it must map names to records")
    for name, records in names.items():
        if not all(isinstance(each, dict) for each in (records if isinstance(records, list) else [records])):
            raise _wrong(names.line_of(name), f"`{name}` needs a record, with type and value, or a list of records")


def _wrong(line: int, problem: str, fix: str = "") -> TemplateError:
    return error_of(Fault(FILE, line, "zone", problem, fix or f"put it right in {FILE}, line {line}"))


def _error_of(said: dict[str, Any]) -> GoldenpathError:
    if said["is_file"]:
        return _wrong(said["line"] or 1, said["problem"])
    return MachineError(f"production's name server: {said['problem']}", hint="see how it is: goldenpath prod status")


def _change_of(said: dict[str, Any]) -> ZoneChange:
    return ZoneChange(**{**said, "before": tuple(said["before"]), "after": tuple(said["after"])})
