"""Which steps a preprocessing name such as ``greyscale+invert`` switches on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from framegate.errors import UnknownName, UsageError

NONE = "none"
ALL_STEPS = "all"
OWN = "own"
"""What each model's spec names, which is `NONE` where it names nothing; a word of the option alone."""


def parse_toggles(text: str, known: Iterable[str], alone: Sequence[str] = (NONE, ALL_STEPS)) -> str:
    """Bring a preprocessing name into its one canonical form.

    Args:
        text: ``none``, ``all``, or step names joined by ``+`` in any order.
        known: all step names, in the order in which steps are applied.
        alone: words that stand for steps, and are joined with no others.

    Returns:
        One of these words, or the names joined by ``+`` in the order in which they are applied.

    Raises:
        UnknownName: a step that does not exist.
        UsageError: a step named twice, or one of these words joined with others.
    """
    if text in alone:
        return text
    order = list(known)
    names = text.split("+")
    for name in names:
        if name in alone:
            raise UsageError(f"preprocessing {text!r}: {name!r} stands alone, it cannot be joined with '+'")
        if name not in order:
            raise UnknownName("preprocessing step", name, [*order, *alone])
    if len(set(names)) != len(names):
        raise UsageError(f"preprocessing {text!r} names a step twice; a toggle is on or off")
    return "+".join(sorted(names, key=order.index))


def switched_on(toggles: str, known: Iterable[str]) -> tuple[str, ...]:
    """The step names that a canonical preprocessing name switches on, in order."""
    if toggles == NONE:
        return ()
    return tuple(known) if toggles == ALL_STEPS else tuple(toggles.split("+"))
