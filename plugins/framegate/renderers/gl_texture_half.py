"""A float16 texture: one pass more on the CPU, half the bytes to upload."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.render.base import DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.render.guard import checked
from framegate.render.oracle import limits
from framegate.render.texels import FLOAT16, TensorTexture, from_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.interfaces import Array
    from framegate.render.oracle import Layout

    Narrow = Callable[[Array, Array], None]


class GLTextureHalfRenderer(DeviceRenderer):
    """Narrows to float16, which has 11 bits where the screen has 8, and lets the device convert the rest."""

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        # float16 is finest next to 0 and ends at 65504, so a range is brought to [0, 1] before it is narrowed.
        unit = picture._replace(drawing=replace(picture.drawing, value_range=(0.0, 1.0)))
        texture = TensorTexture(screen, unit, FLOAT16, objects)
        return DrawPlan(screen, _narrowed(picture), from_memory(texture.replace), texture.draw)


def _narrowed(picture: Layout) -> Callable[[Array], Array]:
    check = checked(picture)
    half = np.empty((*picture.size, picture.depth), np.float16)
    flat = half.reshape(1, -1)
    low, high = limits(picture.dtype, picture.drawing)
    narrow = _opencv_narrow() if picture.dtype == "float32" else _numpy_narrow
    if picture.dtype != "float32" or (low, high) == (0, 1):
        return lambda tensor: _filled(half, narrow, check(tensor).reshape(1, -1), flat)
    scratch = np.empty(flat.shape, np.float32)
    low32, scale32 = np.float32(low), np.float32(1 / (high - low))

    def convert(tensor: Array) -> Array:
        with np.errstate(over="ignore"):
            np.subtract(check(tensor).reshape(1, -1), low32, out=scratch)
            np.multiply(scratch, scale32, out=scratch)
        return _filled(half, narrow, scratch, flat)

    return convert


def _filled(half: Array, narrow: Narrow, values: Array, flat: Array) -> Array:
    narrow(values, flat)
    return half


def _opencv_narrow() -> Narrow:
    """OpenCV narrows ten times as fast as numpy, where it is new enough to write float16."""
    try:
        import cv2
    except ImportError:
        return _numpy_narrow
    add: Any = cv2.add  # annotated without the scalars that it takes

    def narrow(values: Array, out: Array) -> None:
        add(values, 0.0, dst=out, dtype=cv2.CV_16F)

    third, narrowed = np.full((1, 9), 1 / 3, np.float32), np.zeros((1, 9), np.float16)
    try:
        narrow(third, narrowed)
    except cv2.error:
        return _numpy_narrow
    return narrow if (narrowed == third.astype(np.float16)).all() else _numpy_narrow


def _numpy_narrow(values: Array, out: Array) -> None:
    # What float16 cannot hold becomes an infinity, and is clamped with the rest.
    with np.errstate(over="ignore"):
        np.copyto(out, values, casting="unsafe")
