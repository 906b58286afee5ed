"""`template test --junit`: the file that CI servers read."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from goldenpath.cli.junit import check_junit_file, junit, write_junit
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.faults import Fault
from goldenpath.core.proving import Level
from tests.cli.proof_reports import HOSTILE, LOOSE, ROUGH, STEPS, many, proven, report, result

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.core.proving import ProofReport

COUNTS = {"tests": int, "failures": int, "errors": int, "skipped": int, "time": float}
ATTRIBUTES: dict[str, dict[str, Callable[[str], object]]] = {
    "testsuites": {"name": str, **COUNTS},
    "testsuite": {"name": str, **COUNTS},
    "properties": {},
    "property": {"name": str, "value": str},
    "testcase": {"classname": str, "name": str, "time": float},
    "failure": {"message": str, "type": str},
    "error": {"message": str, "type": str},
    "skipped": {"message": str},
    "system-out": {},
}
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase"],
    "properties": ["property"],
    "testcase": ["skipped", "error", "failure", "system-out"],
}
"""In this order, as Jenkins' jenkins-junit.xsd and pytest's xunit2 family want them."""
AT_MOST_ONE = {"properties", "skipped", "error", "failure", "system-out"}


def parsed(whole: ProofReport) -> ET.Element:
    """The report, read back and held against the rules of the format."""
    text = junit(whole)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
    root = ET.fromstring(text.encode())  # noqa: S314 - our own
    assert root.tag == "testsuites"
    check(root)
    return root


def check(element: ET.Element) -> None:
    wanted = ATTRIBUTES[element.tag]
    assert element.attrib.keys() == wanted.keys(), element.tag
    for key, kind in wanted.items():
        kind(element.attrib[key])
    tags = [child.tag for child in element]
    order = CHILDREN.get(element.tag, [])
    assert tags == sorted(tags, key=order.index), element.tag
    assert all(tags.count(tag) <= 1 for tag in AT_MOST_ONE)
    for child in element:
        check(child)
    if element.tag in {"testsuite", "testsuites"}:
        cases = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(cases)
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[key]) == len(list(element.iter(tag)))
        assert float(element.attrib["time"]) == pytest.approx(sum(float(case.attrib["time"]) for case in cases))


def test_there_is_a_suite_for_each_template_and_level_and_a_test_for_each_case() -> None:
    whole = report(proven(result("a"), result("b"), result("a", level=Level.PATH, steps=STEPS[:2])), proven(name="./x"))
    root = parsed(whole)
    assert [(suite.attrib["name"], suite.attrib["tests"]) for suite in root] == [
        ("backend", "1"),
        ("backend: render", "2"),
        ("backend: path", "1"),
        ("./x", "1"),
    ]
    assert [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")] == [
        ("backend", "template"),
        ("backend.render", "a"),
        ("backend.render", "b"),
        ("backend.path", "a"),
        ("./x", "template"),
    ]
    assert (
        root.findtext("testsuite[3]/testcase/system-out") == "step welcome: reading, 0.0 s\nstep clone: proven, 3.1 s"
    )
    coverage = {each.attrib["name"]: each.attrib["value"] for each in root[0].iter("property")}
    assert coverage == {"strength": "2", "covered": "42", "feasible": "42"}
    assert [case.attrib["time"] for case in root.iter("testcase")] == ["7.750", "0.500", "0.500", "0.500", "9.250"]


def test_faults_are_one_failure_and_warnings_are_printed() -> None:
    other = replace(LOOSE, line=9, problem="another <one> & more\nof it")
    root = parsed(report(proven(result("a", LOOSE, ROUGH, other), result("b", ROUGH))))
    first, second = root[1]
    failure = first.find("failure")
    assert failure is not None
    assert failure.attrib == {
        "message": "path.md:12: step `clone` passes unsolved (and 1 more fault)",
        "type": "passes-unsolved",
    }
    assert failure.text == (
        "path.md:12: fault passes-unsolved\nstep `clone` passes unsolved\nfix: let a check ask for its work\n"
        "path.md:9: fault passes-unsolved\nanother <one> & more\nof it\nfix: let a check ask for its work"
    )
    printed = "template/a.md:3: warning final-newline\nno new line at its end\nfix: add one"
    assert [first.findtext("system-out"), second.findtext("system-out")] == [printed, printed]
    assert (second.find("failure"), root.attrib["failures"]) == (None, "1")


def test_what_is_unknown_is_skipped_and_not_passed() -> None:
    unknown = result("a", level=Level.PATH, steps=STEPS[3:])
    root = parsed(report(proven(unknown, replace(unknown, case="b", faults=(LOOSE,)))))
    first, second = root[1]
    skipped = first.find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "step deploy is unknown, step later is untried"
    assert second.find("skipped") is None
    assert second.find("failure") is not None


def test_a_template_that_can_t_be_read_is_an_error_and_faults_of_no_case_are_its_own() -> None:
    gone = replace(proven(name="gone"), unreadable="gone is no template", hint="name one")
    root = parsed(report(gone, proven(result("a"), faults=(LOOSE,))))
    error = root.find("testsuite/testcase/error")
    assert error is not None
    assert (error.attrib["message"], error.text) == ("gone is no template", "gone is no template\nname one")
    assert [case.attrib["name"] for case in root.iter("testcase") if case.find("failure") is not None] == ["template"]


def test_characters_that_xml_forbids_are_replaced() -> None:
    bad = "\x00\x0b\x1b\x7f\ud800\udfff\ufffe\uffff|\t\u00e9\U0001f600\r\n]]>"
    fault = Fault(f"{bad}.md", 1, "leftover", bad, bad)
    root = parsed(report(proven(result(bad, fault), name=bad)))
    name = root[1][0].attrib["name"]
    assert name == "\\x00\\x0b\\x1b\\x7f\ufffd\ufffd\ufffd\ufffd|\t\u00e9\U0001f600\n]]>"
    assert parsed(many(200)).attrib["tests"] == "201"
    assert HOSTILE not in junit(many(200))


# The file


def test_it_is_written_whole_and_readable_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    old = os.umask(0o022)
    try:
        write_junit(Path("out.xml"), many(3))
    finally:
        os.umask(old)
    assert Path("out.xml").read_text(encoding="utf-8") == junit(many(3))
    assert stat.S_IMODE(Path("out.xml").stat().st_mode) == 0o644
    assert [each.name for each in Path().iterdir()] == ["out.xml"]


def test_an_older_one_is_replaced_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.xml").write_text("old")
    (tmp_path / "out.xml").symlink_to("real.xml")
    write_junit(tmp_path / "out.xml", many(3))
    assert (tmp_path / "out.xml").is_symlink()
    assert (tmp_path / "real.xml").read_text(encoding="utf-8") == junit(many(3))


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_junit(pipe, many(3))
        assert os.read(reader, 1 << 16).decode() == junit(many(3))
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("file", "message", "hint"),
    [
        ("no/such/out.xml", "no/such/out.xml can't be written: its folder is missing", "mkdir -p no/such"),
        ("folder", "folder is a folder", "folder/junit.xml"),
        ("file/out.xml", "file/out.xml can't be written: its folder is missing", "file"),
    ],
)
def test_what_can_t_be_written_is_said_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, message: str, hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").touch()
    with pytest.raises(UsageError, match=message) as caught:
        check_junit_file(Path(file))
    assert hint in caught.value.hint
    with pytest.raises(UsageError, match=message):
        write_junit(Path(file), report())


def test_a_full_disk_is_an_error_of_this_machine(tmp_path: Path) -> None:
    before = Path("/dev/full")
    with pytest.raises(MachineError, match="/dev/full can't be written: No space left"):
        write_junit(before, many(3))
