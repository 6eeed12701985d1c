"""The Chrome of a phone or tablet at a USB cable, reached by Android's adb."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from framegate.browser.devtools_tab import DevToolsTab
from framegate.browser.engine import Tab, TabRequest
from framegate.browser.needs import find_program
from framegate.errors import BackendUnavailable
from framegate.words import BrowserGPU

_CHROME = "com.android.chrome"
_SOCKET = "localabstract:chrome_devtools_remote"
_OPEN = ("am", "start", "-a", "android.intent.action.VIEW", "-d", "about:blank", _CHROME)
_HELP = "see 'Run apps on a hardware device' at developer.android.com"


class Adb:
    """The program ``adb``, and the one device that it is to reach.

    Args:
        program: adb's.
    """

    def __init__(self, program: Path) -> None:
        self._program = program
        self._device = ""

    async def find_device(self) -> None:
        """Choose the device: the one that ``ANDROID_SERIAL`` names, else the only one.

        Raises:
            BackendUnavailable: there is none or there are several, or it does not let this computer in.
        """
        lines = (await self._run("devices")).splitlines()
        devices = dict(line.split("\t", 1) for line in lines if "\t" in line)
        named = os.environ.get("ANDROID_SERIAL")
        if named:
            devices = {serial: state for serial, state in devices.items() if serial == named}
        if not devices:
            raise BackendUnavailable(
                f"adb sees no device{f' {named} (ANDROID_SERIAL)' if named else ''}",
                f"plug one in with USB debugging switched on, until 'adb devices' lists it; {_HELP}",
            )
        if len(devices) > 1:
            raise BackendUnavailable(
                f"adb sees {len(devices)} devices ({', '.join(sorted(devices))})", "set ANDROID_SERIAL to one of them"
            )
        ((serial, state),) = devices.items()
        if state == "unauthorized":
            raise BackendUnavailable(
                f"device {serial} does not let this computer in (unauthorized)",
                "unlock it and allow USB debugging when it asks",
            )
        if state != "device":
            raise BackendUnavailable(f"device {serial} is {state}", f"plug it in again; {_HELP}")
        self._device = serial

    async def open_chrome(self) -> None:
        """Start Chrome, or bring it to the front."""
        await self._run("shell", *_OPEN)

    async def forward(self) -> int:
        """Have a free port of this computer lead to Chrome's DevTools; returns the port."""
        return int((await self._run("forward", "tcp:0", _SOCKET)).strip())

    async def reverse(self, port: int) -> None:
        """Have a port of the device lead to the same port of this computer."""
        await self._run("reverse", f"tcp:{port}", f"tcp:{port}")

    async def end_forward(self, port: int) -> None:
        """See `forward`."""
        await self._run("forward", "--remove", f"tcp:{port}")

    async def end_reverse(self, port: int) -> None:
        """See `reverse`."""
        await self._run("reverse", "--remove", f"tcp:{port}")

    async def _run(self, *arguments: str) -> str:
        device = ["-s", self._device] if self._device else []
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *device,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise BackendUnavailable(f"{self._program} does not run ({error.strerror})", "install adb again") from error
        try:
            output, errors = await process.communicate()
        except BaseException:
            # Nobody waits for it any more, and it may hang.
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if process.returncode:
            reason = " ".join(errors.decode("utf-8", "replace").split()) or f"exit code {process.returncode}"
            raise BackendUnavailable(f"adb {arguments[0]} failed: {reason}", _HELP)
        return output.decode("utf-8", "replace")


class AdbTab(DevToolsTab):
    """A page in a phone's Chrome, as its user has set that up; its window is on the phone.

    Args:
        request: whose program is adb's.
    """

    def __init__(self, request: TabRequest) -> None:
        super().__init__(request)
        self._adb = Adb(request.program)
        self._forwarded: int | None = None
        self._reversed: set[int] = set()

    async def devtools(self) -> str:
        """Reach the device."""
        await self._adb.find_device()
        self._forwarded = await self._adb.forward()
        address = f"127.0.0.1:{self._forwarded}"
        if not await self.answers(address):
            await self._adb.open_chrome()
        return address

    async def reach(self, port: int) -> None:
        """Have the page's address lead from the device to here."""
        if port not in self._reversed:
            await self._adb.reverse(port)
            self._reversed.add(port)

    async def close(self) -> None:
        """Close the page, and what leads there; Chrome itself stays."""
        await super().close()
        ends = [self._adb.end_reverse(port) for port in self._reversed]
        if self._forwarded is not None:
            ends.append(self._adb.end_forward(self._forwarded))
        await asyncio.gather(*ends, return_exceptions=True)


class AdbEngine:
    """See `framegate.browser.engine.Engine`; the program is adb, and Chrome is told nothing."""

    driven_by = "DevTools through adb"
    without: Mapping[str, str] = {
        "webgl": "name another backend",
        "webgpu": "name another backend, or update Chrome on the device",
    }

    def find(self, path: str | None = None) -> Path:
        """The adb at ``path``, else the one that is installed.

        Raises:
            UsageError: there is no such file.
            BackendUnavailable: none is installed.
        """
        program = find_program(path, ["adb"])
        if program is None:
            raise BackendUnavailable("adb is not installed", "sudo apt-get install -y adb")
        return program

    def gpu(self, asked: BrowserGPU) -> BrowserGPU:
        """The device's own, whatever is asked for."""
        del asked
        return "native"

    def flags(self, gpu: BrowserGPU, camera: Path | None = None) -> list[str]:
        """None: a phone's Chrome takes no flags from here.

        Raises:
            BackendUnavailable: a camera is asked for.
        """
        del gpu
        if camera is not None:
            raise BackendUnavailable(
                "a phone has no camera that shows a clip",
                "name another --frame-browser, or --frame-scenario=single-stream or offline",
            )
        return []

    def tab(self, request: TabRequest) -> Tab:
        """See `AdbTab`."""
        return AdbTab(request)


ADB = AdbEngine()
