"""What there is to measure with, and what is missing, by name."""

import shutil
from pathlib import Path

import pytest

from framegate.bench import backends
from framegate.bench.backends import PAGE_RUNTIMES, find_backends
from framegate.browser.npm_files import PinnedFiles
from framegate.errors import BackendUnavailable

LIBRARIES = {"playwright", "tensorflow", "openvino", "tf2onnx"}


@pytest.fixture(autouse=True)
def _whole_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "find_chromium", lambda: Path("chromium"))
    monkeypatch.setattr(PinnedFiles, "find", lambda _, cache: cache)


def without(name: str) -> backends.Backends:
    return find_backends(Path("cache"), (LIBRARIES - {name}).__contains__)


def test_pages_come_first_and_then_the_runtimes_whose_libraries_are_there() -> None:
    here = without("nothing")
    assert here.suites == ("test_browser.py", "test_frame.py")
    assert here.runtimes == (*PAGE_RUNTIMES, "ort-wasm", "tensorflow", "openvino")
    assert here.missing == ()


def test_a_browser_is_enough_and_tensorflow_is_named() -> None:
    here = without("tensorflow")
    assert (here.suites, here.runtimes) == (("test_browser.py",), PAGE_RUNTIMES)
    (line,) = here.missing
    assert line.startswith("Python: TensorFlow is not installed (pip install ")
    assert "[tensorflow]" in line


def test_tensorflow_is_enough_and_playwright_is_named() -> None:
    here = without("playwright")
    assert (here.suites, here.runtimes) == (("test_frame.py",), ("tensorflow", "openvino"))
    (line,) = here.missing
    assert line.startswith("TF.js in a browser: playwright is not installed (pip install ")


def test_all_that_pages_lack_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_chromium() -> Path:
        raise BackendUnavailable("no Chrome is installed", "install one")

    monkeypatch.setattr(backends, "find_chromium", no_chromium)
    monkeypatch.setattr(PinnedFiles, "find", lambda *_: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (line,) = without("nothing").missing
    assert "; no Chrome is installed (install one); TF.js" not in line
    assert line.startswith("TF.js in a browser: no Chrome is installed (install one); TF.js is not in cache")
