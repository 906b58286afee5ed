"""What `template test` found out as JUnit XML, in the dialect that Jenkins, GitLab and pytest share."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from goldenpath.cli.fault_page import count
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.proving import Level, Proof
from goldenpath.core.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from goldenpath.core.faults import Fault
    from goldenpath.core.proving import CaseResult, ProofReport, Proven

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0: https://www.w3.org/TR/xml/#charsets."""
_OPENS = frozenset({Proof.UNKNOWN, Proof.UNTRIED})


def junit(report: ProofReport) -> str:
    """The report: for each template a suite of its own, and one for each level with a test case for each case."""
    root = ET.Element("testsuites", name="goldenpath template test")
    for each in report.templates:
        root.append(_template_suite(each))
        for level in Level:
            results = [result for result in each.results if result.level is level]
            if results:
                root.append(_level_suite(each, level, results))
    _sum_up(root, root.findall("testsuite"))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _template_suite(each: Proven) -> ET.Element:
    """What is of no single case: whether it can be read, and its coverage."""
    suite = ET.Element("testsuite", name=_text(each.name))
    properties = ET.SubElement(suite, "properties")
    for name in ("strength", "covered", "feasible"):
        ET.SubElement(properties, "property", name=name, value=str(getattr(each, name)))
    case = _case(suite, each.name, "template", max(0.0, each.seconds - sum(one.seconds for one in each.results)))
    if each.unreadable:
        error = ET.SubElement(case, "error", message=_text(each.unreadable), type="unreadable")
        error.text = _text(f"{each.unreadable}\n{each.hint}")
    _add_faults(case, each.faults, [])
    _sum_up(suite, [suite])
    return suite


def _level_suite(each: Proven, level: Level, results: Iterable[CaseResult]) -> ET.Element:
    suite = ET.Element("testsuite", name=_text(f"{each.name}: {level}"))
    for result in results:
        case = _case(suite, f"{each.name}.{level}", result.case, result.seconds)
        steps = [f"step {step.step}: {step.proof}, {step.seconds:.1f} s" for step in result.steps]
        opens = [f"step {step.step} is {step.proof}" for step in result.steps if step.proof in _OPENS]
        if opens and not result.errors:
            ET.SubElement(case, "skipped", message=_text(", ".join(opens)))
        _add_faults(case, result.faults, steps)
    _sum_up(suite, [suite])
    return suite


def _case(suite: ET.Element, classname: str, name: str, seconds: float) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=_text(classname), name=_text(name), time=f"{seconds:.3f}")


def _add_faults(case: ET.Element, faults: Sequence[Fault], notes: Sequence[str]) -> None:
    """All errors as one failure, because most readers look at the first only; warnings as what was printed."""
    errors = [fault for fault in faults if not fault.is_warning]
    if errors:
        more = f" (and {count(len(errors) - 1, 'more fault')})" if errors[1:] else ""
        message = f"{errors[0].file}:{errors[0].line}: {errors[0].problem}{more}"
        failure = ET.SubElement(case, "failure", message=_text(message), type=_text(errors[0].rule))
        failure.text = _text("\n".join(map(_said, errors)))
    printed = [*notes, *(_said(fault) for fault in faults if fault.is_warning)]
    if printed:
        ET.SubElement(case, "system-out").text = _text("\n".join(printed))


def _said(fault: Fault) -> str:
    word = "warning" if fault.is_warning else "fault"
    return f"{fault.file}:{fault.line}: {word} {fault.rule}\n{fault.problem}\nfix: {fault.fix}"


def _sum_up(element: ET.Element, suites: Sequence[ET.Element]) -> None:
    cases = [case for suite in suites for case in suite.findall("testcase")]
    element.set("tests", str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(key, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", visible(text))


def check_junit_file(file: Path) -> None:
    """Whether the report can be written there later. Raises UsageError."""
    if not file.absolute().parent.is_dir():
        raise UsageError(f"{file} can't be written: its folder is missing", hint=f"mkdir -p {file.parent}")
    if file.is_dir():
        raise UsageError(f"{file} is a folder", hint=f"name a file, such as {file / 'junit.xml'}")


def write_junit(file: Path, report: ProofReport) -> None:
    """Write the report whole or not at all, for everybody whom the umask lets read. Raises UsageError, MachineError.

    What is there and no file (a pipe, a device) is written to and stays what it is.
    """
    check_junit_file(file)
    text, place = junit(report), Path(os.path.realpath(file))
    try:
        if place.exists() and not place.is_file():
            place.write_text(text, encoding="utf-8")
            return
        made = place.with_name(f".{place.name[:80]}-{os.getpid()}")
        try:
            made.write_text(text, encoding="utf-8")
            made.replace(place)
        finally:
            with contextlib.suppress(FileNotFoundError):
                made.unlink()
    except OSError as error:
        raise MachineError(
            f"{file} can't be written: {error.strerror}", hint="free some space, or name another file"
        ) from error
