from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from framegate.contexts import egl
from framegate.contexts.null import NullContext
from framegate.errors import BackendUnavailable, UnknownName, UsageError
from framegate.gl import egl_library
from framegate.gl.selection import Choice, devices_of, parse_choice
from framegate.interfaces import GLContext, GLContextFactory, GLRequest
from framegate.registry import Registry

OpenContext = Callable[[str], GLContext]


class TwoDevices:
    def __call__(self, request: GLRequest) -> GLContext:
        return NullContext(request)

    def devices(self) -> Sequence[str]:
        return ["Fast", "Slow"]


class NoWayToKnow(TwoDevices):
    def devices(self) -> Sequence[str]:
        raise BackendUnavailable("the library is not installed", "install it")


class NoDevices(TwoDevices):
    def devices(self) -> Sequence[str]:
        return []


FACTORIES: Registry[GLContextFactory] = Registry(
    "GL context", [{"two": TwoDevices(), "plain": NullContext, "odd:1": NullContext}]
)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("two", Choice("two", None)),
        ("two:0", Choice("two", 0)),
        ("two:17", Choice("two", 17)),
        ("plain", Choice("plain", None)),
        ("odd:1", Choice("odd:1", None)),
    ],
)
def test_reads_a_kind_and_its_device(text: str, choice: Choice) -> None:
    assert parse_choice(text, FACTORIES) == choice


@pytest.mark.parametrize("number", ["", "x", "-1", "01", "1.0", " 1", "1:1", "\u0661", "9" * 5000])
def test_what_is_no_number_is_told_which_there_are(number: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_choice(f"two:{number}", FACTORIES)
    assert str(caught.value).endswith(" is not the number of a device; there is: two:0 (Fast), two:1 (Slow)")


def test_a_kind_without_devices_says_which_kinds_have_some() -> None:
    with pytest.raises(UsageError) as caught:
        parse_choice("plain:1", FACTORIES)
    assert str(caught.value) == (
        "GL context 'plain:1': plain has no devices to choose from; there is: plain, two:0 (Fast), two:1 (Slow)"
    )


def test_an_unknown_kind_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match=r"unknown GL context 'too' .did you mean 'two'"):
        parse_choice("too:1", FACTORIES)


def test_devices_that_nobody_can_list_are_described_all_the_same() -> None:
    assert devices_of("plain", FACTORIES) == ""
    assert devices_of("a", {"a": NoDevices()}) == "no device of a"
    assert devices_of("a", {"a": NoWayToKnow()}) == "no a (the library is not installed)"


@pytest.fixture
def two_devices(new_context: OpenContext, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """EGL with the one device of this machine twice."""
    new_context("egl").release()
    found = egl_library.device_handles()
    if not found:
        pytest.skip("EGL lists no devices here")
    monkeypatch.setattr(egl_library, "device_handles", lambda: found[:1] * 2)
    return found


@pytest.mark.usefixtures("two_devices")
@pytest.mark.parametrize("number", [0, 1])
def test_egl_opens_the_device_it_is_asked_for(number: int) -> None:
    context = egl.open_egl(GLRequest(number))
    assert context.name == f"egl:{number}"
    assert context.display.kind == f"device {number}"
    with context.current():
        context.finish()
    context.release()


@pytest.mark.usefixtures("two_devices")
def test_egl_without_that_device_lists_those_it_has() -> None:
    with pytest.raises(
        BackendUnavailable, match=r"^EGL gives no device 2; there is: egl:0 \(.+\), egl:1 \(.+\); choose one of these$"
    ):
        egl.open_egl(GLRequest(2))


def test_gpus_come_before_software(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {1: {0x3055: "EGL_MESA_device_software"}, 2: {0x3055: "EGL_EXT_device_drm", 0x3233: "/dev/dri/card0"}}
    texts[3] = {0x3055: "EGL_EXT_device_drm EGL_EXT_device_query_name", 0x335F: "Fast", 0x3233: "/dev/dri/card1"}
    texts[4] = {0x3055: ""}

    def query(count: int, found: list[int], answer: object) -> int:
        found[: len(texts)] = list(texts)
        answer._obj.value = len(texts)  # type: ignore[attr-defined] # what ctypes.byref returns
        return int(count >= len(texts))

    monkeypatch.setattr(egl_library, "_extension", lambda *_: query)
    monkeypatch.setattr(egl_library, "_device_text", lambda device, which: texts[device].get(which, ""))
    assert egl_library.device_handles() == [2, 3, 4, 1]
    assert egl.devices() == ["/dev/dri/card0", "Fast", "GPU without a name", "software"]
