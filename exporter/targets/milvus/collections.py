"""Milvus' collections and their statistics over REST (M2).

Two APIs: `/v2/vectordb` (2.4 on; it counts rows) and `/v1/vector` (2.3; it does not). A server without v2 answers
404 there. Both report their errors as HTTP 200 with a code in the body; success is 200 in v1, 0 or 200 in v2.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, expect
from exporter.targets.document import is_name, read_json
from native.exposition import Labels

COLLECTIONS_NAMED: Final = 64
"""Collections beyond these are counted and not asked about."""
_SUCCESS: Final = (0, 200)
_LOADED: Final = {"LoadStateLoaded": True, "LoadStateLoading": False, "LoadStateNotLoad": False}


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection; None is what the server does not tell."""

    name: str
    loaded: bool | None = None
    rows: int | None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """Whether it is loaded and how many rows it has."""
        labels = (*target, ("collection", self.name))
        if self.loaded is not None:
            yield catalog.MILVUS_LOADED.at(labels, self.loaded)
        if self.rows is not None:
            yield catalog.MILVUS_ROWS.at(labels, self.rows)


@dataclass(frozen=True, slots=True)
class Collections:
    """How many collections there are, and the first `COLLECTIONS_NAMED` of them by name."""

    count: int
    named: tuple[Collection, ...]
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """The count, then each named collection."""
        yield catalog.MILVUS_COLLECTIONS.at(target, self.count)
        for collection in self.named:
            yield from collection.points(target)


class _Api(Protocol):
    def listing(self) -> Request: ...

    def questions(self, name: str) -> tuple[Request, ...]: ...


@dataclass(frozen=True, slots=True)
class _V1:
    rest: str

    def listing(self) -> Request:
        return Request(f"{self.rest}/v1/vector/collections")

    def questions(self, name: str) -> tuple[Request, ...]:
        query = f"collectionName={quote(name, safe='')}"
        return (Request(f"{self.rest}/v1/vector/collections/describe?{query}"),)


@dataclass(frozen=True, slots=True)
class _V2:
    rest: str

    def listing(self) -> Request:
        return self._post("list", {})

    def questions(self, name: str) -> tuple[Request, ...]:
        return tuple(self._post(verb, {"collectionName": name}) for verb in ("describe", "get_stats"))

    def _post(self, verb: str, body: dict[str, str]) -> Request:
        url = f"{self.rest}/v2/vectordb/collections/{verb}"
        return Request(url, "POST", (("Content-Type", "application/json"),), json.dumps(body).encode())


def collections(rest: str) -> Script:
    """List the collections of the default database, then ask about each of the first ones in turn."""
    api: _Api = _V2(rest)
    answer = yield api.listing()
    if isinstance(answer, Answer) and answer.status == 404:  # noqa: PLR2004 - HTTP Not Found
        api = _V1(rest)
        answer = yield api.listing()
    names = _names(_data(answer))
    if isinstance(names, Failed):
        return Unknown(names)
    named = []
    for name in names[:COLLECTIONS_NAMED]:
        facts: dict[str, Any] = {}
        for question in api.questions(name):
            data = _data((yield question))
            if isinstance(data, dict):
                facts |= data
            elif isinstance(data, Failed) and data.reason is not Reason.REPORTED:
                return Unknown(data)
            # A refusal in Milvus' own form is about this collection (dropped since, not ours): the others still count.
        named.append(Collection(name, _LOADED.get(str(facts.get("load"))), _rows(facts.get("rowCount"))))
    return Collections(len(names), tuple(named))


def _data(answer: Answer | Failed) -> object:
    body = expect(answer)
    document = body if isinstance(body, Failed) else read_json(body)
    if isinstance(document, Failed):
        return document
    code = document.get("code")
    if code not in _SUCCESS:
        return Failed(Reason.REPORTED, f"code {code!r:.20}: {document.get('message')!r:.160}")
    return document.get("data")


def _names(data: object) -> tuple[str, ...] | Failed:
    if isinstance(data, Failed):
        return data
    if not isinstance(data, list) or not all(map(is_name, data)):
        return Failed(Reason.GARBAGE, "the list of collections holds no names")
    return tuple(sorted(set(data)))


def _rows(value: object) -> int | None:
    """A 64-bit number, which Milvus also sends as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004 - digits of 2^64
