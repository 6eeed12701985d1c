"""A model that recurs gives what it has to, frame by frame, in each runtime."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from recurrent_models import GAIN, SIDE, expected, write_recurrent

from framegate.errors import ModelError
from framegate.inference.closed_inputs import close_inputs, whole_feeds
from framegate.inference.other_inputs import other_inputs
from framegate.inference.reference import References
from framegate.interfaces import Array, InputSpec, LoadedModel, ModelSpec, ResolvedModel, Size
from framegate.pipelines.order import Overlapped
from framegate.runtimes import builtin
from framegate.values import Frame, Stage

FRAMES = np.random.default_rng(0).random((10, 1, SIDE, SIDE, 3), np.float32)
FED = InputSpec(values={"gain": GAIN}, state={"state": "next"})


def closed(path: Path, runtime: str, fed: InputSpec = FED) -> LoadedModel:
    files = ResolvedModel("m", path, "graph", str(path))
    loaded = builtin()[runtime]().load(files)
    spec = ModelSpec("m", "path", str(path), inputs=fed)
    return close_inputs(loaded, other_inputs(spec, files, loaded.inputs, loaded.outputs, Size(SIDE, SIDE)))


@pytest.fixture(params=[(1, SIDE, SIDE, 3), (-1, -1, -1, -1)], ids=["closed", "open"])
def recurrent(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_recurrent(tmp_path / "net", request.param)


@pytest.mark.parametrize("runtime", ["tensorflow", "openvino", "onnxruntime", "litert", "auto"])
def test_the_tenth_frame_is_that_of_ten_frames(runtime: str, recurrent: Path) -> None:
    with closing(closed(recurrent, runtime)) as model:
        assert [info.name for info in model.inputs] == ["frame"]
        for frame, (picture, state) in zip(FRAMES, expected(FRAMES), strict=True):
            outputs = model.run({"frame": frame})
            np.testing.assert_allclose(outputs["picture"], picture, rtol=0, atol=1e-6)
            np.testing.assert_allclose(outputs["next"], state, rtol=0, atol=1e-6)


@pytest.fixture
def model(recurrent: Path) -> Iterator[LoadedModel]:
    with closing(closed(recurrent, "tensorflow")) as loaded:
        yield loaded


def test_what_was_fed_is_known_in_full(model: LoadedModel, recurrent: Path) -> None:
    """So that another loading of the model can be asked for what comes of it."""
    states: list[Array] = [np.zeros((1, SIDE, SIDE, 3)), *(state for _, state in expected(FRAMES))]
    references = References(lambda name: builtin()[name]())
    for at, frame in enumerate(FRAMES):
        outputs = model.run({"frame": frame})
        (feeds,) = whole_feeds(outputs, [{"frame": frame}, {"frame": FRAMES[at - 1]}])
        assert list(feeds) == ["frame", "state", "gain"]
        np.testing.assert_allclose(np.broadcast_to(feeds["state"], states[at].shape), states[at], rtol=0, atol=1e-6)
    reference = references(ResolvedModel("m", recurrent, "graph", ""), "tensorflow", [feeds])
    np.testing.assert_array_equal(reference.outputs[0]["picture"], outputs["picture"])


def test_without_a_state_all_feeds_are_known(tmp_path: Path) -> None:
    fed = InputSpec(values={"gain": GAIN, "state": 1})
    with closing(closed(write_recurrent(tmp_path), "tensorflow", fed)) as model:
        latest = [{"frame": frame} for frame in FRAMES[:3]]
        outputs = model.run(latest[0])
        whole = whole_feeds(outputs, latest)
        assert [list(feeds) for feeds in whole] == [["frame", "state", "gain"]] * 3
        np.testing.assert_allclose(outputs["next"], 0.5 + GAIN * FRAMES[0], rtol=0, atol=1e-6)


def test_a_model_with_one_input_is_left_as_it_is() -> None:
    outputs = {"y": np.zeros(1)}
    latest = [{"x": np.zeros(1)}]
    assert whole_feeds(outputs, latest) is latest


def test_frames_that_overlap_keep_to_their_order(model: LoadedModel) -> None:
    """What was fed for a frame belongs to it, although later ones have run by the time that it is drawn."""
    drawn: list[dict[str, Array]] = []
    numbered = [Frame(at, 0.0, frame) for at, frame in enumerate(FRAMES)]
    stages = (Stage("preprocess", lambda frame: {"frame": frame}), *model.stages(), Stage("draw", drawn.append))
    with closing(Overlapped(stages)) as order:
        order.in_flight = 4
        frames = iter(numbered)
        for _ in range(6):
            order(frames, bool)
    for at, (outputs, (picture, _)) in enumerate(zip(drawn, expected(FRAMES), strict=False)):
        np.testing.assert_allclose(outputs["picture"], picture, rtol=0, atol=1e-6)
        (feeds,) = whole_feeds(outputs, [{"frame": FRAMES[at]}])
        again = feeds["state"] / 2 + FRAMES[at] * GAIN
        np.testing.assert_allclose(outputs["next"], again, rtol=0, atol=1e-6)


def test_frames_that_do_not_fit_are_refused(model: LoadedModel) -> None:
    with pytest.raises(ModelError, match=r"m takes frame: float32 \[1x16x16x3\]; it was fed float32 \[1x8x8x3\]"):
        model.run({"frame": FRAMES[0][:, :8, :8]})
    with pytest.raises(ModelError, match="m takes frame, state, gain; it was fed 'state', 'gain'"):
        model.run({"other": FRAMES[0]})
