"""What an update does, did, or did not do, as a person reads it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.core.model import Json
    from goldenpath.core.updating import Change, Finished, Unfinished, Update

MOST_LINES = 40
"""How many changed files are listed; the rest is counted."""


def show_update(screen: Screen, update: Update, *, is_rehearsal: bool) -> None:
    """The files, the conflicts, and what to type next."""
    if update.is_nothing:
        screen.line(("✓ ", "good"), f"nothing to do: the project is at {update.template} {update.after}")
        return
    _show_head(screen, update, is_rehearsal=is_rehearsal)
    _show_changes(screen, update)
    _show_conflicts(screen, update)
    if is_rehearsal:
        screen.line()
        screen.diff(update.diff)
        screen.line()
        screen.line("nothing was changed; to do it, type the same without ", ("--dry-run", "command"))
        return
    screen.line()
    if update.conflicts:
        screen.line("settle each, then commit: ", ("goldenpath update --continue", "command"))
    else:
        screen.line("look at it:  ", ("git diff --cached", "command"))
        screen.line("commit it:   ", ("goldenpath update --continue", "command"))
    screen.line("or undo it:  ", ("goldenpath update --abort", "command"))


def _show_head(screen: Screen, update: Update, *, is_rehearsal: bool) -> None:
    counts = Counter(change.kind for change in update.changes)
    files = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "no other file changed"
    mark = ("! ", "warn") if update.conflicts else ("✓ ", "good")
    clash = f", {len(update.conflicts)} in conflict" if update.conflicts else ""
    would = " would be" if is_rehearsal else ""
    screen.line(
        mark, (f"{update.template} {_versions(update)}", "strong"), f": {files}{clash}{would and ' (a rehearsal)'}"
    )


def _show_changes(screen: Screen, update: Update) -> None:
    if update.source_before:
        screen.line(f"  source    {update.source_before} → {update.source}")
    for change in update.changes[:MOST_LINES]:
        screen.line(f"  {change.kind:<8}  {_named(change)}")
    if len(update.changes) > MOST_LINES:
        screen.line(f"  and {len(update.changes) - MOST_LINES} more files")
    _show_other_news(screen, update)


def _show_other_news(screen: Screen, update: Update) -> None:
    for path in update.deleted:
        screen.line(f"  stays deleted  {path}, which you deleted and the new version changes")
    for answer in update.answers:
        before = "new" if answer.before is None else _value(answer.before)
        screen.line(f"  answer    {answer.question}: {before} → {_value(answer.after)}")
    for step in update.steps:
        screen.line(f"  new step  {step}")
    for command in update.commands:
        screen.line("  not run   ", (command, "command"), ", a migration of the template")
    if update.message:
        screen.line()
        screen.line(update.message)


def _versions(update: Update | Finished) -> str:
    return f"{update.before} → {update.after}" if update.before != update.after else update.after


def _named(change: Change) -> str:
    return f"{change.before} → {change.path}" if change.before else change.path


def _value(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _show_conflicts(screen: Screen, update: Update) -> None:
    for conflict in update.conflicts:
        screen.line()
        screen.line(("✗ ", "bad"), (conflict.path, "strong"))
        screen.line(f"    {conflict.yours}; {conflict.theirs}")
        screen.line("    → ", conflict.fix)


def show_finished(screen: Screen, finished: Finished) -> None:
    """The update that is committed."""
    screen.line(
        ("✓ ", "good"),
        (f"{finished.template} {_versions(finished)}", "strong"),
        f" is committed: {finished.commit[:10]}",
    )
    screen.line("next: ", ("goldenpath status", "command"))


def show_aborted(screen: Screen, update: Unfinished) -> None:
    """The update that is undone."""
    screen.line(("✓ ", "good"), f"undone: the project is at {update.template} {update.before} again")
