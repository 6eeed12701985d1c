"""Is the picture of a frame on the screen?"""

from __future__ import annotations

from collections.abc import Callable

from framegate.errors import WrongOutput
from framegate.pipelines.base import Look
from framegate.render.verify import verify_pixels


def is_by_chance(look: Look) -> bool:
    """Whether the model makes something else of the same picture each time that it runs."""
    from framegate.inference.agreement import agrees

    return look.again is not None and not agrees(look.again(), look.outputs, "itself", look.agreement.share)


def is_compared(look: Look, compare: Callable[[Look], None]) -> bool:
    """Compare what was on the screen with something; False where that says nothing, as the model throws dice.

    Raises:
        WrongOutput: they differ.
    """
    try:
        compare(look)
    except WrongOutput:
        if not is_by_chance(look):
            raise
        return False
    return True


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
