from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

# In a process of its own, as the converter is in the product: what it imports warns of things to come.
CODE = """
import numpy as np
from framegate.models import tf
from framegate.models.folding import channels_at_once

tf.converters()
from tensorflowjs.converters import fold_batch_norms

tensorflow, rng = tf.tensorflow(), np.random.default_rng(0)
numbers = lambda *shape: rng.normal(size=shape).astype(np.float32)
with tensorflow.Graph().as_default() as graph:
    image = tensorflow.compat.v1.placeholder(tensorflow.float32, (1, 8, 8, 5))
    convolved = tensorflow.nn.conv2d(image, numbers(3, 3, 5, 7), 1, "SAME")
    tensorflow.compat.v1.nn.fused_batch_norm(
        convolved, numbers(7), numbers(7), numbers(7), np.abs(numbers(7)) + np.float32(0.1), is_training=False
    )
# Folding changes the graph that it is given.
slow = fold_batch_norms.fold_batch_norms(graph.as_graph_def())
with channels_at_once():
    fast = fold_batch_norms.fold_batch_norms(graph.as_graph_def())
assert fold_batch_norms.np is np
ops = {node.op for node in graph.as_graph_def().node} - {node.op for node in fast.node}
print(sorted(ops), fast.SerializeToString(deterministic=True) == slow.SerializeToString(deterministic=True))
"""


@pytest.mark.skipif(find_spec("tensorflowjs") is None, reason="needs pytest-framegate[tensorflow]")
def test_a_channel_at_once_gives_the_bits_of_the_converters_own_loop() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "['FusedBatchNormV3'] True"
