"""Which benchmark of one side is which of the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from framegate.errors import ComparisonError, UsageError
from framegate.gate import sides
from framegate.gate.sides import Request, Sides, open_sides
from framegate.gate.worker.messages import Benchmark, Collection


def cell(key: str, function: str = "test_frame", **params: str) -> Benchmark:
    return Benchmark(key, function, params, "/tests/test_frame.py")


def frame(model: str = "tiny", size: str = "16", renderer: str = "null", runtime: str = "null") -> Benchmark:
    params = {"frame_model": model, "frame_size": size, "frame_renderer": renderer, "frame_runtime": runtime}
    return cell(f"test_frame[{model}-{size}-{runtime}-{renderer}]", **params)


Open = Callable[..., Sides]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens sides of which the base and the candidate have collected these."""

    def open_them(request: Request, base: Sequence[Benchmark], candidate: Sequence[Benchmark]) -> Sides:
        collected = {"base": base, "candidate": candidate}
        monkeypatch.setattr(
            sides,
            "collect",
            lambda side, *_: Collection(collected[side.label.split()[0]]),
        )
        with open_sides(request) as found:
            return found

    return open_them


TWO_PYTHONS = Request(pythons=("python3.11", "python3.12"))


def test_the_same_names_on_both_sides(opened: Open) -> None:
    cells = [frame(), frame(renderer="opencv"), cell("test_plain", "test_plain")]
    found = opened(TWO_PYTHONS, cells, cells)
    assert found.keys == tuple((each.key, each.key) for each in cells)
    assert found.only_base == found.only_candidate == ()
    assert (found.base.python, found.candidate.python) == ("python3.11", "python3.12")


def test_an_order_of_its_own_is_that_of_the_base(opened: Open) -> None:
    cells = [frame(), cell("test_plain", "test_plain")]
    assert opened(TWO_PYTHONS, cells, cells[::-1]).keys == tuple((each.key, each.key) for each in cells)


def test_what_only_one_side_has(opened: Open) -> None:
    found = opened(TWO_PYTHONS, [frame(), frame(renderer="old")], [frame(), frame(renderer="new")])
    assert found.keys == ((frame().key, frame().key),)
    assert found.only_base == (frame(renderer="old").key,)
    assert found.only_candidate == (frame(renderer="new").key,)


@pytest.mark.parametrize("axis", ["renderer", "runtime"])
def test_two_of_a_kind_are_the_same_benchmark(opened: Open, axis: str) -> None:
    request = Request(axes={axis: ("one", "two")}, arguments=("suite",))
    before, after = frame(**{axis: "one"}), frame(**{axis: "two"})
    found = opened(request, [before], [after])
    assert found.keys == ((before.key, after.key),)
    assert found.base.arguments == ("suite", f"--frame-{axis}=one")
    assert found.candidate.arguments == ("suite", f"--frame-{axis}=two")


@pytest.mark.parametrize(
    ("axis", "option", "one", "two"),
    [
        ("tfjs", "--frame-tfjs-version", "tfjs-wasm@4.20.0:PROD=true", "tfjs-wasm:PROD=true"),
        ("tfjs", "--frame-tfjs-version", "firefox:tfjs-wasm@4.20.0", "firefox:tfjs-wasm"),
        ("browser", "--frame-browser", "tfjs-wasm", "firefox:tfjs-wasm"),
        ("browser", "--frame-browser", "chrome:tfjs-wasm@4.20.0:PROD=true", "adb:tfjs-wasm@4.20.0:PROD=true"),
    ],
)
def test_what_an_axis_puts_into_the_names_of_runtimes_is_no_other_difference(
    opened: Open, axis: str, option: str, one: str, two: str
) -> None:
    before, after = frame(runtime=one), frame(runtime=two)
    found = opened(Request(axes={axis: ("A", "B")}), [before, frame()], [frame(), after])
    assert found.keys == ((before.key, after.key), (frame().key, frame().key))
    assert found.base.arguments == (f"{option}=A",)
    with pytest.raises(ComparisonError, match="differ in nothing but"):
        opened(Request(axes={axis: ("A", "B")}), [before, after], [before])


def test_a_model_brings_its_own_size(opened: Open) -> None:
    request = Request(axes={"model": ("small", "large")})
    before, after = frame(model="small", size="64"), frame(model="large", size="256")
    assert opened(request, [before], [after]).keys == ((before.key, after.key),)


def test_a_size_that_was_named_is_no_difference_of_models(opened: Open) -> None:
    request = Request(axes={"model": ("small", "large")}, arguments=("--frame-size=64,128",))
    base = [frame(model="small", size=size) for size in ("64", "128")]
    candidate = [frame(model="large", size=size) for size in ("64", "128")]
    assert opened(request, base, candidate).keys == tuple(
        (before.key, after.key) for before, after in zip(base, candidate, strict=True)
    )


def test_cells_that_differ_in_what_is_compared_only_are_said(opened: Open) -> None:
    request = Request(axes={"model": ("small", "large")})
    base = [frame(model="small", size=size) for size in ("64", "128")]
    with pytest.raises(ComparisonError, match="differ in nothing but frame_model") as caught:
        opened(request, base, base)
    assert "--frame-size" in str(caught.value)


def test_parameters_of_another_project_stay_in_the_name(opened: Open) -> None:
    cells = [cell(f"test_it[{value}]", "test_it", value=value) for value in ("1", "2")]
    assert opened(TWO_PYTHONS, cells, cells).keys == tuple((each.key, each.key) for each in cells)


def test_two_benchmarks_of_one_name_are_said(opened: Open) -> None:
    with pytest.raises(ComparisonError, match=r"base \(python3\.11\) has two benchmarks called test_it"):
        opened(TWO_PYTHONS, [cell("test_it"), cell("test_it")], [cell("test_it")])


def test_no_benchmark_on_either_side(opened: Open) -> None:
    with pytest.raises(ComparisonError, match="no benchmarks on either side"):
        opened(TWO_PYTHONS, [], [])


def test_nothing_on_one_side_is_all_missing_on_it(opened: Open) -> None:
    assert opened(TWO_PYTHONS, [frame()], []).only_base == (frame().key,)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        Request(arguments=("suite",))
