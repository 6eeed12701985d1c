"""What watches this process, or changes how it runs: two times are comparable only if this is equal."""

from __future__ import annotations

import os
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VARIABLES = ("LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "PYTHONMALLOC", "PYTHONPERFSUPPORT", "PYTHON_JIT")
"""Environment variables with which a debugger, a sanitizer, a profiler or another allocator takes part."""
HOOKS = {
    "sys.settrace": sys.gettrace,
    "sys.setprofile": sys.getprofile,
    "threading.settrace": threading.gettrace,
    "threading.setprofile": threading.getprofile,
}
_TOOLS = 6
"""Ids that ``sys.monitoring`` has for tools, from 0."""
STATUS = Path("/proc/self/status")


def instruments() -> list[str]:
    """Tracers, profilers, debuggers, coverage, and settings of the interpreter that cost time; empty without any."""
    return [*_hooks(), *_monitoring(), *_interpreter(), *_environment(), *_debugger()]


def _hooks() -> Iterator[str]:
    for name, get in HOOKS.items():
        hook = get()
        if hook is not None:
            yield f"{name}: {_called(hook)}"


def _called(hook: Any) -> str:
    """A name without the address that differs between two runs."""
    named = hook if hasattr(hook, "__qualname__") else type(hook)
    return f"{named.__module__}.{named.__qualname__}"


def _monitoring() -> Iterator[str]:
    monitoring: Any = getattr(sys, "monitoring", None)  # of Python 3.12 and later
    for number in range(_TOOLS if monitoring else 0):
        tool = monitoring.get_tool(number)
        if tool is not None:
            yield f"sys.monitoring: {tool}"


def _interpreter() -> Iterator[str]:
    if sys.flags.dev_mode:
        yield "python -X dev"
    if sys.flags.optimize:
        yield f"python -{'O' * sys.flags.optimize}"
    if hasattr(sys, "gettotalrefcount"):
        yield "a debug build of Python"
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        yield "Python without its global lock"
    if tracemalloc.is_tracing():
        yield "tracemalloc"


def _environment() -> Iterator[str]:
    return (f"{name}={os.environ[name]}" for name in VARIABLES if os.environ.get(name))


def _debugger() -> Iterator[str]:
    """The program that has attached itself to this process, as gdb and strace do (Linux)."""
    try:
        lines = STATUS.read_text("utf-8").splitlines()
        tracer = next((line.split()[1] for line in lines if line.startswith("TracerPid:")), "0")
        if tracer != "0":
            yield f"traced by {Path(f'/proc/{tracer}/comm').read_text('utf-8').strip()}"
    except OSError:
        return
