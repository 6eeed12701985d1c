"""The machine, its libraries and what drew, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framegate.results.cell import CellResult


def machine_facts(run: Mapping[str, Any], results: Sequence[CellResult]) -> list[tuple[str, str]]:
    """Label and value of what a stored run says of where it ran."""
    info = _part(run, "machine_info")
    cpu, commit = _part(info, "cpu"), _part(run, "commit_info")
    lines = [
        ("processor", _joined([cpu.get("brand_raw"), f"{cpu['count']} cores" if cpu.get("count") else None])),
        ("system", _joined([info.get("system"), info.get("release"), info.get("machine")], " ")),
        ("Python", _joined([info.get("python_implementation"), info.get("python_version")], " ")),
        ("libraries", _joined(f"{name} {version}" for name, version in _part(info, "versions").items() if version)),
        *(("runtime", line) for line in _once(_runtime(result) for result in results)),
        *(("drawn by", line) for line in _once(_device(result) for result in results)),
        *(("browser", line) for line in _once(_browser(result) for result in results)),
        ("watched by", _joined(info.get("instruments") or ())),
        ("commit", _commit(commit)),
    ]
    return [(label, value) for label, value in lines if value]


def _part(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = content.get(name)
    return part if isinstance(part, Mapping) else {}


def _joined(parts: Any, by: str = ", ") -> str:
    return by.join(str(part) for part in parts if part)


def _once(lines: Iterator[str]) -> list[str]:
    return [line for line in dict.fromkeys(lines) if line]


def _runtime(result: CellResult) -> str:
    frame = result.frame
    if not (frame.runtime and frame.runtime_version) or result.page:
        return ""
    threads = f", {frame.threads} thread{'s' if frame.threads != 1 else ''}" if frame.threads else ""
    return f"{frame.runtime}: {frame.runtime_version}{threads}"


def _device(result: CellResult) -> str:
    frame = result.frame
    device = frame.gl_renderer or (result.page.device if result.page else None)
    if not device:
        return ""
    where = "a page" if result.page else f"OpenGL by {frame.gl}"
    kind = {
        True: "software: the processor did a GPU's work, which says nothing of a machine that has one",
        False: "a GPU",
        None: "",
    }[frame.is_software]
    return f"{where}: {device}" + (f" ({kind})" if kind else "")


def _browser(result: CellResult) -> str:
    page = result.page
    if page is None:
        return ""
    names = {"tfjs": "TF.js", "ort": "ONNX Runtime Web", "litert": "LiteRT.js"}
    version = page.version or page.tfjs
    return _joined([page.browser, f"{names.get(page.library, page.library)} {version}" if version else None])


def _commit(commit: Mapping[str, Any]) -> str:
    if not commit.get("id"):
        return ""
    changed = " with changes that are in no commit" if commit.get("dirty") else ""
    return f"{str(commit['id'])[:12]}{changed}"
