"""What renderers share: one way from ``prepare`` through three stages to a screen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from framegate.errors import UsageError
from framegate.interfaces import AS_TO_PIXELS, Drawing, Stage
from framegate.measure.stages import run
from framegate.render.oracle import Layout, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, GLContext, Pixels, Screen, Stages

    Convert = Callable[[Array], Pixels]


class ScreenRenderer(ABC):
    """A renderer that ends on a screen of its context.

    A subclass makes the screen and says what happens to a tensor; it is called with what it was prepared for only.
    """

    tolerance = 0

    def __init__(self, context: GLContext) -> None:
        self._context = context
        self._screen: Screen | None = None
        self._stages: Stages = ()

        self._objects = ExitStack()

    @abstractmethod
    def _allocate(
        self, picture: Layout, objects: ExitStack
    ) -> tuple[Screen, Callable[[Array], Any], Callable[[Any], None]]:
        """The screen, what ``convert`` does to a tensor, and what ``draw`` does to the result.

        Whatever has to be given back, the screen too, is given to ``objects`` as soon as it is there.
        """

    def prepare(self, shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> None:
        """Allocate for tensors of that shape and dtype; what was prepared before is given back.

        Raises:
            UsageError: a shape or dtype that ``toPixels`` does not take.
            BackendUnavailable: a size or context that the renderer does not take.
        """
        picture = layout(tuple(shape), np.dtype(dtype).name, drawing)
        self.close()
        with ExitStack() as objects:
            screen, convert, draw = self._allocate(picture, objects)
            self._objects = objects.pop_all()
        self._screen = screen
        self._stages = (
            Stage("convert", _only(tuple(shape), np.dtype(dtype), convert)),
            Stage("draw", draw),
            Stage("present", lambda _: screen.present()),
        )

    def draw(self, tensor: Array) -> None:
        """The whole way; returns only when the pixels are in the framebuffer.

        Raises:
            UsageError: not what was prepared for.
            WrongOutput: a renderer that converts on the CPU met a value out of range.
        """
        run(self.stages(), tensor)

    def stages(self) -> Stages:
        """``draw`` cut into ``convert``, ``draw`` and ``present``.

        Raises:
            UsageError: nothing is prepared.
        """
        return self._stages or self._unprepared()

    def read(self) -> Pixels:
        """What is on the screen: uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            UsageError: nothing is prepared.
        """
        return self._unprepared() if self._screen is None else self._screen.read()

    def close(self) -> None:
        """Give everything back; a second call does nothing, and ``prepare`` may follow."""
        self._screen, self._stages = None, ()
        self._objects.close()

    def _unprepared(self) -> NoReturn:
        raise UsageError(f"{type(self).__name__} is not prepared; call prepare(shape, dtype) first")


class CPURenderer(ScreenRenderer):
    """A renderer that converts on the CPU and shows the bytes; a subclass is its way of converting."""

    @abstractmethod
    def converter(self, picture: Layout) -> Convert:
        """A function from a tensor of that layout to uint8 RGBA; its buffers are allocated here."""

    def _allocate(
        self, picture: Layout, objects: ExitStack
    ) -> tuple[Screen, Callable[[Array], Any], Callable[[Any], None]]:
        convert = self.converter(picture)
        screen = self._context.screen(picture.size)
        objects.callback(screen.close)
        return screen, convert, screen.show


def _only(shape: tuple[int, ...], dtype: np.dtype[Any], convert: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """Hand on tensors of one shape and dtype: buffers are that large, and OpenGL would read past a smaller one."""

    def guarded(tensor: Array) -> Any:
        if tensor.shape != shape or tensor.dtype != dtype:
            raise UsageError(f"prepared for {dtype} {shape}, got {tensor.dtype} {tensor.shape}; call prepare again")
        return convert(tensor)

    return guarded
