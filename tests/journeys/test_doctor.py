"""The ``framegate doctor`` command."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from framegate import gl
from framegate.doctor import examine
from framegate.errors import GLError
from framegate.gl.null import NullContext
from framegate.interfaces import GLRequest

Shell = Callable[..., subprocess.CompletedProcess[str]]


def lines_of(output: str) -> dict[tuple[str, str], str]:
    """(kind, name) -> the rest of the row."""
    rows = {}
    for line in output.splitlines():
        for kind in ("runtime", "GL context", "renderer"):
            if line.strip().startswith(kind + " "):
                name, _, rest = line.strip().removeprefix(kind).strip().partition(" ")
                rows[kind, name] = rest.strip()
    return rows


def test_every_backend_is_tried_and_described(shell: Shell) -> None:
    done = shell(sys.executable, "-m", "framegate", "doctor")
    assert done.returncode == 0, done.stderr
    rows = lines_of(done.stdout)
    assert {name for kind, name in rows if kind == "runtime"} == {
        "auto", "keras", "litert", "null", "onnxruntime", "openvino", "tensorflow", "tensorflow-xla",
    }  # fmt: skip
    for runtime, said in {"openvino": "OpenVINO 20", "onnxruntime": "ONNX Runtime 1.", "litert": "LiteRT 2."}.items():
        assert rows["runtime", runtime].startswith("ok")
        assert said in rows["runtime", runtime]
    assert {name for kind, name in rows if kind == "GL context"} == {"auto", "egl", "glfw", "osmesa", "null"}
    assert rows["runtime", "tensorflow"].startswith("ok")
    assert "TensorFlow 2.19" in rows["runtime", "tensorflow"]
    assert "OpenGL" in rows["GL context", "egl"]
    for renderer in ("topixels", "topixels-loop", "numpy", "opencv", "numba", "gl-texture", "gl-upload-numba"):
        assert rows["renderer", renderer].startswith("ok")
    assert "Traceback" not in done.stdout + done.stderr


def test_what_is_missing_says_what_to_install(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ImportError('No module named tensorflow', name='tensorflow')")
    done = shell(sys.executable, "-m", "framegate", "doctor", PYTHONPATH=str(tmp_path), DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 0, done.stderr
    rows = lines_of(done.stdout)
    assert rows["runtime", "tensorflow"].startswith("missing")
    assert "pip install 'pytest-framegate[tensorflow]'" in rows["runtime", "tensorflow"]
    assert rows["GL context", "glfw"].startswith("missing")


def test_a_broken_backend_takes_no_row_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: GLRequest) -> NoReturn:
        raise GLError("the driver fell over")

    monkeypatch.setattr(gl, "builtin", lambda: {"auto": broken, "egl": broken, "null": NullContext})
    rows = {(row.kind, row.name): row for row in examine()}
    assert rows["GL context", "egl"].state == "broken"
    assert rows["GL context", "egl"].detail == "the driver fell over"
    assert rows["GL context", "null"].state == "ok"
    assert rows["renderer", "opencv"].state == "ok"
    assert rows["renderer", "gl-texture"].state == "missing"


def test_contexts_that_have_devices_list_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class OnDevices(NullContext):
        @staticmethod
        def devices() -> list[str]:
            return ["Fast", "Slow"]

    monkeypatch.setattr(gl, "builtin", lambda: {"auto": NullContext, "egl": OnDevices})
    rows = {row.name: row for row in examine() if row.kind == "GL context"}
    assert rows["egl"].detail.endswith("; devices: egl:0 (Fast), egl:1 (Slow)")
    assert "devices" not in rows["auto"].detail


def test_each_missing_runtime_names_its_extra(shell: Shell, tmp_path: Path) -> None:
    for package in ("openvino", "onnxruntime", "ai_edge_litert"):
        (tmp_path / f"{package}.py").write_text(f"raise ImportError('No module named {package}', name='{package}')")
    done = shell(sys.executable, "-m", "framegate", "doctor", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    rows = lines_of(done.stdout)
    for runtime in ("openvino", "onnxruntime", "litert"):
        assert rows["runtime", runtime].startswith("missing")
        assert f"pip install 'pytest-framegate[{runtime}]'" in rows["runtime", runtime]


@pytest.mark.parametrize("arguments", [[], ["docter"]])
def test_a_wrong_command_shows_the_usage(shell: Shell, arguments: list[str]) -> None:
    done = shell(sys.executable, "-m", "framegate", *arguments)
    assert done.returncode == 2
    assert "usage: framegate" in done.stderr
