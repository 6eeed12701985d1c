"""``python -m framegate.models.sources.pix2pix_build RECIPE FOLDER``: write a pix2pix model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from framegate.errors import BackendUnavailable
from framegate.models.sources import pix2pix_net
from framegate.models.sources.pix2pix_graph import GraphWriter
from framegate.models.writing import write_model

EXIT_UNAVAILABLE = 3
"""Exit status that says a library is missing, and which one on stderr; the interpreter's own failures are 1 and 2."""


def write_files(recipe: dict[str, Any], folder: Path) -> None:
    """Build the network of a recipe (see `pix2pix.Pix2Pix`) and save it as TF.js' converter would.

    Args:
        recipe: the network.
        folder: folder for model.json and its shards.

    Raises:
        BackendUnavailable: there is no TensorFlow.
    """
    model = pix2pix_net.generator(recipe["size"], recipe["filters"], recipe["channels"], recipe["seed"])
    values = {variable.name.removesuffix(":0"): variable.numpy() for variable in model.weights}
    if recipe["format"] == "layers":
        write_model(folder, _layers(model), values, recipe["quantize"])
    else:
        graph = GraphWriter(recipe["size"], values)
        write_model(folder, graph.document(), graph.constants, recipe["quantize"])


def _layers(model: Any) -> dict[str, Any]:
    """The network's layers, as Keras 2 describes them."""
    described = json.loads(model.to_json())
    config = {key: described[key] for key in ("class_name", "config")}
    # Without what differs between versions of Keras 2: the same model has the same hash.
    for layer in config["config"]["layers"]:
        layer["config"].pop("optional", None)
    topology = {"keras_version": "2", "backend": "tensorflow", "model_config": config}
    return {"format": "layers-model", "modelTopology": topology}


if __name__ == "__main__":
    try:
        write_files(json.loads(sys.argv[1]), Path(sys.argv[2]))
    except BackendUnavailable as error:
        sys.stderr.write(error.reason)
        sys.exit(EXIT_UNAVAILABLE)
