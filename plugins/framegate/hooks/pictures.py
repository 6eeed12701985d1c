"""Keep what was drawn: ``--frame-pictures FOLDER`` writes each cell's input and screen as PNG files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from framegate.hooks.options import options_of

if TYPE_CHECKING:
    from framegate.interfaces import Pixels

SavePicture = Callable[[str, "Pixels"], None]


@pytest.fixture
def save_picture(request: pytest.FixtureRequest) -> SavePicture:
    """Writes uint8 RGB, RGBA or grey to FOLDER/TEST-WHAT.png, or does nothing without ``--frame-pictures``."""
    folder = options_of(request.config).pictures

    def save(what: str, picture: Pixels) -> None:
        if folder is not None:
            from framegate.frames.files import write_png

            cell = re.sub(r"[^\w.+-]+", "-", request.node.name).strip("-")
            write_png(folder / f"{cell}-{what}.png", picture)

    return save
