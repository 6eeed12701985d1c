"""What the page is told where the program behind it cannot answer."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from framegate.commands.cli import main
from framegate.errors import UsageError
from framegate.live import server


def told(error: Exception, sent: bytes = b"{}") -> dict[str, Any]:
    """What comes of a request whose answer raises."""

    def fail(asked: dict[str, Any]) -> dict[str, Any]:
        del asked
        raise error

    answered = server._answer(fail)(io.BytesIO(sent), len(sent))
    assert isinstance(answered, str)
    answer: dict[str, Any] = json.loads(answered)
    return answer


def test_an_error_that_somebody_foresaw_is_told_in_its_own_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert told(UsageError("no such step")) == {"refused": "no such step"}
    assert caplog.records == []


@pytest.mark.parametrize("error", [AttributeError("'NoneType' has no 'way'"), KeyError("page"), OSError(28, "full")])
def test_any_other_is_one_line_and_the_log_has_the_rest(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert told(error) == {
        "refused": f"the program behind this page has no answer to that ({error!r}); load the page anew, or see"
        " framegate live --verbose for more"
    }
    [record] = caplog.records
    assert (record.levelno, record.exc_info and record.exc_info[1]) == (logging.INFO, error)


def test_what_is_no_json_is_told_too() -> None:
    assert "no answer to that (JSONDecodeError" in told(UsageError("not reached"), b"{")["refused"]


def test_a_screenshot_that_could_not_be_written_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["live", f"--screenshot={tmp_path / 'no' / 'page.png'}"]) == 2
    assert "page.png cannot be written: there is no folder " in capsys.readouterr().err
