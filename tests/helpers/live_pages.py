"""The page of ``framegate live`` as a person has it: in a browser, with somebody who clicks."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np

from framegate.browser.answers import decode_png
from framegate.interfaces import Pixels

FIRST = {
    "model": "tiny",
    "size": "48x32",
    "source": "photo",
    "runtime": "tfjs-wasm",
    "renderer": "topixels",
    "fit": "crop",
    "view": "auto",
    "preprocess": "none",
}
"""What the tests' page shows at first."""

STAMP = 16
"""Pixels of a side of the block with a frame's number, on a canvas of 32 pixels a side or more."""

DEADLINE_MS = 120_000
"""Ends what hangs, and nothing else."""

TAKEN = """() => {
  const { take } = files;
  globalThis.taken = new Promise((done) => {
    files.take = async (dropped) => {
      files.take = take;
      done(await take(dropped));
    };
  });
}"""

# A frame that is under way would be drawn over.
PICTURE = """async () => {
  await live.pause();
  try {
    return await live.picture({ selector: "canvas" });
  } finally {
    live.go();
  }
}"""

PIXELS = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d");
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return { text: btoa(text), width: canvas.width, height: canvas.height };
}"""


class Person:
    """Somebody before the page.

    Args:
        page: playwright's.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        page.set_default_timeout(DEADLINE_MS)

    def opens(self, address: str) -> None:
        """Load the page, and see the first picture."""
        self.page.goto(address)
        self.sees_frames(1)

    def begins_anew(self) -> None:
        """Choose what is shown first, whatever was chosen since."""
        self.page.wait_for_function("() => document.body.ariaBusy === 'false'")
        if self.fault():
            self.page.reload()
            self.sees_frames(1)
        self.page.evaluate("values => { choice.write(values); complain(''); explain(); return showing.show(); }", FIRST)
        self.sees_frames(1)

    def sees_frames(self, count: int) -> None:
        """Wait until so many more frames were on the screen, and every choice is shown."""
        self.page.wait_for_function("() => document.body.ariaBusy === 'false'")
        self.page.evaluate(
            "async count => { await shown(count + (stage.shown?.contentWindow.live.count ?? 0)) }", count
        )

    def input(self) -> Pixels:
        """What the page says that the model is fed: uint8 RGB (H, W, 3)."""
        canvas = self.page.locator("#input").evaluate(PIXELS)
        pixels = np.frombuffer(base64.b64decode(canvas["text"]), np.uint8)
        return pixels.reshape(canvas["height"], canvas["width"], 4)[..., :3]

    def output(self) -> Pixels:
        """What the model's canvas shows: uint8 RGB (H, W, 3), with a frame's number over its first `STAMP` pixels."""
        told = self.model_frame().evaluate(PICTURE)
        return decode_png(base64.b64decode(told))[..., :3]

    def shows(self, gain: float = 1.0) -> bool:
        """Whether the canvas shows what the model is fed times a gain, but for the number in the corner."""
        output, fed = self.output(), self.input()
        off = np.abs(output - gain * fed)
        off[:STAMP, :STAMP] = 0
        return output.shape == fed.shape and float(off.max()) <= 1

    def toggles(self, step: str) -> None:
        """Switch a step on or off."""
        self.page.get_by_label(step, exact=True).click()
        self.sees_frames(3)

    def picks(self, label: str, value: str) -> None:
        """Choose something from a list."""
        self.page.get_by_label(label, exact=True).select_option(value)
        self.sees_frames(3)

    def presses(self, button: str) -> str:
        """Press a button whose answer is written below it; returns that."""
        answer = self.page.locator("#command")
        answer.evaluate("output => { output.textContent = ''; }")
        self.page.get_by_role("button", name=button).click()
        self.page.wait_for_function(
            "() => !document.querySelector('#record').disabled && document.querySelector('#command').textContent"
        )
        return str(answer.inner_text())

    def gives(self, *files: dict[str, Any]) -> None:
        """Choose files, and wait until the page has taken them, or refused them."""
        self.page.locator("#files").set_input_files(list(files))
        self.page.wait_for_function("() => document.querySelector('#files').value === ''")
        self.page.wait_for_function("() => document.body.ariaBusy === 'false'")

    def drags(self, *paths: Path) -> None:
        """Drag files or folders from elsewhere on the output, drop them, and wait until they are taken or refused."""
        drag = {"items": [], "files": list(map(str, paths)), "dragOperationsMask": 1}
        session = self.page.context.new_cdp_session(self.page)
        self.page.evaluate(TAKEN)
        self.page.locator("#stage").scroll_into_view_if_needed()
        box = self.page.locator("#stage").bounding_box()
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": drag})
        self.page.evaluate("() => taken")
        session.detach()
        self.page.wait_for_function("() => document.body.ariaBusy === 'false'")

    def model_frame(self) -> Any:
        """The frame in which the model runs."""
        return self.page.locator("#stage iframe:not(.away)").element_handle().content_frame()

    def fault(self) -> str:
        """What the page complains of; empty if it does not."""
        fault = self.page.locator("#fault")
        return str(fault.locator("span").inner_text()) if fault.is_visible() else ""
