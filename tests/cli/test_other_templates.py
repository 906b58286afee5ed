"""Any Copier template can be started: folders and git addresses, under one trust decision."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

QUIET = ("--defaults", "--no-input")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A Copier template without path.md, answers file or anything that runs."""
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "copier.yml").write_text("who: world\n")
    (folder / "greeting.txt.jinja").write_text("hello {{ who }}\n")
    return folder


def test_a_plain_template_gives_a_project_without_steps(cli: Cli, plain: Path, git: Callable[..., str]) -> None:
    result = cli("start", plain, "p", *QUIET, "-d", "who=there")
    assert result.code == 0, result.err
    assert Path("p/greeting.txt").read_text() == "hello there\n"
    assert git(Path("p"), "rev-list", "--count", "HEAD") == "1"
    assert "no steps" in result.out


def test_a_project_without_a_path_says_so_when_it_is_walked(
    cli: Cli, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("start", plain, "p", *QUIET)
    monkeypatch.chdir("p")
    result = cli("status")
    assert result.code == 2
    assert "no path to walk" in result.err


def test_a_git_address_is_started_at_its_newest_version(cli: Cli, plain: Path, git: Callable[..., str]) -> None:
    (plain / "{{ _copier_conf.answers_file }}.jinja").write_text("{{ _copier_answers|to_nice_yaml -}}\n")
    for version, text in (("v1.0.0", "old"), ("v1.10.0", "new"), ("v1.9.0", "middle")):
        (plain / "greeting.txt.jinja").write_text(f"{text}\n")
        if version == "v1.0.0":
            git(plain, "init", "-q", "-b", "main")
        git(plain, "add", "-A")
        git(plain, "commit", "-q", "-m", version)
        git(plain, "tag", version)
    address = plain.as_uri()
    result = cli("start", address, "p", *QUIET, "--json")
    assert result.code == 0, result.err
    assert result.data["version"] == "1.10.0"
    assert Path("p/greeting.txt").read_text() == "new\n"
    answers = Path("p/.copier-answers.yml").read_text()
    assert "_commit: v1.10.0" in answers


def test_an_address_that_does_not_answer_is_a_template_error(cli: Cli, tmp_path: Path) -> None:
    result = cli("start", (tmp_path / "nowhere").as_uri(), "p", *QUIET)
    assert result.code == 3
    assert "git ls-remote" in result.err


def test_a_folder_without_copier_yml_is_no_template(cli: Cli, tmp_path: Path) -> None:
    result = cli("start", tmp_path, "p", *QUIET)
    assert result.code == 2
    assert "no copier.yml" in result.err


@pytest.fixture
def busy(plain: Path) -> Path:
    """The plain template with a task."""
    (plain / "copier.yml").write_text("who: world\n_tasks:\n  - touch made-by-task\n")
    return plain


def test_a_template_that_runs_something_is_refused_until_it_is_trusted(cli: Cli, busy: Path) -> None:
    refused = cli("start", busy, "p", *QUIET)
    assert refused.code == 2
    assert "touch made-by-task" in refused.err
    assert "--trust" in refused.err
    assert not Path("p").exists()
    assert cli("start", busy, "p", *QUIET, "--trust").code == 0
    assert Path("p/made-by-task").is_file()


def test_trust_is_kept_for_this_content_and_asked_again_for_another(cli: Cli, busy: Path) -> None:
    cli("start", busy, "one", *QUIET, "--trust")
    assert cli("start", busy, "two", *QUIET).code == 0
    (busy / "copier.yml").write_text("who: world\n_tasks:\n  - touch something-else\n")
    assert cli("start", busy, "three", *QUIET).code == 2


def test_a_dry_run_runs_no_task(cli: Cli, busy: Path) -> None:
    result = cli("start", busy, "p", *QUIET, "--dry-run", "--trust", "--json")
    assert "made-by-task" not in result.data["files"]


def test_bundled_templates_need_no_trust(cli: Cli) -> None:
    assert cli("start", "backend", "p", *QUIET, "--dry-run").code == 0


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("bad.txt.jinja", "{{ nobody }", "TemplateSyntaxError"),
        ("{{ '.git' }}/hooks/pre-commit", "#!/bin/sh\n", "is a git folder"),
        (".goldenpath.toml", "id = 'prj-1'\n", "goldenpath writes itself"),
    ],
)
def test_a_template_that_renders_badly_leaves_nothing(
    cli: Cli, plain: Path, settings: Settings, file: str, text: str, message: str
) -> None:
    (plain / "copier.yml").write_text("_subdirectory: template\n")
    target = plain / "template" / file
    target.parent.mkdir(parents=True)
    target.write_text(text)
    result = cli("start", plain, "p", *QUIET)
    assert result.code == 3
    assert message in result.err
    assert not list(Path.cwd().iterdir())
    assert not settings.ledger.exists()


def test_a_task_that_fails_leaves_nothing(cli: Cli, busy: Path) -> None:
    (busy / "copier.yml").write_text("who: world\n_tasks:\n  - exit 3\n")
    result = cli("start", busy, "p", *QUIET, "--trust")
    assert result.code == 3
    assert not list(Path.cwd().iterdir())


def published(git: Callable[..., str], folder: Path, *tags: str) -> str:
    """The address of a repository that holds the folder, its last commit tagged."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "One")
    for tag in tags:
        git(folder, "tag", tag)
    return folder.as_uri()


@pytest.mark.parametrize("tags", [["v1.0.0"], [], ["2025.01.0rc1"], ["release-7"]], ids=str)
@pytest.mark.parametrize("ending", ["", ".git"])
def test_a_path_from_a_git_address_is_walked_to_its_end(
    cli: Cli,
    tiny: Path,
    git: Callable[..., str],
    tags: list[str],
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = published(git, tiny.rename(tiny.with_name(f"tiny{ending}")), *tags)
    result = cli("start", address, "p", *QUIET, "--trust")
    assert result.code == 0, result.err
    monkeypatch.chdir("p")
    assert cli("status").code == 0
    Path("hello.txt").write_text("hello red\n")
    result = cli("check", "say-hello")
    assert result.code == 0, result.err
    git(Path(), "switch", "-q", "-c", "topic")
    git(Path(), "add", "-A")
    git(Path(), "commit", "-q", "-m", "Hello")
    git(Path(), "push", "-q", "-u", "origin", "topic")
    assert cli("pr", "open").code == 0
    result = cli("pr", "merge")
    assert result.code == 0, result.err
    assert "automatic review" in result.out


def test_a_pre_release_is_not_taken_while_there_is_a_release(cli: Cli, plain: Path, git: Callable[..., str]) -> None:
    address = published(git, plain, "v1.0.0", "v2.0.0rc1")
    assert cli("start", address, "p", *QUIET, "--json").data["version"] == "1.0.0"


def test_a_project_goes_on_when_its_template_is_out_of_reach_and_newer(
    cli: Cli, tiny: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = published(git, tiny, "v1.0.0")
    cli("start", address, "p", *QUIET, "--trust")
    tiny.rename(tiny.with_name("gone"))
    monkeypatch.chdir("p")
    assert cli("status").code == 0


def hostile(git: Callable[..., str], root: Path, source: str) -> None:
    (root / ".goldenpath.toml").write_text('id = "prj-1"\npath = "tiny"\n')
    (root / ".copier-answers.yml").write_text(f"_commit: v1.0.0\n_src_path: {source!r}\n")
    git(root, "init", "-q")


@pytest.mark.parametrize("prefix", ["", "git+"])
@pytest.mark.parametrize("command", [["status"], ["next"], ["check", "--trust"], ["pr", "merge", "--trust"]], ids=str)
def test_a_project_from_elsewhere_runs_nothing_by_its_source(
    cli: Cli, git: Callable[..., str], tmp_path: Path, command: list[str], prefix: str
) -> None:
    hostile(git, Path(), f"{prefix}--upload-pack=x@y:;touch {tmp_path}/pwned;true")
    result = cli(*command)
    assert result.code == 3
    assert "no address" in result.err
    assert not (tmp_path / "pwned").exists()


def test_an_address_in_a_project_from_elsewhere_is_fetched_once_the_person_says_so(
    cli: Cli, tiny: Path, git: Callable[..., str], settings: Settings
) -> None:
    hostile(git, Path(), published(git, tiny, "v1.0.0"))
    for command in ("status", "next", "check", "hint"):
        result = cli(command)
        assert result.code == 2
        assert "goldenpath check --trust" in result.err
    assert not settings.store.exists()
    assert cli("check", "--trust").code == 1
    assert cli("status").code == 0


def test_a_source_that_was_started_from_may_be_fetched_again(
    cli: Cli, tiny: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    address = published(git, tiny, "v1.0.0")
    cli("start", address, "p", *QUIET, "--trust")
    settings.store.rename(settings.store.with_name("lost"))
    monkeypatch.chdir("p")
    assert cli("status").code == 0


def test_a_start_that_fails_trusts_nothing(cli: Cli, busy: Path, settings: Settings) -> None:
    (busy / "copier.yml").write_text("who: world\n_tasks:\n  - exit 3\n")
    cli("start", busy, "p", *QUIET, "--trust")
    assert not list(settings.config.rglob("*"))


def test_a_dry_run_knows_what_is_trusted(cli: Cli, busy: Path) -> None:
    cli("start", busy, "one", *QUIET, "--trust")
    assert cli("start", busy, "two", *QUIET, "--dry-run").code == 0


EVERYTHING = [
    pytest.param({"copier.yml": "!include more/*.yml\n---\nb: two\n", "more/a.yml": "a: one\n"}, id="include"),
    pytest.param({"copier.yml": "a: &x {type: str, default: one}\nb:\n  <<: *x\n  default: two\n"}, id="merge-keys"),
    pytest.param({"copier.yml": 'a: "{{ _copier_conf.dst_path.name }}"\nb: "{{ _copier_conf.sep }}"\n'}, id="conf"),
    pytest.param({"copier.yml": 'a: "{{ _folder_name }}"\nb: "{{ _copier_conf.os }}"\n'}, id="folder-name"),
    pytest.param(
        {
            "copier.yml": "_envops: {variable_start_string: '[[', variable_end_string: ']]'}\n"
            "a: One\nb: '[[ a|lower ]]'\n",
            "said.jinja": "[[ a ]] [[ b ]]",
        },
        id="envops",
    ),
    pytest.param(
        {
            "copier.yml": "_jinja_extensions: [jinja2.ext.loopcontrols]\na: x\n"
            "b: '{% for i in [1, 2] %}{{ i }}{% break %}{% endfor %}'\n"
        },
        id="extensions",
    ),
    pytest.param({"copier.yml": "_answers_file: .my.yml\na: 1\nb: \"{{ pathjoin('a', 'b') }}\"\n"}, id="answers-file"),
]


@pytest.mark.parametrize("files", EVERYTHING)
def test_what_copier_renders_is_rendered_alike(cli: Cli, tmp_path: Path, files: dict[str, str]) -> None:
    import copier

    folder = tmp_path / "template"
    for name, text in {"said.jinja": "{{ a }} {{ b }}", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    copier.run_copy(str(folder), "theirs/p", defaults=True, quiet=True, unsafe=True, settings=copier.Settings())
    result = cli("start", folder, "p", *QUIET, "--trust")
    assert result.code == 0, result.err
    assert Path("p/said").read_text() == Path("theirs/p/said").read_text()


def test_a_template_that_names_its_answers_file_is_walked(
    cli: Cli, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny / "copier.yml").write_text("_answers_file: .my.yml\n" + (tiny / "copier.yml").read_text())
    assert cli("start", tiny, "p", *QUIET, "--trust").code == 0
    monkeypatch.chdir("p")
    assert cli("status").code == 0


def test_a_path_without_an_answers_file_is_refused_before_anything_is_made(cli: Cli, tiny: Path) -> None:
    for file in (tiny / "template").glob("*_copier_conf*"):
        file.rename(file.with_name(".my.yml.jinja"))
    result = cli("start", tiny, "p", *QUIET, "--trust")
    assert result.code == 3
    assert "renders no .copier-answers.yml" in result.err
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize(
    ("default", "hint"),
    [
        ("{{ _folder_name }}", "goldenpath start PATH FOLDER"),
        ("{{ _copier_conf.dst_path }}", "name"),
        ("{{ _copier_conf.src_path }}", "name"),
        ("{{ _copier_answers.x }}", "copier copy"),
    ],
)
def test_what_can_not_be_known_here_is_refused_and_not_left_empty(
    cli: Cli, plain: Path, default: str, hint: str
) -> None:
    (plain / "copier.yml").write_text(f'who: "{default}"\n')
    result = cli("start", plain, *QUIET)
    assert result.code == 3
    assert "is not known here" in result.err
    assert hint in result.err
    assert not list(Path.cwd().iterdir())


def test_an_extension_is_loaded_only_once_trusted(cli: Cli, plain: Path) -> None:
    (plain / "copier.yml").write_text("_jinja_extensions: [a.B]\n---\n_jinja_extensions: [c.D]\n---\nwho: '{{ 1 }}'\n")
    result = cli("start", plain, "p", *QUIET)
    assert result.code == 2
    assert "a.B" in result.err
    assert "c.D" in result.err
    assert cli("start", plain, "p", *QUIET, "--trust").code == 3


def test_a_dry_run_of_a_trusted_template_may_use_its_jinja_extensions(cli: Cli, plain: Path) -> None:
    (plain / "copier.yml").write_text("who: world\n_jinja_extensions: [jinja2.ext.do]\n")
    (plain / "greeting.txt.jinja").write_text("{% do [].append(1) %}hello {{ who }}\n")
    refused = cli("start", plain, "p", *QUIET, "--dry-run")
    assert refused.code == 2
    shown = cli("start", plain, "p", *QUIET, "--dry-run", "--trust", "--json")
    assert shown.code == 0, shown.err
    assert "greeting.txt" in shown.data["files"]


@pytest.mark.parametrize("form", ["to_json", "to_yaml"])
def test_a_project_is_updated_whatever_form_its_answers_have(
    cli: Cli, plain: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (plain / "{{ _copier_conf.answers_file }}.jinja").write_text(f"{{{{ _copier_answers|{form} }}}}\n")
    address = published(git, plain, "v1.0.0")
    assert cli("start", address, "p", *QUIET, "-d", "who=there").code == 0
    (plain / "greeting.txt.jinja").write_text("good day {{ who }}\n")
    git(plain, "commit", "-q", "-a", "-m", "Two")
    git(plain, "tag", "v1.1.0")
    monkeypatch.chdir("p")
    result = cli("update", "--no-input")
    assert result.code == 0, result.err
    assert Path("greeting.txt").read_text() == "good day there\n"
    assert "v1.1.0" in Path(".copier-answers.yml").read_text()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param({"copier.yaml": ""}, r"\['copier.yaml', 'copier.yml'\]", id="two settings"),
        pytest.param({"a.jinja": "{% include 'no' %}"}, "'no' not found in search path: the template", id="no include"),
        pytest.param(
            {"a.jinja": "{{ _copier_conf.src_path }}{% include 'no' %}"},
            "'no' not found in search path: the template",
            id="no include in a clone",
        ),
        pytest.param({"copier.yml": "_subdirectory: nowhere"}, "No such file or directory: nowhere", id="no folder"),
        pytest.param(
            {"{{ who }}/a.txt": "", "{{who}}.jinja": "", "copier.yml": "who: me"},
            "File exists: me|Is a directory: 'me'",
            id="a file and a folder",
        ),
        pytest.param(
            {"{{ who }}/{{ _copier_conf.sep.join(['..', who]) }}.jinja": "", "copier.yml": "who: me"},
            "Is a directory: 'me/../me'",
            id="a file over its folder",
        ),
    ],
)
@pytest.mark.parametrize("command", ["start", "test"])
def test_no_message_about_a_template_names_a_folder_of_ours(
    cli: Cli, plain: Path, settings: Settings, files: dict[str, str], says: str, command: str
) -> None:
    for name, text in files.items():
        (plain / name).parent.mkdir(exist_ok=True)
        (plain / name).write_text(text)
    tested = ("template", "test", plain, "--level", "render")
    result = cli(*(("start", plain, "p", *QUIET) if command == "start" else tested))
    assert result.code in {1, 3}
    told = result.out + result.err
    assert re.search(says, told)
    assert "Path(" not in told
    assert not any(place in told for place in (str(settings.store), "goldenpath-proof-", "copier._vcs", "rendering-"))


def test_a_lenient_template_is_told_of_all_that_is_wrong_beside_an_undefined_variable(cli: Cli, plain: Path) -> None:
    for name, text in {"a.txt.jinja": "{{ nobody }} \n\n", "b.json.jinja": "{{ who }}\n", "c.txt": "no end"}.items():
        (plain / name).write_text(text)
    (plain / "copier.yml").write_text("who: {choices: [me, you]}\nwhat: {choices: [this, that]}\n")
    result = cli("template", "test", plain, "--level", "render", "--json")
    (told,) = result.data["templates"]
    for case in told["results"]:
        found = {(fault["rule"], Path(fault["file"]).name) for fault in case["faults"]}
        assert found == {("undefined", "a.txt.jinja"), ("unparsable", "b.json.jinja"), ("final-newline", "c.txt")}
    assert (told["covered"], told["feasible"]) == (0, 0)
    (plain / "a.txt.jinja").unlink()
    (told,) = cli("template", "test", plain, "--level", "render", "--json").data["templates"]
    assert told["covered"] == told["feasible"] > 0
