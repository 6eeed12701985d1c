"""What renderers share: one way from ``prepare`` through three stages to a screen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from framegate.errors import UsageError
from framegate.interfaces import AS_TO_PIXELS, Drawing, Stage
from framegate.measure.stages import run
from framegate.render.oracle import Layout, layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, GLContext, Pixels, Screen, Size, Stages

    Convert = Callable[[Array], Pixels]
    Around = Callable[[str, Callable[..., Any]], Callable[..., Any]]


class DrawPlan(NamedTuple):
    """What is done for each tensor until it is on a screen.

    Attributes:
        screen: where its picture ends.
        convert: what is done to the tensor on the CPU.
        upload: call that hands the result to the device.
        draw: call that asks the device to bring what was uploaded to the screen's framebuffer.
    """

    screen: Screen
    convert: Callable[[Array], Any]
    upload: Callable[[Any], None]
    draw: Callable[[], None]


class ScreenRenderer(ABC):
    """A renderer that ends on a screen of its context.

    A subclass plans what is done for each tensor; all of them have the layout that it was prepared for.
    """

    tolerance = 0

    def __init__(self, context: GLContext) -> None:
        self._context = context
        self._plan: DrawPlan | None = None
        self._stages: Stages = ()
        self._objects = ExitStack()

    @abstractmethod
    def _allocate(self, picture: Layout, objects: ExitStack) -> DrawPlan:
        """Make the plan; whatever has to be given back, the screen too, goes to ``objects`` as soon as it is there."""

    def prepare(self, shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> None:
        """Allocate for tensors of that shape and dtype; what was prepared before is given back.

        Raises:
            UsageError: a shape, dtype or range that cannot be shown.
            BackendUnavailable: a size or context that the renderer does not take.
        """
        picture = layout(tuple(shape), np.dtype(dtype).name, drawing)
        self.close()
        with ExitStack() as objects:
            plan = self._allocate(picture, objects)
            self._objects = objects.pop_all()
        self._plan = plan
        convert = Stage("convert", _only(tuple(shape), np.dtype(dtype), plan.convert))
        self._stages = (convert, *self._drawing(plan.upload, plan.draw, plan.screen.present))

    def watch_passes(self, around: Around) -> None:
        """Have stages make each pass through ``around`` until ``prepare`` is called; ask for ``stages`` anew.

        Args:
            around: function from the name of a pass and its call to what is called in its place.

        Raises:
            UsageError: nothing is prepared.
        """
        plan, (convert, *_) = self._plan or self._unprepared(), self._stages
        upload, draw = around("upload", plan.upload), around("draw", plan.draw)
        self._stages = (convert, *self._drawing(upload, draw, around("present", plan.screen.present)))

    def _drawing(
        self, upload: Callable[[Any], Any], draw: Callable[[], Any], present: Callable[[], Any]
    ) -> tuple[Stage, Stage]:
        """The stages of the device, each of which ends when its pixels are there and not when they were asked for."""
        finish = self._context.finish

        def drawn(converted: Any) -> None:
            upload(converted)
            draw()
            finish()

        def presented(_: Any) -> None:
            present()
            finish()

        return Stage("draw", drawn), Stage("present", presented)

    def draw(self, tensor: Array) -> None:
        """The whole way; returns only when the pixels are in the framebuffer.

        Raises:
            UsageError: not what was prepared for.
            WrongOutput: a value is out of range, and the drawing is strict.
        """
        run(self.stages(), tensor)

    def stages(self) -> Stages:
        """``draw`` cut into ``convert``, ``draw`` and ``present``.

        Raises:
            UsageError: nothing is prepared.
        """
        return self._stages or self._unprepared()

    def passes(self) -> Stages:
        """What the device is asked for, without waiting: ``upload``, ``draw`` and ``present``.

        Raises:
            UsageError: nothing is prepared.
        """
        plan = self._plan or self._unprepared()
        return (
            Stage("upload", plan.upload),
            Stage("draw", lambda _: plan.draw()),
            Stage("present", lambda _: plan.screen.present()),
        )

    def read(self) -> Pixels:
        """What is on the screen: uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            UsageError: nothing is prepared.
        """
        return (self._plan or self._unprepared()).screen.read()

    def read_corner(self, size: Size) -> Pixels:
        """The upper left corner of what is on the screen, of that height and width.

        Raises:
            UsageError: nothing is prepared.
        """
        return (self._plan or self._unprepared()).screen.read(size)

    def close(self) -> None:
        """Give everything back; a second call does nothing, and ``prepare`` may follow."""
        self._plan, self._stages = None, ()
        self._objects.close()

    def _unprepared(self) -> NoReturn:
        raise UsageError(f"{type(self).__name__} is not prepared; call prepare(shape, dtype) first")


class CPURenderer(ScreenRenderer):
    """A renderer that converts on the CPU and has the bytes drawn; a subclass is its way of converting."""

    @abstractmethod
    def converter(self, picture: Layout) -> Convert:
        """A function from a tensor of that layout to uint8 RGBA; its buffers are allocated here."""

    def _allocate(self, picture: Layout, objects: ExitStack) -> DrawPlan:
        convert = self.converter(picture)
        screen = self._context.screen(picture.size, picture.drawing)
        objects.callback(screen.close)
        canvas = screen.canvas()
        return DrawPlan(screen, convert, canvas.upload, canvas.draw)


def _only(shape: tuple[int, ...], dtype: np.dtype[Any], convert: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """Hand on tensors of one shape and dtype: buffers are that large, and OpenGL would read past a smaller one."""

    def guarded(tensor: Array) -> Any:
        if tensor.shape != shape or tensor.dtype != dtype:
            raise UsageError(f"prepared for {dtype} {shape}, got {tensor.dtype} {tensor.shape}; call prepare again")
        return convert(tensor)

    return guarded
