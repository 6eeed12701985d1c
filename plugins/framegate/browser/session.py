"""A model in a page: loaded by TF.js, fed a picture, and run for as long as it takes to know its time."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.browser.tfjs import tfjs_files
from framegate.errors import BackendUnavailable
from framegate.interfaces import Range, ResolvedModel, Size, TensorInfo
from framegate.models.shards import shard_files
from framegate.models.topology import read_model_json
from framegate.report.kernels import KernelTime

if TYPE_CHECKING:
    from framegate.browser.driver import Browser
    from framegate.browser.server import PageServer
    from framegate.interfaces import Array, Float32, Pixels

START_S, LOAD_S, ROUNDS_S = 60.0, 300.0, 300.0
"""Deadlines; a page that does not answer by then is hung, and its browser is ended."""

SLOW_S = 10.0
"""Rounds take no longer than about this, however few there are by then."""

READBACKS = {"least": 3, "most": 50, "budget_s": 0.3}

_PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True)
class Rounds:
    """What a page measured.

    Attributes:
        stages_s: seconds of each round by stage; they add up to the round.
        dispatch_s: seconds until the call that runs the model returned, a part of ``inference``.
        outside: share of the time that is in no stage.
        tensors_left: tensors that the rounds left behind.
        bytes_left: bytes that they left behind, on the device where the backend counts them there.
        first_at_s: when the first of them had ended, in seconds since 1970.
    """

    stages_s: Mapping[str, Sequence[float]]
    dispatch_s: Sequence[float]
    outside: float
    tensors_left: int
    bytes_left: int
    first_at_s: float = 0.0

    @property
    def frames(self) -> int:
        """How many rounds there were."""
        return len(self.dispatch_s)

    @property
    def wholes_s(self) -> list[float]:
        """Seconds of each round."""
        return [sum(parts) for parts in zip(*self.stages_s.values(), strict=True)]


@dataclass(frozen=True)
class Delivered:
    """Frames under ``requestAnimationFrame``, one at a time.

    Attributes:
        frames: those that came to the canvas.
        callbacks: how often the browser asked for one.
        seconds: from the first callback's registration to the last frame in the canvas.
        tensors_left: tensors that the frames left behind.
        bytes_left: bytes that they left behind.
    """

    frames: int
    callbacks: int
    seconds: float
    tensors_left: int
    bytes_left: int


@dataclass(frozen=True)
class Look:
    """One frame, to be compared.

    Attributes:
        output: what the model returned.
        unit: the same as a picture in [0, 1], float32 (H, W, C).
        pixels: what the canvas shows: uint8 RGBA (H, W, 4), first row at the top.
    """

    output: Array
    unit: Float32
    pixels: Pixels


class TFJSPage:
    """A page in a fresh browser, with one model on one backend.

    Args:
        browser: just started, and closed by the caller.
        server: serves the page; its routes are this page's from now on.
        backend: ``cpu``, ``wasm``, ``webgl`` or ``webgpu``.
        model: the model's files.
        cache: where the files of TF.js are kept.
        started_at_s: when its browser was started, in seconds since 1970.

    Raises:
        BrowserError: the backend does not start, or TF.js cannot load the model.
    """

    def __init__(
        self,
        browser: Browser,
        server: PageServer,
        backend: str,
        model: ResolvedModel,
        cache: Path,
        started_at_s: float = 0.0,
    ) -> None:
        self.started_at_s = started_at_s
        self.is_used = False
        """Whether rounds have been run."""
        self._browser = browser
        self._server = server
        document = read_model_json(model.path)
        shards = [f"shard-{index}" for index, _ in enumerate(shard_files(document))]
        server.serve(
            {
                **tfjs_files(cache),
                **{file.name: file for file in _PAGE.iterdir()},
                **dict(zip(shards, shard_files(document), strict=True)),
                "model.json": model.path,
            }
        )
        browser.open(server.root + "index.html", START_S)
        self.info: dict[str, Any] = browser.call("framegate.start", {"backend": backend, "model": model.name}, START_S)
        self.info["browser"] = browser.version
        loaded = browser.call(
            "framegate.load",
            {
                "format": model.format,
                "topology": "model.json",
                "shards": shards,
                "specs": [spec for group in document.document["weightsManifest"] for spec in group["weights"]],
            },
            LOAD_S,
        )
        self.load_s: dict[str, float] = {"fetch": loaded["fetch_s"], "build": loaded["build_s"]}
        self._names = [str(output["name"]) for output in loaded["outputs"]]
        self.inputs = tuple(_info(each["name"], each) for each in loaded["inputs"])
        self.outputs: tuple[TensorInfo, ...] = ()
        self._taken: tuple[object, ...] | None = None
        self._first_s = 0.0

    def take(self, picture: Pixels, channels: int, *, batched: bool, dtype: str, value_range: Range) -> float:
        """Feed uint8 RGBA (H, W, 4) from now on, and run once; returns the seconds of that first run.

        ``outputs`` is known then. What is fed already is not run anew.
        """
        height, width, _ = picture.shape
        pixels = np.ascontiguousarray(picture).tobytes()
        taken = (pixels, height, width, channels, batched, dtype, value_range)
        if taken == self._taken:
            return self._first_s
        self._taken = None
        self._server.routes["picture"] = pixels
        found = self._browser.call(
            "framegate.take",
            {
                "picture": "picture",
                "height": height,
                "width": width,
                "channels": channels,
                "batched": batched,
                "dtype": dtype,
                "range": value_range,
            },
            ROUNDS_S,
        )
        names = self._names if len(self._names) == len(found["outputs"]) else map(str, range(len(found["outputs"])))
        self.outputs = tuple(_info(name, each) for name, each in zip(names, found["outputs"], strict=True))
        self._taken, self._first_s = taken, float(found["first_s"])
        return self._first_s

    def aim(self, output: TensorInfo, way: str, value_range: Range) -> None:
        """Show an output in a way: ``topixels``, ``texture``, ``draw`` or ``same-context``; one frame is shown now.

        Raises:
            BackendUnavailable: the backend has no such way; the reason is TF.js' own.
        """
        shape = output.shape[-3:]
        index = self.outputs.index(output)
        refused = self._browser.call(
            "framegate.aim", {"index": index, "name": way, "range": value_range, "shape": shape}, ROUNDS_S
        )
        if refused is not None:
            raise BackendUnavailable(f"{way} with TF.js' {self.info['backend']}: {refused}", "choose another renderer")

    def methods(self) -> Mapping[str, str]:
        """How each stage is ended, by stage."""
        return dict(self._browser.call("framegate.methods", {}, START_S))

    def rounds(
        self, least: int, most: int, budget_s: float, warm: int = 0, delays_s: Mapping[str, float] | None = None
    ) -> Rounds:
        """Run frames until the time is up, at least and at most so many; ``warm`` more before that, unmeasured.

        ``delays_s`` has stages take so many seconds longer, by real work.
        """
        wanted = {
            "least": least,
            "most": most,
            "budget_s": budget_s,
            "limit_s": SLOW_S,
            "warm": warm,
            "delays_s": dict(delays_s or {}),
        }
        found = self._browser.call("framegate.rounds", wanted, ROUNDS_S + budget_s)
        self.is_used = True
        inside = sum(map(sum, found["stages"].values()))
        return Rounds(
            stages_s=found["stages"],
            dispatch_s=found["dispatch"],
            outside=1 - inside / found["whole_s"],
            tensors_left=found["tensors_left"],
            bytes_left=found["bytes_left"],
            first_at_s=found["first_at_s"],
        )

    def animate(self, budget_s: float) -> Delivered:
        """Run frames as the browser asks for them, for so long, and one at least."""
        wanted = {"budget_s": budget_s, "patience_s": START_S}
        return Delivered(**self._browser.call("framegate.animate", wanted, ROUNDS_S + budget_s))

    def readback(self) -> list[float]:
        """Seconds that it takes to bring the output to JavaScript, by itself."""
        return list(map(float, self._browser.call("framegate.readback", READBACKS, ROUNDS_S)))

    def kernels(self) -> list[KernelTime]:
        """Run the model once under TF.js' own profiler."""
        found = self._browser.call("framegate.kernels", {}, ROUNDS_S)
        return [KernelTime(each["name"], each["time_s"], each["shapes"]) for each in found]

    def fed(self) -> Pixels:
        """What the model is fed, before it is scaled to its range: uint8 (H, W, C)."""
        found = self._browser.call("framegate.fed", {}, ROUNDS_S)
        return _array(found["values"], "uint8").reshape(found["shape"])

    def drawn_by(self) -> str | None:
        """The GPU behind the WebGL contexts that the page uses, by its name; None where it uses none."""
        name = self._browser.call("faults.drawn_by", None, START_S)
        return None if name is None else str(name)

    def look(self) -> Look:
        """Run one frame more and bring back all of it."""
        found = self._browser.call("framegate.look", {}, ROUNDS_S)
        size = Size(*found["size"])
        output = _array(found["output"], found["dtype"]).reshape(found["shape"])
        unit = _array(found["unit"], "float32").reshape(*size, -1)
        return Look(output, unit, _array(found["pixels"], "uint8").reshape(*size, 4))


def _info(name: str, found: Mapping[str, Any]) -> TensorInfo:
    shape = tuple(None if side in (None, -1) else int(side) for side in found["shape"] or ())
    return TensorInfo(name, shape, str(found["dtype"] or "float32"))


def _array(text: str, dtype: str) -> Array:
    return np.frombuffer(base64.b64decode(text), dtype)
