from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tfjs_files import weight, write_model

from framegate.errors import ModelError, WeightsError
from framegate.models import memory
from framegate.models.topology import read_model_json
from framegate.models.weights import read_weights


def test_products_do_not_overflow() -> None:
    assert memory.tensor_bytes((1 << 40, 1 << 40), 4) == 1 << 82


def test_sizes_that_no_float_holds_are_refused_too() -> None:
    with pytest.raises(
        ModelError, match=r"^m: it has weights of 1,000,000,000,000,000,000,000\.0 GB and [\d,.]+ GB are free"
    ):
        memory.check_fits(Path("m"), "it has weights", 10**1000)


@pytest.mark.parametrize(("quantization", "needed"), [({}, 4_000), ({"dtype": "uint8", "scale": 1, "min": 0}, 5_000)])
def test_weights_that_do_not_fit_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quantization: dict[str, object], needed: int
) -> None:
    path = write_model(tmp_path, [weight("w", [1000], **quantization)], {"absent": b""})
    (tmp_path / "absent").unlink()
    monkeypatch.setattr(memory, "available_bytes", lambda: needed - 1)
    with pytest.raises(ModelError) as error:
        read_weights(read_model_json(path))
    assert str(error.value) == (f"{path}: it has weights of 0.0 GB and 0.0 GB are free; use a smaller model")
    monkeypatch.setattr(memory, "available_bytes", lambda: needed)
    with pytest.raises(WeightsError, match="shard is missing"):
        read_weights(read_model_json(path))


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_nan_is_named(tmp_path: Path, dtype: str) -> None:
    values = np.array([1, np.nan, np.inf, np.nan], dtype)
    path = write_model(
        tmp_path, [weight("fine", [1]), weight("deep/w", [2, 2], dtype)], {"s": b"\0" * 4 + values.tobytes()}
    )
    with pytest.raises(WeightsError) as error:
        read_weights(read_model_json(path))
    assert str(error.value) == (
        f"{path}: weight 'deep/w' holds NaN (2 of 4 values);"
        " train the model again, or convert it from a healthy checkpoint"
    )


def test_infinity_is_a_number_that_masks_use(tmp_path: Path) -> None:
    values = np.array([-np.inf, np.inf], np.float32)
    path = write_model(tmp_path, [weight("mask", [2])], {"s": values.tobytes()})
    np.testing.assert_array_equal(read_weights(read_model_json(path))["mask"], values)
