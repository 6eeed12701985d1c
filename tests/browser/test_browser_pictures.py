"""Pictures as Framegate reads them, and as TF.js has them in a real Chromium."""

import base64
from collections.abc import Callable

import numpy as np
from picture_files import picture_files

from framegate.browser.session import TFJSPage
from framegate.frames.pictures import decode_picture

OpenPage = Callable[..., TFJSPage]

READ = """async (files) => {
    const found = {};
    for (const [name, data] of Object.entries(files)) {
        const image = new Image();
        image.src = data;
        await image.decode();
        const pixels = tf.browser.fromPixels(image, 3);
        found[name] = [pixels.shape, Array.from(await pixels.data())];
        pixels.dispose();
    }
    return found;
}"""
KINDS = {"jpg": "jpeg"}


def test_every_kind_of_picture_is_what_from_pixels_makes_of_it(open_page: OpenPage) -> None:
    files = picture_files()
    links = {}
    for name, data in files.items():
        ending = name.rpartition(".")[2]
        links[name] = f"data:image/{KINDS.get(ending, ending)};base64,{base64.b64encode(data).decode()}"
    seen = open_page("cpu")._browser.call(READ, links, 60)
    assert seen.keys() == files.keys()
    off = {}
    for name, (shape, values) in seen.items():
        found = decode_picture(files[name])
        assert found is not None, name
        assert list(found.shape) == shape, name
        off[name] = int(np.abs(found.astype(int).ravel() - values).max())
    assert {name: value for name, value in off.items() if value > 1} == {}
