"""The model-size study: what a network is, what it costs, and which limit of the machine it runs into."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.catalogue import catalogue_of

if TYPE_CHECKING:
    from framegate.interfaces import Array, LoadedModel, ResolvedModel, Runtime
    from framegate.models.frame_io import FrameIO
    from framegate.results.model_size import Ceilings

QUANTISED = re.compile(r"-(float16|uint8|uint16)$")


@pytest.fixture(scope="session")
def ceilings() -> Ceilings:
    """The rates at which this machine reads memory and multiplies, measured once a session."""
    from framegate.measure.machine import measure_ceilings

    return measure_ceilings()


@pytest.fixture(scope="session")
def pictures_by_model() -> dict[str, Array]:
    """What each network of the study made of the same frame, in units of its output range."""
    return {}


@pytest.fixture
def store_size(
    request: pytest.FixtureRequest,
    benchmark: Any,
    frame_model: str,
    frame_size: str,
    resolved_model: ResolvedModel,
    runtime: Runtime,
    warm_model: LoadedModel,
    model_feeds: dict[str, Array],
    frame_io: FrameIO,
    ceilings: Ceilings,
    pictures_by_model: dict[str, Array],
) -> Callable[[], None]:
    """Puts the network's facts into ``extra_info["model_size"]``.

    The output of a quantised network is compared with that of the network of the same name without the suffix, if the
    run has it. Nothing is stored with timing off.
    """
    from framegate.analysis.inspection import inspect
    from framegate.interfaces import Size
    from framegate.models.topology import read_model_json
    from framegate.results.model_size import ModelSize

    def store() -> None:
        if benchmark.stats is None:
            return
        spec = catalogue_of(request.config).specs[frame_model]
        totals = inspect(spec, read_model_json(resolved_model.path), Size.parse(frame_size), read_constants=True).totals
        low, high = frame_io.output_range
        picture = (warm_model.run(model_feeds)[frame_io.output.name] - low) / (high - low)
        pictures_by_model[frame_model] = picture
        base_model = QUANTISED.sub("", frame_model) if QUANTISED.search(frame_model) else None
        base = None if base_model is None else pictures_by_model.get(base_model)
        noise_db = math.inf if base is None else psnr_db(picture, base)
        ModelSize(
            model=frame_model,
            parameters=totals.parameters,
            macs=totals.macs,
            stored_bytes=totals.stored_bytes,
            weight_bytes=totals.float32_bytes,
            load_s=_load_s(runtime, resolved_model),
            inference_s=benchmark.stats.stats.median,
            machine=ceilings,
            compared_with=None if base is None else base_model,
            psnr_db=None if math.isinf(noise_db) else noise_db,  # JSON has no infinity
        ).store(benchmark.extra_info)

    return store


def psnr_db(found: Array, wanted: Array) -> float:
    """Peak signal-to-noise ratio of values whose peak is 1; infinite if they are equal."""
    error = float(((found.astype("float64") - wanted) ** 2).mean())
    return math.inf if error == 0 else -10 * math.log10(error)


def _load_s(runtime: Runtime, model: ResolvedModel) -> float:
    started = time.perf_counter()
    loaded = runtime.load(model)
    taken = time.perf_counter() - started
    loaded.close()
    return taken
