"""The ``framegate doctor`` command."""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import pytest

from framegate import contexts, runtimes
from framegate.browser.npm_files import PinnedFiles
from framegate.browser.tfjs import TFJS
from framegate.contexts.null import NullContext
from framegate.doctor.probes import findings
from framegate.errors import BackendUnavailable, GLError
from framegate.extras import how_to_install
from framegate.interfaces import GLRequest

Shell = Callable[..., subprocess.CompletedProcess[str]]


def lines_of(output: str) -> dict[tuple[str, str], str]:
    """(kind, name) -> the rest of the row."""
    rows = {}
    for line in output.splitlines():
        for kind in ("runtime", "GL context", "renderer", "browser", "cache"):
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
    assert f"TensorFlow {version('tensorflow')}" in rows["runtime", "tensorflow"]
    assert "OpenGL" in rows["GL context", "egl"]
    for renderer in ("topixels", "topixels-loop", "numpy", "opencv", "numba", "gl-texture", "gl-upload-numba"):
        assert rows["renderer", renderer].startswith("ok")
    assert rows["cache", "folder"].startswith("ok")
    assert {name for kind, name in rows if kind == "browser"} == {
        "chromium", "chrome", "msedge", "firefox", "adb", "tfjs", "onnxruntime-web", "litertjs",
    }  # fmt: skip
    assert re.fullmatch(r"ok +[\d.]+ \(.+\), driven by playwright; as its native GPU: .+", rows["browser", "chromium"])
    assert re.fullmatch(r"ok +TF\.js 4\.22\.0 (in .*tfjs.*|is not there yet; npm .*)", rows["browser", "tfjs"])
    assert "Traceback" not in done.stdout + done.stderr


# What the command asks its processes for, of these groups alone.
FINDS = """
from framegate.doctor.probes import findings

for group in ("runtimes", "screen"):
    for row in findings(group):
        print(row.kind, row.name, row.state, row.detail)
"""


def test_what_is_missing_says_what_to_install(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a path is said as one would type it there
    packages = {name: name for name in ("tensorflow", "openvino", "onnxruntime")} | {"litert": "ai_edge_litert"}
    for package in packages.values():
        (tmp_path / f"{package}.py").write_text(f"raise ImportError('No module named {package}', name='{package}')")
    done = shell(sys.executable, "-c", FINDS, PYTHONPATH=str(tmp_path), DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 0, done.stderr
    rows = lines_of(done.stdout)
    for runtime in packages:
        assert rows["runtime", runtime].startswith("missing")
        assert how_to_install(runtime) in rows["runtime", runtime]
    assert rows["GL context", "glfw"].startswith("missing")


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """What the doctor finds of a browser where the named programs are on the PATH, and nothing works."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path))
    monkeypatch.setattr("framegate.browser.chromium._PLACES", defaultdict(tuple))
    monkeypatch.setattr("framegate.browser.firefox._PLACES", ())
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr("framegate.doctor.probes.TFJS", replace(TFJS, bundle=tmp_path / "none"))

    def find(*programs: str) -> dict[str, str]:
        for program in programs:
            (tmp_path / program).symlink_to("/bin/false")
        return {row.name: f"{row.state}: {row.detail}" for row in findings("browser")}

    return find


def test_what_is_missing_of_a_browser_says_what_to_install(found: Callable[..., dict[str, str]]) -> None:
    rows = found()
    assert re.match(r"missing: no Chromium is installed .*apt-get install -y chromium", rows["chromium"])
    assert re.match(r"missing: no Google Chrome is installed .*google\.com/chrome", rows["chrome"])
    assert re.match(r"missing: no Microsoft Edge is installed .*microsoft\.com/edge", rows["msedge"])
    assert re.match(r"missing: no Firefox is installed .*apt-get install -y firefox-esr", rows["firefox"])
    assert rows["adb"] == "missing: adb is not installed; sudo apt-get install -y adb"
    assert re.match(r"missing: TF\.js 4\.22\.0 is neither in .*; apt-get install npm, or ", rows["tfjs"])
    for name in ("onnxruntime-web", "litertjs"):
        assert re.match(r"missing: .* is not in the cache, and npm is not installed; apt-get install npm$", rows[name])


def test_other_versions_of_tfjs_stand_beside_the_one_that_is_known(
    found: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tfjs").mkdir()
    for other in ("4.20.0", "4.21.0"):
        (tmp_path / "tfjs" / f"{other}.json").write_text("{}")
    monkeypatch.setattr(PinnedFiles, "find", lambda files, cache: files.cached(cache))
    assert found()["tfjs"] == f"ok: TF.js 4.22.0 in {tmp_path}/tfjs/4.22.0; fetched beside it: 4.20.0, 4.21.0"


def test_a_browser_that_does_not_start_is_broken(found: Callable[..., dict[str, str]]) -> None:
    rows = found("chromium", "firefox", "npm")
    assert re.match(r"broken: .*firefox did not start as a browser: it ended with exit code 1", rows["firefox"])
    assert re.match(r"broken: .*chromium did not start as a browser: it ended with exit code 1", rows["chromium"])
    assert rows["tfjs"] == "ok: TF.js 4.22.0 is not there yet; npm fetches it at the first run"


def test_a_cache_that_cannot_be_written_is_broken(
    found: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for cache in (tmp_path / "file" / "cache", tmp_path / ("long" * 100), Path("/proc/here")):
        monkeypatch.setenv("FRAMEGATE_CACHE", str(cache))
        rows = found() | found("npm") if not (tmp_path / "npm").exists() else found()
        for name in ("tfjs", "litertjs", "folder"):
            assert rows[name].startswith(f"broken: the cache {cache} cannot be written (")
            assert "set FRAMEGATE_CACHE to a folder of yours" in rows[name]


def test_auto_without_a_runtime_to_choose_from_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> NoReturn:
        raise BackendUnavailable("it is not installed", "install it")

    known = runtimes.builtin()
    for others, state in ((absent, "missing"), (known["null"], "ok")):
        made = {**dict.fromkeys(known, others), "null": known["null"], "auto": known["auto"]}
        monkeypatch.setattr(runtimes, "builtin", made.copy)
        assert {row.name: row.state for row in findings("runtimes")}["auto"] == state


def test_without_playwright_the_browser_names_its_extra(
    found: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright", None)
    assert re.match(r"missing: playwright .*pip install -e '.*\[browser\]'", found("chromium")["chromium"])


def test_a_broken_backend_takes_no_row_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: GLRequest) -> NoReturn:
        raise GLError("the driver fell over")

    monkeypatch.setattr(contexts, "builtin", lambda: {"auto": broken, "egl": broken, "null": NullContext})
    rows = {(row.kind, row.name): row for row in findings("screen")}
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

    monkeypatch.setattr(contexts, "builtin", lambda: {"auto": NullContext, "egl": OnDevices})
    rows = {row.name: row for row in findings("screen") if row.kind == "GL context"}
    assert rows["egl"].detail.endswith("; devices: egl:0 (Fast), egl:1 (Slow)")
    assert "devices" not in rows["auto"].detail


@pytest.mark.parametrize("arguments", [[], ["docter"]])
def test_a_wrong_command_shows_the_usage(shell: Shell, arguments: list[str]) -> None:
    done = shell(sys.executable, "-m", "framegate", *arguments)
    assert done.returncode == 2
    assert "usage: framegate" in done.stderr
