"""Do two runtimes compute the same?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from framegate.errors import WrongOutput
from framegate.interfaces import Array

TOLERANCE = 1e-3


def verify_finite(outputs: Mapping[str, Array]) -> None:
    """Refuse NaN and infinities.

    Raises:
        WrongOutput: naming the output and how many of its values are not finite.
    """
    for name, values in outputs.items():
        bad = int(np.count_nonzero(~np.isfinite(values)))
        if bad:
            raise WrongOutput(f"output {name!r} has {bad} values of {values.size} that are NaN or infinite")


def verify_agreement(outputs: Mapping[str, Array], reference: Mapping[str, Array], reference_runtime: str) -> None:
    """Compare outputs with another runtime's, output by output, within 1e-3 of the reference's value range.

    Raises:
        WrongOutput: naming the output, the largest difference and the tolerance.
    """
    if outputs.keys() != reference.keys():
        raise WrongOutput(f"outputs are {sorted(outputs)}, those of {reference_runtime!r} are {sorted(reference)}")
    for name, expected in reference.items():
        found = outputs[name]
        if found.shape != expected.shape:
            raise WrongOutput(
                f"output {name!r} has shape {found.shape}, that of {reference_runtime!r} has {expected.shape}"
            )
        exact = expected.astype(np.float64)
        allowed = TOLERANCE * max(float(np.ptp(exact)), float(np.finfo(np.float32).eps))
        off = float(np.max(np.abs(found - exact), initial=0.0))
        if off > allowed:
            raise WrongOutput(
                f"output {name!r} differs from that of {reference_runtime!r} by up to {off:.3g};"
                f" {allowed:.3g} is allowed"
            )
