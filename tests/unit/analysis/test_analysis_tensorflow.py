"""The analyser against TensorFlow's own shape inference: every node of graphs that use many ops in many ways."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from analysis_files import SPEC, write_topology

from framegate.analysis.inspection import inspect
from framegate.models import tf
from framegate.models.topology import read_model_json

Build = Callable[[Any, Any], object]


def convolutions(t: Any, x: Any) -> None:
    for padding in ("SAME", "VALID"):
        for stride in (1, 2, 3):
            t.nn.conv2d(x, t.zeros((3, 2, 4, 5)), stride, padding)
            t.nn.depthwise_conv2d(x, t.zeros((2, 3, 4, 2)), [1, stride, stride, 1], padding)
            t.nn.max_pool2d(x, 3, stride, padding)
            t.nn.avg_pool2d(x, (2, 3), stride, padding)
    t.nn.conv2d(x, t.zeros((3, 3, 4, 5)), 1, "VALID", dilations=2)
    t.nn.conv2d(x, t.zeros((3, 3, 4, 5)), 2, [[0, 0], [1, 2], [0, 3], [0, 0]])
    t.nn.conv2d(x, t.zeros((3, 3, 2, 6)), 1, "SAME")
    t.nn.conv2d_transpose(x, t.zeros((3, 3, 5, 4)), (1, 23, 29, 5), 2, "VALID")
    t.nn.conv2d_transpose(x, t.zeros((4, 4, 5, 4)), (1, 22, 28, 5), 2, "SAME")


def rearrangements(t: Any, x: Any) -> None:
    for axis in (0, 1, -1):
        t.concat([x, x], axis)
        t.stack([x, x], axis)
        t.unstack(x, axis=axis)
        t.expand_dims(x, axis)
        t.gather(x, [0, 0], axis=axis)
        t.reverse(x, [axis])
    t.split(x, 7, axis=2)
    t.split(x, [1, 3], axis=3)
    t.transpose(x, (0, 3, 1, 2))
    t.reshape(x, (-1, 28))
    t.reshape(x, (11, 14, 4))
    t.squeeze(x)
    t.squeeze(x, [0])
    t.tile(x, (1, 2, 3, 1))
    t.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]])
    t.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]], "REFLECT")
    t.nn.space_to_batch(x, [1, 2], [[0, 0], [0, 2]])
    t.raw_ops.BatchToSpaceND(input=t.tile(x, (4, 1, 1, 1)), block_shape=[2, 2], crops=[[1, 0], [0, 1]])
    t.nn.depth_to_space(x, 2)
    t.broadcast_to(x, (3, 11, 14, 4))
    t.image.crop_and_resize(x, t.zeros((5, 4)), t.zeros(5, t.int32), (6, 7))


def cuts(t: Any, x: Any) -> None:
    for piece in (
        x[:, 1:-1, ::2, 0],
        x[..., 1],
        x[0, ..., t.newaxis],
        x[:, ::-1, 3:100],
        x[:, -3:, :-20, 1:2],
        t.slice(x, [0, 1, 2, 3], [1, -1, 3, 1]),
    ):
        t.nn.relu(piece)


def numbers(t: Any, x: Any) -> None:
    for axis in (None, 0, [1, 2], -1):
        for keep in (True, False):
            t.reduce_mean(x, axis, keepdims=keep)
            t.reduce_max(x, axis, keepdims=keep)
    t.argmax(x, 3)
    t.math.top_k(x, 2)
    t.add(x, t.zeros((4,)))
    t.maximum(x, t.zeros((3, 1, 1, 1)))
    t.where(x > 0, x, t.zeros(()))
    t.linalg.matmul(x, t.zeros((4, 3)))
    t.linalg.matmul(x, x, transpose_b=True)
    t.matmul(x[0, 0], t.zeros((3, 4)), transpose_b=True)
    t.einsum("bhwc,cd->bdhw", x, t.zeros((4, 6)))
    t.image.resize(x, (5, 6))
    t.image.resize(x, (30, 31), "nearest")
    t.one_hot(t.zeros((2, 3), t.int32), 5)
    t.range(3, 17, 4)
    t.fill((2, 3), 1.0)
    t.cumsum(x, 1)


def sizes_of_sizes(t: Any, x: Any) -> None:
    shape = t.shape(x)
    t.reshape(x, t.stack([shape[0], shape[1] * shape[2], -1]))
    t.image.resize(x, shape[1:3] * 2)
    t.image.resize(x, t.cast(t.cast(shape[1:3], t.float32) * t.cast(3, t.float32), t.int32))
    t.zeros(t.concat([shape[:1], shape[2:]], 0))
    t.broadcast_to(x, t.maximum(shape, [2, 1, 1, 1]))
    t.reshape(x, [t.reduce_prod(shape[1:]) // 2, 2])
    t.tile(x, t.where(shape > 5, shape - shape + 2, shape // shape))
    t.range(shape[1])


@pytest.mark.parametrize(
    "build", [convolutions, rearrangements, cuts, numbers, sizes_of_sizes], ids=lambda f: f.__name__
)
def test_every_node_has_the_shape_that_tensorflow_says(build: Build, tmp_path: Path) -> None:
    tensorflow = tf.tensorflow()
    with tensorflow.Graph().as_default() as graph:
        image = tensorflow.compat.v1.placeholder(tensorflow.float32, (1, 11, 14, 4), "image")
        build(tensorflow, image)
    to_dict = importlib.import_module("google.protobuf.json_format").MessageToDict
    path = write_topology(tmp_path, {"node": to_dict(graph.as_graph_def())["node"]}, {})
    found = inspect(SPEC, read_model_json(path))
    known = {row.name: row.shape for row in found.rows}
    wrong = {}
    for operation in graph.get_operations():
        if operation.outputs and operation.type != "Const":
            theirs = operation.outputs[0].shape
            expected = tuple(theirs.as_list()) if theirs.rank is not None else None
            if known[operation.name] != expected and expected is not None and None not in expected:
                wrong[operation.name] = (operation.type, known[operation.name], expected)
    assert wrong == {}
    assert not [note for note in found.notes if "cannot take" in note]
