"""The preprocess stage as one call: fit, then the switched-on steps, then the tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framegate.errors import WrongOutput
from framegate.interfaces import Array, Pixels, Size, Step
from framegate.preprocess.fit import fit
from framegate.preprocess.tensor import ToTensor
from framegate.words import Fit


@dataclass(frozen=True)
class Preprocessor:
    """Takes an RGB uint8 frame (H, W, 3) to a picture of ``size`` or, with ``to_tensor``, to the model's input."""

    size: Size
    how: Fit
    steps: Sequence[tuple[str, Step]]
    to_tensor: ToTensor | None = None

    def picture(self, frame: Pixels) -> Pixels:
        """The fitted frame after all steps: uint8 (H, W, 3), or (H, W) where a step made it grey."""
        image = fit(frame, self.size, self.how)
        for _, step in self.steps:
            image = step(image)
        return image

    def __call__(self, frame: Pixels) -> Array:
        """The whole stage: frame in, the model's input out (the picture itself where there is no model)."""
        image = self.picture(frame)
        return image if self.to_tensor is None else self.to_tensor(image)

    def verify(self, frames: Sequence[Pixels], picture: Pixels | None = None) -> None:
        """Run each step once more and check that it keeps to its contract.

        Args:
            frames: the latest frame, the one before it, and so on.
            picture: what came of the latest frame, if that is to be compared.

        Raises:
            WrongOutput: a step changed the size, the dtype or the number of dimensions beyond grey, returns the same
                whatever it is given, or another picture comes of the same frame.
        """
        image, *earlier = [self._checked(frame) for frame in frames]
        if picture is None or np.array_equal(image, picture):
            return
        for late, other in enumerate(earlier, 1):
            if np.array_equal(other, picture):
                raise WrongOutput(
                    f"preprocessing gave the picture of the frame {late} before the one that it was given"
                )
        raise WrongOutput("preprocessing one frame twice gave two pictures; a step must depend on its input alone")

    def _checked(self, frame: Pixels) -> Pixels:
        image = fit(frame, self.size, self.how)
        for name, step in self.steps:
            _check_looks(name, step, image)
            image = step(image)
            good = image.shape in (self.size, (*self.size, 3)) and image.dtype == "uint8"
            if not good:
                raise WrongOutput(
                    f"preprocessing step {name!r} returned {image.dtype} {image.shape}; it must return uint8"
                    f" {(*self.size, 3)} or {tuple(self.size)}"
                )
        return image


def _check_looks(name: str, step: Step, like: Pixels) -> None:
    """Refuse a step that makes the same picture of black and of two kinds of noise."""
    noise = np.random.default_rng(0).integers(0, 256, like.shape, np.uint8)
    first, *others = [step(picture) for picture in (np.zeros_like(like), noise, 255 - noise)]
    if all(np.array_equal(first, other) for other in others):
        raise WrongOutput(f"preprocessing step {name!r} returns the same picture whatever it is given")
