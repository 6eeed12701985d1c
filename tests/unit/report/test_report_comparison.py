"""The table of all runtimes and renderers of a model, in full."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cell_results import cell_result

from framegate.report.comparison import comparison_sections
from framegate.report.receipts import receipt_sections
from framegate.report.table import section_text
from framegate.results.cell import CellResult
from framegate.results.page import Arrivals, Page, PageLaunch, Receipt
from framegate.results.parts import Cell, StageSamples

SUBJECT = Cell(model="colour", size="128", preprocess="none")
PYTHON = cell_result(
    "test_frame[a]",
    {"preprocess": 0.001, "inference": 0.008, "readback": 0, "convert": 0, "draw": 0.001, "present": 0},
    replace(SUBJECT, runtime="tensorflow", renderer="gl-texture", gl="egl", is_software=True),
)
WASM = cell_result(
    "test_browser[b]",
    {"upload": 0.001, "inference": 0.03, "draw": 0.009},
    replace(SUBJECT, runtime="tfjs-wasm", renderer="topixels"),
    page=Page(raf=Arrivals.of(20, 20, 1.0), launches=(PageLaunch(0.04, 1),)),
)
WEBGL = cell_result(
    "test_browser[c]",
    {"upload": 0.05, "inference": 0.05, "readback": 0.05, "draw": 0.05},
    replace(SUBJECT, runtime="tfjs-webgl", renderer="texture", is_software=False),
    page=Page(raf=Arrivals.of(124, 124, 25.0)),
)


def of_model(result: CellResult, model: str) -> CellResult:
    return replace(result, frame=replace(result.frame, model=model, size="64"))


def texts(results: Sequence[CellResult]) -> list[str]:
    return [section_text(section) for section in comparison_sections(results)]


TABLE = """\
colour at 128, preprocessing none: which runtime and which way to the screen (median ms)

                                    in       GPU        total ms   preprocess        upload     inference      readback      convert          draw      present   frames/s   delivered/s
 ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
  tensorflow to gl-texture on egl   Python   software     10.000   1.000  10%                  8.000  80%    0.000   0%   0.000   0%    1.000  10%   0.000   0%      100.0
  tfjs-wasm to topixels             page                  40.000                 1.000   2%   30.000  75%                               9.000  22%                    25.0          20.0
  tfjs-webgl to texture             page     hardware    200.000                50.000  25%   50.000  25%   50.000  25%                50.000  25%                     5.0           5.0

Fastest: tensorflow to gl-texture on egl, 10.0 ms a frame, 80% of them inference.
Fastest in a page: tfjs-wasm to topixels, 40.0 ms a frame, 75% of them inference, 20.0 frames/s delivered, 4.0x the time.
Next in a page: tfjs-webgl to texture, 5.00x its time in one browser of each, and others may differ. To make sure:
  framegate ab --base-runtime tfjs-webgl --head-runtime tfjs-wasm --
(software: the CPU did a GPU's work, which says nothing of a machine that has a GPU)
(a page gets its picture preprocessed: that time is in the totals of Python only, where it has a column)
"""  # noqa: E501 # the table as it is shown


def test_the_table_in_full() -> None:
    (summary,) = texts([WEBGL, WASM, PYTHON])
    assert summary + "\n" == TABLE


def test_several_launches_have_a_column() -> None:
    launches = tuple(PageLaunch(seconds, 1) for seconds in (0.04, 0.05, 0.044))
    (summary,) = texts([replace(WASM, page=Page(raf=Arrivals.of(20, 20, 1.0), launches=launches)), WEBGL])
    head, _, first, second = summary.splitlines()[2:6]
    assert head.endswith("launches")
    assert first.endswith("3, 1.25x apart")
    assert second.endswith("5.0")
    assert "software" not in summary


def test_there_is_a_table_for_each_model_size_and_preprocessing_that_ran_in_a_page() -> None:
    others = [of_model(result, "other") for result in (WASM, PYTHON)]
    only_python = of_model(PYTHON, "third")
    first, second = texts([WASM, *others, only_python])
    assert first.startswith("colour at 128")
    assert second.startswith("other at 64")
    assert "tensorflow" not in first


def test_where_a_page_is_the_fastest_pythons_best_is_named_next() -> None:
    quick = replace(WASM, stages=StageSamples({"upload": [0.001], "inference": [0.003], "draw": [0.001]}))
    (summary,) = texts([quick, PYTHON, WEBGL])
    lines = summary.splitlines()
    assert any(line.startswith("Fastest: tfjs-wasm to topixels, 5.0 ms") for line in lines)
    assert any(line.startswith("Fastest in Python: tensorflow") and line.endswith("2.0x the time.") for line in lines)


def test_the_next_in_a_page_is_of_another_runtime_and_in_as_many_browsers_as_both_have() -> None:
    launches = [PageLaunch(0.04, 1)] * 3
    other_way = replace(WASM, frame=replace(WASM.frame, renderer="texture"))
    both = [replace(result, page=Page(launches=(*launches,))) for result in (WASM, other_way, WEBGL)]
    (summary,) = texts(both)
    assert "Next in a page: tfjs-webgl to texture, 5.00x its time in 3 browsers of each, and others may" in summary
    assert "Next in a page" not in "".join(texts([WASM, other_way, PYTHON]))


def test_the_command_that_makes_sure_repeats_the_run_with_a_renderer_that_both_have() -> None:
    fullname = "../site-packages/framegate/suites/test_browser.py::test_browser[b]"
    fastest, slower = (replace(result, fullname=fullname) for result in (WASM, WEBGL))
    both = replace(fastest, frame=replace(WASM.frame, renderer="texture"))
    options = ["--frame-model=a b/model.json", "--frame-runtime=all", "--frame-renderer=topixels,texture"]
    (section,) = comparison_sections([fastest, both, slower], options)
    assert section.notes[-1] == (
        "  framegate ab --base-runtime tfjs-webgl --head-runtime tfjs-wasm --"
        " --pyargs framegate.suites.test_browser '--frame-model=a b/model.json' --frame-renderer=texture"
    )


RECEIPT = Receipt("ONNX Runtime Web 1.30.0, wasm", "wasm", "float32", 42, 0, None, 2, 16_900_000, 4_600_000, 0.5, 0.75)


def with_receipt(result: CellResult, runtime: str, receipt: Receipt, **page: Any) -> CellResult:
    return replace(result, frame=replace(result.frame, runtime=runtime), page=Page(receipt=receipt, **page))


def test_what_ran_in_part_elsewhere_is_shown_and_is_neither_the_fastest_nor_the_next() -> None:
    note = "on WebAssembly: TRANSPOSE_CONV"
    partial = with_receipt(WASM, "litert-webgpu", replace(RECEIPT, nodes=28, elsewhere=14, note=note))
    (summary,) = texts([partial, WEBGL])
    assert "  litert-webgpu to topixels " in summary
    assert "Fastest: tfjs-webgl to texture" in summary
    assert "Next in a page" not in summary
    assert f"(litert-webgpu ran 14 of 28 nodes elsewhere ({note}): it is not counted as the fastest)" in summary


RECEIPTS = """\
colour at 128: what each runtime of a page downloads, and needs before its first frame

              version   threads   precision   download MB   gzip MB   ready s   first frame s      nodes
 --------------------------------------------------------------------------------------------------------
  tfjs-wasm   4.22.0          1     float32           2.8       1.1      0.50            0.75
  ort-wasm    1.30.0          2     float32          16.9       4.6      0.50            0.75   40 of 42

tfjs-wasm ran on 1 of the 2 threads that were asked for
(the first frame of ort-wasm was not looked at; the last ones were)
"""


def test_what_each_runtime_of_a_page_downloads_in_full() -> None:
    own = replace(RECEIPT, nodes=None, bytes_raw=2_800_000, bytes_gzip=1_100_000, is_first_right=True)
    ort = with_receipt(WASM, "ort-wasm", replace(RECEIPT, elsewhere=2), version="1.30.0", wasm_threads=2)
    tfjs = with_receipt(WASM, "tfjs-wasm", own, version="4.22.0", wasm_threads=1)
    (section,) = receipt_sections([ort, tfjs])
    assert section_text(section) + "\n" == RECEIPTS
    assert not [*receipt_sections([ort])]


def test_no_page_no_table() -> None:
    assert not texts([PYTHON])
