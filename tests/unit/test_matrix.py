from framegate.matrix import AXES, cell_id, cells

VALUES = {
    "size": ["256"],
    "model": ["m", "n"],
    "preprocess": ["none", "greyscale+invert"],
    "runtime": ["tensorflow"],
    "renderer": ["opencv", "gl-texture"],
    "gl": ["egl"],
    "scenario": ["camera-30"],
    "pipeline": ["serial"],
}


def own(axis: str, model: str | None) -> list[str]:
    return {("size", "m"): ["64", "128"], ("preprocess", "n"): ["all"]}.get((axis, model or ""), [])


def test_every_model_runs_at_its_own_sizes_and_the_last_axis_varies_fastest() -> None:
    rows = list(cells(AXES, VALUES, own))
    assert len(rows) == 2 * 2 * 2 + 2
    assert rows[0] == ("m", "64", "none", "tensorflow", "opencv", "egl", "camera-30", "serial")
    assert rows[1] == ("m", "64", "none", "tensorflow", "gl-texture", "egl", "camera-30", "serial")
    assert rows[-1] == ("n", "256", "all", "tensorflow", "gl-texture", "egl", "camera-30", "serial")
    assert [row[:2] for row in rows[::4]] == [("m", "64"), ("m", "128"), ("n", "256")]


def test_all_cells_of_a_model_in_one_runtime_stand_together() -> None:
    rows = list(cells(["model", "size", "runtime"], VALUES | {"runtime": ["a", "b"]}, own))
    assert [row[0] + row[2] for row in rows] == ["ma", "ma", "mb", "mb", "na", "nb"]


def test_axes_that_a_suite_does_not_use_are_left_out() -> None:
    assert list(cells(["size", "renderer"], VALUES, own)) == [("256", "opencv"), ("256", "gl-texture")]
    assert list(cells(["model", "runtime"], VALUES, own)) == [("m", "tensorflow"), ("n", "tensorflow")]


def test_an_id_is_its_values_joined() -> None:
    row = ("esrgan-slim-x2", "128", "greyscale+invert", "tensorflow", "gl-texture", "egl")
    assert cell_id(row) == "esrgan-slim-x2-128-greyscale+invert-tensorflow-gl-texture-egl"
