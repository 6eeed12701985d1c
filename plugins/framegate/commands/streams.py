"""Standard output that is closed, full, or read by someone who has seen enough."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from framegate.errors import FramegateError

REFUSED, READER_GONE = 2, 141
"""Exit codes: of a command that is refused, and that which a shell shows for a program ended by SIGPIPE (128 + 13)."""


class OutputError(FramegateError):
    """What a command has to say cannot be written."""


def printed(run: Callable[[], int]) -> int:
    """Run a command that prints, and see that all of it was written; its exit code.

    Characters that the user's encoding does not have are escaped. Where standard output is closed, nothing is written.
    A reader that goes (``| head``) ends the command without a word; the code is its own if it was through, else 141.

    Raises:
        OutputError: standard output is full.
    """
    _open_closed()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    code = READER_GONE
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up()
    except OSError as error:
        if _can_write():  # it was no output that failed
            raise
        _give_up()
        raise OutputError(f"standard output cannot be written to: {error.strerror or error}") from None
    return code


def _open_closed() -> None:
    """Lead what is closed to nowhere: the next file that is opened would take its place, and be written to."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False))


def _can_write() -> bool:
    try:
        sys.stdout.flush()
        os.write(sys.stdout.fileno(), b"\n")  # what was refused is not kept, so a flush may find nothing to write
    except (OSError, ValueError):
        return False
    return True


def _give_up() -> None:
    """Python would complain once more when it closes the stream."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
