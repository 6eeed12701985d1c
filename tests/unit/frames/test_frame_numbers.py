"""A number in a picture comes back whatever happens to the picture, or not at all: never as another one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framegate.errors import UsageError
from framegate.frames.clip import generate_clip
from framegate.frames.numbers import (
    BLOCKS,
    LEAST_SIDE,
    RANGE,
    NumberedPictures,
    numbered_pictures,
    read_number,
    stamped,
    unwrap,
    write_number,
)
from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels

NUMBERS = st.integers(0, RANGE - 1)
KINDS = ("photo", "noise", "black", "white", "grey")


def picture_of(kind: str, height: int, width: int) -> Pixels:
    if kind == "photo":
        return cast("Pixels", cv2.resize(open_frames("photo")[0], (width, height)))
    if kind == "noise":
        return np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)
    return np.full((height, width, 3), {"black": 0, "white": 255, "grey": 128}[kind], np.uint8)


def jpeg(quality: int) -> Callable[[Pixels], Pixels]:
    def there_and_back(picture: Pixels) -> Pixels:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cast("Pixels", cv2.imdecode(data, cv2.IMREAD_COLOR))

    return there_and_back


def limited(picture: Pixels) -> Pixels:
    """Through 16..235 and back, with one colour for four pixels."""
    even = np.ascontiguousarray(picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2])
    return cast("Pixels", cv2.cvtColor(cv2.cvtColor(even, cv2.COLOR_RGB2YUV_I420), cv2.COLOR_YUV2RGB_I420))


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "nothing": lambda picture: picture,
    "jpeg 50": jpeg(50),
    "jpeg 75": jpeg(75),
    "jpeg 95": jpeg(95),
    "4:2:0": limited,
    "blur": lambda picture: cast("Pixels", cv2.GaussianBlur(picture, (5, 5), 0)),
    "half, jpeg 60": lambda picture: jpeg(60)(
        cast("Pixels", cv2.resize(limited(picture), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    ),
}


@pytest.mark.parametrize("shape", [(80, 80), (480, 640), (480, 640, 3), (123, 317, 3)])
def test_every_number_comes_back(shape: tuple[int, ...]) -> None:
    picture = np.zeros(shape, np.uint8)
    for number in (0, 1, 0x5555, 0xAAAA, RANGE - 1, *range(2, RANGE, 997)):
        write_number(picture, number)
        assert read_number(picture) == number


@settings(max_examples=60)
@given(NUMBERS, st.integers(160, 700), st.integers(160, 700), st.sampled_from(KINDS), st.sampled_from(sorted(CHANGES)))
def test_it_survives_what_cameras_and_files_do(number: int, height: int, width: int, kind: str, change: str) -> None:
    assert read_number(CHANGES[change](stamped(picture_of(kind, height, width), number))) == number


@settings(max_examples=60)
@given(
    NUMBERS,
    st.tuples(st.integers(160, 500), st.integers(160, 500)),
    st.tuples(st.floats(0.5, 3), st.floats(0.5, 3)),
    st.sampled_from([cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC]),
    st.sampled_from(KINDS),
)
def test_it_survives_scaling(
    number: int, size: tuple[int, int], factors: tuple[float, float], method: int, kind: str
) -> None:
    height, width = (int(np.ceil(side * factor)) for side, factor in zip(size, factors, strict=True))
    scaled = cv2.resize(stamped(picture_of(kind, *size), number), (width, height), interpolation=method)
    assert read_number(cast("Pixels", scaled)) == number


@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_picture_keeps_it_through_jpeg(kind: str) -> None:
    for number in range(0, RANGE, 2999):
        assert read_number(jpeg(50)(stamped(picture_of(kind, LEAST_SIDE, LEAST_SIDE), number))) == number


@given(NUMBERS, st.integers(0, BLOCKS - 1), st.sampled_from(["other", "grey"]))
def test_one_wrong_block_gives_no_number(number: int, block: int, fault: str) -> None:
    picture = stamped(np.zeros((100, 200), np.uint8), number)
    wrong = picture[:, 10 * block : 10 * block + 10]
    wrong[:] = 128 if fault == "grey" else 255 - wrong
    assert read_number(picture) is None


@given(NUMBERS, st.integers(0, BLOCKS - 2))
def test_two_wrong_blocks_beside_each_other_give_no_number(number: int, block: int) -> None:
    picture = stamped(np.zeros((100, 200), np.uint8), number)
    wrong = picture[:, 10 * block : 10 * block + 20]
    wrong[:] = 255 - wrong
    assert read_number(picture) is None


@given(NUMBERS)
def test_a_picture_that_is_mirrored_or_inverted_gives_no_number(number: int) -> None:
    picture = stamped(np.zeros((100, 200, 3), np.uint8), number)
    assert read_number(255 - picture) is None
    assert read_number(picture[::-1]) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(40, 40), (80, 80), (480, 640), (512, 512)])
def test_a_picture_without_a_strip_has_no_number(kind: str, size: tuple[int, int]) -> None:
    assert read_number(picture_of(kind, *size)) is None


def test_the_generated_clip_has_no_numbers_of_its_own() -> None:
    assert {read_number(picture) for picture in generate_clip(120, 160)} == {None}


def test_noise_has_no_number() -> None:
    draw = np.random.default_rng(1)
    for _ in range(500):
        height, width = draw.integers(40, 200, 2)
        assert read_number(draw.integers(0, 256, (height, width, 3), np.uint8)) is None
        assert read_number(draw.integers(0, 2, (height, width), np.uint8) * np.uint8(255)) is None


def test_a_picture_that_is_too_small_to_read_has_no_number() -> None:
    assert read_number(np.zeros((39, 640, 3), np.uint8)) is None


@pytest.mark.parametrize("shape", [(79, 640, 3), (640, 79, 3), (0, 0, 3)])
def test_a_picture_that_is_too_small_to_write_to_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        UsageError, match=rf"^a picture of {shape[1]}x{shape[0]} pixels is too small .* 80x80 or more by --frame-source"
    ):
        write_number(np.zeros(shape, np.uint8), 1)


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^frame number -1 is negative; count frames from 0$"):
        write_number(np.zeros((80, 80), np.uint8), -1)


def test_only_the_strip_changes() -> None:
    photo = open_frames("photo")[0]
    before = photo.copy()
    copy = stamped(photo, 4711)
    np.testing.assert_array_equal(photo, before)
    np.testing.assert_array_equal(copy[26:], photo[26:])
    assert copy.flags.writeable


def test_a_copy_goes_where_it_is_told_to() -> None:
    photo, memory = open_frames("photo")[0], np.empty((512, 512, 3), np.uint8)
    assert stamped(photo, 1, out=memory) is memory
    assert read_number(stamped(photo, 2, out=memory)) == 2


def test_alpha_counts_for_nothing() -> None:
    picture = stamped(picture_of("photo", 200, 200), 77)
    for alpha in (0, 255):
        opaque = np.dstack([picture, np.full((200, 200), alpha, np.uint8)])
        assert read_number(opaque) == 77


def test_numbers_above_16_bits_are_written_by_their_lower_ones() -> None:
    assert read_number(stamped(picture_of("grey", 80, 80), 3 * RANGE + 5)) == 5


def test_pictures_carry_their_places_in_memory_that_is_used_in_turn() -> None:
    (photo,) = open_frames("photo")
    pictures = numbered_pictures(itertools.repeat(photo), copies=3)
    latest = list(itertools.islice(pictures, 7, 10))
    assert [read_number(picture) for picture in latest] == [7, 8, 9]
    assert next(pictures) is latest[0]
    assert read_number(latest[0]) == 10
    assert len({id(picture) for picture in (photo, *latest)}) == 4


def test_a_number_that_is_left_out_takes_no_picture() -> None:
    numbered = NumberedPictures(generate_clip(80, 80, frames=3))
    assert [read_number(numbered(number)) for number in (5, 70, 900)] == [5, 70, 900]
    with pytest.raises(StopIteration):
        numbered(901)


def test_there_are_as_many_numbered_pictures_as_pictures() -> None:
    assert [read_number(picture) for picture in numbered_pictures(generate_clip(80, 80, frames=3))] == [0, 1, 2]


@given(st.integers(0, 10**9), st.integers(-(RANGE // 2) + 1, RANGE // 2 - 1))
def test_a_number_that_wrapped_around_is_told_by_the_newest(frame: int, ahead: int) -> None:
    newest = max(0, frame + ahead)
    assert unwrap(frame % RANGE, newest) == frame


@given(NUMBERS, st.integers(0, 10**9))
def test_what_was_unwrapped_is_never_negative_and_has_the_number(number: int, newest: int) -> None:
    frame = unwrap(number, newest)
    assert frame >= 0
    assert frame % RANGE == number
    assert abs(frame - newest) <= RANGE // 2 or frame == number
