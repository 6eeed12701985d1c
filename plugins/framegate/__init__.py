"""Framegate: benchmark TensorFlow.js image models from camera frame to screen, with pytest."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from framegate.interfaces import LayerFactory, ModelSpec, Runtime
    from framegate.loading.model import Model

__all__ = ["load_model"]


def load_model(
    path: str | os.PathLike[str] | ModelSpec,
    runtime: str | Runtime = "tensorflow",
    *,
    threads: int | None = None,
    trial_s: float | None = 120.0,
    layers: Mapping[str, LayerFactory] = MappingProxyType({}),
) -> Model:
    """Load a TensorFlow.js model, layers or graph, and make it ready to run.

    >>> with load_model("models/mine/model.json") as model:  # doctest: +SKIP
    ...     model.inputs
    (TensorInfo(name='image', shape=(None, 256, 256, 1), dtype='float32'),)
    ...     model.run(image)["Identity"].shape
    (1, 256, 256, 3)

    Args:
        path: a ``model.json`` or its folder; a spec's name (``"esrgan-slim-x2"``) or ``.toml`` file; or
            ``SCHEME:LOCATOR``, such as ``"npm:NAME@VERSION#path/in/package"``. See `framegate.models.specs.find_spec`.
        runtime: a runtime's name, or a runtime. ``"tensorflow"`` runs a frozen function, ``"auto"`` the
            fastest there is.
        threads: how many a runtime that was given by its name computes on; None means as many as this process may use
            cores. TensorFlow keeps the first number for as long as the process lives.
        trial_s: seconds that a model which has not been here before may take in a process of its own, where a runtime
            that was given by its name loads it and runs it once; None for a model that you trust. Generated models
            and those that a spec pins by a hash are trusted.
        layers: your own layers, class name -> a function that is given the module ``tf_keras`` and returns the class. A
            model that needs one of them is not tried in another process.

    Returns:
        A model with ``inputs`` and ``outputs`` (name, shape with None for dynamic dimensions, dtype),
        ``run(dict or array) -> dict of arrays`` and ``close()``; it is a context manager.

    Raises:
        UsageError: a layer of yours has the name of one of TF.js' own, or its factory returns no class of layers.
        UnknownName: no such model, source or runtime; the error lists what there is.
        BackendUnavailable: the runtime or a tool that brings the model is not installed.
        SourceError: the model could not be fetched or made.
        ModelError: the files are not a TF.js model, are damaged, or hold an op that the runtime does not know; or the
            process in which the model was tried ended, or did not end in time.
    """
    # Importing framegate, as every collection of tests does, must not import numpy and the model code.
    from framegate.loading.model import load

    return load(path, runtime, threads, trial_s, layers)
