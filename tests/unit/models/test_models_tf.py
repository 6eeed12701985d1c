from __future__ import annotations

import gc
import os
import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import NoReturn

import pytest

from framegate import work
from framegate.errors import BackendUnavailable
from framegate.models import tf


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is to be done at the end of a process in which TensorFlow has not been imported yet."""
    functions: list[object] = []
    monkeypatch.setattr(tf, "atexit", SimpleNamespace(register=functions.append))
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setitem(sys.modules, tf._GLOBAL_FLAGS, None)
    monkeypatch.delitem(sys.modules, tf._KERAS_3, raising=False)
    return functions


@pytest.mark.usefixtures("registered")
def test_no_garbage_is_collected_during_an_import_nor_looked_for_in_it_later_even_if_it_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meanwhile: list[bool] = []

    def import_module(name: str) -> NoReturn:
        meanwhile.append(gc.isenabled())
        raise ImportError(name)

    monkeypatch.setattr(tf, "importlib", SimpleNamespace(import_module=import_module))
    lasting = gc.get_freeze_count()
    with pytest.raises(BackendUnavailable, match=r"tensorflow cannot be imported \(tensorflow\)"):
        tf.tensorflow()
    assert meanwhile == [False]
    assert gc.isenabled()
    assert gc.get_freeze_count() > lasting


def test_a_process_that_ends_does_not_search_what_was_imported(
    registered: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tf, "_import", lambda name: name)
    assert tf.tensorflow() == "tensorflow"
    assert registered == [gc.freeze]


class Told:
    """What is said of long work."""

    def __init__(self) -> None:
        self.works: list[str] = []

    def begin(self, work: str) -> None:
        self.works.append(work)

    def end(self, seconds: float | None) -> None:
        """Nothing to say."""


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(("is_there", "works"), [(True, ["importing TensorFlow"]), (False, [])])
def test_an_import_is_announced_where_there_is_something_to_import(
    monkeypatch: pytest.MonkeyPatch, works: list[str], *, is_there: bool
) -> None:
    monkeypatch.setattr(tf, "_import", lambda name: name)
    monkeypatch.setattr(tf, "has_library", lambda _: is_there)
    told = Told()
    with work.watching(told):
        tf.tensorflow()
    assert told.works == works


@pytest.mark.usefixtures("registered")
def test_keras_3_cannot_be_imported_while_tensorflow_is_and_can_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile: list[object] = []

    def import_module(name: str) -> str:
        meanwhile.append(sys.modules.get(tf._KERAS_3, "can be imported"))
        return name

    monkeypatch.setattr(tf, "importlib", SimpleNamespace(import_module=import_module))
    tf.tensorflow()
    assert meanwhile == [None]
    assert tf._KERAS_3 not in sys.modules
    # One that somebody had imported before stays as it is.
    monkeypatch.setitem(sys.modules, "keras", ModuleType("keras"))
    tf.tensorflow()
    assert meanwhile == [None, "can be imported"]


def test_tensorflow_is_imported_without_keras_3_and_finds_it_where_it_is_asked_for() -> None:
    # Looked for and not imported: that would bring TensorFlow into this process.
    if find_spec("tensorflow") is None or find_spec("keras") is None:
        pytest.skip("TensorFlow and Keras 3 are not installed")
    code = """
import sys
from framegate.models import tf

tensorflow = tf.tensorflow()
assert not [name for name in sys.modules if name.split(".")[0] in {"keras", "pandas"}]
assert tensorflow.keras.layers.Dense(1).units == 1
"""
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_last_words_are_read_while_a_library_is_imported(capfd: pytest.CaptureFixture[str]) -> None:
    with tf.quiet():
        os.write(2, b"of a library\n")
        tf.end_quiet()
        os.write(2, b"stopped\n")
    os.write(2, b"and after that\n")
    assert capfd.readouterr().err == "stopped\nand after that\n"


def test_nothing_is_ended_where_nothing_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    tf.end_quiet()
    os.write(2, b"as ever\n")
    assert capfd.readouterr().err == "as ever\n"
