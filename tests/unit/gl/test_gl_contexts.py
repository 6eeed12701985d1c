from __future__ import annotations

import ctypes
import inspect
import threading
from collections.abc import Callable

import numpy as np
import pytest

from framegate.contexts import builtin
from framegate.errors import BackendUnavailable, GLError, UsageError
from framegate.gl.screen import gl_screen
from framegate.interfaces import Drawing, GLContext, Pixels, Screen, Size
from framegate.machine import is_software

OpenContext = Callable[[str], GLContext]
REAL = ("egl", "glfw", "osmesa")
every_context = pytest.mark.parametrize("name", builtin())
real_context = pytest.mark.parametrize("name", REAL)


def picture(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def show(screen: Screen, rgba: Pixels) -> None:
    canvas = screen.canvas()
    canvas.upload(rgba)
    canvas.draw()


def current_anywhere() -> dict[str, object]:
    """What each library itself says is current in this thread."""
    import glfw

    from framegate.contexts import osmesa
    from framegate.gl import egl_library

    egl = egl_library.library()
    egl.eglGetCurrentContext.restype = ctypes.c_void_p
    mesa = osmesa._library()
    mesa.OSMesaGetCurrentContext.restype = ctypes.c_void_p
    return {
        "egl": egl.eglGetCurrentContext(),
        "glfw": glfw.get_current_context() or None,
        "osmesa": mesa.OSMesaGetCurrentContext(),
    }


def members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


@every_context
def test_has_exactly_the_members_of_the_protocol(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        screen = context.screen(Size(4, 4))
        for thing, protocol in ((context, GLContext), (screen, Screen)):
            for member in members(protocol):
                wanted = inspect.getattr_static(protocol, member)
                if callable(wanted):
                    found = inspect.signature(inspect.getattr_static(type(thing), member))
                    assert list(found.parameters) == list(inspect.signature(wanted).parameters), member
        screen.close()


@every_context
def test_names_itself_and_its_device(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    assert context.name in builtin()
    assert name in {context.name, "auto"}
    assert context.name != "auto"
    info = context.info()
    assert info.vendor and info.renderer and info.version  # noqa: PT018
    assert info.is_software == (is_software(info.renderer) or name == "null")


@every_context
@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 3), (64, 64), (33, 127)])
def test_reads_back_what_was_shown_first_row_first(
    name: str, height: int, width: int, shared_context: OpenContext
) -> None:
    context = shared_context(name)
    with context.current():
        screen = context.screen(Size(height, width))
        for seed in range(2):
            show(screen, picture(height, width, seed))
            screen.present()
            context.finish()
            np.testing.assert_array_equal(screen.read(), picture(height, width, seed))
        screen.close()
        screen.close()


@every_context
def test_a_screen_takes_only_its_own_size_and_type(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        screen = context.screen(Size(4, 6))
        with pytest.raises(UsageError, match=r"a screen of \(4, 6, 4\) takes .*; got uint8 \(6, 4, 4\)"):
            show(screen, picture(6, 4))
        with pytest.raises(UsageError, match=r"got float32 \(4, 6, 4\)"):
            show(screen, picture(4, 6).astype(np.float32))
        screen.close()


@real_context
def test_a_screen_refuses_memory_with_gaps(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        screen = context.screen(Size(4, 6))
        with pytest.raises(UsageError, match="contiguous"):
            show(screen, picture(8, 6)[::2])
        screen.close()


@real_context
def test_a_screen_too_large_for_the_device_is_unavailable(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with (
        context.current(),
        pytest.raises(
            BackendUnavailable, match=r"1000000 x 2 pixels is larger than this device takes \(\d+ a side\); choose a"
        ),
    ):
        context.screen(Size(2, 1_000_000))


@every_context
def test_release_twice_is_safe_and_a_released_context_refuses(name: str, new_context: OpenContext) -> None:
    context = new_context(name)
    context.release()
    context.release()
    with (
        pytest.raises(GLError, match=f"the {context.name} context is released; make a new one"),
        context.current(),
    ):
        raise AssertionError


@real_context
def test_nothing_is_current_after_a_block_nor_after_an_exception(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    with context.current():
        assert current_anywhere()[name]
        with context.current():
            assert current_anywhere()[name]
        assert current_anywhere()[name], "the inner block took the outer one's context away"
    assert not any(current_anywhere().values())
    with pytest.raises(ZeroDivisionError), context.current():
        raise ZeroDivisionError
    assert not any(current_anywhere().values())


@real_context
def test_release_inside_its_own_block_leaves_nothing_current(name: str, new_context: OpenContext) -> None:
    context = new_context(name)
    with context.current():
        context.release()
    assert not any(current_anywhere().values())


def test_all_kinds_live_in_one_process_and_take_turns(shared_context: OpenContext) -> None:
    contexts = {name: shared_context(name) for name in REAL}
    screens: dict[str, Screen] = {}
    for seed, (name, context) in enumerate(contexts.items()):
        with context.current():
            screens[name] = context.screen(Size(9, 7))
            show(screens[name], picture(9, 7, seed))
    for _ in range(3):
        for seed, (name, context) in enumerate(contexts.items()):
            with context.current():
                np.testing.assert_array_equal(screens[name].read(), picture(9, 7, seed))
    for name, context in contexts.items():
        with context.current():
            screens[name].close()


@pytest.mark.parametrize("inner", REAL)
@pytest.mark.parametrize("outer", REAL)
def test_blocks_of_different_contexts_nest(outer: str, inner: str, new_context: OpenContext) -> None:
    first, second = new_context(outer), new_context(inner)
    with first.current():
        screen = first.screen(Size(3, 5))
        with second.current():
            other = second.screen(Size(3, 5))
            show(other, picture(3, 5, 1))
            np.testing.assert_array_equal(other.read(), picture(3, 5, 1))
        with pytest.raises(ZeroDivisionError), second.current():
            raise ZeroDivisionError
        show(screen, picture(3, 5))
        np.testing.assert_array_equal(screen.read(), picture(3, 5))
    assert not any(current_anywhere().values())
    first.release()
    with second.current():
        np.testing.assert_array_equal(other.read(), picture(3, 5, 1))
    second.release()


def test_a_context_that_refuses_leaves_the_outer_one_current(
    new_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_context("egl"), new_context("osmesa")

    def refuse(_: object) -> None:
        raise GLError("the driver refuses")

    monkeypatch.setattr(type(second), "_make_current", refuse)
    with first.current():
        with pytest.raises(GLError, match="the driver refuses"), second.current():
            raise AssertionError
        assert current_anywhere()["egl"]
        first.finish()
    assert not any(current_anywhere().values())


def test_each_thread_has_a_current_context_of_its_own(new_context: OpenContext) -> None:
    first, second = new_context("egl"), new_context("osmesa")
    seen: list[Pixels] = []

    def draw() -> None:
        with second.current():
            screen = second.screen(Size(6, 5))
            show(screen, picture(6, 5, 1))
            seen.append(screen.read())
            screen.close()

    with first.current():
        screen = first.screen(Size(6, 5))
        thread = threading.Thread(target=draw)
        thread.start()
        thread.join()
        show(screen, picture(6, 5))
        np.testing.assert_array_equal(screen.read(), picture(6, 5))
        screen.close()
    np.testing.assert_array_equal(seen[0], picture(6, 5, 1))


@real_context
def test_many_contexts_come_and_go(name: str, new_context: OpenContext) -> None:
    for seed in range(10):
        context = new_context(name)
        with context.current():
            screen = context.screen(Size(8, 8))
            show(screen, picture(8, 8, seed))
            np.testing.assert_array_equal(screen.read(), picture(8, 8, seed))
            screen.close()
        context.release()


@real_context
def test_objects_of_a_closed_screen_are_gone(name: str, shared_context: OpenContext) -> None:
    context = shared_context(name)
    gl = context.functions
    with context.current():
        screen = gl_screen(context, Size(8, 8), Drawing(window=Size(9, 9)))
        targets = [screen._target, screen.shown]
        assert all(gl.glIsTexture(target.texture) and gl.glIsFramebuffer(target.framebuffer) for target in targets)
        screen.close()
        assert not any(gl.glIsTexture(target.texture) or gl.glIsFramebuffer(target.framebuffer) for target in targets)


@real_context
def test_a_screen_that_cannot_be_completed_leaves_nothing(
    name: str, shared_context: OpenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = shared_context(name)
    gl = context.functions
    with context.current():
        before = gl.alive()
        _ = gl.glCheckFramebufferStatus
        monkeypatch.setattr(gl, "glCheckFramebufferStatus", lambda _: 0x8CDD)
        with pytest.raises(GLError, match=r"a framebuffer of 4 x 3 pixels is not complete \(0x8CDD\)"):
            context.screen(Size(3, 4))
        assert gl.alive() == before


@pytest.mark.parametrize(
    ("renderer", "expected"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("softpipe", True),
        ("Mesa DRI swrast", True),
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))", True),
        ("Apple Software Renderer", True),
        ("Microsoft Basic Render Driver", True),
        ("NVIDIA GeForce RTX 4090/PCIe/SSE2", False),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
    ],
)
def test_tells_software_from_a_gpu(renderer: str, expected: bool) -> None:  # noqa: FBT001
    assert is_software(renderer) is expected
