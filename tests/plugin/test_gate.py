"""Where pytest-benchmark's own comparison lets regressions through, the gate says no, each time with its own code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from gate_project import SUITE, Project


def test_no_saved_run_is_no_baseline(new_project: Project) -> None:
    run = new_project.gate()
    run.says_no(10, "test_work", "no-baseline")
    run.says_no(10, "test_other", "no-baseline")
    assert "--gate-bootstrap" in run.output
    assert new_project.accepted() == []


def test_a_real_regression_fails_in_junit_and_never_becomes_the_baseline(project: Project) -> None:
    project.slow("work", 100)
    for _ in range(2):
        run = project.gate("--gate-accept")
        run.says_no(1, "test_work", "regressed")
        assert run.verdicts["test_other"] == "same", run.output
        assert run.junit_count("tests") == 2
        assert run.junit_count("failures") == 1
    assert len(project.stored()) == 3
    assert len(project.accepted()) == 1
    assert "framegate accept 3 --anyway" in run.output


def test_identical_code_passes(project: Project) -> None:
    run = project.gate(launches=2)
    assert run.code == 0, run.output
    assert run.verdicts == {"test_work": "same", "test_other": "same"}
    assert run.junit_count("tests") == 2
    assert run.junit_count("failures") == 0
    assert "Only 1 of the 5 accepted runs" in run.output
    assert "Only 1 of the 5 accepted runs" in run.summary
    assert len(project.accepted()) == 1
    stored = json.loads(max(project.folder.glob(".benchmarks/*/*_gate-*.json")).read_text())
    said = stored["framegate_gate"]["findings"]
    assert {name: finding["verdict"] for name, finding in said.items()} == run.verdicts
    assert all(finding["least"] >= 3 for finding in said.values())  # the project's floor is 300 %


FATES = f"""{SUITE}

def test_renamed(benchmark):
    benchmark(work, "work")


def test_skipped(benchmark):
    benchmark(work, "work")


def test_unavailable(benchmark):
    benchmark(work, "work")


def test_empty(benchmark):
    benchmark(work, "work")
"""


def test_no_way_to_leave_a_benchmark_out_hides_a_regression(new_project: Project) -> None:
    new_project.write(FATES)
    assert new_project.gate("--gate-bootstrap").code == 0
    new_project.write(
        FATES.replace("def test_renamed", "def test_another")
        .replace("def test_skipped", "import pytest\n\n\n@pytest.mark.skip(reason='no GPU')\ndef test_skipped")
        .replace("def test_unavailable(benchmark):", "def test_unavailable(benchmark):\n    pytest.skip('no driver')")
        .replace("def test_empty(benchmark):", "def test_empty(benchmark):\n    return")
    )
    new_project.slow("work", 3)
    run = new_project.gate()
    for name in ("test_renamed", "test_skipped", "test_unavailable"):
        run.says_no(11, name, "missing")
    assert run.verdicts["test_another"] == "no-baseline"
    assert "no GPU" in run.reasons["test_skipped"]
    assert "no driver" in run.reasons["test_unavailable"]
    assert run.verdicts["test_empty"] in {"missing", "nothing-measured"}


def test_deselected_benchmark_is_reported_missing(project: Project) -> None:
    project.slow("work", 3)
    project.gate("-k", "other").says_no(11, "test_work", "missing")


def test_everything_deselected_has_measured_nothing(project: Project) -> None:
    run = project.gate("-k", "nothing")
    run.says_no(12, "the run", "nothing-measured")


@pytest.mark.parametrize("option", [["--benchmark-disable"], ["-n", "2"], ["--dist=each", "--tx=2*popen"]])
def test_timing_off_and_side_by_side(project: Project, option: list[str]) -> None:
    project.slow("work", 3)
    run = project.gate(*option)
    run.says_no(12, "the run", "nothing-measured")
    assert ("--benchmark-disable" if "disable" in option[0] else "pytest-xdist") in run.reasons["the run"]


def test_a_baseline_that_is_not_what_was_accepted(project: Project) -> None:
    (path,) = project.stored()
    path.write_text(path.read_text()[:500])
    project.slow("work", 3)
    run = project.gate()
    run.says_no(13, "the run", "unreadable-history")
    assert path.name in run.output


@pytest.mark.parametrize(
    "change", [lambda run: run["benchmarks"][1].pop("extra_info"), lambda run: run.update(benchmarks=3)]
)
def test_an_accepted_run_without_times(project: Project, change: Callable[[dict[str, Any]], None]) -> None:
    project.accept_changed(change)
    run = project.gate()
    assert run.code == 13, run.output
    assert "unreadable-history" in run.verdicts.values()
    run.has_no_traceback()


def test_an_accepted_run_without_benchmarks_is_no_baseline(project: Project) -> None:
    project.accept_changed(lambda run: run.update(benchmarks=[]))
    project.gate().says_no(10, "test_work", "no-baseline")


def test_another_machine_names_the_field(project: Project) -> None:
    project.accept_changed(lambda run: run["machine_info"]["cpu"].update(brand_raw="Another CPU"))
    run = project.gate()
    run.says_no(14, "test_work", "other-fingerprint")
    assert run.reasons["test_work"].startswith("cpu: ")
    assert run.reasons["test_work"].endswith(", was Another CPU")


def test_a_wrong_picture_is_a_failure(project: Project) -> None:
    project.write(SUITE.replace('    benchmark(work, "work")', '    benchmark(work, "work")\n    assert 1 == 2'))
    run = project.gate("--gate-accept")
    run.says_no(15, "test_work", "failed")
    assert "assert 1 == 2" in run.reasons["test_work"]
    assert run.verdicts["test_other"] == "same"
    assert len(project.accepted()) == 1


def test_a_suite_that_cannot_be_collected(project: Project) -> None:
    project.write("import no_such_module\n")
    run = project.gate()
    assert run.code not in {0, 1}, run.output
    assert "no_such_module" in run.output
    assert len(project.accepted()) == 1


def test_a_process_that_ends_at_once(project: Project) -> None:
    project.write(SUITE.replace('    benchmark(work, "work")', "    import os\n    os._exit(9)"))
    run = project.gate()
    run.says_no(15, "the run", "failed")
    assert "ended with code 9" in run.reasons["the run"]


def test_two_benchmarks_of_one_name(project: Project) -> None:
    (project.folder / "test_more.py").write_text(SUITE)
    run = project.gate()
    run.says_no(15, "the run", "failed")
    assert "2 benchmarks are called test_work" in run.reasons["the run"]


def test_a_plain_test_with_the_name_of_a_benchmark_is_no_benchmark(project: Project) -> None:
    (project.folder / "test_more.py").write_text("def test_work():\n    assert False\n")
    run = project.gate()
    assert run.code == 0, run.output
    assert run.verdicts == {"test_work": "same", "test_other": "same"}
    assert run.junit_count("skipped") == 1
