"""A real Chromium and the real TF.js, or the reason why there is none; in CI the set-up must have brought them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe import AXE
from fed_pictures import fed_pictures, form_of
from live_pages import Person
from tiny_model import write_tiny

from framegate.browser import requests, session
from framegate.browser.chromium import find_chromium, flags
from framegate.browser.driver import Browser
from framegate.browser.runtimes import LIBRARIES, TF_JS, PageRuntime
from framegate.browser.server import PageFolder, page_server
from framegate.errors import BackendUnavailable, BrowserError, SourceError
from framegate.interfaces import Pixels, ResolvedModel
from framegate.live import page as live_page
from framegate.live.choices import builtin_offer
from framegate.live.plots import UPLOT
from framegate.live.server import live_server
from framegate.paths import cache_dir
from framegate.words import PageThread

ROOT = Path(__file__).parents[2]
PAGE = requests.PAGE

NewFolder = Callable[[], PageFolder]
StartBrowser = Callable[[], Browser]
OpenPage = Callable[..., session.TFJSPage]
WriteModel = Callable[..., Path]
StartCells = Callable[..., "subprocess.Popen[str]"]
RunCells = Callable[..., subprocess.CompletedProcess[str]]
WELL_S = 10.0
QUICK_RECORD_S = 0.2
WINDOW = {"width": 640, "height": 480}
"""Pixels of the live page's window: most of what its frames cost is to draw the page around them, by software."""
PATH = os.pathsep.join(map(str, (ROOT / "plugins", ROOT / "tests" / "helpers")))


def lacking(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    if importlib.util.find_spec("playwright") is None:
        lacking("playwright is not installed")
    try:
        return find_chromium()
    except BackendUnavailable as error:
        lacking(str(error))
        raise


@pytest.fixture(scope="session")
def web_sockets() -> None:
    """What Firefox and a phone are driven through."""
    if importlib.util.find_spec("websockets") is None:
        lacking("websockets is not installed")


@pytest.fixture(scope="session")
def tfjs(chromium: Path) -> Path:
    """The cache with the files of TF.js, for tests that need a browser as well."""
    del chromium
    files_of(TF_JS)
    return cache_dir()


@pytest.fixture
def need_files() -> Callable[[str], None]:
    """Brings the files of a library, or says why there are none."""
    return files_of


def files_of(library: str) -> None:
    """Bring the files of a library, or say why there are none."""
    try:
        LIBRARIES[library].files(cache_dir())
    except (BackendUnavailable, SourceError) as error:
        lacking(str(error))


@pytest.fixture(scope="session")
def axe(chromium: Path) -> str:
    """axe-core, as a script."""
    del chromium
    try:
        return AXE.files(cache_dir())["axe.min.js"].read_text("utf-8")
    except (BackendUnavailable, SourceError) as error:
        lacking(str(error))
        raise


@pytest.fixture
def start_browser(chromium: Path) -> Iterator[StartBrowser]:
    """Starts browsers, which are ended with the test."""
    with ExitStack() as started:

        def start() -> Browser:
            browser = Browser(chromium, flags("software"))
            started.callback(browser.close)
            return browser

        yield start


class KeptBrowser:
    """One browser for many tests, and another one when the last is not well any more."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._browser: Browser | None = None

    def get(self) -> Browser:
        """A browser that is well."""
        try:
            if self._browser is not None:
                self._browser.call("() => 1", None, WELL_S)
                return self._browser
        except (BrowserError, RuntimeError):
            self.end()
        self._browser = Browser(self._program, flags("software"))
        return self._browser

    def rest(self) -> None:
        """Have it show nothing, if there is one."""
        if self._browser is not None and not self._browser.has_ended:
            with suppress(BrowserError):
                self._browser.open("about:blank", WELL_S)

    def end(self) -> None:
        """End it, if there is one."""
        if self._browser is not None:
            self._browser.close()
            self._browser = None


@pytest.fixture(scope="session")
def kept_browser(chromium: Path) -> Iterator[KeptBrowser]:
    """The browser of all tests that do it no harm."""
    kept = KeptBrowser(chromium)
    yield kept
    kept.end()


@pytest.fixture(scope="module")
def shared_browser(kept_browser: KeptBrowser) -> Iterator[StartBrowser]:
    """The same, which does nothing while other files run."""
    yield kept_browser.get
    kept_browser.rest()


@pytest.fixture
def browser_of_pages(
    request: pytest.FixtureRequest, shared_browser: StartBrowser, start_browser: StartBrowser
) -> StartBrowser:
    """The browser of all files, in which a page takes the place of the one before.

    What is done to a browser in ``faults`` is done to nobody else's.
    """
    return start_browser if request.path.parent.name == "faults" else shared_browser


@pytest.fixture(scope="session")
def page_folders() -> Iterator[Iterator[PageFolder]]:
    """Folders for pages, of which each is another than the one before.

    They are two, of one server: for a script of an address that it knows the browser keeps what it has compiled, which
    is a sixth of what a page costs, and for another server it starts another process.
    """
    with page_server() as server:
        yield cycle([server.folder("one"), server.folder("other")])


@pytest.fixture
def new_folder(page_folders: Iterator[PageFolder]) -> Iterator[NewFolder]:
    """Tells a folder for a page, other than the page before has."""
    with ExitStack() as told:

        def tell() -> PageFolder:
            folder = next(page_folders)
            told.callback(folder.close)
            return folder

        yield tell


@pytest.fixture
def picture() -> Pixels:
    """uint8 RGBA (37, 52, 4) that looks like none of its mirror images; opaque."""
    made = np.random.default_rng(3).integers(0, 256, (37, 52, 4), np.uint8)
    made[..., 3] = 255
    return made


@pytest.fixture
def open_page(
    browser_of_pages: StartBrowser,
    new_folder: NewFolder,
    tfjs: Path,
    write_model: WriteModel,
    picture: Pixels,
    tmp_path: Path,
) -> Iterator[OpenPage]:
    """Opens the tiny model on a backend, fed the picture and its variants, and aims it if a renderer is named.

    ``edit`` maps a file of the page to what is replaced in it, and by what; what else is named is the runtime's.
    """
    with ExitStack() as opened:

        def open_one(
            backend: str,
            renderer: str | None = None,
            *,
            channels: int = 3,
            fed: Pixels = picture,
            edit: Mapping[str, tuple[str, str]] | None = None,
            thread: PageThread = "main",
            library: str = TF_JS,
            threads: int | None = None,
            model: ResolvedModel | None = None,
            **of_runtime: Any,
        ) -> session.TFJSPage:
            files_of(library)
            folder = Path(shutil.copytree(PAGE, Path(tempfile.mkdtemp(dir=tmp_path)) / "page"))
            for name, (old, new) in (edit or {}).items():
                text = (folder / name).read_text("utf-8")
                assert old in text
                (folder / name).write_text(text.replace(old, new), "utf-8")
            patch = opened.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(requests, "PAGE", folder)
            path = write_model(size=None, channels=channels) / "model.json"
            model = model or ResolvedModel("tiny", path, "graph", "0" * 64)
            # By this a conversion is kept.
            model = replace(model, sha256=hashlib.sha256(model.path.read_bytes()).hexdigest())
            runtime = PageRuntime(backend, library=library, **of_runtime)
            page = session.TFJSPage(
                browser_of_pages(), new_folder(), runtime, model, tfjs, thread=thread, threads=threads
            )
            pictures = fed_pictures(fed)
            page.take(pictures, form_of(pictures, channels))
            if renderer is not None:
                page.aim(page.outputs[:1], renderer, (-1, 1))
            return page

        yield open_one


@pytest.fixture
def start_cells(tmp_path: Path, tfjs: Path, write_model: Callable[..., Path]) -> Iterator[StartCells]:
    """Starts test_browser on the tiny model, in a process and a folder of its own, behind a conftest."""
    folder = tmp_path / "run"
    folder.mkdir()
    for suite in ("test_browser.py", "test_frame.py", "test_realtime.py"):
        shutil.copy(ROOT / "suites" / suite, folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    model = write_model(size=None)
    environment = {
        **os.environ,
        "PYTHONPATH": PATH,
        "FRAMEGATE_CACHE": str(tfjs),
        "PYTEST_ADDOPTS": "-p no:hypothesispytest",
        "CI": "",
    }
    with ExitStack() as started:

        def start(conftest: str, *options: str) -> subprocess.Popen[str]:
            (folder / "conftest.py").write_text(conftest)
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pytest", "test_browser.py", "-p", "framegate.plugin", "-v", "-rs"),
                    *(f"--frame-model={model}", "--frame-size=16", "--frame-trial=off", "--benchmark-json=out.json"),
                    *("-p", "quick_pages"),
                    *options,
                ],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


@pytest.fixture
def run_cells(start_cells: StartCells) -> RunCells:
    """The same, when it has ended."""

    def run(conftest: str, *options: str) -> subprocess.CompletedProcess[str]:
        process = start_cells(conftest, *options)
        output, errors = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    return run


@pytest.fixture(scope="module")
def live_flags() -> list[str]:
    """Of the browser that shows the live page."""
    return flags("software")


@pytest.fixture(scope="module")
def live_context(chromium: Path, live_flags: list[str]) -> Iterator[object]:
    """A browser's context, for pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=live_flags)
        yield browser.new_context(viewport=WINDOW)
        browser.close()


def mirror(image: Pixels) -> Pixels:
    """A step as a plugin may bring one."""
    return image[:, ::-1].copy()


@pytest.fixture(scope="module")
def live_address(tfjs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address, with the tiny model first and then one that halves, and a plugin's step and runtime."""
    try:
        UPLOT.files(tfjs)
    except (BackendUnavailable, SourceError) as error:
        lacking(str(error))
    brought = builtin_offer()
    offer = replace(
        brought,
        steps={**brought.steps, "mirror": mirror},
        runtimes={**brought.runtimes, "tfjs-unpacked": PageRuntime("webgl", (("WEBGL_PACK", False),))},
    )
    folder = tmp_path_factory.mktemp("models")
    models = [write_tiny(folder / "tiny"), write_tiny(folder / "half", size=32, gain=0.5)]
    with live_server([str(model) for model in models], tfjs, offer) as served:
        yield f"{served.address}#model=tiny&size=48x32"


@pytest.fixture(scope="module")
def file_person(live_context: object, live_address: str) -> Iterator[Person]:
    """Somebody who has opened the page, for all tests of a file."""
    page = live_context.new_page()  # type: ignore[attr-defined]
    someone = Person(page)
    someone.opens(live_address)
    yield someone
    page.close()


@pytest.fixture
def quick_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store in a folder of the test's, and without TensorFlow, whose import would take most of the time."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "tensorflow.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "without"))
    monkeypatch.setattr(live_page, "RECORD_S", QUICK_RECORD_S)


@pytest.fixture
def person(file_person: Person) -> Person:
    """The same, who has chosen nothing yet."""
    file_person.begins_anew()
    return file_person
