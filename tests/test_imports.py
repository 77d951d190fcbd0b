"""Rules for modules: who may import whom, lengths of modules and functions, and what serving loads."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_MODULES = 15

COMPOSITION_ROOT = "app.lifespan"
POSTGRES, LOCAL = "app.services.postgres", "app.services.local"
MAY_KNOW = {
    POSTGRES: (POSTGRES, "app.indexing", COMPOSITION_ROOT),
    LOCAL: (LOCAL, POSTGRES, "app.indexing", COMPOSITION_ROOT),  # PostgreSQL's readers hold local indexes of names
}
"""Packages that may import a concrete catalogue."""

SERVING = ("app.core", "app.services", "app.api", "app.main", "app.lifespan")
MAY_IMPORT = {
    "app.core": ("app.core",),
    "app.services": ("app.core", "app.services"),
    "app.api": ("app.core", "app.services", "app.api"),
    "app.indexing.measure": (*SERVING, "app.indexing"),  # measures the whole service
    "app.indexing": ("app.core", "app.services", "app.indexing"),
    "app": (*SERVING, "app.mcp", "app.client", "app.query", "app.in_process", "app.recommender_source"),
}
"""Packages of app that the modules of a package may import. Modules directly in app assemble the service or are
clients."""

OFFLINE = ("app.indexing", "onnx", "safetensors", "matplotlib", "tqdm", "httpx", "pytest")
OPTIONAL = ("annoy", "limits", "rapidfuzz", "psycopg", "app.services.postgres", "pgvector")


@cache
def modules() -> Mapping[str, ast.Module]:
    """Return the syntax trees of all modules of app by name."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "app").rglob("*.py")}
    return {name.removesuffix(".__init__"): ast.parse(path.read_text()) for name, path in sorted(paths.items())}


@cache
def imports(name: str) -> frozenset[str]:
    """Return the modules of app that a module imports anywhere, also under TYPE_CHECKING and in functions."""
    found: set[str] = set()
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            found.update(full if full in modules() else str(node.module) for full in names)
    return frozenset(found & modules().keys())


def is_inside(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def layer(name: str) -> str:
    return next(package for package in MAY_IMPORT if is_inside(name, (package,)))


def functions() -> Iterator[tuple[str, int]]:
    """Yield the name and the length of each function, decorators and docstring excluded."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                lines = node.end_lineno - node.lineno + 1
                first = node.body[0]
                if ast.get_docstring(node) is not None and first.end_lineno is not None:
                    lines -= first.end_lineno - first.lineno + 1
                yield f"{name}.{node.name}", lines


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    of_package = [name for name in modules() if layer(name) == package]
    assert of_package
    against = [
        f"{name} imports {other}"
        for name in of_package
        for other in imports(name)
        if other != "app" and not is_inside(other, MAY_IMPORT[package])
    ]
    assert against == []


@pytest.mark.parametrize("catalogue", MAY_KNOW)
def test_only_the_composition_root_and_indexing_know_which_catalogue_is_in_use(catalogue: str) -> None:
    knowing = [
        f"{name} imports {other}"
        for name in modules()
        for other in imports(name)
        if is_inside(other, (catalogue,)) and not is_inside(name, MAY_KNOW[catalogue])
    ]
    assert knowing == []


def test_there_are_no_circular_imports() -> None:
    try:
        TopologicalSorter({name: imports(name) for name in modules()}).prepare()
    except CycleError as error:
        circle = [f"{name} is imported by {other}" for name, other in pairwise(error.args[1])]
        pytest.fail("\n".join(circle))


def test_no_module_is_too_long() -> None:
    paths = [path for folder in ("app", "tests") for path in (ROOT / folder).rglob("*.py")]
    lengths = {path: len(path.read_text().splitlines()) for path in paths}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_function_is_too_long() -> None:
    too_long = {name: lines for name, lines in functions() if lines > MAX_FUNCTION_LINES}
    assert too_long == {}


def test_no_package_has_too_many_modules() -> None:
    counts = Counter(
        path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py") if path.name != "__init__.py"
    )
    too_many = {name: count for name, count in counts.items() if count > MAX_MODULES}
    assert too_many == {}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that `import app.main` loads, in a fresh interpreter."""
    program = "import sys, app.main; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    )


@pytest.mark.parametrize("module", OFFLINE)
def test_serving_does_not_load_offline_tools(loaded: set[str], module: str) -> None:
    assert module not in loaded


@pytest.mark.parametrize("module", OPTIONAL)
def test_optional_modules_are_not_loaded_by_default(loaded: set[str], module: str) -> None:
    assert module not in loaded
