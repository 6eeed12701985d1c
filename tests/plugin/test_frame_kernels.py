"""The --frame-kernels option; what it stores is tested where there is a browser."""

import pytest

from framegate.hooks.settings import options_of


def kernels(pytester: pytest.Pytester, *options: str) -> bool:
    return options_of(pytester.parseconfigure("-p", "framegate.plugin", *options)).browser.kernels


def test_it_is_off_unless_it_is_asked_for(pytester: pytest.Pytester) -> None:
    assert not kernels(pytester)
    assert kernels(pytester, "--frame-kernels")


def test_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nframe_kernels = true\n")
    assert kernels(pytester)
