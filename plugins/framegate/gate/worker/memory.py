"""How much memory this process holds, and the peak since it was last reset."""

from __future__ import annotations

import re
from pathlib import Path

_STATUS = Path("/proc/self/status")
_FORGET = Path("/proc/self/clear_refs")
_PEAK = "5"  # see proc(5)


def resident_bytes() -> int | None:
    """Bytes of this process that are in memory, its libraries' included; None where the system does not say."""
    return _field("VmRSS")


def peak_bytes() -> int | None:
    """The most that `resident_bytes` was since `forget_peak`; None where the system does not say."""
    peak, now = _field("VmHWM"), resident_bytes()
    # The kernel counts in passing, and either may be behind by some pages.
    return None if peak is None or now is None else max(peak, now)


def forget_peak() -> bool:
    """Reset the peak to what is held now; False where the system cannot, and the peak is that of the process's life."""
    try:
        _FORGET.write_text(_PEAK, "ascii")
    except OSError:
        return False
    return True


def _field(name: str) -> int | None:
    try:
        line = re.search(rf"^{name}:\s+(\d+) kB$", _STATUS.read_text("ascii", "replace"), re.MULTILINE)
    except OSError:
        return None
    return int(line[1]) * 1024 if line else None
