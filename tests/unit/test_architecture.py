"""The house: arrows point down only, and every library has one home."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "goldenpath"
ROWS = [{"cli"}, {"flows"}, {"checks", "forges", "rules"}, {"adapters"}, {"core"}]
HOMES = {
    "typer": "cli/",
    "rich": "cli/screen.py",
    "copier": "adapters/rendering/",
    "plumbum": "adapters/rendering/",
    "sqlite3": "adapters/ledger/",
    "subprocess": "adapters/shell.py",
    "yaml": "adapters/",
    "jinja2": "adapters/",
    "markdown_it": "adapters/markdown.py",
    "urllib": "adapters/http.py",
    "platformdirs": "adapters/settings.py",
    "packaging": "",
    "covertable": "adapters/covering.py",
    "psutil": "adapters/processes.py",
    "multiprocessing": "adapters/apart.py",
    "dns": "adapters/nameserver/",
    "octodns": "adapters/zone_plans/",
    "octodns_bind": "adapters/zone_plans/",
}
"""`packaging` has no home of its own: versions are compared in a check and in the store."""
DEFERRED = {
    "copier",
    "plumbum",
    "rich",
    "jinja2",
    "markdown_it",
    "urllib",
    "packaging",
    "platformdirs",
    "psutil",
    "dns",
    "octodns",
    "octodns_bind",
}
OF_ITS_OWN_PROCESS = {
    *(f"adapters/rendering/{name}.py" for name in ("worker", "copying", "shortcuts", "tracing")),
    *(
        f"adapters/nameserver/{name}.py"
        for name in ("zone", "updating", "answering", "signing", "exchange", "__main__")
    ),
    *(f"adapters/zone_plans/{name}.py" for name in ("worker", "hooks")),
}
"""What only the process that renders, serves names or plans a zone loads, all of it at once."""
NEVER = {"click", "git", "requests", "pydantic"}
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(path.relative_to(PACKAGE)) for path in MODULES]


def row_of(module: str) -> int | None:
    return next((number for number, names in enumerate(ROWS) if module in names), None)


def imports(tree: ast.AST) -> list[tuple[str, bool]]:
    """Every imported module, and whether it is imported while the file is loaded (types do not count)."""
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, *, is_top: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Import):
            found.extend((alias.name, is_top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, is_top))
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, is_top=is_top and not inside)

    visit(tree, is_top=True)
    return found


def uses(tree: ast.AST, owner: str, name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
        for node in ast.walk(tree)
    )


@pytest.fixture(params=MODULES, ids=NAMES)
def module(request: pytest.FixtureRequest) -> tuple[str, ast.Module]:
    path: Path = request.param
    return str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_imports_a_row_above_its_own(module: tuple[str, ast.Module]) -> None:
    name, tree = module
    own = row_of(name.split("/")[0])
    if own is None:
        return
    for imported, _ in imports(tree):
        parts = imported.split(".")
        other = row_of(parts[1]) if parts[0] == "goldenpath" and len(parts) > 1 else None
        assert other is None or other >= own, f"{name} imports {imported}"


def test_the_core_is_standard_library_only(module: tuple[str, ast.Module]) -> None:
    import sys

    name, tree = module
    if name.startswith("core/"):
        outside = {imported.split(".")[0] for imported, _ in imports(tree)} - {*sys.stdlib_module_names, "goldenpath"}
        assert not outside


def test_every_library_is_imported_in_its_home_only(module: tuple[str, ast.Module]) -> None:
    name, tree = module
    for imported, is_top in imports(tree):
        library = imported.split(".")[0]
        assert library not in NEVER, f"{name} imports {imported}"
        if library in HOMES:
            assert name.startswith(HOMES[library]), f"{name} imports {imported}"
        is_early = is_top and library in DEFERRED and name not in OF_ITS_OWN_PROCESS
        assert not is_early, f"{name} imports {imported} before it needs it"
        module_of_ours = f"{imported.removeprefix('goldenpath.').replace('.', '/')}.py"
        assert name in OF_ITS_OWN_PROCESS or module_of_ours not in OF_ITS_OWN_PROCESS, f"{name} imports {imported}"


@pytest.mark.parametrize("library", ["yaml", "jinja2"])
def test_yaml_and_jinja_have_one_home_besides_the_errors_that_copier_lets_through(library: str) -> None:
    homes = {
        name
        for name, path in zip(NAMES, MODULES, strict=True)
        if any(imported.split(".")[0] == library for imported, _ in imports(ast.parse(path.read_text())))
    }
    own = {"yaml": "adapters/documents.py", "jinja2": "adapters/jinja.py"}[library]
    assert homes - OF_ITS_OWN_PROCESS == {own}


def test_the_environment_is_read_in_settings_only(module: tuple[str, ast.Module]) -> None:
    name, tree = module
    if name != "adapters/settings.py":
        assert not uses(tree, "os", "environ")
        assert not uses(tree, "os", "getenv")


def test_printing_and_exiting_are_for_the_top_row(module: tuple[str, ast.Module]) -> None:
    name, tree = module
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert "print" not in calls
    if not name.startswith("cli/"):
        assert not calls & {"exit", "quit", "input"}
        for owner, attribute in (("sys", "exit"), ("sys", "stdout"), ("sys", "stderr"), ("os", "_exit")):
            assert not uses(tree, owner, attribute) or name == "adapters/settings.py"


def test_no_file_is_over_250_lines_and_no_function_over_45(module: tuple[str, ast.Module]) -> None:
    name, tree = module
    assert len((PACKAGE / name).read_text().splitlines()) <= 250
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < 45, f"{name}: {node.name}"


def test_public_functions_have_docstrings(module: tuple[str, ast.Module]) -> None:
    name, tree = module
    assert ast.get_docstring(tree), name
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name}: {node.name}"


def test_no_import_cycle() -> None:
    graph: dict[str, set[str]] = {}
    for name, path in zip(NAMES, MODULES, strict=True):
        dotted = "goldenpath." + name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        tops = {imported for imported, is_top in imports(ast.parse(path.read_text())) if is_top}
        graph[dotted] = {imported for imported in tops if imported.startswith("goldenpath.")} - {dotted}
    while True:
        leaves = {name for name, below in graph.items() if not below & graph.keys()}
        if not leaves:
            break
        graph = {name: below for name, below in graph.items() if name not in leaves}
    assert not graph
