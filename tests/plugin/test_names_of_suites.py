"""What the cells of an installed copy are called, which lies outside of the project in which they run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from framegate.results.run import words_of_test

CELL = "test_preprocess[16-none]"
PLUGINS = ("-p", "framegate.plugin", "-p", "no:cacheprovider")


def test_they_are_named_by_their_module(
    pytester: pytest.Pytester, suites: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framegate.paths.clone_dir", lambda: None)
    monkeypatch.setattr("framegate.paths.suites_dir", lambda: suites)
    theirs = pytester.mkdir("theirs")
    (theirs / "pytest.ini").write_text("[pytest]")
    result = pytester.runpytest(
        *(str(suites / "test_preprocess.py"), f"--rootdir={theirs}", "-c", str(theirs / "pytest.ini"), *PLUGINS),
        *("--frame-preprocess=none", "--frame-size=16", "--benchmark-max-time=0.001", "--benchmark-min-rounds=2"),
        *("--benchmark-json=out.json", "--junitxml=out.xml"),
    )
    result.assert_outcomes(passed=1)
    (stored,) = json.loads((pytester.path / "out.json").read_text())["benchmarks"]
    assert words_of_test(stored["fullname"]) == ["--pyargs", f"framegate.suites.test_preprocess::{CELL}"]
    (case,) = ET.parse(pytester.path / "out.xml").iter("testcase")  # noqa: S314 # pytest's own file
    assert case.attrib["classname"] == "framegate.suites.test_preprocess"
