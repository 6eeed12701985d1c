"""Do two runtimes compute the same?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from framegate.errors import WrongOutput
from framegate.interfaces import Array
from framegate.values import ANY_FLOAT32, Tolerance

TOLERANCE = ANY_FLOAT32.share
"""Largest difference that is allowed by default, as a share of the range of an output's values."""

ROUNDING = 1e-6
"""Error of computing in float32, as a share of the largest value: all that a constant output may differ by."""

LAYERS = 16
"""Roundings add up over a model's layers: outputs may be off by as many times what one rounding of its input does."""

LEVELS = 64
"""An integer output whose values spread as far holds levels, which may be rounded otherwise; others are classes."""

Outputs = Mapping[str, Array]


def verify_finite(outputs: Outputs) -> None:
    """Refuse NaN and infinities.

    Raises:
        WrongOutput: naming the output and how many of its values are not finite.
    """
    for name, values in outputs.items():
        bad = int(np.count_nonzero(~np.isfinite(values)))
        if bad:
            raise WrongOutput(f"output {name!r} has {bad} values of {values.size} that are NaN or infinite")


def verify_agreement(
    outputs: Outputs, reference: Outputs, reference_runtime: str, tolerance: float = TOLERANCE
) -> float:
    """Compare outputs with another runtime's, output by output, within ``tolerance`` of the reference's value range.

    Of integers, one in a thousand may differ by any amount: rounding decides between two equally likely classes.
    NaN and infinities agree with their like alone.

    Returns:
        The largest difference, as a share of the range of the output's values.

    Raises:
        WrongOutput: naming the output, the largest difference and the tolerance.
    """
    return max(
        (_difference(*pair, reference_runtime, tolerance) for pair in _pairs(outputs, reference, reference_runtime)),
        default=0.0,
    )


def verify_latest(
    outputs: Outputs, references: Sequence[Outputs], reference_runtime: str, tolerance: float = TOLERANCE
) -> float:
    """Compare outputs with another runtime's for the same feeds.

    Args:
        outputs: outputs of the last call.
        references: the reference's outputs for the feeds of the last call, of the one before it, and so on.
        reference_runtime: name of the reference's runtime.
        tolerance: the largest difference that is right, as a share of the range of the output's values.

    Returns:
        As `verify_agreement`.

    Raises:
        WrongOutput: they differ; the message says if they belong to earlier feeds.
    """
    try:
        return verify_agreement(outputs, references[0], reference_runtime, tolerance)
    except WrongOutput as error:
        for late, earlier in enumerate(references[1:], 1):
            if agrees(outputs, earlier, reference_runtime, tolerance):
                raise WrongOutput(f"{error}; it is what comes of the picture that was fed {late} before") from None
        raise


def verify_as_rounded(
    outputs: Outputs,
    references: Sequence[Outputs],
    reference_runtime: str,
    tolerance: Tolerance,
    run_rounded: Callable[[], Outputs],
) -> tuple[float, float]:
    """Compare as `verify_latest`, and no closer than the numbers that are computed with let the model be known.

    Args:
        outputs: outputs of the last call.
        references: outputs as for `verify_latest`.
        reference_runtime: name of the reference's runtime.
        tolerance: the largest difference that is right, and the widest that a rounding can make of it.
        run_rounded: function that returns the reference's outputs for the feeds of the last call, `rounded_otherwise`.
            It is called where the outputs differ by more than the one, and by less than the other.

    Returns:
        The largest difference, and the tolerance that it was held to, both as a share of the range.

    Raises:
        WrongOutput: as `verify_latest`.
    """
    try:
        return verify_latest(outputs, references, reference_runtime, tolerance.share), tolerance.share
    except WrongOutput:
        widest = tolerance.widest
        if tolerance.share >= widest or not agrees(outputs, references[0], reference_runtime, widest):
            raise
        moved_by = verify_agreement(run_rounded(), references[0], reference_runtime, math.inf)
        wider = min(widest, LAYERS * moved_by)
        if wider <= tolerance.share:
            raise
        return verify_latest(outputs, references, reference_runtime, wider), wider


def rounded_otherwise(feeds: Mapping[str, Array], precision: str = "float32") -> dict[str, Array]:
    """The same feeds, each float moved up or down, as by chance, by one step between the largest numbers.

    Args:
        feeds: what a model is fed, by input.
        precision: type of the numbers whose steps are meant: ``float32`` or ``float16``.
    """
    signs = np.random.default_rng(0)

    def step(values: Array) -> float:
        most = np.finfo(precision).max / 2  # above that there is no next number
        return float(np.spacing(np.minimum(np.max(np.abs(values)), most).astype(precision)))

    return {
        name: values + signs.choice([-1, 1], values.shape).astype(values.dtype) * values.dtype.type(step(values))
        if values.dtype.kind == "f" and values.size
        else values
        for name, values in feeds.items()
    }


def agrees(outputs: Outputs, reference: Outputs, reference_runtime: str, tolerance: float = TOLERANCE) -> bool:
    """Whether outputs pass `verify_agreement`."""
    try:
        verify_agreement(outputs, reference, reference_runtime, tolerance)
    except WrongOutput:
        return False
    return True


def is_same_for_others(
    feeds: Sequence[Mapping[str, Array]], outputs: Sequence[Outputs], reference_runtime: str
) -> bool:
    """Whether the first of several feeds has the outputs of another one, so that a late result looks like a right one.

    Args:
        feeds: what a model was fed, the newest first.
        outputs: what it makes of each of them.
        reference_runtime: name of the runtime that says so.
    """
    return any(
        agrees(outputs[0], earlier, reference_runtime) and not _are_equal(feeds[0], others)
        for others, earlier in zip(feeds[1:], outputs[1:], strict=True)
    )


def _are_equal(feeds: Mapping[str, Array], others: Mapping[str, Array]) -> bool:
    return all(np.array_equal(array, others[name]) for name, array in feeds.items())


def _pairs(outputs: Outputs, reference: Outputs, runtime: str) -> Iterator[tuple[str, Array, Array]]:
    """Each output's name, its values and the reference's: by name, or in order where a runtime has other names."""
    if outputs.keys() == reference.keys():
        yield from ((name, outputs[name], expected) for name, expected in reference.items())
    elif len(outputs) == len(reference):
        for (name, values), expected in zip(outputs.items(), reference.values(), strict=True):
            yield name, values, expected
    else:
        raise WrongOutput(f"outputs are {sorted(outputs)}, those of {runtime!r} are {sorted(reference)}")


def _difference(name: str, actual: Array, expected: Array, runtime: str, tolerance: float) -> float:
    if actual.shape != expected.shape:
        raise WrongOutput(f"output {name!r} has shape {actual.shape}, that of {runtime!r} has {expected.shape}")
    if expected.dtype.kind not in "biuf":
        return 0.0  # strings are no numbers to compare
    exact, values = expected.astype(np.float64), actual.astype(np.float64)
    finite = np.isfinite(exact)
    if not np.array_equal(values[~finite], exact[~finite], equal_nan=True) or not np.isfinite(values[finite]).all():
        raise WrongOutput(
            f"output {name!r} is NaN or infinite where that of {runtime!r} is not, or the other way round"
        )
    exact = exact[finite]
    off = np.abs(values[finite] - exact)
    spread = float(np.ptp(exact)) if exact.size else 0.0
    largest_value = float(np.max(np.abs(exact), initial=0.0))
    scale = max(spread, largest_value * ROUNDING / tolerance, float(np.finfo(np.float32).tiny))
    allowed = tolerance * scale
    if expected.dtype.kind in "iu":
        allowed = max(allowed, 1.0 if spread >= LEVELS else 0.0)
        if np.count_nonzero(off > allowed) <= tolerance * off.size:
            off = off[off <= allowed]
    largest = float(np.max(off, initial=0.0))
    if largest > allowed:
        raise WrongOutput(
            f"output {name!r} differs from that of {runtime!r} by up to {largest:.3g}; {allowed:.3g} is allowed"
        )
    return largest / scale
