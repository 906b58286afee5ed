"""An odd environment and an odd git configuration neither change what is made nor break the command."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import PROGRAM, QUIET, write
from tests.hostile.tables import PLAIN, check_two_lines, expected

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from tests.hostile.machine import Machine

FILES = {**PLAIN, "template/lines.txt": "a\r\nb\n"}
SCRIPT = "#!/bin/sh\necho ran >> {home}/ran\ncat\n"
HOOKS = (
    "pre-commit",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "reference-transaction",
    "pre-receive",
    "post-receive",
)


@pytest.fixture
def template(machine: Machine) -> Path:
    return write(machine.home.parent / "template", FILES)


def put_traps(machine: Machine) -> None:
    """Scripts in the home that note when they are run."""
    for name in (*(f"{folder}/{hook}" for folder in ("hooks", "tpl/hooks") for hook in HOOKS), "trap"):
        write(machine.home, {name: SCRIPT.format(home=machine.home)})
        (machine.home / name).chmod(0o755)
    write(machine.home, {"attributes": "* filter=x diff=x merge=x\n"})


def check_whole(machine: Machine) -> None:
    """The project is what it is on any machine."""
    project = machine.folder / "p"
    git = ["git", "-C", str(project)]
    plain = {**machine.environment(), "HOME": "/nonexistent"}
    said = subprocess.run(
        [*git, "log", "--format=%an <%ae> %s %D"], check=True, capture_output=True, text=True, env=plain
    ).stdout
    version = r"0\.0\.0\.dev0\+[0-9a-f]{8}"  # the template is a folder in no repository
    wanted = rf"Ada Example <ada@example\.org> Start from template {version} HEAD -> main, origin/main\n"
    assert re.fullmatch(wanted, said), said
    kept = subprocess.run([*git, "show", "HEAD:lines.txt"], check=True, capture_output=True, env=plain).stdout
    assert kept == (project / "lines.txt").read_bytes() == b"a\r\nb\n"
    assert not list((project / ".git").glob("hooks/*"))
    assert not (machine.home / "ran").exists(), "a trap was run"
    assert machine.events() != []


COPIERS_GIT = "Copier's own git calls take it from the person's configuration"
SETTINGS = {
    "hooks": ("[core]\n hooksPath = {home}/hooks\n", ""),
    "fsmonitor": ("[core]\n fsmonitor = {home}/trap\n", ""),
    "template-folder": ("[init]\n templateDir = {home}/tpl\n defaultBranch = trunk\n", ""),
    "filter": (
        '[core]\n attributesFile = {home}/attributes\n[filter "x"]\n clean = {home}/trap\n smudge = {home}/trap\n',
        "",
    ),
    "signing": (
        "[commit]\n gpgSign = true\n[tag]\n gpgSign = true\n[gpg]\n program = {home}/trap\n[user]\n signingKey = 1\n",
        "",
    ),
    "line-ends": ("[core]\n autocrlf = true\n eol = crlf\n safecrlf = true\n", ""),
    "quiet-commit": (
        "[commit]\n template = /nonexistent\n verbose = true\n[core]\n editor = false\n pager = false\n",
        "",
    ),
    "comment-sign": (
        "[core]\n commentChar = S\n[commit]\n cleanup = strip\n",
        "",
    ),
    "bare-repositories": ("[safe]\n bareRepository = explicit\n", ""),
    "no-protocol": ("[protocol]\n allow = never\n", ""),
    "no-file-protocol": ('[protocol "file"]\n allow = never\n', ""),
    "hidden-refs": ("[transfer]\n hideRefs = refs\n", ""),
    "another-url": (
        '[url "ext::sh -c {home}/trap%"]\n insteadOf = goldenpath:\n[protocol "ext"]\n allow = always\n',
        "",
    ),
    "another-origin": (
        "[clone]\n defaultRemoteName = up\n rejectShallow = true\n",
        "",
    ),
    "bare": ("[core]\n bare = true\n worktree = /nonexistent\n", ""),
    "ignored": ("[core]\n excludesFile = {home}/attributes\n fileMode = false\n ignoreCase = true\n", ""),
    "another-author": ("[author]\n name = Bo\n email = bo@example.org\n", ""),
    "credentials": (
        "[credential]\n helper = {home}/trap\n[core]\n sshCommand = {home}/trap\n askPass = {home}/trap\n",
        "",
    ),
    "many-files": (
        "[feature]\n manyFiles = true\n[index]\n version = 4\n[core]\n splitIndex = true\n untrackedCache = true\n",
        "",
    ),
    "fsck": ("[transfer]\n fsckObjects = true\n[fetch]\n prune = true\n[push]\n default = nothing\n", ""),
    "signed-push": ("[push]\n gpgSign = true\n", ""),
    "sha256": (
        "[init]\n defaultObjectFormat = sha256\n defaultRefFormat = reftable\n[core]\n logAllRefUpdates = false\n",
        "",
    ),
}


def settings() -> list[ParameterSet]:
    return [pytest.param(text, id=name, marks=expected(lacking)) for name, (text, lacking) in SETTINGS.items()]


@pytest.mark.parametrize("text", settings())
def test_what_git_is_told_elsewhere_changes_nothing(machine: Machine, template: Path, text: str) -> None:
    put_traps(machine)
    with (machine.home / ".gitconfig").open("a") as file:
        file.write(text.replace("{home}", str(machine.home)))
    ended = machine.run("start", template, "p", *QUIET)
    assert ended.code == 0, ended.said
    check_whole(machine)


@pytest.mark.parametrize("text", ["this is no configuration\n", "[core\n", "[include]\n path = .gitconfig\n"])
def test_a_git_configuration_that_can_not_be_read_is_named(machine: Machine, template: Path, text: str) -> None:
    (machine.home / ".gitconfig").write_text(text)
    ended = machine.run("start", template, "p", *QUIET)
    assert ended.code == 4, ended.said
    check_two_lines(ended)
    assert ".gitconfig" in ended.err
    assert machine.left() == []


NOWHERE = "/nonexistent/x"
VARIABLES = (
    {"GIT_DIR": NOWHERE, "GIT_WORK_TREE": NOWHERE, "GIT_INDEX_FILE": NOWHERE, "GIT_OBJECT_DIRECTORY": NOWHERE},
    {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/", "GIT_TRACE": "2"},
    {"GIT_CONFIG_PARAMETERS": "'core.bare=true'", "GIT_TEMPLATE_DIR": NOWHERE, "GIT_NAMESPACE": "x"},
    {"GIT_EXEC_PATH": NOWHERE, "GIT_ASKPASS": "false", "GIT_CEILING_DIRECTORIES": "/", "GIT_DEFAULT_HASH": "sha256"},
    {"GIT_AUTHOR_DATE": "garbage", "GIT_COMMITTER_DATE": "garbage"},
    {"COPIER_SETTINGS_PATH": NOWHERE, "COPIER_CACHE_DIR": "/dev/null", "COPIER_ANSWERS_FILE": "x"},
    {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "PYTHONBREAKPOINT": "x.y"},
    {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "utf-16"},
    {"LC_ALL": "xx_YY.KOI8-R", "LANGUAGE": "x", "TZ": "nonsense/zone"},
    {"COLUMNS": "20", "LINES": "1", "TERM": "dumb"},
    {"COLUMNS": "-1", "LINES": "many", "TERM": "", "NO_COLOR": "1"},
    {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "GITHUB_ACTIONS": "true", "TTY_COMPATIBLE": "1"},
    {"TMPDIR": NOWHERE},
    {"SHELL": "/bin/false", "EDITOR": "false", "PAGER": "false", "BASH_ENV": NOWHERE, "ENV": NOWHERE},
    {"_TYPER_STANDARD_TRACEBACK": "1", "TYPER_USE_RICH": "x", "TERMINAL_WIDTH": "x"},
    {"XDG_DATA_HOME": "/dev/null", "XDG_CONFIG_HOME": "/dev/null", "XDG_RUNTIME_DIR": "/dev/null"},
)


@pytest.mark.parametrize("variables", VARIABLES, ids=lambda variables: next(iter(variables)))
def test_variables_change_nothing(machine: Machine, template: Path, variables: dict[str, str]) -> None:
    ended = machine.run("start", template, "p", *QUIET, variables=variables)
    assert ended.code == 0, ended.said
    assert "\x1b" not in ended.said
    assert "Warning" not in ended.said
    check_whole(machine)


@pytest.mark.parametrize("module", ["yaml", "typer", "git", "copier"])
def test_a_module_on_the_pythonpath_is_not_ours(machine: Machine, template: Path, module: str) -> None:
    folder = write(
        machine.home / "modules", {f"{module}.py": f"open({str(machine.home / 'ran')!r}, 'w')\nraise OSError\n"}
    )
    ended = machine.run("start", template, "p", *QUIET, variables={"PYTHONPATH": str(folder)})
    assert not (machine.home / "ran").exists()
    assert ended.code == 0, ended.said


def test_modules_in_the_working_folder_are_not_ours(machine: Machine, template: Path) -> None:
    for name in ("yaml", "copier", "git", "jinja2", "rich", "json", "sitecustomize"):
        write(machine.folder, {f"{name}.py": f"open({str(machine.home / 'ran')!r}, 'w')\nraise SystemExit(9)\n"})
    script = PROGRAM[0].replace("python", "goldenpath").removesuffix("3")
    ended = machine.run("start", template, "p", *QUIET, program=(str(write(machine.home, {}) and script),))
    assert ended.code == 0, ended.said
    assert not (machine.home / "ran").exists()


def test_the_copier_settings_of_the_person_are_not_read(machine: Machine, template: Path) -> None:
    text = "defaults:\n  who: somebody\ntrust: ['/', 'goldenpath:']\n"
    write(machine.home, {".config/copier/settings.yml": text})
    assert machine.run("start", template, "p", *QUIET).code == 0
    assert (machine.folder / "p" / "a.txt").read_text() == "hello world\n"


@pytest.mark.parametrize(
    ("home", "code"),
    [("/dev/null/x", 4), ("~nobody-there/x", 4), ("/proc/x", 4)],
)
def test_a_home_for_our_state_that_can_not_be_is_named(machine: Machine, template: Path, home: str, code: int) -> None:
    ended = machine.run("start", template, "p", *QUIET, variables={"GOLDENPATH_HOME": home})
    assert ended.code == code, ended.said
    check_two_lines(ended)
    assert list(machine.folder.iterdir()) == []


STREAMS = {
    "no-input": ("exec <&-;", 0),
    "no-output": ("exec >&-;", 0),
    "no-errors": ("exec 2>&-;", 0),
    "nothing": ("exec <&- >&- 2>&-;", 0),
    "full-errors": ("exec 2>/dev/full;", 0),
    "full-both": ("exec >/dev/full 2>&1;", 4),
    "full-output": ("exec >/dev/full;", 4),
}


@pytest.mark.parametrize(("limits", "code"), STREAMS.values(), ids=STREAMS)
def test_streams_that_lead_nowhere_do_not_keep_a_project_from_being_made(
    machine: Machine, template: Path, limits: str, code: int
) -> None:
    ended = machine.run("start", template, "p", *QUIET, limits=limits)
    assert ended.code == code, ended.said
    assert "Traceback" not in ended.said
    check_whole(machine)
    assert machine.run("ledger", "verify").code == 0


@pytest.mark.parametrize("ends", ["| true", "2>&1 | true"])
def test_a_reader_that_leaves_early_is_no_error(machine: Machine, template: Path, ends: str) -> None:
    line = f'"$0" -m goldenpath start "{template}" p --defaults --no-input {ends}; exit "${{PIPESTATUS[0]}}"'
    ended = machine.run(program=("bash", "-c", line, PROGRAM[0]))
    assert ended.code == 0
    assert "Traceback" not in ended.said
    assert "Exception" not in ended.said
    check_whole(machine)
