"""What a process must not have done before it draws with OpenGL."""

from __future__ import annotations

import os
import sys

from framegate.errors import BackendUnavailable, GLError

_TENSORFLOW_FOR_ALL = "tensorflow.python.pywrap_dlopen_global_flags"
"""Where TensorFlow 2.20 or later has it and imports it, all that is loaded later sees its LLVM."""

_drawing: list[int] = []
"""The process that made the first context; a fork has this list too."""


def refuse_process(name: str) -> None:
    """Refuse a process in which a driver would crash or hang.

    Raises:
        BackendUnavailable: TensorFlow was imported before, by someone else, and all of the process sees its LLVM, into
            which Mesa's driver would call.
        GLError: it was forked from one that has drawn: the driver's threads were not, and its calls wait for them.
    """
    if _drawing and _drawing[0] != os.getpid():
        raise GLError(
            f"{name} cannot be used in a fork of process {_drawing[0]}, which has drawn with OpenGL;"
            " start processes by spawn, or fork before anything is drawn"
        )
    if not _drawing and sys.modules.get(_TENSORFLOW_FOR_ALL) is not None:
        version = getattr(sys.modules.get("tensorflow"), "__version__", "")
        raise BackendUnavailable(
            f"{name} might crash here: TensorFlow {version} was imported first, and all see its LLVM",
            "import tensorflow by framegate.models.tf.tensorflow(), or make the context first",
        )


def has_drawn() -> None:
    """Keep in mind that this process has a driver."""
    if not _drawing:
        _drawing.append(os.getpid())
