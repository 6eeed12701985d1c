"""A page reaches its server, and neither it nor its browser anything else, by Chromium's own log of its network."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from patience import PATIENCE_S

from framegate.browser.chromium import flags
from framegate.browser.chromium_tab import ChromiumTab
from framegate.browser.driver import Browser
from framegate.browser.runtimes import PageRuntime
from framegate.browser.server import page_server
from framegate.browser.session import TFJSPage
from framegate.interfaces import ResolvedModel

WriteModel = Callable[..., Path]

# All ways out that a page has without being asked; each is refused, or has failed, when it is answered.
WAYS_OUT = """async (port) => {
  const there = `127.0.0.1:${port}`;
  const tried = [fetch(`http://${there}/`), fetch("https://example.com/"), import(`http://${there}/x.js`)];
  for (const tag of ["img", "script", "iframe", "video", "object"]) {
    const element = document.createElement(tag);
    element[tag === "object" ? "data" : "src"] = `http://${there}/${tag}`;
    document.body.append(element);
  }
  try { new WebSocket(`ws://${there}/`); } catch { }
  try { new EventSource(`http://${there}/`); } catch { }
  try { navigator.sendBeacon(`http://${there}/`, "x"); } catch { }
  document.body.append(Object.assign(document.createElement("iframe"), { src: "http://192.0.2.1/" }));
  const form = document.createElement("form");
  form.action = `http://${there}/form`;
  document.body.append(form);
  form.submit();
  const ends = await Promise.allSettled(tried);
  await new Promise((done) => setTimeout(done, 500));
  return ends.map(({ status }) => status);
}"""


def events(log: Path) -> list[tuple[str, dict[str, Any]]]:
    """Kind and details of what the browser's network stack did."""
    written = json.loads(log.read_text())
    kinds = {number: name for name, number in written["constants"]["logEventTypes"].items()}
    return [(kinds[event["type"]], event.get("params", {})) for event in written["events"]]


def test_nothing_but_the_server_is_asked(chromium: Path, tfjs: Path, write_model: WriteModel, tmp_path: Path) -> None:
    model = ResolvedModel("tiny", write_model(size=None) / "model.json", "graph", "0" * 64)
    log = tmp_path / "net.json"
    asked: list[str] = []
    with page_server() as server, page_server() as other:
        port = urlsplit(other.root).port
        with closing(Browser(chromium, [*flags("software"), f"--log-net-log={log}"])) as browser:

            async def listen(tab: object = browser._tab) -> None:
                assert isinstance(tab, ChromiumTab)
                tab._page.on("request", lambda request: asked.append(request.url))

            browser._wait(listen(), 10, "be listened to")
            TFJSPage(browser, server, PageRuntime("wasm"), model, tfjs)
            assert browser.call(WAYS_OUT, port, PATIENCE_S) == ["rejected"] * 3
        root = server.root
    # What a policy refuses shows as a request of the page that was never started.
    happened = events(log)
    started = {str(params["url"]) for kind, params in happened if kind == "URL_REQUEST_START_JOB" and "url" in params}
    assert len({url for url in asked if url.startswith(root)}) >= 10
    assert not [url for url in started & {*asked} if not url.startswith((root, "data:", "blob:"))]
    # Chromium itself wants its maker's servers, for updates and accounts, whatever it is told, and connects to where a
    # frame may lead before it asks whether it may; it gets nowhere.
    connected = {
        str(params["address"]) for kind, params in happened if kind == "TCP_CONNECT_ATTEMPT" and "address" in params
    }
    assert f"127.0.0.1:{urlsplit(root).port}" in connected
    assert not [address for address in connected if not address.startswith("127.0.0.1:")]
    assert not [kind for kind, _ in happened if kind in {"UDP_BYTES_SENT", "DNS_TRANSACTION"}]
