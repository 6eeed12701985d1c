from framegate.matrix import AXES, cell_id, cells

VALUES = {
    "model": ["m", "n"],
    "preprocess": ["none", "greyscale+invert"],
    "runtime": ["tensorflow"],
    "renderer": ["opencv", "gl-texture"],
    "gl": ["egl"],
}


def sizes(model: str | None) -> list[str]:
    return {"m": ["64", "128"], "n": ["256"], None: ["32"]}[model]


def test_every_model_runs_at_its_own_sizes_and_the_last_axis_varies_fastest() -> None:
    rows = list(cells(AXES, VALUES, sizes))
    assert len(rows) == 3 * 2 * 2
    assert rows[0] == ("m", "64", "none", "tensorflow", "opencv", "egl")
    assert rows[1] == ("m", "64", "none", "tensorflow", "gl-texture", "egl")
    assert rows[-1] == ("n", "256", "greyscale+invert", "tensorflow", "gl-texture", "egl")
    assert [row[:2] for row in rows[::4]] == [("m", "64"), ("m", "128"), ("n", "256")]


def test_axes_that_a_suite_does_not_use_are_left_out() -> None:
    assert list(cells(["size", "renderer"], VALUES, sizes)) == [("32", "opencv"), ("32", "gl-texture")]
    assert list(cells(["model", "runtime"], VALUES, sizes)) == [("m", "tensorflow"), ("n", "tensorflow")]


def test_an_id_is_its_values_joined() -> None:
    row = ("esrgan-slim-x2", "128", "greyscale+invert", "tensorflow", "gl-texture", "egl")
    assert cell_id(row) == "esrgan-slim-x2-128-greyscale+invert-tensorflow-gl-texture-egl"
