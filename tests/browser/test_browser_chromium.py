"""Which browser is started, and with which flags."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE_S

from framegate.browser import chromium
from framegate.browser.chromium import Chromium, find_chromium, flags
from framegate.browser.chromium_tab import ChromiumTab
from framegate.browser.driver import Browser
from framegate.browser.engine import Tab, TabRequest
from framegate.browser.engines import ENGINES
from framegate.errors import BackendUnavailable, UsageError
from framegate.words import BrowserName


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_PLACES", {"chrome": (str(tmp_path / "Chrome.app"),), "chromium": (), "msedge": ()})
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright's"))
    return tmp_path


def install(*paths: Path) -> None:
    for path in paths:
        path.touch(0o755)


def test_chrome_goes_before_chromium_and_both_before_other_places(programs: Path) -> None:
    install(programs / "Chrome.app")
    assert find_chromium() == programs / "Chrome.app"
    install(programs / "chromium")
    assert find_chromium() == programs / "chromium"
    install(programs / "google-chrome")
    assert find_chromium() == programs / "google-chrome"


@pytest.mark.parametrize(
    ("channel", "program", "hint"),
    [
        ("chrome", "google-chrome", "install it from google.com/chrome"),
        ("chromium", "chromium-browser", "sudo apt-get install -y chromium, playwright install chromium"),
        ("msedge", "microsoft-edge", "install it from microsoft.com/edge"),
    ],
)
def test_a_channel_is_that_browser_and_no_other(programs: Path, channel: BrowserName, program: str, hint: str) -> None:
    others = {"google-chrome", "chromium-browser", "microsoft-edge"} - {program}
    install(*(programs / other for other in others))
    with pytest.raises(BackendUnavailable, match=rf"no .* is installed \(looked for .*{program}") as caught:
        ENGINES[channel].find()
    assert caught.value.install_hint == f"{hint}, or name one with --frame-browser-path"
    install(programs / program)
    assert ENGINES[channel].find() == programs / program
    assert ENGINES[channel].find(str(programs / min(others))) == programs / min(others)


def test_the_one_that_was_named_is_taken(programs: Path) -> None:
    install(programs / "chromium", programs / "mine")
    assert find_chromium(str(programs / "mine")) == programs / "mine"
    with pytest.raises(UsageError, match=r"--frame-browser-path .*other' is no file; name the browser's program"):
        find_chromium(str(programs / "other"))


def test_without_one_the_reason_names_the_install_line(programs: Path) -> None:
    with pytest.raises(BackendUnavailable, match="no Chrome or Chromium is installed") as caught:
        find_chromium()
    assert caught.value.reason.endswith(f", and for playwright's in {programs}/playwright's)")
    assert caught.value.install_hint == (
        "sudo apt-get install -y chromium, playwright install chromium, or name one with --frame-browser-path"
    )


LINUX = "chrome-linux64/chrome"
MAC = "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"


def download(store: Path, revision: str, program: str, *, whole: bool = True) -> Path:
    path = store / f"chromium-{revision}" / program
    path.parent.mkdir(parents=True)
    install(path)
    if whole:
        (store / f"chromium-{revision}" / "INSTALLATION_COMPLETE").touch()
    return path


def test_the_newest_of_playwrights_downloads_goes_after_what_is_installed(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    store = programs / "playwright's"
    download(store, "999", "chrome-linux/chrome")
    newest = download(store, "1255", LINUX)
    download(store, "1300", LINUX, whole=False)
    download(store, "tip-of-tree-1400", LINUX)
    assert find_chromium() == newest
    install(programs / "chromium")
    assert find_chromium() == programs / "chromium"


@pytest.mark.parametrize(
    ("platform", "variable", "store", "program"),
    [
        ("linux", "XDG_CACHE_HOME", "ms-playwright", LINUX),
        ("linux", None, ".cache/ms-playwright", "chrome-linux/chrome"),
        ("darwin", None, "Library/Caches/ms-playwright", MAC),
        ("win32", "LOCALAPPDATA", "ms-playwright", "chrome-win64/chrome.exe"),
        ("win32", None, "AppData/Local/ms-playwright", "chrome-win/chrome.exe"),
    ],
)
def test_playwrights_downloads_are_where_it_puts_them(
    programs: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str | None, store: str, program: str
) -> None:
    for name in ("PLAYWRIGHT_BROWSERS_PATH", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    # From 3.12 on it asks Windows itself, where that is the platform.
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(Path, "home", lambda: programs)
    if variable is not None:
        monkeypatch.setenv(variable, str(programs))
    made = download(programs / store, "1255", program)
    assert find_chromium() == made


def test_playwrights_downloads_may_be_in_its_package(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = programs / "site" / "playwright"
    package.mkdir(parents=True)
    install(package / "__init__.py")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "playwright", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "0")
    made = download(package / "driver" / "package" / ".local-browsers", "1255", LINUX)
    assert find_chromium() == made


@pytest.mark.parametrize("user", [0, 1000])
def test_only_root_goes_without_the_sandbox(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    for gpu in ("software", "native"):
        assert ("--no-sandbox" in flags(gpu)) is (user == 0)
        assert ("--use-angle=swiftshader" in flags(gpu)) is (gpu == "software")


class SilentTab(ChromiumTab):
    """Tells of no process that draws, as browsers of another kind."""

    async def gpu_process(self) -> int | None:
        return None


class Silent(Chromium):
    def tab(self, request: TabRequest) -> Tab:
        return SilentTab(request)


@pytest.fixture(scope="module")
def silent(chromium: Path) -> Iterator[Browser]:
    engine = Silent()
    with closing(Browser(chromium, engine.flags("software"), engine=engine)) as browser:
        yield browser


def test_a_browser_of_another_engine_is_driven(silent: Browser) -> None:
    assert silent.call("one => one + one", 1, PATIENCE_S) == 2


@pytest.mark.usefixtures("silent")
def test_what_playwright_switches_off_stays_off() -> None:
    """Of several lists of features in a command line the last is the one that counts."""
    switch = "--disable-features="
    lists = [
        [set(argument.removeprefix(switch).split(",")) for argument in process.cmdline() if argument.startswith(switch)]
        for process in psutil.Process().children(recursive=True)
    ]
    (first, last), *_ = (own for own in lists if len(own) > 1)
    assert first < last
