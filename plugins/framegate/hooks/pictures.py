"""Keep what was drawn: ``--frame-pictures FOLDER`` writes each cell's input and screen as PNG files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from framegate.errors import UsageError
from framegate.interfaces import Pixels

SavePicture = Callable[[str, Pixels], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("framegate").addoption(
        "--frame-pictures",
        metavar="FOLDER",
        help="write each cell's picture, as read back from the screen, and the picture its model was fed, as PNG files",
    )


@pytest.fixture
def save_picture(request: pytest.FixtureRequest) -> SavePicture:
    """Writes uint8 RGB, RGBA or grey to FOLDER/TEST-WHAT.png, or does nothing without ``--frame-pictures``."""
    folder = request.config.getoption("frame_pictures")
    if folder == "":
        raise UsageError("--frame-pictures is empty; name a folder, or leave it out")

    def save(what: str, picture: Pixels) -> None:
        if folder is not None:
            from framegate.frames.files import write_png

            cell = re.sub(r"[^\w.+-]+", "-", request.node.name).strip("-")
            write_png(Path(folder) / f"{cell}-{what}.png", picture)

    return save
