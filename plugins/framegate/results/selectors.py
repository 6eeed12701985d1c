"""How a command line names the test that a benchmark was."""

from __future__ import annotations

import re

_PACKAGED = re.compile(r".*\bframegate/suites/(\w+)\.py$")


def words_of_test(fullname: str) -> list[str]:
    """A test as pytest takes it: that of an installed suite by its module."""
    file, separator, rest = fullname.partition("::")
    packaged = _PACKAGED.fullmatch(file)
    return ["--pyargs", f"framegate.suites.{packaged[1]}{separator}{rest}"] if packaged else [fullname]


def words_of_file(fullname: str) -> list[str]:
    """The file of a test, likewise."""
    return words_of_test(fullname.partition("::")[0])
