"""The gate's options, and what they keep to themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from gate_project import SETTINGS, SUITE, GateRun, Project
from stored_schema import complaints

from framegate.commands.cli import main

Refuse = Callable[..., GateRun]

MARKED = SUITE.replace("def test_work", "import pytest\n\n\n@pytest.mark.gate(floor=9)\ndef test_work")


def test_what_may_be_gone_may_be_gone(project: Project) -> None:
    run = project.gate("-k", "other", "--gate-allow-missing", "test_w*")
    assert run.code == 0, run.output
    assert run.verdicts == {"test_other": "same"}


def test_a_new_benchmark_is_accepted_as_the_first_of_its_kind(project: Project) -> None:
    project.write(SUITE + "\n\ndef test_new(benchmark):\n    benchmark(work, 'new')\n")
    run = project.gate("--gate-bootstrap")
    assert run.code == 0, run.output
    assert run.verdicts == {"test_work": "same", "test_other": "same", "test_new": "same"}
    assert len(project.accepted()) == 2


def test_a_first_run_that_fails_is_not_accepted(new_project: Project) -> None:
    new_project.write(SUITE + "\n\ndef test_new(benchmark):\n    benchmark(work, 'new')\n    assert 0, 'wrong'\n")
    run = new_project.gate("--gate-bootstrap")
    run.says_no(15, "test_new", "failed")
    assert new_project.accepted() == []


STANDS_STILL = """
import pytest


@pytest.mark.benchmark(timer=lambda: 0)
def test_work(benchmark):
    benchmark.pedantic(len, ("",), rounds=3)
"""


def test_a_run_whose_times_are_all_zero_is_accepted_in_no_way(new_project: Project) -> None:
    new_project.write(STANDS_STILL)
    run = new_project.gate("--gate-bootstrap")
    run.says_no(12, "test_work", "nothing-measured")
    assert run.reasons["test_work"] == "all of its times are zero"
    assert new_project.accept("--anyway")[0] == 2
    assert new_project.accepted() == []


def test_a_run_that_passes_is_accepted_on_demand(project: Project) -> None:
    run = project.gate("--gate-accept")
    assert run.code == 0, run.output
    assert project.accepted() == ["0001_gate-default", "0002_gate-default"]
    assert "Accepted as 0002_gate-default.json." in run.output


def test_a_run_is_accepted_by_hand_and_a_slower_one_knowingly(project: Project) -> None:
    assert project.gate().code == 0
    assert project.command("framegate", "accept", "2").returncode == 0
    assert len(project.accepted()) == 2
    project.slow("work", 100)
    assert project.gate().code == 1
    code, said = project.accept()
    assert code == 2
    assert re.fullmatch(r"framegate: 0003_gate-default\.json is regressed; .*--anyway.*\n", said)
    code, said = project.accept("3", "--anyway")
    assert code == 0, said
    run = project.gate()
    assert run.code == 0, run.output
    assert "Only 1 of the 5" in run.output


def test_what_failed_is_accepted_in_no_way(project: Project) -> None:
    project.write(SUITE.replace('"work")', '"work")\n    assert False'))
    assert project.gate().code == 15
    code, said = project.accept("--anyway")
    assert code == 2
    assert said == "framegate: 0002_gate-default.json is failed; a failed run cannot become a baseline\n"


def test_a_name_has_a_history_of_its_own(project: Project) -> None:
    run = project.gate("--gate-accept", name="nightly")
    run.says_no(10, "test_work", "no-baseline")
    assert project.gate("--gate-bootstrap", name="nightly").code == 0
    assert project.accepted() == ["0001_gate-default", "0003_gate-nightly"]


def test_launches_and_rounds_are_stored_as_pytest_benchmark_stores_them(project: Project) -> None:
    (path,) = project.stored()
    run = json.loads(path.read_text())
    (work,) = (each for each in run["benchmarks"] if each["name"] == "test_work")
    assert complaints(work["extra_info"], "gate") == []
    launches = work["extra_info"]["gate"]["launches"]
    assert len(launches) == run["framegate_gate"]["launches"] == 2
    assert sum(each["rounds"] for each in launches) == len(work["stats"]["data"]) == work["stats"]["rounds"]
    assert work["stats"]["min"] == min(work["stats"]["data"])


def test_pytest_benchmark_reads_what_the_gate_stores(project: Project) -> None:
    compared = project.command("pytest_benchmark", "compare", "0001", "--csv=out.csv")
    assert compared.returncode == 0, compared.stderr
    assert "test_work" in compared.stdout
    assert "test_other" in (project.folder / "out.csv").read_text()
    run = project.pytest("--benchmark-only", "--benchmark-compare=0001")
    assert run.code == 0, run.output
    assert "test_work (0001_gate-de)" in run.output


def test_the_value_of_a_launch(project: Project) -> None:
    run = project.gate("--gate-stat=median")
    assert run.json is not None
    assert run.json["details"]["stat"] == "median"
    held = json.loads(project.stored()[-1].read_text())["framegate_gate"]
    assert held["stat"] == "median"


def test_what_cannot_be_told_passes_or_fails_as_asked_for_and_is_no_baseline(project: Project) -> None:
    # As if the machine had been ten times as fast when the run was accepted.
    project.accept_changed(
        lambda run: run["framegate_gate"].update(canary=[each / 10 for each in run["framegate_gate"]["canary"]])
    )
    project.slow("work", 100)
    run = project.gate("--gate-accept")
    assert run.code == 0, run.output
    assert run.verdicts["test_work"] == "inconclusive"
    assert "the machine itself is slower" in run.reasons["test_work"]
    assert (run.junit_count("failures"), run.junit_count("skipped")) == (0, 1)
    assert "| <code>test_work</code> | inconclusive |" in run.summary
    project.gate("--gate-inconclusive=fail").says_no(16, "test_work", "inconclusive")
    assert len(project.accepted()) == 1


BUSY = """
import sys

if "framegate_gate_worker.plugin" in sys.modules:
    sys.modules["framegate_gate_worker.plugin"].waited = lambda: 150.0
"""


def test_a_machine_that_is_too_busy_to_tell_says_so(project: Project) -> None:
    # As if the benchmarks had waited for a processor 149 times as long as they ran.
    (project.folder / "conftest.py").write_text(BUSY)
    project.slow("work", 100)
    run = project.gate()
    assert run.code == 0, run.output
    assert run.verdicts == {"test_work": "inconclusive", "test_other": "same"}
    assert "so busy that the benchmarks took 150.0 times as long as they ran" in run.reasons["test_work"]


def test_a_benchmarks_own_floor(project: Project) -> None:
    project.write(MARKED)
    # More than the project's own floor allows, and less than this one.
    project.slow("work", 5)
    run = project.gate()
    assert run.code == 0, run.output


@pytest.fixture
def refuse(new_project: Project) -> Refuse:
    """Runs what ends before anything is measured."""

    def run(*options: str) -> GateRun:
        done = new_project.pytest(*options)
        assert new_project.stored() == []
        return done

    return run


@pytest.mark.parametrize("floor", ["floor='5%'", "flor=0.1", "floor=-1"])
def test_a_marker_that_cannot_be(new_project: Project, refuse: Refuse, floor: str) -> None:
    new_project.write(MARKED.replace("floor=9", floor))
    run = refuse("--benchmark-only", "--gate")
    assert run.code not in {0, 1}, run.output
    assert "@pytest.mark.gate(" in run.output
    run.has_no_traceback()


ONE_PAIR = """
from functools import partial

from framegate.gate import decide

decide.measure = partial(decide.measure, first=1)
"""


def test_a_flag_that_the_older_revision_does_not_confirm(project: Project) -> None:
    # In virtual time more pairs say the same.
    (project.folder / "conftest.py").write_text(ONE_PAIR)
    project.slow("work", 100)
    commit(project.folder)
    commit(project.folder, "and nothing more")
    run = project.apart().gate("--gate-confirm=HEAD~1")
    assert run.code == 0, run.output
    assert run.verdicts["test_work"] in {"same", "inconclusive"}
    assert "has decided on test_work." in run.output


def test_a_revision_cannot_confirm_itself(project: Project) -> None:
    project.slow("work", 100)
    commit(project.folder)
    run = project.gate("--gate-confirm=HEAD")
    run.says_no(1, "test_work", "regressed")
    assert "HEAD is the very revision that was measured" in run.output


def test_a_flag_that_cannot_be_confirmed_stays(project: Project) -> None:
    project.slow("work", 100)
    run = project.gate("--gate-confirm=HEAD", GIT_CEILING_DIRECTORIES=str(project.folder.parent))
    run.says_no(1, "test_work", "regressed")
    assert "--gate-confirm could not decide" in run.output


def commit(folder: Path, subject: str = "all") -> None:
    import subprocess

    (folder / ".gitignore").write_text("*.json\n*.xml\n*.md\n.benchmarks\n")
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "--allow-empty", "-m", subject]):
        subprocess.run(["git", *command], cwd=folder, check=True)  # noqa: S607 # whichever git there is


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--gate"], "add --benchmark-only"),
        (["--benchmark-only", "--gate", "test_bench.py"], "--gate took 'test_bench.py' for its name"),
        (["--benchmark-only", "--gate=../up"], "--gate took '../up' for its name"),
        (["--benchmark-only", "--gate=a b"], "a baseline's name is letters"),
        (["--benchmark-only", "--gate", "--gate-launches=0"], "--gate-launches '0' is not a whole number from 1 to 50"),
        (["--benchmark-only", "--gate", "--gate-launches=x"], "--gate-launches 'x'"),
        (
            ["--benchmark-only", "--gate", "--gate-json=no/such.json"],
            "--gate-json no/such.json cannot be written: there is no folder ",
        ),
        (
            ["--benchmark-only", "--gate", "--gate-json=."],
            "--gate-json . cannot be written: it is a folder; name another file",
        ),
        (["--benchmark-only", "--gate", "--benchmark-save=x"], "leave out --benchmark-save"),
        (["--benchmark-only", "--gate", "--benchmark-compare-fail=min:5%"], "leave out --benchmark-compare-fail"),
        (["--benchmark-only", "--gate", "--benchmark-json=x.json"], "leave out --benchmark-json"),
        (["--benchmark-only", "--gate", "--benchmark-storage=elasticsearch+http://h/i/d"], "is not a folder"),
    ],
)
def test_a_mistake_is_one_line(refuse: Refuse, options: list[str], says: str) -> None:
    run = refuse(*options)
    assert run.code == 4, run.output
    assert says in run.output
    run.has_no_traceback()


def test_a_summary_that_cannot_be_written_is_said(project: Project) -> None:
    run = project.gate("-k", "nothing", GITHUB_STEP_SUMMARY=str(project.folder))
    assert run.code == 4, run.output
    assert "GITHUB_STEP_SUMMARY names" in run.output
    run.has_no_traceback()


def test_an_ini_line_that_is_no_floor(new_project: Project, refuse: Refuse) -> None:
    new_project.write(settings=SETTINGS + "    draw = much\n")
    run = refuse("--benchmark-only", "--gate")
    assert run.code == 4, run.output
    assert "invalid floor 'draw = much'" in run.output
    run.has_no_traceback()


@pytest.mark.parametrize("option", ["--gate-accept", "--gate-bootstrap", "--gate-confirm=HEAD"])
def test_without_the_gate_its_options_do_nothing_silently(refuse: Refuse, option: str) -> None:
    run = refuse("--benchmark-only", option)
    assert run.code == 4, run.output
    assert f"{option.partition('=')[0]} does nothing without --gate" in run.output


@pytest.mark.parametrize("option", ["--json", "--junitxml", "--markdown"])
@pytest.mark.parametrize(("file", "why"), [("not/there.json", "there is no folder"), (".", "it is a folder")])
def test_a_file_that_cannot_be_written_is_said_before_anything_is_measured(
    option: str, file: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["ab", "HEAD~1", option, file, "--", "nowhere"]) == 2
    said = capfd.readouterr().err
    assert said.startswith(f"framegate: {file} cannot be written: {why}")
    assert len(said.splitlines()) == 1
