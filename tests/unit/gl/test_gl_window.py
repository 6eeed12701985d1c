from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from framegate.gl import glfw_window
from framegate.interfaces import GLContext, Pixels, Size

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
        assert isinstance(screen, glfw_window.WindowScreen)
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
