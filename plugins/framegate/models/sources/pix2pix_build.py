"""``python -m framegate.models.sources.pix2pix_build RECIPE FOLDER [WEIGHTS]``: write a pix2pix model."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.interfaces import Array
from framegate.models import tf
from framegate.models.folding import channels_at_once
from framegate.models.sources import pix2pix_net

UNAVAILABLE = 3
"""Exit status that says a library is missing, and which one on stderr; the interpreter's own failures are 1 and 2."""


def write(recipe: dict[str, Any], folder: Path, weights: Mapping[str, Array] | None = None) -> None:
    """Build the network of a recipe (see `pix2pix.Pix2Pix`) and save it with the tensorflowjs converter.

    Args:
        recipe: the network.
        folder: to write model.json and its shards into.
        weights: trained weights by their Keras names; without them the recipe's seed decides.

    Raises:
        BackendUnavailable: without TensorFlow or the converter.
    """
    converters = tf.converters()
    model = pix2pix_net.build(recipe["size"], recipe["filters"], recipe["channels"], recipe["seed"])
    if weights is not None:
        for variable in model.weights:
            variable.assign(weights[variable.name])
    quantize = {recipe["quantize"]: True} if recipe["quantize"] else None
    if recipe["format"] == "layers":
        converters.save_keras_model(model, str(folder), quantization_dtype_map=quantize)
    else:
        graphs = converters.tf_saved_model_conversion_v2
        with channels_at_once():
            graphs.convert_keras_model_to_graph_model(model, str(folder), quantization_dtype_map=quantize)
    _sort(folder / "model.json")


def _sort(path: Path) -> None:
    """Protobuf writes a node's attributes in an order that changes from run to run, and the hash with it."""
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps(document, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    try:
        write(json.loads(sys.argv[1]), Path(sys.argv[2]), np.load(sys.argv[3]) if len(sys.argv) > 3 else None)
    except BackendUnavailable as error:
        sys.stderr.write(error.reason)
        sys.exit(UNAVAILABLE)
