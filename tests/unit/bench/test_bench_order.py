"""Which cells come first in a run that is to be over soon."""

from framegate.bench.order import CellPlace, is_needed_first, ranks

CELLS = [
    CellPlace(kind, model, runtime, renderer)
    for model in ("a", "b")
    for kind, runtimes, renderers in (
        ("page", ("wasm", "webgl"), ("topixels", "texture")),
        ("python", ("tf",), ("opencv",)),
    )
    for runtime in runtimes
    for renderer in renderers
]


def in_order() -> list[str]:
    by_rank = sorted(zip(ranks(CELLS), CELLS, strict=True), key=lambda pair: pair[0])
    return [f"{cell.model} {cell.runtime} {cell.axes}" for _, cell in by_rank]


def test_all_models_and_runtimes_take_the_first_renderer_before_one_takes_the_second() -> None:
    assert in_order() == [
        "a wasm topixels",
        "a tf opencv",
        "b wasm topixels",
        "b tf opencv",
        "a webgl topixels",
        "b webgl topixels",
        "a wasm texture",
        "b wasm texture",
        "a webgl texture",
        "b webgl texture",
    ]


def test_a_first_answer_waits_for_the_first_cell_of_each_model_and_kind() -> None:
    first = [cell for cell, rank in zip(CELLS, ranks(CELLS), strict=True) if is_needed_first(rank)]
    assert [(cell.model, cell.runtime) for cell in first] == [("a", "wasm"), ("a", "tf"), ("b", "wasm"), ("b", "tf")]


def test_the_renderers_of_models_that_have_others_are_counted_by_themselves() -> None:
    cells = [CellPlace("page", "a", "wasm", "128"), CellPlace("page", "b", "wasm", "256")]
    assert all(map(is_needed_first, ranks(cells)))
