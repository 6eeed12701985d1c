"""The model-size study."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]
WriteModel = Callable[..., Path]


@pytest.fixture
def pair(write_model: WriteModel) -> str:
    """A network and its quantised twin, whose gain is a little off."""
    return f"--frame-model={write_model('net')},{write_model('net-uint8')}"


def test_each_network_stores_what_it_is_and_what_it_costs(stored: Stored, pair: str) -> None:
    first, second = stored(pair, suite="test_model_size.py")
    facts = first["extra_info"]["model_size"]
    assert facts["model"] == "net"
    assert (facts["parameters"], facts["macs"], facts["stored_bytes"], facts["weight_bytes"]) == (1, 0, 4, 4)
    assert facts["inference_s"] == first["stats"]["median"]
    assert facts["load_s"] > 0
    assert facts["machine"]["read_bytes_per_s"] > 0
    assert facts["psnr_db"] is None
    assert second["extra_info"]["model_size"]["model"] == "net-uint8"


def test_the_table_stands_at_the_end(run: Run, pair: str) -> None:
    result = run(pair, "--frame-tables", suite="test_model_size.py", timing=True)
    result.stdout.fnmatch_lines(
        ["test_model_size: what a smaller network is worth (*GB/s*GMAC/s*", "*params M*", "*net *", "*net-uint8 *equal"]
    )


def test_timing_off_shows_no_table(run: Run, pair: str) -> None:
    result = run(pair, "--frame-tables", suite="test_model_size.py")
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*what a smaller network is worth*")


def test_the_suite_has_models_of_its_own_that_the_users_replace(run: Run) -> None:
    result = run("no --frame-model", "no --frame-size", "--collect-only", "-q", suite="test_model_size.py")
    result.stdout.fnmatch_lines(["*?pix2pix-256-f64-256-*", "*?pix2pix-128-f64-128-*", "*?pix2pix-256-f8-uint8-256-*"])


@pytest.mark.parametrize(
    ("asked", "count"),
    [((), 6), (("-m", "study"), 1), (("-k", "test_model_size"), 1), (("-k", "16"), 6)],
)
def test_a_study_runs_only_when_it_is_asked_for(run: Run, asked: tuple[str, ...], count: int) -> None:
    output = run("--collect-only", "-q", *asked, suite="").stdout.str()
    assert len(set(re.findall(r"(test_\w+)\[", output))) == count
