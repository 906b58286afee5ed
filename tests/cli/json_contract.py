"""The shapes of what `--json` prints, by command line. A list holds any number of its one item."""

from __future__ import annotations

from typing import Any

CHECKED = {"step": str, "number": int, "of": int, "is_optional": bool, "finding": dict}
FINDING = {"outcome": str, "expected": str, "found": str, "fix": str, "evidence": str}
PULL = {
    "number": int,
    "title": str,
    "branch": str,
    "target": str,
    "head": str,
    "author": str,
    "opened_at": str,
    "state": str,
    "merged_at": (str, type(None)),
    "merge_commit": str,
}

CONTRACT: dict[str, Any] = {
    "list": [
        {
            "id": str,
            "title": str,
            "summary": str,
            "version": str,
            "owner": str,
            "support": str,
            "audience": str,
            "minutes": int,
            "teaches": list,
            "steps": int,
            "name": str,
            "catalog": str,
            "wrong": str,
        }
    ],
    "show backend": {
        "path": {"id": str, "steps": list, "needs": list, "checks": list},
        "questions": [{"name": str}],
        "name": str,
        "catalog": str,
        "version": str,
    },
    "catalog list": [{"name": str, "kind": str, "paths": list, "place": str, "wrong": str, "hint": str}],
    "status": {
        "project": str,
        "root": str,
        "path": str,
        "title": str,
        "version": str,
        "support": str,
        "current": str,
        "done": int,
        "started_at": str,
        "elapsed_s": float,
        "minutes_left": int,
        "minutes_skipped": int,
        "newer": (dict, type(None)),
        "unfinished": str,
        "steps": [
            {
                "number": int,
                "id": str,
                "title": str,
                "status": str,
                "minutes": int,
                "is_current": bool,
                "is_regressed": bool,
                "attempts": int,
                "hints_shown": int,
                "done_at": (str, type(None)),
            }
        ],
    },
    "next": {"number": int, "page": str, "step": {"id": str, "title": str, "body": str, "minutes": int, "hints": list}},
    "check": {
        "results": [{"step": str, "outcome": str, "change": str, "checks": [{**CHECKED, "finding": FINDING}]}],
        "next_step": str,
        "is_path_completed": bool,
    },
    "hint": {"step": str, "given": list, "of": int},
    "skip": {"skipped": str, "current": str},
    "goto say-hello": {"current": str, "title": str},
    "solution --yes": {"step": str, "files": list, "patch": str, "script": str, "diff": str},
    "solution --yes --apply": {"step": str, "files": list, "printed": str},
    "pr list": [PULL],
    "milestones": [
        {
            "milestone": str,
            "meaning": str,
            "at": (str, type(None)),
            "after_s": (float, type(None)),
            "learned": (str, type(None)),
            "url": str,
            "is_before_start": bool,
            "is_clock_doubtful": bool,
        }
    ],
    "milestones --rederive": {
        "milestones": [
            {
                "milestone": str,
                "claimed_at": (str, type(None)),
                "learned": (str, type(None)),
                "shown_at": (str, type(None)),
                "verdict": str,
            }
        ],
        "projects": [str],
        "unseen": [str],
        "claims_more": [str],
    },
    "milestones --stats": {
        "as_of": str,
        "with_tutorial": bool,
        "level": float,
        "without_start": int,
        "page": str,
        "statistics": [
            {
                "milestone": str,
                "pull_requests": int,
                "engineers": int,
                "reached": int,
                "on_the_way": int,
                "before_start": int,
                "withheld": str,
                "median": (dict, type(None)),
                "table": list,
                "curve": list,
            }
        ],
    },
    "record first-deploy": {"milestone": str, "at": str, "event": str},
    "ledger path": {"path": str},
    "ledger log": [
        {
            "id": str,
            "source": str,
            "writer": str,
            "wseq": int,
            "type": str,
            "subject": str,
            "time": str,
            "data": dict,
            "prev": str,
            "hash": str,
        }
    ],
    "ledger verify": {"events": int, "unchained": int, "heads": dict, "problems": list},
    "ledger export out.jsonl": {"file": str, "events": int},
    "ledger backup out.sqlite3": {"file": str, "events": int},
    "template lint": {
        "templates": [
            {
                "name": str,
                "folder": str,
                "is_at_hand": bool,
                "faults": [
                    {"file": str, "line": int, "rule": str, "problem": str, "fix": str, "is_warning": bool},
                ],
                "ignored": int,
                "files": int,
                "seconds": float,
                "unreadable": str,
                "hint": str,
            }
        ],
        "errors": int,
        "warnings": int,
        "unreadable": int,
    },
    "template lint --rules": {"rules": [{"id": str, "meaning": str, "needs_path": bool}]},
    "template new greeter": {
        "root": str,
        "name": str,
        "made_from": str,
        "files": [str],
        "has_workflow": bool,
        "inside": (str, type(None)),
    },
    "doctor": {"findings": [{"group": str, "health": str, "text": str, "mend": str, "can_fix": bool}], "mended": list},
}
"""Of command lines that are run as they stand, in a fresh project."""

ELSEWHERE: dict[str, Any] = {
    "start": {
        "project": str,
        "root": str,
        "path": str,
        "template": str,
        "version": str,
        "commit": str,
        "files": int,
        "origin": str,
        "first_step": str,
        "inside": (str, type(None)),
    },
    "catalog add": {
        "name": str,
        "kind": str,
        "place": str,
        "paths": [str],
        "refused": [{"template": str, "wrong": str}],
        "is_new": bool,
    },
    "catalog fetch": [{"name": str, "kind": str, "place": str, "news": [str], "trouble": str, "hint": str}],
    "catalog remove": {"name": str, "kind": str, "place": str},
    "template publish": {
        "to": str,
        "is_rehearsal": bool,
        "templates": [
            {
                **dict.fromkeys(("template", "address", "main", "trouble", "hint"), str),
                "pushed": list,
                "there": list,
                "is_made": bool,
                "is_refused": bool,
            }
        ],
    },
    "template solve --open": {"step": str, "root": str, "template": str, "applied": [str], "home": str},
    "template solve --record": {
        "step": str,
        "folder": str,
        "written": [str],
        "changed": [str],
        "literals": [{"file": str, "question": str, "value": str}],
        "commits": int,
        "has_script": bool,
    },
    "update": {
        "project": str,
        "root": str,
        "template": str,
        "source": str,
        "source_before": str,
        "before": str,
        "after": str,
        "changes": [{"kind": str, "path": str, "before": str}],
        "conflicts": [{"path": str, "yours": str, "theirs": str, "fix": str, "has_markers": bool}],
        "deleted": [str],
        "answers": [{"question": str, "before": object, "after": object}],
        "steps": [str],
        "commands": [str],
        "message": str,
        "diff": str,
    },
    "update --continue": {
        "project": str,
        "root": str,
        "template": str,
        "before": str,
        "after": str,
        "commit": str,
        "source_before": str,
    },
    "update --abort": {
        "project": str,
        "template": str,
        "source": str,
        "before": str,
        "after": str,
        "head": str,
        "touched": [str],
        "open": [str],
        "marked": [str],
    },
    "pr open": PULL,
    "pr merge": {"pull": PULL, "review": [{"command": str, "seconds": float}]},
    "ledger import": {
        "new": int,
        "known": int,
        "refused": [{"file": str, "line": int, "reason": str}],
        "forks": [{"writer": str, "number": int}],
        "is_writer_new": bool,
    },
    "ledger forget": {"engineer": str, "deleted": int, "events": int, "beyond_reach": [str]},
}
"""Of commands that need something to be there first."""
