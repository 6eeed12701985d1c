"""Which browser is started, and with which flags."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from framegate.browser import chromium
from framegate.browser.chromium import find_chromium, flags
from framegate.errors import BackendUnavailable, UsageError


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_PLACES", (str(tmp_path / "Chrome.app"),))
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


def test_the_one_that_was_named_is_taken(programs: Path) -> None:
    install(programs / "chromium", programs / "mine")
    assert find_chromium(str(programs / "mine")) == programs / "mine"
    with pytest.raises(UsageError, match=r"--frame-browser-path .*other' is no file; name the browser's program"):
        find_chromium(str(programs / "other"))


def test_without_one_the_reason_names_the_install_line(programs: Path) -> None:
    del programs
    with pytest.raises(BackendUnavailable, match="no Chrome or Chromium is installed") as caught:
        find_chromium()
    assert caught.value.install_hint == "sudo apt-get install -y chromium, or name one with --frame-browser-path"


@pytest.mark.parametrize("user", [0, 1000])
def test_only_root_goes_without_the_sandbox(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    for gpu in ("software", "native"):
        assert ("--no-sandbox" in flags(gpu)) is (user == 0)
        assert ("--use-angle=swiftshader" in flags(gpu)) is (gpu == "software")
