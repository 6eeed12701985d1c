"""Which context a text such as ``egl:1`` names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from framegate.errors import BackendUnavailable, UsageError

if TYPE_CHECKING:
    from framegate.interfaces import GLContextFactory

_NUMBER = re.compile("0|[1-9][0-9]{0,8}")


class Choice(NamedTuple):
    """A kind of context, and the number of its device where one was chosen."""

    kind: str
    device: int | None


def parse_choice(text: str, factories: Mapping[str, GLContextFactory]) -> Choice:
    """Read ``egl`` or ``egl:1``.

    Raises:
        UnknownName: nobody provides a context of that kind.
        UsageError: the kind has no devices, or what follows the colon is no number; says what there is.
    """
    kind, colon, number = text.partition(":")
    if text in factories or not colon:
        _ = factories[text]
        return Choice(text, None)
    if _devices(factories[kind]) is None:
        there_is = ", ".join(filter(None, [kind, *(devices_of(other, factories) for other in factories)]))
        raise UsageError(f"GL context {text!r}: {kind} has no devices to choose from; there is: {there_is}")
    if not _NUMBER.fullmatch(number):
        raise UsageError(
            f"GL context {text!r}: {number!r} is not the number of a device; there is: {devices_of(kind, factories)}"
        )
    return Choice(kind, int(number))


def devices_of(kind: str, factories: Mapping[str, GLContextFactory]) -> str:
    """The devices of a kind of context, for people: ``egl:0 (software)``; empty for a kind that has none to choose."""
    devices = _devices(factories[kind])
    if devices is None:
        return ""
    try:
        return listed(kind, devices())
    except BackendUnavailable as error:
        return f"no {kind} ({error.reason})"


def has_window(factory: GLContextFactory) -> bool:
    """Whether a factory's contexts may have a window, as its attribute of that name says."""
    return bool(getattr(factory, "has_window", False))


def listed(kind: str, names: Sequence[str]) -> str:
    """Devices by their numbers and names, for people."""
    return ", ".join(f"{kind}:{number} ({name})" for number, name in enumerate(names)) or f"no device of {kind}"


def _devices(factory: GLContextFactory) -> Callable[[], Sequence[str]] | None:
    return getattr(factory, "devices", None)
