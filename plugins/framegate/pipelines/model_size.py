"""Facts of the networks of a study, each beside the one of which it is a quantised copy."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from framegate.analysis.inspection import inspect_file
from framegate.measure.load import load_s
from framegate.render.verify import psnr_db
from framegate.results.model_size import Ceilings, ModelSize

if TYPE_CHECKING:
    from framegate.interfaces import Array, ModelSpec, ResolvedModel, Runtime, Size
    from framegate.values import Range

QUANTISED = re.compile(r"-(float16|uint8|uint16)$")
"""How the name of a network ends whose weights are stored in fewer bits than those of the network before it."""


class Network(NamedTuple):
    """A network of a study, ready to run.

    Attributes:
        name: its name in the run.
        spec: its spec.
        model: its files.
        size: the size of its picture.
        runtime: what runs it.
    """

    name: str
    spec: ModelSpec
    model: ResolvedModel
    size: Size
    runtime: Runtime


class SizeStudy:
    """Makes the record of each network, and keeps its output for the quantised ones that come after it.

    Args:
        machine: the machine's rates.
    """

    def __init__(self, machine: Ceilings) -> None:
        self._machine = machine
        self._pictures: dict[str, Array] = {}

    def record(self, network: Network, output: Array, value_range: Range, inference_s: float) -> ModelSize:
        """What is known of a network; it is loaded once more, for its seconds.

        Args:
            network: the network.
            output: what it made of the study's frame.
            value_range: the range of its outputs: pictures are compared in units of it.
            inference_s: median seconds of a frame.
        """
        name = network.name
        totals = inspect_file(network.spec, network.model.path, network.size).totals
        low, high = value_range
        self._pictures[name] = (output - low) / (high - low)
        compared_with = self._float32_of(name)
        return ModelSize(
            model=name,
            parameters=totals.parameters,
            macs=totals.macs,
            stored_bytes=totals.stored_bytes,
            weight_bytes=totals.float32_bytes,
            load_s=load_s(network.runtime, network.model),
            inference_s=inference_s,
            machine=self._machine,
            compared_with=compared_with,
            psnr_db=None if compared_with is None else self._noise_db(name, compared_with),
        )

    def _float32_of(self, name: str) -> str | None:
        """The network of the same name without the suffix, if a quantised one's has been here."""
        base, count = QUANTISED.subn("", name)
        return base if count and base in self._pictures else None

    def _noise_db(self, name: str, base: str) -> float | None:
        noise_db = psnr_db(self._pictures[name], self._pictures[base])
        return None if math.isinf(noise_db) else noise_db  # JSON has no infinity
