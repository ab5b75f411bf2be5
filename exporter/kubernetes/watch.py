"""Objects of the Kubernetes API, listed once and then kept up to date by a watch.

List, in pages; then watch from the list's version on. A watch that ends is taken up at the last version that an event
or a bookmark named; when that is too old (410) everything is listed again. Any other failure waits, longer each time,
with a share of chance so that a thousand nodes do not come back at once. What is held stays meanwhile, with its age.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import httpx

from exporter.kubernetes.api import ApiServer, Document, Outcome, RequestFailed, document, lines, outcome_of, parse

_LOG: Final = logging.getLogger(__name__)
OBJECTS: Final = 4096
"""Most objects of a node; more are an error, not half a picture."""

_PAGE: Final = "500"
_LIST_SECONDS: Final = 30.0
_WATCH_SECONDS: Final = 300
_GRACE_SECONDS: Final = 30.0
"""A connection may die without a word: beyond its announced end a watch is given up."""
_SHORT_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 60.0

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Feed(Generic[Kept]):
    """What is watched: a name for logs, the paths of the resource's versions, a field selector, and how to read one.

    `metadata` asks for the objects' metadata alone, a tenth of a pod.
    """

    resource: str
    paths: tuple[str, ...]
    selector: str
    read: Callable[[Document], Kept | None]
    metadata: bool = False

    def accept(self, kind: str) -> str:
        """The Accept header of a `List` or of a single object."""
        return (
            f"application/json;as=PartialObjectMetadata{kind};g=meta.k8s.io;v=v1"
            if self.metadata
            else "application/json"
        )


def pause(failures: int, chance: float, first: float, wish: float = 0.0) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, half of it by `chance` (0 to 1)."""
    longest = min(_LONGEST_PAUSE, first * 2.0 ** min(failures - 1, 16))
    return max(wish, longest * (1 + chance) / 2)


class Watch(Generic[Kept]):
    """The objects of one feed, by UID. `chance` gives numbers from 0 to 1; `first` is the shortest pause in seconds."""

    def __init__(self, server: ApiServer, feed: Feed[Kept], chance: Callable[[], float], first: float = 1.0) -> None:
        self.feed = feed
        self.requests = Counter(dict.fromkeys(Outcome, 0))
        self._server = server
        self._chance = chance
        self._first = first
        self._held: dict[str, Kept] = {}
        self._version = "0"
        self._path = 0
        self._failures = 0
        self._listed = False
        self._heard: float | None = None
        self._news = 0

    @property
    def version(self) -> int:
        """Grows whenever the server was heard or failed: then `objects` or what the watch says of itself is new."""
        return self._news

    @property
    def objects(self) -> Mapping[str, Kept] | None:
        """What is held, by UID; None before the first list."""
        return self._held if self._heard is not None else None

    def age(self, at: float) -> float | None:
        """Seconds since the server was last heard, at `at` (monotonic)."""
        return None if self._heard is None else at - self._heard

    async def run(self) -> None:
        """List and watch until cancelled."""
        while True:
            try:
                async with self._server.client() as client:
                    await self._session(client)
            except RequestFailed as failure:
                await asyncio.sleep(self._failed(failure))
            except OSError as error:  # the authority's file
                await asyncio.sleep(self._failed(RequestFailed(Outcome.UNREACHABLE, str(error))))

    async def _session(self, client: httpx.AsyncClient) -> None:
        while True:
            if not self._listed:
                await self._list(client)
            await self._watch(client)

    async def _list(self, client: httpx.AsyncClient) -> None:
        """The first list may come from the server's cache; one after 410 must be newer than what we had."""
        found: dict[str, Kept] = {}
        parameters = {"fieldSelector": self.feed.selector, "limit": _PAGE, "resourceVersion": self._version}
        while True:
            headers = self._server.headers(self.feed.accept("List"))
            page = await document(client, self.feed.paths[self._path], parameters, headers, _LIST_SECONDS)
            metadata = page.get("metadata")
            items = page.get("items") or []
            if not isinstance(metadata, dict) or not isinstance(items, list):
                raise RequestFailed(Outcome.GARBAGE, "a list without items or metadata")
            for item in items:
                self._put(found, item)
            following = metadata.get("continue")
            if not following:
                break
            parameters = {"fieldSelector": self.feed.selector, "limit": _PAGE, "continue": str(following)}
        self._held, self._version, self._listed = found, str(metadata.get("resourceVersion", "")), True
        self.requests[Outcome.OK] += 1
        self._heard = time.monotonic()
        self._news += 1

    async def _watch(self, client: httpx.AsyncClient) -> None:
        seconds = _WATCH_SECONDS * (1 + self._chance())
        parameters = {
            "watch": "1",
            "fieldSelector": self.feed.selector,
            "resourceVersion": self._version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(int(seconds)),
        }
        began, events = time.monotonic(), 0
        headers = self._server.headers(self.feed.accept(""))
        stream = lines(client, self.feed.paths[self._path], parameters, headers, seconds + _GRACE_SECONDS)
        async with aclosing(stream):
            async for line in stream:
                self._take(parse(line))
                events += 1
        if not events and time.monotonic() - began < _SHORT_SECONDS:
            raise RequestFailed(Outcome.SHORT, "the watch ended at once")
        self.requests[Outcome.OK] += 1
        self._follow()

    def _take(self, event: Document) -> None:
        """One event: the object is put, replaced or removed, and in each case its version is the last one seen."""
        kind, item = event.get("type"), event.get("object")
        if not isinstance(item, dict):
            raise RequestFailed(Outcome.GARBAGE, "an event without an object")
        if kind == "ERROR":
            code = item.get("code")
            raise RequestFailed(
                outcome_of(code if isinstance(code, int) else 0), f"event: {str(item.get('message'))[:160]}"
            )
        if kind == "DELETED":
            self._held.pop(_uid(item), None)
        elif kind in ("ADDED", "MODIFIED"):
            self._put(self._held, item)
        version = _metadata(item).get("resourceVersion")
        self._version = version if isinstance(version, str) and version else self._version
        self._follow()

    def _put(self, held: dict[str, Kept], item: object) -> None:
        if not isinstance(item, dict):
            return
        kept = self.feed.read(item)
        if kept is None:
            held.pop(_uid(item), None)
            return
        held[_uid(item)] = kept
        if len(held) > OBJECTS:
            raise RequestFailed(Outcome.TOO_LARGE, f"more than {OBJECTS} {self.feed.resource}")

    def _follow(self) -> None:
        """The watch works; a list alone proves little, for a server may list well and refuse each watch."""
        self._heard = time.monotonic()
        self._failures = 0
        self._news += 1

    def _failed(self, failure: RequestFailed) -> float:
        """Note a failure; the seconds to wait."""
        self.requests[failure.outcome] += 1
        self._failures += 1
        self._news += 1
        if self._failures == 1:
            _LOG.warning("%s: %s", self.feed.resource, failure)
        if failure.outcome in (Outcome.GONE, Outcome.GARBAGE, Outcome.TOO_LARGE):
            self._listed, self._version = False, ""
        if failure.outcome is Outcome.NOT_FOUND:
            self._path = (self._path + 1) % len(self.feed.paths)
            if self._failures < len(self.feed.paths):
                return 0.0
        return pause(self._failures, self._chance(), self._first, failure.retry_after)


def _metadata(item: Document) -> Document:
    found = item.get("metadata")
    return found if isinstance(found, dict) else {}


def _uid(item: Document) -> str:
    return str(_metadata(item).get("uid", ""))
