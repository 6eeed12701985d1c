"""The renderers that docs/extending.md shows, as they stand there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
Run = Callable[..., pytest.RunResult]


def test_they_draw_what_the_oracle_draws(run: Run, pytester: pytest.Pytester) -> None:
    (section,) = re.findall(r"^## A renderer\n(.*?)^## ", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    cpu, device = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    pytester.makeconftest(
        f"{cpu}\n\n{device}\n".replace('{"mine": MyRenderer}', '{"mine": MyRenderer, "direct": Direct}')
    )
    result = run(
        "--frame-renderer=mine,direct", "--frame-gl=egl", "--frame-out-of-range=strict", suite="test_render.py"
    )
    result.assert_outcomes(passed=2)
