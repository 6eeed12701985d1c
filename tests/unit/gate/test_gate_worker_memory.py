"""What a process holds, as the system says it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from framegate.gate.worker import memory

MB = 1 << 20

# Holds 64 MiB for a moment, twice; the peak begins anew between the two.
HOLD = """
from framegate.gate.worker.memory import forget_peak, peak_bytes, resident_bytes
sizes = [resident_bytes()]
held = bytearray(b"x") * (64 << 20)
sizes.append(resident_bytes())
del held
sizes += [resident_bytes(), peak_bytes()]
assert forget_peak()
sizes += [peak_bytes()]
held = bytearray(b"x") * (32 << 20)
del held
print(*sizes, peak_bytes())
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak of a part of a run")
def test_the_peak_begins_anew() -> None:
    done = subprocess.run([sys.executable, "-c", HOLD], capture_output=True, text=True, check=True)
    before, during, after, peak, anew, second = map(int, done.stdout.split())
    assert during - before >= 64 * MB
    assert after < during - 60 * MB
    assert peak >= during - MB
    assert after - MB <= anew < peak - 60 * MB
    assert anew + 28 * MB < second < peak


def test_what_the_system_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "status")
    monkeypatch.setattr(memory, "_FORGET", tmp_path / "not" / "there")
    assert memory.resident_bytes() is None
    assert memory.peak_bytes() is None
    assert not memory.forget_peak()
    (tmp_path / "status").write_text("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")
    assert (memory.peak_bytes(), memory.resident_bytes()) == (2 * MB, MB)
