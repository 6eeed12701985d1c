"""Refuse allocations that this machine's memory cannot hold, before they are made."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

from framegate.errors import ModelError

_MEMINFO = Path("/proc/meminfo")
_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB", re.MULTILINE)
# No machine addresses more, where the system does not say what it has.
_UNKNOWN = 1 << 47


def available_bytes() -> int:
    """Bytes that can be allocated without swapping; all memory, or a bound, if the system does not say."""
    try:
        match = _AVAILABLE.search(_MEMINFO.read_text("ascii"))
    except OSError:
        match = None
    if match:
        return int(match[1]) * 1024
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _UNKNOWN


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
        raise ModelError(
            f"{path}: {what} of {needed / 1e9:,.1f} GB and {available / 1e9:,.1f} GB are free; use a smaller model"
        )


def tensor_bytes(shape: Sequence[int], item_bytes: int) -> int:
    """Bytes of a tensor; unlike a 64-bit product, it does not overflow."""
    return math.prod(shape) * item_bytes
