from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from framegate.contexts import builtin, glfw_window
from framegate.contexts.glfw_window import WindowScreen
from framegate.errors import BackendUnavailable, WindowClosed
from framegate.gl.scaling import LINEAR_TOLERANCE, scaled
from framegate.interfaces import Drawing, GLContext, GLRequest, Pixels, Size

OpenContext = Callable[[str], GLContext]


def back_buffer(context: GLContext, height: int, width: int) -> Pixels:
    gl = context.functions
    pixels = np.empty((height, width, 4), np.uint8)
    gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, 0)
    gl.glReadBuffer(gl.GL_BACK)
    gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels.ctypes.data)
    return pixels


@pytest.mark.parametrize(("height", "width"), [(40, 30), (200, 333)])
def test_present_swaps_the_picture_upright_into_a_window_of_its_size(
    height: int, width: int, shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    glfw = pytest.importorskip("glfw")
    context = shared_context("glfw")
    swapped: list[Pixels] = []
    swap = glfw.swap_buffers

    def look_and_swap(window: object) -> None:
        swapped.append(back_buffer(context, height, width))
        swap(window)

    with context.current():
        screen = context.screen(Size(height, width))
        monkeypatch.setattr(glfw, "swap_buffers", look_and_swap)
        assert isinstance(screen, WindowScreen)
        assert glfw.get_framebuffer_size(screen._window) == (width, height)
        assert not glfw.get_window_attrib(screen._window, glfw.VISIBLE)
        rgba = np.random.default_rng(0).integers(0, 256, (height, width, 4), dtype=np.uint8)
        canvas = screen.canvas()
        canvas.upload(rgba)
        canvas.draw()
        assert not swapped, "drawing must leave the window to present"
        screen.present()
        screen.close()
    # A window counts its rows from below, and need not keep alpha.
    np.testing.assert_array_equal(swapped[0][::-1, :, :3], rgba[..., :3])


@pytest.fixture
def visible(need_display: Callable[[], None]) -> Iterator[GLContext]:
    need_display()
    try:
        context = builtin()["glfw"](GLRequest(window=True))
    except BackendUnavailable as error:
        pytest.skip(str(error))
    yield context
    context.release()


def show(screen: WindowScreen, rgba: Pixels) -> None:
    canvas = screen.canvas()
    canvas.upload(rgba)
    canvas.draw()


def test_a_visible_window_that_was_resized_shows_all_of_the_picture(
    visible: GLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    glfw = pytest.importorskip("glfw")
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[:20, :, 0], rgba[:, :30, 1] = 200, 100
    swapped: list[Pixels] = []
    swap = glfw.swap_buffers

    def look_and_swap(window: object) -> None:
        width, height = glfw.get_framebuffer_size(window)
        swapped.append(back_buffer(visible, height, width)[::-1, :, :3])
        swap(window)

    with visible.current():
        screen = visible.screen(Size(40, 60))
        assert isinstance(screen, WindowScreen)
        assert glfw.get_window_attrib(screen._window, glfw.VISIBLE)
        monkeypatch.setattr(glfw, "swap_buffers", look_and_swap)
        show(screen, rgba)
        screen.present()
        np.testing.assert_array_equal(swapped[-1], rgba[..., :3])
        for width, height in ((120, 80), (31, 99), (60, 40)):
            glfw.set_window_size(screen._window, width, height)
            # A window's buffers follow its size only with the next swap.
            for _ in range(3):
                screen.present()
            shown = swapped[-1]
            assert shown.shape == (height, width, 3)
            expected = scaled(rgba, Drawing(window=Size(height, width), scaling="linear"))[..., :3]
            assert np.abs(shown.astype(int) - expected).max() <= LINEAR_TOLERANCE
            np.testing.assert_array_equal(screen.read(), rgba)
        np.testing.assert_array_equal(swapped[-1], rgba[..., :3])
        screen.close()


def test_a_window_that_its_user_closed_shows_nothing_more(visible: GLContext) -> None:
    glfw = pytest.importorskip("glfw")
    with visible.current():
        screen = visible.screen(Size(4, 4))
        assert isinstance(screen, WindowScreen)
        screen.present()
        glfw.set_window_should_close(screen._window, True)
        with pytest.raises(WindowClosed, match=r"^the window was closed$"):
            screen.present()
        screen.close()


def test_only_a_visible_window_looks_for_events(
    visible: GLContext, shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    glfw = pytest.importorskip("glfw")
    polled: list[str] = []
    for name, context in (("hidden", shared_context("glfw")), ("visible", visible)):
        with context.current(), monkeypatch.context() as patched:
            screen = context.screen(Size(4, 4))
            patched.setattr(glfw, "poll_events", lambda name=name: polled.append(name))
            screen.present()
            screen.close()
    assert polled == ["visible"]


@pytest.mark.parametrize("vsync", [False, True])
def test_vsync_is_what_was_asked_for(
    need_display: Callable[[], None], monkeypatch: pytest.MonkeyPatch, *, vsync: bool
) -> None:
    glfw = pytest.importorskip("glfw")
    need_display()
    intervals: list[int] = []
    monkeypatch.setattr(glfw, "swap_interval", intervals.append)
    monkeypatch.setattr(glfw_window, "controls_swaps", lambda _: True)
    context = builtin()["glfw"](GLRequest(vsync=vsync))
    context.release()
    assert intervals == [int(vsync)]
    assert context.info().vsync is vsync


def test_glfw_ends_with_its_last_context_and_starts_again(new_context: OpenContext) -> None:
    glfw = pytest.importorskip("glfw")
    first, second = new_context("glfw"), new_context("glfw")
    users = glfw_window._library._users
    first.release()
    first.release()
    assert glfw_window._library._users == users - 1
    with second.current():
        assert glfw.get_current_context()
    second.release()
    third = new_context("glfw")
    with third.current():
        assert glfw.get_current_context()
    third.release()


def test_vsync_is_off_where_swaps_cannot_wait(
    need_display: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    need_display()
    monkeypatch.setattr(glfw_window, "controls_swaps", lambda _: False)
    context = builtin()["glfw"](GLRequest(vsync=True))
    assert context.info().vsync is False
    context.release()
