"""The errors we expect, by who must act. The exit code is the class's, the hint is given where it is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from goldenpath.core.faults import Fault


class GoldenpathError(Exception):
    """An expected failure: what happened and where, and the next command to type.

    `log` is what a program of others printed about it; it stands between the two, each line marked as not ours.
    """

    code: ClassVar[str] = "bug"
    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str, log: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.log = log


class ChecksFailedError(GoldenpathError):
    """A check failed, or some of many failed."""

    code = "failed"
    exit_code = 1


class UsageError(GoldenpathError):
    """The command line is wrong or an answer is missing."""

    code = "usage"
    exit_code = 2


class TemplateError(GoldenpathError):
    """A template or path file is wrong: its maintainer must act. `fault` is there when it is about one line."""

    code = "template"
    exit_code = 3

    def __init__(self, message: str, *, hint: str, fault: Fault | None = None) -> None:
        super().__init__(message, hint=hint)
        self.fault = fault


class TooSlowError(TemplateError):
    """A text of a template takes more time than it may; nobody needs to try the next one."""


class MachineError(GoldenpathError):
    """This machine lacks something."""

    code = "machine"
    exit_code = 4


class FilesInTheWayError(GoldenpathError):
    """The user's files are in the way: they exist, are dirty, or conflict."""

    code = "files"
    exit_code = 5


class ForgeError(GoldenpathError):
    """The forge refused or did not answer."""

    code = "forge"
    exit_code = 6


class LedgerError(GoldenpathError):
    """The ledger is damaged, locked or newer than this program."""

    code = "ledger"
    exit_code = 7
