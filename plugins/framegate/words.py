"""The words that options take; `framegate.values` and the backends name these types too."""

from __future__ import annotations

from typing import Literal

Fit = Literal["crop", "letterbox", "resize"]
OutOfRange = Literal["clamp", "strict"]
Scaling = Literal["nearest", "linear"]
CameraInput = Literal["video", "bitmap", "videoframe", "imagedata"]
"""What the model is fed of a camera's frame: the video element itself, an ``ImageBitmap`` of it, one of its
``VideoFrame``, or its pixels as ``ImageData``."""
BrowserGPU = Literal["software", "native"]
BrowserName = Literal["auto", "chromium", "chrome", "msedge", "firefox", "adb"]
"""``auto`` is the first Chrome or Chromium that is installed, ``adb`` the Chrome of a phone."""
AUTO_BROWSER: BrowserName = "auto"
PageThread = Literal["main", "worker"]
"""Where a page's model runs and draws."""
StopReason = Literal["ended", "stalled", "changed size", "corrupt frame", "failed"]
Stat = Literal["min", "median", "p95"]
ALL = "all"
"""In place of every name on an axis."""
