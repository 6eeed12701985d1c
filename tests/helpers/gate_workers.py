"""The gate's worker processes, seen from outside."""

from __future__ import annotations

from pathlib import Path

import psutil

ENDLESS = """
import time


def test_work(benchmark):
    benchmark(time.perf_counter)
    time.sleep(600)
"""
"""A suite whose workers do not end by themselves."""


def workers(temporary: Path) -> list[psutil.Process]:
    """The gate's workers whose temporary folder is in this one."""
    lines = [(process, process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [
        process
        for process, line in lines
        if "framegate_gate_worker.plugin" in line and any(each.startswith(str(temporary)) for each in line)
    ]
