"""What has to be equal for two stored results to be comparable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOLD_OTHERWISE = {"model", "is_software"}
"""Keys of ``extra_info["frame"]`` left out: a model is identified by its sha256, a software GPU by its device name."""
BROWSER_FIELDS = ("browser", "tfjs", "wasm_threads", "device", "gpu")

Fingerprint = dict[str, str]


def section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object in stored results; empty where a user keeps something else under that name."""
    part = content.get(name)
    return part if isinstance(part, Mapping) else {}


def fingerprint(machine_info: Mapping[str, Any], benchmark: Mapping[str, Any]) -> Fingerprint:
    """Name -> value of everything that a time depends on besides the code.

    Never the clock rate that a processor had at the moment, nor the name of the machine.

    Args:
        machine_info: pytest-benchmark's.
        benchmark: one of pytest-benchmark's stored benchmarks.
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
    if machine_info.get("instruments"):
        fields["instruments"] = ", ".join(map(str, machine_info["instruments"]))
    extra = section(benchmark, "extra_info")
    frame, browser = section(extra, "frame"), section(extra, "browser")
    fields |= {name: value for name, value in frame.items() if value is not None and name not in TOLD_OTHERWISE}
    fields |= {name: browser[name] for name in BROWSER_FIELDS if browser.get(name) is not None}
    fields |= {f"frames {name}": value for name, value in section(extra, "frames").items()}
    return {name: str(value) for name, value in fields.items()}


def differences(candidate: Fingerprint, base: Fingerprint) -> str:
    """The fields that differ, as text: ``python: CPython 3.12.1, was CPython 3.11.7``."""
    names = [*base, *(name for name in candidate if name not in base)]
    return "; ".join(
        f"{name}: {candidate.get(name, 'none')}, was {base.get(name, 'none')}"
        for name in names
        if candidate.get(name) != base.get(name)
    )
