"""What a page answers, as values: its ports, its rounds, its tensors, and the picture that its browser shows."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from framegate.browser.results import PageRounds
from framegate.errors import BackendUnavailable, BrowserError
from framegate.interfaces import ResolvedModel, TensorInfo
from framegate.models.topology import read_model_json
from framegate.results.page import KernelTime

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.measure.events import BrowserEvents


def inputs_of_page(model: ResolvedModel, loaded: Sequence[Mapping[str, Any]]) -> dict[str, TensorInfo]:
    """The inputs of a loaded model, by the page's name of each, in the model's order.

    Args:
        model: the model.
        loaded: what ``framegate.load`` says of the inputs.
    """
    from framegate.analysis.ports import fed_ports

    known = {node: info for info, node in fed_ports(read_model_json(model.path))}
    return {str(port["name"]): known.get(port["name"]) or port_info(port["name"], port) for port in loaded}


def outputs_of_page(names: Sequence[str], ports: Sequence[Mapping[str, Any]]) -> tuple[TensorInfo, ...]:
    """The outputs of a model that has run.

    Args:
        names: their names, as ``framegate.load`` tells them.
        ports: what ``framegate.take`` says of them.
    """
    named = names if len(names) == len(ports) else list(map(str, range(len(ports))))
    return tuple(port_info(name, port) for name, port in zip(named, ports, strict=True))


def largest_of(outputs: Sequence[TensorInfo], ports: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The largest value of each output that has numbers, by name."""
    pairs = zip(outputs, (port["largest"] for port in ports), strict=True)
    return {info.name: value for info, value in pairs if value is not None}


def port_info(name: str, port: Mapping[str, Any]) -> TensorInfo:
    """An input or output, as the page describes it."""
    shape = tuple(None if side in (None, -1) else int(side) for side in port["shape"] or ())
    return TensorInfo(name, shape, str(port["dtype"] or "float32"))


def page_rounds(answer: Mapping[str, Any], events: BrowserEvents | None) -> PageRounds:
    """The rounds that a page has run, with what its browser noted meanwhile."""
    inside_s = sum(map(sum, answer["stages"].values()))
    return PageRounds(
        stages_s=answer["stages"],
        dispatch_s=answer["dispatch"],
        outside=1 - inside_s / answer["whole_s"],
        tensors_left=answer["tensors_left"],
        bytes_left=answer["bytes_left"],
        first_at_s=answer["first_at_s"],
        bytes_read=answer["bytes_read"],
        began_s=answer["began"],
        events=events,
    )


def kernels_of(answer: Sequence[Mapping[str, Any]]) -> list[KernelTime]:
    """The time of each kernel that TF.js' profiler has seen."""
    return [KernelTime(kernel["name"], kernel["time_s"], tuple(map(tuple, kernel["shapes"]))) for kernel in answer]


def verify_camera(answer: Mapping[str, Any]) -> None:
    """See to it that a page has the camera that it was asked to open.

    Raises:
        BackendUnavailable: it has not; the reason is the browser's own.
    """
    if "refused" in answer:
        raise BackendUnavailable(f"the page gets no camera ({answer['refused']})", "plug one in, and allow it")


def decode_png(png: bytes) -> Pixels:
    """RGBA (H, W, 4) of what a browser shows.

    Raises:
        BrowserError: it is no picture.
    """
    import cv2

    bgr = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if bgr is None:
        raise BrowserError("the browser gave no picture of its canvas")
    code = cv2.COLOR_BGRA2RGBA if bgr.shape[-1] == 4 else cv2.COLOR_BGR2RGBA
    return cast("Pixels", cv2.cvtColor(bgr, code))


def tensor_of(answer: Mapping[str, Any]) -> Array:
    """A tensor."""
    return array_from_base64(answer["values"], answer["dtype"]).reshape(answer["shape"])


def array_from_base64(text: str, dtype: str) -> Array:
    """Numbers that a page has written as base64."""
    return np.frombuffer(base64.b64decode(text), dtype)
