"""The graph that converters read."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from graph_files import noise

from framegate.errors import BackendUnavailable
from framegate.interfaces import TensorInfo
from framegate.models import tf
from framegate.tfgraph.export import exported
from framegate.tfgraph.frozen_graph import Frozen

pytestmark = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")

W = noise(3, 2)


@pytest.fixture(scope="module")
def tensorflow() -> Any:
    return tf.tensorflow()


def frozen(tensorflow: Any, captured: Any) -> Frozen:
    """x -> x @ captured, and x -> x; the captured tensor stays outside of the function's graph."""

    def run(x: Any) -> list[Any]:
        held = tensorflow.compat.v1.get_default_graph().capture(captured)
        return [x @ held if held.dtype == tensorflow.float32 else x, x]

    spec = tensorflow.TensorSpec([None, 3], tensorflow.float32)
    function = tensorflow.function(run, input_signature=[spec], autograph=False).get_concrete_function()
    x, y = TensorInfo("x", (None, 3), "float32"), TensorInfo("y", (None, 2), "float32")
    return Frozen(function, (x,), (y, x))


def test_captured_tensors_become_constants(tensorflow: Any) -> None:
    definition = exported(tensorflow, frozen(tensorflow, tensorflow.constant(W))).graph
    placeholders = [node.name for node in definition.node if node.op == "Placeholder"]
    assert placeholders == ["feed_0"]
    with tensorflow.Graph().as_default(), tensorflow.compat.v1.Session() as session:
        fetched = tensorflow.graph_util.import_graph_def(
            definition, return_elements=["fetch_0:0", "fetch_1:0"], name=""
        )
        x = noise(4, 3, seed=1)
        product, same = session.run(fetched, {"feed_0:0": x})
    np.testing.assert_allclose(product, x @ W, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(same, x)


def test_what_is_no_tensor_is_refused(tensorflow: Any) -> None:
    variable = tensorflow.Variable(W)
    with pytest.raises(BackendUnavailable, match=r"^it holds a table or another resource;"):
        exported(tensorflow, frozen(tensorflow, variable.handle))
