"""Ways to the screen: how much faster the best one is, and that none of them grows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial

import numpy as np
import psutil
import pytest
from interleaved import best_of_interleaved, within

from framegate.errors import BackendUnavailable
from framegate.gl.egl import open_egl
from framegate.interfaces import Drawing, GLContext
from framegate.render import builtin

DRAWS = int(os.environ.get("FRAMEGATE_DRAWS", "10000"))
"""``FRAMEGATE_DRAWS=50000`` takes two minutes."""
CLAMP = Drawing(out_of_range="clamp")


@pytest.fixture(scope="module")
def context() -> Iterator[GLContext]:
    try:
        opened = open_egl()
    except BackendUnavailable as error:
        pytest.skip(str(error))
    with opened.current():
        yield opened
    opened.release()


@pytest.mark.parametrize(
    ("name", "side", "rounds", "least", "most_copies"),
    [
        ("gl-upload-numba", 64, 1000, 5.0, 9),
        ("gl-upload-numba", 256, 200, 5.0, 2.5),
        ("gl-upload-numba", 512, 100, 4.0, 2),
        ("gl-upload-numba", 1024, 30, 3.0, 2),
        ("gl-upload", 256, 200, 3.0, 5),
        ("gl-upload", 512, 100, 2.5, 4),
        ("gl-upload", 1024, 30, 1.7, 4),
    ],
)
def test_the_best_ways_beat_the_float_texture(
    context: GLContext, name: str, side: int, rounds: int, least: float, most_copies: float
) -> None:
    """The aim is 4x, 3x and 2x within three copies of the tensor, which 64 x 64 pixels are too few for."""
    if not context.info().is_software:
        pytest.skip(f"measured for software rasterisers only, not {context.info().renderer}")
    tensor = np.random.default_rng(0).random((side, side, 3), np.float32)
    target = np.empty_like(tensor)
    renderers = {name: builtin()[name](context) for name in ("gl-texture", name)}
    for renderer in renderers.values():
        renderer.prepare(tensor.shape, "float32", CLAMP)
    texture, upload = (partial(renderer.draw, tensor) for renderer in renderers.values())

    def against_texture() -> float:
        texture_s, upload_s = best_of_interleaved([texture, upload], rounds)
        return upload_s / texture_s

    def against_copy() -> float:
        upload_s, copy_s = best_of_interleaved([upload, partial(np.copyto, target, tensor)], rounds)
        return upload_s / copy_s

    faster, shares = within(1 / least, against_texture)
    near, copies = within(most_copies, against_copy)
    for renderer in renderers.values():
        renderer.close()
    assert faster, shares
    assert near, copies


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is asked of Linux")
@pytest.mark.parametrize("name", [name for name in builtin() if name != "null"])
def test_many_draws_leak_nothing(context: GLContext, name: str) -> None:
    tensor = np.random.default_rng(0).random((4, 4, 3), np.float32)
    renderer = builtin()[name](context)
    renderer.prepare(tensor.shape, "float32", CLAMP)
    draw = renderer.draw
    for _ in range(DRAWS // 10):
        draw(tensor)
    objects = context.functions.alive()
    before = psutil.Process().memory_info().rss
    for _ in range(DRAWS):
        draw(tensor)
    grown = psutil.Process().memory_info().rss - before
    assert context.functions.alive() == objects
    renderer.close()
    assert grown < 2**20, f"{grown / DRAWS:.1f} bytes a draw"
