"""Pictures as Framegate reads them, and as TF.js has them in a real Chromium."""

import base64
from collections.abc import Callable, Mapping

import numpy as np
from picture_files import coloured_files, picture_files, refused_files

from framegate.browser.session import TFJSPage
from framegate.frames.pictures import colours_meant, decode_picture, unlike_browsers
from framegate.interfaces import Pixels

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


def seen_by(page: TFJSPage, files: Mapping[str, bytes]) -> dict[str, Pixels]:
    links = {}
    for name, data in files.items():
        ending = name.rpartition(".")[2]
        links[name] = f"data:image/{KINDS.get(ending, ending)};base64,{base64.b64encode(data).decode()}"
    seen = page._browser.call(READ, links, 60)
    assert seen.keys() == files.keys()
    return {name: np.array(values, np.uint8).reshape(shape) for name, (shape, values) in seen.items()}


def distances(files: Mapping[str, bytes], seen: Mapping[str, Pixels]) -> dict[str, int]:
    """Largest difference of each picture from the browser's; 256 where the shapes differ."""
    off = {}
    for name, picture in seen.items():
        found = decode_picture(files[name])
        assert found is not None, name
        off[name] = int(np.abs(found.astype(int) - picture).max()) if found.shape == picture.shape else 256
    return off


def test_every_kind_of_picture_is_what_from_pixels_makes_of_it(open_page: OpenPage) -> None:
    files = picture_files()
    off = distances(files, seen_by(open_page("cpu"), files))
    assert {name: value for name, value in off.items() if value > 1} == {}
    assert {name for name, data in files.items() if unlike_browsers(data) or colours_meant(data)} == set()


def test_what_a_browser_shows_otherwise_is_refused_or_noted(open_page: OpenPage) -> None:
    refused, coloured = refused_files(), coloured_files()
    off = distances(refused | coloured, seen_by(open_page("cpu"), refused | coloured))
    assert {name for name, value in off.items() if value <= 10} == set()
    assert all(map(unlike_browsers, refused.values()))
    assert all(map(colours_meant, coloured.values()))
