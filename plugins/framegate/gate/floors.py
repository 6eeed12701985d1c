"""The smallest change that counts, for each family of a benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import log1p
from types import MappingProxyType
from typing import Any

from framegate.errors import UsageError
from framegate.gate.verdicts import MEMORY, MISSED, P95, TOTAL

STORED_FLOOR, PAIRS_FLOOR = 0.05, 0.03
P95_FLOOR = 0.10
MISSED_FLOOR = 0.05
MEMORY_FLOOR = 0.10
STAGE_S = 20e-6
"""Seconds that the clock readings around a stage may cost; a smaller change of a stage does not count."""
_NUMBER = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_LINE = re.compile(rf"\s*([\w.-]+)\s*=\s*{_NUMBER}\s*%\s*(?:{_NUMBER}\s*us)?\s*")
_KEYS = ("floor", "absolute_s")


@dataclass(frozen=True)
class Floors:
    """Floors by family.

    Attributes:
        general: floor of every family that has none of its own, as a fraction of its time; the 95th percentile and
            memory have 10 % at least.
        own: family -> its own floor, a fraction of its time, or a difference of shares for ``missed``.
        absolute_s: seconds by which a family has to change as well; None is 20 us for stages and nothing for the rest.
        own_s: family -> its own seconds.
    """

    general: float = STORED_FLOOR
    own: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({MISSED: MISSED_FLOOR}))
    absolute_s: float | None = None
    own_s: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def fraction(self, family: str) -> float:
        """The floor of a family."""
        least = P95_FLOOR if family == P95 else MEMORY_FLOOR if family in MEMORY else 0.0
        return self.own.get(family, max(self.general, least))

    def limit(self, family: str) -> float:
        """The floor as estimates have it: the logarithm of a ratio of times, or a difference of shares."""
        return self.fraction(family) if family == MISSED else log1p(self.fraction(family))

    def seconds(self, family: str) -> float:
        """The least change in seconds."""
        if family in self.own_s:
            return self.own_s[family]
        if self.absolute_s is not None:
            return self.absolute_s
        return 0.0 if family in {TOTAL, P95} else STAGE_S

    def of_marker(self, marker: Mapping[str, Any]) -> Floors:
        """The floors of one benchmark, with those of its ``@pytest.mark.gate(floor=..., absolute_s=...)``.

        Raises:
            UsageError: another argument, or a value that can be no floor.
        """
        for name, value in marker.items():
            if (
                name not in _KEYS
                or isinstance(value, bool)
                or not isinstance(value, int | float)
                or not 0 <= value < 10
            ):
                raise UsageError(f"@pytest.mark.gate({name}={value!r}) is not known; it takes {' and '.join(_KEYS)}")
        floors = self
        if "floor" in marker:
            floors = replace(floors, general=float(marker["floor"]))
        if "absolute_s" in marker:
            floors = replace(floors, absolute_s=float(marker["absolute_s"]), own_s={})
        return floors


def parse_floors(lines: Iterable[str], general: float) -> Floors:
    """Read the ini setting ``gate_floor``: lines such as ``draw = 10% 50us``, ``all = 4%``.

    Raises:
        UsageError: a line cannot be parsed.
    """
    floors = Floors(general=general)
    for line in lines:
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise UsageError(f"gate_floor: invalid floor {line.strip()!r}; write FAMILY = 5% or FAMILY = 5% 20us")
        family, percent, microseconds = match.groups()
        if family == "all":
            floors = replace(floors, general=float(percent) / 100)
            if microseconds:
                floors = replace(floors, absolute_s=float(microseconds) / 1e6)
            continue
        floors = replace(floors, own={**floors.own, family: float(percent) / 100})
        if microseconds:
            floors = replace(floors, own_s={**floors.own_s, family: float(microseconds) / 1e6})
    return floors
