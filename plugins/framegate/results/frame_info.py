"""The record of a cell while its test runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from framegate.results.parts import Cell


class FrameInfo:
    """The record of a cell, which is stored anew whenever a fixture knows more of it.

    Attributes:
        cell: what is known by now.
    """

    def __init__(self, cell: Cell, extra_info: dict[str, Any]) -> None:
        self.cell = cell
        self._extra_info = extra_info
        self.add()

    def add(self, **facts: Any) -> None:
        """Fill in fields of the record."""
        self.cell = replace(self.cell, **facts)
        self.cell.store(self._extra_info)
