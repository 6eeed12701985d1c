"""What the window shows, and what a key changes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from framegate.preprocess.toggles import NONE, parse_toggles, switched_on

MOST_STEPS = 9
"""As many as there are keys for them."""


@dataclass(frozen=True)
class WindowChoice:
    """What is shown.

    Attributes:
        model: a model's name.
        preprocess: the steps, in the one form that a benchmark's name has.
        runtime: what runs the model.
        renderer: what takes its output to the screen.
    """

    model: str
    preprocess: str = NONE
    runtime: str = "tensorflow"
    renderer: str = "gl-texture"

    def __str__(self) -> str:
        return f"{self.model}  {self.preprocess}  {self.runtime}  {self.renderer}"


@dataclass(frozen=True)
class Offer:
    """What there is to choose.

    Attributes:
        models: names of models, in the order in which the key takes them.
        steps: names of preprocessing steps; the keys ``1`` to ``9`` switch the first of them, in this order.
        runtimes: names of runtimes.
        renderers: names of renderers.
    """

    models: Sequence[str]
    steps: Sequence[str]
    runtimes: Sequence[str]
    renderers: Sequence[str]

    def help(self) -> list[str]:
        """What the keys do, a line for each."""
        return [
            f"1-{min(len(self.steps), MOST_STEPS)}  switch a step",
            "r  next renderer",
            "t  next runtime",
            "m  next model",
            "s  save pictures and figures",
            "space  pause",
            "h  this help",
            "q, Esc  end",
        ]

    def pressed(self, key: str, choice: WindowChoice) -> WindowChoice:
        """The choice after a key; the same one where the key changes nothing of it."""
        if key.isdecimal() and 1 <= int(key) <= len(self.steps):
            on = set(switched_on(choice.preprocess, self.steps)) ^ {self.steps[int(key) - 1]}
            return replace(choice, preprocess=parse_toggles("+".join(on) or NONE, self.steps))
        if key == "r":
            return replace(choice, renderer=_next(self.renderers, choice.renderer))
        if key == "t":
            return replace(choice, runtime=_next(self.runtimes, choice.runtime))
        if key == "m":
            return replace(choice, model=_next(self.models, choice.model))
        return choice


def _next(names: Sequence[str], name: str) -> str:
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
