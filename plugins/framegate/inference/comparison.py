"""A cell's outputs beside those of the reference, and what the users of its model must know of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from framegate.inference.agreement import Outputs, is_same_for_others, rounded_otherwise, verify_as_rounded
from framegate.inference.reference import Feeds, Reference
from framegate.values import Tolerance


class OutputComparison(NamedTuple):
    """What came of comparing outputs.

    Attributes:
        runtime: the reference's runtime; None where the outputs were compared with nothing.
        differs_by: the largest difference, as a share of the range of the output's values.
        notes: remarks for the end of the run, by what each is about.
    """

    runtime: str | None
    differs_by: float | None
    notes: Mapping[str, str]


def compare_outputs(
    model: str | None,
    outputs: Outputs,
    latest: Sequence[Feeds],
    reference: Reference,
    tolerance: Tolerance,
    ask_reference: Callable[[Sequence[Feeds]], Reference],
) -> OutputComparison:
    """Compare outputs with a reference's for the same feeds.

    Args:
        model: the model's name in the run.
        outputs: what was returned last.
        latest: what the model was fed by the last call, by the one before, and so on.
        reference: what the reference makes of these feeds.
        tolerance: the largest difference that is right, and the widest that a rounding can make of it.
        ask_reference: what the reference makes of other feeds.

    Raises:
        WrongOutput: the outputs differ, or belong to an earlier feed.
    """
    if not reference.is_repeatable:
        line = f"{model} returns other outputs each time that it runs: they were compared with none."
        return OutputComparison(None, None, {line: line})

    def run_rounded() -> Outputs:
        return ask_reference([rounded_otherwise(latest[0], tolerance.precision)]).outputs[0]

    expected, runtime = reference.outputs, reference.runtime
    differs_by, held_to = verify_as_rounded(outputs, expected, runtime, tolerance, run_rounded)
    notes = {}
    if held_to > tolerance.share:
        notes[f"rounding of {model}"] = (
            f"{model} makes much of how numbers are rounded: its outputs were compared within {held_to:.1g} of their"
            f" range, in place of {tolerance.share:.1g}."
        )
    if is_same_for_others(latest, expected, runtime):
        line = f"{model} returns the same for different pictures: a late one could not be told from it."
        notes[line] = line
    return OutputComparison(runtime, differs_by, notes)


def wider(tolerance: Tolerance, first: Reference) -> Tolerance:
    """How close outputs have to come to those of a runtime that may be as far from what is right as they are."""
    widest = max(tolerance.widest, first.tolerance)
    return replace(tolerance, share=widest, widest=widest)
