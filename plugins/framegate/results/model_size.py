"""A network of the model-size study, and the two rates of the machine that it runs into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from framegate.results.parts import Part

CLOSE = 1.5
"""Two floors nearer to each other than this are told apart by noise."""


@dataclass(frozen=True)
class Ceilings:
    """The two rates that a network on a CPU runs into.

    Attributes:
        read_bytes_per_s: bytes of memory that no cache holds, read and summed up.
        macs_per_s: multiply-accumulates of float32 in ``numpy``'s matrix product, which is a BLAS library's sgemm.
    """

    read_bytes_per_s: float
    macs_per_s: float


@dataclass(frozen=True)
class ModelSize(Part):
    """One network of the study.

    Attributes:
        model: name of the network.
        parameters: count of the numbers that training finds.
        macs: multiply-accumulates of one frame.
        stored_bytes: bytes of the weight files.
        weight_bytes: bytes of the weights as float32, which is what the runtime reads.
        load_s: seconds from model.json to ready.
        inference_s: median seconds of a frame.
        machine: the machine's rates.
        compared_with: the float32 network whose output this one's was compared with, where this one is quantised.
        psnr_db: peak signal-to-noise ratio of the two outputs; None where they are equal, or were not compared.
    """

    key = "model_size"
    model: str
    parameters: int
    macs: int
    stored_bytes: int
    weight_bytes: int
    load_s: float
    inference_s: float
    machine: Ceilings
    compared_with: str | None = None
    psnr_db: float | None = None

    @property
    def is_equal(self) -> bool:
        """Whether the output is that of the float32 network, to the bit."""
        return self.compared_with is not None and self.psnr_db is None

    @property
    def weights_floor_s(self) -> float:
        """Seconds to read every weight once."""
        return self.weight_bytes / self.machine.read_bytes_per_s

    @property
    def arithmetic_floor_s(self) -> float:
        """Seconds of the arithmetic at the rate of a matrix product."""
        return self.macs / self.machine.macs_per_s

    @property
    def bound_by(self) -> str:
        """The higher floor: ``weights``, ``arithmetic``, or ``both`` where they are close."""
        floors = (self.weights_floor_s, self.arithmetic_floor_s)
        if max(floors) < CLOSE * min(floors):
            return "both"
        return "weights" if self.weights_floor_s > self.arithmetic_floor_s else "arithmetic"

    def stored(self) -> Any:
        """The fields, and which floor is the higher one."""
        return {**super().stored(), "bound_by": self.bound_by}
