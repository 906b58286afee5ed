"""Releases bundled templates: every released version stands in releases/NAME.bundle, which is committed.

    python scripts/release_templates.py NAME      release what templates/NAME holds, as the version in its path.md
    python scripts/release_templates.py --check   change nothing; exit 1 when content changed under a released version
    python scripts/release_templates.py --changed print the names of those whose content is no release yet

A released version never changes. `--root FOLDER` looks at another folder that has templates/ and releases/.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from packaging.version import Version

from goldenpath.adapters.settings import prepare_environment, read_settings
from goldenpath.adapters.store import bundles, keeping, tags
from goldenpath.adapters.store.folders import tree_of
from goldenpath.core.errors import GoldenpathError, TemplateError
from goldenpath.flows.lint_template import lint_templates
from goldenpath.flows.origins import version_of

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Return 0 if the template is released, or if nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", help="the template to release")
    what.add_argument("--check", action="store_true", help="change nothing")
    what.add_argument("--changed", action="store_true", help="print what is no release yet")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    prepare_environment()
    try:
        if chosen.changed:
            for name in changed(chosen.root):
                print(name)
            return 0
        if not chosen.check:
            print(release(chosen.root, chosen.name))
            return 0
        findings = check(chosen.root)
    except GoldenpathError as error:
        print(f"error: {error.message}", f"hint: {error.hint}", sep="\n", file=sys.stderr)
        return 1
    print(*findings, sep="\n", file=sys.stderr, end="\n" if findings else "")
    return 1 if findings else 0


def release(root: Path, name: str) -> str:
    """Put the present content of a template into its bundle; what was done. Raises TemplateError when it may not be."""
    folder = root / "templates" / name
    if not (folder / "copier.yml").is_file():
        raise TemplateError(f"{folder} is no template", hint=f"there is: {', '.join(names(root))}")
    version = version_of(folder)
    with tempfile.TemporaryDirectory() as scratch:
        store = Path(scratch)
        repository, tree = opened(root, name, store)
        released = keeping.tree_of_version(repository, version)
        if released == tree:
            return f"{name} {version} is released already"
        finding = judged(name, version, repository, released)
        if finding:
            raise TemplateError(finding, hint=f"raise `version` in templates/{name}/path.md")
        refuse_faults(folder)
        kept = keeping.keep_folder(store, name, folder, version)
        bundles.write_bundle(kept.repository, bundle_of(root, name))
    return f"{name} {version} is {kept.commit[:8]}; commit releases/{name}.bundle with it"


def check(root: Path) -> list[str]:
    """Return what is wrong, one line a template; what is new and no release yet is printed."""
    findings: list[str] = []
    for name in names(root):
        version = version_of(root / "templates" / name)
        with tempfile.TemporaryDirectory() as scratch:
            repository, tree = opened(root, name, Path(scratch))
            released = keeping.tree_of_version(repository, version)
            finding = judged(name, version, repository, released) if released != tree else ""
            findings += [*altered(name, repository), *([finding] if finding else [])]
        if not released and not finding:
            print(f"templates/{name}: {version} is no release yet; release it: {sys.argv[0]} {name}")
    return findings


def changed(root: Path) -> list[str]:
    """Return the templates whose present content is no release."""
    found: list[str] = []
    for name in names(root):
        with tempfile.TemporaryDirectory() as scratch:
            repository, tree = opened(root, name, Path(scratch))
            if keeping.tree_of_version(repository, version_of(root / "templates" / name)) != tree:
                found.append(name)
    return found


def opened(root: Path, name: str, store: Path) -> tuple[Path, str]:
    """Return a repository with every release of a template, and the tree of its present content."""
    bundle = bundle_of(root, name)
    repository = keeping.keep_bundle(store, name, bundle) if bundle.is_file() else keeping.bare(store, name)
    return repository, tree_of(repository, root / "templates" / name)


def judged(name: str, version: str, repository: Path, released: str) -> str:
    """Return why content that is not released can't be this version; empty when it can."""
    if released:
        return f"templates/{name}: content changed without a new version: {version} is released with other content"
    newest = max((each.version for each in tags.versions(repository)), default=None)
    if newest is not None and Version(version) <= newest:
        return f"templates/{name}: {version} is no newer than {newest}, which is released"
    return ""


def altered(name: str, repository: Path) -> list[str]:
    """Return the releases that are not what a release of their content would be: their commits differ."""
    versions = [(each.tag.removeprefix("v"), each.commit) for each in tags.versions(repository)]
    return [
        f"releases/{name}.bundle: {version} was not made by this script"
        for version, commit in versions
        if keeping.commit_of(repository, name, keeping.tree_of_version(repository, version), version) != commit
    ]


def refuse_faults(folder: Path) -> None:
    """Raise TemplateError when lint finds anything."""
    lint = lint_templates(read_settings(), [str(folder)])
    try:
        while True:
            next(lint)
    except StopIteration as end:
        faults = end.value.templates[0].faults
    if faults:
        raise TemplateError(
            f"{folder.name} is not clean: {faults[0].file}:{faults[0].line}: {faults[0].problem}",
            hint=f"see all {len(faults)}: goldenpath template lint --strict ./templates/{folder.name}",
        )


def names(root: Path) -> list[str]:
    """Return the names of the templates."""
    return sorted(file.parent.name for file in root.glob("templates/*/copier.yml"))


def bundle_of(root: Path, name: str) -> Path:
    """Return where the releases of a template are."""
    return root / "releases" / f"{name}.bundle"


if __name__ == "__main__":
    sys.exit(main())
