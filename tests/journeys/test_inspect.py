"""The ``framegate inspect`` command."""

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Shell = Callable[..., subprocess.CompletedProcess[str]]
INSPECT = (sys.executable, "-m", "framegate", "inspect")


def conv_net(folder: Path, blocks: int, **keys: Any) -> Path:
    """A graph model of some 3x3 convolutions, 340 bytes of topology each; no weight file."""
    dims = [{"size": size} for size in ("-1", "-1", "-1", "3")]
    attr = {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": {"dim": dims}}}
    nodes: list[dict[str, Any]] = [{"name": "image", "op": "Placeholder", "attr": attr}]
    weights = []
    before, into = "image", 3
    for at in range(blocks):
        weights.append({"name": f"w{at}", "shape": [3, 3, into, 8], "dtype": "float32"})
        nodes.append({"name": f"w{at}", "op": "Const", "attr": {"dtype": {"type": "DT_FLOAT"}}})
        conv = {"strides": {"list": {"i": ["1", "1", "1", "1"]}}, "padding": {"s": "U0FNRQ=="}}
        nodes.append({"name": f"c{at}", "op": "Conv2D", "input": [before, f"w{at}"], "attr": conv})
        nodes.append({"name": f"r{at}", "op": "Relu", "input": [f"c{at}"]})
        before, into = f"r{at}", 8
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.json"
    manifest = [{"paths": ["shard1of1.bin"], "weights": weights}]
    document = {"format": "graph-model", "modelTopology": {"node": nodes}, "weightsManifest": manifest}
    path.write_text(json.dumps(document | keys), encoding="utf-8")
    return path


def test_a_model_is_explained_from_model_json_alone(shell: Shell, tmp_path: Path) -> None:
    conv_net(tmp_path / "net", 2)
    done = shell(*INSPECT, "net", "--size", "640x480")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "format graph model" in lines
    assert f"c1 Conv2D 3x3 [1, 480, 640, 8] 576 72.7% {480 * 640 * 8 * 72 / 1e6:.0f} M 2.25 KiB 2.25 KiB" in lines
    assert "shards 0 of 1 are there, 0 B: shard1of1.bin missing" in lines
    assert "webgpu has a kernel for every op" in lines
    assert "where the weight sits" in lines


def test_json_is_for_machines(shell: Shell, tmp_path: Path) -> None:
    conv_net(tmp_path / "net", 1)
    done = shell(*INSPECT, "net/model.json", "--json", "--size", "8")
    document = json.loads(done.stdout)
    assert document["totals"]["macs"] == 8 * 8 * 8 * 27
    assert document["size"] == {"height": 8, "width": 8}


def test_a_spec_by_name_is_brought_by_its_source(shell: Shell) -> None:
    done = shell(*INSPECT, "pix2pix-64-f4", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["name"], document["format"]) == ("pix2pix-64-f4", "layers")
    assert document["outputs"][0]["shape"] == [1, 64, 64, 3]
    assert document["totals"]["macs_exact"] is True


def test_both_formats_of_a_network_cost_the_same(shell: Shell) -> None:
    def inspected(*arguments: str) -> dict[str, Any]:
        done = shell(*INSPECT, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    layers, graph = inspected("pix2pix:64-f4-layers"), inspected("pix2pix:64-f4")
    exact = inspected("pix2pix:64-f4", "--read-constants")
    assert layers["totals"]["macs"] == graph["totals"]["macs"] == exact["totals"]["macs"]
    assert all(document["outputs"][0]["shape"] == [1, 64, 64, 3] for document in (layers, graph, exact))
    assert any(row["shape_is_assumed"] for row in graph["ops"])
    assert not any(row["shape_is_assumed"] for row in exact["ops"])
    # What was assumed is what the constants say.
    assert [row["shape"] for row in graph["ops"]] == [row["shape"] for row in exact["ops"]]
    # The converter folds batch normalisation into convolutions.
    assert 0.98 < graph["totals"]["parameters"] / layers["totals"]["parameters"] < 1


def test_a_terminal_gets_rules_and_colours(tmp_path: Path) -> None:
    conv_net(tmp_path, 2)
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": "120", "TERM": "xterm-256color"}
    with subprocess.Popen([*INSPECT, str(tmp_path)], stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        text = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                text += os.read(ours, 65536)
            except OSError:  # Linux' way to say that the other end is closed
                break
    os.close(ours)
    assert process.returncode == 0
    assert "───" in text.decode()
    assert "███" in text.decode()
    assert b"\x1b[1m" in text


def test_neither_tensorflow_nor_any_other_heavy_library_is_imported(shell: Shell, tmp_path: Path) -> None:
    conv_net(tmp_path / "net", 2)
    code = """
import sys
from framegate.commands.cli import main
assert main(["inspect", "net"]) == 0
heavy = {"tensorflow", "tensorflowjs", "tf_keras", "keras", "OpenGL", "glfw", "cv2", "pytest"} & set(sys.modules)
print("heavy:", sorted(heavy))
"""
    done = shell(sys.executable, "-c", code)
    assert done.stdout.splitlines()[-1] == "heavy: []", done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere/model.json"], "framegate: model nowhere/model.json: no such file or folder;"),
        (["esrgan-slim-x3"], "framegate: unknown model 'esrgan-slim-x3' (did you mean 'esrgan-slim-x2'?)"),
        (["net", "--size", "big"], "framegate: size 'big' is not a size; write 256 or 640x480 (width x height)"),
        (["empty"], "framegate: empty: no model.json in this folder"),
        (["broken"], "framegate: broken/model.json: not JSON"),
        (["cycle"], "framegate: cycle/model.json: the graph has a cycle: 'a' takes 'b' takes 'a'"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(
    shell: Shell, tmp_path: Path, arguments: list[str], message: str
) -> None:
    conv_net(tmp_path / "net", 1)
    ring = [{"name": "a", "op": "Relu", "input": ["b"]}, {"name": "b", "op": "Relu", "input": ["a"]}]
    conv_net(tmp_path / "cycle", 1, modelTopology={"node": ring}, weightsManifest=[])
    for name in ("empty", "broken"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken" / "model.json").write_text("{")
    done = shell(*INSPECT, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == 1


def test_names_beyond_the_users_encoding_are_shown_escaped(shell: Shell, tmp_path: Path) -> None:
    conv_net(tmp_path / "net", 1, generatedBy="Zoë")
    done = shell(*INSPECT, "net", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "Zo\\xeb" in done.stdout


def test_a_reader_may_leave_early(tmp_path: Path) -> None:
    conv_net(tmp_path, 2000)
    with subprocess.Popen(
        [*INSPECT, str(tmp_path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
