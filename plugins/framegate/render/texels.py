"""Tensors as textures: which format holds which dtype, and how a shader makes a colour of a texel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from framegate.gl.objects import texture
from framegate.gl.triangle import Triangle
from framegate.render.oracle import limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.glfunctions import GLFunctions
    from framegate.render.oracle import Layout

_CHANNELS = {1: "R", 3: "RGB", 4: "RGBA"}
_COLOURS = {1: "vec4(value.rrr, 1.0)", 3: "vec4(value.rgb, 1.0)", 4: "value"}

# Row 0 of the tensor is row 0 of the texture and of the screen: nothing is turned over.
_FRAGMENT = """#version 330 core
uniform {sampler} tensor;
out vec4 colour;
void main() {{
    vec4 value = vec4(texelFetch(tensor, ivec2(gl_FragCoord.xy), 0));
    {colour}
}}
"""


class Texels(NamedTuple):
    """How a dtype is stored in a texture.

    Attributes:
        suffix: suffix of the sized internal format, as in ``GL_RGB32F``.
        kind: the type of what is uploaded.
        sampler: GLSL's type for it.
        is_integer: the shader reads integers, and no filter works on them.
    """

    suffix: str
    kind: str
    sampler: str
    is_integer: bool = False


FLOAT32 = Texels("32F", "GL_FLOAT", "sampler2D")
FLOAT16 = Texels("16F", "GL_HALF_FLOAT", "sampler2D")
INT32 = Texels("32I", "GL_INT", "isampler2D", is_integer=True)
UINT8 = Texels("8UI", "GL_UNSIGNED_BYTE", "usampler2D", is_integer=True)
BY_DTYPE = {"float32": FLOAT32, "int32": INT32, "uint8": UINT8}


def colour_of(picture: Layout) -> str:
    """GLSL that makes ``colour`` of ``value``, a vec4 of numbers as they are in the tensor; NaN becomes 0."""
    low, high = limits(picture.dtype, picture.drawing)
    return (
        # The end first: a range far from zero would lose its digits to a product.
        f"value = (value - float({low!r})) * float({1 / (high - low)!r});\n"
        "    value = mix(value, vec4(0.0), isnan(value));\n"
        f"    colour = {_COLOURS[picture.depth]};"
    )


class TensorTexture:
    """A texture that holds a tensor, and the triangle that shows it.

    Args:
        screen: where it is drawn.
        picture: the tensor's layout.
        texels: how it is stored.
        objects: stack that takes what has to be deleted.
    """

    def __init__(self, screen: GLScreen, picture: Layout, texels: Texels, objects: ExitStack) -> None:
        gl = screen.gl
        self._screen = screen
        fragment = _FRAGMENT.format(sampler=texels.sampler, colour=colour_of(picture))
        self._triangle = Triangle(gl, fragment, objects)
        self._name = texture(gl, objects)
        channels = _CHANNELS[picture.depth]
        self._stored: int = getattr(gl, f"GL_{channels}{texels.suffix}")
        single = "RED" if channels == "R" else channels
        self._given: int = getattr(gl, f"GL_{single}_INTEGER" if texels.is_integer else f"GL_{single}")
        self._kind: int = getattr(gl, texels.kind)
        self.specify(None)
        gl.check("making a texture for a tensor")

    def specify(self, address: int | None) -> None:
        """Make the texture anew, with the texels at an address, or in the unpack buffer that is bound."""
        gl = self._bound()
        height, width = self._screen.size
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, self._stored, width, height, 0, self._given, self._kind, address)

    def replace(self, address: int | None) -> None:
        """Overwrite the texels with those at an address, or in the unpack buffer that is bound."""
        gl = self._bound()
        height, width = self._screen.size
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, width, height, self._given, self._kind, address)

    def draw(self) -> None:
        """Ask for the tensor to be drawn on the screen."""
        gl = self._screen.gl
        self._screen.bind()
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._name)
        self._triangle.draw()

    def _bound(self) -> GLFunctions:
        gl = self._screen.gl
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._name)
        # Rows follow each other without gaps, whatever their length.
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        return gl


def from_memory(upload: Callable[[int | None], None]) -> Callable[..., None]:
    """``upload`` with an array in place of its address."""
    return lambda tensor: upload(tensor.ctypes.data)
