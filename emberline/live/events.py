"""News for open pages, as server-sent events: they say that there is something new, and the page asks for it.

Source: HTML, "Server-sent events", https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from typing import Final

from aiohttp import web

from emberline.live.document import summary
from emberline.live.feed import Feed

LISTENERS: Final = 64
"""As many pages are told of news; one more is refused, and reloads itself now and then."""
HEARTBEAT_SECONDS: Final = 15.0
"""So often an idle connection is written to, so that nobody between here and there takes it for dead."""
_SEND_SECONDS: Final = 10.0
"""One who does not take what is sent for so long is let go of, and will come back."""
_RETRY: Final = b"retry: 3000\n\n"
_HEARTBEAT: Final = b": still here\n\n"


class Events:
    """Everyone who listens to a feed; each begins with what is known already, so that nothing is missed in between."""

    def __init__(self, feed: Feed, most: int = LISTENERS, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._feed = feed
        self._most = most
        self._heartbeat = heartbeat
        self.listening = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One listener, until it leaves or the feed ends."""
        if self.listening >= self._most:
            raise web.HTTPServiceUnavailable(text=f"{self._most} pages listen already\n", headers={"Retry-After": "30"})
        self.listening += 1
        try:
            return await self._stream(request)
        finally:
            self.listening -= 1

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await response.prepare(request)
        seen, message = 0, _RETRY
        try:
            while not self._feed.closed:
                await asyncio.wait_for(response.write(message), _SEND_SECONDS)
                news = await self._feed.after(seen, self._heartbeat)
                seen, message = self._feed.number, self._message() if news else _HEARTBEAT
        except (ConnectionError, TimeoutError):
            pass  # it has gone, and there is nobody left to tell
        return response

    def _message(self) -> bytes:
        snapshot = self._feed.latest
        return b"" if snapshot is None else f"event: status\ndata: {json.dumps(summary(snapshot))}\n\n".encode()
