"""The fleet as the catalogue sees it: its past, its present, and the three incidents."""

import asyncio

import httpx
import numpy as np
import pytest

from emberline.catalogue import shipped
from emberline.demo.backfill import backfill
from emberline.demo.fleet import Fleet, target
from emberline.demo.server import Served, serve
from emberline.evaluation import Result, evaluate_all
from emberline.sources.ingest import Feed, ingest
from emberline.sources.keep import RETENTION, wanted
from emberline.sources.scraper import Scraper
from emberline.sources.store import Store
from native.exposition import parse
from slo.plan import Plan, plan, selectors
from slo.selector import labels_of

PLANS = tuple(plan(row) for row in shipped())
SELECTORS = selectors(PLANS)
NOW = 1_795_400_000_000
DAY = 86_400_000
SILENT = {"F5": "clickhouse_query_duration_seconds", "A5": "DCGM_FI_DEV_GPU_UTIL"}
"""Nobody exports F5's metric, and A5's comes from the exporter."""


def filled(fleet: Fleet, start: int = NOW - DAY, end: int = NOW) -> Store:
    store = Store(wanted(SELECTORS))
    backfill(fleet, store, start, end)
    return store


@pytest.mark.parametrize("one", PLANS, ids=[one.slo.id for one in PLANS])
def test_every_selector_of_a_row_finds_its_series_but_for_the_silent_rows(one: Plan) -> None:
    store = filled(Fleet.at(NOW), NOW - 600_000)
    assert one.selectors
    for selector in one.selectors:
        silent = selector.metric.startswith(SILENT.get(one.slo.id, "-"))
        assert (len(store.select(selector)) > 0) is not silent


def test_the_past_has_a_sample_a_minute_of_each_series_and_tells_its_progress() -> None:
    told: list[tuple[int, int]] = []
    store, fleet = Store(wanted(SELECTORS)), Fleet.at(NOW)
    backfill(fleet, store, NOW - 2 * DAY, NOW, lambda done, total: told.append((done, total)))
    for selector in SELECTORS:
        for track in store.select(selector):
            assert track.timestamps.tolist() == list(range(NOW - 2 * DAY, NOW, 60_000))
    assert told == [(done, 2 * len(fleet.components)) for done in range(1, 2 * len(fleet.components) + 1)]


def test_thirty_days_fit() -> None:
    holding = filled(Fleet.at(NOW), NOW - RETENTION.ms).holding()
    assert holding.samples == holding.series * RETENTION.ms // 60_000
    assert holding.series > 80
    assert holding.bytes < 300e6 / 300 * holding.series
    assert holding.shortened_to is None


def test_the_served_page_goes_on_where_the_past_ends() -> None:
    later = NOW + 1_500

    async def pages(fleet: Fleet) -> list[tuple[Served, bytes]]:
        async with serve(fleet, lambda: later) as served, httpx.AsyncClient() as http:
            return [(one, (await http.get(one.target.url)).content) for one in served]

    fleet = Fleet.at(NOW)
    store = filled(fleet, NOW - 3_600_000)
    before = store.holding().series
    for one, body in asyncio.run(pages(fleet)):
        ingest(Feed(one.target, store), parse(body), later)
    assert store.holding().series == before
    for selector in SELECTORS:
        for track in store.select(selector):
            assert track.timestamps[-1] == later
            if not selector.metric.endswith(("_total", "_xx", "_bucket", "_count", "_success", "_fail")):
                continue
            steps = np.diff(track.values)
            assert 0 <= steps[-1] <= 1 + 2 * steps[:-1].max() * 61_500 / 60_000


def test_the_servers_answer_what_a_prober_asks() -> None:
    async def answers() -> dict[str, tuple[int, str]]:
        found = {}
        async with serve(Fleet.at(NOW), lambda: NOW) as served, httpx.AsyncClient() as http:
            for one in served:
                for path in ("/metrics", "/health", "/v1/models", "/healthz", "/v1/vector/collections", "/nothing"):
                    answer = await http.get(one.address + path)
                    found[f"{one.component.name} {path}"] = (answer.status_code, answer.text)
        return found

    found = asyncio.run(answers())
    assert found["vllm /health"] == (200, "")
    assert '"id": "qwen3-14b"' in found["vllm /v1/models"][1]
    assert found["milvus /healthz"] == (200, "OK")
    assert '"docs"' in found["milvus /v1/vector/collections"][1]
    assert {status for key, (status, _) in found.items() if key.endswith("/metrics")} == {200}
    assert {status for key, (status, _) in found.items() if key.endswith("/nothing")} == {404}


def test_the_own_scraper_finds_the_whole_fleet_up() -> None:
    async def healths() -> list[tuple[bool | None, int]]:
        async with serve(Fleet.at(NOW), lambda: NOW) as served, Scraper(Store()) as scraper:
            scraper.watch([one.target for one in served])
            await scraper.settled()
            return [(health.up, health.samples) for health in scraper.health]

    fleet = Fleet.at(NOW)
    assert asyncio.run(healths()) == [(True, len(one.samples)) for one in fleet.components]


def test_targets_differ_and_say_that_they_are_simulated() -> None:
    labels = [target(one, "http://127.0.0.1:1").labels for one in Fleet.at(NOW).components]
    assert len(set(labels)) == len(labels)
    assert all(("simulated", "true") in one for one in labels)


def story(now: int, seed: int) -> dict[tuple[str, str], Result]:
    """Every result of a fleet that starts at `now`, by row and instance."""
    store = filled(Fleet.at(now, seed), now - RETENTION.ms, now)
    return {(r.plan.slo.id, r.labels[0][1] if r.labels else ""): r for r in evaluate_all(PLANS, store, now)}


def firing(result: Result) -> set[str]:
    return {state.alert.kind for state in result.alerts if state.status == "firing"}


@pytest.mark.parametrize(("now", "seed"), [(NOW, 7), (NOW + 9 * 3_600_000, 1), (NOW + 3 * DAY + 15 * 3_600_000, 2)])
def test_the_story_is_told_whenever_the_demo_starts(now: int, seed: int) -> None:
    results = story(now, seed)
    models, gateway = "llama-3.3-70b-instruct", "ai-hub/cilium-gateway-ai-hub/ai-hub_llm-gateway_4000"
    payments = "open-banking/cilium-gateway-open-banking/open-banking_payments-api_8080"
    assert firing(results["B2", ""]) == {"page", "static"}
    assert firing(results["P3", payments]) == {"page", "static"}
    assert firing(results["A1", models]) == {"ticket"}
    told = {("B2", ""), ("P3", payments), ("A1", models)}
    others = {("P3", gateway): {"exhausted"}, ("F5", ""): {"no-data"}, ("A5", ""): {"no-data"}}
    assert {key: firing(result) for key, result in results.items() if key not in told and firing(result)} == others
    assert results["P3", gateway].verdict == "not met"
    assert {key for key, result in results.items() if result.verdict == "not met"} == {("P3", gateway)}
    assert {key[0] for key, result in results.items() if result.verdict == "no data"} == {"F5", "A5"}
    spent = results["P1", ""].error_budget_remaining
    assert spent is not None
    assert 0.1 < spent < 0.6
    assert all(result.coverage == 1 for result in results.values() if result.coverage is not None)


def test_every_row_has_its_verdict_beside_gpus_that_are_exported() -> None:
    store, times = filled(Fleet.at(NOW), NOW - RETENTION.ms), np.arange(NOW - RETENTION.ms, NOW, 60_000)
    for gpu in range(8):
        one = store.series("DCGM_FI_DEV_GPU_UTIL", labels_of({"gpu": str(gpu), "Hostname": "node-a"}))
        assert one is not None
        store.extend([one], times, np.full((1, len(times)), 60.0 + gpu))
    verdicts: dict[str, set[str]] = {}
    for result in evaluate_all(PLANS, store, NOW):
        verdicts.setdefault(result.plan.slo.id, set()).add(result.verdict)
    assert list(verdicts) == [one.slo.id for one in PLANS]
    assert verdicts.pop("F5") == {"no data"}
    assert all(found <= {"met", "not met"} for found in verdicts.values())
