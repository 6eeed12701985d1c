"""A phone's Chrome through adb: here a Chromium of this machine, with a stand-in for adb. No phone was ever tried."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from patience import PATIENCE_S, until

from framegate.browser.adb import ADB, Adb
from framegate.browser.chromium import flags
from framegate.browser.devtools_tab import DevToolsTab
from framegate.browser.driver import Browser
from framegate.browser.server import page_server
from framegate.errors import BackendUnavailable, BrowserError

RunCells = Callable[..., "subprocess.CompletedProcess[str]"]
# Its port is told for the forward that it is asked for; what leads back to this machine is there already.
STAND_IN = """#!/usr/bin/env python3
import pathlib, sys
here = pathlib.Path(__file__).parent
asked = sys.argv[3:] if sys.argv[1] == "-s" else sys.argv[1:]
with (here / "log").open("a") as log:
    print(*asked, file=log)
if asked[0] == "devices":
    print("List of devices attached\\n" + (here / "devices").read_text())
elif asked[:2] == ["forward", "tcp:0"]:
    print((here / "port").read_text())
elif (here / "fails").exists():
    sys.exit("error: device 'x' not found")
"""
PHONE = "R5CT1234567\tdevice\n"


@pytest.fixture
def adb(tmp_path: Path, web_sockets: None) -> Path:
    """A stand-in for the program, with one device."""
    del web_sockets
    folder = tmp_path / "sdk"
    folder.mkdir()
    program = folder / "adb"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    (folder / "devices").write_text(PHONE)
    (folder / "port").write_text("9")
    return program


@pytest.fixture
def phone(chromium: Path, adb: Path, tmp_path: Path) -> Iterator[Path]:
    """A Chromium with many pixels for one of CSS, which adb leads to; returns the program of adb."""
    profile = tmp_path / "phone"
    told = [f"--user-data-dir={profile}", "--remote-debugging-port=0", "--force-device-scale-factor=2.625"]
    with subprocess.Popen(
        [chromium, *flags("software"), *told, "--headless=new", "about:blank"], stderr=subprocess.DEVNULL
    ) as process:
        port = profile / "DevToolsActivePort"
        until(lambda: port.is_file() and port.read_text())
        (adb.parent / "port").write_text(port.read_text().splitlines()[0])
        yield adb
        process.terminate()


def asked(adb: Path) -> list[str]:
    return (adb.parent / "log").read_text().splitlines()


PAGE = b"<!doctype html><body style='margin: 7px'><div style='height: 2000px'></div><canvas width=5 height=3></canvas>"
DRAW = """() => {
  const context = document.querySelector("canvas").getContext("2d");
  for (let at = 0; at < 15; at++) {
    context.fillStyle = `rgb(${17 * at}, ${255 - 17 * at}, ${at})`;
    context.fillRect(at % 5, Math.floor(at / 5), 1, 1);
  }
}"""


def test_a_page_is_opened_called_and_seen_and_nothing_of_it_is_left(phone: Path) -> None:
    with closing(Browser(phone, ADB.flags("native"), engine=ADB)) as browser, page_server() as server:
        tab = browser._tab
        assert isinstance(tab, DevToolsTab)
        pages = f"http://{tab._address}/json/list"
        server.serve({"index.html": PAGE})
        browser.open(server.root + "index.html", PATIENCE_S)
        assert browser.version[0].isdigit()
        assert browser.call("({ one }) => ({ two: one + one })", {"one": 1}, PATIENCE_S) == {"two": 2}
        browser.call(DRAW, None, PATIENCE_S)
        seen = cv2.imdecode(np.frombuffer(browser.picture("canvas", PATIENCE_S), np.uint8), cv2.IMREAD_COLOR)
        at = np.arange(15, dtype=np.uint8).reshape(3, 5)
        assert seen is not None
        np.testing.assert_array_equal(seen[..., ::-1], np.stack([17 * at, 255 - 17 * at, at], axis=-1))
        browser.call("() => { console.log('so', 'far'); globalThis.downs = 0; onmousedown = () => downs++; }", None, 60)
        with browser.clicking(50, PATIENCE_S):
            browser.call("() => new Promise((done) => (onmouseup = done)).then(() => 1)", None, PATIENCE_S)
        assert browser.call("() => downs", None, PATIENCE_S) >= 1
        browser.start_trace(PATIENCE_S)
        assert json.loads(browser.stop_trace(PATIENCE_S))["traceEvents"]
        with pytest.raises(BrowserError, match="could not fail: no such thing; its console said last: so far"):
            browser.call("() => { throw new Error('no such thing'); }", None, PATIENCE_S, "fail")
        port = server.root.split(":")[2].partition("/")[0]
        assert asked(phone) == [
            "devices",
            "forward tcp:0 localabstract:chrome_devtools_remote",
            f"reverse tcp:{port} tcp:{port}",
        ]
        debugging = (phone.parent / "port").read_text()
    assert asked(phone)[3:] in (
        [f"reverse --remove tcp:{port}", f"forward --remove tcp:{debugging}"],
        [f"forward --remove tcp:{debugging}", f"reverse --remove tcp:{port}"],
    )
    with urllib.request.urlopen(pages) as answer:
        assert server.root not in answer.read().decode()


def test_its_cells_run_and_are_right(phone: Path, run_cells: RunCells, tmp_path: Path) -> None:
    done = run_cells(
        "",
        *("--frame-browser=adb", f"--frame-browser-path={phone}", "--frame-runtime=tfjs-wasm"),
        *("--frame-renderer=topixels,texture",),
    )
    assert done.returncode == 0, done.stdout
    stored = json.loads((tmp_path / "run" / "out.json").read_text("utf-8"))["benchmarks"]
    assert [entry["params"]["frame_runtime"] for entry in stored] == ["adb:tfjs-wasm"] * 2
    # Whatever is asked for: a phone draws with what it has.
    assert [entry["extra_info"]["browser"]["gpu"] for entry in stored] == ["native"] * 2


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        ("", r"adb sees no device; plug one in with USB debugging switched on, until 'adb devices' lists it; see "),
        (PHONE + "emulator-5554\tdevice\n", r"adb sees 2 devices \(R5CT1234567, emulator-5554\); set ANDROID_SERIAL"),
        (
            "R5CT1234567\tunauthorized\n",
            r"device R5CT1234567 does not let this computer in \(unauthorized\); unlock it",
        ),
        ("R5CT1234567\toffline\n", r"device R5CT1234567 is offline; plug it in again"),
    ],
)
def test_what_keeps_adb_from_a_device_is_said_in_one_line(
    adb: Path, monkeypatch: pytest.MonkeyPatch, devices: str, said: str
) -> None:
    monkeypatch.delenv("ANDROID_SERIAL", raising=False)
    (adb.parent / "devices").write_text(devices)
    with pytest.raises(BackendUnavailable, match=said) as caught:
        Browser(adb, [], engine=ADB)
    assert len(str(caught.value).splitlines()) == 1


def test_of_several_devices_the_environment_names_one(adb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (adb.parent / "devices").write_text(PHONE + "emulator-5554\tunauthorized\n")
    monkeypatch.setenv("ANDROID_SERIAL", "emulator-5554")
    with pytest.raises(BackendUnavailable, match="device emulator-5554 does not let this computer in"):
        Browser(adb, [], engine=ADB)
    monkeypatch.setenv("ANDROID_SERIAL", "other")
    with pytest.raises(BackendUnavailable, match=r"adb sees no device other \(ANDROID_SERIAL\)"):
        Browser(adb, [], engine=ADB)


def test_a_chrome_that_does_not_run_is_started(adb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framegate.browser.devtools_tab._PATIENCE_S", 0)
    with pytest.raises(BrowserError, match=r"the browser at 127\.0\.0\.1:9 opens no page: DevTools do not answer"):
        Browser(adb, [], engine=ADB)
    assert "shell am start -a android.intent.action.VIEW -d about:blank com.android.chrome" in asked(adb)
    (adb.parent / "fails").touch()
    with pytest.raises(BackendUnavailable, match=r"adb shell failed: error: device 'x' not found"):
        Browser(adb, [], engine=ADB)


def test_what_is_no_chrome_is_no_fault_of_ours(adb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framegate.browser.devtools_tab._PATIENCE_S", 0)

    def answer(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"220 no HTTP\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        (adb.parent / "port").write_text(str(listener.getsockname()[1]))
        threading.Thread(target=answer, args=[listener], daemon=True).start()
        with pytest.raises(BrowserError, match=r"opens no page: DevTools do not answer \(220 no HTTP"):
            Browser(adb, [], engine=ADB)


def test_an_adb_that_hangs_ends_with_who_waits_for_it(adb: Path) -> None:
    pid = adb.parent / "pid"
    lines = (
        "import os, pathlib, signal",
        f"pathlib.Path({str(pid)!r}).write_text(f'{{os.getpid()}} ')",
        "signal.pause()",
    )
    adb.write_text("\n".join([f"#!{sys.executable}", *lines]))

    async def leave() -> None:
        asking = asyncio.ensure_future(Adb(adb).find_device())
        await asyncio.to_thread(until, lambda: pid.exists() and pid.read_text().endswith(" "))
        asking.cancel()
        await asyncio.wait([asking])

    asyncio.run(leave())
    assert not psutil.pid_exists(int(pid.read_text()))


def test_a_phone_has_no_camera_with_a_clip() -> None:
    with pytest.raises(BackendUnavailable, match="a phone has no camera that shows a clip; name another --frame-br"):
        ADB.flags("native", Path("clip.y4m"))
