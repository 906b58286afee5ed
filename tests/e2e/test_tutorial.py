"""The tutorial of the docs, executed: its commands in one bash session, and what it says that you will see."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.usefixtures("stopping")]

PAGE = Path(__file__).parent.parent.parent / "docs" / "tutorial" / "first-project.md"
TITLE = "Expected output:"
PORT_ON_THE_PAGE = "8000"
MARK = "=== block"


@dataclass(frozen=True)
class Block:
    """Commands of the page, and the lines that it says will be seen."""

    commands: str
    expected: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """A check that fails is announced by its mark."""
        return any(line.lstrip().startswith("✗") for line in self.expected)


def blocks_of(text: str) -> list[Block]:
    tokens = [token for token in MarkdownIt("commonmark").parse(text) if token.type in {"fence", "inline"}]
    found: list[Block] = []
    for number, token in enumerate(tokens):
        if token.type == "inline":
            continue
        if token.info == "sh":
            found.append(Block(token.content, shown_after(tokens[number + 1 : number + 3])))
        else:
            assert token.info == "text", f"a block that nobody runs or compares: {token.info}"
            assert tokens[number - 1].content == TITLE, f"output without a title: {token.content}"
            assert tokens[number - 2].info == "sh", f"output of no command: {token.content}"
    return found


def shown_after(tokens: list[Token]) -> tuple[str, ...]:
    if len(tokens) < 2 or tokens[0].content != TITLE or tokens[1].info != "text":
        return ()
    return tuple(line for line in tokens[1].content.splitlines() if line.strip(" ."))


def script_of(blocks: list[Block], port: int) -> str:
    """One session: a command that fails is counted, and the next one runs as at a terminal."""
    parts = ["trap 'failed=$((failed + 1))' ERR"]
    for block in blocks:
        parts += ["failed=0", block.commands.replace(PORT_ON_THE_PAGE, str(port)), f'echo "{MARK} $failed"']
    return "\n".join(parts) + "\n"


def is_like(line: str, expected: str) -> bool:
    pattern = ".*".join(re.escape(piece.strip()) for piece in expected.split("..."))
    return re.search(pattern, line) is not None


def test_the_tutorial_leads_to_a_merged_pull_request(tmp_path: Path, free_port: int) -> None:
    blocks = blocks_of(PAGE.read_text(encoding="utf-8"))
    work = tmp_path / "work"
    work.mkdir()
    script, output = tmp_path / "tutorial.sh", tmp_path / "output.txt"
    script.write_text(script_of(blocks, free_port), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in {"GOLDENPATH_HOME", "COLUMNS"}}
    environment["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), environment["PATH"]])
    run_session = functools.partial(subprocess.run, cwd=work, env=environment, stdin=subprocess.DEVNULL, check=True)
    with output.open("w", encoding="utf-8") as file:
        run_session(["bash", str(script)], stdout=file, stderr=file, timeout=600)

    *shown, rest = re.split(rf"^{MARK} (\d+)$", output.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not rest.strip()
    assert len(shown) == 2 * len(blocks)
    for block, text, failures in zip(blocks, shown[::2], shown[1::2], strict=True):
        assert failures == str(int(block.fails)), f"{block.commands}\n{text}"
        lines = iter(text.splitlines())
        for expected in block.expected:
            assert any(is_like(line, expected) for line in lines), f"not seen: {expected}\n{block.commands}\n{text}"

    told = run_session(["goldenpath", "milestones", "--json"], stdout=subprocess.PIPE)
    reached = {each["milestone"] for each in json.loads(told.stdout)["data"] if each["at"]}
    assert {"first-pr-opened", "first-pr-merged"} <= reached


def test_a_block_without_a_title_is_noticed() -> None:
    with pytest.raises(AssertionError, match="without a title"):
        blocks_of("```sh\ntrue\n```\n\n```text\nnobody compares this\n```\n")


@pytest.mark.parametrize(
    ("line", "expected", "is_seen"),
    [
        ("  ✓ first-commit      2026-03-02 09:10", "  ✓ first-commit ...", True),
        ("  · first-commit      not reached", "  ✓ first-commit ...", False),
        ("3 files from backend 1.0.0, branch main", "  ... files from backend ..., branch main", True),
        ("3 files from backend 1.0.0, branch topic", "  ... files from backend ..., branch main", False),
    ],
)
def test_three_dots_stand_for_what_differs(line: str, expected: str, *, is_seen: bool) -> None:
    assert is_like(line, expected) is is_seen
