"""What a stored run says of itself beside its benchmarks, and how a command line names its tests again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from framegate.results.parts import Part

_PACKAGED = re.compile(r".*\bframegate/suites/(\w+)\.py$")


@dataclass(frozen=True)
class RunNote(Part):
    """How a run was started, and what of it has no result.

    Attributes:
        options: options of Framegate that were given, as a command line takes them.
        budget_s: seconds that a frame may take to count as real-time.
        skipped: reason -> names of the cells that could not run.
        failed: reason -> names of the cells that failed.
    """

    key = "framegate"
    options: tuple[str, ...] = ()
    budget_s: float | None = None
    skipped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def words_of_test(fullname: str) -> list[str]:
    """A test as pytest takes it: that of an installed suite by its module."""
    file, separator, rest = fullname.partition("::")
    packaged = _PACKAGED.fullmatch(file)
    return ["--pyargs", f"framegate.suites.{packaged[1]}{separator}{rest}"] if packaged else [fullname]


def words_of_file(fullname: str) -> list[str]:
    """The file of a test, likewise."""
    return words_of_test(fullname.partition("::")[0])
