"""Consent: what a project or template would run is shown first, and allowed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.errors import UsageError

if TYPE_CHECKING:
    from goldenpath.cli.session import Session
    from goldenpath.core.model import Project
    from goldenpath.flows.open_walk import Walk
    from goldenpath.flows.plan_start import Plan
    from goldenpath.flows.plan_update import Version


def allow_project(session: Session, walk: Walk, *, is_yes: bool) -> None:
    """Make sure that what the project and its template run may run here. Raises UsageError when it may not.

    A project that was started on this machine may; one that was cloned from elsewhere may once the person said so.
    """
    from goldenpath.flows import trust
    from goldenpath.flows.read_questions import read_questions

    is_template_fine = trust.is_trusted(session.settings, walk.template)
    if is_template_fine and trust.is_project_trusted(session.settings, walk.project.root):
        return
    commands = trust.commands_of(walk.path, read_questions(walk.template.folder).settings, walk.template)
    if not is_yes:
        if not session.can_ask:
            raise trust.refusal(f"the project {walk.project.root.name} was not started on this machine and", commands)
        from goldenpath.cli.ask import ask_yes_no

        session.screen.note("This project was not started on this machine. Its checks run its code, with:")
        for command in commands:
            session.screen.note("  ", (command, "command"))
        if not ask_yes_no(session.screen, "Do you trust it with that?"):
            raise UsageError("not checked: the project is not trusted", hint="read its code first, then check again")
    trust.trust_project(session.settings, walk.project.root)
    trust.trust_template(session.settings, walk.template)


def allow_source(session: Session, plan: Plan, *, is_yes: bool) -> None:
    """Make sure that what a template at hand runs may run here, and keep it. Raises UsageError when it may not."""
    from goldenpath.flows import trust

    template = plan.template
    commands = trust.commands_of(plan.path, plan.questionnaire.settings, template)
    if not commands or trust.is_trusted(session.settings, template):
        return
    if not is_yes:
        if not session.can_ask:
            raise trust.refusal(f"the template {template.name}", commands)
        from goldenpath.cli.ask import ask_yes_no

        session.screen.note(f"{plan.made_from or template.source} would run here:")
        for command in commands:
            session.screen.note("  ", (command, "command"))
        if not ask_yes_no(session.screen, "Do you trust it with that?"):
            raise UsageError("nothing was run: the template is not trusted", hint="read its solutions first")
    trust.trust_template(session.settings, template)


def allow_rendering(session: Session, version: Version, *, is_yes: bool) -> bool:
    """Whether the template may run what it runs while it is rendered. Raises UsageError when that is needed and not so.

    What its steps run is asked when they are checked.
    """
    from goldenpath.flows import trust

    if trust.is_trusted(session.settings, version.template):
        return True
    settings = {key: value for key, value in version.questionnaire.settings.items() if key in _WHILE_RENDERING}
    if not trust.settings_commands(settings):
        return False
    from goldenpath.flows.plan_start import plan_of

    allow_source(session, plan_of(version.template), is_yes=is_yes)
    return True


_WHILE_RENDERING = ("_jinja_extensions", "_external_data")


def allow_deploying(session: Session, project: Project, *, is_yes: bool) -> None:
    """Make sure that the project's own code may run here. Raises UsageError when it may not."""
    from goldenpath.flows import trust

    if trust.is_project_trusted(session.settings, project.root):
        return
    if not is_yes:
        if not session.can_ask:
            raise trust.refusal(
                f"the project {project.root.name} was not started on this machine and", ["its own code"]
            )
        from goldenpath.cli.ask import ask_yes_no

        session.screen.note("This project was not started on this machine. Deploying it builds and runs its code.")
        if not ask_yes_no(session.screen, "Do you trust it with that?"):
            raise UsageError("not deployed: the project is not trusted", hint="read its code first, then deploy it")
    trust.trust_project(session.settings, project.root)
