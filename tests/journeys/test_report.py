"""framegate report, as its user meets it."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest
from stored_runs import stored_entry, stored_run, write_run
from tfjs_files import weight, write_model

from framegate.commands.cli import main
from framegate.models.sources import builtin
from framegate.models.specs import find_spec, resolve
from framegate.results.run import RunNote
from framegate.trace import serve


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of two runs, in the folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / ".benchmarks" / "Linux"
    stages_s = {"preprocess": [0.01] * 5, "inference": [0.01] * 5, "draw": [0.01] * 5}
    for number, when in ((1, "2026-11-03"), (2, "2026-11-02")):
        entry = stored_entry(
            "test_frame[net]",
            [0.03 * number] * 5,
            stages_s,
            framegate={"version": 1},
            frame={"model": "net", "size": "16", "preprocess": "none", "runtime": "null", "renderer": str(number)},
        )
        content = stored_run(entry, datetime=f"{when}T10:00:00+00:00")
        RunNote(skipped={"no GPU here": ("a", "b")}).store(content)
        write_run(folder / f"000{number}_run.json", content)
    return folder


def test_the_newest_run_becomes_a_page(storage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report"]) == 0
    assert capsys.readouterr().out.strip() == "wrote report.html, of .benchmarks/Linux/0001_run.json"
    page = Path("report.html").read_text("utf-8")
    assert '>net at 16 <span class="verdict yes">real-time</span>' in page
    assert "no GPU here" in page
    assert "2026-11-03 10:00:00" in page
    assert 'id="history"' in page
    assert main(["report", "2", "-o", "other.html"]) == 0
    other = Path("other.html").read_text("utf-8")
    assert "2026-11-02 10:00:00" in other
    assert 'id="history"' not in other  # nothing was stored before it
    assert main(["report", "1", "-o", "first.html"]) == 0
    assert 'id="history"' in Path("first.html").read_text("utf-8")
    assert storage.is_dir()


def test_a_model_is_explained_if_it_is_still_the_same(storage: Path, tmp_path: Path) -> None:
    model = write_model(tmp_path / "net", [weight("w", [2, 3])], {"w.bin": bytes(24)})
    sha256 = resolve(find_spec(str(model.parent)), builtin()).sha256
    frame = {"model": "net", "model_sha256": sha256, "size": None, "runtime": "null"}
    run = stored_run(stored_entry("test_inference[net]", [0.1] * 5, framegate={"version": 1}, frame=frame))
    RunNote((f"--frame-model=selfie-256,{model.parent}",)).store(run)
    write_run(Path("run.json"), run)
    assert main(["report", "run.json"]) == 0
    assert "<summary>net<small>6 parameters" in Path("report.html").read_text("utf-8")
    (model.parent / "w.bin").write_bytes(bytes(range(24)))
    assert main(["report", "run.json"]) == 0
    assert 'id="models"' not in Path("report.html").read_text("utf-8")
    assert storage.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals in Python")
def test_that_runs_are_read_is_said_on_a_terminal(storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("CI", raising=False)
        assert main(["report"]) == 0
        assert b"reading 2 stored runs" in os.read(ours, 65536)
    os.close(ours)
    assert storage.is_dir()


def test_a_page_is_served_until_it_is_stopped(
    storage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not the port that a person's own may have.
    monkeypatch.setattr(serve, "served_report", partial(serve.served_report, port=0))
    shown: list[bytes] = []

    def opened(address: str) -> None:
        with urlopen(address) as answer:  # noqa: S310
            shown.append(answer.read())
        raise KeyboardInterrupt

    monkeypatch.setattr(webbrowser, "open", opened)
    assert main(["report", "--serve"]) == 130
    assert shown == [Path("report.html").read_bytes()]
    assert main(["report", "report.html", "--serve"]) == 130
    assert shown[1:] == shown[:1]
    assert "(Ctrl-C ends it)" in capsys.readouterr().out
    assert storage.is_dir()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["7"], "no run is called '7' in .benchmarks"),
        (["theirs.json"], "theirs.json holds no benchmark of Framegate; name another run"),
        (["torn.json"], "torn.json cannot be read"),
        (["old.html"], "old.html is a page already; --serve shows it with links that open its traces"),
        (["gone.html", "--serve"], "gone.html cannot be read (No such file or directory)"),
        (["-o", "none/report.html"], "none/report.html cannot be written: there is no folder"),
    ],
)
def test_a_mistake_is_one_line(
    storage: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    write_run(Path("theirs.json"), stored_run(stored_entry("test_theirs")))
    Path("torn.json").write_text(json.dumps(stored_run())[:30])
    assert main(["report", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"framegate: {complaint}")
    assert not Path("report.html").exists()
    assert storage.is_dir()
