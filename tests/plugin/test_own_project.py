"""In someone else's project: their settings, their markers, their fixtures and their tests stay theirs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

PLUGINS = ("-p", "framegate.plugin", "-p", "no:cacheprovider")

THEIRS = """
import pytest

@pytest.mark.study
def test_study(): pass

@pytest.mark.browser
def test_in_a_browser(benchmark): benchmark(lambda: None)

@pytest.mark.gate("main", colour=1)
def test_gate(): pass

@pytest.mark.frame_defaults(1, mine=2)
def test_defaults(): pass

@pytest.mark.frame_main("x")
def test_main(): pass

@pytest.mark.frame_no_cells
def test_no_cells(): pass

@pytest.fixture
def frame_info():
    return 1

@pytest.fixture(params=["one", "two"])
def frame_model(request):
    return request.param

def test_fixtures_of_their_own(frame_info, frame_model):
    assert (frame_info, frame_model in {"one", "two"}) == (1, True)

def test_an_error_of_ours_in_their_test():
    from framegate.errors import UsageError
    raise UsageError("theirs to see in full")

def test_a_backend_that_their_test_lacks():
    from framegate.errors import BackendUnavailable
    raise BackendUnavailable("not there", "install it")
"""


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def theirs(tmp_path: Path, write_model: Callable[..., Path]) -> Path:
    """A project with an ini file and a model, and another one beside it."""
    for name in ("theirs", "other"):
        (tmp_path / name).mkdir()
        shutil.copytree(write_model(), tmp_path / name / "models" / "mine")
        (tmp_path / name / "pytest.ini").write_text(f"[pytest]\njunit_suite_name = {name}-own\n")
    (tmp_path / "theirs" / "test_theirs.py").write_text(
        "def test_settings(pytestconfig): assert pytestconfig.getini('junit_suite_name') == 'theirs-own'\n"
    )
    return tmp_path / "theirs"


@pytest.fixture
def run_theirs(theirs: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest in their folder."""
    monkeypatch.chdir(theirs)
    return lambda *arguments: pytester.runpytest_inprocess("-q", *PLUGINS, *arguments)


@pytest.mark.parametrize("option", ["--frame-model", "--frame-source", "--frame-browser-path"])
def test_a_value_that_pytest_takes_for_tests_is_one_line(run_theirs: Run, theirs: Path, option: str) -> None:
    path = "../other/models/mine"
    run = run_theirs(option, path)
    (line,) = (line for line in run.errlines if "framegate" in line)
    other = theirs.parent / "other"
    assert line == (
        f"framegate: write {option}={path}, with =: pytest took {path} for tests, and runs with the settings of"
        f" {other / 'pytest.ini'} and the root {other}"
    )


def test_a_value_that_changes_nothing_is_no_warning(run_theirs: Run, theirs: Path) -> None:
    other = str(theirs.parent / "other" / "models" / "mine")
    for arguments in (
        (f"--frame-model={other}",),
        ("test_theirs.py", "--frame-model", "models/mine"),
        ("--frame-model", "models/mine/model.json"),
        ("-c", "pytest.ini", "--frame-model", other),
        ("--frame-model", "colour-128-f8"),
    ):
        run = run_theirs(*arguments)
        run.assert_outcomes(passed=1)
        assert run.errlines == [], arguments


def test_their_markers_fixtures_and_errors_are_theirs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(THEIRS)
    result = pytester.runpytest(*PLUGINS)
    result.assert_outcomes(passed=8, failed=2)
    result.stdout.fnmatch_lines(["*raise UsageError*", "*raise BackendUnavailable*"])
    assert result.ret == 1


def test_their_markers_are_theirs_under_the_gate(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n@pytest.mark.gate(colour=1)\ndef test_gate(): pass\n"
        "def test_work(benchmark): benchmark(sum, range(99))\n"
    )
    result = pytester.runpytest(*PLUGINS, "--benchmark-only", "--gate-launches=1", "--gate-bootstrap", "--gate")
    assert result.ret == 0, result.stdout.str()


def test_a_run_without_our_suites_ends_as_it_would_without_us(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(): pass\n")
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:benchmark")
    without = pytester.runpytest_subprocess(*quiet, "-p", "no:framegate.plugin")
    beside = pytester.runpytest_subprocess(*quiet, "-p", "framegate.plugin")
    lines = [[line for line in run.outlines if " in " not in line] for run in (without, beside)]
    assert lines[0] == lines[1]


def test_without_pytest_benchmark_their_tests_run_and_ours_say_what_is_missing(
    pytester: pytest.Pytester, suites: Path
) -> None:
    pytester.makepyfile("def test_one(): pass\n")
    off = (*PLUGINS, "-p", "no:benchmark")
    (mine,) = pytester.path.glob("test_*.py")
    pytester.runpytest(*off, str(mine)).assert_outcomes(passed=1)
    result = pytester.runpytest(*off, str(suites))
    result.assert_outcomes(errors=len([*suites.glob("test_*.py")]))
    result.stdout.fnmatch_lines(["pytest-benchmark is switched off (-p no:benchmark); *"])
    result = pytester.runpytest(*off, "--gate")
    result.stderr.fnmatch_lines(["*pytest-benchmark*"])
    assert result.ret == 4


def test_their_tests_ask_for_fixtures_of_ours_without_any_option(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import pytest\n@pytest.fixture\ndef first(frames): return frames[0]\n")
    pytester.makepyfile(
        "def test_first(first): assert first.ndim == 3\n"
        "def test_by_name(request): assert request.getfixturevalue('frame_threads') > 0\n"
    )
    pytester.runpytest_subprocess(*PLUGINS).assert_outcomes(passed=2)


def test_a_cell_of_theirs_runs_without_any_option(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n"
        "@pytest.mark.frame_defaults(preprocess='none,invert', size='16')\n"
        "def test_mine(benchmark, preprocess_loop): benchmark(preprocess_loop)\n"
    )
    pytester.runpytest_subprocess(*PLUGINS, "--benchmark-disable").assert_outcomes(passed=2)
