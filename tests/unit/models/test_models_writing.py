"""What is written is what the TF.js converter would write, to the number."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from framegate.interfaces import Array
from framegate.models import writing
from framegate.models.topology import read_model_json
from framegate.models.weights import read_weights
from framegate.models.writing import write_model

DOCUMENT = {"format": "graph-model", "modelTopology": {"node": [], "library": {}}}


def written(folder: Path, array: Array, quantize: str | None) -> tuple[dict[str, object], bytes]:
    write_model(folder, DOCUMENT, {"w": array}, quantize)
    (group,) = json.loads((folder / "model.json").read_text())["weightsManifest"]
    (entry,) = group["weights"]
    return entry, b"".join((folder / path).read_bytes() for path in group["paths"])


@pytest.mark.parametrize(
    ("values", "to", "quantization", "stored"),
    [
        ([0.0, 1.5], "float16", {}, np.array([0, 1.5], np.float16)),
        # Zero is a value of its own: the least one moves for it.
        ([-1.0, 0.0, 2.0], "uint8", {"min": -1.0, "scale": 3 / 255}, np.array([0, 85, 255], np.uint8)),
        ([-0.1, 1.2], "uint8", {"min": -20 * 1.3 / 255, "scale": 1.3 / 255}, np.array([0, 255], np.uint8)),
        ([2.0, 3.0], "uint16", {"min": 2.0, "scale": 1 / 65535}, np.array([0, 65535], np.uint16)),
        ([7.0, 7.0], "uint8", {"min": 7.0, "scale": 1.0}, np.array([0, 0], np.uint8)),
    ],
)
def test_quantised_weights(
    tmp_path: Path, values: list[float], to: str, quantization: dict[str, float], stored: Array
) -> None:
    entry, data = written(tmp_path, np.array(values, np.float32), to)
    about = entry["quantization"]
    assert isinstance(about, dict)
    assert (about.pop("dtype"), about.pop("original_dtype")) == (to, "float32")
    assert about == pytest.approx(quantization, rel=1e-6)
    assert data == stored.tobytes()


def test_integers_stay_as_they_are(tmp_path: Path) -> None:
    entry, data = written(tmp_path, np.array(3, np.int32), "uint8")
    assert entry == {"name": "w", "shape": [], "dtype": "int32"}
    assert data == np.int32(3).tobytes()


@pytest.mark.parametrize("count", [0, 1, 4, 5, 9])
def test_shards_are_full_but_for_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(writing, "SHARD_BYTES", 16)
    array = np.arange(count, dtype=np.float32)
    assert written(tmp_path, array, None)[1] == array.tobytes()
    sizes = [path.stat().st_size for path in sorted(tmp_path.glob("*.bin"))]
    assert sizes == [16] * (count // 4) + ([4 * (count % 4)] if count % 4 or not count else [])
    assert np.array_equal(read_weights(read_model_json(tmp_path / "model.json"))["w"], array)
