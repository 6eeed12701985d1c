"""The user's own layers: their classes for Keras, and a digest that tells versions of their code apart."""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framegate.errors import UsageError
from framegate.interfaces import LayerFactory


def own_classes(keras: Any, factories: Mapping[str, LayerFactory]) -> dict[str, Any]:
    """Class name -> class of layers.

    Raises:
        UsageError: a factory returns anything but a class of layers.
    """
    classes = {name: factory(keras) for name, factory in factories.items()}
    for name, kind in classes.items():
        if not (isinstance(kind, type) and issubclass(kind, keras.layers.Layer)):
            raise UsageError(
                f"the factory of layer {name!r} returns {kind!r:.60}; it has to return a subclass of the layers.Layer"
                " of the module that it is given"
            )
    return classes


def code_digest(factories: Mapping[str, LayerFactory]) -> str:
    """A text that changes with the files that define the factories; empty without factories.

    A factory without a file has another one in each process.
    """
    if not factories:
        return ""
    digest = hashlib.sha256()
    for name, factory in sorted(factories.items()):
        digest.update(name.encode() + b"\0" + _code(factory))
    return digest.hexdigest()


def _code(factory: LayerFactory) -> bytes:
    try:
        return Path(inspect.getfile(inspect.unwrap(factory))).read_bytes()
    except (OSError, TypeError):
        return _THIS_PROCESS


_THIS_PROCESS = os.urandom(16)
