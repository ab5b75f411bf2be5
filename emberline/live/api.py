"""Everything that the pages say, as JSON under `/api/`."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from emberline.evaluation import Result
from emberline.live.burndown import BurnDown
from emberline.live.detail import found
from emberline.live.document import PARTS, Document, slo, status
from emberline.live.feed import Feed
from emberline.live.snapshot import Snapshot
from slo.plan import Plan
from slo.selector import Labels

History = Callable[[Plan, Labels, int], Awaitable[BurnDown | None]]
"""How the budget of an instance went down until an evaluation; None where nothing was counted."""


def ready(feed: Feed) -> Snapshot:
    """The newest snapshot; 503 before the first evaluation."""
    if feed.latest is None:
        raise web.HTTPServiceUnavailable(text="the first evaluation is still running\n", headers={"Retry-After": "5"})
    return feed.latest


def asked(snapshot: Snapshot, request: web.Request) -> Result:
    """The instance that an address names: its row is the path, its labels are the query; 404 where there is none."""
    result = found(snapshot, request.match_info["row"], request.query)
    if result is None:
        raise web.HTTPNotFound(text="no row has such an instance: /api/slos lists them all\n")
    return result


def routes(feed: Feed, history: History) -> list[web.RouteDef]:
    """The addresses, each with what it answers."""

    async def everything(_request: web.Request) -> web.Response:
        return _json(status(ready(feed)))

    async def one(request: web.Request) -> web.Response:
        snapshot = ready(feed)
        result = asked(snapshot, request)
        return _json(slo(result, await history(result.plan, result.labels, snapshot.at)))

    async def part(request: web.Request) -> web.Response:
        return _json(PARTS[request.match_info["part"]](ready(feed)))

    return [
        web.get("/status.json", everything),
        web.get("/api/status", everything),
        web.get(f"/api/{{part:{'|'.join(PARTS)}}}", part),
        web.get("/api/slos/{row}", one),
    ]


def _json(document: Document | list[Document]) -> web.Response:
    return web.Response(text=json.dumps(document), content_type="application/json")
