from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from framegate.contexts import builtin, egl, glfw_window, osmesa
from framegate.contexts.auto import ORDER, open_first
from framegate.contexts.null import NullContext
from framegate.errors import BackendUnavailable, GLError
from framegate.gl import egl_library
from framegate.interfaces import ANYWHERE, GLContext, GLRequest

OpenContext = Callable[[str], GLContext]

WITHOUT_DISPLAY = """
import warnings
warnings.simplefilter("error")
from framegate.errors import BackendUnavailable
from framegate.contexts import builtin
from framegate.interfaces import ANYWHERE
for _ in range(2):
    try:
        builtin()["glfw"](ANYWHERE)
    except BackendUnavailable as error:
        print(error)
"""


@pytest.fixture
def no_libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(name: str, **_: object) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    caches = (egl_library.library, osmesa._library)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("no_libraries")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "egl",
            "EGL is not installed (looked for libEGL.so.1); sudo apt-get install -y libegl1 libgl1-mesa-dri",
        ),
        (
            "osmesa",
            (
                "OSMesa is not installed (looked for libOSMesa.so.8, libOSMesa.so.6, libOSMesa.so);"
                " sudo apt-get install -y libosmesa6"
            ),
        ),
    ],
)
def test_a_missing_library_says_what_to_install(name: str, message: str) -> None:
    with pytest.raises(BackendUnavailable) as caught:
        builtin()[name](ANYWHERE)
    assert str(caught.value) == message


def test_glfw_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "glfw", None)
    with pytest.raises(BackendUnavailable, match=r"^GLFW cannot be imported \(.*glfw.*\); python -m pip install glfw$"):
        builtin()["glfw"](ANYWHERE)


def test_glfw_without_a_display_names_the_reason_and_xvfb_run() -> None:
    clean = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    clean["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", WITHOUT_DISPLAY]
    lines = subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 2, "the second try must find the library as the first did"
    for line in lines:
        assert line.startswith("GLFW cannot start: ")
        assert "DISPLAY" in line
        assert "xvfb-run -a" in line


def test_glfw_that_makes_no_window_gives_its_reason_and_stops(
    need_display: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    glfw = pytest.importorskip("glfw")
    need_display()
    before = glfw_window._library._users
    monkeypatch.setattr(glfw_window, "GL_VERSIONS", ((9, 9),))
    with pytest.raises(
        BackendUnavailable, match=r"GLFW makes no OpenGL 3.3 core window: .*create context.*; give it a display"
    ):
        builtin()["glfw"](ANYWHERE)
    assert glfw_window._library._users == before
    assert glfw.ERROR_REPORTING == "warn"


@pytest.mark.parametrize("name", ["egl", "osmesa"])
def test_a_driver_without_a_core_profile_is_unavailable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr({"egl": egl, "osmesa": osmesa}[name], "GL_VERSIONS", ((9, 9),))
    with pytest.raises(BackendUnavailable, match=r"3\.3"):
        builtin()[name](ANYWHERE)


def test_a_context_that_is_too_old_is_released(new_context: OpenContext, monkeypatch: pytest.MonkeyPatch) -> None:
    new_context("egl").release()
    destroyed: list[GLContext] = []
    monkeypatch.setattr("framegate.gl.context.GL_VERSIONS", ((9, 9),))
    monkeypatch.setattr(egl.EGLContext, "_destroy", lambda self: destroyed.append(self))  # noqa: PLW0108 - a method needs a function
    with pytest.raises(BackendUnavailable, match=r"egl gives OpenGL .* and 3.3 is the least that will do"):
        egl.EGLContext(next(egl.displays()))
    assert destroyed


def test_egl_names_every_display_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egl, "displays", lambda: iter([egl.Display("device 7", 1), egl.Display("default display", 2)]))
    with pytest.raises(BackendUnavailable) as caught:
        egl.open_egl()
    assert "the EGL device 7 does not start: EGL_BAD_DISPLAY; the EGL default display does not start" in str(
        caught.value
    )


def test_egl_takes_a_gpu_before_software(monkeypatch: pytest.MonkeyPatch, new_context: OpenContext) -> None:
    new_context("egl").release()
    real = next(egl.displays())
    monkeypatch.setattr(egl, "displays", lambda: iter([real, real._replace(kind="gpu"), real]))
    monkeypatch.setattr("framegate.gl.context.is_software", lambda _: False)
    context = egl.open_egl()
    assert context.display.kind == real.kind
    context.release()
    answers = iter([True, False])
    monkeypatch.setattr("framegate.gl.context.is_software", lambda _: next(answers))
    context = egl.open_egl()
    assert context.display.kind == "gpu"
    context.release()


def unavailable(reason: str) -> Callable[[GLRequest], GLContext]:
    def factory(_: GLRequest) -> GLContext:
        raise BackendUnavailable(reason, "install it")

    return factory


def broken(_: GLRequest) -> GLContext:
    raise GLError("the driver fell over")


def test_auto_takes_the_first_that_works() -> None:
    context = open_first(ANYWHERE, ("a", "b"), {"a": unavailable("no a here"), "b": NullContext})
    assert context.name == "null"


def test_auto_lists_every_reason() -> None:
    with pytest.raises(BackendUnavailable) as caught:
        open_first(ANYWHERE, ("a", "b"), {"a": unavailable("no a here"), "b": broken})
    assert str(caught.value) == (
        "no OpenGL context works here (a: no a here; b: the driver fell over);"
        " sudo apt-get install -y libegl1 libgl1-mesa-dri libosmesa6 xvfb"
    )


@pytest.mark.parametrize("request_", [GLRequest(window=True), GLRequest(vsync=True)])
def test_auto_takes_only_what_has_a_window_where_one_is_asked_for(request_: GLRequest) -> None:
    class InWindow(NullContext):
        name = "window"
        has_window = True

    assert open_first(request_, ("a", "b"), {"a": NullContext, "b": InWindow}).name == "window"
    lacking = unavailable("no b here")
    vars(lacking)["has_window"] = True
    with pytest.raises(BackendUnavailable, match=r"no OpenGL context works here \(b: no b here\)"):
        open_first(request_, ("a", "b"), {"a": NullContext, "b": lacking})


def test_auto_tries_every_built_in_that_has_opengl() -> None:
    assert set(ORDER) == set(builtin()) - {"auto", "null"}


def test_the_null_context_has_no_opengl() -> None:
    with pytest.raises(BackendUnavailable, match="the null context has no OpenGL; use the egl, glfw or osmesa"):
        _ = NullContext().functions
