"""Shards, constants in them, inputs, outputs, and what the document says of its origin."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from analysis_files import SPEC, Node, const, functional, image, layer, look, look_at_layers, op, row, write_topology
from recurrent_models import write_recurrent

from framegate.analysis.inspection import inspect
from framegate.errors import UsageError
from framegate.interfaces import InputSpec, ModelSpec, Size
from framegate.models.topology import read_model_json
from framegate.report.inspection import plain

PADDED: list[Node] = [image(1, 8, 6, 4), op("Pad", "image", "pads")]


def test_missing_shards_are_told(tmp_path: Path) -> None:
    found = look(tmp_path, PADDED, {"pads:int32": (4, 2)})
    assert found.shards.missing == ("shard.bin",)
    assert "shard is missing" in found.shards.shards[0].problem


@pytest.mark.parametrize(("count", "problem"), [(32, None), (31, "shard.bin: 31 bytes, and the weights need 32")])
def test_sizes_must_add_up(tmp_path: Path, count: int, problem: str | None) -> None:
    (tmp_path / "shard.bin").write_bytes(bytes(count))
    found = look(tmp_path, PADDED, {"pads:int32": (4, 2)})
    assert found.shards.shards[0].size == count
    assert found.shards.problems == ((problem,) if problem else ())


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "secret").write_bytes(bytes(32))
    (tmp_path / "m" / "shard.bin").symlink_to(tmp_path / "secret")
    found = look(tmp_path / "m", PADDED, {"pads:int32": (4, 2)})
    assert found.shards.shards[0].size is None
    assert "leaves the model's folder" in found.shards.shards[0].problem


def test_constants_are_read_only_when_asked_and_no_weight_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {"w": (100, 100), "pads:int32": (4, 2), "last": (10,)}
    topology = {"node": [*(const(name.partition(":")[0]) for name in weights), *PADDED]}
    pads = np.array([[0, 0], [1, 2], [3, 4], [0, 0]], "<i4")
    (tmp_path / "shard.bin").write_bytes(bytes(40_000) + pads.tobytes() + bytes(40))
    model = read_model_json(write_topology(tmp_path, topology, weights))
    assert row(inspect(SPEC, model, read_constants=True)).shape == (1, 11, 13, 4)

    opened: list[Path] = []
    real = Path.open

    def spy(path: Path, *arguments: Any, **keywords: Any) -> Any:
        opened.append(path)
        return real(path, *arguments, **keywords)

    monkeypatch.setattr(Path, "open", spy)
    assert row(inspect(SPEC, model)).shape == (None,) * 4
    assert tmp_path / "shard.bin" not in opened


def test_constants_may_lie_across_shards_and_be_quantised(tmp_path: Path) -> None:
    pads = np.array([0, 0, 10, 20, 30, 40, 0, 0], np.uint8)
    entry: dict[str, Any] = {"name": "pads", "shape": [4, 2], "dtype": "int32"}
    entry["quantization"] = {"dtype": "uint8", "scale": 0.1, "min": 0}
    path = write_topology(tmp_path, {"node": [const("pads"), *PADDED]}, {})
    (tmp_path / "a").write_bytes(pads.tobytes()[:3])
    (tmp_path / "b").write_bytes(pads.tobytes()[3:])
    text = path.read_text().replace('"weightsManifest": []', '"weightsManifest": [GROUP]')
    group = f'{{"paths": ["a", "b"], "weights": [{str(entry).replace(chr(39), chr(34))}]}}'
    path.write_text(text.replace("GROUP", group))
    assert row(inspect(SPEC, read_model_json(path), read_constants=True)).shape == (1, 11, 13, 4)
    (tmp_path / "a").unlink()
    assert row(inspect(SPEC, read_model_json(path), read_constants=True)).shape == (None,) * 4


def test_bytes_as_stored_and_as_float32(tmp_path: Path) -> None:
    path = write_topology(tmp_path, {"node": [const("w"), image(1, 10), op("MatMul", "image", "w")]}, {"w": (10, 6)})
    path.write_text(path.read_text().replace('"float32"}', '"float32", "quantization": {"dtype": "float16"}}'))
    found = inspect(SPEC, read_model_json(path))
    assert (found.totals.stored_bytes, found.totals.float32_bytes) == (120, 240)
    assert found.dtypes == {"float16": 120}
    assert (row(found).stored_bytes, row(found).float32_bytes) == (120, 240)


@pytest.mark.parametrize(
    ("source", "layout", "channels", "values", "reason"),
    [
        (image(-1, 8, 8, 1), "channels last", 1, (0, 1), "does not end in tanh"),
        (image(-1, -1, -1, 3), "channels last", 3, (0, 1), "does not end in tanh"),
        (image(1, 3, 8, 8), "channels first", 3, (0, 1), "does not end in tanh"),
        (image(-1, 8, 8, 3, dtype="DT_INT32"), "channels last", 3, (0, 255), "it is int32"),
        (image(-1, 512), None, None, None, ""),
        (image(-1, 44100, 1), None, None, None, ""),
    ],
)
def test_inputs(
    tmp_path: Path, source: Node, layout: str | None, channels: int | None, values: Any, reason: str
) -> None:
    port = look(tmp_path, [source, op("Relu", "image")]).inputs[0]
    found = (port.layout, port.channels, port.range)
    assert found == (layout, channels, values)
    assert reason in port.reason


def test_tanh_at_the_end_decides_both_ranges(tmp_path: Path) -> None:
    found = look(tmp_path, [image(1, 8, 8, 3), op("Tanh", "image")])
    assert [port.range for port in (*found.inputs, *found.outputs)] == [(-1, 1), (-1, 1)]
    assert "ends in tanh" in found.outputs[0].reason


def test_a_spec_knows_the_range(tmp_path: Path) -> None:
    path = write_topology(tmp_path, {"node": [image(1, 8, 8, 3), op("Relu", "image")]}, {})
    spec = ModelSpec("m", "path", "m", input_range=(0.0, 255.0))
    port = inspect(spec, read_model_json(path)).inputs[0]
    assert (port.range, port.reason) == ((0, 255), "the spec says so")


def test_which_input_takes_the_frame_and_what_others_are_fed(tmp_path: Path) -> None:
    path = write_recurrent(tmp_path)
    keys = InputSpec(values={"gain": 0.25}, state={"state": "next"}, is_bgr=True, ranges=((-2, 2), (-1, 3), (-2, 1)))
    ports = inspect(ModelSpec("m", "path", "m", inputs=keys), read_model_json(path)).inputs
    assert {port.name: port.fed for port in ports} == {
        "frame": "takes the frame, blue first (guessed: the only image)",
        "state": "fed output next of the frame before (the spec says so)",
        "gain": "fed 0.25 (the spec says so)",
    }
    assert (ports[0].range, ports[0].reason) == ((-2, 3), "the spec says so")
    found = inspect(SPEC, read_model_json(path))
    assert [port.fed for port in found.inputs] == [
        "takes the frame (guessed: of 2 images, by its name)",
        *["fed nothing: a spec has to say what"] * 2,
    ]
    assert "gain: float32 [], no image; fed nothing: a spec has to say what" in plain(found)


def test_an_open_size_is_taken_from_the_spec_else_256(tmp_path: Path) -> None:
    path = write_topology(tmp_path, {"node": [image(-1, -1, -1, 3), op("Relu", "image")]}, {})
    model = read_model_json(path)
    found = inspect(SPEC, model)
    assert (found.size, found.inputs[0].shape) == (Size(256, 256), (1, 256, 256, 3))
    found = inspect(ModelSpec("m", "path", "m", sizes=(Size(48, 64),)), model)
    assert (found.size, found.inputs[0].shape) == (Size(48, 64), (1, 48, 64, 3))
    assert "spec" in found.size_reason
    found = inspect(SPEC, model, Size(4, 6))
    assert found.outputs[0].shape == (1, 4, 6, 3)


def test_a_size_is_nothing_to_a_model_without_images(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes no image"):
        look(tmp_path, [image(1, 512), op("Relu", "image")], size=Size(8, 8))


def test_the_signature_is_found_where_it_is(tmp_path: Path) -> None:
    nodes = [image(1, 8, 8, 3), op("Relu", "image")]
    signature = {"inputs": {"image": {"name": "image:0"}}}
    assert look(tmp_path, nodes).header["signature"].startswith("none")
    assert look(tmp_path, nodes, signature=signature).header["signature"] == "at the top level"
    older = look(tmp_path, nodes, userDefinedMetadata={"signature": signature})
    assert older.header["signature"] == "under userDefinedMetadata"
    source = layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 3])
    assert "input_layers" in look_at_layers(tmp_path, functional(source, last="image")).header["signature"]


def test_names_from_the_file_stay_on_their_line(tmp_path: Path) -> None:
    found = look(tmp_path, [image(1, 4)], generatedBy="evil\n\x1b[31mred", convertedBy=3)
    assert found.header["generator"] == "evil [31mred"
    assert found.header["converter"] == ""
