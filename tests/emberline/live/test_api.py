"""The addresses: JSON for everything, clear refusals, and a page of documentation that names them all."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emberline.live.feed import Feed
from emberline.live.server import application, served
from tests.emberline.live.made import PLANS, snapshot
from tests.emberline.live.pages import history, pages

DOCS = Path(__file__).resolve().parents[3] / "docs"
SPECIAL = "<script>alert(1)</script>"

Ask = Callable[..., Awaitable[aiohttp.ClientResponse]]


def asking(client: aiohttp.ClientSession) -> Ask:
    """Asks for an address, and has the whole answer; of a stream the beginning is enough."""

    async def ask(path: str, params: dict[str, str] | None = None) -> aiohttp.ClientResponse:
        async with client.get(path, params=params) as answer:
            if answer.content_type != "text/event-stream":
                await answer.read()
            return answer

    return ask


def played(play: Callable[[Ask], Awaitable[None]]) -> None:
    async def everything() -> None:
        async with pages() as (url, _), aiohttp.ClientSession(url) as client:
            await play(asking(client))

    asyncio.run(everything())


def test_the_lists_are_parts_of_the_whole() -> None:
    async def play(ask: Ask) -> None:
        whole = await (await ask("/api/status")).json()
        assert whole == await (await ask("/status.json")).json()
        assert [len(whole[part]) for part in ("slos", "gpus", "models", "targets", "alerts")] == [22, 4, 3, 3, 1]
        for part in ("slos", "gpus", "models", "targets", "alerts"):
            assert whole[part] == await (await ask(f"/api/{part}")).json()

    played(play)


def test_the_parts_say_what_the_page_says() -> None:
    async def play(ask: Ask) -> None:
        (alert,) = await (await ask("/api/alerts")).json()
        assert (alert["name"], alert["state"]) == ("PlatformAvailabilityErrorBudgetBurnPage", "firing")
        assert (alert["labels"]["severity"], alert["runbook"]) == ("critical", "runbooks/P1.md")
        first, *_, lost = await (await ask("/api/gpus")).json()
        assert (first["busy_ratio"], first["owners"][0]["pod"]) == (0.58, "vllm-llama-0")
        assert first["values"]["emberline_gpu_utilization_max_ratio"] == 1.0
        assert (lost["state"], lost["part"], lost["xids"]) == ("lost", "1g.10gb 7", {"79": 1, "13": 4})
        down = (await (await ask("/api/models")).json())[1]
        assert (down["up"], down["failing_endpoints"], down["requests_running"]) == (False, ["health", "metrics"], None)

    played(play)


@pytest.mark.parametrize("labels", [{"model_name": "llama"}, {"model_name": SPECIAL}])
def test_an_instance_has_an_address_of_its_own(labels: dict[str, str]) -> None:
    async def play(ask: Ask) -> None:
        found = await (await ask("/api/slos/A1", params=labels)).json()
        assert (found["id"], found["labels"], found["name"]) == ("A1", labels, PLANS["A1"].slo.name)
        assert found["burn_down"][0] == ["2026-08-22T14:13:20Z", 1.0]
        assert found["burn_down"][-1] == ["2026-09-21T14:13:20Z", found["error_budget_remaining"]]
        page = await (await ask("/slo/A1", params=labels)).text()
        assert SPECIAL not in page
        assert PLANS["A1"].slo.name in page

    played(play)


@pytest.mark.parametrize("path", ["/slo/A1", "/slo/A1?model_name=nobody", "/slo/Z9", "/api/slos/Z9", "/api/secrets"])
def test_what_is_not_there_is_404(path: str) -> None:
    async def play(ask: Ask) -> None:
        answer = await ask(path)
        assert answer.status == 404
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]

    played(play)


def test_before_the_first_evaluation_everything_but_health_is_503() -> None:
    async def everything() -> dict[str, int]:
        app = application(Feed(), history)
        async with served(app, "127.0.0.1", 0) as url, aiohttp.ClientSession(url) as client:
            asked = ("/", "/api/status", "/api/slos/P1", "/slo/P1", "/-/ready", "/-/healthy", "/page.css")
            return {path: (await asking(client)(path)).status for path in asked}

    found = asyncio.run(everything())
    assert [path for path, status in found.items() if status == 200] == ["/-/healthy", "/page.css"]
    assert set(found.values()) == {200, 503}


def test_runbooks_are_served_and_nothing_beside_them(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    inside = tmp_path / "runbooks"
    inside.mkdir()
    (inside / "P1.md").write_text("# P1\n")

    async def everything() -> list[tuple[int, str]]:
        app = application(Feed(), history, inside)
        async with served(app, "127.0.0.1", 0) as url, aiohttp.ClientSession(url) as client:
            asked = ("/runbooks/P1.md", "/runbooks/P9.md", "/runbooks/..%2Fsecret.md", "/runbooks/%2e%2e/secret.md")
            answers = [await asking(client)(path) for path in asked]
            return [(answer.status, await answer.text()) for answer in answers]

    (good, text), *others = asyncio.run(everything())
    assert (good, text) == (200, "# P1\n")
    assert [status for status, _ in others] == [404] * 3


def test_the_documentation_names_every_address() -> None:
    app: Any = application(Feed(), history)
    paths = {route.resource.canonical for route in app.router.routes()}
    told = set(re.findall(r"^\| `(/[^`]*)`", (DOCS / "status.md").read_text(encoding="utf-8"), re.MULTILINE))
    expanded = paths - {"/api/{part}"} | {f"/api/{part}" for part in ("slos", "alerts", "gpus", "models", "targets")}
    assert told == {re.sub(r"\?.*", "", path) for path in expanded}


def test_the_examples_of_the_documentation_answer() -> None:
    text = (DOCS / "status.md").read_text(encoding="utf-8")
    paths = re.findall(r"^\$ curl [^\n]*?http://127\.0\.0\.1:8080(/[^'\s]*)", text, re.MULTILINE)
    assert len(paths) == text.count("$ curl ")

    async def play(ask: Ask) -> None:
        assert {path: (await ask(path)).status for path in paths} == dict.fromkeys(paths, 200)

    played(play)


def test_every_runbook_that_a_page_links_is_there() -> None:
    assert snapshot().results
    assert [plan.slo.runbook for plan in PLANS.values() if not (DOCS / plan.slo.runbook).is_file()] == []
