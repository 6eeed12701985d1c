"""The page where there is nowhere to show it: in a browser without a window, for a number of frames."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from framegate.browser.chromium import CHROMIUM
from framegate.browser.driver import Browser
from framegate.errors import UsageError
from framegate.files import write_whole

START_S, PICTURE_S, FRAMES_S = 60.0, 60.0, 600.0


def show_headless(address: str, frames: int, screenshot: Path | None) -> str:
    """Open the page, wait until so many frames were on its screen, and say in one line how that went.

    Args:
        address: the page's.
        frames: how many.
        screenshot: where the page is then written to as PNG; None for nowhere.

    Raises:
        UsageError: the number of frames is out of range.
        BackendUnavailable: there is no browser; it says what to install.
        BrowserError: the page shows nothing; the reason is its own.
    """
    if frames < 1:
        raise UsageError(f"--frames {frames}: give the number of frames to wait for, 1 at least")
    browser = Browser(CHROMIUM.find(None), CHROMIUM.flags("software"))
    with closing(browser):
        try:
            browser.open(address, START_S)
            line = str(browser.call("count => reached(count)", frames, FRAMES_S, f"show {frames} frames"))
            picture = None if screenshot is None else browser.picture("body", PICTURE_S)
        except KeyboardInterrupt:
            browser.kill()
            raise
    if screenshot is not None and picture is not None:
        try:
            write_whole(screenshot, picture)
        except OSError as error:
            raise UsageError(f"--screenshot {screenshot}: cannot be written ({error.strerror or error})") from error
        line += f"; wrote {screenshot}"
    return line
