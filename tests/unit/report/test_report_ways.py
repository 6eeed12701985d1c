"""The table of all ways of a model, in full."""

from dataclasses import replace

from framegate.report.ways import WayRow, ways_summary

SUBJECT = ("colour", "128", "none")
PYTHON = WayRow(
    SUBJECT,
    runtime="tensorflow",
    renderer="gl-texture",
    gl="egl",
    in_page=False,
    is_software=True,
    stages_s={"preprocess": 0.001, "inference": 0.008, "readback": 0, "convert": 0, "draw": 0.001, "present": 0},
    total_s=0.01,
)
WASM = WayRow(
    SUBJECT,
    runtime="tfjs-wasm",
    renderer="topixels",
    gl=None,
    in_page=True,
    is_software=None,
    stages_s={"upload": 0.001, "inference": 0.03, "draw": 0.009},
    total_s=0.04,
    delivered_fps=20,
)
WEBGL = replace(
    WASM, runtime="tfjs-webgl", renderer="texture", is_software=False, total_s=0.2,
    stages_s={"upload": 0.05, "inference": 0.05, "readback": 0.05, "draw": 0.05}, delivered_fps=4.96,
)  # fmt: skip

TABLE = """\
colour at 128, preprocessing none: which runtime and which way to the screen (median ms)

                                    in       GPU        total ms   preprocess        upload     inference      readback      convert          draw      present   frames/s   delivered/s
 ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
  tensorflow to gl-texture on egl   Python   software     10.000   1.000  10%                  8.000  80%    0.000   0%   0.000   0%    1.000  10%   0.000   0%      100.0
  tfjs-wasm to topixels             page                  40.000                 1.000   2%   30.000  75%                               9.000  22%                    25.0          20.0
  tfjs-webgl to texture             page     hardware    200.000                50.000  25%   50.000  25%   50.000  25%                50.000  25%                     5.0           5.0

Fastest: tensorflow to gl-texture on egl, 10.0 ms a frame, 80% of them inference.
Fastest in a page: tfjs-wasm to topixels, 40.0 ms a frame, 75% of them inference, 20.0 frames/s delivered, 4.0x the time.
(software: the CPU did a GPU's work, which says nothing of a machine that has a GPU)
(a page gets its picture preprocessed: that time is in the totals of Python only, where it has a column)
"""  # noqa: E501 # the table as it is shown


def test_the_table_in_full() -> None:
    (summary,) = ways_summary([WEBGL, WASM, PYTHON])
    assert summary + "\n" == TABLE


def test_several_launches_have_a_column() -> None:
    (summary,) = ways_summary([replace(WASM, launch_medians_s=[0.04, 0.05, 0.044]), WEBGL])
    head, _, first, second = summary.splitlines()[2:6]
    assert head.endswith("launches")
    assert first.endswith("3, 1.25x apart")
    assert second.endswith("5.0")
    assert "software" not in summary


def test_there_is_a_table_for_each_model_size_and_preprocessing_that_ran_in_a_page() -> None:
    others = [replace(each, subject=("other", "64", "none")) for each in (WASM, PYTHON)]
    only_python = replace(PYTHON, subject=("third", "64", "none"))
    first, second = ways_summary([WASM, *others, only_python])
    assert first.startswith("colour at 128")
    assert second.startswith("other at 64")
    assert "tensorflow" not in first


def test_where_a_page_is_the_fastest_pythons_best_is_named_next() -> None:
    (summary,) = ways_summary([replace(WASM, total_s=0.005), PYTHON, WEBGL])
    lines = summary.splitlines()
    assert any(line.startswith("Fastest: tfjs-wasm to topixels, 5.0 ms") for line in lines)
    assert any(line.startswith("Fastest in Python: tensorflow") and line.endswith("2.0x the time.") for line in lines)


def test_no_page_no_table() -> None:
    assert not list(ways_summary([PYTHON]))
