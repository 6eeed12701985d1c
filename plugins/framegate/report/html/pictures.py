"""Pictures for the page: made small and packed while the run goes on, and those that are equal kept once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from framegate.report.html.facts import Figure, PictureRow
from framegate.report.realtime import subject_of
from framegate.results.parts import Cell

if TYPE_CHECKING:
    from framegate.interfaces import Pixels

MOST_PIXELS = 256
"""Longer side of a picture in the page; larger ones are made smaller."""
TIMES = 64
"""By which a difference from the oracle's picture is multiplied, so that a step of 1/255 can be seen."""
MOST_NAMED = 6
QUALITY = 88


@dataclass(frozen=True)
class ShownPicture:
    """A frame on its way to the screen, picture by picture.

    Attributes:
        number: place of the frame among those that are shown in turn; None where nobody counts.
        frame: the frame as it came, uint8 RGB (H, W, 3); None where there was none.
        fed: after the steps: uint8 (H, W, 3) or (H, W); None where no model was fed.
        screen: what was drawn: uint8 RGBA (H, W, 4).
        off: its difference from the oracle's picture: uint8 (H, W, 4); None where that has another shape.
    """

    number: int | None
    frame: Pixels | None
    fed: Pixels | None
    screen: Pixels
    off: Pixels | None


@dataclass
class _Drawn:
    """One picture on the screen, and the cells that drew it."""

    figures: list[Figure]
    cells: list[str] = field(default_factory=list)


@dataclass
class _Row:
    """What went in, and what was drawn, by the bytes of the screen."""

    title: str
    before: list[Figure]
    drawn: dict[bytes, _Drawn] = field(default_factory=dict)


class PictureShelf:
    """The pictures of a run."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, ...], _Row] = {}

    def keep(self, suite: str, cell: Cell, shown: ShownPicture, fault: str = "") -> None:
        """Keep the pictures of a cell's first frame, or of one that is wrong.

        Args:
            suite: name of the test function.
            cell: the cell.
            shown: the pictures.
            fault: why the picture is wrong; empty for one that is right.
        """
        subject = subject_of(cell) or " ".join(filter(None, (suite, cell.size)))
        key = (subject, _bytes(shown.frame), _bytes(shown.fed), fault)
        row = self._rows.get(key)
        if row is None:
            title = subject if shown.number is None else f"{subject}, frame {shown.number}"
            title += f": {fault}" if fault else ""
            row = self._rows[key] = _Row(title, list(_before(shown)))
        drawn = row.drawn.setdefault(_bytes(shown.screen) + _bytes(shown.off), _Drawn([]))
        if not drawn.figures:
            drawn.figures += _after(shown)
        names = ", ".join(filter(None, (cell.runtime, cell.renderer, cell.gl)))
        drawn.cells.append(f"{suite}: {names}" if cell.scenario else names)

    def rows(self) -> list[PictureRow]:
        """The pictures by model, those that are wrong last."""
        return [
            PictureRow(row.title, [*row.before, *(figure for drawn in row.drawn.values() for figure in _named(drawn))])
            for key, row in sorted(self._rows.items(), key=lambda item: bool(item[0][-1]))
        ]


def _bytes(picture: Pixels | None) -> bytes:
    import hashlib

    if picture is None:
        return b""
    return hashlib.sha256(repr(picture.shape).encode() + np.ascontiguousarray(picture).tobytes()).digest()


def _before(shown: ShownPicture) -> Iterator[Figure]:
    if shown.frame is not None:
        yield _photo("what went in", shown.frame)
    if shown.fed is not None:
        yield _photo("what the model was fed", shown.fed)


def _after(shown: ShownPicture) -> Iterator[Figure]:
    yield _photo("", shown.screen)
    if shown.off is not None:
        most, share = int(shown.off.max()), float((shown.off > 0).any(axis=2).mean())
        extent = (
            f"up to {most}/255, at {100 * share:.2g} % of the pixels" if most else "none: every byte is the oracle's"
        )
        yield _difference(shown.off, extent)


def _named(drawn: _Drawn) -> Iterator[Figure]:
    """The picture under the names of its cells."""
    cells = list(dict.fromkeys(drawn.cells))
    picture, *others = drawn.figures
    title = f"drawn by {cells[0]}" if len(cells) == 1 else f"drawn by {len(cells)} cells alike"
    more = [f"… and {len(cells) - MOST_NAMED} more"] if len(cells) > MOST_NAMED else []
    names = cells[:MOST_NAMED] if len(cells) > 1 else []
    yield Figure(
        title, picture.file, picture.media_type, picture.width, picture.height, [*picture.notes, *names, *more]
    )
    yield from others


def _photo(title: str, picture: Pixels) -> Figure:
    import cv2

    height, width = picture.shape[:2]
    scale = MOST_PIXELS / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    return _figure(title, picture, f"{width}x{height}", "webp", [cv2.IMWRITE_WEBP_QUALITY, QUALITY])


def _difference(off: Pixels, extent: str) -> Figure:
    import cv2

    height, width = off.shape[:2]
    step = -(-max(height, width) // MOST_PIXELS)
    # Of pixels that become one the largest difference is shown: a single wrong one must not vanish.
    most = np.asarray(cv2.dilate(off, np.ones((step, step), np.uint8), anchor=(0, 0)))[::step, ::step]
    loud = np.minimum(most[..., :3].astype(np.uint16) * TIMES, 255).astype(np.uint8)
    return _figure(f"off the oracle, {TIMES} times", loud, extent, "png", [cv2.IMWRITE_PNG_COMPRESSION, 9])


def _figure(title: str, picture: Pixels, note: str, kind: str, settings: list[int]) -> Figure:
    import cv2

    code = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}.get(picture.shape[-1]) if picture.ndim == 3 else None
    ordered = picture if code is None else cv2.cvtColor(picture, code)
    _, data = cv2.imencode(f".{kind}", ordered, settings)
    return Figure(title, data.tobytes(), f"image/{kind}", picture.shape[1], picture.shape[0], [note])
