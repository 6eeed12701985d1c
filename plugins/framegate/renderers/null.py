"""The null renderer: a right picture in memory. The template for a new renderer, and a test double.

A new renderer is a class like this one, named in ``framegate.renderers.builtin`` or, from outside, by the hook
``pytest_framegate_renderers``. One that converts on the CPU is shorter still as a ``CPURenderer``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.errors import UsageError
from framegate.gl.scaling import scaled
from framegate.interfaces import AS_TO_PIXELS, Drawing, Stage
from framegate.measure.stages import run
from framegate.render.oracle import layout, to_pixels

if TYPE_CHECKING:
    from framegate.interfaces import Array, GLContext, Pixels, Stages


class NullRenderer:
    """Keeps the oracle's picture, whatever the context."""

    tolerance = 0

    def __init__(self, context: GLContext) -> None:
        self._context = context
        self._accepts: tuple[tuple[int, ...], np.dtype[Any], Drawing] | None = None
        self._drawn = self._shown = np.zeros((0, 0, 4), np.uint8)

    def prepare(self, shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> None:
        """Allocate for tensors of that shape and dtype.

        Raises:
            UsageError: a shape, dtype or range that the oracle does not take.
        """
        size = layout(tuple(shape), np.dtype(dtype).name, drawing).size
        self._accepts = tuple(shape), np.dtype(dtype), drawing
        self._drawn = np.zeros((*size, 4), np.uint8)
        self._shown = self._drawn

    def draw(self, tensor: Array) -> None:
        """The whole way.

        Raises:
            UsageError: not prepared, or not for this.
            WrongOutput: a value is out of range, and not to be clamped.
        """
        run(self.stages(), tensor)

    def stages(self) -> Stages:
        """``draw`` cut into ``convert``, ``draw`` and ``present``."""
        self._check_prepared()
        return (Stage("convert", self._convert), Stage("draw", self._keep), Stage("present", self._show))

    def passes(self) -> Stages:
        """Empty: this renderer uses no device."""
        return ()

    def read(self) -> Pixels:
        """What was drawn last: uint8 RGBA (H, W, 4)."""
        self._check_prepared()
        return self._shown.copy()

    def close(self) -> None:
        """Forget the picture; a second call does nothing."""
        self._accepts = None

    def _convert(self, tensor: Array) -> Pixels:
        shape, dtype, drawing = self._check_prepared()
        if tensor.shape != shape or tensor.dtype != dtype:
            raise UsageError(f"prepared for {dtype} {shape}, got {tensor.dtype} {tensor.shape}; call prepare again")
        return to_pixels(tensor, drawing)

    def _keep(self, rgba: Pixels) -> None:
        np.copyto(self._drawn, rgba)

    def _show(self, _: None) -> None:
        self._shown = scaled(self._drawn, self._check_prepared()[2])

    def _check_prepared(self) -> tuple[tuple[int, ...], np.dtype[Any], Drawing]:
        if self._accepts is None:
            raise UsageError("NullRenderer is not prepared; call prepare(shape, dtype) first")
        return self._accepts
