"""Pictures to files."""

from __future__ import annotations

from pathlib import Path

from framegate.errors import FrameError
from framegate.files import write_whole
from framegate.interfaces import Pixels


def write_png(path: Path, picture: Pixels) -> None:
    """Write uint8 RGB (H, W, 3), RGBA (H, W, 4) or grey (H, W) to a PNG file; missing folders are made.

    Raises:
        FrameError: the file cannot be written.
    """
    import cv2

    code = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}.get(picture.shape[-1]) if picture.ndim == 3 else None
    _, data = cv2.imencode(".png", picture if code is None else cv2.cvtColor(picture, code))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data.tobytes())
    except OSError as error:
        raise FrameError(
            f"{path}: the picture cannot be written ({error.strerror or error}); name another folder"
        ) from error
