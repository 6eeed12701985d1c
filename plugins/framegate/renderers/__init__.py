"""The built-in renderers, one per file: each takes a model's output tensor to the screen of a GL context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.registry import Lazy

if TYPE_CHECKING:
    from framegate.interfaces import RendererFactory

__all__ = ["builtin"]


def builtin() -> dict[str, RendererFactory]:
    """The renderers that come with Framegate, by name; nothing is imported until one is made."""
    return {
        "topixels": Lazy("framegate.renderers.topixels", "ToPixelsRenderer"),
        "topixels-loop": Lazy("framegate.renderers.topixels_loop", "ToPixelsLoopRenderer"),
        "numpy": Lazy("framegate.renderers.numpy_", "NumpyRenderer"),
        "opencv": Lazy("framegate.renderers.opencv", "OpenCVRenderer"),
        "numba": Lazy("framegate.renderers.numba_", "NumbaRenderer"),
        "gl-texture": Lazy("framegate.renderers.gl_texture", "GLTextureRenderer"),
        "gl-texture-sub": Lazy("framegate.renderers.gl_texture_sub", "GLTextureSubRenderer"),
        "gl-texture-half": Lazy("framegate.renderers.gl_texture_half", "GLTextureHalfRenderer"),
        "gl-pbo": Lazy("framegate.renderers.gl_pbo", "GLPBORenderer"),
        "gl-ssbo": Lazy("framegate.renderers.gl_ssbo", "GLSSBORenderer"),
        "gl-compute": Lazy("framegate.renderers.gl_compute", "GLComputeRenderer"),
        "gl-blit": Lazy("framegate.renderers.gl_blit", "GLBlitRenderer"),
        "gl-upload": Lazy("framegate.renderers.gl_upload", "GLUploadRenderer"),
        "gl-upload-numba": Lazy("framegate.renderers.gl_upload_numba", "GLUploadNumbaRenderer"),
        "null": Lazy("framegate.renderers.null", "NullRenderer"),
    }
