"""Collecting a large matrix is little more work than collecting as many empty tests, counted in calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from counted_calls import calls_of

CELLS = 1_000
EMPTY = f"import pytest\n@pytest.mark.parametrize('cell', range({CELLS}))\ndef test_empty(cell):\n    pass\n"
MATRIX = "def test_frame(benchmark, cell_pipeline):\n    benchmark(cell_pipeline)\n"


def test_a_cell_is_at_most_twice_the_work_of_an_empty_test(
    pytester: pytest.Pytester, write_model: Callable[..., object]
) -> None:
    pytester.makeini("[pytest]\n")
    (pytester.path / "test_empty.py").write_text(EMPTY)
    (pytester.path / "test_cells.py").write_text(MATRIX)
    models = [write_model(f"net{index}") for index in range(5)]
    matrix = (
        *(f"--frame-model={model}" for model in models),
        f"--frame-size={','.join(map(str, range(1, 51)))}",
        *("--frame-renderer=topixels,opencv", "--frame-gl=egl,osmesa", "--frame-preprocess=none"),
    )

    def calls(file: str, *options: str) -> int:
        results: list[pytest.RunResult] = []
        command = (file, "--collect-only", "-qq", "-p", "framegate.plugin", *options)
        count = calls_of(lambda: results.append(pytester.runpytest_inprocess(*command)))
        assert results[0].ret == 0
        results[0].stdout.fnmatch_lines([f"{file}: {CELLS}"])
        return count

    calls("test_empty.py")
    assert calls("test_cells.py", *matrix) <= 2 * calls("test_empty.py")
