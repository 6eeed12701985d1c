"""What has to be equal for two stored results to be comparable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framegate.results.page import Page
from framegate.results.parts import Cell, FedFrames, ShownOutputs

TOLD_OTHERWISE = {"model", "is_software"}
"""Fields of `Cell` left out: a model is identified by its sha256, a software GPU by its device name."""
PLAIN_VIEW = "image"
"""The view of all results from before there were others: it is told by none."""
PAGE_FIELDS = ("browser", "tfjs", "wasm_threads", "device", "gpu", "thread", "camera_input")

Fingerprint = dict[str, str]


def section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object in stored results; empty where a user keeps something else under that name."""
    part = content.get(name)
    return part if isinstance(part, Mapping) else {}


def fingerprint(machine_info: Mapping[str, Any], extra_info: Mapping[str, Any]) -> Fingerprint:
    """Name -> value of everything that a time depends on, apart from the code.

    Never the clock rate that a processor had at the moment, nor the name of the machine.

    Args:
        machine_info: pytest-benchmark's.
        extra_info: the ``extra_info`` of a stored benchmark; empty for the machine alone.
    """
    cpu = section(machine_info, "cpu")
    fields = {
        "cpu": cpu.get("brand_raw"),
        "cpu_count": cpu.get("count"),
        "machine": machine_info.get("machine"),
        "os": machine_info.get("system"),
        "python": f"{machine_info.get('python_implementation')} {machine_info.get('python_version')}",
    }
    fields |= {f"{name} version": version for name, version in section(machine_info, "versions").items()}
    instruments = machine_info.get("instruments")
    if instruments and isinstance(instruments, list | tuple):
        fields["instruments"] = ", ".join(map(str, instruments))
    own = cell_fingerprint(
        Cell.read(extra_info) or Cell(),
        Page.read(extra_info),
        FedFrames.read(extra_info),
        ShownOutputs.read(extra_info),
    )
    return {name: str(value) for name, value in fields.items()} | own


def cell_fingerprint(
    frame: Cell, page: Page | None, frames: FedFrames | None, shown: ShownOutputs | None
) -> Fingerprint:
    """What of a fingerprint is the cell's own."""
    fields = {name: value for name, value in vars(frame).items() if value is not None and name not in TOLD_OTHERWISE}
    if page is not None:
        fields |= {name: value for name in PAGE_FIELDS if (value := getattr(page, name)) is not None}
    if frames is not None:
        fields |= {f"frames {name}": value for name, value in vars(frames).items()}
    if shown is not None and shown.view != PLAIN_VIEW:
        fields["view"] = f"{shown.view} of {', '.join(shown.outputs)}"
    return {name: str(value) for name, value in fields.items()}


def differences(candidate: Fingerprint, base: Fingerprint) -> str:
    """The fields that differ, as text: ``python: CPython 3.12.1, was CPython 3.11.7``."""
    names = [*base, *(name for name in candidate if name not in base)]
    return "; ".join(
        f"{name}: {candidate.get(name, 'none')}, was {base.get(name, 'none')}"
        for name in names
        if candidate.get(name) != base.get(name)
    )
