"""A toy renderer, page runtime and frame source are one file each: a conftest."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable

import pytest

from framegate.browser.chromium import find_chromium
from framegate.errors import BackendUnavailable

Run = Callable[..., pytest.RunResult]

RENDERER = """
from framegate.renderers.null import NullRenderer


def pytest_framegate_renderers(config):
    return {"toy": NullRenderer}
"""
FRAME_SOURCE = """
import itertools
import numpy as np


def noise(locator):
    draw = np.random.default_rng(int(locator or 0))
    while True:
        yield draw.integers(0, 256, (32, 48, 3), np.uint8)


def pytest_framegate_frame_sources(config):
    return {"noise": noise}
"""
PAGE_RUNTIME = """
from framegate.browser.runtimes import PageRuntime


def pytest_framegate_runtimes(config):
    return {"tfjs-cpu-bare": PageRuntime("cpu", (("PROD", True),))}


def pytest_runtest_teardown(item):
    print("bare:", item.funcargs["cell_pipeline"].page.info["flags"]["PROD"])
"""


def has_browser() -> bool:
    """Whether a page can be opened; in CI it has to be, and the test then fails where it cannot."""
    try:
        find_chromium()
    except BackendUnavailable:
        return bool(os.environ.get("CI"))
    return bool(os.environ.get("CI")) or importlib.util.find_spec("playwright") is not None


def test_a_renderer(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makeconftest(RENDERER)
    run("--frame-renderer=toy", "--frame-preprocess=none").assert_outcomes(passed=1)


@pytest.mark.parametrize("source", ["noise", "noise:7"])
def test_a_frame_source(pytester: pytest.Pytester, run: Run, source: str) -> None:
    pytester.makeconftest(FRAME_SOURCE)
    run(f"--frame-source={source}", "--frame-preprocess=none").assert_outcomes(passed=1)


def test_a_frame_source_of_a_name_that_is_there_ends_the_run(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makeconftest("def pytest_framegate_frame_sources(config):\n    return {'photo': iter}\n")
    result = run("--frame-preprocess=none")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: frame source 'photo' is provided twice (by *; rename one of them"])


@pytest.mark.skipif(not has_browser(), reason="neither playwright nor a Chromium is installed, or one of them is not")
def test_a_page_runtime(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makeconftest(PAGE_RUNTIME)
    result = run(
        *("--frame-runtime=tfjs-cpu-bare", "--frame-renderer=topixels", "--frame-preprocess=none"),
        *("--benchmark-disable", "--frame-require=tfjs-cpu-bare", "-s"),
        suite="test_browser.py",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*test_browser?tiny-16-none-tfjs-cpu-bare-topixels? *bare: True"])
