"""Refuse allocations that this machine's memory cannot hold, before they are made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from framegate.errors import ModelError
from framegate.machine import available_bytes

_MOST_SHOWN = 10**30
"""Broken models ask for any number of bytes, also for one that no float holds."""


def check_fits(path: Path, what: str, needed: int) -> None:
    """Refuse to allocate more than is free.

    Args:
        path: the model.json, for errors.
        what: beginning of the error's sentence, which names what needs the memory.
        needed: count of the bytes.

    Raises:
        ModelError: there is less memory than that.
    """
    available = available_bytes()
    if needed > available:
        needed = min(needed, _MOST_SHOWN)
        raise ModelError(
            f"{path}: {what} of {needed / 1e9:,.1f} GB and {available / 1e9:,.1f} GB are free; use a smaller model"
        )


def tensor_bytes(shape: Sequence[int], item_bytes: int) -> int:
    """Bytes of a tensor; unlike a 64-bit product, it does not overflow."""
    return math.prod(shape) * item_bytes
