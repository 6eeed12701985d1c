"""From trained weights to a TF.js graph model, all at once or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from framegate.interfaces import Array
from framegate.leftovers import temporary_folder
from framegate.models.sources.pix2pix_graph import GraphWriter
from framegate.models.writing import write_model
from framegate.training.settings import Settings


def export(settings: Settings, weights: Mapping[str, Array], folder: Path, quantize: str | None) -> Path:
    """Write a graph model; one that is there already is replaced when the new one is whole.

    Args:
        settings: what was trained.
        weights: by their Keras names.
        folder: the model's folder.
        quantize: ``float16``, ``uint8``, ``uint16``, or None for float32.

    Returns:
        The ``model.json``.
    """
    graph = GraphWriter(settings.size, weights)
    with temporary_folder("model", folder.parent) as temporary:
        unfinished = temporary / "model"
        unfinished.mkdir()
        write_model(unfinished, graph.document(), graph.constants, quantize)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    return folder / "model.json"
