"""Tables of a user's own at the end of a run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
Run = Callable[..., pytest.RunResult]

IMPORT = "from framegate.report.section import Section\n"


def test_the_section_that_the_docs_show(run: Run, pytester: pytest.Pytester) -> None:
    (about,) = re.findall(r"^## A section of the report\n(.*?)^## ", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (code,) = re.findall(r"```python\n(.*?)```", about, re.DOTALL)
    pytester.makeconftest(code)
    result = run("--frame-preprocess=none", "--frame-tables", timing=True)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "memory: what the process held*",
            "test_frame: where the time goes (median ms)",
            "",
            "Which cells keep up with a display?",
            "*60 frames/s",
            "  tiny-16-none-null-null-null * yes",
            "",
        ]
    )


def test_a_section_reads_what_a_test_has_stored_and_has_notes(
    run: Run, pytester: pytest.Pytester, suites: Path
) -> None:
    pytester.makeconftest(
        IMPORT + "def pytest_framegate_sections(results):\n"
        "    for result in results:\n"
        "        yield Section('Power', notes=[f'{result.name} takes {result.extra_info[\"watts\"]} W'])"
    )
    (suites / "test_power.py").write_text(
        "def test_power(benchmark, store_memory):\n"
        "    benchmark.extra_info['watts'] = 12\n"
        "    benchmark(int)\n"
        "def test_of_somebody_else(benchmark):\n"
        "    benchmark(int)\n"
    )
    result = run(suite="test_power.py", timing=True)
    result.stdout.fnmatch_lines(["Power", "", "test_power takes 12 W", ""])
    result.stdout.no_fnmatch_line("test_of_somebody_else takes*")


def test_timing_off_has_no_results(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        IMPORT + "def pytest_framegate_sections(results, config):\n"
        "    return [Section(f'{len(results)} results in {config.rootpath.name}')]"
    )
    run("--frame-preprocess=none").stdout.fnmatch_lines([f"0 results in {pytester.path.name}"])


@pytest.mark.parametrize(
    ("returned", "shown"),
    [("['text']", "str ('text')"), ("7", "int (7)"), ("Section('Power')", "Section (Section(*))")],
)
def test_a_hook_that_returns_no_sections_ends_the_run_in_one_line(
    run: Run, pytester: pytest.Pytester, returned: str, shown: str
) -> None:
    pytester.makeconftest(IMPORT + f"def pytest_framegate_sections(): return {returned}")
    result = run("--frame-preprocess=none")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: a plugin offers {shown} as sections of the report; *list of*Section"])


def test_a_benchmark_that_fails_in_its_rounds_does_not_end_the_summary(run: Run, suites: Path) -> None:
    (suites / "test_power.py").write_text(
        "def test_power(benchmark, store_memory):\n    benchmark(lambda: 1 / 0)\n"
        "def test_work(benchmark, store_memory):\n    benchmark(int)\n    store_memory()\n"
    )
    result = run(suite="test_power.py", timing=True)
    result.assert_outcomes(passed=1, failed=1)
