"""How a training run shows where it is: a bar in a terminal, a line an epoch in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class TrainingProgress:
    """Use it in a ``with`` block, so that the bar is taken away whatever happens.

    Args:
        steps: steps in an epoch.
        console: where to write.
    """

    def __init__(self, steps: int, console: Console | None = None) -> None:
        self._steps = steps
        self._console = console or Console()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, disable=not self._console.is_terminal, transient=True)
        self._task = self._bar.add_task("step")
        self._epochs = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def begin(self, pictures: int, left_out: Sequence[str], epoch: int, epochs: int) -> None:
        """Say what there is to learn from, what not, and what is done already."""
        self._epochs = epochs
        resumed = f", going on after epoch {epoch}" if epoch else ""
        self._say(f"{pictures} pictures, {epochs} epochs of {self._steps} steps{resumed}")
        if left_out:
            self._say(f"left out: {', '.join(left_out)}")
        self._bar.update(self._task, total=max(0, epochs - epoch) * self._steps)

    def step(self, loss: float) -> None:
        """Move the bar on."""
        self._bar.update(self._task, advance=1, description=f"loss {loss:.4f}")

    def epoch_done(self, epoch: int, loss: float, sample: Path) -> None:
        """Say how the epoch went."""
        self._say(f"epoch {epoch}/{self._epochs}  loss {loss:.4f}  {sample}")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
