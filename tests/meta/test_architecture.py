"""The rules of the house, read from the source itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugins" / "framegate"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = (
    "tensorflow", "tensorflowjs", "tf_keras", "keras", "openvino", "onnx", "onnxruntime", "tf2onnx", "ai_edge_litert",
    "OpenGL", "glfw", "cv2", "numba", "playwright",
)  # fmt: skip

# A module may import from its own layer and from those above it in this list.
LAYERS = [
    {"errors", "values", "interfaces", "hookspecs", "libraries", "extras", "paths", "leftovers", "processes"},
    {"registry", "once", "matrix", "measure", "gate", "report", "models"},
    {"preprocess", "frames", "runtimes", "render", "gl", "browser", "training"},
    {"hooks"},
    {"fixtures", "doctor", "inspect_command", "gate_command", "plugin", "streams", "cli", "__main__", ""},
]
MAY_IMPORT_PYTEST = {"hookspecs", "hooks", "plugin"}


def layer_of(part: str) -> int:
    return next(index for index, layer in enumerate(LAYERS) if part in layer)


def part_of(path: Path) -> str:
    """``models`` for models/sources/npm.py, ``cli`` for cli.py, empty for the package itself."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports(tree: ast.AST, *, at_import_time: bool) -> Iterator[str]:
    """Names of imported modules; ``at_import_time`` leaves out function bodies and TYPE_CHECKING blocks."""
    for node in ast.iter_child_nodes(tree):
        if at_import_time and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node, at_import_time=at_import_time)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    here = layer_of(part_of(path))
    for name in imports(ast.parse(path.read_text("utf-8")), at_import_time=False):
        if name.startswith("framegate."):
            there = name.split(".")[1]
            if any(there in layer for layer in LAYERS):
                assert layer_of(there) <= here, f"{path.relative_to(ROOT)} imports {name}, which lies above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    found = [
        name for name in imports(ast.parse(path.read_text("utf-8")), at_import_time=True) if name.split(".")[0] in HEAVY
    ]
    assert not found, f"{path.relative_to(ROOT)} imports {found} when it is imported"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_glue_imports_pytest(path: Path) -> None:
    if part_of(path) in MAY_IMPORT_PYTEST:
        return
    names = {name.split(".")[0] for name in imports(ast.parse(path.read_text("utf-8")), at_import_time=False)}
    assert not names & {"pytest", "_pytest", "pytest_benchmark"}


def test_every_part_stands_in_a_layer() -> None:
    assert {part_of(path) for path in MODULES} <= set().union(*LAYERS)


@pytest.mark.parametrize("path", sorted((ROOT / "suites").glob("test_*.py")), ids=lambda path: path.name)
def test_suites_know_fixtures_and_no_backend(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    ours = {name for name in imports(tree, at_import_time=False) if name.startswith("framegate")}
    assert all(name.startswith("framegate.fixtures") for name in ours)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.Try | ast.For | ast.While)]


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda path: path.name)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_other_projects_runs_load_neither_a_heavy_library_nor_numpy(tmp_path: Path) -> None:
    code = f"import sys, framegate.plugin; print(sorted({{'numpy', *{HEAVY!r}}} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout == "[]\n", run.stdout + run.stderr


def test_collecting_the_matrix_imports_no_heavy_library(tmp_path: Path) -> None:
    code = f"""
import sys, pytest
status = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "--frame-renderer=all", "--frame-gl=all",
                      "--frame-runtime=all", {str(ROOT / "suites")!r}])
assert status == 0, status
print("heavy:", sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "test_frame[" in run.stdout
    assert "heavy: []" in run.stdout
