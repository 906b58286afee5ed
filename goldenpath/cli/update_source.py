"""Where an update comes from, as the person allows it: what is not known is shown and asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.errors import UsageError

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.cli.session import Session
    from goldenpath.cli.update import Request
    from goldenpath.core.model import Project
    from goldenpath.flows.plan_update import UpdatePlan


def plan_from_source(session: Session, ledger: Ledger, request: Request) -> UpdatePlan:
    """The plan of the update, from a source that may be asked. Raises UsageError when it may not."""
    from goldenpath.flows import update_source
    from goldenpath.flows.plan_update import find_updatable, plan_update

    project, place = find_updatable(Path.cwd())
    adopts = update_source.named_source(request.adopt) if request.adopt else ""
    if not adopts:
        _allow_other_source(session, ledger, project, is_yes=request.is_trusting)
    source = adopts or project.source
    is_allowed = bool(adopts)
    if is_allowed or update_source.is_asked_for(session.settings, source, request.to):
        is_allowed = is_allowed or _allow_asking(session, source, is_yes=request.is_trusting)
        _ask(session, source)
    with session.screen.busy("Looking for a newer version"):
        plan = plan_update(session.settings, project, place, request.to, adopts=adopts)
    if is_allowed:
        update_source.allow_asking(session.settings, source)
    return plan


def _allow_other_source(session: Session, ledger: Ledger, project: Project, *, is_yes: bool) -> None:
    from goldenpath.core.addresses import without_credentials
    from goldenpath.flows.update_source import allow_other_source, other_source

    known = other_source(session.settings, ledger, project)
    if not known:
        return
    now = without_credentials(project.source)
    question = f"This project came from {known}; its answers file names {now} now. Is that right?"
    if not session.confirm(question, is_yes=is_yes, flag="--trust"):
        raise UsageError(
            "nothing was updated: the project's source is another one",
            hint=f"see who changed it, `git log -p .copier-answers.yml`; or: goldenpath update --adopt {known}",
        )
    allow_other_source(session.settings, project)


def _allow_asking(session: Session, source: str, *, is_yes: bool) -> bool:
    """Whether the person allows now that a source is asked; no when that was known. Raises UsageError for a no."""
    from goldenpath.core.addresses import without_credentials
    from goldenpath.flows.update_source import may_ask

    if may_ask(session.settings, source):
        return False
    shown = without_credentials(source)
    question = f"Nothing was started from {shown} on this machine. Fetch from there?"
    if not session.confirm(question, is_yes=is_yes, flag="--trust"):
        raise UsageError(f"nothing was fetched from {shown}", hint="look at the address, and at who wrote it there")
    return True


def _ask(session: Session, source: str) -> None:
    from goldenpath.flows.update_source import ask_source

    settings: Settings = session.settings
    with session.screen.busy("Asking for newer versions"):
        trouble = ask_source(settings, source)
    if trouble:
        session.screen.note(("warning: ", "warn"), f"{trouble}; going on with what is here of it")
