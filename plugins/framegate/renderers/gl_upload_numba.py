"""The shortest way without a GPU: one pass from the tensor to bytes, and one copy to where the frame ends."""

from __future__ import annotations

from framegate.renderers.gl_upload import GLUploadRenderer
from framegate.renderers.numba_ import NumbaRenderer


class GLUploadNumbaRenderer(GLUploadRenderer):
    """Converts with numba and uploads as ``gl-upload`` does."""

    _converts = NumbaRenderer
