"""The tools that a script uses, read off its words."""

from __future__ import annotations

import pytest

from goldenpath.rules.shell_words import tools_of


@pytest.mark.parametrize(
    ("script", "tools"),
    [
        ("git add .", ["git"]),
        ("cd app && make -j2 | tee log; npm test", ["make", "npm"]),
        ("PORT=80 uv run app &", ["uv"]),
        ("if git diff --quiet; then docker build .; else true; fi", ["git", "docker"]),
        ("for name in git svn; do curl $name; done", ["curl"]),
        ("while ! nc -z localhost 80; do sleep 1; done", ["nc"]),
        ("# make it\ngit log  # with npm", ["git"]),
        ("git commit \\\n  --message make", ["git"]),
        ("cat <<EOF > a\nmake all\nEOF\ngit add a", ["git"]),
        ("cat <<-'END'\n\tmake\n\tEND\nnpm ci", ["npm"]),
        ("greet() { jq .; }\ngreet", ["jq"]),
        ("git commit -m 'one\nmake two'\nnpm ci", ["git", "npm"]),
        ("./run.sh && bin/make && $TOOL x && {{ tool }} y", []),
        ("case $a in x) git;; esac", ["git"]),
        ("echo 'never closed", []),
        ("goldenpath check", []),
        ("", []),
    ],
)
def test_the_first_word_of_each_command_is_its_tool(script: str, tools: list[str]) -> None:
    assert [tool for tool, _ in tools_of(script)] == tools


def test_a_tool_has_the_line_where_its_command_begins() -> None:
    script = "cd a\n\ncat <<EOF\nx\nEOF\ngit commit \\\n  -m x\nmake\n"
    assert list(tools_of(script)) == [("git", 6), ("make", 8)]
