"""What every renderer does in every context; a new one passes this and has no test of its own to write."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from framegate.errors import BackendUnavailable, UsageError, WrongOutput
from framegate.interfaces import Array, Drawing, GLContext, Renderer, Size
from framegate.measure.stages import run
from framegate.render.oracle import to_pixels
from framegate.render.stamp import Stamp
from framegate.render.verify import verify_pixels
from framegate.renderers import builtin

OpenContext = Callable[[str], GLContext]
CONTEXTS = ("egl", "glfw", "osmesa", "null")
CELLS = [
    pytest.param(renderer, context, id=f"{renderer}-{context}")
    for renderer in builtin()
    for context in CONTEXTS
    if not (renderer.startswith("gl-") and context == "null")
]
every_cell = pytest.mark.parametrize(("renderer_name", "context_name"), CELLS)
FLOATS = [0.0, -0.0, 1.0, 0.5, 0.7, 0.9, 0.5 / 255, 254.5 / 255, 1e-40]


@st.composite
def tensors(draw: st.DrawFn) -> Array:
    height, width = draw(st.integers(1, 33)), draw(st.integers(1, 33))
    shape = (height, width, *draw(st.sampled_from([(), (1,), (3,), (4,)])))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    if draw(st.booleans()):
        return rng.integers(0, 256, shape, dtype=np.int32)
    tensor = rng.random(shape, np.float32)
    tensor.flat[: draw(st.integers(0, 9))] = np.array(FLOATS, np.float32)[: tensor.size][: tensor.size]
    layout = draw(st.sampled_from(["plain", "reversed", "columns first"]))
    if layout == "reversed":
        return tensor[::-1, ::-1]
    return np.asfortranarray(tensor) if layout == "columns first" else tensor


def asymmetric(shape: tuple[int, ...], dtype: str = "float32") -> Array:
    count = int(np.prod(shape))
    ramp = np.linspace(0, 1 if dtype == "float32" else 255, count).reshape(shape).astype(dtype)
    ramp[0, 0] = 1 if dtype == "float32" else 255
    return ramp


@every_cell
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tensor=tensors())
@example(tensor=asymmetric((3, 7, 3)))
@example(tensor=asymmetric((7, 3), "int32"))
def test_draws_what_the_oracle_draws(
    renderer_name: str, context_name: str, tensor: Array, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current():
        renderer: Renderer = builtin()[renderer_name](context)
        renderer.prepare(tensor.shape, str(tensor.dtype))
        renderer.draw(tensor)
        verify_pixels(renderer.read(), tensor, renderer.tolerance)
        renderer.close()


@pytest.mark.parametrize("name", builtin())
def test_only_renderers_that_convert_on_the_gpu_are_allowed_a_step(name: str, shared_context: OpenContext) -> None:
    renderer = builtin()[name](shared_context("egl"))
    converts_on_the_cpu = not name.startswith("gl-") or name in ("gl-blit", "gl-upload", "gl-upload-numba")
    assert renderer.tolerance == (0 if converts_on_the_cpu else 1)
    for member in (name for name in vars(Renderer) if not name.startswith("_") and name != "tolerance"):
        wanted, found = getattr(Renderer, member), getattr(type(renderer), member)
        assert list(inspect.signature(found).parameters) == list(inspect.signature(wanted).parameters), member


@every_cell
def test_the_first_row_is_the_top_and_the_first_column_the_left(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    tensor = np.zeros((4, 6, 3), np.float32)
    tensor[0] = (1, 0, 0)
    tensor[:, 0] = (0, 1, 0)
    tensor[0, 0] = (0, 0, 1)
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(tensor.shape, "float32")
        renderer.draw(tensor)
        seen = renderer.read()
        renderer.close()
    assert seen[0, 0].tolist() == [0, 0, 255, 255]
    assert seen[0, -1].tolist() == [255, 0, 0, 255]
    assert seen[-1, 0].tolist() == [0, 255, 0, 255]
    assert seen[-1, -1].tolist() == [0, 0, 0, 255]


@every_cell
@pytest.mark.parametrize("window", [None, Size(20, 31)])
def test_the_number_of_a_frame_comes_back_from_the_screen(
    renderer_name: str, context_name: str, window: Size | None, shared_context: OpenContext
) -> None:
    tensor = asymmetric((24, 36, 3))
    drawing = Drawing(window=window)
    stamp = Stamp(tensor.shape, drawing)
    context = shared_context(context_name)
    with context.current():
        renderer: Renderer = builtin()[renderer_name](context)
        renderer.prepare(tensor.shape, "float32", drawing)
        for number in (0, 1, 0x5AA5, 0xFFFF, 2):
            stamp.number = number
            renderer.draw(stamp(tensor))
            assert stamp.read(renderer) == number
        renderer.close()


@every_cell
def test_heeds_no_state_that_others_leave_behind(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    tensor = asymmetric((5, 7, 1))
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(tensor.shape, "float32")
        if context_name != "null":
            gl = context.functions
            for parameter in (gl.GL_UNPACK_ALIGNMENT, gl.GL_PACK_ALIGNMENT):
                gl.glPixelStorei(parameter, 8)
            gl.glViewport(0, 0, 2, 2)
            for target, bind in ((gl.GL_FRAMEBUFFER, gl.glBindFramebuffer), (gl.GL_TEXTURE_2D, gl.glBindTexture)):
                bind(target, 0)
            gl.glUseProgram(0)
            gl.glBindVertexArray(0)
        renderer.draw(tensor)
        verify_pixels(renderer.read(), tensor, renderer.tolerance)
        renderer.close()


@every_cell
def test_draw_is_its_three_stages_in_order(renderer_name: str, context_name: str, shared_context: OpenContext) -> None:
    first, second = asymmetric((5, 9, 3)), asymmetric((5, 9, 3))[:, ::-1]
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(first.shape, "float32")
        stages = renderer.stages()
        assert [stage.name for stage in stages] == ["convert", "draw", "present"]
        assert run(stages, first) is None
        verify_pixels(renderer.read(), first, renderer.tolerance)
        renderer.draw(second)
        verify_pixels(renderer.read(), second, renderer.tolerance)
        run(stages, first)
        verify_pixels(renderer.read(), first, renderer.tolerance)
        renderer.close()


@every_cell
def test_prepares_anew_for_another_shape_and_after_close(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        for shape, dtype in (((5, 9, 3), "float32"), ((9, 5), "int32"), ((2, 2, 4), "float32")):
            renderer.prepare(shape, dtype)
            renderer.draw(asymmetric(shape, dtype))
            verify_pixels(renderer.read(), asymmetric(shape, dtype), renderer.tolerance)
        renderer.close()
        renderer.close()
        renderer.prepare((3, 3), "float32")
        renderer.draw(asymmetric((3, 3)))
        verify_pixels(renderer.read(), asymmetric((3, 3)), renderer.tolerance)
        renderer.close()


@every_cell
def test_refuses_what_it_was_not_prepared_for(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    with context.current():
        renderer = builtin()[renderer_name](context)
        for use in (renderer.stages, renderer.read, lambda: renderer.draw(asymmetric((5, 9, 3)))):
            with pytest.raises(UsageError, match=r"Renderer is not prepared; call prepare\(shape, dtype\) first"):
                use()
        renderer.prepare((5, 9, 3), "float32")
        for wrong in (asymmetric((9, 5, 3)), asymmetric((5, 9, 3), "int32"), asymmetric((5, 9, 3)).astype(">f4")):
            with pytest.raises(UsageError, match=r"prepared for .*5, 9, 3.*, got .*; call prepare again"):
                renderer.draw(wrong)
        with pytest.raises(UsageError, match="depth of size 1, 3 or 4 but got 2"):
            renderer.prepare((5, 9, 2), "float32")
        with pytest.raises(UsageError, match="Unsupported type for toPixels: float64"):
            renderer.prepare((5, 9, 3), "float64")
        renderer.draw(asymmetric((5, 9, 3)))
        verify_pixels(renderer.read(), asymmetric((5, 9, 3)), renderer.tolerance)
        renderer.close()


@pytest.mark.parametrize("name", [name for name in builtin() if not name.startswith("gl-")])
@pytest.mark.parametrize(("dtype", "value"), [("float32", 1.5), ("float32", -1e-9), ("int32", 256), ("int32", -1)])
def test_refuses_values_out_of_range_as_the_oracle_does(
    name: str, dtype: str, value: float, shared_context: OpenContext
) -> None:
    tensor = asymmetric((5, 9, 3), dtype)
    tensor[3, 3, 1] = value
    with pytest.raises(WrongOutput) as expected:
        to_pixels(tensor)
    renderer = builtin()[name](shared_context("null"))
    renderer.prepare(tensor.shape, dtype)
    with pytest.raises(WrongOutput) as caught:
        renderer.draw(tensor)
    assert str(caught.value) == str(expected.value)


@pytest.mark.parametrize("name", [name for name in builtin() if not name.startswith("gl-")])
def test_nan_is_black(name: str, shared_context: OpenContext) -> None:
    tensor = asymmetric((5, 9, 4))
    tensor[1, 2] = np.nan
    renderer = builtin()[name](shared_context("null"))
    renderer.prepare(tensor.shape, "float32")
    renderer.draw(tensor)
    assert renderer.read()[1, 2].tolist() == [0, 0, 0, 0]
    verify_pixels(renderer.read(), tensor, 0)


@pytest.mark.parametrize("name", [name for name in builtin() if name.startswith("gl-")])
def test_drawing_on_the_device_needs_opengl(name: str, shared_context: OpenContext) -> None:
    renderer = builtin()[name](shared_context("null"))
    with pytest.raises(
        BackendUnavailable,
        match="the null context has no OpenGL framebuffer to draw in; use the egl, glfw or osmesa context",
    ):
        renderer.prepare((2, 2, 3), "float32")


def test_the_loop_refuses_a_picture_that_would_take_for_ever(shared_context: OpenContext) -> None:
    renderer = builtin()["topixels-loop"](shared_context("null"))
    renderer.prepare((256, 256, 3), "float32")
    with pytest.raises(BackendUnavailable) as caught:
        renderer.prepare((257, 256, 3), "float32")
    assert str(caught.value) == (
        "topixels-loop takes at most 65,536 pixels, and 256 x 257 are 65,792;"
        " choose 256 or smaller, or the topixels renderer"
    )


@pytest.mark.parametrize(
    ("renderer_name", "context_name"),
    [cell for cell in CELLS if cell.values[0] != "null" and cell.values[1] != "null"],
)
def test_the_draw_stage_ends_by_waiting_for_the_device(
    renderer_name: str, context_name: str, shared_context: OpenContext
) -> None:
    context = shared_context(context_name)
    tensor = asymmetric((5, 9, 3))
    called: list[str] = []

    def recorded(name: str, call: Callable[..., object]) -> Callable[..., object]:
        def recording(*args: object) -> object:
            called.append(name)
            return call(*args)

        return recording

    with context.current():
        renderer = builtin()[renderer_name](context)
        renderer.prepare(tensor.shape, "float32")
        renderer.draw(tensor)
        functions = {name: call for name, call in vars(context.functions).items() if name.startswith("gl")}
        functions.pop("glGetError", None)
        vars(context.functions).update({name: recorded(name, call) for name, call in functions.items()})
        try:
            convert, draw, present = renderer.stages()
            converted = convert.call(tensor)
            called.clear()
            draw.call(converted)
            assert called[-1] == "glFinish"
            called.clear()
            present.call(None)
            assert called[-1:] in ([], ["glFinish"])
        finally:
            vars(context.functions).update(functions)
        renderer.close()
