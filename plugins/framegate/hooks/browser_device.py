"""Which device a page drew or computed with: stored with the cell, and said at the end of the run."""

from __future__ import annotations

import pytest

from framegate.browser.chromium import is_software
from framegate.hooks.describe import FrameInfo
from framegate.hooks.report import note


def store_device(config: pytest.Config, frame_info: FrameInfo, device: str | None) -> None:
    """Fill in ``gl_renderer`` and ``is_software``.

    Args:
        config: whose run it is.
        frame_info: the cell's.
        device: as WebGL or WebGPU names it; None leaves what is there: the cell has used neither.
    """
    if device is None:
        return
    software = is_software(device)
    frame_info.update(gl_renderer=device, is_software=software)
    kind = "software on the CPU, no GPU" if software else "a GPU"
    note(config, f"{frame_info['runtime']}: the browser drew with {device} ({kind})")
