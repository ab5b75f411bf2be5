"""Verdicts on servers that show less than most, and what no verdict may stand on."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.targets.answer import Failed, Reason
from exporter.targets.vllm.memory import Canaries, Outcome
from exporter.targets.vllm.verdict import Evidence, Judgement, Verdict, judge
from tests.exporter.targets.vllm.pages import capture, v0, worked
from tests.exporter.targets.vllm.told import PATIENCE, REFUSED, STATUS_503, TIMEOUT, Told, idle, told


def test_without_statistics_the_ends_of_requests_count() -> None:
    server = told()
    page = capture("nologstats_metrics")
    server.look(None, page, looks=2)
    assert server.verdict() == "idle by requests"
    server.look(None, replace(page, answered=3.0))
    assert server.verdict() == "serving by requests"
    server.look(None, replace(page, answered=3.0), looks=5)
    assert server.verdict() == "serving by requests", "a request may last longer than a look"
    server.look(None, replace(page, answered=3.0))
    assert server.verdict() == "idle by requests"
    server.canary(Outcome.TIMEOUT)
    assert server.verdict() == "stalled by canary"
    server.look(None, replace(page, answered=4.0))
    assert server.verdict() == "serving by requests"


def test_the_v0_engine_is_judged_alike() -> None:
    server = told()
    server.look(None, v0(0, running=1))
    server.look(None, v0(20, running=1))
    assert server.verdict() == "serving by tokens"
    server.look(None, v0(20, running=1, swapped=1), looks=6)
    assert server.verdict() == "stalled by standstill"
    server.look(None, v0(20), looks=2)
    assert server.verdict() == "idle by gauges"


def test_our_own_canaries_are_no_traffic() -> None:
    server = idle()
    page = capture("after_load_metrics")
    server.look(None, worked(page, 1), sent=1, ended=0)
    assert server.verdict() == "idle by gauges"
    server.look(None, worked(page, 1), sent=1, ended=1)
    server.look(None, worked(page, 2), sent=1, ended=1)
    assert server.verdict() == "serving by tokens"


@pytest.mark.parametrize("reason", [Reason.CREDENTIALS, Reason.PROTOCOL, Reason.REDIRECT, Reason.INTERNAL])
def test_a_failure_that_says_nothing_of_the_server_gives_no_verdict(reason: Reason) -> None:
    server = idle()
    server.look(Failed(reason, ""))
    assert server.verdict() == "none"


def test_nothing_seen_gives_no_verdict() -> None:
    assert told().verdict() == "none"


def test_a_page_that_comes_before_health_waits_for_it() -> None:
    server = told()
    server.memory = server.memory.after_page(5, capture("during_load_05"), Canaries())
    assert server.verdict() == "none"
    server.look(None, worked(capture("during_load_05")))
    assert server.verdict() == "serving by tokens"


def test_an_old_page_gives_no_verdict() -> None:
    server = idle()
    server.look(None, looks=4)
    assert server.verdict() == "none"
    server.canary(Outcome.ANSWERED)
    assert server.verdict() == "idle by canary"


HEALTHS = st.sampled_from([None, REFUSED, TIMEOUT, STATUS_503, Failed(Reason.PROTOCOL, "")])
PAGES = st.sampled_from(["cold_metrics", "during_load_05", "engine_dead_metrics", "nologstats_metrics"])
EVENTS: st.SearchStrategy[Callable[[Told], None]] = st.one_of(
    st.builds(lambda health, page: lambda server: server.look(health, capture(page)), HEALTHS, PAGES),
    st.builds(lambda outcome: lambda server: server.canary(outcome), st.sampled_from(Outcome)),
)


@given(st.lists(EVENTS, max_size=8))
def test_no_good_verdict_stands_on_a_failing_health(events: list[Callable[[Told], None]]) -> None:
    server = told()
    for event in events:
        event(server)
    found = judge(server.memory, server.now, PATIENCE)
    health = server.memory.health
    if health is not None and health.failure is not None:
        assert found is None or found.verdict not in (Verdict.SERVING, Verdict.IDLE)
    if found == Judgement(Verdict.SERVING, Evidence.TOKENS):
        assert server.memory.rising
