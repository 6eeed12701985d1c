"""The result of one cell: what a benchmark has stored, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from framegate.results.model_size import ModelSize
from framegate.results.page import Page
from framegate.results.parts import (
    Agreement,
    Cell,
    FedFrames,
    Form,
    Memory,
    PictureValues,
    ScreenCosts,
    ShownOutputs,
    StageSamples,
    TraceFile,
)
from framegate.results.reading import Misfit, read_as
from framegate.results.realtime import Realtime

NOISY_SPREAD = 0.2
"""Spread of a cell's rounds from which on its time is only roughly known."""
FEWEST_ROUNDS = 5
"""Rounds of which a spread can be told."""

Strings = tuple[str, ...]
Seconds = Mapping[str, float]


@dataclass(frozen=True)
class CellResult:
    """All that is known of a cell; None where a suite does not measure a part.

    Attributes:
        name: name of the test, with the cell in brackets: ``test_frame[tiny-16-none-…]``.
        fullname: node id of the test.
        group: the group of benchmarks that it belongs to.
        params: parameters of the test.
        median_s: median seconds of a round.
        iqr_s: seconds from the first quartile of the rounds to the third.
        rounds: count of the rounds.
        version: version of the form in which it is stored; 0 for files from before there was one.
        frame: the cell, and the backends that it ran on.
        frames: the frames that were fed.
        stages: seconds of the stages; false without stages.
        memory: memory of the process.
        agreement: comparison of the outputs with a reference.
        shown: outputs that are shown, and the view that shows them.
        picture: values of the picture, and the range in which they are shown.
        screen: costs of the way to the screen.
        model_size: the network, in the model-size study.
        realtime: numbers of a run against a clock.
        page: TF.js' page, where the cell ran in one.
        trace: where the trace of its frames is.
        trial_s: runtime -> seconds of its fastest run, where ``auto`` chose from several.
        remarks: what users of the model must know.
        extra_info: everything that is stored, what other plugins and conftests have stored included.
    """

    name: str
    fullname: str = ""
    group: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    median_s: float | None = None
    iqr_s: float | None = None
    rounds: int | None = None
    version: int = 0
    frame: Cell = field(default_factory=Cell)
    frames: FedFrames | None = None
    stages: StageSamples = field(default_factory=StageSamples)
    memory: Memory | None = None
    agreement: Agreement | None = None
    shown: ShownOutputs | None = None
    picture: PictureValues | None = None
    screen: ScreenCosts | None = None
    model_size: ModelSize | None = None
    realtime: Realtime | None = None
    page: Page | None = None
    trace: TraceFile | None = None
    trial_s: Seconds = field(default_factory=dict)
    remarks: Strings = ()
    extra_info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def suite(self) -> str:
        """Name of the test function."""
        return self.name.partition("[")[0]

    @property
    def cell(self) -> str:
        """The cell, as it stands in the test's name: ``tiny-16-none-…``."""
        return self.name.partition("[")[2].removesuffix("]")

    @property
    def spread(self) -> float | None:
        """How far the rounds lie apart: the width of their middle half, as a share of the median; None of too few.

        A quarter of the rounds may be as slow as they like without a change of it. Runs against a clock have none, as
        their rounds are what the clock makes of them.
        """
        if self.realtime or not self.median_s or self.iqr_s is None or (self.rounds or 0) < FEWEST_ROUNDS:
            return None
        return self.iqr_s / self.median_s

    @property
    def is_noisy(self) -> bool:
        """Whether the rounds lie so far apart that the time is only roughly known."""
        return self.spread is not None and self.spread > NOISY_SPREAD

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """The result of a benchmark as pytest-benchmark stores it: an entry of ``benchmarks`` in its files.

        What does not fit, as a user may keep something else under the same key, is as if it was not stored.
        """
        extra_info: Mapping[str, Any] = _or(stored.get("extra_info"), Mapping[str, Any], {})
        form = Form.read(extra_info)
        stats: Mapping[str, Any] = _or(stored.get("stats"), Mapping[str, Any], {})
        return cls(
            name=_or(stored.get("name"), str, ""),
            fullname=_or(stored.get("fullname"), str, ""),
            group=_or(stored.get("group"), str, None),
            params=_or(stored.get("params"), Mapping[str, Any], {}),
            median_s=_or(stats.get("median"), float, None),
            iqr_s=_or(stats.get("iqr"), float, None),
            rounds=_or(stats.get("rounds"), int, None),
            version=0 if form is None else form.version,
            frame=Cell.read(extra_info) or Cell(),
            frames=FedFrames.read(extra_info),
            stages=StageSamples.read(extra_info) or StageSamples(),
            memory=Memory.read(extra_info),
            agreement=Agreement.read(extra_info),
            shown=ShownOutputs.read(extra_info),
            picture=PictureValues.read(extra_info),
            screen=ScreenCosts.read(extra_info),
            model_size=ModelSize.read(extra_info),
            realtime=Realtime.read(extra_info),
            page=Page.read(extra_info),
            trace=TraceFile.read(extra_info),
            trial_s=_or(extra_info.get("trial_s"), Seconds, {}),
            remarks=_or(extra_info.get("model_remarks"), Strings, ()),
            extra_info=extra_info,
        )


def _or(value: object, kind: Any, default: Any) -> Any:
    try:
        return default if value is None else read_as(value, kind)
    except Misfit:
        return default
