"""How fast is TF.js itself, in a real browser, and which backend and which way to the canvas are the fastest?"""

import pytest

from framegate.fixtures import MeasurePage, VerifyPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.study,
    pytest.mark.benchmark(group="browser"),
    pytest.mark.frame_defaults(
        model="colour-128-f8,esrgan-slim-x2",
        runtime="tfjs-wasm,tfjs-cpu,tfjs-webgl",
        renderer="topixels,texture",
    ),
]


def test_browser(measure_page: MeasurePage, verify_page: VerifyPage) -> None:
    measure_page()
    verify_page()
