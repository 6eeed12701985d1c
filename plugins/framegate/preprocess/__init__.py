"""Preprocessing: from a camera frame to the tensor a model takes."""

from framegate.preprocess.steps import BUILTIN_STEPS

__all__ = ["BUILTIN_STEPS"]
