"""The rules of the house, read from the source itself."""

import ast
import functools
import graphlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugins" / "framegate"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = (
    "tensorflow", "tensorflowjs", "tf_keras", "keras", "openvino", "onnx", "onnxruntime", "tf2onnx", "ai_edge_litert",
    "OpenGL", "glfw", "cv2", "numba", "playwright",
)  # fmt: skip

MAY_IMPORT_PYTEST = {"hookspecs", "hooks", "plugin"}
FOUNDATION = "foundation"
WORKER = PACKAGE / "gate" / "worker"
"""A pytest plugin of which the gate's processes have a copy: Framegate itself may be what they measure."""


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULE_NAMES = {module_name(path): path for path in MODULES}


@functools.cache
def drawn_imports() -> tuple[set[str], dict[str, set[str]]]:
    """The modules of the foundation, and room -> rooms that it imports, as docs/architecture.md draws them."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    block = text.split("## Imports run one way", 1)[1].split("```")[1]
    rows = dict(line.split(":", 1) for line in block.strip().splitlines())
    rooms = {room.strip(): set(targets.split()) for room, targets in rows.items()}
    return rooms.pop(FOUNDATION), rooms


def room_of(module: str) -> str:
    """``models`` for framegate.models.sources.npm, the foundation for framegate.errors, ``framegate`` for itself."""
    parts = module.split(".")
    room = parts[1] if len(parts) > 1 else parts[0]
    return FOUNDATION if room in drawn_imports()[0] else room


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(tree: ast.AST, *, at_import_time: bool) -> Iterator[str]:
    """Names of imported modules; ``at_import_time`` leaves out function bodies and TYPE_CHECKING blocks."""
    for node in ast.iter_child_nodes(tree):
        if at_import_time and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if at_import_time and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node, at_import_time=at_import_time)


@functools.cache
def module_imports() -> dict[str, set[str]]:
    """Module -> modules of the package that it imports anywhere, for type checkers too."""
    return {
        module: {name for name in imports(tree_of(path), at_import_time=False) if name in MODULE_NAMES}
        for module, path in MODULE_NAMES.items()
    }


def test_rooms_import_what_the_drawing_shows() -> None:
    _, drawn = drawn_imports()
    real: dict[str, set[str]] = {room: set() for room in drawn}
    for module, targets in module_imports().items():
        real.setdefault(room_of(module), set()).update(map(room_of, targets))
    foundation = real.pop(FOUNDATION)
    assert foundation <= {FOUNDATION}
    # Importing a submodule runs the package's __init__, which imports nothing.
    assert {room: targets - {room, FOUNDATION, "framegate"} for room, targets in real.items()} == drawn


def test_no_module_imports_itself_by_way_of_others() -> None:
    graphlib.TopologicalSorter(
        {
            module: {target for target in targets - {module} if not module.startswith(f"{target}.")}
            for module, targets in module_imports().items()
            if module != "framegate"
        }
    ).prepare()


def offenders(paths: Iterable[Path], breaks: Callable[[Path], object]) -> dict[str, object]:
    """Files that break a rule, and how they do. One test looks at all: a test of its own for each file costs more."""
    found = {path.relative_to(ROOT).as_posix(): breaks(path) for path in paths}
    return {name: how for name, how in found.items() if how}


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    def heavy(path: Path) -> list[str]:
        return [name for name in imports(tree_of(path), at_import_time=True) if name.split(".")[0] in HEAVY]

    assert offenders(MODULES, heavy) == {}


def test_the_analyser_imports_no_heavy_library_at_all() -> None:
    def heavy(path: Path) -> list[str]:
        names = imports(tree_of(path), at_import_time=False)
        return [name for name in names if name.split(".")[0] in HEAVY or name == "framegate.models.tf"]

    assert offenders(sorted((PACKAGE / "analysis").glob("*.py")), heavy) == {}


def test_only_the_glue_imports_pytest() -> None:
    def of_pytest(path: Path) -> set[str]:
        if room_of(module_name(path)) in MAY_IMPORT_PYTEST or path.is_relative_to(WORKER):
            return set()
        names = {name.split(".")[0] for name in imports(tree_of(path), at_import_time=False)}
        return names & {"pytest", "_pytest", "pytest_benchmark"}

    assert offenders(MODULES, of_pytest) == {}


@pytest.mark.parametrize("path", sorted(WORKER.glob("*.py")), ids=lambda path: path.name)
def test_the_gates_worker_stands_alone(path: Path) -> None:
    names = [name.split(".")[0] for name in imports(tree_of(path), at_import_time=False)]
    assert "framegate" not in names


@pytest.mark.parametrize("path", sorted((ROOT / "suites").glob("test_*.py")), ids=lambda path: path.name)
def test_suites_know_fixtures_and_no_backend(path: Path) -> None:
    tree = tree_of(path)
    ours = {name for name in imports(tree, at_import_time=False) if name.startswith("framegate")}
    assert all(name.startswith("framegate.fixtures") for name in ours)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.Try | ast.For | ast.While)]


def test_python_and_a_page_are_measured_by_the_same_lines() -> None:
    lines = []
    for suite in ("test_frame", "test_browser"):
        test = tree_of(ROOT / "suites" / f"{suite}.py").body[-1]
        assert isinstance(test, ast.FunctionDef)
        lines.append(list(map(ast.unparse, [test.args, *test.body])))
    assert lines[0] == lines[1]


def function_lines(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The name of each function and its lines, the docstring left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_files_and_functions_stay_small() -> None:
    def too_long(path: Path) -> list[str]:
        lines = len(path.read_text("utf-8").splitlines())
        functions = function_lines(tree_of(path)) if path in MODULES else ()
        return [
            *([f"{lines} lines"] if lines > 500 else []),
            *(f"{name}: {count} lines" for name, count in functions if count >= 50),
        ]

    assert offenders([*MODULES, *sorted((ROOT / "tests").rglob("*.py"))], too_long) == {}


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
