"""Run the suites in a folder of their own, on backends that need no library."""

import functools
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_benchmark.plugin
from gate_project import Project

ROOT = Path(__file__).parents[2]

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]

# After a run with faulthandler, what this process says when it crashes would go where nobody reads.
NOT_LOADED = "-p no:hypothesispytest -p no:faulthandler"
NULL_BACKENDS = {"--frame-runtime": "null", "--frame-renderer": "null", "--frame-gl": "null"}


class Imported:
    """Remembers what runs imported from outside of the folder of all runs, for those that follow.

    pytester takes all that was imported out of the process, after each run and after each test. TensorFlow ends a
    process that imports it twice, numba then takes its own types for others, and Framegate's modules are the same in
    all runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._modules: dict[str, ModuleType] = {}
        self._finders: list[Any] = []

    def pytest_unconfigure(self) -> None:
        """Remember what is there at the end of a run."""
        # What a test put in a module's place was found by no finder, and so has no spec.
        found = {name: module for name, module in sys.modules.items() if getattr(module, "__spec__", None) is not None}
        for name in found.keys() - self._modules.keys():
            if not self._is_of_a_run(found[name]):
                self._modules[name] = found[name]
        # As six has one, for modules that are in no file.
        self._finders += [finder for finder in sys.meta_path if is_a_librarys(finder) and finder not in self._finders]

    def put_back(self) -> None:
        for name, module in self._modules.items():
            sys.modules.setdefault(name, module)
        sys.meta_path += [finder for finder in self._finders if finder not in sys.meta_path]

    def _is_of_a_run(self, module: ModuleType) -> bool:
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", [])]
        return any(place and Path(place).resolve().is_relative_to(self._folder) for place in places)


def is_a_librarys(finder: Any) -> bool:
    return not type(finder).__module__.startswith(("_pytest", "builtins", "test_", "conftest"))


@pytest.fixture(scope="session", autouse=True)
def _one_look_at_the_processor() -> Iterator[None]:
    """Remember what it is: py-cpuinfo starts two processes each time that results are stored."""
    with pytest.MonkeyPatch.context() as patch:
        look = functools.cache(pytest_benchmark.plugin.get_cpu_info)
        patch.setattr(pytest_benchmark.plugin, "get_cpu_info", look)
        yield


@pytest.fixture(scope="session")
def imported_by_all(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return Imported(tmp_path_factory.getbasetemp())


@pytest.fixture
def imported(imported_by_all: Imported) -> Iterator[Imported]:
    """What runs have imported, which is there again when all that began after this fixture has ended."""
    yield imported_by_all
    imported_by_all.put_back()


# `imported` comes first, so that it ends after pytester, which takes modules out at its end.
@pytest.fixture
def pytester(imported: Imported, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """pytester, whose runs leave out what is not well inside of another run, and leave loaded what they import."""
    monkeypatch.setenv("PYTEST_ADDOPTS", NOT_LOADED)
    imported.put_back()
    inline_run = pytester.inline_run

    def run_and_keep(*arguments: Any, plugins: Sequence[object] = (), **options: Any) -> pytest.HookRecorder:
        try:
            return inline_run(*arguments, plugins=[*plugins, imported], **options)
        finally:
            imported.put_back()

    monkeypatch.setattr(pytester, "inline_run", run_and_keep)
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
    tiny model.
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
    run = project.gate("--gate-bootstrap", launches=2)
    assert run.code == 0, run.output
    return project


@pytest.fixture
def project(accepted_project: Project, pytester: pytest.Pytester, tmp_path: Path) -> Project:
    """A project of the test's own with one accepted run of ``test_work`` and ``test_other``."""
    return accepted_project.copy(tmp_path / "project", pytester)


@pytest.fixture
def new_project(pytester: pytest.Pytester, tmp_path: Path) -> Project:
    """The same without any run."""
    (tmp_path / "new").mkdir()
    project = Project(tmp_path / "new", pytester)
    project.write()
    return project
