"""Everything Framegate raises on purpose.

FramegateError                 one line: what was asked, what was found, what to do
├── UsageError                 an option or an argument that cannot be right
│   ├── UnknownName            a name no plugin knows; the message lists what there is
│   └── DuplicateName          two plugins claim one name
├── BackendUnavailable         a backend this machine lacks: reason + install hint -> a named skip
├── RequiredBackendUnavailable a backend that --frame-require names is missing -> an error
├── LibraryUnavailable         a library that every suite needs is missing, or cannot be loaded
├── ModelError                 a model that cannot be read, built or fed
│   ├── ModelFormatError       model.json is not what TF.js writes
│   ├── WeightsError           a shard is missing, short, long, or outside the model's folder
│   └── UnsupportedOp          an op or layer the runtime does not know
├── SourceError                a model source could not bring the model (npm, hash, network)
│   └── NotFetched             npm failed: the network, a name, the disk
├── GLError                    OpenGL refused a call, or a context was used when it could not be
├── BrowserError               a browser that did not start, did not answer, or ended
│   └── NoAnswer               a browser that did not answer in time, and was ended
│       └── NotLoaded          the same, when it was to load a model
├── WindowClosed               the window that pictures are shown in was closed, or its display ended: the run ends
├── HistoryError               stored results that cannot be read or written
├── ComparisonError            two sides that cannot be compared: no such revision, a worker that ended
├── FrameError                 a picture or video that cannot be read, or is too small
│   └── SourceStopped          a frame source that ended, stalled, changed size or gave something else
└── WrongOutput                a backend produced a wrong picture or wrong numbers
"""

from __future__ import annotations

from collections.abc import Iterable

from framegate.words import StopReason

__all__ = [
    "BackendUnavailable",
    "BrowserError",
    "ComparisonError",
    "DuplicateName",
    "FrameError",
    "FramegateError",
    "GLError",
    "HistoryError",
    "LibraryUnavailable",
    "ModelError",
    "ModelFormatError",
    "NoAnswer",
    "NotFetched",
    "NotLoaded",
    "RequiredBackendUnavailable",
    "SourceError",
    "SourceStopped",
    "UnknownName",
    "UnsupportedOp",
    "UsageError",
    "WeightsError",
    "WindowClosed",
    "WrongOutput",
]


_MOST_LETTERS = 2000
_LAST_LETTERS = 400
_LEFT_OUT = " […] "


def one_line(message: str) -> str:
    """The message as a terminal and any file can take it: printable letters on one line, cut in its middle.

    What a message quotes is often somebody else's, and what to do stands at its end.
    """
    line = _cut(" ".join(message.split()))
    return line if line.isprintable() else _cut("".join(map(_printable, line)))


def _cut(line: str) -> str:
    if len(line) <= _MOST_LETTERS:
        return line
    return line[: _MOST_LETTERS - len(_LEFT_OUT) - _LAST_LETTERS] + _LEFT_OUT + line[-_LAST_LETTERS:]


def _printable(letter: str) -> str:
    return letter if letter.isprintable() else ascii(letter)[1:-1]


class FramegateError(Exception):
    """Base of all errors a user can cause or fix; ``str(error)`` is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class UsageError(FramegateError):
    """An option or argument that cannot be right."""


class UnknownName(UsageError):
    """A name that no built-in and no plugin provides.

    Args:
        kind: what the name is a name of, as users say it (``"renderer"``).
        name: what was asked for.
        known: every name there is.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        import difflib

        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        super().__init__(f"unknown {kind} {name!r}{meant}; there is: {', '.join(names) or 'none'}")


class DuplicateName(UsageError):
    """Two plugins that provide the same name."""


class BackendUnavailable(FramegateError):
    """A backend that this machine cannot run; a benchmark that needs it is skipped by name.

    Args:
        reason: what is missing, in one sentence without a full stop.
        install_hint: the command or step that would make it available.
    """

    def __init__(self, reason: str, install_hint: str) -> None:
        self.reason = one_line(reason)
        self.install_hint = one_line(install_hint)
        super().__init__(f"{self.reason}; {self.install_hint}")


class RequiredBackendUnavailable(FramegateError):
    """A backend that ``--frame-require`` names, and that this machine cannot run."""


class LibraryUnavailable(FramegateError):
    """A library that every suite needs is missing, or the system lacks what it is linked to."""


class ModelError(FramegateError):
    """A model that cannot be read, built or fed."""


class ModelFormatError(ModelError):
    """A ``model.json`` that is not what TF.js writes."""


class WeightsError(ModelError):
    """A weight shard that is missing, truncated, over-long or outside the model's folder."""


class UnsupportedOp(ModelError):
    """An op or layer that the runtime does not know."""


class SourceError(FramegateError):
    """A model source that could not bring its model."""


class NotFetched(SourceError):
    """A package that npm could not bring: there is nothing wrong with what came, as nothing came."""


class GLError(FramegateError):
    """An OpenGL call that the driver refused, or a context used when it could not be."""


class BrowserError(FramegateError):
    """A browser that did not start, did not answer in time, failed in its page, or ended."""


class NoAnswer(BrowserError):
    """A browser that did not answer in time, and was ended.

    Args:
        message: what it was asked to do.
        waited_s: seconds that it had for it.
    """

    def __init__(self, message: str, waited_s: float) -> None:
        self.waited_s = waited_s
        super().__init__(message)


class NotLoaded(NoAnswer):
    """A browser that did not load a model in time."""


class WindowClosed(FramegateError):
    """The window that pictures are shown in was closed by its user, who has seen enough."""


class HistoryError(FramegateError):
    """Stored results that cannot be read or written."""


class ComparisonError(FramegateError):
    """Two sides that cannot be compared: a revision that is not there, or a worker that ended."""


class FrameError(FramegateError):
    """A picture or video that cannot be read, or is smaller than the model's input."""


class SourceStopped(FrameError):
    """A frame source that gives no more frames that can be taken.

    Args:
        reason: what became of it.
        message: which source, what it gave and what to do.
    """

    def __init__(self, reason: StopReason, message: str) -> None:
        self.reason: StopReason = reason
        super().__init__(message)


class WrongOutput(FramegateError):
    """A backend whose picture or numbers differ from the reference by more than it may."""
