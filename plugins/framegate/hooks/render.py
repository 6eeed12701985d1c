"""Fixtures: GL contexts, renderers, a test picture, and the check that a wrong picture fails its benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from framegate.errors import GLError, WrongOutput
from framegate.hooks.outcome import ERROR, named
from framegate.hooks.registries import registries_of
from framegate.hooks.report import note
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.hooks.pictures import KeepLook, KeepWrong
    from framegate.hooks.trace import TraceTimer
    from framegate.interfaces import Array, Drawing, Float32, GLContext, MakeRenderer, Renderer
    from framegate.measure.frame import FrameLoop
    from framegate.once import Once
    from framegate.pipelines.base import Look
    from framegate.results.frame_info import FrameInfo
    from framegate.trace.keeper import Keeper

WAITS_NOT = "--frame-vsync changed nothing: this display does not let a swap wait."
WAITS = "With vertical synchronisation `present` waits for the display: its time is the display's."


@pytest.fixture(scope="session")
def gl_contexts(pytestconfig: pytest.Config) -> Iterator[Once[str, GLContext]]:
    """Opens each GL context at its first use, once a session; all are released at the end, the newest first.

    One that broke is given up by ``gl_context``, and opened anew for the next cell.
    """
    from framegate.gl.selection import parse_choice
    from framegate.once import Once

    factories = registries_of(pytestconfig).contexts
    request = options_of(pytestconfig).request

    def open_context(name: str) -> GLContext:
        kind, device = parse_choice(name, factories)
        return factories[kind](replace(request, device=device))

    contexts = Once(open_context)
    yield contexts
    with ExitStack() as at_end:
        for context in contexts.made.values():
            at_end.callback(context.release)


@pytest.fixture
def gl_context(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    frame_gl: str,
    gl_contexts: Once[str, GLContext],
    frame_info: FrameInfo,
) -> Iterator[GLContext]:
    """The cell's GL context, current while the test runs; the cell fails if it leaves errors or objects in it.

    After a GLError, in the test, its fixtures or here, the context is given up: the next cell gets a new one.
    """
    from framegate.gl.leftovers import watch

    with named(pytestconfig, "GL context", frame_gl):
        context = gl_contexts(frame_gl)
    info = context.info()
    frame_info.add(gl=context.name, gl_renderer=info.renderer, is_software=info.is_software, vsync=info.vsync)
    if info.vsync:
        note(pytestconfig, WAITS)
    elif info.vsync is not None and options_of(pytestconfig).request.vsync:
        note(pytestconfig, WAITS_NOT)
    with ExitStack() as broken:
        broken.callback(_give_up, gl_contexts, frame_gl)
        with context.current():
            check_leftovers = watch(context)
            yield context
            if isinstance(request.node.stash.get(ERROR, None), GLError):
                return
            check_leftovers()
        broken.pop_all()


@contextmanager
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the context's fixture know of an error of OpenGL's in a teardown, which pytest reports only after it."""
    try:
        yield
    except GLError as error:
        request.node.stash[ERROR] = error
        raise


def _give_up(contexts: Once[str, GLContext], name: str) -> None:
    # The cell has failed by its own error; what a broken driver says to being left is no news.
    with suppress(Exception):
        contexts.forget(name).release()


@pytest.fixture
def renderer_drawings() -> dict[int, Drawing]:
    """How the renderers of the test were told to draw: ``id(renderer)`` -> drawing."""
    return {}


@pytest.fixture
def make_renderer(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    frame_renderer: str,
    gl_context: GLContext,
    renderer_drawings: dict[int, Drawing],
    trace_keeper: Keeper | None,
) -> Iterator[MakeRenderer]:
    """Builds and prepares the cell's renderer for tensors of a shape and dtype, and closes it after the test."""
    from framegate.interfaces import AS_TO_PIXELS
    from framegate.pipelines.base import PYTHON

    with _noted(request), ExitStack() as closing:

        def make(shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Renderer:
            with named(pytestconfig, "renderer", frame_renderer):
                renderer = registries_of(pytestconfig).renderers[PYTHON][frame_renderer](gl_context)
                closing.callback(renderer.close)
                renderer.prepare(shape, dtype, drawing)
            if trace_keeper is not None:
                _watch_device(trace_keeper, renderer, gl_context, closing)
            renderer_drawings[id(renderer)] = drawing
            return renderer

        yield make


def _watch_device(keeper: Keeper, renderer: Renderer, context: GLContext, objects: ExitStack) -> None:
    """Have the context's device note when it does the renderer's passes, if it has a clock and the renderer lets it."""
    from framegate.gl.timer import Timestamps

    watch_passes = getattr(renderer, "watch_passes", None)
    timestamps = None if watch_passes is None else Timestamps.of(context, objects)
    if watch_passes is not None and timestamps is not None:
        watch_passes(timestamps.around)
        info = context.info()
        keeper.watch_device(f"{info.renderer}{', software on the CPU' if info.is_software else ''}", timestamps)


@pytest.fixture
def output_tensors(frame_size: str) -> list[Float32]:
    """Pictures such as a model returns, to be drawn in turn: float32 (H, W, 3) in [0, 1], without symmetry."""
    from framegate.frames.turns import TURNS, WARM_UP
    from framegate.interfaces import Size
    from framegate.render.outputs import scrolled_outputs

    return scrolled_outputs(Size.parse(frame_size), WARM_UP + TURNS)


@pytest.fixture
def output_tensor(output_tensors: list[Float32]) -> Float32:
    """The first of these pictures."""
    return output_tensors[0]


@pytest.fixture
def renderer(pytestconfig: pytest.Config, make_renderer: MakeRenderer, output_tensor: Float32) -> Renderer:
    """The cell's renderer, prepared for ``output_tensor`` and drawing as the options say."""
    return make_renderer(output_tensor.shape, str(output_tensor.dtype), options_of(pytestconfig).drawing)


@pytest.fixture
def render_loop(renderer: Renderer, output_tensors: list[Float32], trace_timer: TraceTimer) -> FrameLoop:
    """Each call draws the next of ``output_tensors``; the seconds of the renderer's stages are kept."""
    from framegate.frames.turns import WARM_UP
    from framegate.measure.frame import FrameLoop

    loop = FrameLoop(output_tensors, renderer.stages(), first=WARM_UP)
    trace_timer(loop.timer)
    return loop


WarmUp = Callable[["FrameLoop", "Renderer"], None]


@pytest.fixture
def warm_up(keep_look: KeepLook | None, output_tensors: list[Float32], renderer_drawings: dict[int, Drawing]) -> WarmUp:
    """Takes the frames that come before the measured ones to a renderer's screen.

    What the first one shows is kept where pictures are asked for; nothing is read back without.
    """
    from framegate.pipelines.python import FIRST

    def warm(loop: FrameLoop, renderer: Renderer) -> None:
        def keep() -> None:
            if keep_look is not None:
                keep_look(_look(renderer, output_tensors[0], FIRST, renderer_drawings))

        loop.warm_up(bool if keep_look is None else keep)

    return warm


@pytest.fixture
def verify_pixels(keep_wrong: KeepWrong, renderer_drawings: dict[int, Drawing]) -> Callable[[Renderer, Array], None]:
    """Compares what a renderer shows with the ``topixels`` oracle; raises ``WrongOutput`` where they differ.

    A wrong picture is kept where pictures are asked for.
    The oracle draws as the renderer was told to by ``make_renderer``; as ``toPixels`` does, if it was made elsewhere.
    Nothing is drawn for it: have different pictures drawn in turn, so that a renderer which shows an earlier one is
    found out.
    """
    from framegate.pipelines.python import LAST
    from framegate.render.verify import verify_pixels as compare_with_oracle

    def verify(renderer: Renderer, tensor: Array) -> None:
        look = _look(renderer, tensor, LAST, renderer_drawings)
        try:
            compare_with_oracle(look.screen, tensor, look.tolerance, look.drawing)
        except WrongOutput:
            keep_wrong(look)
            raise

    return verify


def _look(renderer: Renderer, tensor: Array, after: str, drawings: dict[int, Drawing]) -> Look:
    """What a renderer shows, with no model before it."""
    from framegate.interfaces import AS_TO_PIXELS
    from framegate.pipelines.base import Look

    drawing = drawings.get(id(renderer), AS_TO_PIXELS)
    return Look(after, renderer.read(), tensor, [], {}, drawing, renderer.tolerance)
