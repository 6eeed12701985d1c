"""Whether a device that draws or computes is a GPU, or software on the CPU."""

from __future__ import annotations

_WORDS = ("basic render", "llvmpipe", "softpipe", "software", "swiftshader", "swrast")


def is_software(device: str) -> bool:
    """Whether the device name that OpenGL, WebGL or WebGPU reports is a software renderer."""
    return any(word in device.lower() for word in _WORDS)
