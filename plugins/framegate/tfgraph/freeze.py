"""Build a model of either format into a frozen TensorFlow function."""

from __future__ import annotations

import gc
from typing import Any

from framegate.tfgraph.frozen_graph import Frozen, Placement, freeze_graph
from framegate.tfgraph.keras_model import freeze_keras
from framegate.tfgraph.parts import Parts


def freeze(tensorflow: Any, parts: Parts, placement: Placement = "inside") -> Frozen:
    """Build a model of either format into a frozen function.

    Raises:
        ModelError: the model cannot be built.
    """
    if parts.json.format == "graph":
        return freeze_graph(tensorflow, parts, placement)
    frozen = freeze_keras(tensorflow, parts, placement)
    # Keras' objects refer to each other, and hold the weights once more.
    gc.collect()
    return frozen
