"""A small Kubernetes API for tests: a real HTTP server with versions, pages, watches, bookmarks and every fault.

Objects are validated by the schema of their kind, where one is given, before anybody sees them.
"""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Object = dict[str, Any]


def pod(name: str, namespace: str = "team", labels: dict[str, str] | None = None, **annotations: str) -> Object:
    """A pod's metadata, with a UID made of its name."""
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "labels": labels or {},
            "annotations": {f"kubernetes.io/config.{key}": value for key, value in annotations.items()},
        }
    }


@dataclass
class FakeApi:
    """One resource. `faults` are answered first, one to a request; `history` is what a watch can still look back to.

    An empty `token` wants none. `ends_after` is how many seconds a watch lasts; None is for ever.
    """

    path: str = "/api/v1/pods"
    token: str = "good"  # noqa: S105 - of a fake
    page: int = 2
    objects: dict[str, Object] = field(default_factory=dict)
    version: int = 10
    oldest: int = 0
    history: list[tuple[int, str, Object]] = field(default_factory=list)
    faults: deque[web.Response] = field(default_factory=deque)
    seen: list[web.Request] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    ends_after: float | None = None
    raw: list[bytes] = field(default_factory=list)
    validate: Callable[[Object], None] = lambda _: None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _broken: bool = False

    def put(self, item: Object, kind: str = "ADDED") -> None:
        """Create or change an object, if it is a valid one."""
        self.validate(item)
        self._happen(kind, item)
        self.objects[item["metadata"]["uid"]] = item

    def delete(self, uid: str) -> None:
        """Remove an object."""
        self._happen("DELETED", self.objects.pop(uid))

    def bookmark(self) -> None:
        """Tell watchers how far they are."""
        self._happen("BOOKMARK", {"metadata": {}})

    def say(self, line: bytes) -> None:
        """Send watchers these bytes as they are."""
        self.raw.append(line)
        self._wake()

    def break_off(self) -> None:
        """Break every connection of a watch."""
        self._broken = True
        self._wake()

    def compact(self) -> None:
        """Forget the past: whoever stopped before now gets 410."""
        self.oldest = self.version
        self.history.clear()

    def server(self, port: int | None = None) -> TestServer:
        """The server, to be entered; on any free port unless one is given."""
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        return TestServer(application, port=port)

    def _happen(self, kind: str, item: Object) -> None:
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        self.history.append((self.version, kind, json.loads(json.dumps(item))))
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        watching = "watch" in request.query
        if self.faults:
            response: web.StreamResponse = self.faults.popleft()
        elif request.headers.get("Authorization") != (f"Bearer {self.token}" if self.token else None):
            response = web.json_response({"code": 401}, status=401)
        elif request.path != self.path:
            response = web.json_response({"code": 404}, status=404)
        elif watching:
            response = await self._watch(request)
        else:
            response = self._list(request)
        self.statuses[f"{'watch' if watching else 'list'} {response.status}"] += 1
        return response

    def _list(self, request: web.Request) -> web.Response:
        first = int(request.query.get("continue", 0))
        items = list(self.objects.values())
        following = first + self.page
        metadata = {"resourceVersion": str(self.version)} | (
            {"continue": str(following)} if following < len(items) else {}
        )
        return web.json_response({"metadata": metadata, "items": items[first:following]})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        seen = int(request.query["resourceVersion"])
        response = web.StreamResponse()
        await response.prepare(request)
        if seen < self.oldest:
            gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old resource version"}}
            await response.write(json.dumps(gone).encode() + b"\n")
            return response
        self._broken = False
        while not self._broken:
            changed = self._changed
            for line in self.raw:
                await response.write(line)
            self.raw.clear()
            for version, kind, item in [it for it in self.history if it[0] > seen]:
                seen = version
                await response.write(json.dumps({"type": kind, "object": item}).encode() + b"\n")
            if self.ends_after is not None:
                await asyncio.sleep(self.ends_after)
                return response
            await changed.wait()
        if request.transport is not None:
            request.transport.abort()
        return response
