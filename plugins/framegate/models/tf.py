"""The one place that imports TensorFlow and its relatives: late, quietly, and with a helpful error."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from framegate.errors import BackendUnavailable
from framegate.extras import how_to_install
from framegate.machine import has_library, usable_cores
from framegate.work import long_work

_HUSHED: list[int] = []
"""The terminal, while nothing that is written to ``stderr`` gets there."""

_GLOBAL_FLAGS = "tensorflow.python.pywrap_dlopen_global_flags"
_KERAS_3 = "keras.src"


def tensorflow() -> Any:
    """The ``tensorflow`` module.

    Raises:
        BackendUnavailable: if it cannot be imported.
    """
    # Without a GPU TensorFlow logs its search for one as errors; what truly fails is raised too.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow 2.20 and later have a module that lets the whole process see their libraries; where it cannot be
    # imported they keep to themselves. Mesa, loaded after them, would call into their LLVM and crash.
    if "tensorflow" in sys.modules or not has_library("tensorflow"):
        return _import("tensorflow")
    sys.modules[_GLOBAL_FLAGS] = None  # type: ignore[assignment]
    # A process that ends would search all of TensorFlow's objects for garbage, for a third of the time of their import.
    atexit.register(gc.freeze)
    with long_work("importing TensorFlow"), _lasting(), _without_keras_3():
        return _import("tensorflow")


def tf_keras() -> Any:
    """The ``tf_keras`` module: Keras 2, whose models are what TF.js layers models describe.

    Raises:
        BackendUnavailable: if it or TensorFlow cannot be imported.
    """
    tensorflow()
    return _import("tf_keras")


def device_names() -> str:
    """The devices that TensorFlow computes on, e.g. ``2 CPU cores`` or ``GPU:0``."""
    gpus = [gpu.name.removeprefix("/physical_device:") for gpu in tensorflow().config.list_physical_devices("GPU")]
    cores = usable_cores()
    return ", ".join(gpus) or f"{cores} CPU core{'s' if cores > 1 else ''}"


def use_threads(count: int) -> None:
    """Have TensorFlow compute on ``count`` threads: within an op, and with as many ops beside each other.

    Raises:
        BackendUnavailable: TensorFlow has computed in this process on another number, and keeps it.
    """
    threading = tensorflow().config.threading
    cores = usable_cores()
    try:
        threading.set_intra_op_parallelism_threads(count)
        threading.set_inter_op_parallelism_threads(count)
    except RuntimeError as error:
        now = threading.get_intra_op_parallelism_threads() or cores
        if now != count:
            raise BackendUnavailable(
                f"TensorFlow's number of threads is {now} for the rest of this process, and cannot become {count}",
                "start a process for each number of threads",
            ) from error


@contextlib.contextmanager
def _own_symbols() -> Iterator[None]:
    """Let libraries that load here find their own symbols before the process's.

    Mesa loads its driver, and LLVM with it, for the whole process to see. TensorFlow carries an LLVM of its own; loaded
    after an OpenGL context was made, it would call into Mesa's and crash.
    """
    if not hasattr(sys, "setdlopenflags"):
        yield
        return
    flags = sys.getdlopenflags()
    sys.setdlopenflags(flags | getattr(os, "RTLD_DEEPBIND", 0))
    try:
        yield
    finally:
        sys.setdlopenflags(flags)


@contextlib.contextmanager
def _without_keras_3() -> Iterator[None]:
    """Keep Keras 3 from being imported in a block; whoever asks for it later gets it, of TensorFlow as well.

    TensorFlow imports it, and pandas with it, for its optimizers alone, which takes a sixth of the time; where it
    cannot be imported TensorFlow does without. What Framegate builds is Keras 2.
    """
    if "keras" in sys.modules:
        yield
        return
    sys.modules[_KERAS_3] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        # What cannot be imported is no module that anybody has.
        if sys.modules.get(_KERAS_3) is None:
            sys.modules.pop(_KERAS_3, None)


@contextlib.contextmanager
def _lasting() -> Iterator[None]:
    """Keep what an import makes, and lasts, out of collections: each model that is closed asks for a full one.

    What was there before is kept out with it, so there should be no model yet.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _import(name: str) -> Any:
    if sys.modules.get(name) is not None:
        return sys.modules[name]
    try:
        with quiet(), _own_symbols():
            return importlib.import_module(name)
    except ImportError as error:
        raise BackendUnavailable(f"{name} cannot be imported ({error})", how_to_install("tensorflow")) from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what C++ code writes inside the block from the terminal: TensorFlow's first messages obey no log level.

    ``sys.stderr`` stays as it is, because TensorFlow's Python logger keeps the stream it meets first.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as sink:
        terminal = os.dup(2)
        os.dup2(sink.fileno(), 2)
        _HUSHED.append(terminal)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            _HUSHED.remove(terminal)
            os.close(terminal)


def end_quiet() -> None:
    """Let what is written from now on be read, even where a thread that imports has kept it from the terminal."""
    if _HUSHED:
        os.dup2(_HUSHED[0], 2)
