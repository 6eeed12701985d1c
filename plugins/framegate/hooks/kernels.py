"""What ``--frame-kernels`` shows: which kernels of TF.js a page's time goes to."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from framegate.report.kernels import KernelRun, kernel_tables

KERNEL_RUNS = pytest.StashKey[list[KernelRun]]()


def keep_kernels(config: pytest.Config, run: KernelRun) -> dict[str, Any]:
    """Remember a run for the tables at the end; returns it as it is stored."""
    config.stash.setdefault(KERNEL_RUNS, []).append(run)
    return {"times": [asdict(kernel) for kernel in run.kernels], "sum_s": run.sum_s, "not_trusted": run.doubts()}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show them."""
    runs: list[KernelRun] = config.stash.get(KERNEL_RUNS, [])
    for table in kernel_tables(runs):
        for line in ["", *table.splitlines()]:
            terminalreporter.write_line(line)
