"""Run the suites in a folder of their own, on backends that need no library."""

import importlib
import importlib.util
import json
import pkgutil
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gate_project import Project

import framegate

ROOT = Path(__file__).parents[2]

# pytester takes the modules that a run imported out of the process; Framegate's are the same in all runs. numba takes
# its own types for others when it is imported a second time.
if importlib.util.find_spec("numba") is not None:
    importlib.import_module("numba")
for module in pkgutil.walk_packages(framegate.__path__, "framegate."):
    if module.name != "framegate.__main__":
        importlib.import_module(module.name)

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]

# pytester unloads what a run imported; hypothesis would be imported anew in each. After a run with faulthandler, what
# this process says when it crashes would go where nobody reads.
NOT_LOADED = "-p no:hypothesispytest -p no:faulthandler"
NULL_BACKENDS = {"--frame-runtime": "null", "--frame-renderer": "null", "--frame-gl": "null"}


class NoTensorFlow(MetaPathFinder, Loader):
    """Finds TensorFlow, and does not load it: a second import in one process ends the process."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == "tensorflow" else None
        if spec is not None and "site-packages" in str(spec.origin):
            spec.loader = self
            return spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        raise RuntimeError(
            f"this run imports {module.__name__}, which pytester takes out of the process again; run it with subprocess"
        )


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """pytester, whose runs leave out what would not be well inside of another run."""
    monkeypatch.setenv("PYTEST_ADDOPTS", NOT_LOADED)
    if "tensorflow" not in sys.modules:
        monkeypatch.setattr(sys, "meta_path", [NoTensorFlow(), *sys.meta_path])
    return pytester


@pytest.fixture
def suites(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The suites, copied into the folder that pytester runs in."""
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    return Path(
        shutil.copytree(ROOT / "suites", pytester.path / "suites", ignore=shutil.ignore_patterns("__pycache__"))
    )


@pytest.fixture
def run(pytester: pytest.Pytester, suites: Path, write_model: Callable[..., Path]) -> Run:
    """Runs one suite (``test_frame.py`` unless said otherwise) with timing off; null backends unless told otherwise.

    ``"no --frame-size"`` leaves an option out that is given otherwise. Without ``--frame-model`` the suite runs the
    tiny model. A run that imports TensorFlow needs ``subprocess``: pytester takes the modules that a run imported out
    of the process, and TensorFlow cannot be imported twice.
    """

    def run_suite(
        *options: str, suite: str = "test_frame.py", timing: bool = False, subprocess: bool = False
    ) -> pytest.RunResult:
        given = {option.split("=")[0].removeprefix("no ") for option in options}
        options = tuple(option for option in options if not option.startswith("no "))
        defaults = [f"{flag}={name}" for flag, name in NULL_BACKENDS.items() if flag not in given]
        if "--frame-model" not in given:
            defaults.append(f"--frame-model={write_model(size=None)}")
        if "--frame-size" not in given:
            defaults.append("--frame-size=16")
        speed = ["--benchmark-max-time=0.001", "--benchmark-min-rounds=3"] if timing else ["--benchmark-disable"]
        start = pytester.runpytest_subprocess if subprocess else pytester.runpytest
        return start(str(suites / suite), "-p", "framegate.plugin", "-v", "-rs", *speed, *defaults, *options)

    return run_suite


@pytest.fixture
def stored(run: Run, pytester: pytest.Pytester) -> Stored:
    """Runs a suite with timing on and returns what pytest-benchmark stored, one entry a cell."""

    def run_and_read(*options: str, suite: str = "test_frame.py") -> list[dict[str, Any]]:
        result = run(*options, "--benchmark-json=out.json", suite=suite, timing=True)
        assert result.ret == 0, result.stdout.str()
        benchmarks: list[dict[str, Any]] = json.loads((pytester.path / "out.json").read_text())["benchmarks"]
        return benchmarks

    return run_and_read


@pytest.fixture(scope="session")
def accepted_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose first run was accepted; to be copied, and not to be changed."""
    project = Project(tmp_path_factory.mktemp("accepted"))
    project.write()
    run = project.gate("--gate-bootstrap", launches=5)
    assert run.code == 0, run.output
    return project


@pytest.fixture
def project(accepted_project: Project, tmp_path: Path) -> Project:
    """A project of the test's own with one accepted run of ``test_work`` and ``test_other``."""
    return accepted_project.copy(tmp_path / "project")


@pytest.fixture
def new_project(tmp_path: Path) -> Project:
    """The same without any run."""
    (tmp_path / "new").mkdir()
    project = Project(tmp_path / "new")
    project.write()
    return project
