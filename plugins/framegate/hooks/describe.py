"""What each stored result says of itself: its name, and ``extra_info["frame"]``, with the same keys in every suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.results.frame_info import FrameInfo

INSTRUMENTS = pytest.StashKey[set[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Name the suites of an installed copy by their module, wherever that is and however it is asked for.

    pytest begins node ids at its root folder, and may leave nothing of the path of a file outside of it.
    """
    if module_path.parent.name != "suites":
        return None
    from framegate.paths import clone_dir, suites_dir

    if clone_dir() is not None or module_path.parent != suites_dir():
        return None
    node_id = f"framegate/suites/{module_path.name}"
    module: pytest.Module = pytest.Module.from_parent(parent, path=module_path, nodeid=node_id)
    return module


@pytest.fixture
def frame_info(request: pytest.FixtureRequest, benchmark: Any) -> FrameInfo:
    """The cell's ``extra_info["frame"]``, in which all keys are there: null where they do not apply.

    The fixtures that open a backend fill in what only they know (``model_sha256``, ``runtime_version``,
    ``threads``, ``gl``, ``gl_renderer``, ``is_software``, ``vsync``).
    """
    from framegate.matrix import AXES
    from framegate.results.frame_info import FrameInfo
    from framegate.results.parts import FORM_VERSION, Cell, FedFrames, Form

    callspec = getattr(request.node, "callspec", None)
    params = {} if callspec is None else callspec.params
    options = options_of(request.config)
    Form(FORM_VERSION).store(benchmark.extra_info)
    info = FrameInfo(Cell(**{axis: params.get(f"frame_{axis}") for axis in AXES}), benchmark.extra_info)
    FedFrames(options.source, options.fit).store(benchmark.extra_info)
    return info


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Note what watches the process now, as coverage may be gone when results are stored."""
    if "benchmark" in getattr(item, "fixturenames", ()):
        from framegate.gate.worker.instruments import instruments

        item.config.stash.setdefault(INSTRUMENTS, set()).update(instruments())


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Store them, if there are any."""
    names = config.stash.get(INSTRUMENTS, set())
    if names:
        output_json["machine_info"]["instruments"] = sorted(names)


@pytest.hookimpl(optionalhook=True)  # pytest-benchmark may be switched off
def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Store the versions of what every suite computes with."""
    from framegate.machine import library_versions

    machine_info["versions"] = library_versions()
