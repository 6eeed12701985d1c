"""Import a library that an extra installs: late, quietly, and with a helpful error."""

from __future__ import annotations

import contextlib
import importlib
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from framegate.errors import BackendUnavailable
from framegate.extras import how_to_install
from framegate.models import tf


def import_library(name: str, extra: str) -> Any:
    """The module of that name.

    Raises:
        BackendUnavailable: it cannot be imported; the hint names the extra.
    """
    if sys.modules.get(name) is not None:
        return sys.modules[name]
    try:
        with silent(), _nobody_told():
            return importlib.import_module(name)
    except ImportError as error:
        raise BackendUnavailable(f"{name} cannot be imported ({error})", how_to_install(extra)) from error


@contextlib.contextmanager
def _nobody_told() -> Iterator[None]:
    """Make OpenVINO use its stub for telemetry; else its import reports to the network, from a fork."""
    reporter = "openvino_telemetry"
    if reporter in sys.modules:
        yield
        return
    sys.modules[reporter] = None  # type: ignore[assignment]  # how an import is made to fail
    try:
        yield
    finally:
        del sys.modules[reporter]


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep warnings, log lines and C++ messages of converters from the terminal; what truly fails is raised."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with tf.quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def converter_message(error: BaseException, limit: int = 200) -> str:
    """What a converter says, without the lines about its own source files, as one short line."""
    lines = [line.strip() for line in str(error).splitlines()]
    message = [line for line in lines if line and not line.startswith(("Exception from ", "Check '", "Traceback "))]
    flat = " ".join(" ".join(message or lines).split()) or type(error).__name__
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
