"""The picture in the window: what the model was fed, what came to the screen, and figures below. Drawn by OpenCV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from framegate.interfaces import Pixels

HEIGHT = 384
"""Rows of both pictures."""
LEAST_WIDTH = 640
LINE = 20
"""Rows of a line of text."""
MARGIN = 8
BAR = 14
"""Rows of the bar of stages."""
SCALE = 0.45
"""Of OpenCV's font."""
INK, PAPER = (235, 235, 235), (24, 24, 28)
COLOURS = (
    (102, 194, 165),
    (252, 141, 98),
    (141, 160, 203),
    (231, 138, 195),
    (166, 216, 84),
    (255, 217, 47),
    (229, 196, 148),
)
"""Of the stages, in turn: ColorBrewer's Set2, which people with colour blindness tell apart."""


def window_picture(
    fed: Pixels, screen: Pixels, lines: Sequence[str], stages_s: Mapping[str, float], text_lines: int
) -> Pixels:
    """Both pictures side by side, and below them the bar of stages and lines of text.

    Args:
        fed: what the model was fed, uint8 (H, W, 3) or (H, W).
        screen: what is on the screen, uint8 RGBA (H, W, 4).
        lines: text; what does not fit into the width is cut off.
        stages_s: stage -> seconds.
        text_lines: number of lines that there is room for, so that the picture keeps its size.

    Returns:
        uint8 RGB (H, W, 3); its size follows from those of both pictures and from ``text_lines``.
    """
    pictures = np.hstack([_scaled(fed), _scaled(screen)])
    width = max(pictures.shape[1], LEAST_WIDTH)
    panel = np.full((2 * MARGIN + BAR + (1 + text_lines) * LINE, width, 3), PAPER, np.uint8)
    _draw_stages(panel, stages_s)
    for row, line in enumerate(lines[:text_lines], 1):
        _write(panel, line, (MARGIN, MARGIN + BAR + row * LINE + LINE - 5), INK)
    whole = np.full((HEIGHT + panel.shape[0], width, 3), PAPER, np.uint8)
    whole[:HEIGHT, : pictures.shape[1]] = pictures
    whole[HEIGHT:] = panel
    return whole


def empty_picture(lines: Sequence[str], text_lines: int) -> Pixels:
    """The same before there is anything to show: lines of text alone; uint8 RGB (H, W, 3)."""
    paper = np.full((HEIGHT, HEIGHT, 4), (*PAPER, 255), np.uint8)
    return window_picture(paper[..., :3], paper, lines, {}, text_lines)


def _scaled(picture: Pixels) -> Pixels:
    import cv2

    rgb = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB) if picture.ndim == 2 else picture[..., :3]
    height, width = rgb.shape[:2]
    scaling = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_NEAREST
    size = (max(1, round(width * HEIGHT / height)), HEIGHT)
    return cast("Pixels", cv2.resize(rgb, size, interpolation=scaling))


def _draw_stages(panel: Pixels, stages_s: Mapping[str, float]) -> None:
    """A bar to scale, and below it the name and the milliseconds of each stage that is seen in it."""
    total_s = sum(stages_s.values())
    if not total_s:
        return
    room = panel.shape[1] - 2 * MARGIN
    left, text_at = float(MARGIN), MARGIN
    for index, (stage, stage_s) in enumerate(stages_s.items()):
        colour = COLOURS[index % len(COLOURS)]
        right = left + room * stage_s / total_s
        panel[MARGIN : MARGIN + BAR, round(left) : round(right)] = colour
        left = right
        if stage_s >= total_s / 100:
            text_at += (
                _write(panel, f"{stage} {1000 * stage_s:.3g}", (text_at, MARGIN + BAR + LINE - 5), colour) + MARGIN
            )


def _write(panel: Pixels, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> int:
    """Write a line; returns its width. OpenCV's font has no other characters than ASCII's."""
    import cv2

    ascii_only = text.encode("ascii", "replace").decode()
    cv2.putText(panel, ascii_only, at, cv2.FONT_HERSHEY_SIMPLEX, SCALE, colour, 1, cv2.LINE_AA)
    width: int = cv2.getTextSize(ascii_only, cv2.FONT_HERSHEY_SIMPLEX, SCALE, 1)[0][0]
    return width
