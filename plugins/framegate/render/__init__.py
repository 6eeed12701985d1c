"""Renderers, one a file: each takes a model's output tensor to the screen of a GL context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.registry import Lazy

if TYPE_CHECKING:
    from framegate.interfaces import RendererFactory

__all__ = ["builtin"]


def builtin() -> dict[str, RendererFactory]:
    """The renderers that come with Framegate, by name; nothing is imported until one is made."""
    return {
        "topixels": Lazy("framegate.render.topixels", "ToPixelsRenderer"),
        "topixels-loop": Lazy("framegate.render.topixels_loop", "ToPixelsLoopRenderer"),
        "numpy": Lazy("framegate.render.numpy_", "NumpyRenderer"),
        "opencv": Lazy("framegate.render.opencv", "OpenCVRenderer"),
        "numba": Lazy("framegate.render.numba_", "NumbaRenderer"),
        "gl-texture": Lazy("framegate.render.gl_texture", "GLTextureRenderer"),
        "gl-texture-sub": Lazy("framegate.render.gl_texture_sub", "GLTextureSubRenderer"),
        "gl-texture-half": Lazy("framegate.render.gl_texture_half", "GLTextureHalfRenderer"),
        "gl-pbo": Lazy("framegate.render.gl_pbo", "GLPBORenderer"),
        "gl-ssbo": Lazy("framegate.render.gl_ssbo", "GLSSBORenderer"),
        "gl-compute": Lazy("framegate.render.gl_compute", "GLComputeRenderer"),
        "gl-blit": Lazy("framegate.render.gl_blit", "GLBlitRenderer"),
        "gl-upload": Lazy("framegate.render.gl_upload", "GLUploadRenderer"),
        "gl-upload-numba": Lazy("framegate.render.gl_upload_numba", "GLUploadNumbaRenderer"),
        "null": Lazy("framegate.render.null", "NullRenderer"),
    }
