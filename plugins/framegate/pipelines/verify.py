"""Is the picture of a frame on the screen?"""

from __future__ import annotations

from framegate.errors import WrongOutput
from framegate.pipelines.base import Look
from framegate.render.verify import verify_pixels


def verify_screen(look: Look) -> None:
    """Compare what a screen showed after a frame with the oracle's picture of what was to be drawn.

    Raises:
        WrongOutput: they differ.
    """
    try:
        verify_pixels(look.screen, look.drawn, look.tolerance, look.drawing)
    except WrongOutput as error:
        raise WrongOutput(
            f"after {look.after} the screen does not show the picture that was fed last: {error}"
        ) from None
