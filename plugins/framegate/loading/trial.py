"""A model that nobody has vouched for is loaded and run once in a process of its own before it may run in this one.

What a model's kernels do to a process cannot be undone from within: a signal, an exit, a loop without an end, memory
without a bound. So another process meets it first, one for all models; what becomes of that process is an error here.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from framegate.analysis.bounds import check_tensors
from framegate.errors import BackendUnavailable, ModelError
from framegate.interfaces import ModelSpec, ResolvedModel
from framegate.machine import available_bytes, has_library, installed_version
from framegate.models import tf
from framegate.paths import cache_dir, data_dir
from framegate.processes import child_environment
from framegate.work import long_work

DEADLINE_S = 120.0
"""How long a model may take to load and to run once, unless the user says."""

PROGRAM = ("-P", "-m", "framegate.loading.trial_child")
"""What Python is told to run."""

_START_S = 120.0
_SHARE = 0.8
"""Share of the free memory that a model may take in its trial. Where all of it is gone, the system ends a process of
its own choice, perhaps this one."""
_POLL_S = 0.05
"""Between two looks at the memory of the other process."""
_WITHOUT = frozenset({"null"})
_LIBRARIES = ("ai-edge-litert", "onnxruntime", "openvino", "tensorflow", "tf2onnx", "tf_keras")


def is_trusted(spec: ModelSpec) -> bool:
    """Whether somebody has vouched for a model's bytes: it is made here, packaged here, or pinned by a hash."""
    if spec.source == "pix2pix" or spec.options.get("sha512"):
        return True
    return spec.source == "path" and Path(spec.locator).absolute().is_relative_to(data_dir("models").absolute())


def vet(model: ResolvedModel, runtime: str, deadline_s: float | None = DEADLINE_S) -> None:
    """Load and run a model once in another process, unless its bytes have passed this before.

    What the model raises there is no concern of this: it is raised again where the model is loaded in earnest.

    Args:
        model: the files, with their hash; one that needs the user's own layers is not run there.
        runtime: name of a built-in runtime; others are the user's own code and know best.
        deadline_s: seconds that loading and one run may take; None for a model that is trusted.

    Raises:
        ModelError: one of its tensors does not fit into memory; or the process ended, needed more memory than there is,
            or did not finish in time.
    """
    from framegate.runtimes import builtin

    if deadline_s is None or runtime in _WITHOUT or runtime not in builtin():
        return
    note = cache_dir() / "trials" / _key(model.sha256, runtime)
    if note.name in _PASSED or note.is_file():
        return
    check_tensors(model.path)
    if model.layers or not has_library("tensorflow"):
        return  # the user's own code, which the other process has not; or there is nothing to run it with
    with _LOCK, long_work(f"trying {model.name} on {runtime} in a process of its own"):
        _CHILD.run(model, runtime, deadline_s)
    _PASSED.add(note.name)
    with contextlib.suppress(OSError):  # it costs another trial the next time
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch()


def close() -> None:
    """End the other process; the next model that needs one has it started again."""
    _CHILD.close()


def _key(sha256: str, runtime: str) -> str:
    versions = ["framegate", *map(_version, ("pytest-framegate", *_LIBRARIES))]
    return hashlib.sha256(json.dumps([sha256, runtime, versions]).encode()).hexdigest()


@functools.cache
def _version(distribution: str) -> str:
    return installed_version(distribution) or ""


class _Child:
    """The process that meets models first: started when it is needed, and again after a model ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self, model: ResolvedModel, runtime: str, deadline_s: float) -> None:
        """Have it load and run a model.

        Raises:
            ModelError: the process ended before it had answered.
        """
        process = self._started()
        ask = {"name": model.name, "path": str(model.path), "format": model.format, "sha256": model.sha256}
        request = json.dumps({"model": ask, "runtime": runtime, "deadline_s": deadline_s})
        with contextlib.suppress(BrokenPipeError):
            print(request, file=process.stdin, flush=True)
        # The other process imports it now; so does this one, meanwhile, for it will need it next.
        with contextlib.suppress(BackendUnavailable):
            tf.tensorflow()
        self._wait(process, model, "ready", _START_S)
        self._wait(process, model, "done", deadline_s)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        process = subprocess.Popen(  # noqa: S603 - this project's own module
            [sys.executable, *PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # A GPU's memory is for the process that measures.
            env=child_environment(CUDA_VISIBLE_DEVICES="-1"),
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
        )
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(process, lines), daemon=True).start()
        self._process, self._said = process, lines
        return process

    def _wait(self, process: subprocess.Popen[str], model: ResolvedModel, word: str, seconds: float) -> None:
        limit, ends = int(available_bytes() * _SHARE), time.monotonic() + seconds
        while time.monotonic() < ends:
            with contextlib.suppress(queue.Empty):
                line = self._said.get(timeout=_POLL_S)
                if line == word:
                    return
                if -process.wait() == _TIME_IS_OVER:
                    break
                raise _refusal(model, f"ended its process ({_ending(process.returncode)})")
            if _resident_bytes(process.pid) > limit:
                self.close()
                raise _refusal(model, f"needed more than {limit / 1e9:.1f} GB of memory, which is what is free here")
        self.close()
        more = "give it more time (--frame-trial, trial_s), or use a smaller one"
        raise _refusal(model, f"did not end within {seconds:g} s", more)


def _refusal(model: ResolvedModel, what: str, instead: str = "it is not run here") -> ModelError:
    return ModelError(f"{model.path}: in a trial, in a process of its own, the model {what}; {instead}")


def _listen(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in process.stdout or ():
            lines.put(line.strip())
    lines.put("")


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"signal {-status}, {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"


def _resident_bytes(pid: int) -> int:
    """What a process has in memory; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


_TIME_IS_OVER = getattr(signal, "SIGALRM", None)
"""The signal by which the other process ends itself; Windows has none."""
_CHILD = _Child()
_PASSED: set[str] = set()
_LOCK = threading.Lock()
atexit.register(_CHILD.close)
