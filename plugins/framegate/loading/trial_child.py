"""``python -m framegate.loading.trial_child``: load and run the models that are named on stdin, one after another.

A line of JSON for each; the answers are ``ready``, once all is imported, and ``done``. Whatever a model raises is an
answer too, for it did no harm to the process.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any

from framegate.interfaces import ResolvedModel, RuntimeFactory
from framegate.models import tf
from framegate.registry import Registry
from framegate.runtimes import builtin
from framegate.runtimes.auto import trial_feeds

_GRACE_S = 5
"""Whoever asks ends this process at the deadline, and knows why. The alarm behind it is for one that nobody ends."""


def main() -> None:
    """Answer until stdin ends: whoever asks has ended then, in whatever way."""
    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        _keep_quiet()
        runtimes: Registry[RuntimeFactory] = Registry("runtime", [builtin()])
        while True:
            request = json.loads(asked.get())
            # Without TensorFlow the model is refused below, as it is where it is loaded in earnest.
            with contextlib.suppress(Exception):
                tf.tensorflow()
            _say(answers, "ready")
            _alarm(math.ceil(request["deadline_s"]) + _GRACE_S)
            with contextlib.suppress(Exception):
                _try(runtimes, request)
            _alarm(0)
            # The next model finds the memory that this one had.
            gc.collect()
            _say(answers, "done")


def _try(runtimes: Registry[RuntimeFactory], request: dict[str, Any]) -> None:
    asked = request["model"]
    model = ResolvedModel(asked["name"], Path(asked["path"]), asked["format"], asked["sha256"])
    loaded = runtimes[request["runtime"]]().load(model)
    try:
        loaded.run(trial_feeds(loaded.inputs))
    finally:
        loaded.close()


def _alarm(seconds: int) -> None:
    """The kernel ends this process after that time, also where a model holds it so that no Python runs."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _say(answers: IO[str], word: str) -> None:
    answers.write(word + "\n")
    answers.flush()


def _listen(asked: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        asked.put(line)
    os._exit(0)


def _keep_quiet() -> None:
    """No library may write among the answers, and no model may leave a picture of its memory on the disk."""
    with open(os.devnull, "wb") as sink:  # noqa: PTH123 - not a file of ours
        os.dup2(sink.fileno(), 1)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        # Where memory runs out, the system ends this process and not the one that measures.
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


if __name__ == "__main__":
    main()
