"""Two revisions of a project with a renderer of its own, from a clone to a verdict."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ab_project import CONFTEST, FRAME_S, SETTINGS, Repository
from gate_workers import ENDLESS, workers
from patience import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
BENCHMARK = "test_frame[tiny-16-none-null-busy-null]"
WriteModel = Callable[..., Path]
PLAIN = """
import time


def test_{}(benchmark):
    benchmark(time.perf_counter)
"""


@pytest.fixture
def repository(tmp_path: Path, write_model: WriteModel) -> Repository:
    """One commit: a suite, settings, and a renderer that takes two milliseconds to convert."""
    root = tmp_path / "project"
    (root / "suite").mkdir(parents=True)
    shutil.copy(ROOT / "suites" / "test_frame.py", root / "suite" / "test_frame.py")
    found = Repository(root, write_model(size=16))
    found.git("init", "-q", "-b", "main")
    found.write("pytest.ini", SETTINGS)
    found.write("conftest.py", CONFTEST)
    found.write("mine/__init__.py", "")
    found.write(".gitignore", "__pycache__\n*.json\n*.xml\n")
    found.renderer(FRAME_S)
    found.commit("The first")
    return found


@pytest.fixture
def plain(tmp_path: Path) -> Repository:
    """One commit: a suite of one benchmark, which has nothing to do with frames."""
    found = Repository(tmp_path / "project")
    found.write("suite/test_plain.py", PLAIN.format("plain"))
    found.git("init", "-q", "-b", "main")
    found.write("pytest.ini", SETTINGS)
    found.write(".gitignore", "__pycache__\n")
    found.commit("The first")
    return found


def test_a_stage_that_takes_a_tenth_of_the_frame_more_is_found_and_named(repository: Repository) -> None:
    repository.renderer(1.12 * FRAME_S)
    repository.commit("Slower by what is a tenth of the whole frame")
    run = repository.ab("HEAD~1", "HEAD", "--pairs=5", "--json=out.json", "--junitxml=out.xml")
    assert run.returncode == 1, run.stdout + run.stderr
    (finding,) = json.loads((repository.root / "out.json").read_text())["findings"]
    assert (finding["benchmark"], finding["verdict"]) == (BENCHMARK, "regressed")
    shifts = {shift["family"]: shift for shift in finding["shifts"]}
    worse = [name for name, shift in shifts.items() if shift["verdict"] == "regressed"]
    assert set(worse) == {"total", "convert", "p95"}
    assert shifts["total"]["change"] == pytest.approx(0.12, abs=0.01)
    assert "convert +" in run.stdout
    (case,) = ET.parse(repository.root / "out.xml").getroot()  # noqa: S314 # our own file
    (failure,) = case
    assert "convert +" in failure.attrib["message"]
    assert "left in this stage" in run.stderr
    repository.has_left_nothing()


WRONG = """

class Wrong(BusyRenderer):
    def read(self):
        return 255 - super().read()


BusyRenderer = Wrong
"""


def test_the_work_tree_as_it_is_is_the_candidate_and_draws_a_wrong_picture(repository: Repository) -> None:
    repository.renderer(FRAME_S, more=WRONG)
    repository.write("notes.txt", "git does not know it")
    run = repository.ab("HEAD")
    assert run.returncode == 15, run.stdout + run.stderr
    assert "HEAD with uncommitted changes" in run.stdout
    assert "notes.txt" in run.stdout
    assert BENCHMARK in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert repository.git("stash", "list") == ""
    assert "M mine/renderer.py" in repository.git("status", "--short")


def test_what_measures_is_the_candidates_on_both_sides_and_so_are_inputs_that_the_settings_name(
    repository: Repository,
) -> None:
    renderer = (repository.root / "mine" / "renderer.py").read_text()
    reading = renderer.replace(f"+ {FRAME_S!r}", "+ float(open('data/seconds.txt').read())")
    assert reading != renderer
    repository.write("mine/renderer.py", reading)
    repository.write("conftest.py", "raise RuntimeError('the conftest of the base')\n")
    repository.write("suite/test_frame.py", "raise RuntimeError('the suite of the base')\n")
    repository.write("pytest.ini", "[pytest]\naddopts = --no-such-option\n")
    repository.write("data/seconds.txt", "0.001")
    repository.commit("Broken")
    shutil.copy(ROOT / "suites" / "test_frame.py", repository.root / "suite" / "test_frame.py")
    repository.write("conftest.py", CONFTEST)
    repository.write("pytest.ini", SETTINGS + "gate_same = data\n")
    repository.write("data/seconds.txt", "0.004")
    repository.commit("Whole again, with another input")
    run = repository.ab("HEAD~1", "HEAD")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "regressed" not in run.stdout
    repository.has_left_nothing()


def test_inputs_outside_of_the_repository_are_a_mistake(plain: Repository) -> None:
    plain.write("pytest.ini", SETTINGS + "gate_same = ../elsewhere\n")
    plain.commit("Out of the repository")
    run = plain.ab("HEAD~1", "HEAD")
    assert run.returncode == 2, run.stdout + run.stderr
    assert run.stderr.startswith("framegate: gate_same: ")
    assert run.stderr.count("\n") == 1
    plain.has_left_nothing()


def test_benchmarks_that_the_candidate_has_not(plain: Repository) -> None:
    plain.write("suite/test_more.py", "".join(map(PLAIN.format, ("more", "less", "none"))))
    plain.write("suite/test_gone.py", PLAIN.format("gone"))
    plain.commit("Four more")
    plain.write("suite/test_more.py", PLAIN.format("more"))
    plain.git("rm", "-q", "suite/test_gone.py")
    plain.commit("Three less, and a file less")
    run = plain.ab("HEAD~1", "HEAD", "--allow-missing", "test_n*")
    assert run.returncode == 11, run.stdout + run.stderr
    missing = (line for line in run.stdout.splitlines() if line.startswith("  ") and " missing " in line)
    assert {line.split()[0] for line in missing} == {"test_less", "test_gone"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such-revision",), "no revision 'no-such-revision' here"),
        (("HEAD", "--no-index"), "--no-index"),
        ((), "nothing to compare: name a revision"),
        (("HEAD", "--base-renderer=null"), "--base-renderer and --head-renderer go together"),
        (("HEAD", "--", "no-such-file.py"), "file or directory not found: no-such-file.py"),
        (("HEAD", "--base-python=no-such-python"), "cannot be started by no-such-python"),
        (("HEAD", "--floor=much"), "invalid share 'much'"),
    ],
)
def test_a_mistake_is_said_at_once(plain: Repository, arguments: tuple[str, ...], says: str) -> None:
    run = plain.ab(*arguments)
    assert run.returncode == 2, run.stdout + run.stderr
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    plain.has_left_nothing()


def test_no_repository_is_one_line(plain: Repository) -> None:
    shutil.rmtree(plain.root / ".git")
    run = plain.ab("HEAD")
    assert run.returncode == 2
    assert run.stderr.startswith("framegate: ")
    assert run.stderr.count("\n") == 1


def test_code_that_both_sides_would_take_from_the_work_tree_is_refused(plain: Repository) -> None:
    plain.write("mine.py", "")
    plain.write("conftest.py", f"import sys\n\nsys.path.insert(0, {str(plain.root)!r})\n\nimport mine\n")
    plain.commit("A path of this machine")
    run = plain.ab("HEAD", "HEAD")
    assert run.returncode == 2, run.stdout + run.stderr
    assert "the same on both sides" in run.stderr
    plain.has_left_nothing()


def test_code_that_a_benchmark_imports_in_its_own_time_is_looked_at_too(plain: Repository) -> None:
    plain.write("late.py", "def work():\n    pass\n")
    late = (
        "import sys\n\n\ndef test_late(benchmark):\n    sys.path.insert(0, {!r})\n    import late\n\n"
        "    benchmark(late.work)\n"
    )
    plain.write("suite/test_late.py", late.format(str(plain.root)))
    plain.commit("Late")
    plain.write("pytest.ini", "[pytest]\n")
    plain.commit("Found by no setting")
    run = plain.ab("HEAD", "HEAD")
    assert run.returncode == 15, run.stdout + run.stderr
    assert "late.py, which is in the work tree" in run.stdout


def test_what_was_deleted_is_missed_beside_a_file_that_is_new(plain: Repository) -> None:
    plain.write("suite/test_more.py", PLAIN.format("more") + PLAIN.format("less"))
    plain.commit("Two more")
    plain.write("suite/test_more.py", PLAIN.format("more"))
    plain.write("suite/test_new.py", PLAIN.format("new"))
    plain.commit("One less and a new one")
    files = ("suite/test_new.py", "suite/test_more.py")
    run = plain.ab("HEAD~1", "HEAD", "--allow-missing", "test_new", options=files)
    assert run.returncode == 11, run.stdout + run.stderr
    assert "test_less" in run.stdout


def test_the_benchmark_fixture_used_twice_is_a_failure_and_no_traceback(plain: Repository) -> None:
    plain.write("suite/test_twice.py", "def test_twice(benchmark):\n    benchmark(len, '')\n    benchmark(len, '')\n")
    plain.commit("Twice")
    run = plain.ab("HEAD", "HEAD", options=("-k", "twice"))
    assert run.returncode == 15, run.stdout + run.stderr
    assert "once in a test" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


@contextmanager
def running(repository: Repository, count: int = 2) -> Iterator[subprocess.Popen[str]]:
    """The command, when so many workers are there: one while it collects, two in the middle of its pairs."""
    repository.write("suite/test_plain.py", ENDLESS)
    repository.commit("Endless")
    with subprocess.Popen(
        repository.command("HEAD", "HEAD"),
        cwd=repository.root,
        env=repository.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            until(lambda: len(workers(repository.temporary)) == count or process.poll() is not None)
            assert process.poll() is None, process.stdout and process.stdout.read()
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to another process")
@pytest.mark.parametrize("count", [1, 2])
def test_ctrl_c_leaves_nothing(plain: Repository, count: int) -> None:
    with running(plain, count) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
        assert process.stdout is not None
        said = process.stdout.read()
        assert "framegate: stopped" in said
        assert "Traceback" not in said
    assert workers(plain.temporary) == []
    plain.has_left_nothing()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to another process")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_being_asked_to_end_leaves_nothing_either(plain: Repository, name: str) -> None:
    number = signal.Signals[name]
    with running(plain) as process:
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 128 + number
    assert workers(plain.temporary) == []
    plain.has_left_nothing()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("count", [1, 2])
def test_workers_end_with_the_gate_even_if_it_is_killed(plain: Repository, count: int) -> None:
    with running(plain, count) as process:
        process.kill()
        process.wait()
    until(lambda: not workers(plain.temporary))
