"""What a hook may return."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.mark.parametrize(("returned", "found"), [("['mine']", "list (['mine'])"), ("None or 7", "int (7)")])
def test_a_hook_that_returns_no_mapping_ends_the_run(
    run: Run, pytester: pytest.Pytester, returned: str, found: str
) -> None:
    pytester.makeconftest(f"def pytest_framegate_renderers(config): return {returned}")
    result = run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    message = f"ERROR: a plugin offers renderers as {found}; its hook has to return a dict of names and factories"
    assert message in result.stderr.str()
