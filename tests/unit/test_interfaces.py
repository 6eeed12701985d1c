import pytest

from framegate.errors import UsageError
from framegate.interfaces import Size, TensorInfo


@pytest.mark.parametrize(
    ("text", "size"),
    [("256", Size(256, 256)), (" 64 ", Size(64, 64)), ("640x480", Size(480, 640)), ("640X480", Size(480, 640))],
)
def test_size_reads_squares_and_width_by_height(text: str, size: Size) -> None:
    assert Size.parse(text) == size


@pytest.mark.parametrize("size", [Size(256, 256), Size(480, 640)])
def test_size_reads_what_it_writes(size: Size) -> None:
    assert Size.parse(str(size)) == size


@pytest.mark.parametrize("text", ["", "x", "12x", "axb", "1x2x3", "-5", "1.5", "²"])
def test_size_refuses_other_text(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a size; write 256 or 640x480"):
        Size.parse(text)


@pytest.mark.parametrize("text", ["0", "0x4", "16385", "4x99999"])
def test_size_refuses_absurd_sides(text: str) -> None:
    with pytest.raises(UsageError, match=r"out of range; each side is 1 to 16384"):
        Size.parse(text)


def test_tensor_info_reads_well() -> None:
    assert str(TensorInfo("x", (None, 256, 256, 3), "float32")) == "x: float32 [?x256x256x3]"
