"""Fixtures: GL contexts, renderers, a test picture, and the check that a wrong picture fails its benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Protocol

import pytest

from framegate.errors import GLError
from framegate.gl.leftovers import watch
from framegate.gl.selection import parse_choice
from framegate.hooks.describe import FrameInfo
from framegate.hooks.options import OPTIONS
from framegate.hooks.outcome import ERROR, named
from framegate.hooks.pictures import SavePicture
from framegate.hooks.registries import REGISTRIES
from framegate.hooks.report import note
from framegate.interfaces import AS_TO_PIXELS, Array, Drawing, Float32, GLContext, Renderer, Size
from framegate.measure.stages import StageTimer
from framegate.once import Once

WAITS_NOT = "--frame-vsync changed nothing: this display does not let a swap wait."
WAITS = "With vertical synchronisation `present` waits for the display: its time is the display's."


@pytest.fixture(scope="session")
def gl_contexts(pytestconfig: pytest.Config) -> Iterator[Once[str, GLContext]]:
    """Opens each GL context at its first use, once a session; all are released at the end, the newest first.

    One that broke is given up by ``gl_context``, and opened anew for the next cell.
    """
    factories = pytestconfig.stash[REGISTRIES].contexts
    request = pytestconfig.stash[OPTIONS].request

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
    with named(pytestconfig, "GL context", frame_gl):
        context = gl_contexts(frame_gl)
    info = context.info()
    frame_info.update(gl=context.name, gl_renderer=info.renderer, is_software=info.is_software, vsync=info.vsync)
    if info.vsync:
        note(pytestconfig, WAITS)
    elif info.vsync is not None and pytestconfig.stash[OPTIONS].request.vsync:
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


class MakeRenderer(Protocol):
    """Builds and prepares a renderer."""

    def __call__(self, shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Renderer:
        """Build and prepare it."""
        ...


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
) -> Iterator[MakeRenderer]:
    """Builds and prepares the cell's renderer for tensors of a shape and dtype, and closes it after the test."""
    with _noted(request), ExitStack() as made:

        def make(shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Renderer:
            with named(pytestconfig, "renderer", frame_renderer):
                renderer = pytestconfig.stash[REGISTRIES].renderers[frame_renderer](gl_context)
                made.callback(renderer.close)
                renderer.prepare(shape, dtype, drawing)
            renderer_drawings[id(renderer)] = drawing
            return renderer

        yield make


@pytest.fixture
def output_tensor(frame_size: str) -> Float32:
    """A picture such as a model returns: float32 (H, W, 3) in [0, 1], no symmetry, both ends of the range reached."""
    import numpy as np

    size = Size.parse(frame_size)
    tensor = np.random.default_rng(0).random((*size, 3), np.float32) * np.float32(0.2)
    tensor[..., 0] += np.linspace(0.0, 0.8, size.width, dtype=np.float32)
    tensor[..., 1] += np.linspace(0.0, 0.8, size.height, dtype=np.float32)[:, np.newaxis]
    tensor[0, 0], tensor[-1, -1] = 0.0, 1.0
    np.clip(tensor, 0.0, 1.0, out=tensor)
    return tensor


@pytest.fixture
def renderer(pytestconfig: pytest.Config, make_renderer: MakeRenderer, output_tensor: Float32) -> Renderer:
    """The cell's renderer, prepared for ``output_tensor`` and drawing as the options say."""
    return make_renderer(output_tensor.shape, str(output_tensor.dtype), pytestconfig.stash[OPTIONS].drawing)


@pytest.fixture
def render_timer(renderer: Renderer, output_tensor: Float32) -> StageTimer:
    """The renderer's stages as one call on a tensor; the seconds of each are kept.

    One frame is drawn before: drivers compile shaders at the first, whose time must not decide on the rounds.
    """
    renderer.draw(output_tensor)
    return StageTimer(renderer.stages())


@pytest.fixture
def verify_pixels(
    save_picture: SavePicture, renderer_drawings: dict[int, Drawing]
) -> Callable[[Renderer, Array], None]:
    """Compares what a renderer shows with the ``topixels`` oracle; raises ``WrongOutput`` where they differ.

    The oracle draws as the renderer was told to by ``make_renderer``; as ``toPixels`` does, if it was made elsewhere.
    The picture is then drawn once more upside down, so that a renderer which draws only its first frame is found out.
    """
    from framegate.render.verify import verify_pixels as compare_with_oracle

    def verify(renderer: Renderer, tensor: Array) -> None:
        drawing = renderer_drawings.get(id(renderer), AS_TO_PIXELS)
        shown = renderer.read()
        save_picture("screen", shown)
        compare_with_oracle(shown, tensor, renderer.tolerance, drawing)
        upside_down = tensor[::-1].copy()
        renderer.draw(upside_down)
        compare_with_oracle(renderer.read(), upside_down, renderer.tolerance, drawing)

    return verify
