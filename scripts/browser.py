"""A headless Chromium, spoken to in its own protocol: what a test or a picture needs of it, and no more.

Source: Chrome DevTools Protocol, https://chromedevtools.github.io/devtools-protocol/
"""

import asyncio
import base64
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp

_FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--mute-audio"),
    *("--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text", "--remote-debugging-port=0"),
)
_SECONDS: Final = 30.0
_LARGEST: Final = 1 << 26
"""Bytes of an answer: a picture of a long page."""


class Tab:
    """A page of a browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str = "") -> None:
        self._socket = socket
        self._session = session
        self._number = 0

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """The result of a command; events that come before it are dropped."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": self._session} if self._session else {}))
        async with asyncio.timeout(_SECONDS):
            while True:
                answer = await self._socket.receive_json()
                if answer.get("id") == self._number:
                    break
        if "error" in answer:
            message_text = f"{method}: {answer['error']['message']}"
            raise RuntimeError(message_text)
        result: dict[str, Any] = answer["result"]
        return result

    async def ask(self, expression: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """The value of a JavaScript expression, awaited if it is a promise."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, expression: str, seconds: float = _SECONDS) -> None:
        """Wait until an expression is true; TimeoutError where it does not become so."""
        try:
            async with asyncio.timeout(seconds):
                while not await self.ask(expression):  # noqa: ASYNC110 - a page tells nobody
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise TimeoutError(f"not within {seconds:g} s: {expression}") from error

    async def open(self, url: str) -> None:
        """Go to an address and wait until all of it is there."""
        await self.call("Page.navigate", url=url)
        await self.until(f"document.readyState === 'complete' && location.href.startsWith({url.partition('#')[0]!r})")

    async def look(self, width: int, scheme: str, height: int = 900) -> None:
        """Be so many pixels wide, and prefer dark or light."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def scripts(self, *, run: bool) -> None:
        """Whether pages may run scripts from now on."""
        await self.call("Emulation.setScriptExecutionDisabled", value=not run)

    async def press(self, key: str, code: int) -> None:
        """Press a key that types nothing."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    async def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


def started(chromium: Path, profile: Path) -> subprocess.Popen[bytes]:
    """A browser that keeps its state in `profile`, where it says at which port it listens."""
    return subprocess.Popen(
        [chromium, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip


async def address(profile: Path) -> str:
    """Where the browser of a profile listens, once it does."""
    found = profile / "DevToolsActivePort"
    async with asyncio.timeout(_SECONDS):
        while not (found.is_file() and found.read_text("utf-8").count("\n")):  # noqa: ASYNC110 - nor does a file
            await asyncio.sleep(0.05)
    port, path = found.read_text("utf-8").split()
    return f"ws://127.0.0.1:{port}{path}"


@asynccontextmanager
async def tab(profile: Path) -> AsyncIterator[Tab]:
    """A fresh page in the browser of a profile, closed afterwards; it shares no cookies or settings with others."""
    where = await address(profile)
    async with aiohttp.ClientSession() as client, client.ws_connect(where, max_msg_size=_LARGEST) as socket:
        browser = Tab(socket)
        context = (await browser.call("Target.createBrowserContext"))["browserContextId"]
        target = (await browser.call("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
        session = (await browser.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        try:
            page = Tab(socket, session)
            await page.call("Page.enable")
            yield page
        finally:
            await browser.call("Target.disposeBrowserContext", browserContextId=context)
