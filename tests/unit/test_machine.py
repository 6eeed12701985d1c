from __future__ import annotations

import os
from pathlib import Path

import pytest

from framegate import machine


def test_free_memory_is_less_than_any_machine_has() -> None:
    assert 1 << 20 < machine.available_bytes() < 1 << 47


def test_without_meminfo_free_memory_is_all_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    free = machine.available_bytes()
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "none")
    assert machine.available_bytes() >= free


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs affinity masks")
def test_usable_cores_are_those_of_the_affinity_mask() -> None:
    mask = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mask)})
    try:
        assert machine.usable_cores() == 1
    finally:
        os.sched_setaffinity(0, mask)
    assert machine.usable_cores() == len(mask)


def test_a_version_is_that_of_the_first_distribution_that_is_installed() -> None:
    assert machine.installed_version("no-such-distribution", "pytest") == pytest.__version__
    assert machine.installed_version("no-such-distribution") is None
