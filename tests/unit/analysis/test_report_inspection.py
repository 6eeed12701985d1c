"""What `framegate inspect` prints, for a terminal, for a pipe and for machines."""

import io
import json
from pathlib import Path

import pytest
from analysis_files import image, look, op
from rich.console import Console

from framegate.analysis.inspection import Inspection
from framegate.report.inspection import MOST_ROWS, number_text, plain, show, size_text
from framegate.report.inspection_json import to_json

LONG = "model/with/a/very/long/path/in/front/of/the/name/that/matters"


@pytest.fixture
def found(tmp_path: Path) -> Inspection:
    nodes = [
        image(-1, 8, 8, 3),
        op("_FusedConv2D", "image", "w", "b", name=LONG, fused_ops=["BiasAdd"], padding="SAME", strides=[1, 2, 2, 1]),
        op("Pad", LONG, "pads", name="pad"),
        op("Conv2D", "pad", "w", strides=[1, 1, 1, 1]),
    ]
    return look(tmp_path, nodes, {"w": (3, 3, 3, 100), "b": (100,), "pads:int32": (4, 2), "lost": (25,)})


def on_terminal(found: Inspection, width: int) -> str:
    text = io.StringIO()
    show(found, Console(file=text, width=width, force_terminal=True, color_system=None, markup=False, highlight=False))
    return text.getvalue()


def test_plain_text_is_ascii_and_says_it_all(found: Inspection) -> None:
    text = plain(found)
    assert text.isascii()
    lines = [" ".join(line.split()) for line in text.splitlines()]
    row = f"{LONG} _FusedConv2D 3x3 /2 BiasAdd [1, 4, 4, 100] 2,800 99.1% 43.2 k 10.9 KiB 10.9 KiB"
    assert row in lines
    assert "shown as classes of output y (100 channels for each pixel)" in lines
    assert "arithmetic at least 43,200 multiply-accumulates a frame (at least 43.2 k MACs)" in lines
    assert "shards 0 of 1 are there, 0 B: shard.bin missing" in lines
    assert any(line.startswith(f"{LONG} ####") and line.endswith("10.9 KiB 99%") for line in lines)
    assert "note: 1 weight is taken by nothing (lost)" in lines
    assert any(line.startswith("y Conv2D") and line.endswith(" ?") for line in lines)


@pytest.mark.parametrize("width", [70, 80, 100, 120, 200])
def test_a_terminal_is_never_too_narrow_for_the_numbers(found: Inspection, width: int) -> None:
    text = on_terminal(found, width)
    assert all(len(line) <= width for line in text.splitlines())
    for number in ("43.2 k", "2,800", "[1, 4, 4, 100]", "█"):
        assert number in text
    assert "matters" in text


def test_a_wide_terminal_shows_every_column(found: Inspection) -> None:
    text = on_terminal(found, 200)
    assert all(column in text for column in ("op", "window", "output", "params", "share", "MACs", "stored", "float32"))
    assert LONG in text


def test_markup_in_names_is_text(tmp_path: Path) -> None:
    found = look(tmp_path, [image(1, 4), op("Relu", "image", name="[red]x[/]")])
    assert "[red]x[/]" in on_terminal(found, 100)


def test_names_do_not_steer_the_terminal(tmp_path: Path) -> None:
    found = look(tmp_path, [image(1, 4), op("Relu", "image", name="a\x1b[2Jb\r"), op("Odd\n", "image")])
    for text in (plain(found), on_terminal(found, 100)):
        assert "a?[2Jb?" in text
        assert "\x1b[2J" not in text
        assert "\r" not in text


def test_json_holds_everything(found: Inspection) -> None:
    document = json.loads(to_json(found))
    assert document["shown"] == {"view": "classes", "outputs": ["y"], "reason": "100 channels for each pixel"}
    (conv,) = [row for row in document["ops"] if row["name"] == LONG]
    assert conv == {
        "name": LONG,
        "op": "_FusedConv2D",
        "detail": "3x3 /2 BiasAdd",
        "shape": [1, 4, 4, 100],
        "shape_is_assumed": False,
        "parameters": 2800,
        "parameter_share": 2800 / 2825,
        "macs": 43_200,
        "stored_bytes": 11_200,
        "float32_bytes": 11_200,
        "weights": ["w", "b"],
    }
    assert document["totals"]["macs_exact"] is False
    assert document["ops"][-1]["macs"] is None
    assert document["inputs"][0]["declared_shape"] == [None, 8, 8, 3]
    assert document["shards"] == [{"path": "shard.bin", "bytes": None, "problem": document["shards"][0]["problem"]}]
    assert set(document["backends"]) == {"cpu", "wasm", "webgl", "webgpu"}


def test_a_long_model_is_shown_by_its_heaviest_ops(tmp_path: Path) -> None:
    chain = [op("Relu", f"n{at}", name=f"n{at + 1}") for at in range(MOST_ROWS + 50)]
    found = look(tmp_path, [image(1, 8, 4, name="n0"), *chain, op("BatchMatMulV2", "n9", "w")], {"w": (4, 4)})
    text = plain(found)
    assert "y  " in text
    assert "... and 52 lighter ops; --json lists all" in text
    assert len(json.loads(to_json(found))["ops"]) == MOST_ROWS + 52


@pytest.mark.parametrize(
    ("number", "shown", "size"),
    [
        (0, "0", "0 B"),
        (999, "999", "999 B"),
        (1000, "1.00 k", "0.98 KiB"),
        (54_419_459, "54.4 M", "51.9 MiB"),
        (999_960, "1.00 M", "977 KiB"),
        (6_015_000_000, "6.01 G", "5.60 GiB"),
    ],
)
def test_numbers_have_three_digits(number: int, shown: str, size: str) -> None:
    assert number_text(number) == shown
    assert size_text(number) == size
