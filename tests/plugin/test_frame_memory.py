"""A long run does not grow."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

WARM, FRAMES = 100, 400
GROWTH = 16 << 20
RENDERERS = ("topixels", "opencv", "gl-texture")
CONFTEST = f"""
import json

import psutil
import pytest

GROWN = []


def resident():
    return psutil.Process().memory_info().rss


@pytest.fixture
def many_frames(cell_pipeline):
    for _ in range({WARM}):
        cell_pipeline()
    before = resident()
    for _ in range({FRAMES}):
        cell_pipeline()
    GROWN.append(resident() - before)
    return cell_pipeline


def pytest_sessionfinish():
    with open("grown.json", "w") as file:
        json.dump(GROWN, file)
"""
SUITE = """
def test_frames(benchmark, many_frames, verify_frames):
    verify_frames(many_frames)
"""


def test_hundreds_of_frames_leave_no_growth(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    pytester.makeconftest(CONFTEST)
    (pytester.path / "suites" / "test_frames.py").write_text(SUITE)
    result = run(
        *("--frame-model=colour-128-f8", f"--frame-renderer={','.join(RENDERERS)}", "--frame-gl=egl"),
        *("--frame-runtime=tensorflow", "--frame-source=clip", "--frame-preprocess=all", "--frame-require=egl"),
        "--frame-size=128",
        suite="test_frames.py",
        subprocess=True,
    )
    result.assert_outcomes(passed=len(RENDERERS))
    grown = json.loads((pytester.path / "grown.json").read_text())
    assert len(grown) == len(RENDERERS)
    assert max(grown) < GROWTH, grown
