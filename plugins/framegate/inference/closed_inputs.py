"""A model that takes the frame alone, whatever its other inputs are fed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framegate.inference.other_inputs import OtherFeeds, OtherInputs
from framegate.interfaces import Array, LoadedModel, Stage, Stages, TensorInfo
from framegate.measure import stages

Feeds = Mapping[str, Array]


class Returned(dict[str, Array]):
    """What a model returned in a run, with all that it was fed beside the frame.

    Attributes:
        others: what its other inputs were fed.
    """

    others: OtherFeeds


class ClosedModel:
    """A loaded model of which one input is open: the frame's.

    The others are fed constants, or what an output was in the run before, which is copied in ``readback``.

    Args:
        loaded: the model; it is closed with this.
        others: what the other inputs are fed.
    """

    def __init__(self, loaded: LoadedModel, others: OtherInputs) -> None:
        self._loaded, self._others = loaded, others
        self._inference, self._readback = loaded.stages()
        self.reset()

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """The one that takes the frame."""
        return (self._others.frame,)

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """All of the model's outputs, the state among them."""
        return self._loaded.outputs

    def reset(self) -> None:
        """Begin anew: the next run is the first."""
        self._next = self._others.with_state(self._others.zeros)

    def run(self, feeds: Feeds) -> dict[str, Array]:
        """Run once, with the state that the last run left.

        Raises:
            ModelError: the feeds do not fit, or the model cannot run.
        """
        returned: dict[str, Array] = stages.run(self.stages(), feeds)
        return returned

    def stages(self) -> Stages:
        """``run`` cut into the model's ``inference`` and ``readback``."""
        return (Stage("inference", self._infer), Stage("readback", self._read))

    def close(self) -> None:
        """Free the model."""
        self._loaded.close()

    def _infer(self, feeds: Feeds) -> Any:
        return self._inference.call(self._next.joined(feeds))

    def _read(self, results: Any) -> dict[str, Array]:
        returned = Returned(self._readback.call(results))
        returned.others = self._next
        state = self._others.state
        if state:
            self._next = self._others.with_state({name: returned[out].copy() for name, out in state.items()})
        return returned


def close_inputs(loaded: LoadedModel, others: OtherInputs) -> LoadedModel:
    """A model with one open input; the model itself if it has no other."""
    return loaded if len(others.names) == 1 else ClosedModel(loaded, others)


def whole_feeds(outputs: Mapping[str, Array], latest: Sequence[Feeds]) -> Sequence[Feeds]:
    """All that a model was fed, for what it returned.

    Args:
        outputs: what it returned last.
        latest: what was fed of the last frame, of the one before it, and so on.

    Returns:
        The same with what other inputs were fed; of the last run alone where the model has a state.
    """
    if not isinstance(outputs, Returned):
        return latest
    known = latest[:1] if outputs.others.has_state else latest
    return [outputs.others.joined(feeds) for feeds in known]
