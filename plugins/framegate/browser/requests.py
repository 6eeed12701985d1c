"""What a page is asked, and the files that it fetches for that: whoever asks builds the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.browser.runtimes import LIBRARIES, TF_JS, PageRuntime
from framegate.browser.tfjs import tfjs_files
from framegate.frames.numbers import BITS, BLACK, BLOCKS, WHITE
from framegate.interfaces import ResolvedModel, TensorForm
from framegate.models.shards import shard_files
from framegate.models.topology import read_model_json

if TYPE_CHECKING:
    from framegate.browser.results import PageInputs, PageView
    from framegate.interfaces import Pixels, Range
    from framegate.realtime.run import RunRequest
    from framegate.words import CameraInput

PATIENCE_S = 5.0
"""A camera that gives no frame for so long has stopped."""

STRIP = {"blocks": BLOCKS, "bits": BITS, "black": BLACK, "white": WHITE}
"""How the number of a camera's frame lies in its picture."""

PAGE = Path(__file__).parent / "page"
"""The folder of what a browser loads of ours."""


@dataclass(frozen=True)
class Asked:
    """One call into a page.

    Attributes:
        argument: what its function takes; JSON can hold it.
        files: what the page fetches while it answers, by name: bytes, or the file that has them.
    """

    argument: Mapping[str, Any]
    files: Mapping[str, Path | bytes] = field(default_factory=dict)


def page_files(cache: Path, library: str = TF_JS, version: str | None = None) -> dict[str, Path | bytes]:
    """The page itself, TF.js of a version, and the library that is to run the model, by name.

    Raises:
        SourceError, BackendUnavailable: as `framegate.browser.npm_files.PinnedFiles.files`.
    """
    return {**library_files(cache, library, version), **{file.name: file for file in PAGE.iterdir()}}


def library_files(cache: Path, library: str = TF_JS, version: str | None = None) -> dict[str, Path | bytes]:
    """TF.js of a version, and the library that is to run the model, by name.

    Raises:
        SourceError, BackendUnavailable: as `framegate.browser.npm_files.PinnedFiles.files`.
    """
    others = {} if library == TF_JS else LIBRARIES[library].files(cache)
    files = {**others, **tfjs_files(cache, version)}
    return {name: REWRITTEN[name](path) if name in REWRITTEN else path for name, path in files.items()}


def _by_address(path: Path) -> bytes:
    """A module that imports another by a bare name, which a worker cannot be told the address of."""
    return path.read_bytes().replace(b'"@litertjs/wasm-utils"', b'"./litert-wasm-utils.js"')


REWRITTEN: Mapping[str, Callable[[Path], bytes]] = {"litert-core.js": _by_address}
"""What is served with other bytes than the file has."""


def start_call(runtime: PageRuntime, model: str, threads: int | None = None) -> Asked:
    """``framegate.start``: a library and its backend; the model's name is for the title.

    Args:
        runtime: what is to run the model.
        model: the model's name.
        threads: on how many threads WebAssembly is to compute; None leaves it to the library.
    """
    chosen = {"backend": runtime.backend, "flags": dict(runtime.flags), "precision": runtime.precision}
    return Asked({"library": runtime.library, "model": model, "threads": threads, **chosen})


def load_call(model: ResolvedModel) -> Asked:
    """``framegate.load``: a model, for TF.js; what others load is in `framegate.browser.conversions`.

    Raises:
        ModelError: its model.json cannot be read, or names no files.
    """
    document = read_model_json(model.path)
    files = shard_files(document)
    shards = [f"shard-{index}" for index, _ in enumerate(files)]
    argument = {
        "format": model.format,
        "topology": "model.json",
        "shards": shards,
        "specs": [spec for group in document.document["weightsManifest"] for spec in group["weights"]],
    }
    return Asked(argument, {**dict(zip(shards, files, strict=True)), "model.json": model.path})


def take_call(pictures: Sequence[Pixels], form: TensorForm, inputs: PageInputs, ports: Mapping[str, str]) -> Asked:
    """``framegate.take``: pictures that frames feed, and what the model is fed beside them.

    Args:
        pictures: uint8 RGBA (H, W, 4) of one size.
        form: how they lie in the tensor that the model takes.
        inputs: what it is fed beside them.
        ports: the page's name of each input, in the model's order.
    """
    fed_pictures = feed_call(pictures)
    arrays = {name: array.astype(tfjs_dtype(array.dtype.name)) for name, array in inputs.arrays.items()}
    files = {f"input-{at}": array.tobytes() for at, array in enumerate(arrays.values())}
    fed = {
        "names": list(ports.values()),
        "frame": ports[inputs.frame],
        "arrays": {
            ports[name]: {"file": file, "shape": array.shape, "dtype": array.dtype.name}
            for file, (name, array) in zip(files, arrays.items(), strict=True)
        },
        "state": {ports[name]: place for name, place in inputs.state.items()},
    }
    argument = {**fed_pictures.argument, "inputs": fed, **form_settings(form)}
    return Asked(argument, {**fed_pictures.files, **files})


def feed_call(pictures: Sequence[Pixels]) -> Asked:
    """``framegate.feed``: other pictures that frames feed, uint8 RGBA (H, W, 4) of the size of those before."""
    named = {f"picture-{index}": np.ascontiguousarray(picture).tobytes() for index, picture in enumerate(pictures)}
    return Asked({"pictures": list(named)}, named)


def form_settings(form: TensorForm) -> dict[str, Any]:
    """How pictures lie in the tensor that the model takes, as the page is told."""
    return asdict(form) | form.size._asdict() | {"dtype": tfjs_dtype(form.dtype)}


def aim_call(indices: Sequence[int], renderer: str, value_range: Range, view: PageView) -> Asked:
    """``framegate.aim``: a renderer, for outputs by their places, the view's main one first."""
    arrays = {key: value for key, value in view.settings.items() if isinstance(value, np.ndarray)}
    served = {
        "name": view.name,
        "settings": {key: value for key, value in view.settings.items() if key not in arrays},
        "arrays": {key: {"file": f"view-{key}", "shape": array.shape} for key, array in arrays.items()},
    }
    argument = {
        "indices": list(indices),
        "view": served,
        "name": renderer,
        "range": value_range,
        "shape": view.shape,
    }
    return Asked(argument, {f"view-{key}": array.tobytes() for key, array in arrays.items()})


def run_call(
    request: RunRequest,
    fed_with: CameraInput = "video",
    delays_s: Mapping[str, float] | None = None,
    *,
    traced: bool = False,
    noted: bool = False,
) -> Asked:
    """``framegate.run``: frames against a clock; see `framegate.browser.session.TFJSPage.run`."""
    return Asked(
        {
            "scenario": request.scenario,
            "seconds": request.seconds,
            "in_flight": request.in_flight,
            "input": fed_with,
            "strip": STRIP,
            "delays_s": dict(delays_s or {}),
            "patience_s": PATIENCE_S,
            "marks": traced,
            "has_moments": noted,
        }
    )


def tfjs_dtype(dtype: str) -> str:
    """The dtype in which TF.js holds values of numpy's dtype of that name: it has float32, int32 and bool."""
    if dtype == "bool":
        return dtype
    return "int32" if "int" in dtype else "float32"
