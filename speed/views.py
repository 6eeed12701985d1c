"""Does it pay to have the device do a view's work: argmax and palette, a mask's blend, depth to space?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

import numpy as np

from framegate.contexts.egl import open_egl
from framegate.errors import WrongOutput
from framegate.gl.objects import texture
from framegate.gl.screen import GLScreen, gl_screen
from framegate.gl.triangle import Triangle
from framegate.interfaces import Array, GLContext, Pixels, Size
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.palettes import palette
from framegate.postprocess.placement import InputPlacement
from framegate.renderers.gl_upload import GLUploadRenderer
from framegate.views.classes import ClassesView
from framegate.views.mask import MaskView
from framegate.views.subpixel import SubpixelView
from speed.figures import Figures, report
from speed.interleaved import best_of_interleaved

ROUNDS = 30
FRAME = Size(480, 640)
CLASSES = 21
_FRAGMENT = """#version 330 core
uniform sampler2D values;
uniform sampler2D frame;
out vec4 colour;
{constants}
void main() {{
    ivec2 at = ivec2(gl_FragCoord.xy);
    {body}
}}
"""
_CLASSES = """
    ivec2 cell = ivec2((vec2(at) + 0.5) * vec2({height}, {width}).yx / vec2({rows}, {columns}).yx);
    int best = 0;
    float most = texelFetch(values, ivec2(cell.x * {channels}, cell.y), 0).r;
    for (int channel = 1; channel < {channels}; ++channel) {{
        float value = texelFetch(values, ivec2(cell.x * {channels} + channel, cell.y), 0).r;
        if (value > most) {{ most = value; best = channel; }}
    }}
    colour = vec4(mix(texelFetch(frame, at, 0).rgb, palette[best], 0.5), 1.0);
"""
_MASK = """
    vec2 place = clamp((vec2(at) + 0.5) * vec2({width}, {height}) / vec2({columns}, {rows}) - 0.5,
                       vec2(0.0), vec2({width}, {height}) - 1.0);
    ivec2 low = ivec2(place), high = min(low + 1, ivec2({width}, {height}) - 1);
    vec2 share = place - vec2(low);
    float upper = mix(texelFetch(values, low, 0).r, texelFetch(values, ivec2(high.x, low.y), 0).r, share.x);
    float lower = mix(texelFetch(values, ivec2(low.x, high.y), 0).r, texelFetch(values, high, 0).r, share.x);
    colour = vec4(mix(vec3(0.0, 177.0, 64.0) / 255.0, texelFetch(frame, at, 0).rgb, mix(upper, lower, share.y)), 1.0);
"""
_SUBPIXEL = """
    int first = (at.y % 2 * 2 + at.x % 2) * 3;
    ivec2 cell = ivec2(at.x / 2 * 12 + first, at.y / 2);
    colour = vec4(texelFetch(values, cell, 0).r, texelFetch(values, cell + ivec2(1, 0), 0).r,
                  texelFetch(values, cell + ivec2(2, 0), 0).r, 1.0);
"""


class Case:
    """A view, outputs and a frame; and the shader that does the view's work.

    Args:
        view: made for the output ``x``.
        values: the output, (1, H, W, C).
        body: GLSL that sets ``colour``.
        constants: GLSL before it.
    """

    def __init__(self, view: View, values: Array, body: str, constants: str = "") -> None:
        self.view, self.outputs = view, {"x": values}
        _, height, width, channels = values.shape
        rows, columns = view.request.placement.shown
        sizes = {"height": height, "width": width, "channels": channels, "rows": rows, "columns": columns}
        self.fragment = _FRAGMENT.format(body=body.format(**sizes), constants=constants)
        self.frame = np.random.default_rng(1).integers(0, 256, (rows, columns, 3), np.uint8)


def cases() -> Mapping[str, Case]:
    """One for each kind of work."""
    draw = np.random.default_rng(0)
    colours = ", ".join(f"vec3({red}, {green}, {blue}) / 255.0" for red, green, blue in palette("voc")[:CLASSES])
    scaled = InputPlacement.of(FRAME, Size(240, 320), "resize")
    square = InputPlacement.same(Size(256, 256))
    return {
        "classes": Case(
            ClassesView(ViewRequest(("x",), scaled)),
            draw.random((1, 240, 320, CLASSES), np.float32),
            _CLASSES,
            f"const vec3 palette[{CLASSES}] = vec3[]({colours});",
        ),
        "mask": Case(MaskView(ViewRequest(("x",), scaled)), draw.random((1, 240, 320, 1), np.float32), _MASK),
        "subpixel": Case(
            SubpixelView(ViewRequest(("x",), square)), draw.random((1, 256, 256, 12), np.float32), _SUBPIXEL
        ),
    }


def measure() -> Figures:
    """Times as fast as the view on the CPU, whose picture ``gl-upload`` then draws.

    Raises:
        WrongOutput: the two pictures differ by more than a step and the view's tolerance.
    """
    context = open_egl()
    figures = {}
    with context.current():
        for name, case in cases().items():
            figures[f"{name}-by-shader"] = by_shader(context, case)
    context.release()
    return figures


def by_shader(context: GLContext, case: Case) -> float:
    """How many times as fast the device draws a view."""
    picture = case.view(case.outputs, case.frame)
    renderer = GLUploadRenderer(context)
    renderer.prepare(picture.shape, picture.dtype.name)
    with ExitStack() as objects:
        screen = gl_screen(context, Size(*picture.shape[:2]))
        objects.callback(screen.close)
        draw = shader(screen, case, objects)

        def on_device() -> None:
            draw()
            context.finish()

        def on_cpu() -> None:
            renderer.draw(case.view(case.outputs, case.frame))

        on_device()
        on_cpu()
        off = np.abs(screen.read().astype(int) - renderer.read())
        if off.max() > 1 + case.view.tolerance:
            raise WrongOutput(f"the shader's picture is off by {off.max()}")
        cpu_s, device_s = best_of_interleaved([on_cpu, on_device], ROUNDS)
        renderer.close()
    return cpu_s / device_s


def shader(screen: GLScreen, case: Case, objects: ExitStack) -> Callable[[], None]:
    """Uploads the output and the frame, and draws them."""
    gl = screen.gl
    triangle = Triangle(gl, case.fragment, objects)
    names = [texture(gl, objects) for _ in range(2)]
    values = np.ascontiguousarray(case.outputs["x"][0])
    height, width, channels = values.shape
    gl.glUseProgram(triangle.program)
    for unit, uniform in enumerate((b"values", b"frame")):
        gl.glUniform1i(gl.glGetUniformLocation(triangle.program, uniform), unit)

    def upload(unit: int, stored: int, given: int, kind: int, size: Size, array: Array | Pixels) -> None:
        gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
        gl.glBindTexture(gl.GL_TEXTURE_2D, names[unit])
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, stored, size.width, size.height, 0, given, kind, array.ctypes.data)

    of_values = partial(upload, 0, gl.GL_R32F, gl.GL_RED, gl.GL_FLOAT, Size(height, width * channels), values)
    of_frame = partial(upload, 1, gl.GL_RGB8, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, Size(*case.frame.shape[:2]), case.frame)

    def draw() -> None:
        of_values()
        of_frame()
        screen.bind()
        triangle.draw()

    return draw


if __name__ == "__main__":
    report(measure)
